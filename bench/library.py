"""The library with a thousand titles: its index, and a search by what people type."""

import random
import statistics
import time
from collections.abc import Callable

from werkzeug.test import Client

from bench.served import installation
from bench.tables import Table, within
from pepa import clock
from pepa.db import Kept, transaction
from pepa.domain import blocks
from pepa.domain.blocks import Heading
from pepa.domain.finding import Index, Text
from pepa.models.titles import Edition, Title
from pepa.seeds import titles
from tests.installations import opened

TITLES, TIMES = 1_000, 15
MOST = 40  # milliseconds
HOST = "https://localhost"
TYPED = (
    "kdrt",
    "anak-anak",
    "ibu RT",
    "dipukuli suami di rumah",
    "kekersan seksual",
    "cara melapor kekerasan dalam rumah tangga",
    "yang",
    "wiragunawati",
)


def measure() -> list[Table]:
    texts = _thousand()
    begun = time.process_time()
    index = Index(texts)
    first = (time.process_time() - begun) * 1000
    rows = [["(the index, every text read)", f"{first:.0f}", ""]]
    rows.append(
        ["(the index, one text new)", f"{_milliseconds(lambda: Index([*texts[1:], _changed(texts[0])])):.0f}", ""]
    )
    for typed in TYPED:
        ms = _milliseconds(lambda typed=typed: index.search(typed))  # type: ignore[misc]
        rows.append([typed, f"{ms:.1f}", within(ms, MOST, " ms")])
    rows += _pages()
    letters = sum(len(text.body) for text in texts) // len(texts)
    return [
        Table(
            f"A search among {TITLES:,} titles",
            ("typed", "ms of processor", "aim"),
            rows,
            f"{letters:,} letters each, sentences of the seed titles shuffled; medians of {TIMES}. The index is made "
            "when a title is published, not when one is looked for.",
        )
    ]


def _thousand() -> list[Text]:
    """Titles as long as real ones, with words of their own: a place and a name each."""
    dice, seeds = random.Random(7), titles.every()
    said = [blocks.plain(text, {}) for each in seeds for block in each.body for text in blocks.texts(block)]
    names = [each.front.title for each in seeds]
    own = ["".join(dice.choice("aiueobcdgjklmnprst") for _ in range(dice.randint(4, 10))) for _ in range(4 * TITLES)]
    return [
        Text(
            number,
            f"{dice.choice(names)} {own[number]}",
            " ".join(block.text for block in dice.choice(seeds).body if isinstance(block, Heading)),
            " ".join([*dice.sample(said, 70), *dice.sample(own, 20)]),
        )
        for number in range(1, TITLES + 1)
    ]


def _pages() -> list[list[str]]:
    """The list's page in one process, with a thousand titles in the database."""
    with installation() as config, opened(config) as app:
        Kept.seconds = 60.0
        with app.app_context():
            _fill()
        client = Client(app)
        found = []
        for path in ("/edukasi", "/edukasi?q=kekersan+seksual&untuk=kader", "/b/5"):
            client.get(path, base_url=HOST)
            ms = _milliseconds(lambda path=path: client.get(path, base_url=HOST))  # type: ignore[misc]
            found.append([f"(the page {path})", f"{ms:.1f}", within(ms, MOST, " ms")])
        return found


def _fill() -> None:
    now, seeds = clock.now(), titles.every()
    with transaction() as session:
        for number, text in enumerate(_thousand(), 1001):
            session.add(Title(id=number, slug=f"judul-{number}", kind="artikel"))
            session.add(
                Edition(
                    title_id=number,
                    number=1,
                    state="published",
                    title=text.title[:120],
                    audience=" ".join(seeds[number % 18].front.audience),
                    topics=" ".join(seeds[number % 18].front.topics),
                    minutes=5 + number % 5,
                    body=text.body.replace("{", "").replace("}", ""),
                    reviewers="kantor",
                    due_months=12,
                    changed_at=now,
                    published_at=now,
                )
            )


def _changed(text: Text) -> Text:
    return Text(text.id, text.title, text.headings, f"{text.body} {time.perf_counter_ns()}")


def _milliseconds(do: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(TIMES):
        begun = time.process_time()
        do()
        times.append(time.process_time() - begun)
    return statistics.median(times) * 1000
