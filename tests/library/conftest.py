"""A phone in front of a library."""

import pytest
from flask import Flask

from tests.client import Client
from tests.library import books


@pytest.fixture
def library(app: Flask) -> Flask:
    """The program with every seed title published."""
    with app.app_context():
        books.publish()
    return app


@pytest.fixture
def client(library: Flask) -> Client:
    """Somebody's phone, without scripts."""
    return Client(library)
