"""A trial: by every way that one chose, at once, saying nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import transaction
from pepa.domain import alerts
from pepa.domain.outbox import Notice
from pepa.models.people import Person
from tests.delivery import gateway, smtp
from tests.duty.rosters import person
from tests.notices.lists import empty, said
from tests.people import member

NIGHT = datetime(2026, 3, 4, 2, 10, tzinfo=clock.JAKARTA)


@pytest.fixture
def by_both(context: Flask, config: Config) -> Iterator[tuple[Config, smtp.Box, gateway.Gateway]]:
    empty()
    with transaction() as session:
        session.get_one(Person, person("ratna")).phone = "0812-0000-1111"
    with smtp.serving() as box, gateway.serving() as sms:
        url = f"smtp://127.0.0.1:{box.port}"
        yield replace(config, mail_url=url, mail_from="piket@contoh.example", sms_url=sms.url), box, sms


def test_it_goes_by_mail_and_sms_within_quiet_hours_too(
    by_both: tuple[Config, smtp.Box, gateway.Gateway],
) -> None:
    config, box, sms = by_both
    with clock.frozen(NIGHT):
        alerts.choose(member("ratna"), has_mail=True, has_sms=True, quiet_from=21, quiet_until=6)
        assert alerts.try_out(member("ratna")) == 1
        assert delivery.send_due(config) == 2
    (mail,), (message,) = box.mails, sms.taken
    assert (mail["Subject"], message["text"]) == ("Kabar percobaan", Notice.TRIAL.label)
    assert Notice.TRIAL.label in mail.get_content()
    assert said("ratna") == [Notice.TRIAL]


def test_a_gateway_that_fails_keeps_no_mail_back(by_both: tuple[Config, smtp.Box, gateway.Gateway]) -> None:
    config, box, sms = by_both
    sms.answers += [(500, {}), (500, {})]
    with clock.frozen(NIGHT):
        alerts.try_out(member("ratna"))
        assert delivery.send_due(config) == 1
    assert len(box.letters) == 1
    with clock.frozen(NIGHT + timedelta(minutes=1)):
        assert delivery.send_due(config) == 0
    with clock.frozen(NIGHT + timedelta(minutes=5)):
        assert delivery.send_due(config) == 1, "and is asked again"
    assert len(sms.taken) == 1


@pytest.mark.both
def test_three_times_in_an_hour(context: Flask) -> None:
    empty()
    with clock.frozen(NIGHT):
        assert [alerts.try_out(member("ratna")) for _ in range(3)] == [1, 2, 3]
        with pytest.raises(alerts.TriedOften):
            alerts.try_out(member("ratna"))
        assert alerts.try_out(member("bayu")) == 1
    with clock.frozen(NIGHT + timedelta(hours=1)):
        assert alerts.try_out(member("ratna")) == 1
