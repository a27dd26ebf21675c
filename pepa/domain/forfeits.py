"""What a partner loses for ever with the only person who opens its key, and the office's word that it may.

It is on no sheets, so nobody else brings it back: without that word a person who forgot, died or is gone would hold the
place for good. What the office holds as well it can give again later (`regrants`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pepa.domain import enrolments, grants, holders, sessions
from pepa.domain.enrolments import Made
from pepa.models.organisations import Organisation
from pepa.policy import Member, Permission, require


@dataclass(frozen=True)
class Forfeit:
    """A partner, and how many things open for nobody once its key is lost."""

    organisation: Organisation
    things: int


def with_person(actor: Member, person_id: UUID) -> Sequence[Forfeit]:
    """What would be lost with somebody's key. Raises NotFound, also where that is not the actor's matter."""
    enrolments.to_bring_back(actor, person_id)
    return [of(one) for one in holders.alone(person_id) if not one.is_root]


def of(organisation: Organisation) -> Forfeit:
    return Forfeit(organisation, len(grants.alone(organisation.id)))


def bring_back(actor: Member, person_id: UUID, *, passphrase: str) -> Made:
    """A way back for somebody who alone opened a partner's key, and forgot the passphrase. Once they use it, that key
    is lost; until then it stands. Everybody there is told now, so that whoever did not forget can say so.

    Raises NotFound, LastHolder; WrongPassphrase, Busy.
    """
    require(actor, Permission.KEEP_ORGANISATIONS)
    enrolments.to_bring_back(actor, person_id)
    sessions.confirm(actor, passphrase=passphrase)
    given_up = [one.organisation.id for one in with_person(actor, person_id)]
    return enrolments.way_back(enrolments.to_bring_back(actor, person_id), actor, given_up)
