"""B25: a row edited, deleted, reordered, a tail cut off, a whole database put back a day: each is found."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import anchors, audit, installation
from pepa.domain.faults import Fault
from pepa.models.anchors import Anchor
from pepa.models.audit import AuditEntry, AuditHead, Chain
from tests.people import tell

SEVEN = datetime(2026, 12, 7, 0, 0, tzinfo=UTC)


@pytest.fixture
def paper(context: Flask) -> tuple[str, int]:
    """What stands on paper since this morning; since then more was done."""
    tell()
    with clock.frozen(SEVEN):
        anchors.make()
    one = db.session.scalars(sa.select(Anchor)).one()
    said = one.words, one.rows
    tell()
    work(3)
    return said


def work(times: int) -> None:
    with transaction() as session:
        for _ in range(times):
            audit.record(session, "session.locked", None)


def check(app: Flask, *more: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["pepa", "check", *more])
    return done.exit_code, done.output


def asked(app: Flask, paper: tuple[str, int], *more: str) -> str:
    return check(app, "--anchor", paper[0], "--rows", str(paper[1]), *more)[1]


@pytest.mark.both
def test_the_past_of_the_paper_is_still_here(context: Flask, paper: tuple[str, int]) -> None:
    words, rows = paper
    assert anchors.faults() == []
    holds, says = anchors.compare(words, rows)
    assert holds, says
    assert f"still holds these {rows} rows" in says
    shortened = ", ".join(word[:4].upper() for word in words.split())
    assert anchors.compare(shortened, rows)[0], "as somebody's hand wrote it"
    assert anchors.compare(words, rows, SEVEN.date())[0]


def test_the_words_and_the_number_belong_together(context: Flask, paper: tuple[str, int]) -> None:
    words, rows = paper
    assert not anchors.compare(words, rows + 1)[0]
    assert not anchors.compare("kambing " * 6, rows)[0]
    assert words in anchors.compare("kambing " * 6, rows, SEVEN.date())[1], "of that day it says"
    assert "no anchor of 2026-12-01" in anchors.compare("kambing " * 6, rows, SEVEN.date() - timedelta(days=6))[1]
    assert not anchors.compare(words, 10**9)[0]
    assert not anchors.compare(words, -1)[0]


def _edited() -> sa.Executable:
    return sa.update(AuditEntry).where(AuditEntry.number == 2).values(note="another")


def _deleted() -> sa.Executable:
    return sa.delete(AuditEntry).where(AuditEntry.number == 2)


def _cut() -> sa.Executable:
    newest = sa.select(sa.func.max(AuditEntry.number)).where(AuditEntry.chain == Chain.STAFF).scalar_subquery()
    return sa.delete(AuditEntry).where(AuditEntry.chain == Chain.STAFF, AuditEntry.number == newest)


def _all_cut() -> sa.Executable:
    return sa.delete(AuditEntry).where(AuditEntry.chain == Chain.ANONYMOUS)


FOUND: dict[str, tuple[Callable[[], sa.Executable], str]] = {
    "edited": (_edited, "link 2 was changed or cut out"),
    "deleted": (_deleted, "link 2 was changed or cut out"),
    "cut": (_cut, "chain staff: its newest links were cut off"),
    "all cut": (_all_cut, "chain anonymous: its newest links were cut off"),
}


@pytest.mark.parametrize("name", FOUND)
def test_the_chain_finds(context: Flask, paper: tuple[str, int], name: str) -> None:
    assert "Audit chain" not in check(context)[1]
    act, says = FOUND[name]
    with transaction() as session:
        session.execute(act())
    code, told = check(context)
    assert code == 1
    assert says in told


def test_the_chain_finds_two_that_changed_places(context: Flask, paper: tuple[str, int]) -> None:
    for now, then in ((2, 10**6), (3, 2), (10**6, 3)):
        with transaction() as session:
            here = (AuditEntry.chain == Chain.STAFF, AuditEntry.number == now)
            session.execute(sa.update(AuditEntry).where(*here).values(number=then))
    assert "chain staff: link 2 was changed" in check(context)[1]


def test_a_head_that_is_put_back_with_the_tail_does_not_fit(context: Flask, paper: tuple[str, int]) -> None:
    """Nobody without the server key can sign an older link as the newest one."""
    with transaction() as session:
        session.execute(_cut())
        session.execute(sa.update(AuditHead).where(AuditHead.chain == Chain.STAFF).values(number=AuditHead.number - 1))
    assert audit.is_cut(Chain.STAFF)
    with transaction() as session:
        session.execute(sa.delete(AuditHead))
    assert audit.is_cut(Chain.STAFF)


def test_what_was_recorded_before_there_were_heads_is_signed_when_it_comes_forward(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.update(AuditHead).values(number=0, mac=b""))
    assert all(audit.is_cut(chain) for chain in Chain)
    installation.came_forward("0027")
    assert all(audit.is_cut(chain) for chain in Chain), "only from before there were heads"
    installation.came_forward("0023")
    assert not any(audit.is_cut(chain) for chain in Chain)
    with transaction() as session:
        session.execute(_all_cut())
    assert audit.is_cut(Chain.ANONYMOUS)


def test_an_anchor_that_was_taken_away_is_missed(context: Flask, paper: tuple[str, int]) -> None:
    with transaction() as session:
        session.execute(sa.delete(Anchor))
    assert anchors.faults() == [Fault("chain.gone", values={"day": "07-12-2026"})]


def test_a_tail_cut_below_an_anchor_shows_in_the_anchor_too(context: Flask, paper: tuple[str, int]) -> None:
    with transaction() as session:
        session.execute(sa.delete(AuditEntry).where(AuditEntry.chain == Chain.STAFF, AuditEntry.number > 3))
    assert anchors.faults() == [Fault("chain.anchor", values={"day": "07-12-2026"})]


def test_a_whole_database_put_back_a_day_is_found_by_the_paper(app: Flask, config: Config, tmp_path: Path) -> None:
    """Nothing in it is wrong: it was so, yesterday. Whoever kept the paper knows that there was more."""
    file = Path(config.database_url.removeprefix("sqlite:///"))
    older = tmp_path / "yesterday.db"
    with app.app_context():
        db.session.remove()
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(older)) as copy:
            source.backup(copy)
        work(5)
        with clock.frozen(SEVEN):
            anchors.make()
        one = db.session.scalars(sa.select(Anchor)).one()
        paper = one.words, one.rows
        assert "still holds" in asked(app, paper)
        db.session.remove()
        db.engine.dispose()
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()
    shutil.copy(older, file)
    with app.app_context():
        assert "Audit chain" not in check(app)[1]
        assert "an older database was put back" in asked(app, paper)
        assert "an older database was put back" in asked(app, paper, "--day", "2026-12-07")
        work(paper[1])  # and worked on, until there are as many rows as ever
        assert "it is another past than the paper's" in asked(app, paper)
        assert "no anchor of 2026-12-07 stands here" in asked(app, paper, "--day", "2026-12-07")


def test_both_halves_of_the_paper_are_asked_for(context: Flask) -> None:
    code, told = check(context, "--rows", "3")
    assert code == 2
    assert "go together" in told
