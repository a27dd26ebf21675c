"""The trail: what the audit says, to those who may know it. Each look at it is recorded too.

A row shows where its reader sees the thing that it is about; of a report that is hidden from somebody there is no row,
no count and no gap. What a report was that is destroyed, nobody can say any more: its rows stay in the chain alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import Page, db, keyset, transaction
from pepa.domain import acts, audit, cases, members, numbers, openings, reports, rules, tasks, walls
from pepa.domain.acts import Of
from pepa.models.attachments import Attachment
from pepa.models.audit import AuditEntry, Chain
from pepa.models.cases import Case
from pepa.models.notes import Note
from pepa.models.organisations import Membership, Organisation, Role
from pepa.models.people import Person
from pepa.models.reports import Report, reference_of
from pepa.models.tasks import Task
from pepa.policy import Member, Permission, can, require

OPENED = "report.opened"
LOOKED = (OPENED, "note.seen", "case.seen", "file.opened", "file.viewed", "file.looked_at", "file.taken", "task.opened")
REFUSED = tuple(act for act in acts.ACTS if act.endswith(".refused"))
ON_REPORTS = (Of.REPORT, Of.FILE, Of.NOTE)


@dataclass(frozen=True)
class Filters:
    """What narrows it. report_id: of one that the reader sees; act: a name of `acts`, or one of `GROUPS`."""

    person_id: UUID | None = None
    report_id: UUID | None = None
    act: str | None = None
    on: date | None = None


GROUPS = {
    "dibuka": AuditEntry.act.in_(LOOKED),
    "luar-tugas": sa.and_(AuditEntry.act == OPENED, AuditEntry.note == openings.Why.OUTSIDE.value),
    "ditolak": AuditEntry.act.in_(REFUSED),
}


@dataclass(frozen=True)
class Line:
    """One act, as people read it.

    at         exact where staff did it, else its hour
    by         who; None: a citizen or the program itself
    reference  the code of the report, case or task that it was done to, where it has one; place_id: its id
    why        of an opening: what made it the opener's work
    about      what was changed: a setting or a number by its name, roles before and after; sentences
    """

    at: datetime
    is_hour: bool
    by: str | None
    is_citizen: bool
    says: str
    of: Of
    reference: str | None = None
    place_id: UUID | None = None
    why: openings.Why | None = None
    about: Sequence[str] = ()


# Who reads what


def of_organisation(actor: Member, wanted: Filters, *, at: str | None = None, size: int = 40) -> Page[Line]:
    """What the people of the actor's organisation did, and their log-ins until they left; with a report, all that was
    done to it by anybody."""
    require(actor, Permission.READ_TRAIL)
    ours = AuditEntry.organisation_id == actor.organisation_id
    logins = sa.and_(AuditEntry.act.in_(acts.names(Of.PERSON)), members.was_there(actor.organisation_id))
    scope = _about(wanted.report_id) if wanted.report_id else sa.or_(ours, logins)
    note = {"trail.of_report": wanted.report_id, "trail.of_person": wanted.person_id}
    act = next((act for act, thing_id in note.items() if thing_id), "trail.read")
    return _page(actor, scope, wanted, act, note.get(act), at, size)


def of_accounts(actor: Member, wanted: Filters, *, at: str | None = None, size: int = 40) -> Page[Line]:
    """What was done to accounts, settings, phones and organisations, anywhere; never what was done to reports."""
    require(actor, Permission.READ_ACCOUNTS)
    scope = AuditEntry.act.in_(acts.names(Of.PERSON, Of.ACCOUNTS))
    return _page(actor, scope, wanted, "trail.accounts", None, at, size)


def own(actor: Member, wanted: Filters, *, at: str | None = None, size: int = 40) -> Page[Line]:
    """What the actor did."""
    return _page(actor, _by(actor.person_id), wanted, "trail.own", None, at, size)


def people(actor: Member) -> Sequence[tuple[UUID, str]]:
    """Whom the trail can be narrowed to: everybody who belongs or belonged there, by name."""
    query = sa.select(Person.id, Person.name).order_by(Person.name, Person.id)
    if can(actor, Permission.READ_TRAIL):
        query = query.join(Membership).where(Membership.organisation_id == actor.organisation_id)
    else:
        require(actor, Permission.READ_ACCOUNTS)
    return [(row.id, row.name) for row in db.session.execute(query)]


# How


def _page(
    actor: Member,
    scope: sa.ColumnElement[bool],
    wanted: Filters,
    act: str,
    thing_id: UUID | None,
    at: str | None,
    size: int,
) -> Page[Line]:
    query = sa.select(AuditEntry).where(scope, _is_shown_to(actor), *_narrowed(wanted))
    order = (AuditEntry.at, AuditEntry.chain, AuditEntry.number)
    found = keyset(query, *order, at=at, size=size, descends=True)
    page = Page(_lines(found.items), found.earlier, found.later)
    with transaction() as session:
        audit.record(session, act, actor, thing_id)
    return page


def _narrowed(wanted: Filters) -> list[sa.ColumnElement[bool]]:
    found = []
    if wanted.person_id:
        found.append(_by(wanted.person_id))
    if wanted.act:
        found.append(GROUPS.get(wanted.act, AuditEntry.act == wanted.act))
    if wanted.on:
        begins = datetime.combine(wanted.on, time(0), clock.JAKARTA)
        found += [AuditEntry.at >= begins, AuditEntry.at < begins + timedelta(days=1)]
    return found


def _by(person_id: UUID) -> sa.ColumnElement[bool]:
    """What somebody did; who logged in stands as the thing of that act."""
    return sa.func.coalesce(AuditEntry.person_id, AuditEntry.thing_id) == person_id


def _about(report_id: UUID) -> sa.ColumnElement[bool]:
    """A report, its lock, its files and the notes on it."""
    files = sa.select(Attachment.id).where(Attachment.report_id == report_id)
    notes = sa.select(Note.id).where(Note.report_id == report_id)
    box = sa.select(Report.box_id).where(Report.id == report_id)
    around = sa.union_all(files, notes, box).scalar_subquery()
    return sa.or_(AuditEntry.thing_id == report_id, AuditEntry.thing_id.in_(around))


def _is_shown_to(actor: Member) -> sa.ColumnElement[bool]:
    """Whether the reader may know that the act was, by what it was done to. One without a sentence shows to nobody."""
    thing = AuditEntry.thing_id
    shown: list[sa.ColumnElement[bool]] = [AuditEntry.act.in_(acts.names(Of.PERSON, Of.ACCOUNTS, Of.WORK))]
    if can(actor, Permission.READ_REPORTS):
        seen = reports.visible_to(actor)
        of_file = seen.join(Attachment, Attachment.report_id == Report.id).where(Attachment.id == thing)
        of_note = seen.join(Note, Note.report_id == Report.id).where(Note.id == thing)
        of_report = sa.or_(thing.is_(None), seen.where(Report.id == thing).exists())
        shown.append(sa.and_(AuditEntry.act.in_(acts.names(Of.REPORT)), of_report))
        shown.append(sa.and_(AuditEntry.act.in_(acts.names(Of.FILE)), of_file.exists()))
        shown.append(sa.and_(AuditEntry.act.in_(acts.names(Of.NOTE)), of_note.exists()))
        shown.append(sa.and_(AuditEntry.act.in_(acts.names(Of.BOX)), seen.where(Report.box_id == thing).exists()))
    if can(actor, Permission.SEE_CASES):
        case = cases.visible_to(actor).where(Case.id == thing)
        shown.append(sa.and_(AuditEntry.act.in_(acts.names(Of.CASE)), case.exists()))
    if can(actor, Permission.SEE_TASKS):
        task = tasks.visible_to(actor)
        shown.append(sa.and_(AuditEntry.act.in_(acts.names(Of.TASK)), task.where(Task.id == thing).exists()))
        shown.append(sa.and_(AuditEntry.act.in_(acts.names(Of.BOX)), task.where(Task.box_id == thing).exists()))
    return sa.and_(sa.or_(*shown), AuditEntry.note.not_in(walls.marks(actor)))


def _lines(entries: Sequence[AuditEntry]) -> list[Line]:
    things = [entry.thing_id for entry in entries if entry.thing_id]
    who = [entry.person_id for entry in entries if entry.person_id]
    people = _named(sa.select(Person.id, Person.name), Person.id, [*things, *who])
    members = sa.select(Membership.id, Person.name).join(Person, Person.id == Membership.person_id)
    accounts = (
        _named(members, Membership.id, things)
        | _named(sa.select(Organisation.id, Organisation.name), Organisation.id, things)
        | people
    )
    on_tasks = sa.select(Task.id, Task.code), sa.select(Task.box_id, Task.code)
    codes = _named(on_tasks[0], Task.id, things) | _named(on_tasks[1], Task.box_id, things)
    of_reports = (
        _named(sa.select(Attachment.id, Attachment.report_id), Attachment.id, things)
        | _named(sa.select(Note.id, Note.report_id), Note.id, things)
        | _named(sa.select(Report.box_id, Report.id), Report.box_id, things)
    )
    return [_line(entry, people, accounts, codes, of_reports) for entry in entries]


Found = dict[UUID | None, Any]


def _named(query: Any, key: Any, ids: Sequence[UUID]) -> Found:
    rows = db.session.execute(query.where(key.in_(set(ids)))) if ids else ()
    return {row[0]: row[1] for row in rows}


def _line(entry: AuditEntry, people: Found, accounts: Found, codes: Found, of_reports: Found) -> Line:
    act, thing_id = acts.ACTS[entry.act], entry.thing_id
    report_id = thing_id if act.of is Of.REPORT else of_reports.get(thing_id)
    reference, place_id = None, None
    if report_id:
        reference, place_id = reference_of(report_id), report_id
    elif act.of is Of.CASE and thing_id:
        reference, place_id = Case(id=thing_id).reference, thing_id
    elif act.of in (Of.TASK, Of.BOX):
        reference = codes.get(thing_id)
    elif act.of is Of.ACCOUNTS or (act.of is Of.PERSON and entry.person_id and thing_id != entry.person_id):
        reference = accounts.get(thing_id)
    who = entry.person_id or (thing_id if act.of is Of.PERSON else None)
    return Line(
        at=entry.at,
        is_hour=entry.at == clock.hour(entry.at),
        by=people.get(who),
        is_citizen=entry.chain == Chain.ANONYMOUS,
        says=act.says,
        of=act.of,
        reference=reference,
        place_id=place_id,
        why=openings.Why(entry.note) if entry.act == OPENED and entry.note else None,
        about=_changed(entry),
    )


def _changed(entry: AuditEntry) -> list[str]:
    match entry.act:
        case "setting.changed":
            return [rules.RULES[entry.note].label] if entry.note in rules.RULES else []
        case "number.changed":
            return [numbers.LABELS[entry.note]] if entry.note in numbers.LABELS else []
        case "member.roles":
            before, _, after = entry.note.partition(" > ")
            return [*_labels(before), "→", *_labels(after)]
    return []


def _labels(codes: str) -> list[str]:
    return [role.label for role in Role if role.value in codes.split()]
