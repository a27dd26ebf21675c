"""What happens at the door to those who must never meet (rooms.md, rule 8 and From practice): somebody arrives, early
or late, comes without an appointment, stays too long, leaves.

Whoever is protected is never turned away: what the other side holds and has not begun moves for her. Where they are in
the house already she is led to another place, and from the moment at which they are to be gone the building is hers.
"""

from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import transaction
from pepa.domain import apart, audit, cells, check_ins, encounters, endings, onces, presence, stays
from pepa.errors import Conflict
from pepa.models.stays import Side, Stay
from pepa.policy import Member
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
                check_ins.move_away(session, stay, wanted)
            if ours is Side.B or _has_other_door(session, stay):
                stays.check_door(session, stay)
            if not encounters.hold(session, stay, wanted) and ours is Side.B:
                raise stays.Met
            session.add(stay)
            onces.keep(session, "stays.walk_in", actor.person_id, once, stay.id)
            audit.record(session, "stay.walked_in", actor)
            return stay.id
    except stays.Met:
        audit.refused("stay.refused", actor)
        with transaction() as session:
            encounters.tell(session, group_id, uuid5(group_id, once))
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
        check_ins.come_in(session, stay)
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


def watch() -> int:
    """Nobody who is still there is booked against, though nobody books anything meanwhile. Returns of how many the desk
    was told now."""
    with transaction() as session:
        return encounters.stay_on(session)
