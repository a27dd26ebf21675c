"""Quarters, such as "2026-Q4": which one a session counts in, and closing one."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit
from pepa.errors import Invalid
from pepa.models.outreach import Count, Period, Standing, Teaching
from pepa.policy import Member, Permission, require
from pepa.words import N_

_CODE = re.compile(r"(20[0-9]{2}|21[0-9]{2})-Q([1-4])")


class NoPeriod(Invalid):
    says = N_("Triwulan ini tidak ada.")


class NotOver(Invalid):
    says = N_("Triwulan ini belum selesai. Tutup sesudah hari terakhirnya.")


class Counting(NamedTuple):
    """The quarter in which something counts; is_late: it is another one than that of its day, which was closed."""

    period: str
    is_late: bool


def of(day: date) -> str:
    """The quarter that a day lies in."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def current() -> str:
    """The quarter of today in Serang."""
    return of(clock.today())


def is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def first_day(code: str) -> date:
    """Raises NoPeriod where the text is no quarter."""
    found = _CODE.fullmatch(code)
    if found is None:
        raise NoPeriod
    return date(int(found[1]), 3 * int(found[2]) - 2, 1)


def last_day(code: str) -> date:
    """Raises NoPeriod."""
    return first_day(after(code)) - timedelta(days=1)


def after(code: str) -> str:
    """The next quarter. Raises NoPeriod."""
    return of(first_day(code) + timedelta(days=100))


def before(code: str) -> str:
    """The quarter before. Raises NoPeriod."""
    return of(first_day(code) - timedelta(days=1))


def latest(count: int) -> Sequence[str]:
    """The running quarter and those before it, the latest first."""
    found = [current()]
    while len(found) < count:
        found.append(before(found[-1]))
    return found


def is_closed(code: str) -> bool:
    return db.session.get(Period, code) is not None


def counting_in(day: date, now: datetime) -> Counting:
    """Where a session of that day, or a correction of one, counts when it comes in now.

    In the quarter of its day; once that is closed in the first one from now on that is open. Asked within the
    transaction that writes, so that no quarter closes in between.
    """
    own = of(day)
    if not is_closed(own):
        return Counting(own, False)
    found = of(now.astimezone(clock.JAKARTA).date())
    while is_closed(found):
        found = after(found)
    return Counting(found, True)


def closed() -> Sequence[Period]:
    """The quarters that were closed, the last first."""
    return list(db.session.scalars(sa.select(Period).order_by(Period.code.desc())))


def close(actor: Member, code: str) -> None:
    """What is logged or corrected for this quarter counts in the open one from now on, marked; so does what the office
    has not decided on yet, or its being confirmed would change what was closed. Twice changes nothing.

    Raises NoPeriod, NotOver.
    """
    require(actor, Permission.CLOSE_PERIOD)
    if last_day(code) >= clock.today():
        raise NotOver
    with transaction() as session:
        if session.get(Period, code) is not None:
            return
        session.add(Period(code=code, closed_at=clock.now(), closed_by_id=actor.person_id))
        session.flush()
        then = counting_in(last_day(code), clock.now()).period
        waiting = sa.select(Teaching.id).where(Teaching.period == code, Teaching.standing == Standing.LOGGED)
        ours = (Count.teaching_id.in_(waiting), Count.period == code)
        session.execute(sa.update(Count).where(*ours).values(period=then, is_late=True))
        undecided = (Teaching.period == code, Teaching.standing == Standing.LOGGED)
        session.execute(sa.update(Teaching).where(*undecided).values(period=then))
        audit.record(session, "period.closed", actor, None, code)
