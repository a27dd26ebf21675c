"""Many who write the same go in together; what is wrong with one is told to that one alone."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import db as database
from pepa.db import Crowd, Pen, db, transaction
from pepa.models.installation import Setting

pytestmark = pytest.mark.both


class Writing:
    """Settings that a crowd writes, and the lots in which they went in."""

    def __init__(self) -> None:
        self.lots: list[list[str]] = []
        self.hold = threading.Event()
        self.hold.set()
        self.crowd = Crowd(self.write)

    def write(self, pen: Pen, keys: Sequence[str]) -> None:
        self.hold.wait(10)
        pen.add([(Setting, {"key": key, "value": ""}) for key in keys])
        if "broken" in keys:
            raise sa.exc.OperationalError("insert", {}, Exception("away"))
        self.lots.append(list(keys))

    def all_at_once(self, app: Flask, keys: list[str]) -> dict[str, Exception | None]:
        """Each from a thread of its own; the first one is held until the others wait behind it."""

        def one(key: str) -> Exception | None:
            with app.app_context():
                try:
                    self.crowd(key)
                except Exception as error:
                    return error
                finally:
                    db.session.remove()
                return None

        self.hold.clear()
        with ThreadPoolExecutor(len(keys)) as pool:
            first = pool.submit(one, keys[0])
            while len(self.crowd._waiting) or not self.crowd._leading.locked():
                threading.Event().wait(0.005)
            rest = [pool.submit(one, key) for key in keys[1:]]
            while len(self.crowd._waiting) < len(keys) - 1:
                threading.Event().wait(0.005)
            self.hold.set()
            return dict(zip(keys, [future.result(20) for future in [first, *rest]], strict=True))


def stands(keys: list[str]) -> list[bool]:
    db.session.rollback()
    return [db.session.get(Setting, key) is not None for key in keys]


def test_alone_it_is_written_when_it_returns(context: Flask) -> None:
    writing = Writing()
    writing.crowd("k")
    assert stands(["k"]) == [True]
    assert writing.lots == [["k"]]


def test_those_who_wait_go_in_together(context: Flask) -> None:
    writing, keys = Writing(), [f"k{n}" for n in range(8)]
    assert set(writing.all_at_once(context, keys).values()) == {None}
    assert stands(keys) == [True] * 8
    assert [len(lot) for lot in writing.lots] == [1, 7], "one begin and one sync for seven"


def test_what_stands_already_is_told_to_the_one_whose_it_is(context: Flask) -> None:
    with transaction() as session:
        session.add(Setting(key="k3", value="before"))
    writing, keys = Writing(), [f"k{n}" for n in range(6)]
    told = writing.all_at_once(context, keys)
    assert isinstance(told.pop("k3"), sa.exc.IntegrityError)
    assert set(told.values()) == {None}
    assert stands(keys) == [True] * 6
    assert db.session.get_one(Setting, "k3").value == "before"


def test_a_database_that_fails_is_told_to_all_of_them_and_nothing_is_half_written(context: Flask) -> None:
    writing, keys = Writing(), ["k0", "k1", "broken", "k2"]
    told = writing.all_at_once(context, keys)
    assert told["k0"] is None
    assert {type(told[key]) for key in keys[1:]} == {sa.exc.OperationalError}
    assert stands(keys) == [True, False, False, False]
    writing.crowd("k1")
    assert stands(["k1"]) == [True], "and the next one is written as ever"


def test_whoever_waits_too_long_is_told_so_and_holds_nobody_up(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 100)
    writing = Writing()
    writing.hold.clear()

    def first() -> None:
        with context.app_context():
            writing.crowd("k0")
            db.session.remove()

    thread = threading.Thread(target=first)
    thread.start()
    while not writing.crowd._leading.locked() or writing.crowd._waiting:
        threading.Event().wait(0.005)
    with pytest.raises(sa.exc.TimeoutError):
        writing.crowd("k1")
    writing.hold.set()
    thread.join(10)
    writing.crowd("k2")
    assert stands(["k0", "k1", "k2"]) == [True, False, True]


def test_whoever_dies_while_leading_leaves_nobody_waiting(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    writing = Writing()
    with monkeypatch.context() as patch:
        patch.setattr(writing.crowd, "_write", die)
        with pytest.raises(Killed):
            writing.crowd("k0")
    writing.crowd("k1")
    assert stands(["k0", "k1"]) == [False, True]
