"""SMS by the office's own gateway: what it is sent, what it may not learn, what happens when it does not answer."""

import socket
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.delivery import console, sms
from pepa.domain import anchors, duty, lateness, outbox
from pepa.domain.outbox import Notice
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Report
from tests.delivery import gateway
from tests.duty.rosters import person
from tests.people import tell

NOTICE = UUID("12345678-1234-4234-8234-123456789abc")
TEXT = "Ada yang perlu dibaca."


def send(url: str, number: str = "+62 812-0000-1111", token: Path | None = None, text: str = TEXT) -> None:
    sms.carry(url, token, number, text, NOTICE)


def test_as_json_or_as_a_form(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("rahasia gerbang\n")
    with gateway.serving() as box:
        send(box.url, token=token)
        send(box.url.replace("http://", "http+form://") + "#to=nomor&text=pesan")
    first = {"to": "+6281200001111", "text": TEXT, "id": str(NOTICE)}
    assert box.taken == [first, {"nomor": first["to"], "pesan": TEXT, "id": str(NOTICE)}]
    assert box.tokens == ["Bearer rahasia gerbang", None]
    assert box.kinds == ["application/json", "application/x-www-form-urlencoded"]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 429, 500, 503])
def test_a_refusal_is_an_error_and_nobody_is_followed_elsewhere(status: int, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("rahasia")
    with gateway.serving() as other, gateway.serving() as box:
        box.answers.append((status, {"Location": other.url}))
        with pytest.raises(OSError):
            send(box.url, token=token)
        assert (box.taken, other.taken) == ([], [])


def test_nobody_there_or_nobody_who_speaks_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms, "TIMEOUT", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        with pytest.raises(OSError):
            send(f"http://127.0.0.1:{port}/")
        silent.listen()
        with pytest.raises(OSError):
            send(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "http+other://127.0.0.1/", "send", ""])
def test_no_other_kind_of_address_is_opened(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        send(url)


@pytest.mark.parametrize(
    ("number", "text"),
    [("", TEXT), ("12", TEXT), ("abc", TEXT), ("08120000111", "é"), ("08120000111", "x" * 161)],
)
def test_what_no_telephone_would_show_is_not_sent(number: str, text: str) -> None:
    with pytest.raises(ValueError, match="no SMS"):
        send("http://127.0.0.1:9/", number, text=text)


@pytest.mark.parametrize("notice", list(Notice), ids=str)
def test_every_notice_fits_into_one_sms(notice: Notice) -> None:
    given = {"kode": "L-XXXXXX", "n": 72, "late": 1, "today": 1, "waiting": 1}
    text = notice.label % {"hari": "25-11-2026", "kata": " ".join(["belimbing"] * 6), "baris": 123456, **given}
    assert text.isascii()
    assert len(text) <= sms.LONGEST
    assert sms.written("https://gerbang.example/", None, "08120000111", text, uuid4())


# With the outbox


@pytest.fixture
def box(context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> object:
    """Ratna has a number; the demo's own reports ring nobody, and this morning's anchor was made."""
    anchors.make()
    with transaction() as session:
        session.execute(sa.update(Report).values(held_by_id=person("hadi")))
        session.execute(sa.delete(OutboxRow))
        session.execute(sa.update(Person).values(phone="0812-0000-2222"))
    with gateway.serving() as serving:
        yield replace(config, sms_url=serving.url), serving


def test_an_alarm_goes_by_sms_too_and_says_nothing_of_the_report(
    context: Flask, box: tuple[Config, gateway.Gateway], monkeypatch: pytest.MonkeyPatch
) -> None:
    """C28: what ten people are sent holds ids at most."""
    config, serving = box
    said: list[str] = []
    monkeypatch.setattr(console, "carry", lambda sentence, notice_id: said.append(sentence))
    reporter = tell("Suami saya memukul", urgency="now", place="Jalan Mawar 7", phone="0812-9999", kecamatan="36.73.02")
    for minutes in range(0, 200, 5):
        with clock.frozen(clock.now() + outbox.timedelta(minutes=minutes)):
            duty.ring()
            lateness.tell()
            delivery.send_due(config)
    assert len(serving.taken) >= 10
    assert {one["to"] for one in serving.taken} == {"081200002222"}
    assert len({one["id"] for one in serving.taken}) == len(serving.taken)
    assert len(said) == len(serving.taken), "each went by mail as well"
    report = db.session.get_one(Report, reporter.report_id)
    for one in serving.taken:
        for word in ("memukul", "Mawar", "0812-9999", "Kasemen", "Ratna", "Contoh", str(report.id), report.id.hex):
            assert word not in one["text"]


def test_a_gateway_that_is_away_is_asked_again(context: Flask, box: tuple[Config, gateway.Gateway]) -> None:
    """B20: what is stuck is tried again with its own id, and given up in sight."""
    config, serving = box
    serving.answers += [(503, {}), (503, {})]
    with transaction() as session:
        outbox.tell(session, person("ratna"), Notice.ALARM)
    now = clock.now()
    for seconds in (0, 40, 120, 240):
        with clock.frozen(now + outbox.timedelta(seconds=seconds)):
            delivery.send_due(config)
    (one,) = serving.taken
    db.session.rollback()
    (row,) = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.channel == "sms"))
    assert (one["id"], row.tries) == (str(row.id), 3)
    assert row.sent_at


def test_without_a_gateway_it_is_said_on_the_console(
    context: Flask, config: Config, box: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(console, "carry", lambda sentence, notice_id: said.append(sentence))
    with transaction() as session:
        outbox.tell(session, person("ratna"), Notice.ALARM)
    assert delivery.send_due(config) == 2
    assert said == [Notice.ALARM.label] * 2


def test_what_can_wait_goes_by_mail_alone(context: Flask, box: object) -> None:
    with transaction() as session:
        outbox.tell(session, person("ratna"), Notice.SHIFT)
    db.session.rollback()
    assert [row.channel for row in db.session.scalars(sa.select(OutboxRow))] == ["mail"]
