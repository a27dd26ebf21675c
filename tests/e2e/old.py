"""Chromiums of 2018 and 2020 walk the citizens' way, against gunicorn as it is shipped: `make test-old`.

Over plain http these browsers keep none of our cookies, not even from localhost: that is a phone that keeps none. Over
TLS they do: there are the additions, and the exit that changes cookies. Each page must fit the screen, show its fields,
and break nothing in the console. Pictures are left in $PEPA_OLD/pictures, to be looked at.
"""

import asyncio
import json
import os
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from pepa.config import ROOT
from tests.citizen.walks import answer, kept
from tests.e2e.devtools import Page, browser
from tests.e2e.places import DULL, dull_site
from tests.e2e.test_killed_workers import served
from tests.installations import configured, opened, planted

NAMES = ("chromium-65", "chromium-80")
SIZES = ((240, 320), (320, 480))
PUBLIC = {"depan": "/", "nomor": "/kontak", "privasi": "/privasi", "tulis": "/lapor", "baca": "/pantau", "tidak": "/x"}
ANSWER = "Terima kasih sudah menulis. Apakah Anda aman sekarang?"
PEM = ROOT / "tests/delivery/localhost.pem"
BUTTONS = "[].slice.call(document.querySelectorAll('main a, main button'))"
FIELDS = (
    "[].slice.call(document.querySelectorAll('main input:not([type=hidden]), main textarea, main select, button'))"
    ".filter(function (e) { return !e.parentNode.hidden })"
)
ON_TOP = """(function () { var b = document.querySelector('.exit a').getBoundingClientRect();
return document.elementFromPoint(b.left + 9, b.top + 9).getAttribute('href') })()"""


@dataclass
class Walk:
    """One old browser on one screen."""

    page: Page
    address: str
    pictures: Path
    width: int

    def go(self, path: str) -> None:
        self.and_wait(f"location.href = {json.dumps(self.address + path)}")

    def press(self, words: str) -> None:
        """A link or a button, by the words that it begins with."""
        named = f"{BUTTONS}.filter(function (e) {{ return e.innerText.trim().indexOf({json.dumps(words)}) == 0 }})"
        self.page.until(f"{named}.length > 0")
        self.and_wait(f"{named}[0].click()")

    def and_wait(self, act: str) -> None:
        """Do something that leads to another page, and wait for it."""
        self.page.js(f"document.documentElement.className = 'before'; {act}; 1")
        self.page.until("document.readyState == 'complete' && document.documentElement.className != 'before'")

    def type(self, field: str, text: str) -> None:
        self.page.js(f"document.getElementById({json.dumps(field)}).value = {json.dumps(text)}")

    def heading(self) -> str:
        return str(self.page.js("document.querySelector('h1').innerText"))

    def text(self) -> str:
        return str(self.page.js("document.body.innerText"))

    def check(self, what: str) -> None:
        """It fits, nothing lies over the exit, every field can be seen, nothing complained; and a picture of it."""
        self.page.picture(self.pictures / f"{what}-{self.width}.png")
        assert self.page.js("document.documentElement.scrollWidth") <= self.width, f"{what} is wider than the screen"
        assert self.page.js(ON_TOP) == "/keluar", f"{what}: something lies over the exit"
        small = f"{FIELDS}.filter(function (e) {{ return e.offsetHeight < 16 || e.offsetWidth < 16 }}).length"
        assert self.page.js(small) == 0, f"{what} hides a field"
        assert not self.page.complaints, f"{what}: {self.page.complaints}"


def walk(app: Flask, on: Walk, story: str, *, cookies: bool) -> None:
    """Landing, form, code, additions where cookies are kept, answer, exit, back key."""
    for what, path in PUBLIC.items():
        on.go(path)
        on.check(what)
    on.go("/lapor?l=en")
    on.check("tell")
    on.go("/")
    on.press("Minta tolong")
    on.press("Kirim")  # empty: what is wrong stands beside its field
    assert "Tulis dulu yang terjadi." in on.text()
    on.check("salah")
    on.type("what", story)
    on.press("Kirim")
    assert on.heading() == "Kode Anda"
    on.check("kode")
    code = str(on.page.js("document.querySelector('.code').innerText"))
    if cookies:
        _additions(on)
    (report,) = kept(app, story)
    answer(app, report.id, ANSWER)
    on.go("/pantau?baru")
    on.type("code", code)
    on.press("Buka")
    assert ANSWER in on.text()
    on.check("jawaban")
    if cookies:
        _acts(on)
    on.type("text", "Saya aman.")
    if not cookies:
        on.type("code", code)
    on.press("Kirim pesan")
    assert "SUDAH sampai" in on.text()
    _leave(on)


def _additions(on: Walk) -> None:
    """Each of them is looked at; one is sent."""
    names = on.page.js(
        "[].slice.call(document.querySelectorAll('button[name=go] b')).map(function (e) { return e.innerText.trim() })"
    )
    assert len(names) > 2, names
    for number, name in enumerate(names):
        on.go("/lapor")
        while on.heading() != "Kode Anda":
            on.press("Kode Anda")
        on.press(name)
        assert on.heading() == name
        on.check(f"tambah-{number}")
    on.go("/lapor")
    on.press("Kode Anda")
    on.press(names[0])
    on.page.js("document.querySelector('main input[type=radio]').checked = true")
    on.press("Tambahkan")
    assert "Ditambahkan." in on.text()
    on.press("Kode Anda")


def _acts(on: Walk) -> None:
    """What may be done with a code is looked at, and left alone."""
    signs = on.page.js(
        "[].slice.call(document.querySelectorAll('button[name=go]')).map(function (e) { return e.value })"
    )
    for sign in filter(str.isalpha, signs):
        on.go("/pantau")
        on.and_wait(f"document.querySelector('button[value={sign}]').click()")
        on.check(f"kode-{sign}")
    on.go("/pantau")


def _leave(on: Walk) -> None:
    """By the script; then the back key brings out nothing."""
    on.page.js("document.querySelector('.exit a').click()")
    on.page.until("document.body ? document.body.innerText : ''", DULL)
    on.page.js("history.back(); 1")
    on.page.until("location.href.indexOf('localhost') > 0 && document.readyState == 'complete'")
    assert ANSWER not in on.text()
    assert not on.page.complaints, on.page.complaints


async def _pump(come: asyncio.StreamReader, go: asyncio.StreamWriter) -> None:
    """Hand on what comes, until no more does or nobody takes it."""
    with suppress(OSError):
        while piece := await come.read(65_536):
            go.write(piece)
            await go.drain()
        go.close()


@contextmanager
def in_front(port: int) -> Iterator[int]:
    """TLS as the proxy ends it. Yields the port for browsers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # a browser that ends leaves lines open

    async def both_ways(come: asyncio.StreamReader, go: asyncio.StreamWriter) -> None:
        on, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pump(come, back), _pump(on, go))

    server = loop.run_until_complete(asyncio.start_server(both_ways, "127.0.0.1", 0, ssl=context))
    threading.Thread(target=loop.run_forever, daemon=True).start()
    yield int(server.sockets[0].getsockname()[1])
    loop.call_soon_threadsafe(loop.stop)


@contextmanager
def line(*, tls: bool) -> Iterator[tuple[Flask, str]]:
    """An installation of its own, with another site to leave to: the program, and where gunicorn serves it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        config = configured(Path(folder))
        planted(config)
        with opened(config) as app, dull_site(app), served(config) as (port, _):
            if not tls:
                yield app, f"http://localhost:{port}"
                return
            with in_front(port) as secure:
                yield app, f"https://localhost:{secure}"


def main() -> None:
    old = Path(os.environ["PEPA_OLD"])
    for tls in (False, True):
        with line(tls=tls) as (app, address):
            for name in NAMES:
                pictures = old / "pictures" / f"{name}-{'tls' if tls else 'plain'}"
                pictures.mkdir(parents=True, exist_ok=True)
                for width, height in SIZES:
                    with browser(old / name) as page:
                        page.size(width, height)
                        walk(app, Walk(page, address, pictures, width), f"{name}, {width}, {tls}.", cookies=tls)
                    print(f"{name} at {width}×{height}, {'with' if tls else 'without'} cookies: whole")


if __name__ == "__main__":
    main()
