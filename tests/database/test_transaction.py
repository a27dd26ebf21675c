"""One write transaction: the lock first, whole or not at all, no lost update."""

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.config import Config
from pepa.db import db, transaction
from pepa.models.installation import Setting
from tests import processes
from tests.database import writers

both = pytest.mark.both


def _value(key: str) -> str | None:
    found = db.session.scalar(sa.select(Setting.value).where(Setting.key == key))
    db.session.rollback()
    return found


@both
def test_no_update_is_lost_between_processes_and_threads(config: Config, context: Flask) -> None:
    """Cases A03; both databases' defaults lose most of these (docs/adr/0002)."""
    with transaction() as session:
        session.add(Setting(key="counter", value="0"))
    committed = processes.both(config, writers.count, 4)
    assert committed == [4 * writers.TURNS] * 2
    assert _value("counter") == str(2 * 4 * writers.TURNS)


@both
def test_a_failure_takes_everything_back(context: Flask) -> None:
    def fail() -> None:
        with transaction() as session:
            session.add(Setting(key="half", value=""))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert _value("half") is None
    with transaction() as session:
        session.add(Setting(key="half", value="whole"))
    assert _value("half") == "whole"


@both
def test_what_was_read_before_is_read_again_inside(context: Flask) -> None:
    with transaction() as session:
        session.add(Setting(key="seen", value="old"))
    row = db.session.get_one(Setting, "seen")
    assert row.value == "old"
    with db.engine.connect().execution_options(writes=True) as other, other.begin():
        other.execute(sa.update(Setting).where(Setting.key == "seen").values(value="new"))
    with transaction():
        assert row.value == "new"


@both
def test_a_second_writer_waits_for_the_first(context: Flask) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        with context.app_context():
            assert inside.wait(10)
            with transaction():
                order.append("second")
            db.session.remove()

    other = threading.Thread(target=second)
    other.start()
    with transaction() as session:
        session.add(Setting(key="first", value=""))
        session.flush()
        inside.set()
        other.join(0.3)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]


@both
def test_a_reader_does_not_wait(context: Flask) -> None:
    with transaction() as session:
        session.add(Setting(key="unseen", value=""))
        session.flush()
        with db.engine.connect() as reader:
            assert reader.scalar(sa.select(Setting.value).where(Setting.key == "unseen")) is None


def test_only_writers_take_sqlites_lock(context: Flask) -> None:
    begun: list[str] = []

    @sa.event.listens_for(db.engine, "before_cursor_execute")
    def hear(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    db.session.scalar(sa.select(Setting.key))
    with transaction() as session:
        session.scalar(sa.select(Setting.key))
    db.session.scalar(sa.select(Setting.key))
    sa.event.remove(db.engine, "before_cursor_execute", hear)
    assert begun == ["BEGIN", "BEGIN IMMEDIATE", "BEGIN"]
