"""The list of reports and the alarm above it; what others see there instead."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import duty, inbox
from pepa.models.duty import Shift
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report, Stage
from tests import cast
from tests.client import Client, Page

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def codes(page: Page) -> list[str]:
    """The codes of the list's rows, in their order."""
    return [th.get_text(strip=True) for th in page.tree.select("#list tbody th")]


def reference(report_id: object) -> str:
    return db.session.get_one(Report, report_id).reference


def test_list_is_by_urgency_then_age(app: Flask) -> None:
    with app.app_context():
        for hours, urgency in ((5, "soon"), (3, "now"), (1, "now"), (9, "today")):
            with clock.frozen(clock.now() - timedelta(hours=hours)):
                cast.tell(urgency=urgency)
        found = list(inbox.list_for(cast.member("ratna"), inbox.Filters()))
        assert found == sorted(found, key=lambda r: (list(type(r.urgency)).index(r.urgency), r.received_at, r.id))
        expected = [report.reference for report in found]
    assert codes(cast.at_work(app, "ratna").open("/petugas/?tab=semua")) == expected


def test_tabs_part_what_was_read_from_what_was_not(app: Flask) -> None:
    with app.app_context():
        report_id = cast.tell("Baru.").report_id
        code = reference(report_id)
    client = cast.at_work(app, "ratna")
    page = client.open("/petugas/")
    assert page.h1 == "Kotak masuk"
    assert code in codes(page)
    before = int(re.search(r"(\d+) belum dibaca", page.text)[1])  # type: ignore[index]
    client.open(f"/petugas/laporan/{report_id}")
    page = client.open("/petugas/")
    assert code not in codes(page)
    assert page.has(f"{before - 1} belum dibaca")
    assert code in codes(client.click("Perlu dipilah"))
    assert code in codes(client.click("Semua"))
    assert codes(client.open("/petugas/?tab=tidak-ada")) == codes(client.open("/petugas/")), "the first tab"


def test_a_row_says_what_triage_needs_and_no_more(app: Flask) -> None:
    with app.app_context(), clock.frozen(clock.now().replace(minute=37)):
        sent = cast.tell("Tentang Ibu Sari.", urgency="today", kecamatan="36.73.02", place="Gang 3", phone="0800000000")
        code = reference(sent.report_id)
        hour = clock.now().astimezone(clock.JAKARTA).hour
    page = cast.at_work(app, "ratna").open("/petugas/")
    (row,) = [tr for tr in page.tree.select("#list tbody tr") if code in tr.get_text()]
    text = " ".join(row.get_text(" ").split())
    for word in ("Hari ini", f"sekitar pukul {hour} ", "Halaman warga", "Kasemen", "Saya pegang"):
        assert word in text, word
    assert ".37" not in text
    for secret in ("Ibu Sari", "Gang 3", "0800000000"):
        assert secret not in page.body.decode()


def test_late_ones_say_how_late(app: Flask) -> None:
    began = clock.now()
    with app.app_context(), clock.frozen(began):
        code = reference(cast.tell(urgency="now").report_id)
    client = cast.at_work(app, "ratna")
    for later, word in (
        (timedelta(), "menit lagi"),
        (timedelta(minutes=45), "Lewat "),
        (timedelta(hours=5), "Lewat 4 jam"),
        (timedelta(days=3, hours=1), "Lewat 3 hari"),
    ):
        with clock.frozen(began + later):
            client = cast.at_work(app, "ratna")
            (row,) = [tr for tr in client.open("/petugas/").tree.select("#list tbody tr") if code in tr.get_text()]
            assert word in row.get_text(), later


@pytest.mark.both
def test_pages_by_key_meet_each_report_once(database: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        for _ in range(4):
            cast.tell()
        me = cast.member("ratna")
        whole = [report.reference for report in inbox.list_for(me, inbox.Filters())]
    real = inbox.list_for
    monkeypatch.setattr(inbox, "list_for", lambda *args, **more: real(*args, size=3, **more))
    client = cast.at_work(app, "ratna")
    page = client.open("/petugas/?tab=semua")
    seen = codes(page)
    while page.tree.find("a", string="Berikutnya"):
        page = client.click("Berikutnya")
        seen += codes(page)
    assert seen == whole
    assert codes(client.click("Sebelumnya")) == whole[-len(codes(page)) - 3 : -len(codes(page))]


@pytest.mark.parametrize(
    "at", ["x", "a", "a" + "x" * 50, "b%00", "a%27%20or%201=1--", "a" * 100_000, "aW10", "aWyJub3ciXQ"]
)
def test_a_spoiled_place_in_the_list_is_the_first_page(app: Flask, at: str) -> None:
    client = cast.at_work(app, "ratna")
    first = codes(client.open("/petugas/?tab=semua"))
    assert codes(client.open(f"/petugas/?tab=semua&at={at}")) == first


def test_what_cannot_wait_stands_first_and_can_be_taken(app: Flask) -> None:
    with app.app_context():
        code = reference(cast.tell(urgency="now", kecamatan="36.73.02").report_id)
    client = cast.at_work(app, "bayu")
    page = client.open("/petugas/")
    alarm = page.tree.find(id="alarms")
    assert alarm is not None
    heading = page.tree.find("h1")
    assert heading is not None
    assert heading.find_next("section") is alarm.find("section"), "the first thing under the h1"
    assert page.has("Ada yang perlu dibaca sekarang.", "Belum ada yang memegang.")
    for path in ("/petugas/piket", "/petugas/?tab=semua"):
        assert client.open(path).tree.find(id="alarm"), "on every page"
    for _ in range(3):  # the demo brings alarms of its own
        page = client.open("/petugas/")
        if page.tree.find(id="alarm") is None:
            break
        client.submit(f"Saya pegang {page.tree.select('#alarms code')[0].get_text()}")
    assert client.open("/petugas/").tree.find(id="alarm") is None
    assert code in codes(client.open("/petugas/?tab=dibaca")), "whoever takes it reads it"


def test_the_alarm_says_who_is_told_next(app: Flask) -> None:
    with app.app_context():
        report_id = cast.tell(urgency="now").report_id
        with transaction() as session:
            session.execute(sa.update(Report).where(Report.id != report_id).values(stage=Stage.READ.value))
        assert duty.ring() == 1
        (alarm,) = duty.alarms_for(cast.member("ratna"))
        assert alarm.next_at
        says = f"Diteruskan ke {alarm.next_to} pukul {alarm.next_at.astimezone(clock.JAKARTA):%H.%M}."
    assert cast.at_work(app, "ratna").open("/petugas/").has(says)
    with app.app_context():
        with clock.frozen(alarm.next_at):
            assert duty.ring() == 1
        after = db.session.scalars(sa.select(Report.alarm_step).where(Report.id == report_id)).one()
    assert after == 2


def test_many_alarms_take_little_room(app: Flask) -> None:
    with app.app_context():
        for _ in range(5):
            cast.tell(urgency="now")
    page = cast.at_work(app, "ratna").open("/petugas/piket")
    assert len(page.tree.select("#alarms .primary")) == 1
    assert re.search(r"\d+ lagi menunggu di Kotak masuk\.", page.text)


def test_the_page_asks_again_for_its_alarms_alone(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    whole = client.open("/petugas/")
    alarm = whole.tree.find(id="alarms")
    assert alarm is not None
    assert alarm["hx-trigger"] == "every 20s"
    part = client.get(str(alarm["hx-get"]), headers={**PART, "HX-Target": "div#alarms"})
    assert part.status == 200
    assert b"<h1" not in part.body
    assert b"Saya pegang" in part.body
    assert b"<table" not in part.body
    assert {"HX-Request", "HX-Target"} <= {name.strip() for name in part.headers["Vary"].split(",")}
    refresh = whole.tree.find("meta", attrs={"http-equiv": "refresh"})
    assert refresh is not None
    assert refresh.find_parent("noscript"), "only where no script asks"
    assert str(refresh["content"]) == "60;url=/petugas/?tab=baru&segar=1"
    assert not client.open("/petugas/piket").tree.find("meta", attrs={"http-equiv": "refresh"}), "never under a form"


def test_tabs_bring_the_list_alone(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    tab = client.open("/petugas/").tree.find(id="tab-semua")
    assert tab is not None
    part = client.get(str(tab["hx-get"]), headers={**PART, "HX-Target": "section#list"})
    assert b"<h1" not in part.body
    assert b"<table" in part.body
    whole = client.get(
        str(tab["hx-get"]), headers={**PART, "HX-Target": "section#list", "HX-History-Restore-Request": "true"}
    )
    assert b"<h1" in whole.body
    assert b"<h1" in client.get("/petugas/", headers={**PART, "HX-Target": "p#no-such-block"}).body


def test_no_word_of_a_report_for_whoever_is_excluded(app: Flask) -> None:
    """Conflict: no row, no count, no gap, no alarm, no page, no line of who opened it (domain.md rule 13)."""
    with app.app_context():
        bayu = cast.member("bayu")
        waiting = inbox.counts(bayu).unread
        alarms = len(duty.alarms_for(bayu))
        sent = cast.tell("Ini tentang Bayu.", urgency="now")
        with transaction() as session:
            session.add(Exclusion(report_id=sent.report_id, excluded_id=bayu.person_id))
        code = reference(sent.report_id)
        assert inbox.counts(bayu).unread == waiting
        assert len(duty.alarms_for(bayu)) == alarms
    client = cast.at_work(app, "bayu")
    for path in ("/petugas/", "/petugas/?tab=semua", "/petugas/?tab=dibaca", "/petugas/piket"):
        page = client.open(path)
        assert code not in page.text
        assert sent.report_id.hex not in page.body.decode().replace("-", "")
    assert cast.at_work(app, "ratna").open("/petugas/").has(code)
    with app.app_context():
        for n in range(8):
            with clock.frozen(clock.now() + timedelta(minutes=6 * n)):
                with transaction() as session:
                    session.execute(sa.update(Report).where(Report.id != sent.report_id).values(stage=Stage.READ.value))
                duty.ring()
        told = db.session.scalars(sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id)).all()
        assert set(told) == {"ratna", "wulan"}, "and no mail that something waits"


def test_whoever_has_left_is_not_alarmed(app: Flask) -> None:
    with app.app_context():
        cast.tell(urgency="now")
        with transaction() as session:
            bayu = session.scalars(sa.select(Person).where(Person.login == "bayu")).one()
            bayu.is_active = False
            session.execute(sa.update(Shift).values(person_id=bayu.id))
        for n in range(6):
            with clock.frozen(clock.now() + timedelta(minutes=6 * n)):
                duty.ring()
        told = db.session.scalars(sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id)).all()
        assert told
        assert "bayu" not in told


@pytest.mark.parametrize("login", ["sekar", "hadi", "dian", "joko", "nadia", "ilham", "asep", "laras"])
def test_others_find_a_calm_page_of_their_own(app: Flask, login: str) -> None:
    with app.app_context():
        code = reference(cast.tell(urgency="now").report_id)
    client = cast.at_work(app, login)
    page = client.open("/petugas/")
    assert page.h1 == "Meja Anda"
    assert page.has("Ruang kita hari ini")
    assert code not in page.text
    assert "Kotak masuk" not in page.text
    assert page.tree.find(id="alarms") is None
    assert ("Piket" in page.text) is (login == "hadi"), "the head of the office sees who is on duty"


def test_the_bar_says_who_is_on_duty(app: Flask) -> None:
    with app.app_context():
        on_duty = duty.now_for(cast.member("ratna"))
        assert on_duty.now
        assert on_duty.next
        until = on_duty.now.ends_at.astimezone(clock.JAKARTA)
        names = on_duty.now.person.name, on_duty.next.person.name
    page = cast.at_work(app, "ratna").open("/petugas/")
    bar = page.tree.select_one(".duty")
    assert bar is not None
    text = " ".join(bar.get_text().split())
    assert text.startswith(f"Piket: {names[0]} sampai ")
    assert text.endswith(f"{until:%H.%M}, lalu {names[1]}")
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(Shift))
    assert cast.at_work(app, "ratna").open("/petugas/").has("Daftar piket kosong.")


def test_the_demo_says_that_it_is_one(app: Flask) -> None:
    pages = [
        Client(app).open("/petugas/"),
        cast.at_work(app, "ratna").open("/petugas/piket"),
        cast.at_work(app, "asep").open("/petugas/"),
    ]
    assert all(page.has("MODE CONTOH. Orang dan cerita di sini karangan.") for page in pages)
    with app.app_context(), transaction() as session:
        for table in ("people", "organisations"):
            session.execute(sa.text(f"update {table} set is_demo = :no"), {"no": False})
    assert not Client(app).open("/petugas/").has("MODE CONTOH.")
