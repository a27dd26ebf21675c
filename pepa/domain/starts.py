"""What somebody of a partner organisation sees first: its rooms today, its tasks, its visits, its free places."""

from collections.abc import Sequence
from dataclasses import dataclass

from pepa import clock
from pepa.db import Page
from pepa.domain import boards, capacities, timetable, visits
from pepa.models.tasks import Task
from pepa.models.visits import Visit
from pepa.policy import Member, Permission, can


@dataclass(frozen=True)
class Start:
    """rooms: of today, by name; tasks: due, those of the whole organisation for whoever keeps its board; visits: of
    today, that the actor goes along with; ours: the own entry in the directory"""

    rooms: Sequence[tuple[str, timetable.Entry]]
    tasks: Page[Task] | None
    visits: Sequence[Visit]
    ours: capacities.Entry


def of(actor: Member) -> Start:
    today = clock.today()
    rooms: list[tuple[str, timetable.Entry]] = []
    if can(actor, Permission.BOOK_ROOM):
        for column in timetable.day(actor, today).columns:
            rooms += [(column.room.name, entry) for entry in column.entries if entry.is_ours]
    keeps = can(actor, Permission.KEEP_BOARD)
    return Start(
        sorted(rooms, key=lambda one: (one[1].starts_at, one[0])),
        boards.due(actor, only_mine=not keeps) if can(actor, Permission.SEE_TASKS) else None,
        visits.today_of(actor) if can(actor, Permission.RUN_VISIT) else (),
        capacities.ours(actor),
    )
