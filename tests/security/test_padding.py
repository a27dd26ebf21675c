"""Pages weigh the same on the line (D06): through gunicorn as it is shipped, in both languages, errors too."""

import gzip
import re
import socket
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask, Response
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from pepa.web import headers, padding
from tests.e2e.test_killed_workers import served
from tests.installations import copied

PATHS = ("/", "/kontak", "/privasi", "/lapor", "/lapor?pendek", "/pantau", "/tidak-ada", "/pantau/x")
PAGE, LONG = padding.SIZES
REDIRECT, JOURNEY = 640, 32_768
SECURE = len("Strict-Transport-Security: \r\n") + len(headers.HSTS)  # one line more over TLS; pages have room for it


@dataclass
class Line:
    """What a listener counts: requests as a phone sends them, and the bytes that come back."""

    port: int
    cookie: str = ""

    def ask(self, path: str, fields: dict[str, str] | None = None, method: str = "", **headers: str) -> "Answer":
        body = urlencode(fields or {}).encode()
        told = {"Host": "localhost", "Accept-Encoding": "gzip, deflate, br", "Connection": "keep-alive", **headers}
        if fields is not None:
            told |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        if self.cookie:
            told["Cookie"] = self.cookie
        method = method or ("GET" if fields is None else "POST")
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
        with socket.create_connection(("127.0.0.1", self.port), 20) as line:
            line.sendall("\r\n".join(lines).encode() + body)
            return Answer(b"".join(_until_whole(line)))


def _until_whole(line: socket.socket) -> Iterator[bytes]:
    got = b""
    while True:
        piece = line.recv(65_536)
        yield piece
        got += piece
        head, sep, body = got.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if not piece or (sep and length and len(body) >= int(length[1])):
            return


@dataclass
class Answer:
    """Everything that came back, to the last byte."""

    raw: bytes

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode()

    @property
    def status(self) -> int:
        return int(self.head.split(" ")[1])

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def page(self) -> str:
        return (gzip.decompress(self.body) if "Content-Encoding: gzip" in self.head else self.body).decode()

    def header(self, name: str) -> str:
        found = re.search(rf"(?im)^{name}: (.*?)\r?$", self.head)
        return found[1] if found else ""

    def value(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]+)"', self.page)
        assert found, self.page
        return found[1]


@pytest.fixture(scope="module")
def port(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """gunicorn with the settings that are shipped, once for this file."""
    with served(copied(sqlite_template, tmp_path_factory.mktemp("padding") / "pepa")) as (port, _):
        yield port


@pytest.fixture
def on(port: int) -> Line:
    """A listener on a new phone's line."""
    return Line(port)


def written(on: Line, query: str, text: str = "Pintu dibanting.", **fields: str) -> Answer:
    """Send a report from a new form."""
    ticket = on.ask(f"/lapor?baru{query}").value("ticket")
    return on.ask(f"/lapor?{query}", {"ticket": ticket, "what": text, **fields, "end": "1"})


def test_pages_weigh_the_same(on: Line) -> None:
    """First visit, errors, the code, the answers; in both languages, compressed or not; with a cookie or without."""
    for query in ("", "&l=en"):
        for coding, size in (("gzip, deflate, br", PAGE), ("gzip", PAGE), ("identity", LONG)):
            on.cookie = ""
            told = {"Accept-Encoding": coding}
            seen = {path: on.ask(path + (query if "?" in path else query.replace("&", "?")), **told) for path in PATHS}
            seen["cut"] = on.ask(f"/lapor?{query}", {"what": "x"}, **told)
            seen["odd"] = on.ask(f"/lapor?{query}", method="PUT", **told)
            away = {"Sec-Fetch-Site": "cross-site"}
            seen["strange"] = on.ask(f"/pantau?{query}", {"end": "1"}, **told, **away)
            moved = written(on, query)
            on.cookie = moved.header("set-cookie").partition(";")[0]
            seen["code"] = on.ask(f"/lapor?{query}", **told)
            seen["answers"] = on.ask(f"/pantau?{query}", **told)
            for step in re.findall(r'name="go" value="(\d+)"', seen["code"].page):
                asked = on.ask(f"/lapor?{query}", {"go": step, "end": "1"})
                on.cookie = asked.header("set-cookie").partition(";")[0]
                seen[f"addition {step}"] = on.ask(f"/lapor?{query}", **told)
            for act in re.findall(r'name="go" value="([A-Z])"', seen["answers"].page):
                asked = on.ask(f"/pantau?{query}", {"go": act, "end": "1"})
                on.cookie = asked.header("set-cookie").partition(";")[0]
                seen[f"act {act}"] = on.ask(f"/pantau?{query}", **told)
            assert {"addition 2", "act B", "act G", "act O"} <= seen.keys()
            assert len({answer.page for answer in seen.values()}) == len(seen) - 1, (
                "each is another page, but the two 404"
            )
            assert on.cookie.startswith("__Host-s=")
            weights = {name: len(answer.raw) for name, answer in seen.items()}
            assert set(weights.values()) == {size}, weights
            assert {answer.status for answer in seen.values()} == {200, 400, 403, 404, 405}
            for answer in seen.values():
                assert "</html>" in answer.page
                assert f'lang="{"en" if query else "id"}"' in answer.page


def test_what_shows_again_what_was_typed_goes_up_in_steps(on: Line) -> None:
    """Never compressed, so that nothing can be guessed letter by letter; the length is told by the step alone."""
    weights = {}
    for letters in (0, 1, 2, 700, 20_000):
        answer = written(on, "", "", phone="1", place="x" * min(letters, 4000), speaker="a" * max(0, letters - 4000))
        assert answer.status == 422
        assert "Content-Encoding" not in answer.head
        weights[letters] = len(answer.raw)
    assert {weight % padding.STEP for weight in weights.values()} == {0}
    assert weights[0] == weights[1] == weights[2]
    assert weights[20_000] > weights[0]


def test_the_whole_journey_with_two_additions(on: Line) -> None:
    """Landing, form, code, two additions and what comes after them: six pages and four ways to the next one."""
    answers = [on.ask("/")]
    answers.append(on.ask("/lapor"))
    sent = {"ticket": answers[-1].value("ticket"), "what": "Pintu dibanting.", "urgency": "today"}
    for form in (sent, {"go": "1"}, {"step": "1", "ago": "recent"}, {"step": "2", "lives_in": "yes"}):
        moved = on.ask("/lapor", {**form, "end": "1"})
        assert moved.status == 303, moved.page
        on.cookie = moved.header("set-cookie").partition(";")[0]
        answers += [moved, on.ask(moved.header("location"))]
    assert [answer.status for answer in answers] == [200, 200, *[303, 200] * 4]
    weights = [len(answer.raw) + SECURE * (answer.status == 303) for answer in answers]
    assert sum(weights) <= JOURNEY, weights


def test_what_is_no_page_stays_small(on: Line) -> None:
    """A redirect, the exit and the watchdog's answer carry no page."""
    assert len(on.ask("/keluar").raw) < 300
    assert len(on.ask("/healthz").raw) < 600
    moved = written(on, "")
    assert moved.status == 303
    assert not moved.body
    assert len(moved.raw) + SECURE <= REDIRECT
    head = on.ask("/", method="HEAD", Connection="close")
    assert not head.body


def test_everybody_reads_it(on: Line, browser: Browser) -> None:
    """curl, zlib and a browser read over what fills a page up."""
    plain = on.ask("/kontak", **{"Accept-Encoding": "identity"}).page
    packed = on.ask("/kontak")
    assert packed.body[3] == padding.EXTRA
    stream = zlib.decompressobj(31)
    assert stream.decompress(packed.body).decode() == packed.page
    assert (stream.eof, stream.unused_data) == (True, b"")
    assert plain.partition("</html>")[0] == packed.page.partition("</html>")[0]
    assert packed.page.endswith("</html>")
    address = f"http://localhost:{on.port}/kontak"
    got = subprocess.run(["curl", "-s", "--compressed", address], capture_output=True, check=True).stdout.decode()
    assert got == packed.page
    texts = set()
    for coding in ("gzip", "identity"):
        context = browser.new_context(extra_http_headers={"Accept-Encoding": coding})
        page = context.new_page()
        page.goto(address)
        texts.add(page.evaluate("document.documentElement.innerText"))
        context.close()
    assert len(texts) == 1
    assert "Nomor telepon" in texts.pop()


@given(st.integers(0, 70_000))
def test_a_stream_takes_any_number_of_bytes(lack: int) -> None:
    packed = gzip.compress(b"<p>Isi</p>" * 40, mtime=0)
    longer = padding._stretched(packed, min(lack, 65_000))
    assert len(longer) == len(packed) + min(lack, 65_000)
    assert gzip.decompress(longer) == zlib.decompress(longer, 31) == b"<p>Isi</p>" * 40
    rest = padding._ignored(lack).decode()
    assert len(rest) == lack
    assert not re.sub(r"\A\n*\Z|\A<!--\.*-->\Z", "", rest)


@given(st.integers(200, 1200), st.integers(0, 40_000))
def test_a_page_goes_to_the_next_size(head: int, body: int) -> None:
    lack = padding._lack(head, body, padding.SIZES)
    whole = head + body + lack + len(str(body + lack))
    assert lack >= 0
    assert whole in padding.SIZES or (whole > LONG and whole % padding.STEP == 0)
    assert whole - padding.STEP < head + body + len(str(body)) or whole == LONG


def test_headers_that_come_late_are_counted(app: Flask) -> None:
    """Whatever sets a header sets it before: nothing runs after the padding."""

    def late(response: Response) -> Response:
        response.headers["X-Late"] = "x" * 40
        return response

    app.after_request(late)
    answer = app.test_client().get("/kontak", headers={"Accept-Encoding": "gzip"})
    head = f"HTTP/1.1 {answer.status}\r\n{padding.SERVER}\r\n"
    assert answer.headers["X-Late"]
    assert len(head) + sum(len(n) + len(v) + 4 for n, v in answer.headers) + len(answer.get_data()) == PAGE


@pytest.mark.parametrize("status", [303, 308])
def test_a_redirect_is_not_filled_up(app: Flask, status: int) -> None:
    with app.test_request_context("/lapor"):
        assert padding.padded(Response(b"", status=status)).get_data() == b""
