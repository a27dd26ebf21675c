"""Closing a quarter: once, by whoever leads or keeps the figures, after its last day."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import periods
from pepa.errors import NotAllowed
from pepa.models.audit import AuditEntry
from tests.people import member

NOW = datetime(2026, 10, 1, 3, tzinfo=UTC)


@pytest.mark.both
def test_it_is_closed_once(context: Flask) -> None:
    with clock.frozen(NOW):
        periods.close(member("dian"), "2026-Q3")
        periods.close(member("hadi"), "2026-Q3")
        assert periods.is_closed("2026-Q3")
        (row,) = periods.closed()
    assert (row.closed_at, row.closed_by_id) == (NOW, member("dian").person_id)
    notes = db.session.scalars(sa.select(AuditEntry.note).where(AuditEntry.act == "period.closed")).all()
    assert notes == ["2026-Q3"]


@pytest.mark.parametrize("code", ["2026-Q4", "2027-Q1"])
def test_a_quarter_that_is_not_over_stays_open(context: Flask, code: str) -> None:
    with clock.frozen(NOW), pytest.raises(periods.NotOver):
        periods.close(member("hadi"), code)


def test_its_last_day_belongs_to_it(context: Flask) -> None:
    with clock.frozen(datetime(2026, 9, 30, 16, 59, tzinfo=UTC)), pytest.raises(periods.NotOver):
        periods.close(member("hadi"), "2026-Q3")


@pytest.mark.parametrize("login", ["ratna", "sekar", "joko", "nadia", "asep"])
def test_others_close_nothing(context: Flask, login: str) -> None:
    with clock.frozen(NOW), pytest.raises(NotAllowed):
        periods.close(member(login), "2026-Q3")
    assert not periods.is_closed("2026-Q3")
