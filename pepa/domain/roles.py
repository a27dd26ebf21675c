"""What somebody does in an organisation, changed by somebody else: never by own hand (domain.md rule 16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pepa.db import db, transaction
from pepa.domain import audit, departures, members, outbox, rekeys, sessions
from pepa.errors import Conflict, Invalid
from pepa.models.organisations import KEYLESS, Membership, Role
from pepa.policy import Member, Permission, require
from pepa.words import N_


class NoRole(Invalid):
    says = N_("Pilih paling sedikit satu peran. Kalau ia berhenti, catat bahwa ia keluar.")
    field = "roles"


class NotGiven(Invalid):
    says = N_("Peran ini tidak bisa Anda berikan di lembaga itu.")
    field = "roles"


class ChangedMeanwhile(Conflict):
    says = N_("Orang lain mengubah perannya lebih dulu. Buka lagi, lalu ubah.")


@dataclass(frozen=True)
class Difference:
    """What a change would come to. left: all that somebody does afterwards"""

    given: Sequence[Role]
    taken: Sequence[Role]
    left: Sequence[Role]
    refused: Conflict | None

    @property
    def loses_key(self) -> bool:
        return bool(set(self.taken) - KEYLESS) and not set(self.left) - KEYLESS


def difference(actor: Member, membership_id: UUID, *, roles: Sequence[str], version: int) -> Difference:
    """Before it is saved. Raises as `choose`, but for what is told by `refused`."""
    membership = members.to_keep(actor, membership_id)
    wanted = _wanted(actor, membership, roles)
    if membership.version != version:
        raise ChangedMeanwhile
    return Difference(
        [role for role in Role if role in wanted - membership.role_set],
        [role for role in Role if role in membership.role_set - wanted],
        [role for role in Role if role in wanted],
        departures.fault(db.session(), membership, wanted),
    )


def _wanted(actor: Member, membership: Membership, roles: Sequence[str]) -> frozenset[Role]:
    wanted = frozenset(Role(code) for code in roles)
    if not wanted:
        raise NoRole
    if not wanted <= set(members.given_by(actor, membership.organisation)):
        raise NotGiven
    return wanted


def choose(actor: Member, membership_id: UUID, *, roles: Sequence[str], version: int) -> Membership:
    """From the next request on: this person's sessions there end, so that no page goes on with what was. Everybody of
    the organisation is told, and one that never had a key gets it with the first who needs one. version: of the
    membership that was on screen.

    Raises NoRole, NotGiven, ChangedMeanwhile, NotFound; LastHolder, LastReader, LastAdministrator.
    """
    require(actor, Permission.KEEP_MEMBERS)
    with transaction() as session:
        membership = members.changing(session, actor, membership_id)
        wanted = _wanted(actor, membership, roles)
        if wanted == membership.role_set:
            return membership
        if membership.version != version:
            raise ChangedMeanwhile
        if refused := departures.fault(session, membership, wanted):
            raise refused
        before = membership.roles
        membership.roles = " ".join(role.value for role in Role if role in wanted)
        membership.version += 1
        session.flush()
        sessions.end(session, Membership.id == membership_id)
        if not membership.needs_key:
            departures.take_key(session, membership)
        rekeys.first(session, actor, membership)
        departures.hand_back(session, actor, membership)
        outbox.tell_all(session, membership.organisation_id, outbox.Notice.MEMBERS)
        audit.record(session, "member.roles", actor, membership_id, f"{before} > {membership.roles}")
        return membership
