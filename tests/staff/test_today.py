"""Janji hari ini: what was promised and what is due, late first; the first screen of whoever is at work."""

import gzip
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import callbacks, handovers, police, reports, swaps
from pepa.models.duty import Shift
from pepa.models.outbox import OutboxRow
from pepa.models.reports import Report, reference_of
from pepa.policy import Reporter
from tests import cast
from tests.client import Client
from tests.counting import BESIDES, own_questions
from tests.duty.rosters import person, roster

AT = datetime(2026, 3, 4, 10, 0, tzinfo=clock.JAKARTA)
HOUR = timedelta(hours=1)
TODAY = "/petugas/hari-ini"
STATIC = Path(__file__).parents[2] / "pepa/static"
LISTS = (
    "due",
    "waiting",
    "callbacks",
    "police_clocks",
    "swaps",
    "handovers",
    "unsent",
    "calls",
    "tasks",
    "bookings",
    "stays",
    "invitations",
    "named_who_lead",
)


@pytest.fixture
def day(app: Flask) -> Callable[..., Reporter]:
    """Ratna is on duty; the demo's own reports are gone from the list. day(…) tells a report that Ratna holds and has
    read, so many hours before ten."""
    with app.app_context(), clock.frozen(AT):
        roster(("ratna", AT - 2 * HOUR, AT + 6 * HOUR), ("bayu", AT + 6 * HOUR, AT + 14 * HOUR))
        with transaction() as session:
            session.execute(sa.update(Report).values(withdrawn_at=AT))

    def told(hours: float = 0, **more: Any) -> Reporter:
        with app.app_context(), clock.frozen(AT - hours * HOUR):
            reporter = cast.tell(**{"urgency": "today", "phone": "0812-0000-1111", **more})
            reports.open_for(cast.member("ratna"), reporter.report_id)
            reports.hold(cast.member("ratna"), reporter.report_id)
        return reporter

    return told


def unread(app: Flask, hours: float, **more: Any) -> Reporter:
    with app.app_context(), clock.frozen(AT - hours * HOUR):
        return cast.tell(**more)


def code(reporter: Reporter) -> str:
    return reference_of(reporter.report_id)


def call(app: Flask, reporter: Reporter, from_at: datetime) -> UUID:
    times = {"from_at": from_at, "until_at": from_at + HOUR}
    with app.app_context(), clock.frozen(from_at - HOUR):
        me = cast.member("ratna")
        return callbacks.promise(me, reporter.report_id, person_id=me.person_id, once=str(from_at), **times)


def open_for(app: Flask, login: str, at: datetime = AT) -> Client:
    with clock.frozen(at):
        client = cast.at_work(app, login)
        client.open(TODAY)
    return client


def order(client: Client) -> list[tuple[str, str]]:
    """The rows: which part of the day, and what stands in its link."""
    assert client.page
    rows = []
    for panel in client.page.tree.select("section.panel:has(ol.day)"):
        heading = panel.select_one("h2")
        assert heading
        rows += [
            (str(heading.contents[0]).strip(), link.get_text(" ", strip=True))
            for link in panel.select("ol.day > li > div:not(.acts) > a")
        ]
    return rows


def test_late_first_then_the_day_in_its_order(app: Flask, day: Callable[..., Reporter]) -> None:
    late, soon, later = day(26), day(4), day(1)
    call(app, late, AT - 3 * HOUR)
    call(app, later, AT + 2 * HOUR)
    day(0, urgency="plan")
    client = open_for(app, "ratna")
    assert order(client) == [
        ("Terlambat", f"Jawab pelapor {code(late)}"),
        ("Terlambat", f"Telepon balik {code(late)}"),
        ("Siang dan sore", f"Telepon balik {code(later)}"),
        ("Siang dan sore", f"Jawab pelapor {code(soon)}"),
        ("Siang dan sore", f"Jawab pelapor {code(later)}"),
    ]
    assert client.page
    assert client.page.has("Lewat 2 jam", "Lewat 20 jam")
    assert client.page.has("Piket:", "sampai 16.00, lalu")


def test_due_today_is_not_late_just_after_midnight(app: Flask, day: Callable[..., Reporter]) -> None:
    """B50."""
    reporter = unread(app, 12, urgency="soon")  # Tuesday night: read by Wednesday, 16.00
    night = datetime(2026, 3, 4, 0, 1, tzinfo=clock.JAKARTA)
    client = open_for(app, "ratna", night)
    assert order(client) == [("Siang dan sore", f"Baca laporan {code(reporter)}")]
    assert client.page
    assert not client.page.has("Lewat")


def test_what_is_done_is_gone(app: Flask, day: Callable[..., Reporter]) -> None:
    reporter = day(1)
    made = call(app, reporter, AT - HOUR / 2)
    with app.app_context(), clock.frozen(AT):
        ratna = cast.member("ratna")
        callbacks.begin(ratna, reporter.report_id, made)
        callbacks.finish(ratna, reporter.report_id, made, outcome="reached", once="f")
    client = open_for(app, "ratna")
    assert order(client) == []
    assert client.page
    assert client.page.has("Menunggu pelapor", code(reporter))


def test_each_sees_the_own_and_what_nobody_holds(app: Flask, day: Callable[..., Reporter]) -> None:
    hers = day(4)
    nobody_s, theirs = unread(app, 1, urgency="today"), unread(app, 1, urgency="today", about="office")
    assert order(open_for(app, "bayu")) == [("Pagi", f"Baca laporan {code(nobody_s)}")]
    both = {f"Baca laporan {code(nobody_s)}", f"Jawab pelapor {code(hers)}"}
    assert {text for _, text in order(open_for(app, "wulan"))} == both, "a supervisor sees the office's"
    assert {text for _, text in order(open_for(app, "intan"))} == {f"Baca laporan {code(theirs)}"}


def test_clocks_swaps_and_what_was_handed_over(app: Flask, day: Callable[..., Reporter]) -> None:
    reporter = day(2)
    with app.app_context(), clock.frozen(AT):
        police.begin(cast.member("ratna"), reporter.report_id, told_by="survivor", from_at=AT - 50 * HOUR)
        bayu = cast.member("bayu")
        shift = db.session.scalars(sa.select(Shift).where(Shift.person_id == bayu.person_id)).one()
        swaps.ask(bayu, shift.id, person_id=person("ratna"), once="s")
        handovers.write(bayu, person_id=person("ratna"), note="Hubungi lewat kakaknya.", out="Wulan", once="h")
    client = open_for(app, "ratna")
    assert client.page
    assert client.page.has("Lapor polisi: sisa 22 jam", "Hubungi lewat kakaknya.", "Di luar:")
    assert client.page.has("Bayu Contoh minta Ratna Contoh mengambil piket ini.")
    with clock.frozen(AT):
        assert client.submit("Sudah saya baca").has("Dicatat: SUDAH Anda baca.", "Dibaca 10.00.")
        assert client.submit("Terima").has("Piket ini sekarang milik Anda.")


def test_a_supervisor_sees_to_whom_nothing_got_through(app: Flask, day: Callable[..., Reporter]) -> None:
    with app.app_context(), transaction() as session:
        session.add(OutboxRow(channel="sms", notice="alarm", person_id=person("bayu"), due_at=AT, tries=3))
    page = open_for(app, "wulan").page
    assert page
    assert page.has("Pemberitahuan tidak sampai", "Bayu Contoh")
    page = open_for(app, "ratna").page
    assert page
    assert not page.has("Pemberitahuan tidak sampai")


@pytest.mark.parametrize("login", ["hadi", "joko", "nadia"])
def test_who_reads_no_reports_has_another_first_screen(app: Flask, login: str) -> None:
    assert cast.at_work(app, login).open(TODAY).h1 == "Meja Anda"


@pytest.mark.parametrize("many", [1, 12])
def test_it_asks_once_for_each_list(app: Flask, many: int) -> None:
    with app.app_context():
        ratna = cast.member("ratna")
        for _ in range(many):
            reporter = cast.tell(phone="0812-0000-1111")
            reports.hold(ratna, reporter.report_id)
            now = clock.now()
            times = {"from_at": now, "until_at": now + HOUR, "reason": "Ia minta"}
            callbacks.promise(ratna, reporter.report_id, person_id=ratna.person_id, once="c", **times)
            police.begin(ratna, reporter.report_id, told_by="survivor")
    asked = own_questions(app, cast.at_work(app, "ratna"), TODAY)
    assert len(asked) <= len(LISTS) + BESIDES, "\n".join(asked)


def test_the_first_page_is_light_on_the_wire(app: Flask) -> None:
    """With its style and its scripts, packed as the proxy packs them."""
    client = cast.at_work(app, "wulan")
    tags = client.open(TODAY).tree.select("link[href*=static], script[src]")
    names = [str(tag.get("href") or tag.get("src")).rpartition("/")[2].partition("?")[0] for tag in tags]
    sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 6)) for name in names}
    sizes["page"] = len(gzip.compress(client.open(TODAY).body, 6))
    assert "htmx.min.js" in sizes
    assert sum(sizes.values()) <= 30 * 1024, sizes
