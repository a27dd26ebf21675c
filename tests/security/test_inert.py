"""Whatever anybody typed is text, on every page of the desk, in a browser that reports each breach (C08, C10, C22)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from pepa.db import db, transaction
from pepa.domain import devices, reporters, reports
from pepa.models.lists import ReadyAnswer
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.models.places import Kecamatan
from tests import cast

Phone = Callable[..., BrowserContext]
CORPUS = [
    "<script>window.hit=1</script>",
    "\"><img src=x onerror=\"window.hit=1\">",
    "'><svg/onload=window.hit=1>",
    "</textarea><script>window.hit=1</script>",
    "</title><script>window.hit=1</script>",
    "<iframe srcdoc='<script>parent.hit=1</script>'>",
    "<a href=javascript:window.hit=1>x</a><form action=https://evil.example><button>Masuk</button>",
    "<base href=https://evil.example/><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<div hx-get=/petugas/ hx-trigger=load hx-on:load=window.hit=1 data-hx-on:click=x>x</div>",
    "<template hx type=partial hx-target=body><script>window.hit=1</script></template>",
    "{{7*7}} {% print(7*7) %} ${7*7} #{7*7} <%= 7*7 %>",
    "%(jam)s %s %d %n {sapaan} {0.__class__} \\u003cscript\\u003e",
    "\u202egpj.exe\u202c \u2066a\u2069 \u200b\u200bzero\u200dwidth \ufdfd",
    "&lt;script&gt; &#x3c;script&#x3e;",
    "\x1b[31m \x07 \ufeff",
    "Z" + "\u0301\u0330" * 200 + "a",
]  # fmt: skip
ALL = "\n".join(CORPUS)


def names(text: str) -> str:
    """On one line, as a name."""
    return " ".join(text.split())


def visit(page: Page, report_id: object) -> list[str]:
    """Every page of the desk on which somebody else's words stand; what was found wrong."""
    wrong = []
    for path in ("/petugas/", "/petugas/?tab=semua", f"/petugas/laporan/{report_id}", "/petugas/piket", "/petugas/hp"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if page.evaluate("window.hit"):
            wrong.append(f"{path}: something ran")
        strangers = page.evaluate(
            "[...document.querySelectorAll('script:not([src^=\"/static/\"]), iframe, img, base, object')]"
            ".concat([...document.querySelectorAll('form:not([action^=\"/petugas/\"])')]).map(e => e.outerHTML)"
        )
        wrong += [f"{path}: {stranger}" for stranger in strangers]
        handled = page.evaluate("[...document.querySelectorAll('.said *, bdi *, dd *')].map(e => e.nodeName)")
        wrong += [f"{path}: {name} in what was typed" for name in handled if name not in ("B", "BDI", "TIME", "SPAN")]
    return wrong


def test_every_text_is_shown_as_it_was_typed(phone: Phone, app: Flask) -> None:
    """The fixture fails the test on any breach of the policy that the browser reports."""
    with app.app_context():
        sent = cast.tell(ALL, place=ALL, phone="+62 800 " + names(ALL), urgency="now", kecamatan="36.73.02")
        reporters.write(sent, text=ALL, once="1")
        reports.answer(cast.member("bayu"), sent.report_id, text=ALL, once="1")
        devices.register(cast.member("wulan"), label=names(ALL), once="1")
        with transaction() as session:
            session.add(ReadyAnswer(code='"><script>window.hit=1</script>', position=-1, text=ALL))
            for login in ("ratna", "bayu", "wulan"):
                session.execute(sa.update(Person).where(Person.login == login).values(name=f"{login} {names(ALL)}"))
            session.execute(sa.update(Organisation).where(Organisation.kind == "intake").values(name=names(ALL)))
            session.execute(sa.update(Kecamatan).values(name=names(ALL)))
        cookie = cast.cookie_of("wulan")
    context = phone(width=1280, height=800)
    context.add_cookies([{"name": "__Host-p", "value": cookie, "domain": "localhost", "path": "/", "secure": True,
                          "httpOnly": True, "sameSite": "Strict"}])  # fmt: skip
    page = context.new_page()
    assert not visit(page, sent.report_id)
    page.goto(f"/petugas/laporan/{sent.report_id}")
    typed = [text.replace("\r", "") for text in page.locator(".said").all_text_contents()]
    assert typed == [ALL.replace("\r", "")] * 3
    page.get_by_text("Jawaban siap pakai").click()
    page.locator("details .button").first.click()
    assert page.locator("textarea[name=text]").input_value() == ALL.replace("{sapaan}", "Anda")
    assert not page.evaluate("window.hit")


@pytest.mark.parametrize("text", [text for text in CORPUS if text.isprintable() or "\u200b" in text])
def test_what_is_typed_at_the_door_comes_back_inert(app: Flask, text: str) -> None:
    """Fields that show again what was typed, and addresses whose words a page could repeat."""
    client = cast.Client(app)
    client.get("/petugas/masuk")
    page = client.submit("Masuk", login=names(text), passphrase=text, code=names(text))
    assert page.status == 422
    assert page.value("login") == names(text)[:300]
    assert len(page.tree.find_all("script")) == 5
    client = cast.at_work(app, "wulan")
    client.open("/petugas/piket")
    page = client.submit("Tambah piket", starts_at=names(text), ends_at=names(text))
    assert page.status == 422
    assert page.value("starts_at") == names(text).strip()


@pytest.mark.parametrize("query", ["tab", "at", "hari", "jawaban", "ketikan", "segar", "back"])
def test_an_address_is_never_repeated(app: Flask, query: str) -> None:
    client = cast.at_work(app, "wulan")
    for path in ("/petugas/", "/petugas/piket", "/petugas/masuk"):
        page = client.call("GET", path, query_string={query: ALL})
        assert page.status in (200, 303)
        assert "window.hit" not in page.body.decode()


@pytest.mark.both
@pytest.mark.parametrize(
    "text",
    ["'; drop table reports; --", "%' or '1'='1", "_", "%", "\\", "a" * 1_000_000],
    ids=lambda text: repr(text[:20]),
)
def test_the_database_takes_it_as_text(database: str, app: Flask, text: str) -> None:
    """C21: in the name at the door, in an answer, in an address; on both databases, in bounded time."""
    with app.app_context():
        sent = cast.tell(text)
        reports.answer(cast.member("ratna"), sent.report_id, text=text, once=text)
        assert db.session.scalars(sa.select(sa.func.count()).select_from(Person)).one() > 10
    client = cast.at_work(app, "ratna")
    page = client.open(f"/petugas/laporan/{sent.report_id}")
    said = [element.get_text() for element in page.tree.select(".said")]
    assert said[-1] == text
    assert said[0] == text[:100_000]
    page = client.call("GET", "/petugas/", query_string={"tab": text, "at": text})
    assert page.status == 200
