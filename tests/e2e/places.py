"""What the browser tests share: a dull page of another site to leave to, and the way through a report."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch

from flask import Flask
from playwright.sync_api import Page, expect

from pepa.db import Kept, transaction
from pepa.domain import rules
from pepa.models.installation import Setting

STORY = "Tadi malam pintu dibanting lagi dan saya takut."
DULL = "Cuaca hari ini cerah."


class _Dull(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f"<!doctype html><title>Cuaca</title><h1>{DULL}</h1>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def dull_site(app: Flask) -> Iterator[str]:
    """Another site on this machine, set as where the exit leads. Yields its address."""
    server = HTTPServer(("127.0.0.1", 0), _Dull)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/"
    everybodys = rules.is_address  # what an office sets is a page that everybody reaches; this one is not
    try:
        with patch.object(rules, "is_address", lambda text: text == address or everybodys(text)):
            with app.app_context():
                with transaction() as session:
                    session.merge(Setting(key="exit_url", value=address))
                Kept.forget()
            yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def tell(page: Page, story: str = STORY) -> str:
    """From the landing page to the code, as a person would; returns the 20 digits."""
    page.goto("/")
    page.get_by_role("link", name="Minta tolong / cerita").click()
    page.get_by_label("Apa yang terjadi?").fill(story)
    page.get_by_role("button", name="Kirim", exact=True).click()
    return digits(page)


def digits(page: Page) -> str:
    """The code on the code page; on a loaded machine it may still be in the making: once more, as the page says."""
    heading, again = page.get_by_role("heading", level=1), page.get_by_role("link", name="Buka sekali lagi")
    for _ in range(5):
        expect(heading).to_have_text(re.compile("Kode Anda|Laporan SUDAH sampai"))
        page.wait_for_load_state()
        if not again.count():
            break
        again.click()
    expect(heading).to_have_text("Kode Anda")
    return "".join(page.locator("ol.code li").all_inner_texts())
