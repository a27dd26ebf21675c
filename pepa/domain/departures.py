"""Leaving an organisation: in peace, or under suspicion (vault.md § 2; domain.md rule 14).

Nobody leaves who is the last to open something, the last to read reports or one of them, or the last administrator.
What was booked stays; tasks, turns and reports in hand wait for somebody else, and whoever answers for them is told.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import (
    audit,
    enrolments,
    forfeits,
    holders,
    holdings,
    keys,
    leavings,
    limits,
    members,
    outbox,
    passkeys,
    rekeys,
    sessions,
    stand_ins,
    tasks,
    walls,
)
from pepa.errors import Conflict
from pepa.models.approvals import Approval
from pepa.models.callbacks import Callback
from pepa.models.duty import Shift, Swap, SwapState
from pepa.models.feeds import Feed
from pepa.models.organisations import KeyWrap, Membership, Role
from pepa.models.people import Draft, Person
from pepa.models.reports import Exclusion, Report, Stage
from pepa.models.stand_ins import StandIn
from pepa.models.tasks import Column, Task
from pepa.models.visits import Visit, VisitCrew
from pepa.policy import ROLE_MAY, Member, Permission, can, require
from pepa.words import N_, Choice

READING = {role for role in Role if Permission.READ_REPORTS in ROLE_MAY[role]}
OVER = (Stage.WITHDRAWN.value, Stage.HELP.value, Stage.OTHER.value)


class Manner(Choice):
    """Why somebody leaves."""

    ORDINARY = "ordinary", N_("Biasa: pindah, berhenti, selesai tugas")
    SUSPECTED = "suspected", N_("Dicurigai: kalimat sandi atau HP-nya mungkin di tangan orang lain")


class LastHolder(Conflict):
    says = N_("Hanya orang ini yang bisa membuka kunci lembaga. Setujui orang kedua dulu.")


class LastOfPartner(LastHolder):
    """Of a partner: it is on no sheets."""

    says = N_("Hanya orang ini yang bisa membuka kunci lembaga. Setujui orang kedua dulu, atau minta pengelola kantor.")


class LastReader(Conflict):
    says = N_("Hanya orang ini yang membaca laporan di lembaga ini. Beri orang lain peran itu dulu.")


class LastAdministrator(Conflict):
    says = N_("Hanya orang ini pengelolanya. Beri orang lain peran pengelola dulu.")


class StillHolds(Conflict):
    """Something that nobody else of the office may read. The sentence says neither that nor what it is: whoever keeps
    members may be one of those who must not know."""

    says = N_("Minta orang itu menyerahkan dulu yang dipegangnya.")


class NoManner(Conflict):
    says = N_("Pilih dulu salah satu.")
    field = "manner"


@dataclass(frozen=True)
class Plan:
    """What would come of somebody's leaving, as far as the actor may know. refused: why it cannot be, or None

    elsewhere  names of the organisations in which they stay
    makes      under suspicion, the actor makes the new key at once
    forfeit    what would be lost for ever with the only person who opens it, where the actor may decide that
    """

    membership: Membership
    tasks: int
    shifts: int
    reports: int
    callbacks: int
    elsewhere: Sequence[str]
    refused: Conflict | None
    makes: bool
    forfeit: forfeits.Forfeit | None


def plan(actor: Member, membership_id: UUID) -> Plan:
    """Raises NotFound."""
    require(actor, Permission.KEEP_MEMBERS)
    membership = members.to_keep(actor, membership_id)
    own = (Task.person_id == membership.person_id, Task.organisation_id == membership.organisation_id)
    open_tasks = (*own, Task.column != Column.DONE.value, ~Task.is_archived)
    hidden = walls.hidden(actor)
    refused = _loss(db.session(), membership, frozenset())
    is_theirs = isinstance(refused, LastOfPartner) and can(actor, Permission.KEEP_ORGANISATIONS)
    return Plan(
        membership,
        _count(Task.id, *open_tasks),
        _count(Shift.id, *_turns(membership)),
        _count(Report.id, *_in_hand(membership), Report.id.not_in(hidden)),
        _count(Callback.id, *_promised(membership), Callback.report_id.not_in(hidden)),
        [one.organisation.name for one in members.all_of(membership.person_id) if one.id != membership_id],
        None if is_theirs else refused,
        rekeys.can_make(actor, membership.organisation_id),
        forfeits.of(membership.organisation) if is_theirs else None,
    )


def _count(column: sa.orm.InstrumentedAttribute[UUID], *which: sa.ColumnElement[bool]) -> int:
    return db.session.scalars(sa.select(sa.func.count(column)).where(*which)).one()


def _turns(membership: Membership) -> tuple[sa.ColumnElement[bool], ...]:
    mine = (Shift.person_id == membership.person_id, Shift.organisation_id == membership.organisation_id)
    return (*mine, Shift.ends_at > clock.now())


def _in_hand(membership: Membership) -> tuple[sa.ColumnElement[bool], ...]:
    held = (Report.held_by_id == membership.person_id, Report.holder_id == membership.organisation_id)
    return (*held, Report.stage.not_in(OVER))


def _promised(membership: Membership) -> tuple[sa.ColumnElement[bool], ...]:
    theirs = sa.select(Report.id).where(Report.holder_id == membership.organisation_id)
    mine = (Callback.person_id == membership.person_id, Callback.report_id.in_(theirs))
    return (*mine, Callback.done_at.is_(None))


def fault(session: Session, membership: Membership, left: Collection[Role]) -> Conflict | None:
    """What an organisation would lose with somebody who had these roles left, or none; read under the write lock by
    whoever takes them away."""
    return _loss(session, membership, left) or (StillHolds() if _leaves_unread(session, membership, left) else None)


def _loss(session: Session, membership: Membership, left: Collection[Role]) -> Conflict | None:
    """The same, but for single reports. Under suspicion nobody stays for these: else whoever names everybody else on
    one could not be put out."""
    here = holders.of(membership.organisation_id, session)
    others = [one for one in here if one.membership.id != membership.id]
    mine = next((one for one in here if one.membership.id == membership.id), None)
    keeps_key = any(role is not Role.ADMINISTRATOR for role in left)
    if mine and mine.can_open and not keeps_key and not any(one.can_open for one in others):
        return LastHolder() if membership.organisation.is_root else LastOfPartner()
    loses = membership.organisation.is_root and _loses(membership, left, READING)
    if loses and not _any(others, READING, can_open=True):
        return LastReader()
    rules = {Role.ADMINISTRATOR}
    if membership.organisation.is_office and _loses(membership, left, rules) and not _any(others, rules):
        return LastAdministrator()
    return None


def _leaves_unread(session: Session, membership: Membership, left: Collection[Role]) -> bool:
    """Whether some report of the organisation is for their eyes alone: everybody else who reads there may not know."""
    if not membership.organisation.is_root or not _loses(membership, left, READING):
        return False
    walled = walls.beside(session, set(session.scalars(sa.select(Exclusion.report_id).distinct())))
    settled = (Stage.HELP.value, Stage.OTHER.value)
    theirs = (Report.holder_id == membership.organisation_id, Report.stage.not_in(settled))
    report_ids = list(session.scalars(sa.select(Report.id).where(Report.id.in_(walled), *theirs)))
    able = [one.membership for one in holders.of(membership.organisation_id, session) if one.can_open]
    reading = {one.person_id for one in able if one.role_set & READING}
    unknowing = walls.kept_from(session, report_ids, reading)
    knowing = [{one for one in reading if (report_id, one) not in unknowing} for report_id in report_ids]
    return {membership.person_id} in knowing


def _loses(membership: Membership, left: Collection[Role], roles: set[Role]) -> bool:
    return bool(membership.role_set & roles) and not roles & set(left)


def _any(others: Sequence[holders.Holder], roles: set[Role], *, can_open: bool = False) -> bool:
    return any(one.membership.role_set & roles and (one.can_open or not can_open) for one in others)


def leave(
    actor: Member, membership_id: UUID, *, manner: str | None, passphrase: str, gives_up: bool = False
) -> Membership:
    """Somebody is out of an organisation, from their next request on. Under suspicion its key is made anew: now, where
    the actor opens it, else by any of those who do, and they are told.

    gives_up: whoever keeps all organisations was shown what a partner loses with the only person who opens its key

    Raises NoManner, NotFound; LastHolder, LastReader, LastAdministrator, StillHolds; WrongPassphrase, Busy.
    """
    require(actor, Permission.KEEP_MEMBERS)
    organisation_id = members.to_keep(actor, membership_id).organisation_id
    if manner is None:
        raise NoManner
    sessions.confirm(actor, passphrase=passphrase)
    is_suspected = Manner(manner) is Manner.SUSPECTED
    makes = is_suspected and rekeys.can_make(actor, organisation_id)
    with transaction() as session:
        membership = members.changing(session, actor, membership_id)
        losing = _loss if is_suspected else fault
        if refused := losing(session, membership, frozenset()):
            if not (isinstance(refused, LastOfPartner) and gives_up and can(actor, Permission.KEEP_ORGANISATIONS)):
                raise refused
            audit.record(session, enrolments.GIVEN_UP, actor, organisation_id)
        person_id = membership.person_id
        close(session, actor, membership)
        if is_suspected:
            rekeys.be_due(session, organisation_id)
            if not makes:
                rekeys.call(session, organisation_id)
            passkeys.drop(session, person_id)  # the telephone may be in other hands
            _shut_elsewhere(session, actor, person_id)
        outbox.tell_all(session, organisation_id, outbox.Notice.MEMBERS, but=person_id)
        audit.record(session, "member.left", actor, membership_id, manner)
    if makes:
        _make(actor)
    return db.session.get_one(Membership, membership_id)


def _shut_elsewhere(session: Session, actor: Member, person_id: UUID) -> None:
    """Passphrase and phone are the same in each organisation: what is open there ends too, a first yes that was perhaps
    another's hand and the addresses of calendars with it, and who leads there is told to look. It stands in their list
    of what changed, without the place where it began."""
    theirs = sa.select(Membership.id).where(Membership.person_id == person_id)
    session.execute(sa.delete(Approval).where(Approval.first_id == person_id))
    session.execute(sa.delete(Feed).where(Feed.membership_id.in_(theirs)))
    enrolments.end_made(session, person_id, even_elsewhere=True)
    others = session.scalars(
        sa.select(Membership.organisation_id).where(Membership.person_id == person_id, Membership.is_active)
    ).all()
    if others:
        sessions.end(session, Membership.person_id == person_id)
        audit.record(session, "person.suspected", actor, person_id)
    for organisation_id in others:
        members.tell_leads(session, organisation_id, outbox.Notice.SUSPECTED, but=person_id)


def _make(actor: Member) -> None:
    """The new key at once. Where that cannot be, the leaving is recorded all the same, and whoever holds the key is
    told."""
    try:
        rekeys.make(actor)
    except (rekeys.NotAHolder, rekeys.MadeMeanwhile, keys.KeysUnsound):
        with transaction() as session:
            rekeys.call(session, actor.organisation_id)


def close(session: Session, actor: Member, membership: Membership) -> None:
    """A membership is over, in the transaction of whoever ends it: nothing is opened, told or waited for any more."""
    person_id, organisation_id = membership.person_id, membership.organisation_id
    membership.is_active, membership.left_at = False, clock.now()
    membership.version += 1
    session.flush()
    sessions.end(session, Membership.id == membership.id)
    session.execute(sa.delete(Feed).where(Feed.membership_id == membership.id))
    enrolments.end_made(session, person_id, even_elsewhere=False)
    take_key(session, membership)
    hand_back(session, actor, membership)
    away = (StandIn.organisation_id == organisation_id, StandIn.until_on >= clock.today())
    either = sa.or_(StandIn.absent_id == person_id, StandIn.person_id == person_id)
    session.execute(sa.delete(StandIn).where(*away, either))
    outbox.silence(session, person_id, organisation_id)
    still = sa.select(Membership.id).where(Membership.person_id == person_id, Membership.is_active).limit(1)
    if session.scalar(still) is None:
        _out_of_visits(session, person_id)
        session.get_one(Person, person_id).is_active = False
        passkeys.drop(session, person_id)
        session.execute(sa.delete(Draft).where(Draft.person_id == person_id))
        outbox.silence(session, person_id)


def _out_of_visits(session: Session, person_id: UUID) -> None:
    """They go along on no visit any more; whoever planned one is told."""
    coming = sa.select(VisitCrew, Visit.made_by_id, Visit.organisation_id).join(Visit, Visit.id == VisitCrew.visit_id)
    found = session.execute(coming.where(VisitCrew.person_id == person_id, Visit.starts_at > clock.now())).all()
    for crew, *_ in found:
        session.delete(crew)
    for planner_id, organisation_id in {(planner_id, organisation_id) for _, planner_id, organisation_id in found}:
        if planner_id != person_id:
            outbox.tell(session, planner_id, outbox.Notice.HAND_ON, organisation_id=organisation_id)


def take_key(session: Session, membership: Membership) -> None:
    """The organisation's key opens for this person no more, and no approval of theirs counts."""
    person_id, organisation_id = membership.person_id, membership.organisation_id
    wraps = (KeyWrap.person_id == person_id, KeyWrap.organisation_id == organisation_id)
    holdings.drop_wraps(session, *wraps)
    here = sa.select(Membership.id).where(Membership.organisation_id == organisation_id)
    begun = sa.and_(Approval.first_id == person_id, Approval.membership_id.in_(here))
    session.execute(sa.delete(Approval).where(sa.or_(Approval.membership_id == membership.id, begun)))


def hand_back(session: Session, actor: Member, membership: Membership) -> None:
    """What somebody had in hand, and may not have any more, waits for somebody else; whoever answers for it is told."""
    may = {permission for role in membership.role_set for permission in ROLE_MAY[role]} if membership.is_active else ()
    person_id, organisation_id = membership.person_id, membership.organisation_id
    if Permission.SEE_TASKS not in may:
        tasks.release(session, actor, person_id=person_id, organisation_id=organisation_id)
    if membership.is_active:
        stand_ins.end_unfit(session, actor, membership)
    if Permission.READ_REPORTS in may:
        return
    turned, let_go = _let_go(session, actor, membership)
    if turned or let_go:
        members.tell_leads(session, organisation_id, outbox.Notice.HAND_ON, but=person_id, of=() if turned else let_go)


def _let_go(session: Session, actor: Member, membership: Membership) -> tuple[bool, set[UUID]]:
    """Turns from now on, reports in hand, calls that were promised: whether there was a turn, and of which reports."""
    person_id, organisation_id, now = membership.person_id, membership.organisation_id, clock.now()
    turns = session.scalars(sa.select(Shift).where(*_turns(membership))).all()
    for shift in turns:
        if shift.starts_at < now:
            shift.ends_at = now
        else:
            session.delete(shift)
    asked = (Swap.asked_of_id == person_id, Swap.organisation_id == organisation_id, Swap.state == SwapState.ASKED)
    session.execute(sa.update(Swap).where(*asked).values(state=SwapState.DECLINED.value))
    in_hand = session.scalars(sa.select(Report).where(*_in_hand(membership))).all()
    for report in in_hand:
        report.held_by_id = report.held_at = None
        _ring_again(report, person_id)
        audit.record(session, "report.let_go", actor, report.id)
    session.flush()
    promised = session.scalars(sa.select(Callback.report_id).where(*_promised(membership)).distinct()).all()
    for report_id in promised:
        leavings.hand_calls_on(session, session.get_one(Report, report_id), [person_id])
    return bool(turns), {*promised, *(report.id for report in in_hand)}


def _ring_again(report: Report, person_id: UUID) -> None:
    """What nobody who stays has read rings from the beginning; one that was read is to be read once more, by a limit of
    its own. What was sorted, colleagues know: there the answer's clock goes on."""
    if report.stage == Stage.READ and report.read_by_id == person_id:
        report.read_by_id = None
        limits.read_again(report)
    if report.stage == Stage.RECEIVED:
        report.alarm_at, report.alarm_step = None, 0
