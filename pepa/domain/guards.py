"""Locked files: a picture of a child's body is never shown by the way and never copied. At most two people, named by a
supervisor, may look; each look and each taking away says why.
"""

from collections.abc import Sequence
from uuid import UUID

from pepa import clock
from pepa.domain import attachments, audit, duty, reports, viewings
from pepa.errors import Invalid, NotFound
from pepa.models.people import Person
from pepa.policy import Member, Permission, require
from pepa.words import N_

MOST_VIEWERS = 2


class NobodyNamed(Invalid):
    says = N_("Pilih satu atau dua orang.")
    field = "first_id"


class NotTheirs(Invalid):
    says = N_("Orang ini tidak bisa ditunjuk. Pilih rekan lain yang membaca laporan.")
    field = "first_id"


def lock(actor: Member, report_id: UUID, file_id: UUID) -> UUID:
    """From now on nobody is shown it. Locking again changes nothing. Returns the file's id.

    Raises NotFound, Broken, Conflict.
    """
    require(actor, Permission.READ_REPORTS)
    opened, box = viewings.find(actor, report_id, file_id)
    if opened.file.guard:
        return file_id
    guard = {"by": actor.name, "at": clock.now().isoformat(), "viewers": []}
    with (
        reports.recorded(actor, report_id),
        attachments.rewriting(box, file_id, lambda told: {"guard": told["guard"] or guard}) as session,
    ):
        audit.record(session, "file.locked", actor, file_id)
    return file_id


def candidates(actor: Member, report_id: UUID) -> Sequence[Person]:
    """Who may be named: colleagues who read reports and may know of this one, and nobody by their own hand."""
    require(actor, Permission.NAME_VIEWERS)
    return [person for person in duty.colleagues_on(actor, report_id) if person.id != actor.person_id]


def name_viewers(
    actor: Member, report_id: UUID, file_id: UUID, *, first_id: UUID | None, second_id: UUID | None = None
) -> UUID:
    """Name who may look, in place of those who were named before. Returns the file's id.

    Raises NobodyNamed, NotTheirs, NotFound, Conflict.
    """
    require(actor, Permission.NAME_VIEWERS)
    chosen = list(dict.fromkeys(person_id for person_id in (first_id, second_id) if person_id))[:MOST_VIEWERS]
    if not chosen:
        raise NobodyNamed
    names = {person.id: person.name for person in candidates(actor, report_id)}
    if not set(chosen) <= set(names):
        raise NotTheirs
    opened, box = viewings.find(actor, report_id, file_id)
    if not opened.file.guard:
        raise NotFound
    viewers = [(person_id.hex, names[person_id]) for person_id in chosen]
    with (
        reports.recorded(actor, report_id),
        attachments.rewriting(box, file_id, lambda told: {"guard": {**told["guard"], "viewers": viewers}}) as session,
    ):
        for person_id in chosen:
            audit.record(session, "file.viewer_named", actor, file_id, str(person_id))
    return file_id


def release(actor: Member, report_id: UUID, file_id: UUID, *, reason: str) -> UUID:
    """It is no such picture. Returns the file's id. Raises NoReason, NotFound, Conflict."""
    require(actor, Permission.NAME_VIEWERS)
    if not reason.strip():
        raise viewings.NoReason
    opened, box = viewings.find(actor, report_id, file_id)
    if not opened.file.guard:
        return file_id
    signed = viewings.sign(actor, reason)
    with (
        reports.recorded(actor, report_id),
        attachments.rewriting(
            box, file_id, lambda told: {"guard": None, "released": [*told["released"], signed]}
        ) as session,
    ):
        audit.record(session, "file.released", actor, file_id)
    return file_id


def may_look(actor: Member, opened: viewings.Opened) -> bool:
    """Whether the actor was named for this locked file, and there is something to look at."""
    guard = opened.file.guard
    return guard is not None and guard.lets(actor.person_id) and opened.has_copy


def look(actor: Member, report_id: UUID, file_id: UUID, *, reason: str) -> viewings.Copy:
    """One look, for one of those who were named; everybody else is refused, recorded. The reason is sealed with the
    file's row before anything is shown.

    Raises NoReason, NotFound, Unviewable, Busy, Broken, Conflict.
    """
    opened, box = viewings.find(actor, report_id, file_id)
    if not may_look(actor, opened):
        viewings.refuse(actor, file_id)
    if not reason.strip():
        raise viewings.NoReason
    signed = viewings.sign(actor, reason)
    with (
        reports.recorded(actor, report_id),
        attachments.rewriting(box, file_id, lambda told: {"looks": [*told["looks"], signed]}) as session,
    ):
        audit.record(session, "file.looked_at", actor, file_id)
    return viewings.drawn(actor, opened)
