"""What goes over the line: bytes, encodings, headers, methods, and who may send."""

import gzip

import pytest
from flask import Flask
from werkzeug.test import Client as Caller
from werkzeug.test import TestResponse

from pepa.db import Kept, transaction
from pepa.domain import intake
from pepa.models.installation import Setting
from pepa.models.organisations import Organisation
from tests.citizen.test_leave import SERVER
from tests.citizen.walks import STORY, answer, count, kept, only, post, set_up, ticket
from tests.client import HOST, Client

PAGE, WAY, WITH_TWO_MORE = 5_120, 16_384, 32_768
PHONE = {
    "User-Agent": "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; id) Presto/2.12",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "id,en;q=0.5",
}


def wire(answer: TestResponse) -> int:
    """Bytes of an answer, with what gunicorn adds."""
    head = f"HTTP/1.1 {answer.status}\r\n".encode() + SERVER + b"\r\n"
    return len(head) + sum(len(name) + len(value) + 4 for name, value in answer.headers) + len(answer.get_data())


def fullest(app: Flask) -> None:
    """Every setting is set, to what a real office may have, and there are twenty partners."""
    set_up(
        app,
        office_number="(0254) 200 123 456",
        office_whatsapp="0812-3456-7890 (chat)",
        counter_address="Loket Layanan UPTD PPA, Jalan Jenderal Ahmad Yani Nomor 125, Cipare, Kecamatan Serang",
        counter_hours="Senin sampai Jumat, 07.30-16.00",
        independent_holder="Inspektorat Daerah Kota Serang",
        law_sentence="A2",
        keep_for="10 tahun sesudah kasus selesai",
        dpo="Ibu Contoh, (0254) 200 124, pdp@serangkota.example",
    )
    names = ["Rumah Sakit", "Puskesmas", "Forum Psikolog", "Posbakum", "Rumah Singgah", "Dinas Sosial", "Pengadilan"]
    with app.app_context():
        with transaction() as session:
            for number in range(14):
                kind = "community" if number % 2 else "hospital"
                session.add(
                    Organisation(name=f"{names[number % 7]} Contoh {'Timur' if number > 6 else 'Barat'}", kind=kind)
                )
        Kept.forget()


@pytest.mark.parametrize("language", ["", "l=en"])
def test_budgets(app: Flask, language: str) -> None:
    """One request a page, first visit, nothing kept, headers counted; at its fullest and with the demo's notice."""
    fullest(app)
    browser = Caller(app)
    headers = {**PHONE, "Accept-Encoding": "gzip, deflate, br"}
    sizes: dict[str, int] = {}

    def get(path: str, name: str) -> TestResponse:
        found = browser.get(path, base_url=HOST, headers=headers)
        assert found.status_code == 200
        sizes[name] = wire(found)
        return found

    for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau"):
        get(f"{path}?{language}", path)
    sent = {"ticket": ticket(Client(app)), "what": STORY, "urgency": "now", "end": "1"}
    away = browser.post(f"/lapor?{language}", data=sent, base_url=HOST, headers=headers)
    assert away.status_code == 303
    get(away.headers["Location"], "code")
    answer(app, only(app).id, "Terima kasih sudah menulis. Apakah Anda aman sekarang? Kami bisa datang hari ini juga.")
    get(f"/pantau?{language}", "answers")
    assert {name: size for name, size in sizes.items() if size != PAGE} == {}
    assert sizes["/"] + sizes["/lapor"] + wire(away) + sizes["code"] <= WAY


@pytest.mark.parametrize("language", ["", "l=en"])
def test_the_way_with_two_additions(app: Flask, language: str) -> None:
    """Landing, form, code, two additions, each with its redirect, and the page that the last one leads to."""
    fullest(app)
    set_up(app, crisis_number="119 ext 8")
    browser = Caller(app)
    total, sizes = 0, {}

    def ask(method: str, path: str, **sent: str) -> str:
        nonlocal total
        found = browser.open(f"{path}{'&' if '?' in path else '?'}{language}", method=method, data=sent or None,
                             base_url=HOST, headers={**PHONE, "Accept-Encoding": "gzip"})  # fmt: skip
        assert found.status_code == (200 if method == "GET" else 303)
        total += wire(found)
        if method == "GET":
            sizes[f"{path} {len(sizes)}"] = wire(found)
        return (found.headers.get("Location") or "").replace("&l=en", "").replace("?l=en", "")

    ask("GET", "/")
    ask("GET", "/lapor")
    sent = {"what": STORY, "kecamatan": "regency", "end": "1"}
    ask("GET", ask("POST", "/lapor", ticket=ticket(Client(app)), **sent))
    ask("GET", ask("POST", "/lapor", go="1", end="1"))
    ask("GET", ask("POST", "/lapor", step="1", ago="recent", end="1"))
    ask("GET", ask("POST", "/lapor", step="2", suicidal="yes", end="1"))
    assert total <= WITH_TWO_MORE
    ask("GET", ask("POST", "/lapor", go="4", end="1"))
    ask("GET", ask("POST", "/lapor", step="4", reach="never", end="1"))
    ask("GET", "/lapor?pendek")
    ask("GET", ask("POST", "/lapor", pendek="1", ticket=ticket(Client(app)), **sent))
    assert {name: size for name, size in sizes.items() if size != PAGE} == {}


ENCODINGS: list[tuple[str, set[str | None]]] = [
    ("gzip, deflate, br", {"gzip"}),
    ("gzip", {"gzip"}),
    ("gzip;q=1.0, br;q=0", {"gzip"}),
    ("gzip;q=0", {None}),
    ("gzip;q=0, br", {None}),
    ("identity", {None}),
    ("", {None}),
    ("*", {"gzip"}),
    ("deflate", {None}),
    ("GZIP", {"gzip"}),
    ("gzip;q=0, *;q=0", {None}),
    ("br;q=0.5, gzip;q=1", {"gzip"}),
    ("x, ,;q=, gzip;q=abc", {None, "gzip"}),
]


def test_the_browser_says_how(app: Flask) -> None:
    """cases/citizen 60. Only gzip can be padded, so nobody here is sent brotli, not even by mistake."""
    unpack = {None: bytes, "gzip": gzip.decompress}
    for asked, given in ENCODINGS:
        for path in ("/", "/lapor", "/pantau", "/tidak-ada"):
            found = Caller(app).get(path, base_url=HOST, headers={"Accept-Encoding": asked})
            coding = found.headers.get("Content-Encoding")
            assert coding in given, (path, asked)
            assert "Accept-Encoding" in found.headers["Vary"]
            assert b"</html>" in unpack[coding](found.get_data())
            assert int(found.headers["Content-Length"]) == len(found.get_data())


def test_a_form_that_was_put_together_from_pieces_is_the_form(app: Flask) -> None:
    plain = Caller(app).get("/lapor", base_url=HOST).get_data()
    found = Caller(app).get("/lapor", base_url=HOST, headers={"Accept-Encoding": "gzip"})
    packed = gzip.decompress(found.get_data())
    start = plain.index(b'name="ticket" value="') + 21
    plain = plain[: len(packed)]  # behind it stands what pads it
    assert (plain[:start], plain[start + 70 :]) == (packed[:start], packed[start + 70 :])
    assert plain[start : start + 70] != packed[start : start + 70]


def test_methods(client: Client) -> None:
    """C01: what a door does not know is 405, and HEAD is a GET without its body."""
    for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau", "/keluar", "/healthz"):
        allowed = {"GET", "HEAD"} | ({"POST"} if path in ("/lapor", "/pantau") else set())
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "LAPOR", "POST"):
            if method not in allowed:
                page = client.call(method, path)
                assert page.status == 405, method
                assert set(page.headers["Allow"].split(", ")) == allowed
        head = client.call("HEAD", path)
        assert head.body == b""
        client.forget_cookies()
        assert head.status == client.get(path).status


def test_a_method_cannot_be_put_over_another(app: Flask, client: Client) -> None:
    before = count(app)
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        client.get(f"/lapor?ticket={ticket(client)}&what=x&end=1&_method=POST", headers={header: "POST"})
    assert count(app) == before


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_changes_nothing(app: Flask, client: Client, site: str) -> None:
    before = count(app)
    page = post(client, {"ticket": ticket(client), "what": STORY}, **{"Sec-Fetch-Site": site})
    assert page.status == 403
    assert page.h1 == "Kiriman ini datang dari situs lain."
    assert page.has("Buka halaman ini langsung, lalu kirim dari sini.")
    assert client.post("/pantau", {"code": "1", "end": "1"}, headers={"Sec-Fetch-Site": site}).status == 403
    assert count(app) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": HOST, "Referer": "https://evil.example/"},
    ],
    ids=str,
)
def test_a_form_of_ours_is_taken_from_any_browser(client: Client, headers: dict[str, str]) -> None:
    """`Origin: null` is what browsers send under our own no-referrer."""
    assert post(client, {"ticket": ticket(client), "what": STORY}, **headers).status == 303


def test_a_forged_host_changes_nothing(app: Flask, client: Client) -> None:
    """C12: no link holds a host."""
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher",
            "Forwarded": "host=evil.example", "X-Original-URL": "/petugas", "X-Rewrite-URL": "/petugas"}  # fmt: skip
    for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau", "/tidak-ada"):
        assert b"evil.example" not in client.get(path, headers=evil).body
    page = post(client, {"ticket": ticket(client), "what": STORY}, **evil)
    assert (page.location or "").startswith("/lapor?r=")
    assert client.get("/keluar", headers=evil).location == "https://www.bmkg.go.id/"


@pytest.mark.parametrize("ends", ["%0d%0aX-Evil:%201", "%0aSet-Cookie:x=1", "%E5%98%8D%E5%98%8AX-Evil:1"])
def test_no_line_break_gets_into_a_header(client: Client, ends: str) -> None:
    """C11"""
    for path in (f"/lapor?r={ends}", f"/pantau?r={ends}", f"/lapor?baru={ends}", f"/{ends}", f"/keluar?{ends}"):
        page = client.get(path)
        assert "X-Evil" not in page.headers
        assert not [line for line in page.cookies if line.startswith("x=")]


def test_headers_of_every_kind_of_answer(app: Flask, client: Client) -> None:
    """C19: the client looks at pages; this looks at what is no page."""
    sent = {"ticket": ticket(client), "what": STORY}
    for page in (post(client, sent), client.get("/healthz"), client.call("OPTIONS", "/lapor"), client.get("/keluar")):
        assert page.headers["Cache-Control"] == "no-store"
        if page.address != "/keluar":  # its bytes are counted, and it shows nothing
            assert page.headers["X-Content-Type-Options"] == "nosniff"
            assert page.headers["Referrer-Policy"] == "no-referrer"


def test_htmx_is_unknown_here(client: Client) -> None:
    """A part of a page is asked for in vain; a name that no block has breaks nothing."""
    for target in ("main#main", "div#nothing", "#", ""):
        page = client.get("/pantau", headers={"HX-Request": "true", "HX-Target": target, "Sec-Fetch-Mode": "cors"})
        assert page.status == 200
        assert b"<!doctype html>" in page.body


@pytest.mark.timeout(180)
def test_500_reports_from_one_address(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Carriers put thousands of phones behind one address: nothing is refused for its address, a quota or a puzzle."""
    monkeypatch.setattr("pepa.domain.reporters.code", lambda *_, **__: None)  # Argon2 is measured in bench/
    with app.app_context(), transaction() as session:
        session.merge(Setting(key="openings_an_hour", value="0"))  # one officer looks at all of them below
    monkeypatch.setattr(Kept, "seconds", 60.0)  # as it is served
    Kept.forget()
    before = count(app)
    caller = Caller(app, use_cookies=False)
    with app.app_context():
        tickets = [intake.mint_ticket() for _ in range(500)]
    for number, each in enumerate(tickets):
        sent = {"ticket": each, "what": f"Laporan {number}.", "end": "1"}
        found = caller.post("/lapor", data=sent, base_url=HOST, headers={"X-Forwarded-For": "203.0.113.9"})
        assert found.status_code == 303, number
    assert count(app) == before + 500
    assert len(kept(app, "Laporan 499.")) == 1
