"""An officer looks at a file that a reporter sent. Each look is recorded in the breath in which it is had."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import attachments, audit, boxes, pictures, reports, restrictions, sessions
from pepa.domain.attachments import Attached
from pepa.errors import Invalid, NotFound
from pepa.models.attachments import Kind
from pepa.models.reports import CoarseGroup, Report
from pepa.policy import Member, Permission, require
from pepa.words import N_


class NoReason(Invalid):
    says = N_("Tulis alasannya. Satu kalimat sudah cukup.")
    field = "reason"


@dataclass(frozen=True)
class Opened:
    """A file's own page. number: its place among the files of its report, from one."""

    report: Report
    file: Attached
    number: int

    @property
    def has_copy(self) -> bool:
        """Whether it can be looked at without its original."""
        return self.file.kind.is_picture or self.file.kind is Kind.PDF

    @property
    def asks_first(self) -> bool:
        """A picture that nobody is shown before they ask for it: it may be of a child's body."""
        return self.file.kind.is_picture and self.report.coarse_group == CoarseGroup.CHILD


@dataclass(frozen=True)
class Copy:
    """What may be looked at: a JPEG of a picture, a PDF without what acts."""

    kind: Kind
    content: bytes
    name: str


@dataclass(frozen=True)
class Original:
    """The bytes that were sent. name: ours, and neutral."""

    name: str
    size: int
    content: Iterator[bytes]


def to(actor: Member, opened: reports.Opened) -> Sequence[Attached]:
    """The files of a report that was just opened, and recorded as opened; the oldest first.

    Raises Broken, recorded, where one was tampered with.
    """
    with reports.recorded(actor, opened.report.id):
        return attachments.all_of(opened.box, opened.report.id)


def open_for(actor: Member, report_id: UUID, file_id: UUID) -> Opened:
    """What a file is and who took it away. Raises NotFound, recorded; Broken, KeysUnsound."""
    opened, _ = find(actor, report_id, file_id)
    with transaction() as session:
        audit.record(session, "file.opened", actor, file_id)
    return Opened(db.session.get_one(Report, report_id), opened.file, opened.number)


def copy_for(actor: Member, report_id: UUID, file_id: UUID) -> Copy:
    """A copy to look at, made for this look. Raises NotFound also for what has none; Unviewable, Busy, Broken."""
    opened, _ = find(actor, report_id, file_id)
    if opened.file.guard or not opened.has_copy:
        refuse(actor, file_id)
    return drawn(actor, opened)


def drawn(actor: Member, opened: Opened) -> Copy:
    """A copy of what was found, made now. Raises Unviewable, Busy, Broken."""
    report_id, file_id = opened.report.id, opened.file.id
    kind = Kind.PDF if opened.file.kind is Kind.PDF else Kind.JPEG
    db.session.rollback()  # drawing takes a while: no connection waits for it
    with reports.recorded(actor, report_id):
        copy = pictures.copy_of(opened.file.kind, attachments.content(opened.file))
    with transaction() as session:
        audit.record(session, "file.viewed", actor, file_id)
    return Copy(kind, copy, _name(opened, kind))


def take(actor: Member, report_id: UUID, file_id: UUID, *, reason: str, passphrase: str) -> Original:
    """The original, for whoever types the passphrase again and says why; the reason is sealed with the file's own row.

    Raises Restricted, NoReason, WrongPassphrase, NotFound, Conflict; Broken before anything of it has left.
    """
    require(actor, Permission.TAKE_ORIGINAL)
    opened, box = find(actor, report_id, file_id)
    if opened.file.guard and not opened.file.guard.lets(actor.person_id):
        refuse(actor, file_id)
    restrictions.require_none(db.session(), report_id)
    if not reason.strip():
        raise NoReason
    name = _name(opened, opened.file.kind)
    sessions.confirm(actor, passphrase=passphrase)
    with reports.recorded(actor, report_id):
        deque(attachments.content(opened.file), maxlen=0)  # to its end: what is broken must not leave in part
        signed = sign(actor, reason)
        with attachments.rewriting(box, file_id, lambda told: {"taken": [*told["taken"], signed]}) as session:
            restrictions.require_none(session, report_id)
            audit.record(session, "file.taken", actor, file_id)
    return Original(name, opened.file.size, attachments.content(opened.file))


def sign(actor: Member, reason: str) -> dict[str, str]:
    """Who, when and why, as it stands in a file's sealed row."""
    return {"by": actor.name, "at": clock.now().isoformat(), "reason": reason.strip()}


def refuse(actor: Member, file_id: UUID) -> NoReturn:
    """Raises NotFound, recorded."""
    audit.refused("file.refused", actor, file_id)
    raise NotFound


def find(actor: Member, report_id: UUID, file_id: UUID) -> tuple[Opened, boxes.OpenBox]:
    """A file of a report that the actor may read, and the report's open box. Raises NotFound, recorded; Broken."""
    report = reports.get_for(actor, report_id)
    with reports.recorded(actor, report_id):
        box = boxes.open_for(actor, report.box_id)
        files = attachments.all_of(box, report_id)
    for number, file in enumerate(files, 1):
        if file.id == file_id:
            return Opened(report, file, number), box
    refuse(actor, file_id)


def _name(opened: Opened, kind: Kind) -> str:
    """Safe on every system, and neutral over the shoulder; the name that the phone gave leads nowhere."""
    return f"{opened.report.reference}-{opened.number}.{kind.value}"
