"""What can be wrong with the database while somebody sends or leaves."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from pepa.config import Config
from pepa.db import db


def file_of(config: Config) -> Path:
    return Path(config.database_url.removeprefix("sqlite:///"))


@contextmanager
def locked(config: Config) -> Iterator[None]:
    """Another process has the write lock and does not give it back."""
    with closing(sqlite3.connect(file_of(config), isolation_level=None)) as other:
        other.execute("begin immediate")
        yield


@contextmanager
def read_only(config: Config) -> Iterator[None]:
    """As on a disk that was mounted again to be read only."""

    @sa.event.listens_for(db.engine, "begin")
    def refuse(connection: sa.Connection) -> None:
        connection.exec_driver_sql("pragma query_only=1")

    yield
    sa.event.remove(db.engine, "begin", refuse)
    db.session.remove()
    db.engine.dispose()


@contextmanager
def full(config: Config) -> Iterator[None]:
    """The database's disk takes no page more."""
    db.session.remove()

    @sa.event.listens_for(db.engine, "begin")
    def refuse(connection: sa.Connection) -> None:
        connection.exec_driver_sql("pragma max_page_count=1")

    yield
    sa.event.remove(db.engine, "begin", refuse)
    db.session.remove()
    db.engine.dispose()


Trouble = Callable[[Config], AbstractContextManager[None]]
TROUBLES: dict[str, Trouble] = {"locked": locked, "read only": read_only, "full": full}
