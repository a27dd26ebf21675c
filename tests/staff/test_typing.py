"""What is typed is kept while it is typed, sealed to whoever types it: a dead battery costs the last words at most."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pepa import clock
from pepa.db import db
from pepa.domain import exclusions, hand_ins, intake, reports, sessions
from pepa.models.people import Draft
from pepa.models.reports import Channel
from tests import cast
from tests.client import Client
from tests.staff.test_scripts import cookie_of, desk, draft

Phone = Callable[..., BrowserContext]
HALF = "Setengah kalimat yang"


def keep(client: Client, path: str, **typed: str) -> int:
    """What the script sends while somebody types on a page."""
    assert client.page
    fields = {f"typed.{name}": text for name, text in typed.items()}
    token = client.page.value("csrf_token")
    return client.post("/petugas/ketikan/simpan", {**fields, "typed_at": path, "csrf_token": token, "end": "1"}).status


def kept(page: Page, what: str) -> None:
    """Type, and wait until it was kept."""
    with page.expect_response("**/petugas/ketikan/simpan") as answer:
        page.locator("textarea").first.fill(what)
    assert answer.value.status == 204


def test_it_is_sealed_and_hers_alone(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/telepon")
    assert keep(client, "/petugas/telepon", what=HALF) == 204
    with app.app_context():
        (sealed,) = db.session.scalars(sa.select(Draft.body_sealed)).all()
        assert HALF.encode() not in sealed
    assert client.open("/petugas/telepon").has("Ketikan tadi ada di sini.")
    other = cast.at_work(app, "bayu")
    assert not other.open("/petugas/telepon").has("Ketikan tadi")
    assert not other.open("/petugas/").has("Ketikan yang belum dikirim")


def test_what_she_turned_away_is_named_no_more_though_it_was_being_typed_on(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell()
        code = reports.get_for(cast.member("ratna"), sent.report_id).reference
    path = f"/petugas/laporan/{sent.report_id}"
    client = cast.at_work(app, "ratna")
    client.open(path)
    keep(client, path, text="Ibu, kami")
    assert client.open("/petugas/").has("Ketikan yang belum dikirim", code)
    client.open(path)
    with app.app_context():
        exclusions.exclude(sent, about="office")
        assert list(db.session.scalars(sa.select(Draft.path))) == []
    keep(client, path, text="Ibu, kami akan")  # the page is still open
    assert not client.open("/petugas/").has(code)


def test_the_desk_says_where_something_waits(app: Flask) -> None:
    with app.app_context():
        path = f"/petugas/laporan/{cast.tell().report_id}"
    client = cast.at_work(app, "ratna")
    client.open("/petugas/loket")
    keep(client, "/petugas/loket", what=HALF)
    client.open(path)
    keep(client, path, text="Ibu, kami")
    page = client.open("/petugas/")
    assert page.has("Ketikan yang belum dikirim", "Tamu datang")
    assert client.click("L-").address == path
    client.open("/petugas/")
    page = client.open(client.page.link("Tamu datang")) if client.page else None
    assert client.click("Pakai").value("what") == HALF
    client.submit("Simpan")
    client.open(path)
    client.submit("Buang")
    assert not client.open("/petugas/").has("Ketikan yang belum dikirim")


def test_a_passphrase_is_never_kept(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/telepon")
    keep(client, "/petugas/telepon", what=HALF, passphrase="enam kata yang tidak boleh")
    with app.app_context():
        assert sessions.draft_for(cast.member("ratna"), "/petugas/telepon") == {"what": HALF}


@pytest.mark.parametrize("path", ["//evil.example", "/lapor", "", "/petugas/../x"])
def test_only_for_a_page_of_the_desk(app: Flask, path: str) -> None:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/telepon")
    keep(client, path, what=HALF)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 0


def test_a_browser_that_dies_costs_nothing(browser: Browser, live_server: str, app: Flask) -> None:
    """The page is gone in the middle of the typing, without a word; another phone has the text."""
    with app.app_context():
        first, second, other = (cast.cookie_of(login) for login in ("ratna", "ratna", "bayu"))
    with closing(browser.new_context(base_url=live_server)) as context:
        context.add_cookies([cookie_of(first)])
        page = context.new_page()
        page.goto("/petugas/telepon")
        kept(page, HALF)
    with closing(browser.new_context(base_url=live_server)) as context:
        context.add_cookies([cookie_of(other)])
        page = context.new_page()
        page.goto("/petugas/")
        expect(page.get_by_text("Ketikan yang belum dikirim")).to_have_count(0)
        context.add_cookies([cookie_of(second)])
        page.goto("/petugas/")
        page.locator(".notice").get_by_role("link", name="Telepon").click()
        page.get_by_role("link", name="Pakai").click()
        expect(page.get_by_label("Apa yang diceritakan?")).to_have_value(HALF)
        page.get_by_label("Apa yang diceritakan?").fill(f"{HALF} selesai.")
        page.get_by_role("button", name="Simpan", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tersimpan")
    assert draft(app, "/petugas/telepon") is None, "what was sent is offered no more"


def test_what_is_typed_beside_an_older_text_writes_over_nothing(phone: Phone, app: Flask) -> None:
    """The text of one caller must neither go nor get into another's."""
    path, newer = "/petugas/telepon", "Cerita lain"
    with app.app_context():
        sessions.keep_draft(cast.cookie_of("ratna"), path, {"what": HALF})
    page = desk(phone, app)
    page.goto(path)
    kept(page, newer)
    assert (draft(app, path) or {})["what"] == HALF
    page.close()  # the battery
    page = desk(phone, app)
    page.goto("/petugas/")
    expect(page.locator(".notice").get_by_role("link", name="Telepon")).to_have_count(1)
    page.goto(path)
    page.get_by_role("link", name="Pakai").click()
    expect(page.get_by_label("Apa yang diceritakan?")).to_have_value(HALF)
    page.get_by_role("button", name="Simpan", exact=True).click()
    page.goto(path)
    page.get_by_role("link", name="Pakai").click()
    expect(page.get_by_label("Apa yang diceritakan?")).to_have_value(newer)
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tersimpan")
    page.goto(path)
    expect(page.get_by_text("Ketikan tadi")).to_have_count(0)


def test_sending_the_newer_one_leaves_the_older_one_offered(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/telepon")
    keep(client, "/petugas/telepon", what=HALF)
    client.open("/petugas/telepon")
    assert client.submit("Simpan", what=" ").status == 422
    assert client.submit("Simpan", what="Cerita lain").h1 == "Tersimpan"
    assert client.open("/petugas/telepon").has("Ketikan tadi ada di sini.")
    assert client.click("Pakai").value("what") == HALF


def test_a_lock_beside_an_older_text_keeps_both(phone: Phone, app: Flask) -> None:
    path = "/petugas/telepon"
    with app.app_context():
        sessions.keep_draft(cast.cookie_of("ratna"), path, {"what": HALF})
    page = desk(phone, app)
    page.goto(path)
    page.locator("textarea").first.fill("Cerita lain")
    page.get_by_role("button", name="Kunci sekarang").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")
    assert (draft(app, path) or {})["what"] == HALF
    assert (draft(app, f"{path}~") or {})["what"] == "Cerita lain"
    client = cast.at_work(app, "ratna")
    client.open(path)
    client.submit("Buang")
    assert client.open(path).has("Ketikan tadi ada di sini.")
    assert client.click("Pakai").value("what") == "Cerita lain"


def test_an_old_text_goes_after_thirty_days(context: Flask) -> None:
    sessions.keep_draft(cast.cookie_of("ratna"), "/petugas/telepon", {"what": HALF})
    with clock.frozen(clock.now() + timedelta(days=29)):
        sessions.purge()
    assert db.session.scalars(sa.select(Draft.path)).all()
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert sessions.purge() >= 1
    assert not db.session.scalars(sa.select(Draft.path)).all()


def test_an_answer_is_kept_and_gone_once_it_was_sent(phone: Phone, app: Flask) -> None:
    with app.app_context():
        taken = hand_ins.hand_in(cast.member("ratna"), intake.mint_ticket(), channel=Channel.PHONE, what="Cerita")
    path = f"/petugas/laporan/{taken.report_id}"
    page = desk(phone, app)
    page.goto(path)
    kept(page, HALF)
    assert draft(app, path) == {"text": HALF}
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_text("Jawaban SUDAH dikirim.")).to_be_visible()
    assert draft(app, path) is None
