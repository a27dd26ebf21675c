"""Letters of other bodies: police, hospital, school ask for something, and are told what was done (rule 34)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from pepa import clock
from pepa.db import db
from pepa.domain import audit, boxes, bundles, hand_ins, limits, messages, onces, reports, uploads
from pepa.domain.attachments import Attached
from pepa.domain.bundles import Bundle
from pepa.errors import Invalid, NotFound
from pepa.models.reports import Channel, Report
from pepa.policy import Member, Permission, require
from pepa.words import N_

FAULTS = (uploads.TooLarge, uploads.UnknownKind, uploads.TooMany, uploads.Cut, uploads.NoRoom)
PLACE = "/petugas/surat/isi"  # where the files of a form wait that is not right yet


class DayAhead(Invalid):
    says = N_("Hari ini belum tiba. Periksa tanggalnya.")


class NothingWritten(Invalid):
    says = N_("Tulis dulu apa yang dilakukan. Satu kalimat sudah cukup.")
    field = "text"


class Brought(uploads.Upload):
    """The scans of one letter."""

    most = 20


@dataclass(frozen=True)
class Receipt:
    """What whoever sent a letter is told at once. reference, due_at: None where the office itself may not know it."""

    number: str
    sent_on: date | None
    taken_on: date
    reference: str | None
    due_at: datetime | None


def bring(actor: Member, brought: uploads.Upload, *, once: str) -> Sequence[Attached]:
    """Keep the scans of a form, which may come again since something in it is wrong: those that came stay.

    Raises the first fault of a scan (uploads.UnknownKind …), NoRoom, KeysUnsound; what was right is kept.
    """
    require(actor, Permission.HAND_IN)
    before = _waiting(actor, once)
    for piece in brought.files:
        if not piece.is_over:
            piece.refuse(uploads.Cut)
    there = {file.sha256 for file in before}
    new = {file.sha256: file for file in brought.files if not file.fault and file.sha256 not in there}
    files = [*before, *bundles.stand(list(new.values())[: max(0, uploads.ALL - len(before))])]
    if new:
        bundles.keep(actor, PLACE, Bundle(once, "", files=files))
    if brought.fault:
        raise brought.fault
    return files


def brought(actor: Member, *, once: str) -> Sequence[Attached]:
    """The scans of this form that came before."""
    require(actor, Permission.HAND_IN)
    return _waiting(actor, once)


def _waiting(actor: Member, once: str) -> list[Attached]:
    bundle = bundles.waiting(actor, PLACE)
    return list(bundle.files) if bundle and bundle.once == once else []


def take_in(
    actor: Member,
    ticket: str,
    *,
    once: str,
    body: str | None,
    sender: str,
    number: str,
    sent_on: date | None,
    what: str,
    **told: object,
) -> hand_ins.HandedIn:
    """A letter as a report, with its scans. The same form again is the same letter.

    Raises DayAhead, TicketSpoiled, Busy (nothing was stored).
    """
    require(actor, Permission.HAND_IN)
    if sent_on and sent_on > clock.today():
        raise DayAhead(field="sent_on")
    letter = {"body": body or "", "sender": sender, "number": number, "sent_on": sent_on.isoformat() if sent_on else ""}
    files = _waiting(actor, once)
    beside = hand_ins.Beside(files=files)
    made = hand_ins.hand_in(
        actor,
        ticket,
        channel=Channel.LETTER,
        what=what,
        letter=letter,
        beside=beside,
        **told,  # type: ignore[arg-type]
    )
    fields = {"number": number, "sent_on": letter["sent_on"], "report_id": str(made.report_id)}
    bundles.keep(actor, PLACE, Bundle(once, ticket, files=files, fields=fields))
    return made


def receipt(actor: Member) -> Receipt | None:
    """For the letter that the actor took in just now: what its sender may be told. Read once."""
    require(actor, Permission.HAND_IN)
    bundle = bundles.waiting(actor, PLACE)
    if bundle is None or "report_id" not in bundle.fields:
        return None
    bundles.drop(actor, PLACE)
    number, sent_on = bundle.fields["number"], bundle.fields["sent_on"]
    query = reports.visible_to(actor).where(Report.id == UUID(bundle.fields["report_id"]))
    report = db.session.scalar(query)
    return Receipt(
        number,
        date.fromisoformat(sent_on) if sent_on else None,
        clock.today(),
        report.reference if report else None,
        report.answer_due_at if report else None,
    )


def get_for(actor: Member, report_id: UUID) -> Report:
    """The report that a letter is. Raises NotFound."""
    report = reports.get_for(actor, report_id)
    if report.channel != Channel.LETTER:
        raise NotFound
    return report


def reply(actor: Member, report_id: UUID, *, text: str, replied_on: date | None, once: str) -> UUID:
    """A letter was answered, by letter or telephone: what was done, and on which day. Nothing more is due then, unless
    something came meanwhile.

    Raises NothingWritten, DayAhead, NotFound, KeysUnsound.
    """
    require(actor, Permission.ANSWER_REPORT)
    if not text.strip():
        raise NothingWritten
    replied_on = replied_on or clock.today()
    if replied_on > clock.today():
        raise DayAhead(field="replied_on")
    report, message_id = get_for(actor, report_id), uuid4()
    with reports.recorded(actor, report_id):
        box = boxes.open_for(actor, report.box_id)
        row = messages.from_office(box, message_id, report_id, actor, text, replied_on=replied_on)
    with reports.changing(actor, report_id) as (session, report):
        if made := onces.made(session, "letter.reply", report_id, once):
            return made
        boxes.insert(session, [row])
        limits.answered(report)
        onces.keep(session, "letter.reply", report_id, once, message_id)
        audit.record(session, "report.answered", actor, report_id)
    return message_id
