"""The shelf: index cards of the reports that an organisation can open, and the search through them (vault.md § 6).

A card is made when an unlocked member first lists; no list is kept between requests, no word of a report stands in the
clear. Whatever is added to a report takes its cards away; the next listing makes them anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa.db import db, transaction
from pepa.domain import audit, boxes, keys, reports, spellings
from pepa.models.cards import Card
from pepa.models.organisations import Organisation
from pepa.models.reports import Report
from pepa.policy import Member, Permission, require

AT_ONCE = 200  # cards made in one request
MOST_WORDS = 150  # of one report
SHORTEST_START, SHORTEST_SLIP, SHORTEST_NUMBER = 3, 4, 4  # letters or digits that were typed
WHOLE, START, SLIP = 3, 2, 1


@dataclass(frozen=True)
class Found:
    """A report that a search found. score: the higher, the nearer to what was typed."""

    report: Report
    score: int


def complete(actor: Member, most: int = AT_ONCE) -> int:
    """Make the cards that are missing on the actor's shelf, at most so many; returns how many. It is not "read".

    A report that was tampered with gets an empty card and a line in the audit.
    """
    generation = _generation(actor)
    if actor.keyring.pair(actor.organisation_id, generation) is None:
        return 0
    missing = (
        reports.visible_to(actor)
        .outerjoin(Card, sa.and_(Card.report_id == Report.id, Card.organisation_id == actor.organisation_id))
        .where(sa.or_(Card.report_id.is_(None), Card.generation != generation))
        .limit(most)
    )
    found = list(db.session.scalars(missing))
    if not found:
        return 0
    opened = boxes.open_all(actor, [report.box_id for report in found])
    made, broken = [], []
    for report in found:
        box = opened.get(report.box_id)
        document = _document(box, report) if box else None
        if document is None:
            broken.append(report.id)
        sealed = keys.seal_card(actor.keyring, actor.organisation_id, generation, report.id, document or {})
        made.append({"report_id": report.id, "generation": generation, "body_sealed": sealed})
    rows = [{"organisation_id": actor.organisation_id, **values} for values in made]
    with transaction() as session:
        ids = [values["report_id"] for values in made]
        session.execute(sa.delete(Card).where(Card.organisation_id == actor.organisation_id, Card.report_id.in_(ids)))
        session.execute(sa.insert(Card), rows)
        audit.record(session, "shelf.indexed", actor, actor.organisation_id, str(len(rows)))
        for report_id in broken:
            audit.record(session, "report.broken", actor, report_id)
    return len(rows)


def _generation(actor: Member) -> int:
    """The organisation's present generation. It is read from the database: an older shelf key opens older cards."""
    return db.session.scalars(sa.select(Organisation.generation).where(Organisation.id == actor.organisation_id)).one()


def _document(box: boxes.OpenBox, report: Report) -> dict[str, Any] | None:
    """What a search needs of a report; None where it does not open."""
    try:
        told = reports.Told.of(boxes.open_body(box, "report", report.id, report.body_epoch, report.body_sealed))
    except keys.Unopened:
        return None
    words = dict.fromkeys(word for text in (told.place, told.what) for word in spellings.words(text) if len(word) > 2)
    return {"words": " ".join(list(words)[:MOST_WORDS]), "numbers": [spellings.digits(told.phone)] * bool(told.phone)}


def drop(session: Session, report_id: UUID, organisation_id: UUID | None = None) -> None:
    """There is more to a report now, or somebody may not see it any more: its cards go, in the same transaction."""
    where = [Card.report_id == report_id]
    if organisation_id is not None:
        where.append(Card.organisation_id == organisation_id)
    session.execute(sa.delete(Card).where(*where))


def search(actor: Member, typed: str, most: int = 50) -> Sequence[Found]:
    """Reports whose card has every word that was typed, as it sounds, begun or with one slip; the nearest first.

    Numbers of four digits and more are looked for in telephone numbers, a reference in the reports' own. What was
    typed is kept nowhere; that somebody searched is recorded.
    """
    require(actor, Permission.READ_REPORTS)
    scores = _scores(typed, _shelf(actor), actor)
    best = sorted(scores, key=lambda report_id: -scores[report_id])[: most * 4]
    query = reports.visible_to(actor).where(Report.id.in_(best))
    found = [Found(report, scores[report.id]) for report in db.session.scalars(query)]
    with transaction() as session:
        audit.record(session, "reports.searched", actor, None, str(len(scores)))
    return sorted(found, key=lambda one: (-one.score, one.report.urgency, one.report.received_at))[:most]


def _shelf(actor: Member) -> list[tuple[UUID, dict[str, Any]]]:
    generation = _generation(actor)
    mine = sa.and_(Card.report_id == Report.id, Card.organisation_id == actor.organisation_id)
    query = reports.visible_to(actor).join(Card, mine).where(Card.generation == generation)
    rows = db.session.execute(query.with_only_columns(Card.report_id, Card.body_sealed))
    return list(keys.open_cards(actor.keyring, actor.organisation_id, generation, rows))


def _scores(typed: str, shelf: Sequence[tuple[UUID, dict[str, Any]]], actor: Member) -> dict[UUID, int]:
    wanted = list(dict.fromkeys(spellings.words(typed)))[:8]
    number = spellings.digits(typed)
    scores: dict[UUID, int] = defaultdict(int)
    if len(number) >= SHORTEST_NUMBER:
        for report_id, card in shelf:
            if any(number in one for one in card.get("numbers", ())):
                scores[report_id] += WHOLE
    if wanted:
        vocabulary = set(" ".join(card.get("words", "") for _, card in shelf).split())
        near = [_near(word, vocabulary) for word in wanted]
        for report_id, card in shelf:
            there = f" {card.get('words', '')} "
            points = [next((n for word, n in some if f" {word} " in there), 0) for some in near]
            if all(points):
                scores[report_id] += sum(points)
    return dict(scores)


def _near(wanted: str, vocabulary: Iterable[str]) -> list[tuple[str, int]]:
    """The words of a vocabulary that may be meant by one that was typed, and how near each is; the nearest first."""
    found = {}
    for word in vocabulary:
        if word == wanted:
            found[word] = WHOLE
        elif len(wanted) >= SHORTEST_START and word.startswith(wanted):
            found[word] = START
        elif len(wanted) >= SHORTEST_SLIP and abs(len(word) - len(wanted)) < 2 and spellings.near(word, wanted):
            found[word] = SLIP
    return sorted(found.items(), key=lambda one: -one[1])
