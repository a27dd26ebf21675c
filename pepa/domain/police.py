"""The police clock (domain.md rule 1, UU 12/2022 art. 41): 3x24 hours from her telling, through nights and holidays.

An officer starts it. It reminds and never sends; it ends only with a report that was made, by us or by another, or with
the head's written decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, boxes, lateness, outbox, reports, three_days, walls
from pepa.errors import Conflict, Invalid
from pepa.models.lateness import Limit, Telling
from pepa.models.people import Person
from pepa.models.police import PoliceClock, PoliceEnding, ToldBy
from pepa.models.reports import Report
from pepa.policy import Member, Permission, can, require
from pepa.words import N_


class BegunAlready(Conflict):
    says = N_("Hitungan ini sudah berjalan.")


class NotYet(Invalid):
    says = N_("Waktu ini belum tiba. Betulkan harinya.")
    field = "from_at"


class DetailsMissing(Invalid):
    """Of an ending: what would show later that it was so."""

    says = N_("Tulis hari dan nomornya, siapa yang melapor, atau isi keputusannya.")
    field = "details"


class HeadDecides(Invalid):
    says = N_("Keputusan kepala dicatat oleh penyelia.")
    field = "ending"


class EndedAlready(Conflict):
    says = N_("SUDAH dicatat selesai.")


@dataclass(frozen=True)
class Running:
    """A clock as an officer reads it. said: what is sealed of it."""

    clock: PoliceClock
    said: dict[str, Any]
    begun_by: str
    ended_by: str | None

    @property
    def told_by(self) -> ToldBy:
        return ToldBy(self.said["told_by"])

    @property
    def ending(self) -> PoliceEnding | None:
        return PoliceEnding(self.said["ending"]) if "ending" in self.said else None


def hours_left(found: PoliceClock) -> int:
    """Whole hours until it is over; negative once it is."""
    return int((found.due_at - clock.now()) // timedelta(hours=1))


def left_of(report_id: UUID) -> int | None:
    """Whole hours until a report's clock is over; None where none runs."""
    found = db.session.scalar(
        sa.select(PoliceClock).where(PoliceClock.report_id == report_id, PoliceClock.ended_at.is_(None))
    )
    return hours_left(found) if found else None


def show(actor: Member, report_id: UUID) -> tuple[reports.Opened, Running | None]:
    """A report's clock, opened with the report. Raises NotFound."""
    require(actor, Permission.KEEP_POLICE_CLOCK)
    opened = reports.open_for(actor, report_id)
    found = db.session.get(PoliceClock, report_id)
    return opened, _read(actor, opened.box, found) if found else None


def _read(actor: Member, box: boxes.OpenBox, found: PoliceClock) -> Running:
    with reports.recorded(actor, found.report_id):
        said = boxes.open_body(box, "police", found.report_id, found.body_epoch, found.body_sealed)
    ids = [found.begun_by_id, *([found.ended_by_id] if found.ended_by_id else [])]
    rows = db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(ids)))
    names = {row.id: row.name for row in rows}
    return Running(found, said, names[found.begun_by_id], names.get(found.ended_by_id) if found.ended_by_id else None)


def begin(actor: Member, report_id: UUID, *, told_by: str, from_at: datetime | None = None) -> PoliceClock:
    """Start it. from_at: when it was told; else when the report came, by its hour, which is a little early.

    Raises BegunAlready, NotYet, NotFound.
    """
    require(actor, Permission.KEEP_POLICE_CLOCK)
    if from_at and from_at > clock.now() + three_days.AHEAD:
        raise NotYet
    report = reports.get_for(actor, report_id)
    with reports.recorded(actor, report_id):
        box = boxes.open_for(actor, report.box_id)
        epoch, sealed = boxes.seal_body(box, "police", report_id, {"told_by": ToldBy(told_by).value})
    with reports.changing(actor, report_id) as (session, report):
        if session.get(PoliceClock, report_id):
            raise BegunAlready
        begun = PoliceClock(
            report_id=report_id,
            from_at=clock.hour(from_at or report.received_at),
            begun_at=clock.now(),
            begun_by_id=actor.person_id,
            body_epoch=epoch,
            body_sealed=sealed,
        )
        session.add(begun)
        audit.record(session, "police.begun", actor, report_id)
        return begun


def end(
    actor: Member, report_id: UUID, *, ending: str, on: str = "", number: str = "", details: str = ""
) -> PoliceClock:
    """Note how it ended. on, number: of the report to the police; details: who made it, or what the head decided.

    Raises DetailsMissing, HeadDecides, EndedAlready, NotFound.
    """
    require(actor, Permission.KEEP_POLICE_CLOCK)
    how = PoliceEnding(ending)
    if how is PoliceEnding.DECIDED and not can(actor, Permission.NOTE_DECISION):
        raise HeadDecides
    needed = {PoliceEnding.REPORTED: on.strip() and number.strip()}.get(how, details.strip())
    if not needed:
        raise DetailsMissing
    opened, running = show(actor, report_id)
    if running is None or running.clock.ended_at:
        raise EndedAlready
    more = {"ending": how.value, "on": on, "number": number, "details": details}
    epoch, sealed = boxes.seal_body(opened.box, "police", report_id, {**running.said, **more})
    with reports.changing(actor, report_id) as (session, _):
        found = session.get_one(PoliceClock, report_id)
        if found.ended_at:
            raise EndedAlready
        found.ended_at, found.ended_by_id = clock.now(), actor.person_id
        found.body_epoch, found.body_sealed = epoch, sealed
        audit.record(session, "police.ended", actor, report_id, how.value)
        return found


def running_for(actor: Member, most: int = 20) -> Sequence[PoliceClock]:
    """Those that run, the nearest end first."""
    require(actor, Permission.KEEP_POLICE_CLOCK)
    mine = reports.visible_to(actor).with_only_columns(Report.id)
    query = sa.select(PoliceClock).where(PoliceClock.ended_at.is_(None), PoliceClock.report_id.in_(mine))
    return list(db.session.scalars(query.order_by(PoliceClock.from_at).limit(most)))


# Reminding


def remind() -> int:
    """Remind of each clock that runs, at 24, 48 and 66 hours, and once it is over. By `delivery`; returns how often."""
    due = sa.select(PoliceClock.report_id).where(
        PoliceClock.ended_at.is_(None), PoliceClock.from_at <= three_days.first()
    )
    return sum(_remind_one(report_id) for report_id in list(db.session.scalars(due)))


def _remind_one(report_id: UUID) -> bool:
    """The last mark that was passed: a machine that stood still does not send three at once."""
    with transaction() as session:
        found, report = session.get(PoliceClock, report_id), session.get(Report, report_id)
        if found is None or report is None or report.holder_id is None or found.ended_at:
            return False
        step = three_days.mark(found.from_at)
        if step == 0:
            return False
        if session.get(Telling, (report_id, Limit.POLICE.value, step)):
            return False
        people = _whom(session, report, step)
        if not people:
            return False  # nobody is there who may know: whoever comes is reminded
        lateness.keep(session, report, Limit.POLICE, step)
        for person_id in people:
            outbox.tell(session, person_id, outbox.Notice.POLICE, report_id)
        return True


def _whom(session: Session, report: Report, step: int) -> list[UUID]:
    """The ladder of what is late, and once it is over the heads as well."""
    heads = lateness.heads(session, report) if step == three_days.OVER else []
    return list(dict.fromkeys([*lateness.answering(session, report), *walls.may_know(session, report.id, heads)]))


def stands(due: outbox.Due) -> bool:
    """Whether a reminder is still needed at the moment at which it leaves."""
    if due.notice is not outbox.Notice.POLICE:
        return True
    found = db.session.get(PoliceClock, due.report_id)
    return found is not None and found.ended_at is None


def words(due: outbox.Due) -> str:
    """What a notice says at the moment at which it leaves."""
    found = db.session.get(PoliceClock, due.report_id) if due.notice is outbox.Notice.POLICE else None
    return lateness.words(due, max(0, hours_left(found)) if found else 0)
