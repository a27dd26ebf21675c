"""The shelf: index cards of the reports that an organisation can open, and the search through them (vault.md § 6).

A report arrives with an empty card (generation 0); the first listing by an unlocked member fills it, and whatever is
added to the report empties it again. No list is kept between requests, no word of a report stands in the clear.
"""

import json
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from pepa.db import db, transaction
from pepa.domain import audit, boxes, keys, reports, spellings
from pepa.models.additions import Addition, RedFlag, dangers
from pepa.models.attachments import Attachment
from pepa.models.cards import Card
from pepa.models.messages import Message, Side
from pepa.models.organisations import Organisation
from pepa.models.reports import Report, Urgency, reference_of
from pepa.models.triages import Triage
from pepa.policy import Member, Permission, require

EMPTY = 0  # the generation of a card that nobody has filled yet: an organisation's first is 1
FILE = "file"  # beside the kinds of answers, in what was added
MOST = 50  # found in one search
REFERENCE = re.compile(r"(L-?)?[2-9A-HJ-NP-Z]{6}")
AT_ONCE = 200  # cards made in one request
MOST_WORDS = 200  # of one report
SEARCHED = ("hurt", "hurting", "place", "home", "others", "what", "text")  # names first: a long story comes last
SHORTEST_NUMBER = 4  # digits that were typed
WORDS, NUMBERS, BETWEEN = (b'"words":"', b'"'), (b'"numbers":[', b"]"), b" \n "
NAMED = (b'"named":"', b'"')


@dataclass(frozen=True)
class Found:
    """A report that a search found. score: the higher, the nearer to what was typed."""

    report: Report
    score: int


@dataclass(frozen=True)
class Marks:
    """What a list says of a report besides what stands in the clear.

    flags  dangers that were told, in the list's order
    added  kinds of what was added to it: `when`, `who`, `contact`, `file`
    """

    flags: Sequence[RedFlag] = ()
    added: frozenset[str] = frozenset()

    @property
    def is_part(self) -> bool:
        """ "Baru sebagian": something was added, but not yet when and where, or who and how dangerous it is."""
        return bool(self.added) and not self.added >= {"when", "who"}


def empty(organisation_id: UUID, report_id: UUID) -> boxes.Row:
    """The card of a report that an organisation has just been given, to be filled by whoever lists next."""
    values = {"organisation_id": organisation_id, "report_id": report_id, "generation": EMPTY, "body_sealed": b""}
    return boxes.Row(Card, values)


def empty_again(session: Session, report_id: UUID) -> None:
    """There is more to a report now: its cards are to be filled anew. In the transaction of the act."""
    emptied = {"generation": EMPTY, "body_sealed": b"", "emptied": Card.emptied + 1}
    session.execute(sa.update(Card).where(Card.report_id == report_id).values(emptied))


def take_away(session: Session, report_id: UUID, organisation_id: UUID) -> None:
    """An organisation may not see a report any more. In the transaction of the act."""
    session.execute(sa.delete(Card).where(Card.report_id == report_id, Card.organisation_id == organisation_id))


def complete(actor: Member, most: int = AT_ONCE, of: Sequence[UUID] | None = None) -> int:
    """Fill the cards of the actor's shelf that wait for it, at most so many; returns how many. It is not "read".

    of: only the cards of these reports

    A report that was tampered with gets a card without a word, and a line in the audit.
    """
    generation = keys.generation_of(actor.organisation_id)
    if actor.keyring.pair(actor.organisation_id, generation) is None:
        return 0
    waiting = (Card.organisation_id == actor.organisation_id, Card.generation != generation)
    query = reports.visible_to(actor).join(Card, Card.report_id == Report.id).where(*waiting).limit(most)
    query = query if of is None else query.where(Report.id.in_(of))
    rows = db.session.execute(query.add_columns(Card.emptied)).all()
    if not rows:
        return 0
    found, seen = [report for report, _ in rows], {report.id: emptied for report, emptied in rows}
    opened = boxes.open_all(actor, [report.box_id for report in found])
    sources = _sources(found)
    documents = {report.id: _document(opened.get(report.box_id), sources[report.id]) for report in found}
    for report_id in _with_files(found):
        if document := documents[report_id]:
            document["added"].append(FILE)
    sealed = {
        report_id: keys.seal_card(actor.keyring, actor.organisation_id, generation, report_id, document or {})
        for report_id, document in documents.items()
    }
    with transaction() as session:
        for report_id, emptied in seen.items():  # one that was added to meanwhile waits for the next
            place = (Card.organisation_id == actor.organisation_id, Card.report_id == report_id)
            filled = {"generation": generation, "body_sealed": sealed[report_id]}
            session.execute(sa.update(Card).where(*place, Card.emptied == emptied).values(filled))
        audit.record(session, "shelf.indexed", actor, actor.organisation_id, str(len(sealed)))
        for report_id, document in documents.items():
            if document is None:
                audit.record(session, "report.broken", actor, report_id)
    return len(sealed)


def is_behind(actor: Member) -> bool:
    """Whether cards of the actor's shelf still wait: what was found is then found among a part of the reports."""
    mine = sa.and_(Card.report_id == Report.id, Card.organisation_id == actor.organisation_id)
    waiting = reports.visible_to(actor).join(Card, mine).where(Card.generation != _present(actor))
    return db.session.scalar(waiting.with_only_columns(Card.report_id).limit(1)) is not None


def _present(actor: Member) -> sa.ScalarSelect[int]:
    """The organisation's present generation, for a query. It is read anew: an older shelf key opens older cards."""
    return sa.select(Organisation.generation).where(Organisation.id == actor.organisation_id).scalar_subquery()


Source = tuple[str, UUID, int, bytes]  # domain, row, epoch and sealed body of one thing about a report


def _sources(found: Sequence[Report]) -> dict[UUID, list[Source]]:
    """Whatever reporters wrote, by report: the report itself, its additions, their messages; then what was judged."""
    ids = [report.id for report in found]
    sources: dict[UUID, list[Source]] = {
        report.id: [("report", report.id, report.body_epoch, report.body_sealed)] for report in found
    }
    for row in db.session.scalars(sa.select(Addition).where(Addition.report_id.in_(ids))):
        sources[row.report_id].append(("addition", row.id, row.body_epoch, row.body_sealed))
    written = sa.select(Message).where(Message.report_id.in_(ids), Message.side == Side.REPORTER.value)
    for message in db.session.scalars(written):
        sources[message.report_id].append(("message", message.id, message.body_epoch, message.body_sealed))
    for judged in db.session.scalars(sa.select(Triage).where(Triage.report_id.in_(ids)).order_by(Triage.number)):
        sources[judged.report_id].append(("triage", judged.id, judged.body_epoch, judged.body_sealed))
    return sources


def _with_files(found: Sequence[Report]) -> set[UUID]:
    """Those of them that somebody added a file to."""
    ids = [report.id for report in found]
    return set(db.session.scalars(sa.select(Attachment.report_id).where(Attachment.report_id.in_(ids))))


def _document(box: boxes.OpenBox | None, sources: Sequence[Source]) -> dict[str, Any] | None:
    """What a search needs of a report; None where a part of it does not open."""
    if box is None:
        return None
    try:
        opened = [(source[0], boxes.open_body(box, *source)) for source in sources]
    except keys.Unopened:
        return None
    told = [document for domain, document in opened if domain != "triage"]
    judged = [document for domain, document in opened if domain == "triage" and document["kind"] == "judged"]
    texts = [str(document[name]) for name in SEARCHED for document in told if document.get(name)]
    words = dict.fromkeys(word for text in texts for word in spellings.words(text) if len(word) > 2)
    numbers = [number for document in told if (number := spellings.digits(str(document.get("phone") or "")))]
    flags = sorted(_flags(told, judged[-1] if judged else None))
    added = sorted({str(document["kind"]) for document in told if "kind" in document})
    named = dict.fromkeys(word for one in told for word in spellings.words(str(one.get("hurting") or "")))
    return {
        "words": " ".join(list(words)[:MOST_WORDS]),
        "numbers": numbers,
        "flags": flags,
        "added": added,
        "named": " ".join(list(named)[:MOST_WORDS]),
    }


def _flags(told: Sequence[dict[str, Any]], judged: dict[str, Any] | None) -> set[str]:
    """Dangers that an officer found, with those that were told after that; all that were told where nobody judged."""
    if judged is None:
        return {flag for document in told for flag in dangers(document)}
    since = datetime.fromisoformat(judged["at"])
    later = [one for one in told if one.get("at") and datetime.fromisoformat(one["at"]) > since]
    return {*judged["flags"], *(flag for document in later for flag in dangers(document))}


def marks_of(actor: Member, report_ids: Sequence[UUID]) -> dict[UUID, Marks]:
    """What the cards of these reports say, filling those that wait. A report without a card has no marks."""
    shelf = _shelf(actor, report_ids)
    if len(shelf) < len(report_ids) and complete(actor, of=report_ids):
        shelf = _shelf(actor, report_ids)
    return {report_id: _marks(card) for report_id, card in shelf}


def in_danger(actor: Member, which: sa.Select[Report]) -> Sequence[UUID]:
    """Those of these reports whose card tells a danger: every card is opened for it, as in a search."""
    complete(actor)
    return [report_id for report_id, text in _texts(actor, which) if b'"flags":["' in text]


def named(actor: Member, which: sa.Select[Report]) -> dict[UUID, frozenset[str]]:
    """What reporters called whoever hurts, as it sounds, of these reports; those that told nothing are left out."""
    complete(actor)
    found = ((report_id, _part(text, NAMED)) for report_id, text in _texts(actor, which))
    return {report_id: frozenset(json.loads(b'"%s"' % words).split()) for report_id, words in found if words}


def _marks(card: dict[str, Any]) -> Marks:
    told = card.get("flags", ())
    return Marks([flag for flag in RedFlag if flag in told], frozenset(card.get("added", ())))


def search(actor: Member, *, typed: str) -> Sequence[Found]:
    """Reports whose card has every word that was typed, as it sounds, begun or with one slip; the nearest first.

    Numbers of four digits and more are looked for in telephone numbers, a reference in the reports' own. What was
    typed is kept nowhere; that somebody searched is recorded.
    """
    require(actor, Permission.READ_REPORTS)
    complete(actor)
    texts = _texts(actor)
    scores = _by_reference(typed, texts) or _scores(typed, texts)
    best = sorted(scores, key=lambda report_id: (-scores[report_id], report_id))[: MOST * 4]
    with transaction() as session:
        audit.record(session, "reports.searched", actor, None, str(len(scores)))
    query = reports.visible_to(actor).where(Report.id.in_(best)).options(defer(Report.body_sealed))
    found = [Found(report, scores[report.id]) for report in db.session.scalars(query)]
    return sorted(found, key=_nearest_first)[:MOST]


def _nearest_first(found: Found) -> tuple[int, int, datetime, UUID]:
    report = found.report
    return -found.score, list(Urgency).index(report.urgency), report.received_at, report.id


Contents = dict[str, Any]  # of a card: words as they sound, numbers, dangers


def shelf(actor: Member) -> list[tuple[UUID, Contents]]:
    """Every card of the actor's shelf, opened; those that wait are filled first."""
    complete(actor)
    return _shelf(actor)


def _shelf(
    actor: Member, of: Sequence[UUID] | None = None, which: sa.Select[Report] | None = None
) -> list[tuple[UUID, dict[str, Any]]]:
    """Open cards; of: only these reports'; which: only those that this query finds."""
    generation, rows = _sealed(actor, of, which)
    return list(keys.open_cards(actor.keyring, actor.organisation_id, generation, rows)) if rows else []


Text = tuple[UUID, bytes]  # of which report, and its card as the JSON that it is


def _texts(actor: Member, which: sa.Select[Report] | None = None) -> list[Text]:
    """The same for whoever looks through all of them: to read ten thousand as JSON is most of the work."""
    generation, rows = _sealed(actor, None, which)
    return list(keys.read_cards(actor.keyring, actor.organisation_id, generation, rows)) if rows else []


def _sealed(
    actor: Member, of: Sequence[UUID] | None, which: sa.Select[Report] | None
) -> tuple[int, Sequence[tuple[UUID, bytes]]]:
    """The organisation's present generation, and its cards of that one; none where the actor cannot open them."""
    seen = reports.visible_to(actor) if which is None else which  # asked for ids alone, which an index has
    query = sa.select(Card.report_id, Card.body_sealed, Card.generation).where(
        Card.organisation_id == actor.organisation_id,
        Card.generation == _present(actor),
        Card.report_id.in_(seen.with_only_columns(Report.id)),
    )
    query = query if of is None else query.where(Card.report_id.in_(of))
    rows = db.session.connection().execute(query).all()
    if not rows or actor.keyring.pair(actor.organisation_id, rows[0].generation) is None:
        return EMPTY, []
    return rows[0].generation, [(report_id, sealed) for report_id, sealed, _ in rows]


def _by_reference(typed: str, texts: Sequence[Text]) -> dict[UUID, int]:
    """Whoever says a reference aloud means that one report and no other."""
    said = "".join(typed.split()).upper()
    if not REFERENCE.fullmatch(said):
        return {}
    return {report_id: spellings.WHOLE for report_id, _ in texts if reference_of(report_id) == f"L-{said[-6:]}"}


def _scores(typed: str, texts: Sequence[Text]) -> dict[UUID, int]:
    wanted = list(dict.fromkeys(spellings.words(typed)))[:8]
    number = spellings.digits(typed).encode()
    scores: dict[UUID, int] = defaultdict(int)
    if len(number) >= SHORTEST_NUMBER:
        for report_id, text in texts:
            if number in text and number in _part(text, NUMBERS):
                scores[report_id] += spellings.WHOLE
    if wanted:
        starts, whole = _end_to_end([_part(text, WORDS) for _, text in texts])
        points = [_points(word, starts, whole) for word in wanted]
        for card in set(points[0]).intersection(*points[1:]):
            scores[texts[card][0]] += sum(found[card] for found in points)
    return dict(scores)


def _part(text: bytes, part: tuple[bytes, bytes]) -> bytes:
    """What stands in a card between the marks of one part; none of them stands within a word or a number."""
    begins, ends = part
    at = text.find(begins) + len(begins)
    return text[at : text.find(ends, at)] if at >= len(begins) else b""


def _end_to_end(parts: Sequence[bytes]) -> tuple[list[int], bytes]:
    """The words of all cards as one text with a space before and after each, and where those of each card begin."""
    starts = list(accumulate((len(part) + len(BETWEEN) for part in parts), initial=0))
    return starts, b" " + BETWEEN.join(parts) + b" "


def _points(wanted: str, starts: Sequence[int], whole: bytes) -> dict[int, int]:
    """Which cards have a word that may be meant, by their places, and how near the nearest is."""
    found: dict[int, int] = {}
    for place, nearness in spellings.alike(wanted, whole):
        card = bisect(starts, place) - 1
        found[card] = max(nearness, found.get(card, 0))
    return found
