"""Somebody opens more reports than anybody works on, or one outside of their work: whoever leads sees it. Of many in an
hour the reason is asked first.

An opening is recorded, not prevented (docs/threat-model.md): this makes it loud.
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, keys, openings, outbox, settings, walls
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.audit import AuditEntry, Chain
from pepa.models.excesses import Excess, Kind
from pepa.models.organisations import Membership, Role
from pepa.models.people import Person
from pepa.models.reports import Report, Urgency, reference_of
from pepa.policy import ROLE_MAY, Member, Permission, can, require
from pepa.words import N_

HOUR, KEPT = timedelta(hours=1), timedelta(days=90)
SHOWN = 60  # openings, the newest
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
class Line:
    """One opening. why: None where it was recorded with none"""

    at: datetime
    reference: str
    why: openings.Why | None


@dataclass(frozen=True)
class Told:
    """One such time, as whoever leads reads it. reason: empty while none was given, or it does not open.

    reports  how many that were opened outside of somebody's work
    ends     the actor may say that it was looked at
    lines    what was opened, for whoever ends it and cannot look into the trail
    """

    id: UUID
    person_id: UUID
    name: str
    at: datetime
    kind: Kind
    reason: str
    reports: int = 0
    ends: bool = True
    lines: Sequence[Line] = ()


def check(actor: Member, report: Report) -> None:
    """Before a report is opened. What the actor holds, or has opened within the hour, is never asked about; but to take
    on many that called nobody is no way around it: those count for an hour.

    Raises ReasonAsked, and whoever leads sees it from then on.
    """
    most = settings.read().openings_an_hour
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


def _opened(actor: Member, since: timedelta = HOUR) -> set[UUID]:
    """The reports that the actor has opened within the hour and does not work on."""
    now = clock.now()
    mine = (AuditEntry.person_id == actor.person_id, AuditEntry.at > now - since, AuditEntry.at <= now)
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
    query = sa.select(Excess).where(*_of(actor, Kind.HOUR), Excess.begun_at > clock.now() - HOUR)
    return session.scalars(query.order_by(Excess.begun_at.desc()).limit(1)).first()


def _of(actor: Member, kind: Kind) -> tuple[sa.ColumnElement[bool], ...]:
    mine = (Excess.person_id == actor.person_id, Excess.organisation_id == actor.organisation_id)
    return (*mine, Excess.kind == kind.value)


def _begun(actor: Member, kind: Kind = Kind.HOUR, report_id: UUID | None = None) -> Excess:
    return Excess(
        kind=kind.value,
        report_id=report_id,
        id=uuid4(),
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        begun_at=clock.now(),
        generation=0,
        body_sealed=b"",
    )


LEADING = (Role.SUPERVISOR, Role.HEAD)


def opened(session: Session, actor: Member, report_id: UUID, why: openings.Why) -> None:
    """In the transaction of an opening: tell whoever leads where it was outside of the actor's work, and where it is
    one more than anybody opens in a day. The mail goes once a day and says neither who nor what."""
    told = False
    if why is openings.Why.OUTSIDE:
        unseen = (*_of(actor, Kind.OUTSIDE), Excess.report_id == report_id, Excess.seen_at.is_(None))
        if told := session.scalar(sa.select(Excess.id).where(*unseen).limit(1)) is None:
            session.add(_begun(actor, Kind.OUTSIDE, report_id))
    if _is_one_too_many(session, actor):
        session.add(_begun(actor, Kind.DAY))
        audit.record(session, "openings.many", actor)
        told = True
    if told:
        colleagues = sa.select(Membership.person_id).where(Membership.organisation_id == actor.organisation_id)
        unknowing = walls.kept_from(session, [report_id], list(session.scalars(colleagues)))
        but = {actor.person_id, *(person_id for _, person_id in unknowing)}
        outbox.warn(session, actor.organisation_id, outbox.Notice.OPENINGS, LEADING, but)


def _is_one_too_many(session: Session, actor: Member) -> bool:
    """More than a day's number, and nobody was told of this day yet."""
    most = settings.read().openings_a_day
    begun = clock.now() - clock.now().astimezone(clock.JAKARTA).replace(hour=0, minute=0, second=0, microsecond=0)
    if not most or len(_opened(actor, begun)) <= most:
        return False
    today = (*_of(actor, Kind.DAY), Excess.begun_at > clock.now() - begun)
    return session.scalar(sa.select(Excess.id).where(*today).limit(1)) is None


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
    """What nobody who leads has looked at yet, the oldest first; never one's own. What somebody opened outside of their
    work stands together, without the reports that the actor may not know of."""
    require(actor, Permission.WATCH_OPENINGS)
    query = sa.select(Excess, Person.name).join(Person, Person.id == Excess.person_id).where(*_unseen(actor))
    found: dict[object, Told] = {}
    of: dict[object, list[Excess]] = defaultdict(list)
    for row, name in db.session.execute(query.order_by(Excess.begun_at, Excess.id)).all():
        kind = Kind(row.kind)
        mark = (kind, row.person_id) if kind is Kind.OUTSIDE else row.id
        first = found.get(mark) or Told(row.id, row.person_id, name, row.begun_at, kind, _reason(actor, row))
        found[mark] = replace(first, reports=first.reports + 1)
        of[mark].append(row)
    if can(actor, Permission.READ_TRAIL):
        return list(found.values())
    return [_without_trail(actor, told, of[mark]) for mark, told in found.items()]


def _without_trail(actor: Member, told: Told, rows: Sequence[Excess]) -> Told:
    """The same for whoever cannot look into the trail: the end of it is for somebody who can. Where there is nobody but
    the one whom it is about, they are shown what was opened, and decide."""
    if told.kind is Kind.HOUR:
        return told
    if not all(_is_theirs_to_end(db.session(), actor, row) for row in rows):
        return replace(told, ends=False)
    return replace(told, lines=_lines(actor, told, rows))


def _is_theirs_to_end(session: Session, actor: Member, row: Excess) -> bool:
    """Of an hour there is a reason to be read. Else by whoever looks into the trail, but where nobody else can."""
    if row.kind == Kind.HOUR or can(actor, Permission.READ_TRAIL):
        return True
    here = (Membership.organisation_id == row.organisation_id, Membership.is_active, Person.is_active)
    there = session.scalars(sa.select(Membership).join(Person).where(*here, Membership.person_id != row.person_id))
    able = [one.person_id for one in there if any(Permission.READ_TRAIL in ROLE_MAY[role] for role in one.role_set)]
    return not (walls.may_know(session, row.report_id, able) if row.report_id else able)


def _lines(actor: Member, told: Told, rows: Sequence[Excess]) -> Sequence[Line]:
    """What somebody opened on that day, or outside of their work since the first that nobody has looked at."""
    theirs = (AuditEntry.person_id == told.person_id, AuditEntry.organisation_id == actor.organisation_id)
    query = sa.select(AuditEntry.at, AuditEntry.thing_id, AuditEntry.note).where(
        *theirs, AuditEntry.chain == Chain.STAFF.value, AuditEntry.act == "report.opened"
    )
    if told.kind is Kind.DAY:
        begins = told.at.astimezone(clock.JAKARTA).replace(hour=0, minute=0, second=0, microsecond=0)
        which = (AuditEntry.at >= begins, AuditEntry.at < begins + timedelta(days=1))
    else:
        which = (
            AuditEntry.note == openings.Why.OUTSIDE.value,
            AuditEntry.thing_id.in_({row.report_id for row in rows}),
        )
    known = AuditEntry.thing_id.not_in(walls.hidden(actor))
    found = db.session.execute(query.where(*which, known).order_by(AuditEntry.at.desc()).limit(SHOWN))
    words = {one.value: one for one in openings.Why}
    return [Line(at, reference_of(thing_id), words.get(note)) for at, thing_id, note in found if thing_id]


def _unseen(actor: Member) -> tuple[sa.ColumnElement[bool], ...]:
    """Of colleagues, and about reports that are not hidden from the actor."""
    others = (Excess.organisation_id == actor.organisation_id, Excess.person_id != actor.person_id)
    known = sa.or_(Excess.report_id.is_(None), Excess.report_id.not_in(walls.hidden(actor)))
    return (*others, Excess.seen_at.is_(None), known)


def _reason(actor: Member, row: Excess) -> str:
    with suppress(keys.Unopened):
        if row.body_sealed:
            place = (row.organisation_id, row.generation, DOMAIN, row.id)
            return str(keys.open_note(actor.keyring, *place, row.body_sealed)["reason"])
    return ""


def look_at(actor: Member, excess_id: UUID) -> None:
    """ "Sudah saya lihat"; done twice it is done once. Of what was opened outside of somebody's work, all of that
    person's at once. Raises NotFound, also for one's own, and for what somebody who looks into the trail ends."""
    require(actor, Permission.WATCH_OPENINGS)
    with transaction() as session:
        row = session.get(Excess, excess_id)
        if row is None or row.organisation_id != actor.organisation_id or row.person_id == actor.person_id:
            raise NotFound
        same = (Excess.person_id == row.person_id, Excess.kind == row.kind)
        which = same if row.kind == Kind.OUTSIDE else (Excess.id == excess_id,)
        found = session.scalars(sa.select(Excess).where(*_unseen(actor), *which)).all()
        if not all(_is_theirs_to_end(session, actor, one) for one in found):
            raise NotFound
        for one in found:
            one.seen_at, one.seen_by_id = clock.now(), actor.person_id
            audit.record(session, "openings.seen", actor, one.id)


def purge() -> int:
    """Forget why, three months after somebody looked at such an hour; that it was stays. Returns how many."""
    old = (Excess.begun_at < clock.now() - KEPT, Excess.seen_at.is_not(None), Excess.body_sealed != b"")
    with transaction() as session:
        gone = session.execute(sa.update(Excess).where(*old).values(body_sealed=b""))
    return int(gone.rowcount)  # type: ignore[attr-defined]
