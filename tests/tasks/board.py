"""Tasks of the cast, made in a line, and the order of a column as somebody sees it."""

import itertools
from datetime import date, datetime, timedelta
from uuid import UUID

from pepa import clock
from pepa.db import db
from pepa.domain import boards, capacities, columns, tasks
from pepa.models.tasks import Column, Task
from tests import cast

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=clock.JAKARTA)  # a Wednesday
TODAY = NOW.date()
ONCES = itertools.count()
TEXT = "Ibu itu menunggu di depan puskesmas."


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


def made(
    login: str, deed: str = "contact", *, due: int = 1, to: str | UUID | None = None, text: str = "", once: str = ""
) -> UUID:
    """A task that somebody made. due: days from today; to: a login of the same organisation, an organisation's id, or
    nobody yet"""
    me = cast.member(login)
    holder = me.organisation_id if to is None else to if isinstance(to, UUID) else cast.member(to).person_id
    once = once or str(next(ONCES))
    return tasks.create(me, deed=deed, due_on=day(due), holder_id=holder, text=text, once=once)


def read(task_id: UUID) -> Task:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Task, task_id)


def move(login: str, task_id: UUID, to: str, after: UUID | None = None, version: int | None = None) -> int:
    version = version or read(task_id).version
    return boards.move(cast.member(login), task_id, column=Column(to), after=after, version=version)


def order(login: str, column: str) -> list[UUID]:
    """Which cards stand in a column, from the top."""
    db.session.rollback()
    lanes = {lane.column.value: lane for lane in boards.show(cast.member(login), is_wide=True).lanes}
    return [task.id for task in lanes[column].cards]


def office(login: str) -> UUID:
    return cast.member(login).organisation_id


def every_row(login: str) -> UUID:
    """One row at least in each table of tasks. login: of somebody who keeps the board"""
    me = cast.member(login)
    task_id = made(login, text=TEXT)
    columns.set_limit(me, column=Column.DOING, most=6)
    capacities.keep(me, aids=["shelter"], hours="", phone="", since="")
    return task_id
