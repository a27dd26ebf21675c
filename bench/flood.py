"""Attacks beside work: bogus codes, slow lines, machines that send reports. What counts is what they do to the others.

Each attack goes on for a minute while somebody reports every three seconds and five officers turn pages.
"""

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

import sqlalchemy as sa

from bench import load
from bench.served import gunicorn, installation
from bench.tables import Table, within
from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import outbox
from pepa.models.outbox import OutboxRow
from pepa.models.reports import Report
from pepa.vault import codes
from tests import cast
from tests.duty.rosters import person
from tests.installations import opened

MINUTE = 60.0
CODES, REPORTS, OFFICERS = 10_000, 20, 5  # a minute; a minute; people, each a page in two seconds
SLOW, BYTE_EVERY = 2_000, 10.0  # connections; seconds
MACHINES = 700  # a minute
LOGINS = ("ratna", "bayu", "wulan", "ratna", "bayu")


@dataclass
class Seen:
    """How long each thing took, in seconds, and what failed."""

    times: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def of(self, hundredth: int) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, len(ordered) * hundredth // 100)] if ordered else 0.0


def ask(port: int, request: bytes, patience: float = 30) -> load.Answer:
    """One request on a connection of its own."""
    with socket.create_connection((load.HOST, port), patience) as line:
        line.sendall(request)
        come = b""
        while b"\r\n\r\n" not in come:
            come += _more(line)
        head, _, body = come.partition(b"\r\n\r\n")
        length = load.LENGTH.search(head)
        while len(body) < (int(length[1]) if length else 0):
            body += _more(line)
    return load.Answer(int(head[9:12]), head, body)


def _more(line: socket.socket) -> bytes:
    piece = line.recv(65_536)
    if not piece:
        raise ConnectionError("the server hung up")
    return piece


def _plain(request: bytes) -> bytes:
    return request.replace(b"Accept-Encoding: gzip, deflate, br\r\n", b"")


def report(port: int, what: str, *, pause: float = 0.0, urgency: str = "today") -> None:
    """From the form to the code in hand. Raises AssertionError, OSError."""
    page = ask(port, _plain(load.get("/lapor"))).body.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket, page[:200]
    time.sleep(pause)
    answer = ask(port, load.post("/lapor", {"ticket": ticket[1], "what": what, "urgency": urgency, "end": "1"}))
    assert answer.status == 303, answer.head
    cookie = answer.header("Set-Cookie").partition(";")[0]
    for _ in range(20):
        shown = ask(port, _plain(load.get("/lapor", cookie=cookie))).body
        if shown.count(b"<li>") >= 5 and b"Kode Anda" in shown:
            return
        time.sleep(0.2)
    raise AssertionError("no code was shown")


@contextmanager
def going_on(*works: Callable[[threading.Event], None]) -> Iterator[threading.Event]:
    """Each in a thread, until the block ends."""
    stop = threading.Event()
    threads = [threading.Thread(target=work, args=(stop,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def every(seconds: float, seen: Seen, what: Callable[[int], None]) -> Callable[[threading.Event], None]:
    """Do something again and again, at its time; what it took is kept."""

    def work(stop: threading.Event) -> None:
        due = time.perf_counter()
        for n in count():
            if stop.wait(max(0.0, due - time.perf_counter())):
                return
            begun = time.perf_counter()
            try:
                what(n)
                seen.times.append(time.perf_counter() - begun)
            except (OSError, AssertionError) as error:
                seen.failed.append(f"{type(error).__name__}: {error}"[:200])
            due += seconds

    return work


def cookies(config: Config) -> list[str]:
    """Sessions of officers at work."""
    with opened(config) as app, app.app_context():
        return [f"__Host-p={cast.cookie_of(login, 60)}" for login in LOGINS[:OFFICERS]]


def work(port: int, sessions: list[str], reports: Seen, pages: Seen) -> list[Callable[[threading.Event], None]]:
    """Somebody reports every few seconds, and officers turn pages."""

    def turn(cookie: str) -> Callable[[int], None]:
        paths = ("/petugas/", "/petugas/?tab=semua", "/petugas/piket")

        def page(n: int) -> None:
            assert ask(port, load.get(paths[n % 3], cookie=cookie)).status == 200

        return page

    told = every(MINUTE / REPORTS, reports, lambda n: report(port, f"Tadi malam pintu dibanting lagi, kali ke-{n}."))
    return [told, *(every(2.0, pages, turn(cookie)) for cookie in sessions)]


def bogus() -> Iterator[str]:
    """Codes that nobody has, with the right check digits."""
    for n in count(1):
        digits = f"{n * 7_919:018d}"
        for check in range(1, 99):
            with suppress(codes.Slip):
                yield codes.parse(f"{digits}{check:02d}")
                break


def type_codes(port: int, answered: dict[int, int]) -> Callable[[threading.Event], None]:
    """Codes at their rate, on as many connections as it takes; one that is not answered holds up none of the others."""

    def work(stop: threading.Event) -> None:
        lock, due = threading.Lock(), time.perf_counter()

        def listen(line: socket.socket) -> None:
            try:
                head = line.recv(65_536)
                with lock:
                    answered[int(head[9:12])] = answered.get(int(head[9:12]), 0) + 1
            except (OSError, ValueError):
                with lock:
                    answered[0] = answered.get(0, 0) + 1
            line.close()

        for code in bogus():
            if stop.wait(max(0.0, due - time.perf_counter())):
                return
            due += MINUTE / CODES
            request = load.post("/pantau", {"code": code, "end": "1"}, more="Connection: close\r\n")
            with suppress(OSError):
                line = socket.create_connection((load.HOST, port), 40)
                line.sendall(request)
                threading.Thread(target=listen, args=(line,), daemon=True).start()

    return work


def trickle(port: int, stack: ExitStack) -> Callable[[threading.Event], None]:
    """Half a head each or half a body, and a byte more in ten seconds. Whoever is hung up on comes back."""
    halves = (
        b"GET /lapor HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /lapor HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nticket=",
    )

    def begin(n: int) -> socket.socket:
        line = socket.create_connection((load.HOST, port), 10)
        stack.callback(line.close)
        line.sendall(halves[n % 2])
        return line

    lines = [begin(n) for n in range(SLOW)]

    def work(stop: threading.Event) -> None:
        for n in count():
            if stop.wait(BYTE_EVERY / SLOW):
                return
            try:
                lines[n % SLOW].sendall(b"x")
            except OSError:
                with suppress(OSError):
                    lines[n % SLOW] = begin(n)

    return work


def measure() -> list[Table]:
    with installation() as config:
        sessions = cookies(config)
        with gunicorn(config) as served:
            found = [_quiet(served.port, sessions), _codes(served.port, sessions), _slow(served.port, sessions)]
    with installation() as config:
        machines = _machines(config)
    head = ("beside it", "reports", "failed", "delivery p50", "p95", "aim", "staff pages p95", "slowest", "aim")
    note = (
        f"A minute each: a report every {MINUTE / REPORTS:.0f} s, from the form to the code; {OFFICERS} officers "
        f"who turn a page every 2 s. Codes: {CODES:,} a minute with right check digits, a connection each (A17). "
        f"Slow lines: {SLOW:,} connections, a byte each in {BYTE_EVERY:.0f} s (A16). Load and server share the cores."
    )
    return [Table("Attacks beside work", head, found, note), machines]


def _row(name: str, reports: Seen, pages: Seen, most: float) -> list[str]:
    for said in {*reports.failed, *pages.failed}:
        print(f"{name}: {said}")
    p95, slow = reports.of(95), pages.of(95)
    return [
        name,
        str(len(reports.times)),
        str(len(reports.failed) + len(pages.failed)),
        f"{reports.of(50):.2f} s",
        f"{p95:.2f} s",
        within(p95, most, " s"),
        f"{slow:.2f} s",
        f"{max(pages.times, default=0.0):.2f} s",
        within(slow, 1, " s"),
    ]


def _beside(port: int, sessions: list[str], *attack: Callable[[threading.Event], None]) -> tuple[Seen, Seen]:
    reports, pages = Seen(), Seen()
    with going_on(*attack, *work(port, sessions, reports, pages)):
        time.sleep(MINUTE)
    return reports, pages


def _quiet(port: int, sessions: list[str]) -> list[str]:
    return _row("nothing", *_beside(port, sessions), 5)


def _codes(port: int, sessions: list[str]) -> list[str]:
    answered: dict[int, int] = {}
    seen = _beside(port, sessions, type_codes(port, answered))
    told = ", ".join(f"{many:,} × {status}" for status, many in sorted(answered.items()))
    return _row(f"codes ({told})", *seen, 5)


def _slow(port: int, sessions: list[str]) -> list[str]:
    with ExitStack() as stack:
        return _row(f"{SLOW:,} slow lines", *_beside(port, sessions, trickle(port, stack)), 10)


def _machines(config: Config) -> Table:
    """Case 69: they fill the form in some seconds, and ask for help now; two people write in between."""
    with opened(config) as app, app.app_context():
        hadi = person("hadi")
        with transaction() as session:
            session.execute(sa.update(Report).values(held_by_id=hadi))
            session.execute(sa.delete(OutboxRow))
    machines, people, most = Seen(), Seen(), count()

    def send(n: int) -> None:
        if next(most) < MACHINES:
            report(served.port, f"Beli obat murah di sini, nomor {n}, {clock.monotonic()}.", pause=3, urgency="now")

    def write(n: int) -> None:
        report(served.port, f"Sungguhan {n}: tadi malam pintu dibanting lagi.", pause=31, urgency="now")

    with gunicorn(config) as served:
        senders = [every(MINUTE * 40 / MACHINES, machines, send) for _ in range(40)]
        with going_on(*senders, every(30, people, write)):
            time.sleep(MINUTE)
        time.sleep(5)  # the delivery looks every two
    with opened(config) as app, app.app_context():
        aside, listed = (
            db.session.scalar(
                sa.select(sa.func.count()).where(Report.is_aside.is_(is_aside), Report.held_by_id.is_(None))
            )
            for is_aside in (True, False)
        )
        notices = list(db.session.scalars(sa.select(OutboxRow.notice)))
    alone, together = (notices.count(notice.value) for notice in (outbox.Notice.ALARM, outbox.Notice.ASIDE))
    rows = [
        ["sent by machines, all asking for help now", f"{len(machines.times):,}"],
        ["sent by people", str(len(people.times))],
        ["failed", str(len(machines.failed) + len(people.failed))],
        ["put aside", f"{aside:,}"],
        ["in the list", f"{listed:,}"],
        ["notices for all that were put aside", str(together)],
        ["notices for those in the list", str(alone)],
        [
            "median seconds from form to code, of machines (3 of them waiting)",
            f"{statistics.median(machines.times):.1f}",
        ],
    ]
    note = "None is refused, none is lost: put aside and in the list are together what was sent."
    return Table(f"{MACHINES} machines in a minute", ("", "counted"), rows, note)
