"""Reports: taken in from citizens, listed, opened, held and answered by officers."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, boxes, excesses, keys, limits, messages, onces, openings, outbox, walls
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.additions import Answer
from pepa.models.cases import CaseReport
from pepa.models.messages import Side
from pepa.models.people import Person
from pepa.models.reports import ALPHABET, TRANSITIONS, Report, Stage, Urgency
from pepa.policy import Member, Permission, require
from pepa.words import N_


class NothingWritten(Invalid):
    says = N_("Tulis dulu jawabannya. Satu kalimat sudah cukup.")
    field = "text"


class ReferenceUnknown(Invalid):
    says = N_("Kode laporan ini tidak ada di daftar Anda. Contoh: L-4K7Q2M.")
    field = "reference"


class MovedOn(Conflict):
    """It stands elsewhere now: a colleague was first, or the reporter told something that nobody has read yet."""

    says = N_("Laporan ini sudah berubah. Baca dulu yang baru, lalu simpan lagi.")


class Withdrawn(Conflict):
    says = N_("Laporan ini sudah dibatalkan lewat kode. Jawaban tidak bisa dibaca lagi.")
    field = "text"


@dataclass(frozen=True)
class Told:
    """What a reporter told, as it is sealed. Never edited after sending.

    version       how often a text that is only kept was changed (`unsent`)
    cut           letters that were sent but were too many to be kept
    at            the exact instant, which stands nowhere in the clear
    taken_by      the officer or the phone of the office that wrote it down for whoever told it
    chat_name     what whoever told it is called in the chat that it was taken from
    letter        of a letter: who sent it (a code of `Body`, and in words), its number and its day
    urgency, speaker, kecamatan, about, about_partner   codes, or None where a question was skipped
    safe, nickname, age   of a child's page: whether it is safe now (a code of `Answer`), and as it was typed
    """

    what: str
    place: str = ""
    phone: str = ""
    urgency: str | None = None
    speaker: str | None = None
    kecamatan: str | None = None
    about: str | None = None
    about_partner: str | None = None
    safe: str | None = None
    nickname: str = ""
    age: str = ""
    cut: int = 0
    at: str = ""
    taken_by: str = ""
    chat_name: str = ""
    letter: dict[str, str] | None = None
    version: int = 0

    @classmethod
    def of(cls, document: dict[str, object]) -> "Told":
        """From a sealed document of this or an earlier format; what it does not know is left alone."""
        known = {name: value for name, value in document.items() if name in cls.__dataclass_fields__}
        return cls(**known)  # type: ignore[arg-type]

    def document(self) -> dict[str, object]:
        return dict(vars(self))

    @property
    def told_at(self) -> datetime | None:
        return datetime.fromisoformat(self.at) if self.at else None


@dataclass(frozen=True)
class Opened:
    """A report as an officer reads it.

    box    its keys, for what else hangs on it: this opening is recorded
    acts   what was done to it and to its files, this opening included
    """

    report: Report
    box: boxes.OpenBox
    told: Told
    messages: Sequence[messages.Written]
    acts: Sequence[audit.Act]
    held_by: str | None
    once: str


def visible_to(actor: Member) -> sa.Select[Report]:
    """Every query about reports begins here: the actor's organisation holds it, and nothing hides it from the actor."""
    require(actor, Permission.READ_REPORTS)
    return sa.select(Report).where(Report.holder_id == actor.organisation_id, Report.id.not_in(walls.hidden(actor)))


def holders_of(page: Iterable[Report]) -> dict[UUID, str]:
    """The names of those who hold the reports of a page."""
    ids = {report.held_by_id for report in page if report.held_by_id}
    if not ids:
        return {}
    rows = db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def calling(aside: bool) -> tuple[sa.ColumnElement[bool], ...]:
    """What a report asks for somebody on duty by: urgency now, unread, held by nobody.

    aside: those that were put aside, which ring together; else those that ring each for itself
    """
    unheld = (Report.urgency == Urgency.NOW, Report.held_by_id.is_(None), Report.stage == Stage.RECEIVED.value)
    return (*unheld, Report.is_aside.is_(aside))


def alarms_for(actor: Member, most: int = 20) -> Sequence[Report]:
    """What asks for the actor now, the oldest first, at most so many."""
    query = visible_to(actor).where(*calling(aside=False)).order_by(Report.received_at, Report.id)
    return list(db.session.scalars(query.limit(most)))


def calls_aside(actor: Member, most: int = 100) -> int:
    """How many of those that were put aside ask for the actor now, counted no further than most."""
    query = visible_to(actor).where(*calling(aside=True)).with_only_columns(Report.id).limit(most)
    return len(list(db.session.scalars(query)))


def get_for(actor: Member, report_id: UUID) -> Report:
    """Load and authorise in one step. Raises NotFound, recorded, for whoever may not see it."""
    report = db.session.scalar(visible_to(actor).where(Report.id == report_id))
    if report is None:
        audit.refused("report.refused", actor, report_id)
        raise NotFound
    return report


def among(actor: Member, report_ids: Sequence[UUID]) -> set[UUID]:
    """Those of them that the actor sees."""
    if not report_ids:
        return set()
    return set(db.session.scalars(visible_to(actor).where(Report.id.in_(report_ids)).with_only_columns(Report.id)))


def by_reference(actor: Member, typed: str) -> Report:
    """The report that somebody names by its code, among those that the actor sees. Raises ReferenceUnknown."""
    first, last = ids_of(typed)
    found = list(db.session.scalars(visible_to(actor).where(Report.id.between(first, last)).limit(2)))
    if len(found) != 1:
        raise ReferenceUnknown
    return found[0]


def ids_of(reference: str) -> tuple[UUID, UUID]:
    """The first and the last id that a report's code may stand for. Raises ReferenceUnknown for what is no code."""
    signs = "".join(sign for sign in reference.upper() if sign.isalnum())
    signs = signs[1:] if len(signs) == 7 and signs[0] == "L" else signs
    if len(signs) != 6 or not set(signs) <= set(ALPHABET):
        raise ReferenceUnknown
    bits = sum(ALPHABET.index(sign) << (5 * place) for place, sign in enumerate(signs))
    return UUID(int=bits << 98), UUID(int=(bits + 1 << 98) - 1)


@contextmanager
def changing(actor: Member, report_id: UUID) -> Iterator[tuple[Session, Report]]:
    """A write transaction about a report that the actor sees at that moment: it may have been taken away since the page
    was shown. Raises NotFound, recorded."""
    try:
        with transaction() as session:
            report = session.scalar(visible_to(actor).where(Report.id == report_id))
            if report is None:
                raise NotFound
            yield session, report
    except NotFound:
        audit.refused("report.refused", actor, report_id)
        raise


def open_for(actor: Member, report_id: UUID, *, shows_messages: bool = False) -> Opened:
    """Open a report: its first opening is its reading; every opening is recorded.

    shows_messages: the actor is shown what the reporter wrote since. Else whatever she wrote stays unread.

    Raises NotFound; ReasonAsked where the actor opens too many; Broken or KeysUnsound where something in the database
    was tampered with, recorded too.
    """
    report = get_for(actor, report_id)
    excesses.check(actor, report)
    why = openings.why(actor, report)
    with recorded(actor, report_id):
        box = boxes.open_for(actor, report.box_id)
        told = Told.of(boxes.open_body(box, "report", report.id, report.body_epoch, report.body_sealed))
        written = messages.all_of(box, report.id)
    with changing(actor, report_id) as (session, report):
        may_read = shows_messages or report.is_unread
        came = messages.count_from_reporter(session, report_id) if may_read else 0
        if report.is_unread and (shows_messages or not came):
            _read(session, report, actor)
        if shows_messages:
            is_all = came == sum(one.side is Side.REPORTER for one in written)  # else one came while this was opened
            report.continued_at = None if is_all else report.continued_at or clock.hour(clock.now())
        audit.record(session, "report.opened", actor, report_id, why.value)
        excesses.opened(session, actor, report_id, why)
    held = sa.select(Report, Person.name).outerjoin(Person, Person.id == Report.held_by_id)
    report, held_by = db.session.execute(held.where(Report.id == report_id)).one()
    hidden = walls.marks(actor)
    acts = [act for act in audit.acts_on(report_id) if act.note not in hidden]
    return Opened(report, box, told, written, acts, held_by, onces.new())


def seen(actor: Member, report_id: UUID) -> Opened:
    """A report that the actor has on screen, for a verb: that opening was recorded. Without its messages and acts.

    Raises as `open_for`.
    """
    report = get_for(actor, report_id)
    with recorded(actor, report_id):
        box = boxes.open_for(actor, report.box_id)
        told = Told.of(boxes.open_body(box, "report", report.id, report.body_epoch, report.body_sealed))
    return Opened(report, box, told, (), (), None, "")


@contextmanager
def recorded(actor: Member, report_id: UUID) -> Iterator[None]:
    """Whatever in the database was tampered with stops what is done with it, and that is recorded."""
    try:
        yield
    except (keys.Unopened, keys.KeysUnsound):
        with transaction() as session:
            audit.record(session, "report.broken", actor, report_id)
            warn_of(session, report_id)
        raise


def warn_of(session: Session, report_id: UUID) -> None:
    """Those who answer for the office that reads a report are told that something of it was changed by other hands."""
    holder_id = session.scalar(sa.select(Report.holder_id).where(Report.id == report_id))
    if holder_id:
        outbox.warn(session, holder_id, outbox.Notice.CHANGED)


def _read(session: Session, report: Report, actor: Member) -> None:
    """What was a case at another office is one again."""
    move(report, Stage.CASE if session.get(CaseReport, report.id) else Stage.READ)
    report.read_at, report.read_by_id = clock.now(), actor.person_id
    report.read_due_at = clock.hour(report.read_due_at) if report.read_due_at else None
    _quieten(report)


def move(report: Report, stage: Stage) -> None:
    """Where `TRANSITIONS` leads from here. The row was read under the write lock (ADR 2), so of two who move it at once
    the second finds it moved. Raises MovedOn."""
    if stage not in TRANSITIONS[Stage(report.stage)]:
        raise MovedOn
    report.stage = stage.value


def _quieten(report: Report) -> None:
    """Once somebody has it, the alarm's exact time is cut: it would tell the minute at which a report came."""
    report.alarm_at = clock.hour(report.alarm_at) if report.alarm_at else None


def hold(actor: Member, report_id: UUID) -> Report:
    """ "Saya pegang": the first to press it holds it; whoever comes later finds the name of the first.

    Raises NotFound.
    """
    require(actor, Permission.HOLD_REPORT)
    with changing(actor, report_id) as (session, report):
        if report.held_by_id is None:
            report.held_by_id, report.held_at = actor.person_id, clock.now()
            _quieten(report)
            audit.record(session, "report.held", actor, report_id)
        return report


def put_back(actor: Member, report_ids: Sequence[UUID]) -> int:
    """Back into the list from aside: somebody looked, and it is no machine's. Those that are not the actor's to see, or
    lie in the list already, are passed over. Returns how many."""
    require(actor, Permission.HOLD_REPORT)
    with transaction() as session:
        found = _aside_of(actor, session, report_ids)
        for report in found:
            report.is_aside = False
            audit.record(session, "report.put_back", actor, report.id)
        return len(found)


def look_over(actor: Member, report_ids: Sequence[UUID]) -> int:
    """A quick look was enough: the actor answers for having looked, so these call nobody any more. They stay aside and
    unread, and whoever wrote one still reads so. Returns how many."""
    require(actor, Permission.HOLD_REPORT)
    with transaction() as session:
        found = [report for report in _aside_of(actor, session, report_ids) if report.held_by_id is None]
        for report in found:
            report.held_by_id, report.held_at = actor.person_id, clock.now()
            _quieten(report)
            audit.record(session, "report.looked_over", actor, report.id)
        return len(found)


def _aside_of(actor: Member, session: Session, report_ids: Sequence[UUID]) -> Sequence[Report]:
    query = visible_to(actor).where(Report.is_aside, Report.id.in_(report_ids))
    return list(session.scalars(query.options(load_only(Report.held_by_id, Report.alarm_at, Report.is_aside))))


def answer(actor: Member, report_id: UUID, *, text: str, once: str) -> UUID:
    """Write to the reporter; she reads it with her code. The same form sent again writes nothing new.

    Raises NothingWritten, NotFound, Withdrawn, KeysUnsound (nothing is stored).
    """
    require(actor, Permission.ANSWER_REPORT)
    if not text.strip():
        raise NothingWritten
    report = get_for(actor, report_id)
    message_id = uuid4()
    with recorded(actor, report_id):
        box = boxes.open_for(actor, report.box_id)
        row = messages.from_office(box, message_id, report_id, actor, text)
    with changing(actor, report_id) as (session, report):
        if made := onces.made(session, "report.answer", report_id, once):
            return made
        if report.withdrawn_at is not None:
            raise Withdrawn
        boxes.insert(session, [row])
        limits.answered(report)
        onces.keep(session, "report.answer", report_id, once, message_id)
        audit.record(session, "report.answered", actor, report_id)
    return message_id


def urgency_of(told: Told) -> Urgency:
    """What a new report proposes: what the reporter ticked, else today; a child that is not safe, now."""
    if told.safe == Answer.NO:
        return Urgency.NOW
    return Urgency(told.urgency) if told.urgency else Urgency.TODAY
