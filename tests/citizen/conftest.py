"""Browsers for the citizens' wing."""

import pytest
from flask import Flask

from tests.client import Client


@pytest.fixture
def client(app: Flask) -> Client:
    """Somebody's phone, without scripts."""
    return Client(app)


@pytest.fixture
def alone(app: Flask) -> Client:
    """A phone that keeps no cookie."""
    return Client(app, cookies=False)
