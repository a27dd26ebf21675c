"""Saya pegang: the first holds it, whoever comes later finds the name."""

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import duty, reports
from pepa.models.audit import AuditEntry
from pepa.models.reports import Report
from tests import cast


def held(report_id: object) -> int:
    """How often it was recorded that somebody took it."""
    query = sa.select(sa.func.count()).where(AuditEntry.act == "report.held", AuditEntry.thing_id == report_id)
    return db.session.scalars(query).one()


def test_hold_is_the_first_ones(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell()
    path = f"/petugas/laporan/{sent.report_id}"
    one, two = cast.at_work(app, "ratna"), cast.at_work(app, "bayu")
    assert one.open(path).has("belum ada orangnya")
    two.open(path)
    page = one.submit("Saya pegang")
    assert page.has("Anda memegang laporan ini.", "Anda memegang L-", "Dipegang Ratna Contoh")
    page = two.submit("Saya pegang")
    assert page.has("Rekan sudah memegang laporan ini lebih dulu.", "Ratna Contoh sudah memegang.")
    assert not page.tree.find("form", action=f"{path}/pegang")
    with app.app_context():
        assert held(sent.report_id) == 1


def test_from_the_list_and_from_the_alarm(app: Flask) -> None:
    with app.app_context():
        now, soon = cast.tell(urgency="now"), cast.tell(urgency="soon")
        codes = [db.session.get_one(Report, sent.report_id).reference for sent in (now, soon)]
    client = cast.at_work(app, "ratna")
    for code in codes:
        client.open("/petugas/")
        assert client.submit(f"Saya pegang {code}").has(f"Anda memegang {code} sejak")


def test_the_alarm_falls_silent_and_forgets_its_minute(context: Flask) -> None:
    sent = cast.tell(urgency="now")
    with clock.frozen(clock.now().replace(minute=41)):
        duty.ring()
        before = db.session.get_one(Report, sent.report_id).alarm_at
        assert before
        assert before.minute == 46
        reports.hold(cast.member("ratna"), sent.report_id)
    db.session.rollback()
    report = db.session.get_one(Report, sent.report_id)
    assert report.alarm_at == clock.hour(before)
    assert not report.is_alarming
    assert sent.report_id not in {alarm.report.id for alarm in duty.alarms_for(cast.member("bayu"))}


@pytest.mark.both
def test_two_press_at_once(database: str, app: Flask) -> None:
    with app.app_context():
        report_id = cast.tell(urgency="now").report_id
        actors = [cast.member(login) for login in ("ratna", "bayu", "wulan", "ratna", "bayu")]
    holders = []
    start = threading.Barrier(len(actors))

    def press(n: int) -> None:
        with app.app_context():
            start.wait()
            holders.append(reports.hold(actors[n], report_id).held_by_id)

    threads = [threading.Thread(target=press, args=(n,)) for n in range(len(actors))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(holders) == len(actors)
    assert len(set(holders)) == 1, "all are told the same name"
    with app.app_context():
        assert held(report_id) == 1
