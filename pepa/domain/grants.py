"""All that an organisation holds, at once: for whoever ends it, turns its key, or gives it a key again.

Nothing here opens a box. Whoever holds no key can take grants away and say that a box is due; the next who opens it
turns it (vault.md § 5).
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from pepa.db import db
from pepa.domain import holdings
from pepa.models.boxes import Box, Grant, HolderKind
from pepa.models.organisations import KeyWrap

_STAFF = HolderKind.ORGANISATION.value


def _present(organisation_id: UUID) -> sa.Select[UUID]:
    """The boxes whose newest epoch an organisation holds."""
    newest = sa.and_(Box.id == Grant.box_id, Box.epoch == Grant.epoch)
    mine = (Grant.holder_kind == _STAFF, Grant.holder_id == organisation_id)
    return sa.select(Grant.box_id).join(Box, newest).where(*mine)


def _is_shared(organisation_id: UUID) -> sa.ColumnElement[bool]:
    """Whether another organisation holds the same epoch."""
    other = aliased(Grant)
    same = (other.box_id == Grant.box_id, other.epoch == Grant.epoch, other.holder_kind == _STAFF)
    return sa.exists().where(*same, other.holder_id != organisation_id)


def alone(organisation_id: UUID) -> Sequence[UUID]:
    """The boxes that no other organisation holds; a reporter's own grant opens nothing for anybody who works here."""
    return db.session.scalars(_present(organisation_id).where(~_is_shared(organisation_id))).all()


def make_due(session: Session, organisation_id: UUID) -> int:
    """Its boxes are turned before they are written again: its key is another now. Returns how many."""
    held = _present(organisation_id)
    done = session.execute(sa.update(Box).where(Box.id.in_(held)).values(rotation_due=True))
    return int(done.rowcount)  # type: ignore[attr-defined]


def drop(session: Session, organisation_id: UUID) -> int:
    """It opens nothing any more that others hold as well, and those turn it. Returns how many boxes that were."""
    held = session.scalars(_present(organisation_id).where(_is_shared(organisation_id))).all()
    for some in (held[at : at + 500] for at in range(0, len(held), 500)):
        theirs = (Grant.box_id.in_(some), Grant.holder_kind == _STAFF, Grant.holder_id == organisation_id)
        holdings.taken(session, organisation_id, some)
        session.execute(sa.delete(Grant).where(*theirs))
        session.execute(sa.update(Box).where(Box.id.in_(some)).values(rotation_due=True))
    return len(held)


def shut(organisation_id: UUID, *of: UUID) -> Sequence[UUID]:
    """The boxes (of these) that it holds by a key that nobody of it has any more."""
    had = sa.select(KeyWrap.generation).where(KeyWrap.organisation_id == organisation_id)
    query = _present(organisation_id).where(Grant.holder_generation.not_in(had))
    return db.session.scalars(query.where(Grant.box_id.in_(of)) if of else query).all()


def shared(one_id: UUID, other_id: UUID, box_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Those of these boxes that both organisations hold."""
    both = _present(one_id).where(Grant.box_id.in_(_present(other_id)))
    found = set(db.session.scalars(both))
    return [box_id for box_id in box_ids if box_id in found]
