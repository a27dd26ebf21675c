"""The inbox: what waits for an office, narrowed by what stands in the clear, and by the cards' dangers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from pepa.db import Page, db, keyset
from pepa.domain import cards, lateness, reports, withdrawals
from pepa.models.reports import BY_ANSWER, BY_LIMIT, BY_URGENCY, SHOWN, Report, Stage
from pepa.policy import Member

LISTED = ("stage", "urgency", *BY_LIMIT, *SHOWN)  # all of them in the list's index: the rows stay unread
MOST_COUNTED = 100
ME, NOBODY = "me", "nobody"


@dataclass(frozen=True)
class Filters:
    """Which reports; None leaves a question open.

    stage      one stage; without it all that were not cancelled
    owed       only what was read and waits for an answer
    continued  only what its reporter added to since somebody read it
    urgency, channel, kecamatan   their codes
    held       by the actor (`ME`), or by `NOBODY`
    danger     only where a danger was told: that stands on the sealed cards, which are opened for it
    """

    stage: Stage | None = None
    owed: bool = False
    continued: bool = False
    urgency: str | None = None
    channel: str | None = None
    kecamatan: str | None = None
    held: str | None = None
    danger: bool = False


OWED = (
    Report.answer_due_at.is_not(None),
    Report.withdrawn_at.is_(None),
    Report.stage.in_([stage.value for stage in lateness.ANSWERABLE if stage is not Stage.RECEIVED]),
)
UNREAD = Filters(stage=Stage.RECEIVED)


@dataclass(frozen=True)
class Counts:
    """How many wait, each counted no further than asked. unread: of the list; owed: an answer; continued: since read;
    cancelled: by their code, and nobody decided what becomes of them; aside: unseen."""

    unread: int
    owed: int
    continued: int
    cancelled: int
    aside: int


def list_for(actor: Member, wanted: Filters = UNREAD, *, at: str | None = None, size: int = 50) -> Page[Report]:
    """Reports that do not lie aside, and those that were cancelled there. Unread ones by the limit of their first
    reading, those that wait for an answer by its limit, so that the late ones stand on top; others by urgency, then the
    oldest first."""
    query = reports.visible_to(actor).where(*_narrowed(actor, wanted))
    if wanted.stage is not Stage.WITHDRAWN:  # whoever cancelled one that lies aside is no machine
        query = query.where(Report.is_aside.is_(False))
    if wanted.danger:
        query = query.where(Report.id.in_(cards.in_danger(actor, query)))
    order = BY_LIMIT if wanted.stage in (Stage.RECEIVED, Stage.READ) else BY_URGENCY
    order = BY_ANSWER if wanted.owed else order
    return _page(query, order, at, size)


def _narrowed(actor: Member, wanted: Filters) -> list[sa.ColumnElement[bool]]:
    clear: dict[str, Any] = {"channel": wanted.channel, "kecamatan": wanted.kecamatan, "urgency": wanted.urgency}
    found = [getattr(Report, name) == value for name, value in clear.items() if value is not None]
    found.append(Report.stage == wanted.stage if wanted.stage else Report.stage != Stage.WITHDRAWN.value)
    if wanted.owed:
        found += OWED
    if wanted.continued:
        found.append(Report.continued_at.is_not(None))
    if wanted.held == ME:
        found.append(Report.held_by_id == actor.person_id)
    if wanted.held == NOBODY:
        found.append(Report.held_by_id.is_(None))
    return found


def list_aside(actor: Member, *, seen: bool = False, at: str | None = None, size: int = 100) -> Page[Report]:
    """What was put aside, by urgency, then the oldest first. seen: what somebody has opened or looked over."""
    open_still = sa.and_(Report.stage == Stage.RECEIVED.value, Report.held_by_id.is_(None))
    query = reports.visible_to(actor).where(Report.is_aside, sa.not_(open_still) if seen else open_still)
    return _page(query, BY_URGENCY, at, size)


def _page(query: sa.Select[Report], order: Sequence[str], at: str | None, size: int) -> Page[Report]:
    query = query.options(load_only(*(getattr(Report, name) for name in LISTED)))
    return keyset(query, *(getattr(Report, name) for name in order), at=at, size=size)


def marks_of(actor: Member, page: Page[Report]) -> Mapping[UUID, cards.Marks]:
    """What the sealed cards say of the reports on a page."""
    return cards.marks_of(actor, [report.id for report in page])


def counts(actor: Member, most: int = MOST_COUNTED) -> Counts:
    """What waits, in one question to the database."""
    unread = (Report.is_aside.is_(False), Report.stage == Stage.RECEIVED.value)
    owed = (Report.is_aside.is_(False), *OWED)
    continued = (Report.is_aside.is_(False), Report.stage != Stage.WITHDRAWN.value, Report.continued_at.is_not(None))
    cancelled = withdrawals.UNDECIDED
    aside = (Report.is_aside, Report.stage == Stage.RECEIVED.value, Report.held_by_id.is_(None))
    found = [
        reports.visible_to(actor).where(*which).with_only_columns(Report.id).limit(most).subquery()
        for which in (unread, owed, continued, cancelled, aside)
    ]
    how_many = (sa.select(sa.func.count()).select_from(ids).scalar_subquery() for ids in found)
    return Counts(*db.session.execute(sa.select(*how_many)).one())
