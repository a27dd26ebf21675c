"""The program on a database that does not always answer."""

from collections.abc import Iterator

import pytest
from flask import Flask

from pepa import db as database
from pepa.config import Config
from tests.installations import opened


@pytest.fixture
def hasty(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The program, less patient with a locked database than a test may wait."""
    monkeypatch.setitem(database.SQLITE_PRAGMAS, "busy_timeout", 200)
    monkeypatch.setattr(database, "PATIENCE", 200)
    with opened(config) as app, app.app_context():
        yield app
