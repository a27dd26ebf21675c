"""A01: workers are killed at random moments while reports arrive: nothing is lost, nothing is there twice."""

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from pepa.config import ROOT, Config
from pepa.db import db
from pepa.domain import tickets
from pepa.models.reports import Report, ReporterKey
from tests.installations import opened

KILLS, HITS = 50, 20
CLIENTS = 8
BROKEN = (OSError, http.client.HTTPException)


@dataclass
class Sent:
    """A report as its sender knows it: its ticket, how often it was tried, the codes that were shown."""

    ticket: str
    tries: int = 0
    codes: set[str] = field(default_factory=set)


@contextmanager
def served(config: Config) -> Iterator[tuple[int, int]]:
    """The program as shipped, under gunicorn. Yields port and process id of the master."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        "PORT": str(port),
        "PEPA_DELIVER": "0",
        "PEPA_INSTANCE": str(config.instance),
        "PEPA_SERVER_KEY_FILE": str(config.server_key_file),
        "PEPA_SPOOL": str(config.spool),
        "PEPA_UPLOADS": str(config.uploads),
        "PEPA_FREE_PERCENT": "0",
        "PEPA_DATABASE_URL": config.database_url,
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--log-level", "critical"]
    master = subprocess.Popen([*command, "wsgi:app"], cwd=ROOT, env=environ)
    try:
        for _ in range(1200):  # beside other tests on two cores it may take a while to be there
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.05)
        yield port, master.pid
    finally:
        master.terminate()
        master.wait(30)


def workers(master: int) -> list[int]:
    """The master's present children."""
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


class Line:
    """Clients that send reports as a phone on a bad line does: whatever breaks is tried again, with the same ticket."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent: list[Sent] = []
        self.stop = threading.Event()
        self.broken: list[tuple[float, float]] = []
        self.answered = 0
        self._lock = threading.Lock()

    def ask(self, method: str, path: str, body: str = "", cookie: str = "") -> tuple[int, str, dict[str, str]]:
        """One request; tried again until it is answered."""
        while True:
            began = time.monotonic()
            try:
                answer = self._once(method, path, body, cookie)
                self.answered += 1
                return answer
            except BROKEN:
                with self._lock:
                    self.broken.append((began, time.monotonic()))
                time.sleep(0.02)

    def _once(self, method: str, path: str, body: str, cookie: str) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Cookie": cookie} if cookie else {}
            if body:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), dict(answer.getheaders())
        finally:
            connection.close()

    def work(self) -> None:
        while not self.stop.is_set():
            _, page, _ = self.ask("GET", "/lapor")
            found = re.search(r'name="ticket" value="([^"]+)"', page)
            assert found, page[:300]
            report = Sent(found[1])
            self._deliver(report)
            if len(self.sent) % 3 == 0:
                self._deliver(report)  # the reply was lost, or Kirim was pressed twice
            with self._lock:
                self.sent.append(report)

    def _deliver(self, report: Sent) -> None:
        fields = {"ticket": report.ticket, "what": f"Kalimat {report.ticket[:12]}", "urgency": "today", "end": "1"}
        report.tries += 1
        status, page, headers = self.ask("POST", "/lapor", urlencode(fields))
        assert status == 303, page[:500]
        cookie = headers["Set-Cookie"].split(";")[0]
        for _ in range(100):  # while very many send at once the page says that the code is being made
            status, page, _ = self.ask("GET", "/lapor", cookie=cookie)
            if status == 200 and (groups := re.findall(r"<li>(\d{4})</li>", page)):
                report.codes.add("".join(groups))
                return
            time.sleep(0.1)
        raise AssertionError(f"{status}: no code was ever shown")


@dataclass(frozen=True)
class Survived:
    """What came of it, after everything was found exactly once."""

    kills: int
    hits: int
    reports: int
    tries: int


def reports_survive(config: Config, kills: int) -> Survived:
    """Kill workers at random moments while reports arrive. AssertionError where one is lost, or is there twice."""
    before = _count(config)
    with served(config) as (port, master):
        line = Line(port)
        threads = [threading.Thread(target=line.work) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        killed = _kill(line, threads, master, kills)
        line.stop.set()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads), "somebody still waits for an answer"
    assert _count(config) - before == len(line.sent), "each report once, none twice, none that nobody sent"
    _check(config, line.sent)
    hits = [at for at in killed if any(began <= at <= ended for began, ended in line.broken)]
    return Survived(len(killed), len(hits), len(line.sent), sum(report.tries for report in line.sent))


def _kill(line: Line, threads: list[threading.Thread], master: int, kills: int) -> list[float]:
    chance, killed = random.Random(20261125), []
    while len(killed) < kills:
        enough = line.answered + 2 * CLIENTS  # so that there is work under way again
        while line.answered < enough and all(thread.is_alive() for thread in threads):
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.1))
        if alive := workers(master):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(alive), signal.SIGKILL)
                killed.append(time.monotonic())
    return killed


def _count(config: Config) -> int:
    with opened(config) as app, app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Report)) or 0


def _check(config: Config, sent: list[Sent]) -> None:
    with opened(config) as app, app.app_context():
        for report in sent:
            token = tickets.read(report.ticket)
            assert token is not None
            mine = sa.select(ReporterKey).where(ReporterKey.ticket_hash == tickets.token_hash(token))
            (row,) = db.session.scalars(mine).all()
            assert row.code_locator is not None
            assert report.codes == {tickets.code_of(token)}, "the same code each time"


@pytest.mark.timeout(180)
def test_killed_fifty_times_loses_nothing(config: Config) -> None:
    survived = reports_survive(config, KILLS)
    assert survived.hits >= HITS, f"only {survived.hits} of {KILLS} kills hit a request; kill at other moments"
    assert survived.reports >= KILLS
