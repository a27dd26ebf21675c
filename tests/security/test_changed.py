"""A sealed value that was changed or moved opens nowhere, and says no more than where it was (cases B03, B04)."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import db as database
from pepa import storage
from pepa.config import Config
from pepa.db import db
from pepa.domain.keys import KeysUnsound
from pepa.errors import NotFound
from pepa.models import TABLES
from pepa.vault.secret import Broken
from tests.installations import opened
from tests.security.journey import TYPED, Journey, journey
from tests.security.sealed import Place, places

SAMPLES = 24
NOTHING_MORE = re.compile(r"[a-z ]{0,20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def quick(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The program on an installation that never waits for the disk."""
    monkeypatch.setitem(database.SQLITE_PRAGMAS, "synchronous", 0)
    monkeypatch.setattr(storage.os, "fsync", lambda handle: None)
    with opened(config) as app, app.app_context():
        yield app


@pytest.fixture
def done(quick: Flask, config: Config) -> Journey:
    return journey(config)


@pytest.fixture
def sealed(done: Journey, config: Config) -> list[Place]:
    return places(config, done)


def is_closed(place: Place) -> bool:
    """Whether the value does not open now. What is raised names a row or a word, and carries nothing along."""
    try:
        return place.opened() is None
    except (Broken, KeysUnsound, NotFound) as closed:
        says_no_more(closed)
        return True


def says_no_more(closed: BaseException) -> None:
    if isinstance(closed, Broken):
        assert NOTHING_MORE.fullmatch(str(closed)), str(closed)
    carried: BaseException | None = closed
    while carried is not None:
        assert not any(word in repr(carried) for word in TYPED)
        carried = carried.__context__


def positions(length: int) -> list[int]:
    """The first and last bytes (format, nonce, tag) and some between."""
    edges = {*range(min(4, length)), *range(max(0, length - 4), length)}
    return sorted(edges | set(range(0, length, max(1, length // SAMPLES))))


def test_every_sealed_column_is_tried_here(sealed: list[Place]) -> None:
    named = {f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns}
    assert {place.name for place in sealed} == {name for name in named if name.endswith("_sealed")}
    for place in sealed:
        assert place.opened() is not None, f"{place.name} opens before anything is changed"


def test_a_flipped_bit_anywhere_closes_it(sealed: list[Place]) -> None:
    for place in sealed:
        whole = place.read()
        for at in positions(len(whole)):
            changed = bytearray(whole)
            changed[at] ^= 1 << (at % 8)
            place.write(bytes(changed))
            assert is_closed(place), f"{place.name} opens with byte {at} changed"
        place.write(whole)
        assert place.opened() is not None, f"{place.name} opens again, put right"


def test_cut_longer_or_emptied_it_is_closed(sealed: list[Place]) -> None:
    for place in sealed:
        whole = place.read()
        for changed in (b"", whole[:1], whole[: len(whole) // 2], whole[:-1], whole + b"\0", whole * 2, whole[1:]):
            place.write(changed)
            assert is_closed(place), f"{place.name} opens as {len(changed)} bytes of {len(whole)}"
        place.write(whole)


def test_moved_to_another_row_column_box_or_person_it_is_closed(
    sealed: list[Place], done: Journey, config: Config
) -> None:
    """Every sealed value of this report, and of another one with another officer, in each place."""
    others = places(config, journey(config, "bayu", done.recovery))
    donors = [(f"own {place.name}", place.read()) for place in sealed]
    donors += [(f"another's {place.name}", place.read()) for place in others]
    opens = []
    for number, place in enumerate(sealed):
        whole = place.read()
        for donor, value in donors:
            if value == whole:
                continue
            place.write(value)
            if not is_closed(place):
                opens.append(f"{donor} in {place.name} #{number}")
        place.write(whole)
    assert not opens
    assert all(place.opened() is not None for place in sealed)


def test_said_to_be_of_another_epoch_it_is_closed(sealed: list[Place]) -> None:
    for place in sealed[:3]:
        table = TABLES[place.table]
        before = db.session.scalar(sa.select(table.c.body_epoch).where(place.where))
        for epoch in [*({0, 1, 2, 3} - {before}), before]:
            db.session.rollback()
            with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
                connection.execute(sa.update(table).where(place.where).values(body_epoch=epoch))
            assert is_closed(place) is (epoch != before), f"{place.name} said to be of epoch {epoch}"
