"""Two sheets tried twice a year: everything opens, nothing changes, and whoever answers for it is reminded."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db
from pepa.domain import keys, outbox, readiness, recovery, rescues
from pepa.domain.faults import Fault
from pepa.models.audit import AuditEntry
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.recovery import RecoveryKey, RecoveryWrap
from tests.people import office
from tests.recovery.sets import confirmed, logs_in

LATER = timedelta(days=183)


def told() -> list[str]:
    query = sa.select(Person.login).join(OutboxRow).where(OutboxRow.notice == outbox.Notice.DRILL)
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def overdue(config: Config) -> list[Fault]:
    return [fault for fault in readiness.faults(config) if fault.code == "sheets.due"]


@pytest.mark.both
def test_it_opens_everything_and_notes_the_day(context: Flask, config: Config, database: str) -> None:
    pair = confirmed(config)
    logs_in("ratna")
    before = db.session.scalars(sa.select(RecoveryWrap.secret_sealed)).all()
    with clock.frozen(clock.now() + LATER):
        assert rescues.try_out(pair) == 2, "the server key and the office's"
        found = rescues.status()
        assert found
        assert found.drilled_at == clock.now()
    db.session.rollback()
    assert db.session.scalars(sa.select(RecoveryWrap.secret_sealed)).all() == before
    acts = list(db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.act.like("recovery.%"))))
    assert acts[-1] == "recovery.tried"


def test_what_does_not_open_is_no_try(context: Flask, config: Config) -> None:
    pair = confirmed(config)
    logs_in("ratna")
    made = rescues.status()
    with db.engine.begin() as connection:
        connection.execute(sa.update(RecoveryWrap).values(secret_sealed=b"x" * 80))
    db.session.rollback()
    with pytest.raises(keys.KeysUnsound):
        rescues.try_out(pair)
    with pytest.raises(recovery.OtherSheets):
        rescues.try_out(keys.new_pair())
    found = rescues.status()
    assert made
    assert found
    assert found.drilled_at == made.drilled_at


def test_after_half_a_year_it_is_said(context: Flask, config: Config) -> None:
    assert rescues.remind() == 0, "nobody is reminded of sheets that there are not"
    pair = confirmed(config)
    assert overdue(config) == []
    assert rescues.remind() == 0
    with clock.frozen(clock.now() + LATER):
        assert len(overdue(config)) == 1
        assert rescues.remind() == 1
        assert rescues.remind() == 0, "once"
        logins = told()
        assert "wulan" in logins
        assert "ratna" not in logins, "those who answer for the office"
        rescues.try_out(pair)
        assert overdue(config) == []
    assert len(told()) == len(logins)


def test_before_they_were_typed_back_nothing_is_due(context: Flask, config: Config) -> None:
    recovery.make(config)
    with clock.frozen(clock.now() + LATER):
        assert rescues.remind() == 0
        assert rescues.status() is None
        assert overdue(config) == []


def test_status(context: Flask, config: Config) -> None:
    assert rescues.status() is None
    pair = confirmed(config)
    logs_in("ratna")
    found = rescues.status()
    assert found
    assert (found.generation, found.name) == (1, recovery.name_of(pair.public))
    assert len(found.unsealed) == 1, "the independent holder's: nobody of it has logged in"
    assert found.due_at - found.drilled_at == rescues.DRILLED_EVERY
    row = db.session.get_one(RecoveryKey, 1)
    assert found.confirmed_at == row.confirmed_at
    assert office() != office("independent")
