"""The shelf of an office with ten thousand sealed reports: a search through all of its cards."""

import random
import statistics
import time
from collections.abc import Sequence

import sqlalchemy as sa

from bench.growth import fill
from bench.served import installation
from bench.tables import Table, within
from pepa.db import db, transaction
from pepa.domain import cards, inbox, keys, spellings
from pepa.models.cards import Card
from pepa.models.organisations import Organisation
from pepa.models.reports import Report
from pepa.policy import Member
from tests.installations import opened
from tests.people import member, office

REPORTS, WORDS, TIMES = 10_000, 60, 9
MOST = 400  # milliseconds
TYPED = ("Sity Aminah", "moh. rizki", "0812 0000 7777", "kenarri", "bu dewi di lontar yang dulu")
NAMES = "Siti Aminah Dewi Ratna Djoko Muhammad Rizki Agus Sri Wulan Ani Budi Tini Yanti Eko Hendra Lilis Nur Fitri Novi"


def measure() -> list[Table]:
    with installation() as config, opened(config) as app, app.app_context():
        actor = member("ratna")
        fill(office(), 0, REPORTS)
        _index(actor)
        assert len(cards._texts(actor)) >= REPORTS
        rows = [[typed, f"{(ms := _milliseconds(actor, typed)):.0f}", within(ms, MOST, " ms")] for typed in TYPED]
        begun = time.perf_counter()
        inbox.list_for(actor)
        rows.append(["(the list alone)", f"{(time.perf_counter() - begun) * 1000:.1f}", ""])
    return [
        Table(
            f"A search through {REPORTS:,} sealed reports",
            ("typed", "ms", "aim"),
            rows,
            f"Every card is opened in each request, {WORDS} words each; medians of {TIMES}. No list is kept.",
        )
    ]


def _index(actor: Member) -> None:
    dice, sounds = random.Random(7), "aiueobcdgjklmnprst"
    common = ["".join(dice.choice(sounds) for _ in range(dice.randint(3, 9))) for _ in range(6000)]
    names = [word for name in NAMES.split() for word in spellings.words(name)]
    db.session.rollback()  # what was read before the rows came is another state of the database
    generation = db.session.get_one(Organisation, actor.organisation_id).generation
    rows = []
    for report_id in db.session.scalars(sa.select(Report.id)):
        words = [*dice.choices(common, k=WORDS - 3), *dice.choices(names, k=3)]
        document = {
            "words": " ".join(dict.fromkeys(words)),
            "numbers": [f"08{dice.randrange(10**10):010}"],
            "flags": [],
        }
        sealed = keys.seal_card(actor.keyring, actor.organisation_id, generation, report_id, document)
        rows.append(
            {
                "organisation_id": actor.organisation_id,
                "report_id": report_id,
                "generation": generation,
                "body_sealed": sealed,
            }
        )
    with transaction() as session:
        session.execute(sa.delete(Card).where(Card.organisation_id == actor.organisation_id))
        session.execute(sa.insert(Card), rows)


def _milliseconds(actor: Member, typed: str) -> float:
    times: list[float] = []
    for _ in range(TIMES):
        db.session.rollback()
        db.session.expunge_all()
        begun = time.perf_counter()
        found: Sequence[cards.Found] = cards.search(actor, typed=typed)
        times.append(time.perf_counter() - begun)
        assert len(found) <= 50
    return statistics.median(times) * 1000
