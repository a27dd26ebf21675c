"""Swaps: an officer asks a colleague to take a shift; it is the colleague's once they accept (domain.md rule 31)."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, duty, onces, outbox
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.duty import Shift, Swap, SwapState
from pepa.policy import Member, Permission, can, require
from pepa.words import N_


class NotYours(Invalid):
    says = N_("Hanya yang bertugas atau penyelia yang bisa menukar piket ini.")
    field = "person_id"


class ShiftRuns(Invalid):
    says = N_("Piket ini sudah selesai. Tidak bisa ditukar lagi.")
    field = "person_id"


class SamePerson(Invalid):
    says = N_("Orang ini sudah bertugas di jam itu. Pilih yang lain.")
    field = "person_id"


class AskedAlready(Conflict):
    says = N_("%(nama)s sudah diminta mengambil piket ini. Tunggu jawabannya, atau tarik kembali.")


class Decided(Conflict):
    """Somebody was first."""

    says = N_("Permintaan ini sudah dijawab.")


class Moved(Conflict):
    """The shift is over, or it is somebody else's since."""

    says = N_("Piket ini sudah selesai, atau sudah pindah ke orang lain. Lihat jadwalnya.")


class GaverLeft(Moved):
    """Whoever had it before reads no reports here any more."""

    says = N_("Yang dulu bertugas TIDAK membaca laporan di sini lagi. Atur piketnya di jadwal.")


def shift_for(actor: Member, shift_id: UUID) -> Shift:
    """A shift of the actor's organisation. Raises NotFound."""
    require(actor, Permission.SWAP_SHIFT)
    found = db.session.scalar(sa.select(Shift).options(joinedload(Shift.person)).where(Shift.id == shift_id))
    if found is None or found.organisation_id != actor.organisation_id:
        raise NotFound
    return found


def ask(actor: Member, shift_id: UUID, *, person_id: UUID, once: str) -> UUID:
    """Ask a colleague to take a shift of one's own; a supervisor may ask for anybody's.

    Raises NotYours, ShiftRuns, SamePerson, duty.NotAColleague, AskedAlready, NotFound.
    """
    shift = shift_for(actor, shift_id)
    if shift.person_id != actor.person_id and not can(actor, Permission.KEEP_ROSTER):
        raise NotYours
    if shift.ends_at <= clock.now():
        raise ShiftRuns
    if person_id == shift.person_id:
        raise SamePerson
    with transaction() as session:
        if made := onces.made(session, "swaps.ask", shift_id, once):
            return made
        if person_id not in {person.id for person in duty.readers(actor.organisation_id)}:
            raise duty.NotAColleague
        _refuse_second(session, shift_id)
        swap = Swap(
            id=uuid4(),
            organisation_id=actor.organisation_id,
            shift_id=shift_id,
            asked_by_id=actor.person_id,
            asked_of_id=person_id,
            gave_id=shift.person_id,
            state=SwapState.ASKED.value,
            asked_at=clock.now(),
        )
        session.add(swap)
        onces.keep(session, "swaps.ask", shift_id, once, swap.id)
        outbox.tell(session, person_id, outbox.Notice.SHIFT, organisation_id=actor.organisation_id)
        audit.record(session, "swap.asked", actor, shift_id, str(person_id))
        return swap.id


def _refuse_second(session: Session, shift_id: UUID) -> None:
    waiting = sa.select(Swap).options(joinedload(Swap.asked_of)).where(Swap.shift_id == shift_id)
    stands = session.scalar(waiting.where(Swap.state == SwapState.ASKED.value))
    if stands:
        raise AskedAlready(nama=stands.asked_of.name)


def get_for(actor: Member, swap_id: UUID) -> Swap:
    """Load and authorise in one step. Raises NotFound."""
    require(actor, Permission.SWAP_SHIFT)
    found = db.session.get(Swap, swap_id)
    if found is None or found.organisation_id != actor.organisation_id:
        raise NotFound
    return found


def accept(actor: Member, swap_id: UUID) -> Swap:
    """Take the shift. Only whoever was asked can. Raises Decided, Moved, NotFound."""
    return _decide(actor, swap_id, SwapState.ACCEPTED)


def decline(actor: Member, swap_id: UUID) -> Swap:
    """Not take it: it stays whose it was. Only whoever was asked can. Raises Decided, NotFound."""
    return _decide(actor, swap_id, SwapState.DECLINED)


def drop(actor: Member, swap_id: UUID) -> Swap:
    """Take the request back. Whoever asked can. Raises Decided, NotFound."""
    return _decide(actor, swap_id, SwapState.DROPPED)


def overrule(actor: Member, swap_id: UUID) -> Swap:
    """A supervisor stops a request; one that was accepted is undone, and the shift is again whose it was.

    Raises Decided, Moved (it was swapped again since), GaverLeft, NotFound.
    """
    require(actor, Permission.KEEP_ROSTER)
    return _decide(actor, swap_id, SwapState.OVERRULED)


def _decide(actor: Member, swap_id: UUID, state: SwapState) -> Swap:
    _require_part(actor, get_for(actor, swap_id), state)
    from_states = [SwapState.ASKED.value]
    if state is SwapState.OVERRULED:
        from_states.append(SwapState.ACCEPTED.value)
    with transaction() as session:
        swap = session.get_one(Swap, swap_id)
        before = swap.state
        if before not in from_states:
            raise Decided
        shift = session.get_one(Shift, swap.shift_id)
        if state is SwapState.ACCEPTED and (shift.ends_at <= clock.now() or shift.person_id != swap.gave_id):
            raise Moved
        if before == SwapState.ACCEPTED and not _stands(session, swap, shift):
            raise Moved
        if before == SwapState.ACCEPTED and swap.gave_id not in {one.id for one in duty.readers(swap.organisation_id)}:
            raise GaverLeft
        swap.state, swap.decided_at = state.value, clock.now()
        if state is SwapState.ACCEPTED:
            shift.person_id = swap.asked_of_id
            audit.record(session, "duty.swapped", actor, shift.id, str(swap.gave_id))
        elif before == SwapState.ACCEPTED:
            shift.person_id = swap.gave_id
        _tell_the_others(session, actor, swap)
        audit.record(session, f"swap.{state.value}", actor, shift.id)
        return swap


def _stands(session: Session, swap: Swap, shift: Shift) -> bool:
    """Whether an accepted swap is the last of its shift, so that undoing it takes the shift from nobody else."""
    assert swap.decided_at is not None
    later = sa.select(Swap.id).where(
        Swap.shift_id == shift.id, Swap.state == SwapState.ACCEPTED.value, Swap.decided_at > swap.decided_at
    )
    return shift.person_id == swap.asked_of_id and session.scalar(later.limit(1)) is None


def _require_part(actor: Member, swap: Swap, state: SwapState) -> None:
    """Raises NotFound for whoever has no part in it."""
    who = {
        SwapState.ACCEPTED: swap.asked_of_id,
        SwapState.DECLINED: swap.asked_of_id,
        SwapState.DROPPED: swap.asked_by_id,
    }
    if state in who and who[state] != actor.person_id:
        raise NotFound


def _tell_the_others(session: Session, actor: Member, swap: Swap) -> None:
    for person_id in dict.fromkeys((swap.asked_by_id, swap.asked_of_id)):
        if person_id != actor.person_id:
            outbox.tell(session, person_id, outbox.Notice.SHIFT, organisation_id=actor.organisation_id)


def waiting(actor: Member) -> Sequence[Swap]:
    """Requests of the office that nobody has answered, for shifts that are not over; the nearest first."""
    require(actor, Permission.SEE_ROSTER)
    query = (
        sa.select(Swap)
        .join(Swap.shift)
        .options(joinedload(Swap.shift).joinedload(Shift.person), joinedload(Swap.asked_by), joinedload(Swap.asked_of))
        .where(
            Swap.organisation_id == actor.organisation_id,
            Swap.state == SwapState.ASKED.value,
            Shift.ends_at > clock.now(),
        )
        .order_by(Shift.starts_at, Swap.id)
    )
    return list(db.session.scalars(query))


def accepted(actor: Member) -> dict[UUID, UUID]:
    """Shifts ahead that were swapped, by the request that did it: what a supervisor may still undo."""
    require(actor, Permission.SEE_ROSTER)
    query = (
        sa.select(Swap.shift_id, Swap.id)
        .join(Swap.shift)
        .where(
            Swap.organisation_id == actor.organisation_id,
            Swap.state == SwapState.ACCEPTED.value,
            Shift.ends_at > clock.now(),
        )
    )
    return {row.shift_id: row.id for row in db.session.execute(query.order_by(Swap.decided_at))}
