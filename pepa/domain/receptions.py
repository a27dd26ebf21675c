"""What happens at the door to those who must never meet (rooms.md, rule 8 and From practice): somebody arrives, early
or late, comes without an appointment, stays too long, leaves.

Whoever is protected is never turned away: what the other side holds and has not begun moves for her. Where they are in
the house already she is led to another place, and from the moment at which they are to be gone the building is hers.
"""

from datetime import timedelta
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import transaction
from pepa.domain import apart, audit, cells, check_ins, endings, guests, onces, outbox, presence, stays
from pepa.errors import Conflict
from pepa.models.rooms import Booking
from pepa.models.stays import ApartGroup, Side, Stay
from pepa.policy import Member, Permission
from pepa.words import N_


class NotToday(Conflict):
    says = N_('Kunjungan ini bukan untuk hari ini. Pakai "Tamu datang tanpa janji".')


def walk_in(actor: Member, group_id: UUID, *, side: str | None, entrance: str | None, minutes: int, once: str) -> UUID:
    """*Tamu datang tanpa janji.* The protected one always has a stay. The other side has one where nothing stands in
    its way, else the desk is told and it raises what a full room raises; and DoorTaken where the other side comes by
    that door today, as long as another one is left."""
    apart.get_for(actor, group_id)
    ours, now = stays.side_of(side), clock.now()
    if entrance is None or entrance not in stays.entrances():
        raise stays.NoSuchDoor
    stay = stays.new(actor, group_id, ours, entrance, now, now + timedelta(minutes=minutes))
    try:
        with transaction() as session:
            if before := onces.made(session, "stays.walk_in", actor.person_id, once):
                return before
            endings.tidy(session)
            stay.arrived_at, wanted = now, range(cells.of(now), stay.last + 1)
            stay.first, stay.last = wanted.stop, wanted.stop - 1  # nothing is held yet
            if ours is Side.A:
                _move_away(session, stay, wanted)
            if ours is Side.B or _has_other_door(session, stay):
                stays.check_door(session, stay)
            if not _hold(session, stay, wanted) and ours is Side.B:
                raise stays.Met
            session.add(stay)
            onces.keep(session, "stays.walk_in", actor.person_id, once, stay.id)
            audit.record(session, "stay.walked_in", actor)
            return stay.id
    except stays.Met:
        audit.refused("stay.refused", actor)
        with transaction() as session:
            _tell(session, group_id, uuid5(group_id, once))
        quarter = cells.instant(cells.of(now) + 1)
        raise stays.refusal(stay, quarter, timedelta(minutes=max(minutes, 30))) from None


def _has_other_door(session: Session, stay: Stay) -> bool:
    """Whether there is a door by which the other side does not come today: she is never turned away for want of one."""
    day = stay.starts_at.astimezone(clock.JAKARTA).date()
    mine = stay.entrance
    try:
        for door in stays.entrances():
            stay.entrance = door
            if not presence.is_door_taken(session, stay, day):
                return True
        return False
    finally:
        stay.entrance = mine


def _hold(session: Session, stay: Stay, wanted: range) -> bool:
    """Hold what a stay that is in the house needs and does not hold yet. False where the other side has some of it:
    then it is elsewhere, the desk is told, and of the protected one's what lies behind the last of theirs is held."""
    missing = [cell for cell in wanted if not stay.first <= cell <= stay.last]
    theirs = presence.of_the_other(session, stay.group_id, Side(stay.side), wanted) if missing else set()
    if not theirs.isdisjoint(missing):
        stay.is_elsewhere = True
        _alert(session, stay, wanted)
        if stay.side == Side.B:
            return False
        missing = [cell for cell in missing if cell > max(theirs)]
        if missing and stay.first <= stay.last < missing[0] - 1:
            missing = []  # what a stay holds is one stretch
    else:
        stay.is_elsewhere = False
    if missing:
        presence.claim(session, stay.group_id, Side(stay.side), missing)
        is_held = stay.first <= stay.last
        stay.first = min(stay.first, missing[0]) if is_held else missing[0]
        stay.last = max(stay.last, missing[-1])
    return not stay.is_elsewhere


def _move_away(session: Session, stay: Stay, quarters: range) -> None:
    """The other side's stays that stand in some quarters and have not begun: each is put off, and the desk is told;
    nobody of them moves there either."""
    in_the_way = sa.select(Stay).where(
        Stay.group_id == stay.group_id,
        Stay.side == Side.B.value,
        Stay.arrived_at.is_(None),
        Stay.cancelled_at.is_(None),
        Stay.first < quarters.stop,
        Stay.last >= quarters.start,
    )
    for theirs in session.scalars(in_the_way):
        presence.release(session, theirs.group_id, Side.B, range(theirs.first, theirs.last + 1))
        theirs.must_move, theirs.cancelled_at = True, clock.now()
        _tell(session, theirs.group_id, uuid5(theirs.id, "moves"))
    asked = sa.select(Booking).join(Stay, Stay.booking_id == Booking.id)
    for booking in session.scalars(asked.where(Stay.group_id == stay.group_id, Stay.side == Side.B.value)):
        if booking.next_starts_at and booking.next_ends_at:
            then = presence.stay(booking.next_starts_at, booking.next_ends_at)
            if then.start < quarters.stop and quarters.start < then.stop:
                endings.let_go_of_next(session, booking)


def _alert(session: Session, stay: Stay, quarters: range) -> int:
    """Tell the desk whom of the other side a stay comes near: once for each of them, until one of them comes at another
    time. Returns how many are new."""
    theirs = sa.select(Stay).where(
        Stay.group_id == stay.group_id,
        Stay.side != stay.side,
        Stay.cancelled_at.is_(None),
        Stay.first <= Stay.last,
        Stay.first < quarters.stop,
        Stay.last >= quarters.start,
    )
    near = session.scalars(theirs).all()
    return sum(_tell(session, stay.group_id, uuid5(stay.id, f"{one.id} {one.first}")) for one in near)


def _tell(session: Session, group_id: UUID, event: UUID) -> bool:
    office = session.get_one(ApartGroup, group_id).organisation_id
    return outbox.alert(session, office, outbox.Notice.APART, to=Permission.KEEP_APART, event=event)


def arrive(actor: Member, stay_id: UUID) -> UUID:
    """*Sudah tiba*, as it is: earlier or later than they were expected as well. Where the other side is near then, they
    are led to another place; for the protected one, what the other side has not begun moves first. Raises NotFound,
    Over, NotToday."""
    with transaction() as session:
        stay = stays.mine(session, actor, stay_id)
        if stay.arrived_at is not None or stay.cancelled_at is not None:
            raise stays.Over
        if stay.starts_at.astimezone(clock.JAKARTA).date() != clock.today():
            raise NotToday
        now = cells.of(clock.now())
        stay.arrived_at, wanted = clock.now(), range(now, max(stay.last, now + presence.MARGIN_CELLS) + 1)
        if stay.side == Side.A:
            _move_away(session, stay, wanted)
        _hold(session, stay, wanted)
        if stay.booking_id is not None:
            check_ins.begin(session, stay.booking_id)
        audit.record(session, "stay.arrived", actor)
        return stay.id


def leave(actor: Member, stay_id: UUID) -> UUID:
    """*Sudah pulang*: what is left of their time is given back, but for the margin. Raises NotFound, Over."""
    with transaction() as session:
        stay = stays.mine(session, actor, stay_id)
        if not stay.is_here:
            raise stays.Over
        stay.left_at = clock.now()
        kept = cells.of(clock.now()) + presence.MARGIN_CELLS
        presence.release(session, stay.group_id, Side(stay.side), range(max(kept + 1, stay.first), stay.last + 1))
        stay.last = max(min(stay.last, kept), stay.first - 1)
        audit.record(session, "stay.left", actor)
        return stay.id


def purge() -> int:
    """Whoever is still there holds the building for the margin ahead of now, so that nobody is booked against them;
    where the other side holds it, the desk is told. Returns of how many it was told now."""
    told = 0
    with transaction() as session:
        presence.forget_past(session)
        here = sa.select(Stay).where(
            Stay.arrived_at.is_not(None), Stay.left_at.is_(None), Stay.starts_at > clock.now() - guests.LATEST
        )
        for stay in session.scalars(here):
            told += _stays_on(session, stay)
    return told


def _stays_on(session: Session, stay: Stay) -> int:
    """Returns of how many of the other side the desk was told now."""
    now = cells.of(clock.now())
    ahead = range(now, now + presence.MARGIN_CELLS + 1)
    if stay.is_elsewhere and stay.last >= ahead.stop:
        ahead = range(now, stay.last + 1)
    missing = [cell for cell in ahead if not stay.first <= cell <= stay.last]
    if missing and not presence.of_the_other(session, stay.group_id, Side(stay.side), ahead).isdisjoint(missing):
        return _alert(session, stay, ahead)
    _hold(session, stay, ahead)
    return 0
