"""What the form has to know before anybody types: whether somebody could read it at all (cases A24, citizen 65)."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import audit, intake, keys
from pepa.domain.outbox import Notice
from pepa.models.audit import AuditEntry, Chain
from pepa.models.duty import Shift
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from tests.installations import opened
from tests.people import office


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was alarmed yet in this process."""
    monkeypatch.setattr(intake, "_alarmed", set())


def swap_key(kind: str = "intake") -> None:
    with transaction() as session:
        session.get_one(Organisation, office(kind)).public_key = keys.new_pair().public


def notices() -> list[str]:
    query = sa.select(Person.login).join(OutboxRow).where(OutboxRow.notice == Notice.KEYS.value)
    db.session.rollback()
    return sorted(db.session.scalars(query))


def test_an_installation_as_it_is_planted(context: Flask) -> None:
    state = intake.state()
    assert (state.open, state.independent, state.on_duty) == (True, True, True)
    assert len(state.kecamatan) == 6
    assert [name for _, name in state.kecamatan] == sorted(name for _, name in state.kecamatan)
    names = [name for _, name in state.partners]
    assert "LBH Teratai Contoh" in names
    assert not {"Kantor Contoh", "Inspektorat Contoh"} & set(names), "the two who hold reports are no partners"


@pytest.mark.parametrize("kind", ["intake", "independent"])
def test_a_key_that_is_not_ours_closes_it(context: Flask, kind: str) -> None:
    swap_key(kind)
    state = intake.state()
    assert (state.open, state.independent) == (kind != "intake", kind != "independent")


def test_at_boot_too(config: Config) -> None:
    with opened(config) as app, app.app_context():
        swap_key()
    with opened(config) as app, app.app_context():
        assert intake.state().open is False


@pytest.mark.both
def test_the_alarm_goes_out_once(context: Flask, caplog: pytest.LogCaptureFixture) -> None:
    swap_key()
    for _ in range(5):
        assert intake.state().open is False
    assert notices() == ["hadi", "joko", "wulan"], "head, administrator, supervisor"
    assert caplog.text.count("does not carry our MAC") == 1
    (entry,) = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "keys.unsound"))
    assert (entry.thing_id, entry.person_id) == (office(), None)
    assert audit.first_broken(Chain.STAFF) is None
    with clock.frozen(clock.now() + timedelta(days=1)):
        intake.state()
    assert len(notices()) == 6, "and again the next day"


def test_an_alarm_that_could_not_be_kept_is_tried_again(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    swap_key()
    intake.state.forget()

    def away(*_: object) -> None:
        raise sa.exc.OperationalError("insert", {}, Exception("away"))

    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", away)
        with pytest.raises(sa.exc.OperationalError):
            intake.state()
    assert notices() == []
    assert intake.state().open is False
    assert len(notices()) == 3


def test_put_right_again_it_opens(context: Flask) -> None:
    key = db.session.get_one(Organisation, office()).public_key
    swap_key()
    assert intake.state().open is False
    with transaction() as session:
        session.get_one(Organisation, office()).public_key = key
    assert intake.state().open is True


@pytest.mark.both
def test_without_anybody_who_can_open_it_is_closed(context: Flask) -> None:
    wraps = list(db.session.scalars(sa.select(KeyWrap.person_id).where(KeyWrap.organisation_id == office())))
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.id.in_(wraps[1:])).values(is_active=False))
    assert intake.state().open is True, "one is left"
    last = sa.and_(Membership.person_id == wraps[0], Membership.organisation_id == office())
    with transaction() as session:
        session.execute(sa.update(Membership).where(last).values(is_active=False))
    assert intake.state().open is False
    assert notices() == [], "nothing was tampered with"


def test_a_new_generation_that_nobody_was_given_closes_it(context: Flask) -> None:
    with transaction() as session:
        keys.new_organisation_key(session.get_one(Organisation, office()), [])
    assert intake.state().open is False


def test_before_it_is_set_up_it_is_closed(context: Flask) -> None:
    with transaction() as session:
        row = session.get_one(Organisation, office())
        row.public_key = row.key_mac = None
    assert intake.state().open is False
    assert notices() == []


def test_an_office_that_is_not_active_is_none(context: Flask) -> None:
    with transaction() as session:
        session.get_one(Organisation, office("independent")).is_active = False
        ended = session.get_one(Organisation, office("hospital"))
        ended.is_active, ended.ended_at = False, clock.now()
        session.get_one(Organisation, office("police")).is_active = False
    state = intake.state()
    assert (state.open, state.independent) == (True, False)
    named = {partner for partner, _ in state.partners}
    assert office("hospital") not in named
    assert office("police") in named, "who works there is still there, while it is held back"


@pytest.mark.parametrize(("hour", "says"), [(6, 8), (12, None), (20, 8)])
def test_with_nobody_on_duty_it_says_from_when(context: Flask, hour: int, says: int | None) -> None:
    with transaction() as session:
        session.execute(sa.delete(Shift))
    with clock.frozen(datetime(2026, 11, 25, hour, tzinfo=clock.JAKARTA)):  # a Wednesday
        state = intake.state()
    assert state.on_duty is False
    assert state.open is True
    assert (state.read_from and state.read_from.astimezone(clock.JAKARTA).hour) == says, "in opening hours: now"


@pytest.mark.both
def test_delivery_looks_where_nobody_visits_and_a_second_process_stays_silent(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert intake.watch_keys() == 0
    swap_key()
    assert intake.watch_keys() == 1
    assert len(notices()) == 3
    monkeypatch.setattr(intake, "_alarmed", set())
    assert intake.watch_keys() == 1
    assert len(notices()) == 3
