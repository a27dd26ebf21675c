"""The library's desk: what waits for whom, what is due, and everything about one title (library.md, Screens).

What readers see stands in `titles`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from pepa import clock
from pepa.db import Page, db, keyset
from pepa.domain import editions, reviews
from pepa.domain.manuscripts import Manuscript, claim_digest
from pepa.models.titles import Edition, State
from pepa.policy import Member, Permission, can, require
from pepa.words import N_, Choice

SOON = timedelta(days=30)
TITLES_A_PAGE = 6  # of which the sources are shown
MOST_IN_REVIEW = 200  # editions that are looked through for what waits for somebody


class Queue(Choice):
    """Which editions a list shows; the code stands in the address."""

    MINE = "bidang", N_("Menunggu saya")
    DRAFTS = "draf", N_("Draf")
    IN_REVIEW = "ditinjau", N_("Ditinjau")
    DUE = "jatuh-tempo", N_("Jatuh tempo")
    PUBLISHED = "terbit", N_("Terbit")
    WITHDRAWN = "ditarik", N_("Ditarik")


STATES = {
    Queue.DRAFTS: State.DRAFT,
    Queue.IN_REVIEW: State.IN_REVIEW,
    Queue.PUBLISHED: State.PUBLISHED,
    Queue.WITHDRAWN: State.WITHDRAWN,
}
_SHOWN = load_only(
    Edition.title_id, Edition.number, Edition.state, Edition.title, Edition.changed_at, Edition.due_on,
    Edition.published_at, Edition.withdrawn_at, Edition.audience,
)  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """How many editions a list has. due: those whose day has come"""

    mine: int
    drafts: int
    in_review: int
    due: int


def queue(actor: Member, which: Queue, *, at: str | None = None) -> Page[Edition]:
    """One page of a list: by number; what is due by its day."""
    require(actor, Permission.SEE_LIBRARY)
    if which is Queue.MINE:
        return Page(waiting_for(actor), None, None)
    query = sa.select(Edition).options(_SHOWN)
    if which is Queue.DUE:
        query = query.where(Edition.state == State.PUBLISHED, Edition.due_on <= clock.today() + SOON)
        return keyset(query, Edition.due_on, Edition.id, at=at)
    return keyset(query.where(Edition.state == STATES[which]), Edition.title_id, Edition.id, at=at)


def waiting_for(actor: Member) -> Sequence[Edition]:
    """Editions in review that lack what the actor can give: a word for their field, or the last one."""
    fields = reviews.fields_of(actor)
    publishes = can(actor, Permission.PUBLISH_TITLE)
    if not (fields or publishes):
        return []
    query = sa.select(Edition).where(Edition.state == State.IN_REVIEW).order_by(Edition.title_id)
    found = db.session.scalars(query.limit(MOST_IN_REVIEW)).all()
    heard = reviews.heard_of(found)
    asked = {each: set(reviews.needed(each, Manuscript.of(each).claims())) - heard[each.id].keys() for each in found}
    return [each for each in found if asked[each] & fields or (publishes and not asked[each])]


def counted(actor: Member) -> Counted:
    """How long the lists are that somebody works through."""
    query = sa.select(Edition.state, sa.func.count().label("many")).where(Edition.state.in_(editions.OPEN))
    states = {row.state: row.many for row in db.session.execute(query.group_by(Edition.state))}
    due = sa.select(sa.func.count()).where(Edition.state == State.PUBLISHED, Edition.due_on <= clock.today())
    return Counted(
        mine=len(waiting_for(actor)),
        drafts=states.get("draft", 0),
        in_review=states.get("in_review", 0),
        due=db.session.scalar(due) or 0,
    )


def published(actor: Member) -> list[tuple[int, str]]:
    """The titles that readers have, with their numbers."""
    require(actor, Permission.SEE_LIBRARY)
    query = sa.select(Edition.title_id, Edition.title).where(Edition.state == State.PUBLISHED)
    return [(row.title_id, row.title) for row in db.session.execute(query.order_by(Edition.title_id))]


@dataclass(frozen=True)
class Sourced:
    """A claim of a published edition, among all of the library's. on: when somebody compared it last"""

    edition: Edition
    looked: reviews.Looked

    @property
    def due_on(self) -> date | None:
        return self.looked.due_on


def sources(actor: Member, *, only_due: bool = False, at: str | None = None) -> tuple[list[Sourced], Page[Edition]]:
    """What published titles say, with its sources: some titles at a time, those first that are due first.

    only_due: within a month. Returns the claims of this page, and the page of their titles.
    """
    require(actor, Permission.SEE_LIBRARY)
    query = sa.select(Edition).where(Edition.state == State.PUBLISHED, Edition.due_on.is_not(None))
    if only_due:
        query = query.where(Edition.due_on <= clock.today() + SOON)
    found = keyset(query, Edition.due_on, Edition.id, at=at, size=TITLES_A_PAGE)
    checks = reviews.checks_of(*found)
    told = [
        Sourced(edition, reviews.looked(claim, checks.get((edition.id, claim_digest(claim)))))
        for edition in found
        for claim in Manuscript.of(edition).claims()
    ]
    return sorted(told, key=lambda each: (each.due_on or date.min, each.looked.claim.source)), found
