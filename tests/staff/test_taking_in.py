"""Whatever is typed into the four ways in: odd signs, full lengths, two tabs, a night, no script (cases/citizen)."""

from datetime import timedelta
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import reports
from pepa.models.reports import Report
from tests import cast
from tests.client import Client, Page


class Way(NamedTuple):
    """A way in: its page, its button, its large field, the button that follows where it is looked over first."""

    path: str
    button: str
    field: str
    then: str = ""


WAYS = {
    "phone": Way("/petugas/telepon", "Simpan", "what"),
    "counter": Way("/petugas/loket", "Simpan", "what"),
    "chat": Way("/petugas/chat", "Baca dulu", "text", "Simpan"),
    "letter": Way("/petugas/surat", "Simpan", "what"),
}
FULL = 100_000
every_way = pytest.mark.parametrize("channel", WAYS)


def send(client: Client, way: Way, text: str, **more: str) -> Page:
    """Fill in the form on the last page and press its button; then the next one."""
    assert client.page
    form, _ = client.page.form(way.button)
    sends = client.send_files if form.get("enctype") else client.submit
    page = sends(way.button, **{way.field: text}, **more)
    return client.submit(way.then) if way.then and page.status == 200 else page


def told(app: Flask, channel: str) -> list[str]:
    with app.app_context():
        ratna = cast.member("ratna")
        ids = db.session.scalars(sa.select(Report.id).where(Report.channel == channel)).all()
        return [reports.open_for(ratna, report_id).told.what for report_id in ids]


@every_way
def test_no_sign_is_a_fault(app: Flask, channel: str) -> None:
    """48: NUL and its kin in the text, in each line, in the address."""
    way, client = WAYS[channel], cast.at_work(app, "ratna")
    assert client.get(f"{way.path}?ketikan=%00&l=%00").status == 200
    client.open(way.path)
    page = send(client, way, "awal\0tengah%00 \u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"))
    assert page.h1 == "Tersimpan"
    assert told(app, channel) == ["awaltengah%00 \u202e😀"]


@pytest.mark.parametrize("channel", ["phone", "counter", "letter"])
def test_a_line_break_is_one_letter(app: Flask, channel: str) -> None:
    """49: browsers send two signs for it, and a text that is exactly full is taken."""
    way, client = WAYS[channel], cast.at_work(app, "ratna")
    full = ("x" * 1999 + "\n") * 50
    assert len(full) == FULL
    client.open(way.path)
    page = send(client, way, f"{full}y")
    assert page.status == 422
    assert page.value(way.field).replace("\r\n", "\n") == f"{full}y", "nothing of it is lost"
    assert send(client, way, full).h1 == "Tersimpan"
    assert told(app, channel) == [full]


@every_way
def test_two_tabs_are_two_reports(app: Flask, channel: str) -> None:
    """42, and 36: what was chosen in one is not in the other."""
    way, client = WAYS[channel], cast.at_work(app, "ratna")
    first, second = client.get(way.path), client.get(way.path)
    for page, text in ((first, "Satu"), (second, "Dua")):
        client.page = page
        assert send(client, way, text).h1 == "Tersimpan"
    assert sorted(told(app, channel)) == ["Dua", "Satu"]


@pytest.mark.parametrize("channel", ["phone", "counter"])
def test_a_page_that_lay_open_over_night(app: Flask, channel: str) -> None:
    """42: the screen has locked; after unlocking the text is there, and the same form is sent."""
    way, client = WAYS[channel], cast.at_work(app, "ratna")
    client.open(way.path)
    with clock.frozen(clock.now() + timedelta(hours=9)):
        page = send(client, way, "Cerita malam")
        assert page.h1 == "Masuk"
        client.set_cookie("__Host-p", "")
        with app.app_context():
            client.set_cookie("__Host-p", cast.cookie_of("ratna"))
        client.open(way.path)
        assert client.click("Pakai").value(way.field) == "Cerita malam"
        assert send(client, way, "Cerita malam").h1 == "Tersimpan"
    assert told(app, channel) == ["Cerita malam"]


@every_way
def test_no_browser_stops_a_form(app: Flask, channel: str) -> None:
    """56, 62: nothing is `required` of what is not seen, no browser's bubble, no text to a maker's spelling service."""
    page = cast.at_work(app, "ratna").open(WAYS[channel].path)
    form, _ = page.form(WAYS[channel].button)
    assert form.has_attr("novalidate")
    assert not page.tree.select("[required], [minlength], [maxlength], [pattern]")
    for field in form.select("textarea, input:not([type])"):
        assert field.get("spellcheck") == "false", field.get("name")


@every_way
def test_about_a_partner_that_partner_sees_nothing(app: Flask, channel: str) -> None:
    """52: no line, no count, no page."""
    way, client = WAYS[channel], cast.at_work(app, "ratna")
    client.open(way.path)
    if way.then:
        client.send_files(way.button, **{way.field: "Rahasia"})
    with app.app_context():
        nadia = cast.member("nadia")
    fields = {"about": "partner", "about_partner": str(nadia.organisation_id)}
    page = client.submit(way.then, **fields) if way.then else send(client, way, "Rahasia", **fields)
    assert page.h1 == "Tersimpan"
    with app.app_context():
        report_id = db.session.scalars(sa.select(Report.id).where(Report.channel == channel)).one()
    theirs = cast.at_work(app, "nadia")
    before = theirs.open("/petugas/").text
    assert "Rahasia" not in before
    assert theirs.get(f"/petugas/laporan/{report_id}").status == 404


@every_way
def test_sent_twice_is_stored_once(app: Flask, channel: str) -> None:
    """The reply was lost, so the same page is sent again."""
    way, client = WAYS[channel], cast.at_work(app, "ratna")
    if channel == "chat":
        client.open(way.path)
        looked = client.send_files(way.button, text="Satu")
        for _ in range(2):
            client.page = looked
            client.submit(way.then)
    else:
        page = client.open(way.path)
        for _ in range(2):
            client.page = page
            send(client, way, "Satu")
    assert told(app, channel) == ["Satu"]
