"""Every connection is set up alike (cases A03), and says so itself."""

from contextlib import ExitStack

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.config import Config
from pepa.db import SQLITE_PRAGMAS, db, transaction
from pepa.domain import readiness
from pepa.models.installation import Setting

THREADS = 16  # of each process, as it is shipped
MEANT = {
    "auto_vacuum": 2,
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "busy_timeout": 15000,
}


def _read(connection: sa.Connection) -> dict[str, object]:
    return {name: connection.scalar(sa.text(f"pragma {name}")) for name in MEANT}


def test_each_connection_of_the_pool_is_set_up(context: Flask) -> None:
    with ExitStack() as held:
        connections = [held.enter_context(db.engine.connect()) for _ in range(THREADS)]
        assert len({id(connection.connection.driver_connection) for connection in connections}) == THREADS
        assert [_read(connection) for connection in connections] == [MEANT] * THREADS
    assert db.engine.pool.checkedin() == THREADS, "each of them is kept, not opened anew for each request"  # type: ignore[attr-defined]


def test_the_file_itself_keeps_what_must_stand_before_the_first_table(context: Flask) -> None:
    """auto_vacuum cannot be turned on later; a database that was made without it never gives a page back."""
    db.session.remove()
    db.engine.dispose()
    with sa.create_engine(db.engine.url).connect() as plain:
        assert plain.scalar(sa.text("pragma auto_vacuum")) == 2
        assert plain.scalar(sa.text("pragma journal_mode")) == "wal"
    plain.engine.dispose()


def test_a_check_reads_them_back(context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    assert readiness.faults(config) == []
    monkeypatch.setitem(SQLITE_PRAGMAS, "synchronous", 3)
    monkeypatch.setitem(SQLITE_PRAGMAS, "secure_delete", 0)
    found = [(fault.code, *fault.values.values()) for fault in readiness.faults(config)]
    assert found == [("database.pragma", "synchronous", 2), ("database.pragma", "secure_delete", 1)]


def test_a_new_connection_does_not_wait_for_a_writer(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Setting auto_vacuum, even to what it is, would take the write lock: whoever waits for none would be refused."""
    with transaction() as session:
        session.execute(sa.update(Setting).values(value="x"))
        monkeypatch.setitem(SQLITE_PRAGMAS, "busy_timeout", 0)
        with db.engine.connect() as other:
            assert other.scalar(sa.text("pragma busy_timeout")) == 0, "a new one"
            assert other.scalar(sa.select(sa.func.count()).select_from(Setting).where(Setting.value == "x")) == 0


def test_a_foreign_key_holds(context: Flask) -> None:
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text("update kelurahan set kecamatan_code = 'nowhere'"))
