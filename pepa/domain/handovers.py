""" "Serah terima piket": what whoever goes off duty leaves to whoever comes on, sealed to the office (rule 31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, duty, keys, mentions, onces, outbox
from pepa.errors import Invalid, NotFound
from pepa.models.duty import Handover
from pepa.policy import Member, Permission, require
from pepa.words import N_

KEPT = timedelta(days=30)


class NothingWritten(Invalid):
    says = N_("Tulis dulu yang diserahkan. Satu kalimat sudah cukup.")
    field = "note"


class ToOneself(Invalid):
    says = N_("Serah terima ditujukan kepada orang lain. Pilih yang lain.")
    field = "person_id"


class NotForYou(Invalid):
    says = N_("Serah terima ini untuk orang lain.")


@dataclass(frozen=True)
class HandedOver:
    """A hand-over as it is read. out: who is out on a visit, and until when; note: all else. Both as typed."""

    row: Handover
    note: str
    out: str


def write(actor: Member, *, person_id: UUID, note: str, out: str = "", once: str) -> UUID:
    """Hand over to somebody. The same form sent again hands over nothing new.

    Raises NothingWritten, ToOneself, duty.NotAColleague.
    """
    require(actor, Permission.HAND_OVER)
    if not note.strip():
        raise NothingWritten
    if person_id == actor.person_id:
        raise ToOneself
    handover_id = uuid4()
    generation = keys.generation_of(actor.organisation_id)
    document = {"note": note, "out": out}
    sealed = keys.seal_card(actor.keyring, actor.organisation_id, generation, handover_id, document)
    with transaction() as session:
        if made := onces.made(session, "handover.write", actor.organisation_id, once):
            return made
        if person_id not in {person.id for person in duty.readers(actor.organisation_id)}:
            raise duty.NotAColleague
        session.add(
            Handover(
                id=handover_id,
                organisation_id=actor.organisation_id,
                written_by_id=actor.person_id,
                written_for_id=person_id,
                written_at=clock.now(),
                generation=generation,
                body_sealed=sealed,
            )
        )
        onces.keep(session, "handover.write", actor.organisation_id, once, handover_id)
        outbox.tell(session, person_id, outbox.Notice.SHIFT, organisation_id=actor.organisation_id)
        audit.record(session, "handover.written", actor, handover_id)
    return handover_id


def newest(actor: Member, most: int = 5) -> Sequence[HandedOver]:
    """The last ones of the office, the newest first, without the lines that name what is hidden from the actor. One of
    which nothing is left, or that does not open any more, is left out."""
    require(actor, Permission.HAND_OVER)
    query = (
        sa.select(Handover)
        .options(joinedload(Handover.written_by), joinedload(Handover.written_for))
        .where(Handover.organisation_id == actor.organisation_id)
        .order_by(Handover.written_at.desc())
        .limit(most)
    )
    found = []
    for row in db.session.scalars(query):
        if actor.keyring.pair(actor.organisation_id, row.generation):
            sealed = [(row.id, row.body_sealed)]
            for _, said in keys.open_cards(actor.keyring, actor.organisation_id, row.generation, sealed):
                note, out = (mentions.without_hidden(actor, said[part]) for part in ("note", "out"))
                if note.strip():
                    found.append(HandedOver(row, note, out))
    return found


def purge() -> int:
    """Delete what was handed over a month ago: it may name reports that are gone by now. Returns how many."""
    with transaction() as session:
        gone = session.execute(sa.delete(Handover).where(Handover.written_at < clock.now() - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def confirm(actor: Member, handover_id: UUID) -> Handover:
    """ "Sudah saya baca": by whom it is for, once. Raises NotForYou, NotFound."""
    require(actor, Permission.HAND_OVER)
    with transaction() as session:
        row = session.get(Handover, handover_id)
        if row is None or row.organisation_id != actor.organisation_id:
            raise NotFound
        if row.written_for_id != actor.person_id:
            raise NotForYou
        if row.confirmed_at is None:
            row.confirmed_at = clock.now()
            audit.record(session, "handover.confirmed", actor, handover_id)
        return row
