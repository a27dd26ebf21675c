"""A cadre's phone, with its card open."""

import pytest
from flask import Flask

from tests import shelf
from tests.client import Client
from tests.outreach.evenings import carded


@pytest.fixture
def phone(app: Flask) -> Client:
    """A browser in which a card is open, by the pages that people use; title 90 is published."""
    with app.app_context():
        shelf.title()
        code, pin = carded()
    client = Client(app)
    client.open(f"/k/{code}")
    page = client.submit("Buka", pin=pin)
    assert page.h1 == "Kegiatan saya"
    return client
