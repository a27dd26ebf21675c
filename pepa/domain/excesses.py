"""Somebody opens more reports in an hour than anybody works on: the reason is asked first, and whoever leads sees it.

An opening is recorded, not prevented (docs/threat-model.md): this makes many of them loud.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, keys, settings
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.audit import AuditEntry, Chain
from pepa.models.excesses import Excess
from pepa.models.people import Person
from pepa.models.reports import Report, Urgency
from pepa.policy import Member, Permission, require
from pepa.words import N_

HOUR, KEPT = timedelta(hours=1), timedelta(days=90)
DOMAIN = "excess"


class ReasonAsked(Conflict):
    """Before this report is opened the actor says why so many are."""

    says = N_("Anda membuka banyak laporan yang tidak Anda pegang. Tulis alasannya dulu.")

    def __init__(self, report_id: UUID) -> None:
        super().__init__()
        self.report_id = report_id


class NoReason(Invalid):
    says = N_("Tulis alasannya. Satu kalimat sudah cukup.")
    field = "reason"


@dataclass(frozen=True)
class Told:
    """One such hour, as whoever leads reads it. reason: empty while none was given, or it does not open."""

    id: UUID
    name: str
    at: datetime
    reason: str


def check(actor: Member, report: Report) -> None:
    """Before a report is opened. What the actor holds, or has opened within the hour, is never asked about; but to take
    on many that called nobody is no way around it: those count for an hour.

    Raises ReasonAsked, and whoever leads sees it from then on.
    """
    most = int(settings.read().openings_an_hour or 0)
    if not most:
        return
    opened = _opened(actor)
    if len(opened) < most or report.id in opened:
        return
    if db.session.scalar(sa.select(Report.id).where(Report.id == report.id, _is_worked_on_by(actor))):
        return
    with transaction() as session:
        now = _now(session, actor)
        if now is not None and now.body_sealed:
            return
        if now is None:
            session.add(_begun(actor))
            audit.record(session, "openings.many", actor, None, str(len(opened)))
    raise ReasonAsked(report.id)


def _opened(actor: Member) -> set[UUID]:
    """The reports that the actor has opened within the hour and does not work on."""
    now = clock.now()
    mine = (AuditEntry.person_id == actor.person_id, AuditEntry.at > now - HOUR, AuditEntry.at <= now)
    query = (
        sa.select(AuditEntry.thing_id)
        .join(Report, Report.id == AuditEntry.thing_id)
        .where(*mine, AuditEntry.chain == Chain.STAFF.value, AuditEntry.act == "report.opened")
        .where(~sa.func.coalesce(_is_worked_on_by(actor), False))
        .distinct()
    )
    return {thing_id for thing_id in db.session.scalars(query) if thing_id}


def _is_worked_on_by(actor: Member) -> sa.ColumnElement[bool]:
    """The actor holds it: since more than an hour, or since it rang for somebody to hold it."""
    rang = sa.and_(Report.urgency == Urgency.NOW, Report.is_aside.is_(False))
    return sa.and_(Report.held_by_id == actor.person_id, sa.or_(Report.held_at <= clock.now() - HOUR, rang))


def _now(session: Session, actor: Member) -> Excess | None:
    mine = (Excess.person_id == actor.person_id, Excess.organisation_id == actor.organisation_id)
    query = sa.select(Excess).where(*mine, Excess.begun_at > clock.now() - HOUR)
    return session.scalars(query.order_by(Excess.begun_at.desc()).limit(1)).first()


def _begun(actor: Member) -> Excess:
    return Excess(
        id=uuid4(),
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        begun_at=clock.now(),
        generation=0,
        body_sealed=b"",
    )


def explain(actor: Member, *, reason: str) -> UUID | None:
    """Say why; for an hour nothing more is asked. None where nothing was asked. Raises NoReason."""
    require(actor, Permission.READ_REPORTS)
    if not reason.strip():
        raise NoReason
    now = _now(db.session(), actor)
    if now is None:
        return None
    excess_id, generation = now.id, keys.generation_of(actor.organisation_id)
    place = (actor.organisation_id, generation, DOMAIN, excess_id)
    sealed = keys.seal_note(actor.keyring, *place, {"reason": reason.strip()})
    with transaction() as session:
        told = session.get_one(Excess, excess_id)
        told.generation, told.body_sealed = generation, sealed
        audit.record(session, "openings.explained", actor, excess_id)
    return excess_id


# Whoever leads


def unseen_by(actor: Member) -> Sequence[Told]:
    """What nobody who leads has looked at yet, the oldest first; never one's own."""
    require(actor, Permission.WATCH_OPENINGS)
    query = (
        sa.select(Excess, Person.name)
        .join(Person, Person.id == Excess.person_id)
        .where(Excess.organisation_id == actor.organisation_id, Excess.seen_at.is_(None))
        .where(Excess.person_id != actor.person_id)
        .order_by(Excess.begun_at, Excess.id)
    )
    return [Told(row.id, name, row.begun_at, _reason(actor, row)) for row, name in db.session.execute(query)]


def _reason(actor: Member, row: Excess) -> str:
    with suppress(keys.Unopened):
        if row.body_sealed:
            place = (row.organisation_id, row.generation, DOMAIN, row.id)
            return str(keys.open_note(actor.keyring, *place, row.body_sealed)["reason"])
    return ""


def look_at(actor: Member, excess_id: UUID) -> None:
    """ "Sudah saya lihat"; done twice it is done once. Raises NotFound, also for one's own."""
    require(actor, Permission.WATCH_OPENINGS)
    with transaction() as session:
        row = session.get(Excess, excess_id)
        if row is None or row.organisation_id != actor.organisation_id or row.person_id == actor.person_id:
            raise NotFound
        if row.seen_at is None:
            row.seen_at, row.seen_by_id = clock.now(), actor.person_id
            audit.record(session, "openings.seen", actor, excess_id)


def purge() -> int:
    """Forget why, three months after somebody looked at such an hour; that it was stays. Returns how many."""
    old = (Excess.begun_at < clock.now() - KEPT, Excess.seen_at.is_not(None), Excess.body_sealed != b"")
    with transaction() as session:
        gone = session.execute(sa.update(Excess).where(*old).values(body_sealed=b""))
    return int(gone.rowcount)  # type: ignore[attr-defined]
