"""Two sides in one house: whoever comes while the other side is there, or stays beyond their time, is held room in the
building where there is any, and else led elsewhere, and the desk is told. Whoever books anything asks first, so that a
stay lasts until somebody presses that it is over, with no job in between (rooms.md, rules 8 and 18)."""

from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.domain import cells, outbox, presence
from pepa.models.stays import ApartGroup, Side, Stay
from pepa.policy import Permission


def hold(session: Session, stay: Stay, wanted: range, *, comes: bool = True) -> bool:
    """Hold what a stay that is in the house needs and does not hold yet. False where the other side has some of it, or
    is in the house itself, whatever it holds: then this one is elsewhere, the desk is told, and of the protected one's
    what lies behind the last of theirs is held.

    comes: somebody comes in now; else they are there already, and go elsewhere for nobody who came after them
    """
    missing = [cell for cell in wanted if not stay.first <= cell <= stay.last]
    theirs = presence.of_the_other(session, stay.group_id, Side(stay.side), wanted) if missing else set()
    is_blocked = not theirs.isdisjoint(missing)
    meets = (comes or stay.is_elsewhere) and presence.is_other_here(session, stay)
    stay.is_elsewhere = is_blocked or meets
    if stay.is_elsewhere:
        alert(session, stay, wanted)
    if is_blocked:
        if stay.side == Side.B:
            return False
        missing = [cell for cell in missing if cell > max(theirs)]
        if missing and stay.first <= stay.last < missing[0] - 1:
            missing = []  # what a stay holds is one stretch
    if missing:
        presence.claim(session, stay.group_id, Side(stay.side), missing)
        is_held = stay.first <= stay.last
        stay.first = min(stay.first, missing[0]) if is_held else missing[0]
        stay.last = max(stay.last, missing[-1])
    return not stay.is_elsewhere


def alert(session: Session, stay: Stay, quarters: range) -> int:
    """Tell the desk whom of the other side a stay comes near, or meets in the house: once for each of them, until one
    of them comes at another time. Returns how many are new."""
    near = sa.and_(Stay.first <= Stay.last, Stay.first < quarters.stop, Stay.last >= quarters.start)
    theirs = sa.select(Stay).where(
        Stay.group_id == stay.group_id,
        Stay.side != stay.side,
        Stay.cancelled_at.is_(None),
        sa.or_(near, presence.is_here_now()),
    )
    return sum(tell(session, stay.group_id, uuid5(stay.id, f"{one.id} {one.first}")) for one in session.scalars(theirs))


def tell(session: Session, group_id: UUID, event: UUID) -> bool:
    """Tell the desk, once an event."""
    office = session.get_one(ApartGroup, group_id).organisation_id
    return outbox.alert(session, office, outbox.Notice.APART, to=Permission.KEEP_APART, event=event)


def stay_on(session: Session) -> int:
    """Whoever is still there holds the building for the margin ahead of now, so that nobody is booked against them;
    where the other side holds it, the desk is told. Returns of how many it was told now."""
    here = sa.select(Stay).where(presence.is_here_now()).order_by(Stay.starts_at, Stay.id)
    return sum(_stays_on(session, stay) for stay in session.scalars(here).all())


def _stays_on(session: Session, stay: Stay) -> int:
    """Returns of how many of the other side the desk was told now."""
    now = cells.of(clock.now())
    ahead = range(now, now + presence.MARGIN_CELLS + 1)
    if stay.is_elsewhere and stay.last >= ahead.stop:
        ahead = range(now, stay.last + 1)
    missing = [cell for cell in ahead if not stay.first <= cell <= stay.last]
    if missing and not presence.of_the_other(session, stay.group_id, Side(stay.side), ahead).isdisjoint(missing):
        return alert(session, stay, ahead)
    hold(session, stay, ahead, comes=False)
    return 0
