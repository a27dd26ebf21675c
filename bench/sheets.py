"""What is made of a title: how long it takes from its text to files in the database, and how large they are."""

import statistics
import time
from collections.abc import Callable

import sqlalchemy as sa

from bench.served import installation
from bench.tables import Table, within
from pepa.db import db, transaction
from pepa.domain import printers, sheets
from pepa.domain.documents import Format
from pepa.models.installation import Setting
from pepa.models.outputs import Output
from tests.installations import opened
from tests.sheets.samples import every

TIMES, STORY, ARTICLE = 5, 6, 1
MOST, LARGEST = 5.0, 400.0  # seconds for a title, kilobytes of the library
BASE = "https://pepa.example"


def measure() -> list[Table]:
    with installation() as config, opened(config) as app, app.app_context():
        sheets.can_print()  # asked once in the life of a process
        floor = _seconds(lambda: printers._ask({"probe": True}))
        rows = [["a child that prints one empty page", f"{floor:.2f}", "1.0", ""]]
        for name, title_id, more in (
            ("an article", ARTICLE, "no"),
            ("a story of eight pictures", STORY, "no"),
            ("the same with A3, A5 and EPUB", STORY, "yes"),
        ):
            with transaction() as session:
                session.merge(Setting(key="outputs_more", value=more))
            taken = _seconds(lambda title_id=title_id: sheets.build(title_id, BASE))  # type: ignore[misc]
            rows.append([name, f"{taken:.2f}", f"{taken / floor:.1f}", within(taken, MOST, " s")])
        db.session.rollback()
        sizes = db.session.execute(
            sa.select(Output.format, Output.size, Output.pages).where(Output.title_id == STORY, Output.language == "id")
        ).all()
    begun = time.perf_counter()
    pack = len(printers.pack(list(every().values()))) / 1000
    taken = time.perf_counter() - begun
    order = list(Format)
    kinds = [
        [Format(form).label, f"{size / 1000:.1f}", str(pages or "")]
        for form, size, pages in sorted(sizes, key=lambda row: order.index(Format(row[0])))
    ]
    return [
        Table(
            "From a text to its files",
            ("title", "seconds", "of an empty page", "aim"),
            rows,
            f"From the rows of a title to those of its outputs, medians of {TIMES}; a child is started each time.",
        ),
        Table(
            "All seed titles in one file",
            ("titles", "kB", "seconds", "aim"),
            [[str(len(every())), f"{pack:.0f}", f"{taken:.2f}", within(pack, LARGEST, " kB")]],
        ),
        Table("Files of a story of eight pictures", ("output", "kB", "pages"), kinds),
    ]


def _seconds(job: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        assert job()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)
