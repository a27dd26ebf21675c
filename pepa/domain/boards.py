"""The board: columns of tasks in an order that all share. What is moved is one card; only its version counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, load_only

from pepa import clock
from pepa.db import Page, db, keyset, transaction
from pepa.domain import columns, opening, ranks, tasks
from pepa.errors import Invalid
from pepa.models.tasks import OPEN, Act, Column, Outcome, Reason, Task
from pepa.policy import Member, Permission, require
from pepa.words import N_

# Cards of a column on the board's first screen, which may weigh 30 KB; of the wide one; the rest stands on a page.
SHOWN, SHOWN_DONE, WIDE = 7, 4, 50
PAGE = 50


class NoReason(Invalid):
    says = N_("Pilih sebabnya.")
    field = "reason"


@dataclass(frozen=True)
class Filters:
    """What the board is narrowed to. nobody: cards without a person"""

    person_id: UUID | None = None
    nobody: bool = False
    organisation_id: UUID | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = []
        if self.person_id:
            found.append(Task.person_id == self.person_id)
        if self.nobody:
            found.append(Task.person_id.is_(None))
        if self.organisation_id:
            found.append(Task.organisation_id == self.organisation_id)
        return found


@dataclass(frozen=True)
class Lane:
    """A column. count: its cards under the filter; following: the code of the card behind the last one shown"""

    column: Column
    cards: Sequence[Task]
    count: int
    limit: columns.Limit | None
    following: str | None

    @property
    def others(self) -> Sequence[Column]:
        return [column for column in Column if column is not self.column]

    @property
    def more(self) -> int:
        return self.count - len(self.cards)

    def above(self, n: int) -> str:
        """Behind which card the n-th one goes when it goes up; empty is the top."""
        return self.cards[n - 2].code if n >= 2 else ""

    def below(self, n: int) -> str | None:
        """Behind which it goes when it goes down; None: it is the last one."""
        return self.cards[n + 1].code if n + 1 < len(self.cards) else self.following


@dataclass(frozen=True)
class Counts:
    """mine: open; due: visible, today or late; waiting: see `waits`; done: this week"""

    mine: int
    due: int
    waiting: int
    done: int


@dataclass(frozen=True)
class Board:
    lanes: Sequence[Lane]
    counts: Counts

    @property
    def is_still(self) -> bool:
        """Whether no card on it can be moved."""
        return not any(lane.cards for lane in self.lanes if lane.column is not Column.DONE)

    @property
    def has_more(self) -> bool:
        return any(lane.more for lane in self.lanes)


# Questions


def is_open() -> sa.ColumnElement[bool]:
    return sa.and_(Task.column.in_([column.value for column in OPEN]), ~Task.is_archived)


def is_due(today: date) -> sa.ColumnElement[bool]:
    """Today, or late (`Task.days_late`)."""
    return sa.and_(is_open(), Task.due_on <= today)


def waits(person_id: UUID, organisation_id: UUID) -> sa.ColumnElement[bool]:
    """What somebody waits for: own tasks that wait for others, and those that they made and others have."""
    with_others = sa.or_(
        Task.organisation_id != organisation_id, sa.and_(Task.person_id.is_not(None), Task.person_id != person_id)
    )
    own = sa.and_(Task.person_id == person_id, Task.column == Column.WAITING.value)
    return sa.and_(is_open(), sa.or_(own, sa.and_(Task.made_by_id == person_id, with_others)))


def _week() -> datetime:
    monday = clock.today() - timedelta(days=clock.today().weekday())
    return opening.at(monday, 0)


def _on_board() -> sa.ColumnElement[bool]:
    """Of the column "Selesai" the board has this week's."""
    return sa.and_(~Task.is_archived, sa.or_(Task.column != Column.DONE.value, Task.column_at >= _week()))


LIGHT = load_only(
    Task.code, Task.deed, Task.organisation_id, Task.person_id, Task.due_on, Task.column, Task.column_at,
    Task.rank, Task.version, Task.outcome, Task.reason, Task.is_archived,
)  # fmt: skip
WITH_NAMES = (LIGHT, joinedload(Task.person), joinedload(Task.organisation))


def show(actor: Member, filters: Filters | None = None, *, is_wide: bool = False) -> Board:
    """The board. Three questions, however many cards."""
    require(actor, Permission.SEE_TASKS)
    most = dict.fromkeys(Column, WIDE if is_wide else SHOWN) | ({} if is_wide else {Column.DONE: SHOWN_DONE})
    narrowed = [tasks.seen_by(actor.organisation_id), _on_board(), *(filters or Filters()).conditions()]
    number = sa.func.row_number().over(partition_by=Task.column, order_by=(Task.rank, Task.id)).label("number")
    first = sa.select(Task.id, number).where(*narrowed).subquery()
    query = (
        sa.select(Task)
        .join(first, first.c.id == Task.id)
        .where(first.c.number <= max(most.values()) + 1)
        .options(*WITH_NAMES)
        .order_by(Task.rank, Task.id)
    )
    cards: dict[str, list[Task]] = {column.value: [] for column in Column}
    for task in db.session.scalars(query):
        cards[task.column].append(task)
    counted, counts = _counted(actor, filters or Filters())
    limits = columns.limits_of(actor)
    lanes = [
        Lane(
            column,
            cards[column.value][: most[column]],
            counted.get(column.value, 0),
            limits.get(column),
            cards[column.value][most[column]].code if len(cards[column.value]) > most[column] else None,
        )
        for column in Column
    ]
    return Board(lanes, counts)


def _counted(actor: Member, filters: Filters) -> tuple[dict[str, int], Counts]:
    def many(*conditions: sa.ColumnElement[bool]) -> sa.Function[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0)), 0)

    me = actor.person_id
    query = (
        sa.select(
            Task.column,
            many(_on_board(), *filters.conditions()),
            many(is_open(), Task.person_id == me),
            many(is_due(clock.today())),
            many(waits(me, actor.organisation_id)),
            many(_on_board(), Task.column == Column.DONE.value),
        )
        .where(tasks.seen_by(actor.organisation_id))
        .group_by(Task.column)
    )
    rows = db.session.execute(query).all()
    sums = [sum(int(row[n]) for row in rows) for n in range(2, 6)]
    return {str(row[0]): int(row[1]) for row in rows}, Counts(*sums)


def counts(actor: Member) -> Counts:
    """What the tabs say."""
    require(actor, Permission.SEE_TASKS)
    return _counted(actor, Filters())[1]


def mine_now(actor: Member) -> int:
    """How many of the actor's own tasks are due today or late: for the menu."""
    require(actor, Permission.SEE_TASKS)
    own = (tasks.seen_by(actor.organisation_id), Task.person_id == actor.person_id, is_due(clock.today()))
    return db.session.scalar(sa.select(sa.func.count()).select_from(Task).where(*own)) or 0


def mine(actor: Member, at: str | None = None) -> Page[Task]:
    """The actor's own, the most urgent first."""
    return _listed(actor, at, is_open(), Task.person_id == actor.person_id)


def due(actor: Member, at: str | None = None, *, only_mine: bool = False) -> Page[Task]:
    """Whoever's: today or late. only_mine: the actor's own"""
    own = [Task.person_id == actor.person_id] if only_mine else []
    return _listed(actor, at, is_due(clock.today()), *own)


def waiting(actor: Member, at: str | None = None) -> Page[Task]:
    return _listed(actor, at, waits(actor.person_id, actor.organisation_id))


def _listed(actor: Member, at: str | None, *which: sa.ColumnElement[bool]) -> Page[Task]:
    query = tasks.visible_to(actor).options(*WITH_NAMES).where(*which)
    return keyset(query, Task.due_on, Task.id, at=at, size=PAGE)


def column(actor: Member, which: Column, filters: Filters | None = None, at: str | None = None) -> Page[Task]:
    """One column whole, a page at a time; of "Selesai" all that is not in the archive, the newest first."""
    query = tasks.visible_to(actor).options(*WITH_NAMES).where(Task.column == which.value, ~Task.is_archived)
    return keyset(query.where(*(filters or Filters()).conditions()), Task.rank, Task.id, at=at, size=PAGE)


def archive_of(actor: Member, at: str | None = None) -> Page[Task]:
    return keyset(
        tasks.visible_to(actor).options(*WITH_NAMES).where(Task.is_archived), Task.rank, Task.id, at=at, size=PAGE
    )


# Verbs


def move(actor: Member, task_id: UUID, *, column: Column, after: UUID | None = None, version: int) -> int:
    """Right behind another card of a column, or to its top (after None). To "Selesai" it is done, out of it, open
    again. Returns the fresh version.

    Raises MovedMeanwhile, ranks.NeighbourGone, columns.ColumnFull, Archived, NotFound.
    """
    require(actor, Permission.SEE_TASKS)
    with transaction() as session:
        task = tasks.changing(session, actor, task_id)
        if after is not None and session.scalar(tasks.visible_to(actor).where(Task.id == after)) is None:
            raise ranks.NeighbourGone
        if task.version != version:
            if _stands_there(session, actor, task, column, after):
                return task.version  # the same form was sent again
            raise tasks.MovedMeanwhile
        was_done = task.column == Column.DONE
        _put(session, actor, task, column, after)
        is_done = column is Column.DONE
        act = Act.FINISHED if is_done and not was_done else Act.REOPENED if was_done and not is_done else Act.MOVED
        tasks.log(session, actor, task, act)
        return task.version


def move_by_code(actor: Member, *, code: str, column: Column, version: int, after: str | None = None) -> int:
    """The same by the codes that stand on the cards. Raises the same."""
    task_id = tasks.id_of(actor, code)
    if after is None:
        return move(actor, task_id, column=column, version=version)
    if not tasks.sees(actor, after):
        raise ranks.NeighbourGone
    return move(actor, task_id, column=column, after=tasks.id_of(actor, after), version=version)


def finish(actor: Member, task_id: UUID, *, outcome: str, version: int, reason: str | None = None) -> int:
    """How it ended; what was not done says why. Raises NoReason, MovedMeanwhile, Archived, NotFound."""
    require(actor, Permission.SEE_TASKS)
    ended = Outcome(outcome)
    if ended is not Outcome.DONE and reason is None:
        raise NoReason
    why = Reason(reason).value if reason and ended is not Outcome.DONE else None
    with transaction() as session:
        task = tasks.changing(session, actor, task_id)
        if (task.column, task.outcome, task.reason) == (Column.DONE, ended.value, why):
            return task.version
        if task.version != version:
            raise tasks.MovedMeanwhile
        _put(session, actor, task, Column.DONE, None)
        task.outcome, task.reason = ended.value, why
        tasks.log(session, actor, task, Act.FINISHED)
        return task.version


def reopen(actor: Member, task_id: UUID, *, version: int) -> int:
    """Back to the top of the first column."""
    return move(actor, task_id, column=Column.BEFORE, version=version)


def archive(actor: Member, task_id: UUID, *, version: int) -> None:
    """Out of sight, and silent; it stays where it stood. Raises MovedMeanwhile, NotFound."""
    _set_archived(actor, task_id, version, is_archived=True)


def restore(actor: Member, task_id: UUID, *, version: int) -> None:
    """Back where it stood. Raises columns.ColumnFull besides."""
    _set_archived(actor, task_id, version, is_archived=False)


def _set_archived(actor: Member, task_id: UUID, version: int, *, is_archived: bool) -> None:
    require(actor, Permission.SEE_TASKS)
    with transaction() as session:
        task = tasks.changing(session, actor, task_id, is_archived=True)
        if task.is_archived is is_archived:
            return
        if task.version != version:
            raise tasks.MovedMeanwhile
        if not is_archived:
            columns.require_room(session, task.organisation_id, Column(task.column))
        task.is_archived = is_archived
        task.version += 1
        tasks.log(session, actor, task, Act.ARCHIVED if is_archived else Act.RESTORED)


def _put(session: Session, actor: Member, task: Task, column: Column, after: UUID | None) -> None:
    if task.column != column.value:
        columns.require_room(session, task.organisation_id, column)
    rank = ranks.place(session, column, task.id, after)
    if task.column != column.value:
        task.column_at = clock.now()
    task.column, task.rank = column.value, rank
    task.version += 1
    if column is not Column.DONE:
        task.outcome = task.reason = None
    else:
        task.outcome = task.outcome or Outcome.DONE.value
    session.flush()


def _stands_there(session: Session, actor: Member, task: Task, column: Column, after: UUID | None) -> bool:
    """Whether it stands where it is to go, as whoever moves it sees the board."""
    above = (
        sa.select(Task.id)
        .where(
            tasks.seen_by(actor.organisation_id),
            Task.column == column.value,
            sa.tuple_(Task.rank, Task.id) < sa.tuple_(sa.literal(task.rank), sa.literal(task.id, Task.id.type)),
        )
        .order_by(Task.rank.desc(), Task.id.desc())
        .limit(1)
    )
    return task.column == column.value and session.scalar(above) == after
