"""After a hundred reports the log of the shipped program knows nobody: no address, browser, code, path (case D18)."""

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from urllib.parse import urlencode

import pytest

from pepa.config import ROOT, Config

FROM, FORWARDED, BROWSER = "127.0.0.9", "203.0.113.77", "Tandabunyi-Browser/7"
REPORTS, WAYS = 100, 20
SAID = "Tandabunyi di kalimat"


@contextmanager
def served(config: Config, log: Path) -> Iterator[int]:
    """gunicorn with the very settings that are shipped; everything that it and the delivery say goes to a file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = os.environ | {
        "PORT": str(port),
        "PEPA_INSTANCE": str(config.instance),
        "PEPA_SERVER_KEY_FILE": str(config.server_key_file),
        "PEPA_SPOOL": str(config.spool),
        "PEPA_DATABASE_URL": config.database_url,
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:app"]
    with log.open("wb") as out:
        master = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=out)
        try:
            for _ in range(400):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                    break
                Event().wait(0.05)
            yield port
        finally:
            master.terminate()
            master.wait(30)


def ask(
    port: int, method: str, path: str, body: dict[str, str] | None = None, cookie: str = ""
) -> tuple[int, str, str]:
    """One request from an address that is easily told: status, page, cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(FROM, 0))
    headers = {"User-Agent": BROWSER, "X-Forwarded-For": FORWARDED, "X-Real-IP": FORWARDED, "Referer": "http://x/asal"}
    if cookie:
        headers["Cookie"] = cookie
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, urlencode(body) if body is not None else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        return answer.status, page, (answer.getheader("Set-Cookie") or "").split(";")[0]
    finally:
        connection.close()


@pytest.mark.timeout(120)
def test_nobody_is_in_the_log(config: Config, tmp_path: Path) -> None:
    log, told = tmp_path / "log", [SAID]
    with served(config, log) as port:
        for n in range(REPORTS):
            _, page, _ = ask(port, "GET", "/lapor")
            found = re.search(r'name="ticket" value="([^"]+)"', page)
            assert found, page[:500]
            fields = {"ticket": found[1], "what": f"{SAID} {n}", "urgency": "now" if n == 7 else "today", "end": "1"}
            status, _, cookie = ask(port, "POST", "/lapor", fields)
            assert status == 303
            told += [found[1], cookie.split("=", 1)[1]]
            if n < WAYS:
                _, page, _ = ask(port, "GET", "/lapor", cookie=cookie)
                groups = re.findall(r"<li>(\d{4})</li>", page)
                assert len(groups) == 5, page[:500]
                told += ["".join(groups), " ".join(groups)]
                assert ask(port, "POST", "/pantau", {"code": "".join(groups), "end": "1"})[0] == 303
        for method, path in (
            ("GET", "/pantau?kode=1234567890"),
            ("GET", "/tidak-ada-sama-sekali"),
            ("GET", "/petugas/laporan/rahasia"),
            ("POST", "/lapor"),
            ("DELETE", "/kontak"),
            ("GET", "/%ff%fe"),
        ):
            ask(port, method, path, {} if method == "POST" else None)
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5, source_address=(FROM, 0)) as raw:
            raw.sendall(b"GET /rusak HTTP/9.9\r\nHost: x\r\nUser-Agent: " + BROWSER.encode() + b"\r\n\r\n")
            raw.recv(1000)
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5, source_address=(FROM, 0)) as raw:
            raw.sendall(b"POST /lapor HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nwhat=" + SAID.encode())
    said = log.read_text()
    assert "Booting worker" in said, "there is a log, and it was read"
    assert "A request failed: unreadable" in said
    for word in (FROM, FORWARDED, "Tandabunyi", *told):
        assert word not in said, said
    for path in ("/lapor", "/pantau", "/petugas", "/tidak-ada", "/kontak", "/rusak", "/asal", "kode="):
        assert path not in said, said
    files = [path for folder in (config.instance, config.spool) for path in folder.rglob("*") if path.is_file()]
    for path in files:
        raw = path.read_bytes()
        for word in (FROM, FORWARDED, "Tandabunyi-Browser"):
            assert word.encode() not in raw, path
