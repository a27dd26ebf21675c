"""Tasks: made, handed on, changed, read. Who sees one is asked here alone: at read, at search and at send.

The text is sealed in a box of the task's own, whose holders are the organisation that made it and the one that holds it
(docs/adr/0014). Titles are a closed list of verbs, so what stands in the clear says nothing of anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from secrets import choice
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, boxes, columns, keys, mentions, onces, outbox, ranks
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.boxes import Box
from pepa.models.organisations import Membership, Organisation
from pepa.models.people import Person
from pepa.models.tasks import Act, Column, Deed, Move, Task
from pepa.policy import ROLE_MAY, Member, Permission, require
from pepa.words import N_

DOMAIN = "task"
DIGITS, LETTERS = "0123456789", "BCDFGHJKMNPQRTVWXZ"
LONGEST = 20_000


class NoDeed(Invalid):
    says = N_("Pilih dulu apa yang dikerjakan.")
    field = "deed"


class NoDay(Invalid):
    says = N_("Tulis tenggatnya.")
    field = "due_on"


class NoSuchHolder(Invalid):
    says = N_("Pilih siapa yang mengerjakan.")
    field = "holder_id"


class ChangedMeanwhile(Conflict):
    says = N_("Orang lain menyimpan lebih dulu. Dua-duanya ada di bawah. Pilih atau gabungkan.")


class MovedMeanwhile(Conflict):
    says = N_("Orang lain memindah tugas ini lebih dulu. Lihat lagi, lalu pindahkan.")


class Archived(Conflict):
    says = N_("Tugas ini ada di arsip. Kembalikan dulu.")


@dataclass(frozen=True)
class Opened:
    """A task as somebody reads it. text: None where it does not open for the actor; without the lines that name what is
    hidden from them"""

    task: Task
    text: str | None


# Who sees what


def seen_by(organisation_id: UUID) -> sa.ColumnElement[bool]:
    """The tasks that somebody of an organisation sees: those that it holds, and those that it made."""
    return sa.or_(Task.organisation_id == organisation_id, Task.maker_id == organisation_id)


def visible_to(actor: Member) -> sa.Select[Task]:
    """Every query about tasks starts here."""
    require(actor, Permission.SEE_TASKS)
    return sa.select(Task).where(seen_by(actor.organisation_id))


def get_for(actor: Member, task_id: UUID) -> Task:
    """Raises NotFound, also for one that is not the actor's organisation's."""
    whole = (joinedload(Task.person), joinedload(Task.organisation), joinedload(Task.maker), joinedload(Task.made_by))
    task = db.session.scalar(visible_to(actor).options(*whole).where(Task.id == task_id))
    if task is None:
        raise NotFound
    return task


def id_of(actor: Member, code: str) -> UUID:
    """Of the task with a code. Raises NotFound, also for one that is not the actor's organisation's."""
    found = db.session.scalar(visible_to(actor).with_only_columns(Task.id).where(Task.code == code))
    if found is None:
        raise NotFound
    return found


def sees(actor: Member, code: str) -> bool:
    """Whether it is still one of the actor's organisation's."""
    return db.session.scalar(visible_to(actor).with_only_columns(Task.id).where(Task.code == code)) is not None


def open_for(actor: Member, task_id: UUID) -> Opened:
    """A task with its text; that it was opened is recorded. Raises NotFound, Broken."""
    task = get_for(actor, task_id)
    text = _text(actor, task)
    if text:
        with transaction() as session:
            audit.record(session, "task.opened", actor, task_id)
        task = get_for(actor, task_id)
    return Opened(task, mentions.without_hidden(actor, text) if text else text)


def _text(actor: Member, task: Task) -> str | None:
    if task.box_id is None or task.body_sealed is None or task.body_epoch is None:
        return ""
    try:
        box = boxes.open_for(actor, task.box_id)
    except NotFound:
        return None
    return str(boxes.open_body(box, DOMAIN, task.id, task.body_epoch, task.body_sealed)["text"])


def history(actor: Member, task_id: UUID) -> Sequence[Move]:
    """What was done to a task, the oldest first. Names stay, whoever has left since."""
    get_for(actor, task_id)
    with_names = (joinedload(Move.by), joinedload(Move.person), joinedload(Move.organisation))
    return db.session.scalars(
        sa.select(Move).options(*with_names).where(Move.task_id == task_id).order_by(Move.at, Move.id)
    ).all()


# Who may hold one


def colleagues(organisation_id: UUID) -> Sequence[Person]:
    """Whoever is active in an organisation and sees its tasks, by name."""
    query = (
        sa.select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == organisation_id, Membership.is_active, Person.is_active)
        .order_by(Person.name)
    )
    return [person for membership, person in db.session.execute(query) if _may_see(membership)]


def _may_see(membership: Membership) -> bool:
    return any(Permission.SEE_TASKS in ROLE_MAY[role] for role in membership.role_set)


def others(actor: Member) -> Sequence[Organisation]:
    """The organisations that a task can be handed to: those that have a key."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(
            Organisation.is_active,
            Organisation.public_key.is_not(None),
            Organisation.id != actor.organisation_id,
        )
        .order_by(Organisation.name)
    ).all()


@dataclass(frozen=True)
class _Holder:
    organisation_id: UUID
    person_id: UUID | None


def _holder(actor: Member, holder_id: UUID | None) -> _Holder:
    """holder_id: somebody of the own organisation, it itself (nobody yet), or another organisation, which chooses for
    itself who of it. Raises NoSuchHolder."""
    if holder_id == actor.organisation_id:
        return _Holder(actor.organisation_id, None)
    if holder_id in {person.id for person in colleagues(actor.organisation_id)}:
        return _Holder(actor.organisation_id, holder_id)
    if holder_id is not None and holder_id in {one.id for one in others(actor)}:
        return _Holder(holder_id, None)
    raise NoSuchHolder


# Verbs


def create(
    actor: Member, *, deed: str | None, due_on: date | None, holder_id: UUID | None, once: str, text: str = ""
) -> UUID:
    """A task, last in the first column; another organisation is told. The same form sent again makes nothing new.

    Raises NoDeed, NoDay, NoSuchHolder, columns.ColumnFull.
    """
    require(actor, Permission.SEE_TASKS)
    task_id, now = uuid4(), clock.now()
    day, what = _checked(deed, due_on)
    holder = _holder(actor, holder_id)
    body, rows = _sealed_anew(task_id, text, {actor.organisation_id, holder.organisation_id})
    with transaction() as session:
        if made := onces.made(session, "task.create", actor.person_id, once):
            return made
        if holder.organisation_id == actor.organisation_id:
            columns.require_room(session, actor.organisation_id, Column.BEFORE)
        boxes.insert(session, rows)
        task = Task(
            id=task_id,
            code=_code(session),
            deed=what,
            organisation_id=holder.organisation_id,
            person_id=holder.person_id,
            maker_id=actor.organisation_id,
            made_by_id=actor.person_id,
            made_at=now,
            due_on=day,
            column=Column.BEFORE.value,
            column_at=now,
            rank=ranks.last(session, Column.BEFORE),
            **body,
        )
        session.add(task)
        session.flush()
        onces.keep(session, "task.create", actor.person_id, once, task_id)
        log(session, actor, task, Act.MADE)
        if holder.organisation_id != actor.organisation_id:
            _tell_keepers(session, holder.organisation_id, but=actor.person_id)
        return task_id


def assign(actor: Member, task_id: UUID, *, holder_id: UUID | None, version: int) -> int:
    """Hand it to somebody else, or to another organisation. Its text opens then for that one and for its maker, and
    for nobody else any more; whoever keeps its board is told. Returns the fresh version.

    Raises NoSuchHolder, MovedMeanwhile, Archived, NotFound.
    """
    require(actor, Permission.SEE_TASKS)
    holder, before = _holder(actor, holder_id), get_for(actor, task_id)
    goes_on = holder.organisation_id != before.organisation_id
    box = boxes.open_for(actor, before.box_id) if goes_on and before.box_id else None
    with transaction() as session:
        task = changing(session, actor, task_id)
        if (task.organisation_id, task.person_id) == (holder.organisation_id, holder.person_id):
            return task.version
        if task.version != version:
            raise MovedMeanwhile
        if goes_on and task.box_id:
            if box is None or task.organisation_id != before.organisation_id:
                raise boxes.BoxChanged
            boxes.rotate(session, box, _holders({task.maker_id, holder.organisation_id}))
        task.organisation_id, task.person_id = holder.organisation_id, holder.person_id
        task.version += 1
        log(session, actor, task, Act.ASSIGNED)
        if goes_on:
            _tell_keepers(session, holder.organisation_id, but=actor.person_id)
        return task.version


def change(
    actor: Member, task_id: UUID, *, deed: str | None, due_on: date | None, wording: int, text: str | None = None
) -> int:
    """What is to be done, by when, and the text (None: it stays). Lines that the actor is not shown stay where they
    stood, and nothing says so. wording: of the one that the actor has on screen; returns the fresh one.

    Raises NoDeed, NoDay, ChangedMeanwhile, Archived, NotFound.
    """
    require(actor, Permission.SEE_TASKS)
    day, what = _checked(deed, due_on)
    before = get_for(actor, task_id)
    old, organisation_id = _text(actor, before), before.organisation_id
    new = old if text is None else mentions.with_hidden(actor, old or "", text.strip())
    if (before.deed, before.due_on, old) == (what, day, new):
        return before.wording  # nothing is new, or the same form was sent again
    box = boxes.open_for(actor, before.box_id) if before.box_id else None
    body: dict[str, Any] = {}
    rows: Sequence[boxes.Row] = ()
    if box is None:
        body, rows = _sealed_anew(task_id, new or "", {before.maker_id, organisation_id})
    elif new is not None and new != old:
        epoch, sealed = boxes.seal_body(box, DOMAIN, task_id, {"text": new})
        body = {"body_epoch": epoch, "body_sealed": sealed}
    with transaction() as session:
        task = changing(session, actor, task_id)
        if task.wording != wording:
            raise ChangedMeanwhile
        if body and not _is_still_theirs(session, task, organisation_id, box):
            raise boxes.BoxChanged
        boxes.insert(session, rows)
        for name, value in {"deed": what, "due_on": day, "wording": wording + 1, **body}.items():
            setattr(task, name, value)
        log(session, actor, task, Act.CHANGED)
        return task.wording


def _is_still_theirs(session: Session, task: Task, organisation_id: UUID, box: boxes.OpenBox | None) -> bool:
    """Whether what was sealed a moment ago opens for those who see the task, and for nobody who saw it before."""
    if task.organisation_id != organisation_id or (task.box_id is None) is not (box is None):
        return False
    return box is None or session.scalar(sa.select(Box.epoch).where(Box.id == box.box_id)) == box.number


def release(session: Session, actor: Member, *, person_id: UUID, organisation_id: UUID) -> int:
    """Somebody leaves an organisation: what they had open there waits for somebody else, and whoever keeps its board
    is told. In the transaction that ends the membership. Returns how many tasks that were."""
    held = (Task.person_id == person_id, Task.organisation_id == organisation_id)
    found = session.scalars(sa.select(Task).where(*held, Task.column != Column.DONE.value, ~Task.is_archived)).all()
    for task in found:
        task.person_id = None
        task.version += 1
        log(session, actor, task, Act.LEFT)
    if found:
        _tell_keepers(session, organisation_id, but=person_id)
    return len(found)


def _tell_keepers(session: Session, organisation_id: UUID, *, but: UUID | None = None) -> None:
    """Whoever keeps a board, that tasks of it wait for somebody."""
    keepers = sa.select(Membership).where(Membership.organisation_id == organisation_id, Membership.is_active)
    for membership in session.scalars(keepers).all():
        keeps = any(Permission.KEEP_BOARD in ROLE_MAY[role] for role in membership.role_set)
        if keeps and membership.person_id != but:
            outbox.tell(session, membership.person_id, outbox.Notice.TASKS_LEFT, organisation_id=organisation_id)


def come_back(session: Session, actor: Member, organisation_id: UUID) -> None:
    """An organisation ended: what it had open for others is its maker's again, and waits there for somebody."""
    held = (Task.organisation_id == organisation_id, Task.maker_id != organisation_id)
    found = session.scalars(sa.select(Task).where(*held, Task.column != Column.DONE.value, ~Task.is_archived)).all()
    for task in found:
        task.organisation_id, task.person_id = task.maker_id, None
        task.version += 1
        log(session, actor, task, Act.LEFT)
    for maker_id in {task.maker_id for task in found}:
        _tell_keepers(session, maker_id)


# For whoever changes one


def changing(session: Session, actor: Member, task_id: UUID, *, is_archived: bool = False) -> Task:
    """The task as it stands in this transaction. Raises NotFound, Archived."""
    task = session.get(Task, task_id, populate_existing=True)
    if task is None or actor.organisation_id not in (task.organisation_id, task.maker_id):
        raise NotFound
    if task.is_archived and not is_archived:
        raise Archived
    return task


def log(session: Session, actor: Member, task: Task, act: Act) -> None:
    """One line of the task's history, and one of the audit."""
    session.add(
        Move(
            task_id=task.id,
            at=clock.now(),
            act=act.value,
            by_id=actor.person_id,
            organisation_id=task.organisation_id,
            person_id=task.person_id,
            column=task.column,
            due_on=task.due_on,
            outcome=task.outcome,
        )
    )
    session.flush()
    audit.record(session, f"task.{act}", actor, task.id)


def _checked(deed: str | None, due_on: date | None) -> tuple[date, str]:
    if deed is None:
        raise NoDeed
    if due_on is None:
        raise NoDay
    return due_on, Deed(deed).value


def _sealed_anew(task_id: UUID, text: str, organisation_ids: set[UUID]) -> tuple[dict[str, Any], Sequence[boxes.Row]]:
    """The columns of a text in a box of its own, and the rows of that box; nothing where there is no text."""
    if not text.strip():
        return {}, ()
    box, rows = boxes.fresh(uuid4(), _holders(organisation_ids))
    epoch, sealed = boxes.seal_body(box, DOMAIN, task_id, {"text": text.strip()})
    return {"box_id": box.box_id, "body_epoch": epoch, "body_sealed": sealed}, rows


def _holders(organisation_ids: set[UUID]) -> list[boxes.Holder]:
    """Raises KeysUnsound."""
    rows = [db.session.get(Organisation, one) for one in sorted(organisation_ids)]
    if None in rows:
        raise keys.KeysUnsound
    return [boxes.organisation_holder(row) for row in rows if row]


def _code(session: Session) -> str:
    """Drawn at random; three signs, and more only where those are used up."""
    for length in range(1, 9):
        for _ in range(4):
            code = "T-" + choice(DIGITS) + choice(DIGITS) + "".join(choice(LETTERS) for _ in range(length))
            if session.scalar(sa.select(Task.id).where(Task.code == code)) is None:
                return code
    raise MovedMeanwhile
