"""While a large file arrives, and when the phone or the worker dies in the middle: nothing readable anywhere.

Cases citizen 20, 33, 34; security A14, B01.
"""

import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from pepa.config import Config
from pepa.domain import reporters
from pepa.policy import Reporter
from tests.client import BOUNDARY
from tests.people import tell
from tests.security import search
from tests.security.test_traces import held_open
from tests.uploads.test_add import bytes_of, found, on_disk

MARK = "Tandabunyi-selagi-dikirim "
CONTENT = b"\xff\xd8\xff" + MARK.encode() * 120_000  # 3 MB
PATIENCE = 20  # seconds


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of the test's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def body(content: bytes = CONTENT) -> bytes:
    """The form as a browser sends it; its file is in the middle, its end mark at the end."""
    fields = [("step", None, b"3"), ("once", None, b"a"), ("file", "bukti.jpg", content), ("end", None, b"1")]
    out = b""
    for name, called, value in fields:
        more = f'; filename="{called}"\r\nContent-Type: image/jpeg' if called else ""
        out += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"
    return out + f"--{BOUNDARY}--\r\n".encode()


def head(cookie: str, length: int) -> bytes:
    """What is said before it."""
    return (
        f"POST /lapor HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-s={cookie}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


@contextmanager
def sending(address: str, cookie: str, length: int) -> Iterator[socket.socket]:
    """A phone that has said what it will send."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname or "", place.port or 80), PATIENCE) as phone:
        phone.sendall(head(cookie, length))
        yield phone


def reporter_of(app: Flask) -> tuple[Reporter, str]:
    with app.app_context():
        reporter = tell()
        return reporter, reporters.cookie(reporter.token)


def wait_for(config: Config, least: int) -> None:
    """Until so many bytes of it are on the disk."""
    end = time.monotonic() + PATIENCE
    while sum(path.stat().st_size for path in config.uploads.rglob("*") if path.is_file()) < least:
        assert time.monotonic() < end, "nothing arrives"
        time.sleep(0.01)


def test_in_the_middle_of_it_nothing_can_be_read(app: Flask, live_server: str, config: Config, temporary: Path) -> None:
    reporter, cookie = reporter_of(app)
    form = body()
    with sending(live_server, cookie, len(form)) as phone:
        phone.sendall(form[:2_000_000])
        wait_for(config, 1_500_000)
        places = [*search.files(config.instance, config.spool, config.uploads, temporary)]
        everything = [(str(path), raw) for path, raw in places] + list(held_open())
        assert any("uploads" in name and len(raw) > 1_000_000 for name, raw in everything), "the draft is looked at"
        for word in (MARK, "bukti.jpg", CONTENT[:40]):
            assert not [name for name, raw in everything if search.places(word, raw)], word
        phone.sendall(form[2_000_000:])
        answer = phone.recv(2000)
    assert answer.startswith(b"HTTP/1.1 303"), answer[:200]
    with app.app_context():
        (attached,) = found(reporter)
        assert bytes_of(attached) == CONTENT
    assert [path.name for path in on_disk(config)] == [attached.id.hex]


def test_a_phone_that_goes_away_leaves_nothing(app: Flask, live_server: str, config: Config) -> None:
    reporter, cookie = reporter_of(app)
    form = body()
    with sending(live_server, cookie, len(form)) as phone:
        phone.sendall(form[:-40])
        wait_for(config, 2_900_000)
    end = time.monotonic() + PATIENCE
    while on_disk(config):
        assert time.monotonic() < end, "the draft stays"
        time.sleep(0.01)
    with app.app_context():
        assert found(reporter) == []
