"""Restriction of processing (domain.md rule 12, UU 27/2022 art. 41): decided within 3x24 hours, through nights and
holidays. Whoever reads a report notes that it was asked; a supervisor decides, and later ends it.

While it holds, nothing of the report leaves and nothing new is made out of it: such verbs ask `require_none`.
Reading, answering her, the alarm and the police clock go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, boxes, lateness, onces, outbox, reports, three_days, walls
from pepa.errors import Conflict, Invalid
from pepa.models.reports import Report
from pepa.models.restrictions import TRANSITIONS, Restriction, RestrictionState
from pepa.policy import Member, Permission, require
from pepa.words import N_

DOMAIN = "restriction"
DECISIONS = TRANSITIONS[RestrictionState.ASKED]
RUNS = (RestrictionState.ASKED, RestrictionState.RESTRICTED)


class NotYetAsked(Invalid):
    says = N_("Waktu ini belum tiba. Betulkan harinya.")
    field = "asked_at"


class LongAgo(Invalid):
    says = N_("Lebih dari setahun yang lalu. Betulkan tahunnya.")
    field = "asked_at"


class HowUnsaid(Invalid):
    says = N_("Tulis siapa yang minta, dan lewat apa. Satu kalimat sudah cukup.")
    field = "how"


class ReasonMissing(Invalid):
    says = N_("Tulis alasannya. Satu kalimat sudah cukup.")
    field = "reason"


class AskedAlready(Conflict):
    says = N_("Permintaan ini SUDAH dicatat.")


class ChangedMeanwhile(Conflict):
    says = N_("Orang lain menyimpan lebih dulu. Lihat lagi, lalu simpan.")


class Restricted(Conflict):
    """What would use the data further is refused for now."""

    says = N_("Data laporan ini dibatasi. TIDAK ada yang keluar atau dibuat dari laporan ini sampai dibuka lagi.")


@dataclass(frozen=True)
class Known:
    """One as it is read. said: what is sealed of it"""

    row: Restriction
    said: dict[str, Any]


def of(report_id: UUID) -> Restriction | None:
    """What runs for a report that the actor has open: asked, or restricted."""
    runs = Restriction.state.in_([state.value for state in RUNS])
    return db.session.scalar(_named(report_id).where(runs).limit(1))


def _named(report_id: UUID) -> sa.Select[Restriction]:
    people = (Restriction.noted_by, Restriction.decided_by, Restriction.lifted_by)
    query = sa.select(Restriction).options(*(joinedload(person) for person in people))
    return query.where(Restriction.report_id == report_id).order_by(Restriction.version.desc())


def waiting_for(actor: Member, most: int = 20) -> Sequence[Restriction]:
    """Those that wait for the actor's decision, the nearest end first."""
    require(actor, Permission.NOTE_DECISION)
    theirs = reports.visible_to(actor).with_only_columns(Report.id)
    query = sa.select(Restriction).where(Restriction.state == RestrictionState.ASKED.value)
    query = query.where(Restriction.report_id.in_(theirs))
    return list(db.session.scalars(query.order_by(Restriction.asked_at, Restriction.id).limit(most)))


def require_none(session: Session, *report_ids: UUID) -> None:
    """Raises Restricted where one holds for any of these reports."""
    if session.scalar(_holding(*report_ids)):
        raise Restricted


def require_none_on(session: Session, report_id: UUID, day: date) -> None:
    """The same of what was done on a day: before the restriction it was right. Raises Restricted."""
    since = session.scalar(_holding(report_id))
    if since and day >= since.astimezone(clock.JAKARTA).date():
        raise Restricted


def _holding(*report_ids: UUID) -> sa.Select[datetime | None]:
    holds = (Restriction.report_id.in_(report_ids), Restriction.state == RestrictionState.RESTRICTED.value)
    return sa.select(Restriction.decided_at).where(*holds).limit(1)


def show(actor: Member, report_id: UUID) -> tuple[reports.Opened, Sequence[Known]]:
    """Every request about a report, opened with it, the newest first. Raises NotFound, Broken."""
    require(actor, Permission.READ_REPORTS)
    opened = reports.open_for(actor, report_id)
    with reports.recorded(actor, report_id):
        return opened, [Known(row, _read(opened.box, row)) for row in db.session.scalars(_named(report_id))]


def _read(box: boxes.OpenBox, row: Restriction) -> dict[str, Any]:
    return boxes.open_body(box, DOMAIN, row.id, row.body_epoch, row.body_sealed)


def ask(actor: Member, report_id: UUID, *, asked_at: datetime, how: str, once: str) -> UUID:
    """Note that it was asked, when and how. Whoever answers for the report is told at once.

    Raises NotYetAsked, LongAgo, HowUnsaid, AskedAlready, NotFound.
    """
    require(actor, Permission.READ_REPORTS)
    three_days.check(asked_at, NotYetAsked, LongAgo)
    if not how.strip():
        raise HowUnsaid
    opened, made = reports.seen(actor, report_id), uuid4()
    epoch, sealed = boxes.seal_body(opened.box, DOMAIN, made, {"how": how.strip()})
    with reports.changing(actor, report_id) as (session, report):
        if before := onces.made(session, "restriction.ask", report_id, once):
            return before
        last = session.scalar(_named(report_id).limit(1))
        if last and last.state in RUNS:
            raise AskedAlready
        row = Restriction(
            id=made,
            report_id=report_id,
            asked_at=clock.hour(asked_at),
            noted_at=clock.now(),
            noted_by_id=actor.person_id,
            version=last.version + 1 if last else 1,
            body_epoch=epoch,
            body_sealed=sealed,
        )
        session.add(row)
        onces.keep(session, "restriction.ask", report_id, once, made)
        audit.record(session, "restriction.asked", actor, report_id)
        _tell_at_once(session, report, row, but=actor.person_id)
    return made


def _tell_at_once(session: Session, report: Report, row: Restriction, *, but: UUID | None = None) -> None:
    row.reminded = three_days.mark(row.asked_at)
    for person_id in _whom(session, report, row.reminded):
        if person_id != but:
            outbox.tell(session, person_id, outbox.Notice.RESTRICTION, report.id)


def hand_over(session: Session, report: Report) -> None:
    """Another office has the report now: what waits for a decision is told there. In the transaction of the act."""
    session.flush()
    waits = (Restriction.report_id == report.id, Restriction.state == RestrictionState.ASKED.value)
    if row := session.scalar(sa.select(Restriction).where(*waits).limit(1)):
        _tell_at_once(session, report, row)


def decide(actor: Member, report_id: UUID, *, decision: str, reason: str = "", version: int) -> UUID:
    """It is restricted, or cannot be; then the reason says why: a law, or a danger.

    Raises ReasonMissing, ChangedMeanwhile, NotFound.
    """
    state = RestrictionState(decision)
    if state not in DECISIONS:
        raise ValueError(decision)
    if state is RestrictionState.REFUSED and not reason.strip():
        raise ReasonMissing
    return _move(actor, report_id, state, version, {"reason": reason.strip()})


def lift(actor: Member, report_id: UUID, *, reason: str, version: int) -> UUID:
    """ "Dibuka lagi". Raises ReasonMissing, ChangedMeanwhile, NotFound."""
    if not reason.strip():
        raise ReasonMissing
    return _move(actor, report_id, RestrictionState.LIFTED, version, {"lifted": reason.strip()})


ACTS = {
    RestrictionState.RESTRICTED: "restriction.made",
    RestrictionState.REFUSED: "restriction.declined",
    RestrictionState.LIFTED: "restriction.lifted",
}


def _move(actor: Member, report_id: UUID, state: RestrictionState, version: int, more: dict[str, str]) -> UUID:
    """The request that the page showed. Sent again, it is found to be done."""
    require(actor, Permission.NOTE_DECISION)
    opened = reports.seen(actor, report_id)
    row = db.session.scalar(_named(report_id).limit(1))
    if row is None or row.version != version:
        raise ChangedMeanwhile
    row_id = row.id
    with reports.recorded(actor, report_id):
        epoch, sealed = boxes.seal_body(opened.box, DOMAIN, row_id, {**_read(opened.box, row), **more})
    with reports.changing(actor, report_id) as (session, _):
        row = session.get(Restriction, row_id)
        is_same = row is not None and row.version == version
        if row is None or not is_same or state not in TRANSITIONS[RestrictionState(row.state)]:
            raise ChangedMeanwhile
        row.state, row.version, row.body_epoch, row.body_sealed = state.value, version + 1, epoch, sealed
        if state is RestrictionState.LIFTED:
            row.lifted_at, row.lifted_by_id = clock.now(), actor.person_id
        else:
            row.decided_at, row.decided_by_id = clock.now(), actor.person_id
        audit.record(session, ACTS[state], actor, report_id)
    return row_id


# Reminding


def remind() -> int:
    """Remind of each that is not decided, at 24, 48 and 66 hours, and once it is over. By `delivery`; returns how
    often."""
    due = sa.select(Restriction.id).where(
        Restriction.state == RestrictionState.ASKED.value,
        Restriction.asked_at <= three_days.first(),
        Restriction.reminded < three_days.OVER,
    )
    return sum(_remind_one(row_id) for row_id in list(db.session.scalars(due)))


def _remind_one(row_id: UUID) -> bool:
    """The last mark that was passed: a machine that stood still does not send three at once."""
    with transaction() as session:
        row = session.get(Restriction, row_id)
        report = session.get(Report, row.report_id) if row else None
        if row is None or report is None or report.holder_id is None or row.state != RestrictionState.ASKED:
            return False
        step = three_days.mark(row.asked_at)
        if step <= row.reminded:
            return False
        people = _whom(session, report, step)
        if not people:
            return False  # nobody is there who may know: whoever comes is reminded
        row.reminded = step
        for person_id in people:
            outbox.tell(session, person_id, outbox.Notice.RESTRICTION, report.id)
        return True


def _whom(session: Session, report: Report, step: int) -> list[UUID]:
    """The ladder of what is late, and once it is over the heads as well; nobody who may not know."""
    heads = lateness.heads(session, report) if step == three_days.OVER else []
    return list(dict.fromkeys([*lateness.answering(session, report), *walls.may_know(session, report.id, heads)]))


def stands(due: outbox.Due) -> bool:
    """Whether it still waits for a decision at the moment at which a notice leaves."""
    if due.notice is not outbox.Notice.RESTRICTION:
        return True
    waits = (Restriction.report_id == due.report_id, Restriction.state == RestrictionState.ASKED.value)
    return db.session.scalar(sa.select(Restriction.id).where(*waits).limit(1)) is not None
