"""The question after a breach: who could have read what (domain.md rule 25), by what was granted to whom, and when.

What was opened stands in the audit. What could have been opened follows from the keys: a person reads a report while a
wrap of theirs and a grant of that organisation and generation stand together. Hours of grants are rounded outwards.
Reports that whoever asks may not know of are not part of the answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, reports, sessions, tasks
from pepa.errors import Invalid
from pepa.models.attachments import Attachment
from pepa.models.audit import AuditEntry
from pepa.models.boxes import Grant, HolderKind
from pepa.models.devices import Device
from pepa.models.holdings import Holding, PastWrap
from pepa.models.notes import Note
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.people import Person
from pepa.models.reports import Report, reference_of
from pepa.models.tasks import Task
from pepa.policy import Member, Permission, require
from pepa.words import N_, Choice

EVER, NEVER = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


class About(Choice):
    """Whose reach is asked about."""

    PERSON = "person", N_("Seorang petugas, juga sesi, HP, atau komputernya")
    ORGANISATION = "organisation", N_("Satu lembaga")
    DEVICE = "device", N_("HP kantor yang terdaftar")


class Backwards(Invalid):
    says = N_("Sampai kapan lebih awal daripada sejak kapan. Betulkan.")
    field = "until_at"


class NobodyChosen(Invalid):
    says = N_("Pilih satu.")


@dataclass(frozen=True)
class Looked:
    """A report that was opened, with its files and notes: how often, and when last."""

    reference: str
    times: int
    last_at: datetime


@dataclass(frozen=True)
class Answer:
    """opened: by them; could: all that they could have opened, those among them; written: handed in by a phone.

    gone   how many of `could` have been destroyed since
    tasks  the tasks whose text they could have opened
    since  the day from which on it is known what was granted, and taken away
    """

    name: str
    from_at: datetime
    until_at: datetime
    opened: Sequence[Looked]
    could: Sequence[str]
    written: Sequence[str]
    gone: int
    tasks: Sequence[str]
    since: date


@dataclass(frozen=True)
class Reach:
    """A stretch in which somebody held the key of an organisation. generation: None for all of them."""

    organisation_id: UUID
    generation: int | None
    from_at: datetime
    until_at: datetime


def people(actor: Member) -> Sequence[tuple[UUID, str]]:
    """Everybody who has or had an account, each with where they work."""
    require(actor, Permission.TRACE_BREACH)
    query = sa.select(Person.id, Person.name, Organisation.name.label("office")).join(
        Membership, Membership.person_id == Person.id
    )
    query = query.join(Organisation, Organisation.id == Membership.organisation_id)
    rows = db.session.execute(query.order_by(Person.name, Organisation.name, Person.id))
    return [(row.id, f"{row.name}, {row.office}") for row in rows]


def organisations(actor: Member) -> Sequence[tuple[UUID, str]]:
    require(actor, Permission.TRACE_BREACH)
    query = sa.select(Organisation.id, Organisation.name).order_by(Organisation.name)
    return [(row.id, row.name) for row in db.session.execute(query)]


def devices(actor: Member) -> Sequence[tuple[UUID, str]]:
    """The phones of the actor's organisation, also those that were ended."""
    require(actor, Permission.TRACE_BREACH)
    query = sa.select(Device.id, Device.label).where(Device.organisation_id == actor.organisation_id)
    return [(row.id, row.label) for row in db.session.execute(query.order_by(Device.label, Device.id))]


def ask(
    actor: Member,
    *,
    about: str,
    person_id: UUID | None,
    organisation_id: UUID | None,
    device_id: UUID | None,
    from_at: datetime,
    until_at: datetime,
    passphrase: str,
) -> Answer:
    """Answer it, for whoever types the passphrase again; that it was asked is recorded.

    Raises NobodyChosen, Backwards, WrongPassphrase, Busy.
    """
    require(actor, Permission.TRACE_BREACH)
    kind = About(about)
    who_id = {About.PERSON: person_id, About.ORGANISATION: organisation_id, About.DEVICE: device_id}[kind]
    listed = {About.PERSON: people, About.ORGANISATION: organisations, About.DEVICE: devices}[kind]
    name = dict(listed(actor)).get(who_id) if who_id else None
    if who_id is None or name is None:
        raise _not_chosen(kind)
    if until_at < from_at:
        raise Backwards
    sessions.confirm(actor, passphrase=passphrase)
    with transaction() as session:
        audit.record(session, "exposure.asked", actor, who_id, f"{from_at.isoformat()} {until_at.isoformat()}")
    reaches = list(_reaches(kind, who_id, from_at, until_at))
    could, gone = _could(actor, reaches)
    return Answer(
        name=name,
        from_at=from_at,
        until_at=until_at,
        opened=_opened(actor, kind, who_id, from_at, until_at),
        could=sorted(reference_of(report_id) for report_id in could | gone),
        written=_written(actor, who_id, from_at, until_at) if kind is About.DEVICE else (),
        gone=len(gone),
        tasks=_tasks(actor, reaches),
        since=_since(),
    )


def _since() -> date:
    """The first act that was recorded here."""
    first = db.session.scalar(sa.select(sa.func.min(AuditEntry.at)))
    return (first or clock.now()).astimezone(clock.JAKARTA).date()


def _not_chosen(kind: About) -> NobodyChosen:
    failure = NobodyChosen()
    failure.field = f"{kind.value}_id"
    return failure


def _reaches(kind: About, who_id: UUID, from_at: datetime, until_at: datetime) -> Iterator[Reach]:
    """The keys within the span. A phone holds none."""
    if kind is About.ORGANISATION:
        yield Reach(who_id, None, from_at, until_at)
    if kind is not About.PERSON:
        return
    now = sa.select(KeyWrap.organisation_id, KeyWrap.generation, KeyWrap.made_at, sa.null()).where(
        KeyWrap.person_id == who_id
    )
    past = sa.select(PastWrap.organisation_id, PastWrap.generation, PastWrap.from_at, PastWrap.until_at).where(
        PastWrap.person_id == who_id
    )
    for query in (now, past):
        for organisation_id, generation, since, until in db.session.execute(query):
            begins, ends = max(from_at, since or EVER), min(until_at, until or NEVER)
            if begins <= ends:
                yield Reach(organisation_id, generation, begins, ends)


@dataclass(frozen=True)
class Kept:
    """What lies in a box: what tells it from others, its box, since when it can be there."""

    id: sa.orm.InstrumentedAttribute[UUID]
    box_id: sa.orm.InstrumentedAttribute[Any]
    came_at: sa.orm.InstrumentedAttribute[datetime]


REPORTS = Kept(Report.id, Report.box_id, Report.received_at)
TASKS = Kept(Task.id, Task.box_id, Task.made_at)


def _could(actor: Member, reaches: Sequence[Reach]) -> tuple[set[UUID], set[UUID]]:
    """The reports that these keys opened: those that are there, and those that were destroyed since."""
    seen = reports.visible_to(actor).with_only_columns(Report.id)
    there: set[UUID] = set()
    gone: set[UUID] = set()
    for reach in reaches:
        for query in (_by_grant(REPORTS, reach), _by_holding(REPORTS, reach)):
            there |= set(db.session.scalars(query.where(Report.id.in_(seen))))
        if reach.organisation_id == actor.organisation_id:
            gone |= {about_id for about_id in db.session.scalars(_destroyed(reach)) if about_id}
    return there, gone


def _tasks(actor: Member, reaches: Sequence[Reach]) -> list[str]:
    """The codes of the tasks whose text these keys opened, among those that the actor's organisation sees."""
    seen = tasks.visible_to(actor).with_only_columns(Task.id)
    codes = sa.select(Task.code).where(Task.id.in_(seen))
    asked = [query for reach in reaches for query in (_by_grant(TASKS, reach), _by_holding(TASKS, reach))]
    return sorted({code for query in asked for code in db.session.scalars(codes.where(Task.id.in_(query)))})


def _by_grant(kept: Kept, reach: Reach) -> sa.Select[UUID]:
    """By a grant that stands now."""
    same = sa.and_(
        Holding.box_id == Grant.box_id,
        Holding.holder_id == Grant.holder_id,
        Holding.generation == Grant.holder_generation,
        Holding.until_at.is_(None),
    )
    query = (
        sa.select(kept.id)
        .join(Grant, Grant.box_id == kept.box_id)
        .outerjoin(Holding, same)
        .where(Grant.holder_kind == HolderKind.ORGANISATION.value, Grant.holder_id == reach.organisation_id)
        .where(sa.func.coalesce(Holding.from_at, kept.came_at) <= reach.until_at)
    )
    return query if reach.generation is None else query.where(Grant.holder_generation == reach.generation)


def _by_holding(kept: Kept, reach: Reach) -> sa.Select[UUID]:
    """By one that was taken away since."""
    query = sa.select(kept.id).join(Holding, Holding.box_id == kept.box_id)
    return query.where(*_held(reach), sa.func.coalesce(Holding.from_at, kept.came_at) <= reach.until_at)


def _destroyed(reach: Reach) -> sa.Select[UUID | None]:
    held = (*_held(reach), Holding.from_at <= reach.until_at)
    return sa.select(Holding.about_id).where(*held, Holding.about_id.is_not(None))


def _held(reach: Reach) -> list[sa.ColumnElement[bool]]:
    found = [Holding.holder_id == reach.organisation_id, Holding.until_at >= reach.from_at]
    return found if reach.generation is None else [*found, Holding.generation == reach.generation]


def _opened(actor: Member, kind: About, who_id: UUID, from_at: datetime, until_at: datetime) -> list[Looked]:
    """By the audit. A phone opens nothing."""
    if kind is About.DEVICE:
        return []
    by = AuditEntry.person_id if kind is About.PERSON else AuditEntry.organisation_id
    within = (by == who_id, AuditEntry.at >= from_at, AuditEntry.at <= until_at)
    of_report = sa.func.coalesce(Attachment.report_id, Note.report_id, AuditEntry.thing_id)
    found = (
        sa.select(
            of_report.label("report_id"), sa.func.count().label("times"), sa.func.max(AuditEntry.at).label("last")
        )
        .outerjoin(Attachment, Attachment.id == AuditEntry.thing_id)
        .outerjoin(Note, Note.id == AuditEntry.thing_id)
        .where(*within, AuditEntry.act.in_(LOOKED))
        .group_by(of_report)
        .subquery()
    )
    seen = reports.visible_to(actor).with_only_columns(Report.id)
    rows = db.session.execute(
        sa.select(Report.id, found.c.times, found.c.last)
        .join(found, found.c.report_id == Report.id)
        .where(Report.id.in_(seen))
    )
    return sorted((Looked(reference_of(row.id), row.times, row.last) for row in rows), key=lambda one: one.reference)


LOOKED = ("report.opened", "note.seen", "file.opened", "file.viewed", "file.looked_at", "file.taken")


def _written(actor: Member, device_id: UUID, from_at: datetime, until_at: datetime) -> list[str]:
    """What was handed in by a phone: it may have been read while it was typed."""
    within = (AuditEntry.act == "report.taken_in", AuditEntry.note == device_id.hex)
    span = (AuditEntry.at >= from_at.replace(minute=0, second=0, microsecond=0), AuditEntry.at <= until_at)
    query = reports.visible_to(actor).join(AuditEntry, AuditEntry.thing_id == Report.id).where(*within, *span)
    return sorted({reference_of(one) for one in db.session.scalars(query.with_only_columns(Report.id))})
