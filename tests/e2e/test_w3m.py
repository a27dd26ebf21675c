"""A text browser walks from the form to the answer: no script, no picture, no cookie, no style (D09)."""

import re
import shutil
import subprocess
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.citizen.walks import STORY, answer, only
from tests.house.test_catalogue import english

pytestmark = pytest.mark.usefixtures("text_browser")
ENGLISH = dict(english())
ANSWER = "Terima kasih sudah menulis. Apakah Anda aman sekarang?"


@pytest.fixture(scope="module")
def text_browser() -> None:
    """Skipping would hide that nobody looks."""
    if not shutil.which("w3m"):
        pytest.fail("w3m is missing: apt-get install w3m", pytrace=False)


class TextBrowser:
    """w3m on a narrow screen, without cookies. It follows where a form leads."""

    def __init__(self, address: str, query: str) -> None:
        self.address, self.query = address, query

    def read(self, path: str) -> str:
        """The page as it is read, each space once."""
        return " ".join(self._run("-dump", "-cols", "40", self._at(path)).split())

    def source(self, path: str) -> str:
        """What it was sent, unpacked: w3m itself shows the source as it came."""
        return self._run("-dump_source", "-o", "accept_encoding=identity", self._at(path))

    def send(self, path: str, **fields: str) -> str:
        """A form; the page that it leads to."""
        return " ".join(
            self._run("-dump", "-cols", "40", "-post", "-", self._at(path), typed=urlencode(fields)).split()
        )

    def _at(self, path: str) -> str:
        return f"{self.address}{path}{self.query}"

    def _run(self, *what: str, typed: str = "") -> str:
        command = ["w3m", "-no-cookie", "-I", "UTF-8", "-O", "UTF-8", *what]
        done = subprocess.run(command, input=typed, capture_output=True, text=True, check=True, timeout=30)
        return done.stdout


@pytest.mark.parametrize("query", ["", "?l=en"], ids=["id", "en"])
def test_from_the_form_to_the_answer(app: Flask, live_server: str, query: str) -> None:
    def said(sentence: str) -> str:
        return ENGLISH[sentence] if query else sentence

    on = TextBrowser(live_server, query)
    front = on.read("/")
    assert front.startswith(said("× Keluar cepat"))
    assert said("Minta tolong / cerita") in front
    assert "<" not in front
    ticket = re.search(r'name="ticket" value="([^"]+)"', on.source("/lapor"))
    assert ticket
    code_page = on.send("/lapor", ticket=ticket[1], what=STORY, urgency="today", end="1")
    assert said("SUDAH sampai.") in code_page
    assert (
        said("Di HP ini laporan tetap bisa dikirim, dan kode diberikan. Menambah keterangan tidak bisa.") in code_page
    )
    code = "".join(re.findall(r"\b\d\. (\d{4})\b", code_page))
    assert len(code) == 20, code_page
    answer(app, only(app).id, ANSWER)
    assert ANSWER in on.send("/pantau", code=code, end="1")
    assert said("Pesan SUDAH sampai.") in on.send("/pantau", code=code, text="Tolong.", end="1")
    assert said("Kode ini kurang %(n)s angka.") % {"n": 15} in on.send("/pantau", code=code[:5], end="1")


def test_every_page_can_be_read_as_text(app: Flask, live_server: str) -> None:
    """The exit comes first, nothing of style, script or padding is left in the text."""
    on = TextBrowser(live_server, "")
    for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau", "/tidak-ada"):
        text = on.read(path)
        assert text.startswith("× Keluar cepat"), path
        assert not re.search(r"[{}]|-->|\.{9}|function|\x00", text), path
