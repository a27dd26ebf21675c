"""Links between reports about the same people: suggested from the cards in memory, made by hand, never a merge
(domain.md rule 29). Nothing is kept of what was compared.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db
from pepa.domain import audit, cards, reports, restrictions
from pepa.errors import Invalid
from pepa.models.links import Link
from pepa.models.people import Person
from pepa.models.reports import Report
from pepa.policy import Member, Permission, require
from pepa.words import N_

REPEAT = timedelta(days=365)  # rule 6
MOST = 5  # suggested at once
RARE = 0.02  # of all cards have a word that tells people apart, or three of them
ENOUGH = 3  # points, where no number is the same: a rare word is one, among the first of both cards, names mostly, two
FIRST = 6  # words of a card


class NotLinkable(Invalid):
    says = N_("Itu laporan ini sendiri. Tulis kode laporan lain.")
    field = "reference"


@dataclass(frozen=True)
class Linked:
    """The other report of a link, and who put the two side by side, when."""

    report: Report
    by: str
    at: datetime


@dataclass(frozen=True)
class Like:
    """An earlier or later report that may be about the same people. words: how many rare ones both have."""

    report: Report
    same_number: bool
    words: int


def of(actor: Member, report: Report) -> Sequence[Linked]:
    """What a report is linked with, the oldest first: only what the actor may see as well."""
    pairs = sa.or_(
        sa.and_(Link.one_id == report.id, Link.other_id == Report.id),
        sa.and_(Link.other_id == report.id, Link.one_id == Report.id),
    )
    query = reports.visible_to(actor).join(Link, pairs).join(Person, Person.id == Link.person_id)
    rows = db.session.execute(query.add_columns(Person.name, Link.linked_at).order_by(Report.received_at, Report.id))
    return [Linked(*row) for row in rows.all()]


def is_repeat(actor: Member, report: Report) -> bool:
    """Whether an earlier report of the last twelve months is linked with it (rule 6)."""
    since = report.received_at - REPEAT
    return any(since <= link.report.received_at <= report.received_at for link in of(actor, report))


def suggest(actor: Member, report_id: UUID) -> Sequence[Like]:
    """Reports whose card has the same number, or several of the same rare words; the nearest first.

    That somebody compared is recorded. Raises NotFound.
    """
    require(actor, Permission.LINK_REPORTS)
    report = reports.get_for(actor, report_id)
    shelf = dict(cards.shelf(actor))
    mine = shelf.pop(report_id, {})
    known = {link.report.id for link in of(actor, report)}
    with reports.changing(actor, report_id) as (session, _):
        audit.record(session, "report.compared", actor, report_id)
    scores = _scores(mine, {key: card for key, card in shelf.items() if key not in known})
    best = sorted(scores, key=lambda key: (-scores[key][0], key))[:MOST]
    found = {one.id: one for one in db.session.scalars(reports.visible_to(actor).where(Report.id.in_(best)))}
    return [Like(found[key], scores[key][1], scores[key][2]) for key in best if key in found]


def _scores(mine: cards.Contents, others: dict[UUID, cards.Contents]) -> dict[UUID, tuple[float, bool, int]]:
    """How near each card is, whether a number is the same, how many rare words are. A word that few have says more."""
    words, numbers = set(mine.get("words", "").split()), set(mine.get("numbers", ()))
    theirs = {key: words & set(card.get("words", "").split()) for key, card in others.items()}
    counts = Counter(word for some in theirs.values() for word in some)
    most = max(3, RARE * len(others))
    weights = {word: log(1 + len(others) / count) for word, count in counts.items() if count <= most}
    found = {}
    for key, some in theirs.items():
        rare = some & weights.keys()
        same = bool(numbers & set(others[key].get("numbers", ())))
        if same or len(rare) + len(rare & _first(mine) & _first(others[key])) >= ENOUGH:
            found[key] = (sum(weights[word] for word in rare) + 100 * same, same, len(rare))
    return found


def _first(card: cards.Contents) -> set[str]:
    return set(card.get("words", "").split()[:FIRST])


def link(actor: Member, report_id: UUID, *, other_id: UUID) -> None:
    """Put two reports side by side; done twice it is done once. Raises NotFound for what the actor may not see, and
    NotLinkable for the report itself, Restricted."""
    require(actor, Permission.LINK_REPORTS)
    reports.get_for(actor, other_id)
    if other_id == report_id:
        raise NotLinkable
    with reports.changing(actor, report_id) as (session, _):
        if session.get(Link, _pair(report_id, other_id)) is None:
            restrictions.require_none(session, report_id, other_id)
            one_id, second_id = _pair(report_id, other_id)
            made = Link(one_id=one_id, other_id=second_id, person_id=actor.person_id, linked_at=clock.now())
            session.add(made)
            _record(session, "report.linked", actor, report_id, other_id)


def link_by_reference(actor: Member, report_id: UUID, *, reference: str) -> None:
    """The same by the code that people say aloud. Raises ReferenceUnknown, NotLinkable."""
    require(actor, Permission.LINK_REPORTS)
    link(actor, report_id, other_id=reports.by_reference(actor, reference).id)


def unlink(actor: Member, report_id: UUID, *, other_id: UUID) -> None:
    """They are not about the same people after all; done twice it is done once. Raises NotFound."""
    require(actor, Permission.LINK_REPORTS)
    reports.get_for(actor, other_id)
    with reports.changing(actor, report_id) as (session, _):
        made = session.get(Link, _pair(report_id, other_id))
        if made is not None:
            session.delete(made)
            _record(session, "report.unlinked", actor, report_id, other_id)


def _record(session: Session, act: str, actor: Member, one: UUID, other: UUID) -> None:
    """On both, each with the other beside it: whoever may not know of one does not learn it from the other's trail."""
    for thing_id, beside in ((one, other), (other, one)):
        audit.record(session, act, actor, thing_id, beside.hex)


def _pair(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    return (one, other) if one.int < other.int else (other, one)


def drop(session: Session, report_id: UUID) -> None:
    """A report is destroyed: so are its links, in that transaction."""
    session.execute(sa.delete(Link).where(sa.or_(Link.one_id == report_id, Link.other_id == report_id)))
