"""What the desk serves: headers on each answer, nothing forged, nothing that is no door (C11, C12, C19, C26)."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pepa.domain import duty, inbox
from pepa.web import pages
from tests import cast
from tests.client import Client
from tests.staff.test_inbox import PART

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
    "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
}  # fmt: skip


def test_headers_on_every_answer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """C19: pages, parts, ways on, refusals, faults; the client looks at the rest on each page that it gets."""
    with app.app_context():
        report_id = cast.tell().report_id
    client, stranger = cast.at_work(app, "ratna"), Client(app)
    answers = [
        stranger.get("/petugas/"),
        stranger.get("/petugas/masuk"),
        client.get("/petugas"),
        client.get("/petugas/"),
        client.get("/petugas/?segar=1", headers={**PART, "HX-Target": "div#alarms"}),
        client.get(f"/petugas/laporan/{report_id}"),
        client.get("/petugas/tidak-ada"),
        client.get("/petugas/tidak-ada", headers=PART),
        client.post("/petugas/kunci", {}),
        client.call("TRACE", "/petugas/piket"),
    ]
    monkeypatch.setattr(duty, "roster_for", lambda *_: 1 / 0)
    answers.append(client.get("/petugas/piket"))
    assert {answer.status for answer in answers} == {303, 200, 308, 404, 422, 405, 500}
    for answer in answers:
        policy = {piece.strip() for piece in answer.headers["Content-Security-Policy"].split(";")}
        assert policy == POLICY, answer
        for name, value in (
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
            ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
        ):
            assert answer.headers.getlist(name) == [value], (answer, name)
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        assert "Server" not in answer.headers


def test_a_fault_shows_none_of_its_words(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cast.at_work(app, "ratna")
    for fault, status in (
        (ValueError("Tentang Ibu Sari"), 500),
        (OperationalError("select 'Tentang Ibu Sari'", {}, Exception("locked")), 503),
    ):

        def raises(*_: object, fault: Exception = fault, **__: object) -> None:
            raise fault

        monkeypatch.setattr(inbox, "list_for", raises)
        page = client.get("/petugas/")
        assert page.status == status
        assert "Sari" not in page.body.decode()
        assert "Traceback" not in page.body.decode()
        part = client.get("/petugas/", headers={**PART, "HX-Target": "section#list"})
        assert (part.status, part.headers["HX-Retarget"]) == (status, "#notices")


def test_a_database_that_does_not_answer_is_a_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even who is at work can be asked then."""
    client = cast.at_work(app, "ratna")
    client.open("/petugas/")

    def silent(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("database is locked"))

    monkeypatch.setattr("pepa.domain.sessions.member", silent)
    page = client.get("/petugas/")
    assert page.status == 503
    assert page.headers["Retry-After"]
    assert page.h1


def test_not_even_the_first_page_needs_the_database_to_say_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has answered nothing yet, and a database that went away meanwhile."""
    client = cast.at_work(app, "ratna")

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("no such file"))

    for verb in ("execute", "scalar", "scalars", "get", "connection"):
        monkeypatch.setattr(Session, verb, gone)
    for path in ("/petugas/", "/petugas/piket", "/petugas/tidak-ada"):
        page = client.get(path)
        assert page.status == 503
        assert page.h1


@pytest.mark.parametrize(
    "name",
    ["Host", "X-Forwarded-Host", "X-Forwarded-Server", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded",
     "X-Original-URL", "X-Rewrite-URL", "X-Host", "X-Real-IP"],
)  # fmt: skip
def test_forged_hosts_change_no_link(app: Flask, name: str) -> None:
    """C12: no link holds a host at all, so that none can be put into it."""
    evil = {name: "host=evil.example" if name == "Forwarded" else "evil.example"}
    for client in (Client(app), cast.at_work(app, "ratna")):
        for path in ("/petugas/", "/petugas", "/petugas/masuk?back=/petugas/piket", "/petugas/piket"):
            page = client.get(path, headers=evil)
            assert b"evil.example" not in page.body
            location = page.location or "/"
            assert location.startswith("/"), location
            assert not location.startswith("//"), location
            assert page.status in (200, 303, 308, 404)


@pytest.mark.parametrize(
    "ends", ["%0d%0aX-Evil:%201", "%0aSet-Cookie:x=1", "%E5%98%8D%E5%98%8AX-Evil:1", "\r\nX-Evil: 1"]
)
def test_no_line_break_gets_into_a_header(app: Flask, ends: str) -> None:
    """C11: by way of the address to come back to, of a query, of a cookie, of htmx's own headers."""
    client = cast.at_work(app, "ratna")
    paths = [f"/petugas/masuk?back=/petugas/{ends}", f"/petugas/?tab={ends}", f"/petugas/laporan/{ends}"]
    for path in paths:
        for asker in (client, Client(app)):
            page = asker.get(path)
            assert "X-Evil" not in page.headers
            assert not [line for line in page.cookies if line.startswith("x=")]
            assert "\n" not in (page.location or "")
    client.set_cookie("__Host-n", "1\r\nX-Evil: 1".replace("\r\n", "%0d%0a"))
    assert "X-Evil" not in client.get("/petugas/").headers


@pytest.mark.parametrize("path", ["//evil.example/..", "/petugas//evil.example", "//petugas", "/petugas//", "///x/"])
def test_a_slash_too_many_leads_nowhere_else(app: Flask, path: str) -> None:
    page = cast.at_work(app, "ratna").get(path)
    assert page.status in (200, 308, 404)
    assert not (page.location or "/x").startswith("//")
    assert (page.location or "/x").startswith("/")


@pytest.mark.parametrize("value", ["0", "1", "99999", "-1", "x", "1; drop", "1.0", "٣", "9" * 3000])
def test_a_notice_is_one_of_ours_or_none(app: Flask, value: str) -> None:
    client = cast.at_work(app, "ratna")
    client.set_cookie("__Host-n", value)
    page = client.open("/petugas/")
    assert page.status == 200
    said = [" ".join(one.get_text().split()) for one in page.tree.select("#notices .notice")]
    assert said == ([pages.NOTICES[int(value)]] if value in ("0", "1") else [])


@pytest.mark.parametrize(
    "path",
    ["/debug", "/console", "/metrics", "/.git/config", "/.env", "/instance/pepa.sqlite", "/static/",
     "/static/../wsgi.py",
     "/static/%2e%2e/wsgi.py", "/static/..%2fwsgi.py", "/static/%00", "/petugas/admin", "/petugas/.git/config",
     "/petugas/debug", "/backup.zip", "/static/staff.css.map", "/static/htmx.min.js.map", "/server-status",
     "/petugas/static/staff.css", "/wsgi.py", "/pepa.sqlite-wal", "/keys/pepa.key", "/../keys/pepa.key"],
)  # fmt: skip
def test_nothing_else_is_served(app: Flask, path: str) -> None:
    """C26: no debugger, no figures, no sources, no copies, no listing; also not to whoever is at work."""
    for client in (Client(app), cast.at_work(app, "ratna")):
        assert client.get(path).status == 404, path


def test_the_debugger_is_not_there(app: Flask) -> None:
    assert not app.debug
    page = Client(app).get("/?__debugger__=yes&cmd=resource&f=debugger.js")
    assert "javascript" not in page.headers["Content-Type"]
    assert Client(app).get("/petugas/masuk?__debugger__=yes&cmd=resource&f=style.css").h1 == "Masuk"


def test_other_people_s_cookies_are_left_alone(app: Flask) -> None:
    """A cookie of a library that we use for something else must neither open the desk nor break it."""
    client = Client(app)
    for name, value in (
        ("remember_token", "1|abc"),
        ("session", "eyJfdXNlcl9pZCI6IjEifQ.x.y"),
        ("remember_token", "x"),
    ):
        client.set_cookie(name, value)
        assert client.get("/petugas/").status == 303
        assert client.get("/petugas/masuk").status == 200
