"""A moment goes in aware and comes out aware, the same on both databases."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.models.installation import Setting

pytestmark = pytest.mark.both


def test_the_same_moment_comes_back_in_utc(context: Flask) -> None:
    at = datetime(2026, 7, 1, 6, 59, 59, 123456, tzinfo=clock.JAKARTA)
    with transaction() as session:
        session.add(Setting(key="k", value="", changed_at=at))
    found = db.session.scalar(sa.select(Setting.changed_at).where(Setting.key == "k"))
    assert found == at
    assert found is not None
    assert found.tzinfo is UTC
    earlier = sa.select(Setting.key).where(Setting.changed_at < datetime(2026, 7, 1, tzinfo=UTC), Setting.key == "k")
    assert db.session.scalar(earlier) == "k", "compared as a moment, not as text"


def test_a_naive_time_is_refused(context: Flask) -> None:
    with pytest.raises(sa.exc.StatementError, match="a naive time"), transaction() as session:
        session.add(Setting(key="k", value="", changed_at=datetime(2026, 7, 1)))  # noqa: DTZ001
    with pytest.raises(sa.exc.StatementError, match="a naive time"):
        db.session.scalar(sa.select(Setting).where(Setting.changed_at < datetime(2026, 7, 1)))  # noqa: DTZ001


def test_no_time_is_no_time(context: Flask) -> None:
    assert db.session.scalars(sa.select(Setting.changed_at)).first() is None
