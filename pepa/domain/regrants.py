"""What we share with a partner that lost its people, given again under the key that it made anew (vault.md § 2)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from pepa.db import db, transaction
from pepa.domain import audit, boxes, grants, holders
from pepa.errors import NotFound
from pepa.models.organisations import Organisation
from pepa.policy import Member, Permission, require

AT_ONCE = 100  # boxes turned in one request


@dataclass(frozen=True)
class Shut:
    """A partner that has things which its key does not open. shared: we hold them too, and can give them again; the
    others stay shut for it"""

    organisation: Organisation
    shared: Sequence[UUID]
    others: int


def listed(actor: Member) -> Sequence[Shut]:
    """The partners that wait for us, by name."""
    require(actor, Permission.GRANT_AGAIN)
    query = sa.select(Organisation).where(Organisation.is_active, Organisation.generation > 1)
    partners = db.session.scalars(query.where(Organisation.id != actor.organisation_id).order_by(Organisation.name))
    found = [_shut(actor, one) for one in partners.all() if holders.able(one.id)]
    return [one for one in found if one.shared]


def shut_for(actor: Member, organisation_id: UUID) -> int:
    """How many things of the actor's own organisation open for nobody of it any more."""
    return len(grants.shut(organisation_id)) if organisation_id == actor.organisation_id else 0


def _shut(actor: Member, organisation: Organisation) -> Shut:
    shut = grants.shut(organisation.id)
    shared = grants.shared(actor.organisation_id, organisation.id, shut)
    return Shut(organisation, shared, len(shut) - len(shared))


def give(actor: Member, organisation_id: UUID) -> int:
    """Turn what we share with a partner, so that its present key opens it. Returns how many wait for the next time.

    Raises NotFound, KeysUnsound.
    """
    require(actor, Permission.GRANT_AGAIN)
    waiting = next((one for one in listed(actor) if one.organisation.id == organisation_id), None)
    if waiting is None:
        raise NotFound
    done = 0
    for box_id in waiting.shared[:AT_ONCE]:
        with suppress(boxes.BoxChanged):  # somebody turned it at this moment, and so gave it again
            box = boxes.open_for(actor, box_id)  # one that is due is turned by this
            with transaction() as session:
                if grants.shut(organisation_id, box_id):
                    boxes.rotate(session, box, boxes.holders_of(session, box))
                audit.record(session, "box.given_again", actor, box_id, str(organisation_id))
            done += 1
    return len(waiting.shared) - done
