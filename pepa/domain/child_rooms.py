"""The child room (rooms.md, rule 9): for children alone, with somebody beside the child; for the office and those who
look after children; and no police interview without the psychologist."""

from uuid import UUID

from sqlalchemy.orm import Session

from pepa.errors import Conflict, Invalid
from pepa.models.organisations import ROOTS, Organisation, OrganisationKind
from pepa.models.rooms import Companion, Purpose, Room
from pepa.models.stays import Side, Stay
from pepa.words import N_

PURPOSES = (Purpose.CHILDREN, Purpose.COUNSELLING)
K = OrganisationKind
FOR = (*ROOTS, K.POLICE, K.HOSPITAL, K.HEALTH_CENTRE, K.PSYCHOLOGIST, K.SHELTER, K.SOCIAL_AFFAIRS, K.LPSK)


class ChildRoom(Invalid):
    says = N_("Ruang anak: hanya untuk kegiatan anak atau konseling.")
    field = "purpose"


class CompanionMissing(Invalid):
    says = N_("Ruang anak: pilih siapa yang menemani anak.")
    field = "companion"


class PsychologistMissing(Invalid):
    says = N_("Ruang anak: polisi hanya bersama psikolog. Pilih psikolog.")
    field = "companion"


class NotForThem(Conflict):
    says = N_("Ruang anak: hanya untuk kantor dan lembaga layanan anak. Pilih ruang lain.")


def check(session: Session, organisation_id: UUID, purpose: str, companion: str | None) -> None:
    """Raises NotForThem, ChildRoom, CompanionMissing, PsychologistMissing."""
    kind = session.get_one(Organisation, organisation_id).kind
    if kind not in FOR:
        raise NotForThem
    if purpose not in PURPOSES:
        raise ChildRoom
    if companion is None:
        raise CompanionMissing
    if kind == K.POLICE and companion != Companion.PSYCHOLOGIST:
        raise PsychologistMissing


def is_for(room: Room, stay: Stay | None) -> bool:
    """The other side is never where the children are."""
    return not room.is_child or stay is None or stay.side == Side.A
