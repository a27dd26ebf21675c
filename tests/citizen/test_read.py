"""Reading the answer: the code in one field, one text for all that opens nothing, and never what was sent."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import reporters, reports, tickets
from pepa.errors import Busy
from pepa.models.reports import Handle, Reading, Report, ReporterKey
from tests import people
from tests.citizen.walks import MORNING, STORY, answer, count, enter, kept, later, only, send, set_up
from tests.client import Client, Page


def wide(code: str) -> str:
    return "".join(chr(ord(digit) - ord("0") + 0xFF10) for digit in code)


def arabic(code: str) -> str:
    return "".join(chr(ord(digit) - ord("0") + 0x0660) for digit in code)


SHAPES: list[Callable[[str], str]] = [
    lambda code: code,
    lambda code: f"  {code}\t",
    lambda code: " ".join(code[at : at + 4] for at in range(0, 20, 4)),
    lambda code: ".".join(code[at : at + 4] for at in range(0, 20, 4)),
    lambda code: "-".join(code[at : at + 5] for at in range(0, 20, 5)),
    lambda code: "\u00a0".join(code[at : at + 4] for at in range(0, 20, 4)),
    lambda code: code.replace("0", "O").replace("1", "l"),
    wide,
    arabic,
    lambda code: f"kode: {code} ya kak",
    lambda code: f"{code[:10]}\r\n{code[10:]}",
]


def test_however_it_is_typed(app: Flask, client: Client) -> None:
    code = send(client)
    for number, shape in enumerate(SHAPES):
        assert enter(Client(app), shape(code)).has("Belum dibaca."), number


def test_the_field_is_plain_and_asks_for_no_keypad(client: Client) -> None:
    page = client.get("/pantau")
    field = page.tree.find("input", id="code")
    assert field is not None
    expected = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off", "translate": "no", "value": ""}
    assert {name: field.get(name) for name in expected} == expected
    assert field.get("type") is None
    assert field.get("inputmode") is None


@pytest.mark.both
def test_the_answer(app: Flask, client: Client, database: str) -> None:
    with clock.frozen(MORNING):
        code = send(client, urgency="today")
    with clock.frozen(later(60)):
        answer(app, only(app).id, "Terima kasih sudah menulis.\nApakah Anda aman sekarang?")
    with clock.frozen(later(120)):
        page = enter(Client(app), code)
    assert page.has("Diterima Rabu 25 Nov, sekitar pukul 10.")
    assert page.has("Dibaca Rabu 25 Nov, 11.04 WIB oleh petugas penerima.")
    assert page.has("Jawaban dari petugas penerima, Rabu 25 Nov, 11.04 WIB")
    assert page.has("Terima kasih sudah menulis. Apakah Anda aman sekarang?")
    assert "Belum ada pesan." not in page.text
    for secret in (STORY, "Ratna", "10.04", code):
        assert secret not in page.text


def dots(page: Page) -> list[tuple[str, str]]:
    """Each dot of the thread: how it is drawn, and how its words begin."""
    return [(" ".join(dot.get("class") or []), dot.get_text().split()[0]) for dot in page.tree.select(".thread li")]


def test_the_answer_stands_first_and_the_thread_behind_it(app: Flask, client: Client) -> None:
    """Until there is one, the thread says what she came for; what comes next always has a day."""
    with clock.frozen(MORNING):
        code = send(client, urgency="soon")
        page = enter(client, code)
        assert dots(page) == [("", "Diterima"), ("now", "Belum")]
        assert page.text.index("Belum dibaca.") < page.text.index("Kirim pesan")
        with app.app_context():
            reports.open_for(people.member("ratna"), only(app).id)
        page = client.open("/pantau")
        assert dots(page) == [("", "Diterima"), ("now", "Dibaca"), ("next", "Jawaban")]
        assert page.has("Jawaban paling lambat Senin 30 Nov, 16.00 WIB.")
        answer(app, only(app).id, "Terima kasih.")
        page = client.open("/pantau")
        assert dots(page) == [("", "Diterima"), ("", "Dibaca"), ("now", "Jawaban")]
        order = [page.text.index(words) for words in ("Terima kasih.", "Kirim pesan", "Diterima Rabu", "Ganti kode")]
        assert order == sorted(order)


def test_answers_newest_first(app: Flask, client: Client) -> None:
    code = send(client)
    for minute, text in ((0, "Yang pertama."), (5, "Yang kedua.")):
        with clock.frozen(later(minute)):
            answer(app, only(app).id, text)
    text = enter(client, code).text
    assert text.index("Yang kedua.") < text.index("Yang pertama.")


def test_unread_says_by_when(client: Client) -> None:
    with clock.frozen(MORNING):
        code = send(client, urgency="soon")
        page = enter(client, code)
    assert page.has(
        "Diterima Rabu 25 Nov, sekitar pukul 10.",
        "Belum dibaca. Paling lambat dibaca Kamis 26 Nov, 16.00 WIB.",
        "Belum ada pesan.",
        "Di sini hanya ada: diterima, dibaca, dan pesan.",
        "Hal lain tidak kami tulis, demi keselamatan orang yang ditolong.",
    )


def test_late_is_admitted(app: Flask, client: Client) -> None:
    with clock.frozen(MORNING):
        code = send(client, urgency="soon")
    with clock.frozen(later(3 * 24 * 60)):
        page = enter(Client(app), code)
        assert page.has("Kami terlambat. Janji kami Kamis 26 Nov, 16.00 WIB, dan belum kami tepati.")
        assert page.has("Perlu cepat? Telepon 0254-000-000 atau 129.")
        assert "Paling lambat" not in page.text
        assert "Atasan" not in page.text, "nothing here tells a superior yet"
        set_up(app, office_number="")
        assert Client(app).get("/pantau").status == 200
        assert enter(Client(app), code).has("Perlu cepat? Telepon 129.")


SLIPS = [
    ("", "Tulis kodenya. Angka saja sudah cukup."),
    ("tidak tahu", "Tulis kodenya. Angka saja sudah cukup."),
    ("1234 5678 9012 3456 789", "Kode ini kurang 1 angka."),
    ("1234 5678 9012 3456 7890 1", "Kode ini lebih 1 angka."),
    ("1234 5678 9012 3456 7890", "Ada angka yang tertukar atau salah ketik. Cocokkan lagi, empat-empat."),
    ("%00" + "9" * 5000, "Kode ini lebih"),
]


def test_a_slip_of_the_finger_is_told_beside_the_field(client: Client) -> None:
    for typed, sentence in SLIPS:
        page = enter(client, typed)
        assert page.status == 422
        assert page.has(f"Perbaiki: {sentence}")
        field = page.tree.find("input", id="code")
        assert field is not None
        assert field["aria-invalid"] == "true"
        assert page.value("code") == typed[:500]
        assert page.cookies == []


def _unknown(app: Flask, client: Client) -> str:
    with app.app_context():
        return tickets.code_of(tickets.new_token())


def _gone(app: Flask, client: Client) -> str:
    """Withdrawn, replaced and expired codes all end so: the row no longer carries their locator."""
    code = send(client)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(ReporterKey).values(code_locator=None, code_sealed=None))
    client.forget_cookies()
    return code


def _spoiled(app: Flask, client: Client) -> str:
    code = send(client)
    with app.app_context(), transaction() as session:
        session.execute(
            sa.update(ReporterKey).where(ReporterKey.code_sealed.is_not(None)).values(code_sealed=b"x" * 80)
        )
    client.forget_cookies()
    return code


def _shape(page: Page, code: str) -> tuple[int, str, list[str]]:
    named = sorted(f"{name}: {value}" for name, value in page.headers.items() if name != "Date")
    return page.status, _without_ticket(page).replace(code, "CODE"), named


def _without_ticket(page: Page) -> str:
    """Each page has a ticket of its own, 70 signs long."""
    return re.sub(r"[A-Za-z0-9_-]{70}", "TICKET", page.body.decode())


def test_whatever_opens_nothing_gets_one_answer(app: Flask, client: Client) -> None:
    shapes, page = set(), client.get("/pantau")
    for make in (_unknown, _gone, _spoiled):
        code = make(app, client)
        page = enter(client, code)
        status, body, named = _shape(page, code)
        once = page.tree.find("input", attrs={"name": "once"})
        assert once is None
        shapes.add((status, body, *named))
    assert len(shapes) == 1
    assert page.status == 404
    assert page.has(
        "Kode ini tidak membuka apa-apa. Mungkin salah catat, sudah diganti, dibatalkan, atau lewat waktunya.",
        "Anda bisa menulis lagi, atau telepon 0254-000-000 / 129.",
    )
    assert page.tree.select("a[href='tel:129']")
    assert "petugas/masuk" not in page.body.decode()


def test_many_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_: str) -> None:
        raise Busy(retry_after=20)

    monkeypatch.setattr(reporters, "open_code", busy)
    page = enter(client, "1234 5678 9012 3456 7890")
    assert page.status == 503
    assert page.headers["Retry-After"] == "20"
    assert page.has("Sedang ramai. Kode Anda tetap berlaku. Coba lagi 20 detik lagi.")
    assert page.value("code") == "1234 5678 9012 3456 7890"


def test_opening_gives_a_way_in_of_its_own(app: Flask, client: Client) -> None:
    code = send(client)
    other = Client(app)
    page = enter(other, code)
    assert page.address.startswith("/pantau")
    assert other.cookie("__Host-s") != client.cookie("__Host-s")
    assert count(app, Reading) >= 2
    assert other.get("/lapor").h1 == "Ceritakan kepada kami", "a code that was typed shows no code"
    assert other.page is not None
    assert other.get("/pantau").has("Belum dibaca.")


def test_without_cookies_the_answer_shows_once(app: Flask, client: Client, alone: Client) -> None:
    code = send(client)
    page = enter(alone, code)
    assert page.has("Belum dibaca.")
    assert page.cookies == []
    again = alone.get(page.address)
    assert again.tree.find("input", id="code") is not None
    assert "Belum dibaca." not in again.text
    assert count(app, Handle) == 0


def test_ten_minutes_without_use_end_the_reading(app: Flask, client: Client) -> None:
    with clock.frozen(MORNING):
        enter(client, send(client))
    with clock.frozen(later(9)):
        assert client.get("/pantau").has("Belum dibaca.")
    with clock.frozen(later(18)):
        page = client.get("/pantau")
        assert page.has("Belum dibaca."), "each page that reads gives ten minutes more"
    with clock.frozen(later(29)):
        page = client.get("/pantau")
        assert page.tree.find("input", id="code") is not None
        assert page.cookies == []
        for sign in ("habis", "waktu", "sekali lagi", "keluar dari"):
            assert sign not in page.text.split("Riwayat")[0].lower()


def test_an_old_cookie_is_never_mentioned(app: Flask, client: Client) -> None:
    with clock.frozen(MORNING):
        send(client)
    with clock.frozen(later(11)):
        for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau"):
            assert _without_ticket(client.get(path)) == _without_ticket(Client(app).get(path))
            assert client.page is not None
            assert client.page.cookies == []


@pytest.mark.parametrize("jump", [-24 * 60, 365 * 24 * 60], ids=["a day back", "a year on"])
def test_a_clock_that_jumps_loses_nothing(app: Flask, client: Client, jump: int) -> None:
    """A10: the way in may end, but the code still opens, and no limit is spoiled."""
    with clock.frozen(MORNING):
        code = send(client, urgency="soon")
    with clock.frozen(later(jump)):
        assert client.get("/pantau").status == 200
        page = enter(Client(app), code)
        assert page.has("Diterima Rabu 25 Nov")
        assert page.has("Kamis 26 Nov")
    assert len(kept(app)) == 1


def test_a_forged_cookie_or_handle_opens_nothing(app: Flask, client: Client) -> None:
    send(client)
    for value in ("", "x", "A" * 70, "A" * 4000, "a.b.c", "%00", "0" * 70 + ".s"):
        thief, stranger = Client(app), Client(app)
        thief.set_cookie("__Host-s", value)
        for page in (thief.get("/lapor"), stranger.get(f"/lapor?r={value}")):
            assert page.h1 == "Ceritakan kepada kami"
        for page in (thief.get("/pantau"), stranger.get(f"/pantau?r={value}")):
            assert page.tree.find("input", id="code") is not None


def test_another_code_can_be_typed_while_one_is_open(app: Flask, client: Client) -> None:
    with clock.frozen(MORNING):
        first = send(client)
    with clock.frozen(later(60)):
        send(client)
        assert client.get("/pantau").has("sekitar pukul 11")
        client.click("Kode lain")
        assert client.submit("Buka", code=first).has("sekitar pukul 10")


def test_an_answer_that_was_tampered_with_is_not_shown(app: Flask, client: Client) -> None:
    code = send(client)
    answer(app, only(app).id, "Terima kasih.")
    with app.app_context(), transaction() as session:
        session.execute(sa.text("update messages set body_sealed = :x"), {"x": b"\1" + b"x" * 300})
    page = enter(client, code)
    assert page.status == 503
    assert "Terima kasih." not in page.text
    assert page.tree.select("a[href='tel:112']")


def test_reading_leaves_no_trace_in_the_report(app: Flask, client: Client) -> None:
    code = send(client)
    with app.app_context():
        before = db.session.execute(sa.select(Report.__table__)).all()
    enter(Client(app), code)
    with app.app_context():
        assert db.session.execute(sa.select(Report.__table__)).all() == before
