"""Inner notes: what the office writes about a report for itself. They never leave it.

They are sealed with the organisation's shelf key, not in the report's box: neither the reporter's code nor a partner's
grant opens them, and no card or search has them (docs/adr/0012).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pepa import clock
from pepa.db import db
from pepa.domain import audit, keys, onces, reports
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.notes import Note
from pepa.models.people import Person
from pepa.policy import Member, Permission, require
from pepa.words import N_

DOMAIN = "note"


class NothingNoted(Invalid):
    says = N_("Tulis dulu catatannya.")
    field = "note"


class ChangedMeanwhile(Conflict):
    says = N_("%(nama)s menyimpan lebih dulu. Dua-duanya ada di bawah. Pilih atau gabungkan.")


@dataclass(frozen=True)
class Noted:
    """A note as the office reads it. text: None under a key of the office that the actor never had.

    changed  who changed it last, and when
    """

    id: UUID
    text: str | None
    by: str
    at: datetime
    version: int
    changed: tuple[str, datetime] | None = None

    @property
    def last_by(self) -> str:
        return self.changed[0] if self.changed else self.by


def of(actor: Member, report_id: UUID) -> Sequence[Noted]:
    """The notes of the actor's office about a report that was just opened, the oldest first. Raises Broken."""
    return _read(actor, report_id, Note.report_id == report_id)


def get_for(actor: Member, report_id: UUID, note_id: UUID) -> Noted:
    """One of them, to be shown alone: that is recorded. Raises NotFound, recorded too."""
    found = _one(actor, report_id, note_id)
    with reports.changing(actor, report_id) as (session, _):
        audit.record(session, "note.seen", actor, report_id, note_id.hex)
    return found


def _one(actor: Member, report_id: UUID, note_id: UUID) -> Noted:
    require(actor, Permission.WRITE_NOTE)
    reports.get_for(actor, report_id)
    found = _read(actor, report_id, sa.and_(Note.report_id == report_id, Note.id == note_id))
    if not found or found[0].text is None:
        audit.refused("note.refused", actor, note_id)
        raise NotFound
    return found[0]


def _read(actor: Member, report_id: UUID, which: sa.ColumnElement[bool]) -> Sequence[Noted]:
    changer = aliased(Person)
    query = (
        sa.select(Note, Person.name, changer.name)
        .join(Person, Person.id == Note.person_id)
        .outerjoin(changer, changer.id == Note.changed_by_id)
        .where(which, Note.organisation_id == actor.organisation_id)
        .order_by(Note.written_at, Note.id)
    )
    with reports.recorded(actor, report_id):
        return [
            Noted(row.id, _text(actor, row), name, row.written_at, row.version, _changed(row, changed_by))
            for row, name, changed_by in db.session.execute(query)
        ]


def _text(actor: Member, row: Note) -> str | None:
    if actor.keyring.pair(row.organisation_id, row.generation) is None:
        return None
    place = (row.organisation_id, row.generation, DOMAIN, row.id)
    return str(keys.open_note(actor.keyring, *place, row.body_sealed)["text"])


def _changed(row: Note, name: str | None) -> tuple[str, datetime] | None:
    return (name, row.changed_at) if name and row.changed_at else None


def add(actor: Member, report_id: UUID, *, note: str, once: str) -> UUID:
    """Write a note. The same form sent again writes nothing new. Raises NothingNoted, NotFound."""
    require(actor, Permission.WRITE_NOTE)
    if not note.strip():
        raise NothingNoted
    reports.get_for(actor, report_id)
    note_id, generation = uuid4(), keys.generation_of(actor.organisation_id)
    sealed = _sealed(actor, generation, note_id, note)
    with reports.changing(actor, report_id) as (session, _):
        if made := onces.made(session, "note.add", report_id, once):
            return made
        session.add(
            Note(
                id=note_id,
                report_id=report_id,
                organisation_id=actor.organisation_id,
                person_id=actor.person_id,
                written_at=clock.now(),
                version=1,
                generation=generation,
                body_sealed=sealed,
            )
        )
        onces.keep(session, "note.add", report_id, once, note_id)
        audit.record(session, "note.written", actor, report_id, note_id.hex)
        return note_id


def change(actor: Member, report_id: UUID, note_id: UUID, *, note: str, version: int) -> UUID:
    """Write a note anew, whoever of the office wrote it. version: of the one that the actor has on screen.

    Raises NothingNoted, ChangedMeanwhile, NotFound.
    """
    require(actor, Permission.WRITE_NOTE)
    if not note.strip():
        raise NothingNoted
    before = _one(actor, report_id, note_id)
    if before.version != version and before.text == note.strip():
        return note_id  # the same form was sent again
    generation = keys.generation_of(actor.organisation_id)
    sealed = _sealed(actor, generation, note_id, note)
    with reports.changing(actor, report_id) as (session, _):
        changed = session.execute(
            sa.update(Note)
            .where(Note.id == note_id, Note.version == version)
            .values(
                version=version + 1,
                generation=generation,
                body_sealed=sealed,
                changed_by_id=actor.person_id,
                changed_at=clock.now(),
            )
        )
        if not changed.rowcount:  # type: ignore[attr-defined]
            raise ChangedMeanwhile(nama=before.last_by)
        audit.record(session, "note.changed", actor, report_id, note_id.hex)
        return note_id


def _sealed(actor: Member, generation: int, note_id: UUID, note: str) -> bytes:
    place = (actor.organisation_id, generation, DOMAIN, note_id)
    return keys.seal_note(actor.keyring, *place, {"text": note.strip()})
