"""Whatever somebody can type or a program can send: it arrives as it is, and shows as it is, or is not a form."""

import json
import tempfile
from collections.abc import Callable
from threading import BoundedSemaphore

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext

from pepa.domain import intake
from pepa.models.reports import Report
from pepa.web import gates
from tests.citizen.walks import STORY, answer, count, enter, kept, only, post, send, set_up, ticket
from tests.client import Client, Page

TEXTS = {
    "NUL is dropped": ("a\0b", "ab"),
    "emoji": ("😀👩‍👧‍👦🇮🇩", "😀👩‍👧‍👦🇮🇩"),
    "combining": ("e" + "\u0301" * 5000, "e" + "\u0301" * 5000),
    "Javanese and Arabic": ("ꦲꦏ꧀ꦱꦫ ﷽ ضرب", "ꦲꦏ꧀ꦱꦫ ﷽ ضرب"),
    "right to left override": ("\u202egnihtyna\u202c \u2066x\u2069", "\u202egnihtyna\u202c \u2066x\u2069"),
    "line breaks": ("satu\r\ndua\rtiga\nempat\n", "satu\ndua\ntiga\nempat\n"),
    "spaces at the ends": ("  \n dua \t", "  \n dua \t"),
    "not a template": ("{{7*7}} {% x %} ${7*7} #{7} %(n)s %s {0} %%", "{{7*7}} {% x %} ${7*7} #{7} %(n)s %s {0} %%"),
    "markup": ("<script>alert(1)</script> &lt; &amp; &#60;", "<script>alert(1)</script> &lt; &amp; &#60;"),
    "quotes": ('\'; drop table reports; -- "x" `y` \\', '\'; drop table reports; -- "x" `y` \\'),
    "control": ("\x01\x07\x1b[31m\x7f\ufeff\ufffe", "\x01\x07\x1b[31m\x7f\ufeff\ufffe"),
}
XSS = [
    "<script>document.title='x'</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</title><base href=//evil.example>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<style>@import'//evil.example'</style>",
    "<!--<img src='--><img src=x onerror=alert(1)>'>",
    "{{constructor.constructor('alert(1)')()}}",
    "<math><mi xlink:href='javascript:alert(1)'>x",
    '\u2028"+alert(1)+"',
]


@pytest.mark.both
def test_texts_are_kept_as_they_are(app: Flask, client: Client, database: str) -> None:
    """The rule: a line break is one letter, NUL goes, everything else stays (A13)."""
    for name, (typed, expected) in TEXTS.items():
        assert post(client, {"ticket": ticket(client), "what": typed}).status == 303, name
        assert [found.told.what for found in kept(app, expected)] == [expected], name


def test_bytes_that_are_no_text_are_marked(app: Flask, client: Client) -> None:
    """Lone surrogates, cut and overlong UTF-8: a browser sends none of them, and none breaks anything."""
    for raw in ("%ED%A0%80", "%ED%B0%80%ED%A0%80", "%F0%9F%98", "%C0%80", "%FF%FE", "%", "%zz", "%u0041"):
        body = f"ticket={ticket(client)}&what=x{raw}y&place={raw}&phone={raw}&end=1"
        page = client.post("/lapor", data=body, content_type="application/x-www-form-urlencoded")
        assert page.status in (303, 422), raw
        assert client.post(f"/pantau?r={raw}", data=f"code={raw}&end=1").status == 400, "no form at all"
        assert client.get(f"/lapor?r={raw}&baru={raw}").status == 200
    assert all(found.told.what.startswith("x") for found in kept(app, None))


def test_ten_megabytes_arrive_in_part(app: Flask, client: Client) -> None:
    for unit in ("q", "😀"):
        page = post(client, {"ticket": ticket(client), "what": unit * (10_000_000 // len(unit.encode()))})
        assert page.status == 303
        shown = client.get(page.location or "")
        assert shown.has("huruf pertama SUDAH sampai. Sisanya belum.")
        assert len(kept(app, unit * intake.LONGEST)) == 1


def test_other_fields_may_be_as_long_as_they_like(app: Flask, client: Client) -> None:
    long = "z" * 2_000_000
    sent = {"ticket": ticket(client), "what": STORY, "place": long, "phone": "0" * 2_000_000, "x": long}
    assert post(client, sent).status == 303
    told = only(app).told
    assert told.place.startswith("zzz")
    assert len(told.place) <= 5000
    body = "&".join(f"f{number}=1" for number in range(5000)) + "&end=1"
    assert client.post("/lapor", data=body, content_type="application/x-www-form-urlencoded").status == 400


def test_of_two_values_the_first_counts(app: Flask, client: Client) -> None:
    fields = [
        ("ticket", ticket(client)), ("ticket", "x"), ("what", "Satu."), ("what", "Dua."), ("what[]", "Tiga."),
        ("urgency", "soon"), ("urgency", "now"), ("end", "1"), ("end", "0"),
    ]  # fmt: skip
    assert client.post("/lapor", fields).status == 303
    assert (only(app).told.what, only(app).told.urgency) == ("Satu.", "soon")


def test_values_that_no_list_has(app: Flask, client: Client) -> None:
    before = count(app)
    for name, value in (
        ("urgency", "plan"), ("urgency", "sekarang"), ("speaker", "x"), ("kecamatan", "36.73.99"), ("about", "all"),
        ("about_partner", "LBH lain"), ("about_partner", "00000000-0000-0000-0000-000000000000"),
    ):  # fmt: skip
        page = post(client, {"ticket": ticket(client), "what": STORY, name: value})
        assert page.status == 422, name
        assert page.has("Perbaiki: Pilihan ini tidak ada di daftar. Pilih lagi, atau lewati.")
        assert page.value("what") == STORY
    assert count(app) == before


def test_fields_that_the_form_does_not_have_change_nothing(app: Flask, client: Client) -> None:
    """C03: every column of the table, and the verb's own names."""
    columns = {column.key: "x" for column in Report.__table__.columns if column.key not in ("urgency", "kecamatan")}
    more = {**columns, "holder": "x", "channel": "letter", "token": "x", "about_office": "1", "csrf_token": "x"}
    page = post(client, {**more, "ticket": ticket(client), "what": STORY})
    assert page.status == 303
    assert only(app).urgency == "today"


@pytest.mark.parametrize("path", ["/lapor", "/pantau"])
def test_other_clothes_are_no_form(app: Flask, client: Client, path: str) -> None:
    fields = {"ticket": ticket(client), "what": STORY, "code": "1", "text": "x", "end": "1"}
    before = count(app)
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items())
    for kind, body in (
        ("application/json", json.dumps(fields)),
        ("application/json", "{"),
        ("text/plain", "end=1&what=x"),
        ("multipart/form-data", parts),
        ("multipart/form-data; boundary=x", parts[:-20]),
        ("", "end=1&what=x"),
        ("application/x-www-form-urlencoded; charset=utf-16", ""),
    ):
        page = client.post(path, data=body, content_type=kind)
        assert (page.status, page.h1) == (400, "Belum sampai semua."), kind
    assert count(app) == before


def test_a_multipart_body_is_never_laid_on_the_disk(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a part was written to a temporary file")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)
    part = (
        '--x\r\nContent-Disposition: form-data; name="what"; filename="a"\r\n\r\n' + "a" * 3_000_000 + "\r\n--x--\r\n"
    )
    assert client.post("/lapor", data=part, content_type="multipart/form-data; boundary=x").status == 400


def dressed(client: Client, fields: dict[str, str]) -> Page:
    """A form without files, as a browser or a proxy sends it that dresses every form like one with files."""
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items())
    return client.post("/lapor", data=(parts + "--x--\r\n").encode(), content_type="multipart/form-data; boundary=x")


def test_a_story_that_comes_as_a_form_with_files_arrives(app: Flask, client: Client) -> None:
    """By whoever has no way in yet, and beside the way in to another report; a slip keeps it in the box."""
    for number in range(2):
        what = f"Cerita {number}, é ā."
        page = dressed(client, {"ticket": ticket(client), "what": what, "phone": "12", "end": "1"})
        assert (page.status, page.value("what")) == (422, what)
        assert "." not in (client.cookie("__Host-s") or ""), "no step is begun"
        page = dressed(client, {"ticket": page.value("ticket"), "what": what, "end": "1"})
        assert client.open(page.location or "").has("SUDAH sampai.")
        assert len(kept(app, what)) == 1


def test_cut_it_is_not_said_to_be_kept(app: Flask, client: Client) -> None:
    before = count(app)
    page = dressed(client, {"ticket": ticket(client), "what": STORY})
    assert (page.status, page.h1) == (400, "Belum sampai semua.")
    assert "tetap ada" not in page.text
    assert count(app) == before


def test_where_files_are_turned_away_it_still_arrives(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client)
    monkeypatch.setattr(gates, "_reading", BoundedSemaphore(1))
    gates._reading.acquire()
    page = dressed(client, {"ticket": ticket(client), "what": "Cerita kedua.", "end": "1"})
    assert client.open(page.location or "").has("SUDAH sampai.")
    assert len(kept(app, "Cerita kedua.")) == 1


def test_markup_is_shown_as_it_was_typed(app: Flask, client: Client) -> None:
    """In the form that comes back, in an officer's answer, in the office's settings (C08, C22)."""
    for text in XSS:
        page = post(client, {"ticket": ticket(client), "what": "", "place": text, "phone": text})
        assert page.value("place") == " ".join(text.split())
        page = client.post("/pantau", {"code": text, "text": text, "end": "1"})
        assert (page.value("code"), page.value("text")) == (text, text)
    code = send(client)
    answer(app, only(app).id, "\n".join(XSS))
    page = enter(Client(app), code)
    assert [line.get_text() for line in page.tree.select("main p[dir=auto]")] == XSS
    markup = '"><b id=x>7%%</b>'
    set_up(app, office_number=markup, counter_address=markup, counter_hours=markup, independent_holder=markup,
           keep_for=markup, dpo=markup, exit_url="https://www.example.id/?" + markup)  # fmt: skip
    for path in ("/", "/kontak", "/privasi", "/lapor?baru"):
        assert client.get(path).tree.find(id="x") is None


def test_nothing_of_it_runs_in_a_browser(app: Flask, client: Client, phone: Callable[..., BrowserContext]) -> None:
    """The phone fixture fails on any script's error and on any breach of the policy."""
    code = send(client)
    answer(app, only(app).id, "\n".join(XSS))
    page = phone().new_page()
    page.goto("/lapor")
    page.get_by_label("Tempat yang perlu didatangi").fill(" ".join(XSS))
    page.get_by_role("button", name="Kirim", exact=True).click()
    page.goto("/pantau")
    page.get_by_label("Kode").fill(code)
    page.get_by_role("button", name="Buka").click()
    page.get_by_text("constructor").wait_for()
    assert page.title() == "Info Warga"
