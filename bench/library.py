"""The library with a thousand titles: its index, and a search by what people type."""

import random
import statistics
import time
from collections.abc import Callable

from bench.tables import Table, within
from pepa.domain import blocks
from pepa.domain.blocks import Heading
from pepa.domain.finding import Index, Text
from pepa.seeds import titles

TITLES, TIMES = 1_000, 15
MOST = 40  # milliseconds
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
    begun = time.perf_counter()
    index = Index(texts)
    first = (time.perf_counter() - begun) * 1000
    rows = [["(the index, every text read)", f"{first:.0f}", ""]]
    rows.append(
        ["(the index, one text new)", f"{_milliseconds(lambda: Index([*texts[1:], _changed(texts[0])])):.0f}", ""]
    )
    for typed in TYPED:
        ms = _milliseconds(lambda typed=typed: index.search(typed))  # type: ignore[misc]
        rows.append([typed, f"{ms:.1f}", within(ms, MOST, " ms")])
    letters = sum(len(text.body) for text in texts) // len(texts)
    return [
        Table(
            f"A search among {TITLES:,} titles",
            ("typed", "ms", "aim"),
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


def _changed(text: Text) -> Text:
    return Text(text.id, text.title, text.headings, f"{text.body} {time.perf_counter_ns()}")


def _milliseconds(do: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        do()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000
