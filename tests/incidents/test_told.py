"""Whoever types a code that opens nothing is told of the disruption, whatever the reason is; the work is the same."""

from datetime import timedelta

from flask import Flask

from pepa import clock
from pepa.db import transaction
from pepa.domain import codes, incidents, intake, reporters, tickets, withdrawals
from pepa.models.backups import Incident
from tests import cast
from tests.citizen.test_read import _shape
from tests.citizen.walks import enter
from tests.client import Client
from tests.incidents.restored import restored
from tests.people import member, tell

TOLD = "ada gangguan di komputer kami. Kode dari hari-hari itu bisa hilang."


def nothing_opens() -> list[str]:
    """Codes that are unknown, cancelled and replaced."""
    cancelled, turned = tell(), tell()
    found = [str(reporters.code(one)) for one in (cancelled, turned)]
    withdrawals.withdraw(cancelled, came_by=())
    codes.replace(turned, ticket=intake.mint_ticket(), replaces=codes.version(turned), came_by=())
    return [tickets.code_of(tickets.new_token()), *found]


def test_all_get_one_answer(app: Flask) -> None:
    with app.app_context():
        opening_nothing = nothing_opens()
        restored()
    shapes = set()
    for code in opening_nothing:
        page = enter(Client(app), code)
        assert page.has(TOLD)
        status, body, named = _shape(page, code)
        shapes.add((status, body, *named))
    assert len(shapes) == 1


def test_without_one_nothing_is_said(app: Flask) -> None:
    with app.app_context():
        (unknown, *_) = nothing_opens()
    assert not enter(Client(app), unknown).has(TOLD)


def test_of_one_day(app: Flask) -> None:
    with app.app_context():
        (unknown, *_) = nothing_opens()
        restored(days=0)
    page = enter(Client(app), unknown)
    assert page.has("ada gangguan di komputer kami. Kode dari hari itu bisa hilang.")
    assert not page.has(TOLD)


def test_a_slip_of_the_finger_is_none(app: Flask) -> None:
    with app.app_context():
        restored()
    assert not enter(Client(app), "0000 0000 0000 0000 0001").has(TOLD)


def test_it_names_the_days(context: Flask) -> None:
    assert incidents.told() == (None,)
    restored()
    first, last = incidents.told()[0] or (None, None)
    assert last == clock.today()
    assert first == clock.today() - timedelta(days=2)


def test_for_a_year_at_most(context: Flask) -> None:
    restored()
    now = clock.now()
    with clock.frozen(now + timedelta(days=364)):
        assert incidents.told()[0]
    with clock.frozen(now + timedelta(days=366)):
        assert incidents.told()[0] is None


def test_until_somebody_ends_it_after_a_question(app: Flask) -> None:
    with app.app_context():
        restored()
    lead = cast.at_work(app, "wulan")
    lead.open("/petugas/setelah-pemulihan")
    lead.click("Akhiri kalimat tentang gangguan")
    assert lead.submit("Ya, akhiri").has("Kalimat tentang gangguan SUDAH tidak tampil lagi.")
    with app.app_context():
        (unknown, *_) = nothing_opens()
        with transaction() as session:
            row = session.query(Incident).one()
            assert (row.ended_by_id, row.ended_at is not None) == (member("wulan").person_id, True)
    assert not enter(Client(app), unknown).has(TOLD)
