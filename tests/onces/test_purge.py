"""A form's mark is kept for thirty days: until then a second sending answers like the first."""

from datetime import timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import onces, reporters
from pepa.models.installation import Once
from tests.people import tell

pytestmark = pytest.mark.both


def test_sent_again_within_a_month_it_writes_nothing_new(context: Flask) -> None:
    reporter, now = tell(), clock.now()
    first = reporters.write(reporter, text="Isi", once="a")
    (row,) = db.session.query(Once).filter_by(made_id=first)
    assert row.made_at == clock.hour(now)
    with clock.frozen(now + timedelta(days=29)):
        onces.purge()
        assert reporters.write(reporter, text="Isi", once="a") == first
    with clock.frozen(now + timedelta(days=31)):
        assert onces.purge() >= 1
        assert reporters.write(reporter, text="Isi", once="a") != first
