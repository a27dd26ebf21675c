"""The server as it is shipped: reports, codes, pages, memory, each beside what the same gunicorn does for less."""

import gzip
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import load
from bench.load import Talk
from bench.served import Memory, Server, gunicorn, installation
from bench.tables import Table, against, within
from pepa import clock
from pepa.config import Config
from pepa.vault import server as keys
from pepa.vault import tickets

ROUNDS, SECONDS = 3, 2.5  # each subject is measured in turns, so that a disturbance meets all of them
WARM = 400  # requests before the first measurement
MANY = 10_000  # requests between the two readings of memory
CODE_ROUND = 4.0  # seconds
READ = 1.0  # seconds that somebody takes at least to read a page that asks to be opened once more
FIXED = ("/", "/kontak", "/privasi")
TEXT = "Suami saya memukul saya lagi tadi malam. Anak-anak melihat dan menangis. Saya takut dia pulang nanti. " * 4
TOLD = {
    "what": TEXT,
    "urgency": "today",
    "place": "Rumah di belakang pasar",
    "phone": "0812 0000 0000",
    "speaker": "self",
    "kecamatan": "unknown",
    "about": "nobody",
}
STRETCH = """
import sys, time
from pepa.vault import codes
salt, done, seconds = bytes(16), 0, float(sys.argv[1])
codes.stretch("0" * 20, salt)
begun = time.perf_counter()
while time.perf_counter() - begun < seconds:
    codes.stretch("0" * 20, salt)
    done += 1
print(done / (time.perf_counter() - begun))
"""


class Unexpected(Exception):
    """The server answered something else than what is measured."""


def _expect(answer: load.Answer, status: int) -> load.Answer:
    if answer.status != status:
        raise Unexpected(f"{answer.status} instead of {status}: {answer.head!r} {answer.body[:500]!r}")
    return answer


def page(path: str) -> Talk:
    """Read one page."""
    _expect((yield load.get(path)), 200)


def insert(token: str) -> Talk:
    """Send the floor's form."""
    _expect((yield load.post("/floor/insert", TOLD | {"token": token})), 303)


def deliver(key: keys.ServerKey) -> Talk:
    """Send a report; its code is left to the page that would show it."""
    sent = TOLD | {"ticket": tickets.mint(key.sub("ticket"), clock.second()), "end": "1"}
    _expect((yield load.post("/lapor", sent, more="X-Before-Code: 1\r\n")), 303)


def _plain(answer: load.Answer) -> bytes:
    is_packed = answer.header("Content-Encoding") == "gzip"
    return gzip.decompress(answer.body) if is_packed else answer.body


def whole(key: keys.ServerKey) -> Talk:
    """Send a report and read the page with its code, as a browser does."""
    sent = TOLD | {"ticket": tickets.mint(key.sub("ticket"), clock.second()), "end": "1"}
    answer = _expect((yield load.post("/lapor", sent)), 303)
    cookie = answer.header("Set-Cookie").partition(";")[0]
    ask: bytes | load.Later = load.get(answer.header("Location"), cookie=cookie)
    while True:
        shown = _expect((yield ask), 200)
        if "Set-Cookie" not in shown.head.decode("latin-1"):
            raise Unexpected("the page after the report was not read by the cookie")
        if b'class="code"' in _plain(shown):
            return
        # Where very many send at once the page says that the code is being made, and to open it once more.
        ask = load.Later(load.get(answer.header("Location"), cookie=cookie), READ)


@dataclass
class Subject:
    """Something that is measured in turns. rates: talks a second; busy: seconds of the workers' processor a talk."""

    name: str
    begin: Callable[[], Talk]
    rates: list[float]
    busy: list[float]

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def milliseconds(self) -> float:
        return statistics.median(self.busy) * 1000


def in_turns(served: Server, subjects: Sequence[Subject], seconds: float = SECONDS) -> None:
    """Measure all of them ROUNDS times."""
    for subject in subjects:
        load.run(served.port, subject.begin, most=WARM)
    for _ in range(ROUNDS):
        for subject in subjects:
            before = served.busy()
            found = load.run(served.port, subject.begin, seconds=seconds)
            subject.rates.append(found.rate)
            subject.busy.append((served.busy() - before) / found.done)


def stretches(seconds: float = CODE_ROUND) -> float:
    """Derivations of Argon2id a second, by as many processes as the server has for making codes."""
    command = [sys.executable, "-c", STRETCH, str(seconds)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(_slots())]
    return sum(float(process.communicate()[0]) for process in running)


def _slots() -> int:
    return Config.code_slots


def measure() -> list[Table]:
    with TemporaryDirectory(prefix="pepa-floor-") as folder, installation() as config:
        key = keys.load(config.server_key_file)
        with gunicorn(config, "bench.floors:app", BENCH_FOLDER=folder) as served:
            _keep_bodies(served, Path(folder))
            tables = [_pages(served), _reports(served, key), _whole(served, key)]
        with gunicorn(config) as served:
            tables.append(_memory(served, key))
    return tables


def _keep_bodies(served: Server, folder: Path) -> None:
    """Give the bare answers the bytes of the pages, and the Jinja page the size of the form."""
    for path in FIXED:
        (folder / (path.strip("/") or "home")).write_bytes(_expect(load.once(served.port, load.get(path)), 200).body)
    plain = load.get("/lapor").replace(b"Accept-Encoding: gzip, deflate, br\r\n", b"")
    (folder / "form").write_bytes(_expect(load.once(served.port, plain), 200).body)


def _subject(name: str, begin: Callable[..., Talk], *args: object) -> Subject:
    return Subject(name, partial(begin, *args), [], [])


def _pages(served: Server) -> Table:
    pairs = [
        (_subject(f"GET {path}", page, path), _subject("bare", page, f"/floor/bare/{path.strip('/') or 'home'}"))
        for path in FIXED
    ]
    pairs.append((_subject("GET /lapor", page, "/lapor"), _subject("Jinja", page, "/floor/jinja")))
    in_turns(served, [subject for pair in pairs for subject in pair])
    rows = []
    for ours, floor in pairs:
        least, aim = (0.5, 0.8) if floor.name == "bare" else (0.4, None)
        ratio = ours.rate / floor.rate
        times = [f"{ours.milliseconds:.2f}", f"{floor.milliseconds:.2f}"]
        rows.append(
            [ours.name, f"{ours.rate:.0f}", f"{floor.rate:.0f}", f"{ratio:.2f}", against(ratio, least, aim), *times]
        )
    head = ("page", "a second", "floor a second", "ratio", "aim", "ms of processor", "floor ms")
    note = (
        "Floors: a bare Flask answer of the same bytes for the fixed pages; for the form a Jinja page of its length "
        "with a signed token."
    )
    return Table("Pages", head, rows, note)


def _reports(served: Server, key: keys.ServerKey) -> Table:
    token = _token(served)
    ours, floor = _subject("reports delivered, before the code", deliver, key), _subject("insert", insert, token)
    in_turns(served, [ours, floor])
    ratio = ours.rate / floor.rate
    rate = ["a second", f"{ours.rate:.0f}", f"{floor.rate:.0f}", f"{ratio:.2f}", against(ratio, 0.40, 0.60)]
    spent = [f"{ours.milliseconds:.2f}", f"{floor.milliseconds:.2f}", "", within(ours.milliseconds, 5, " ms")]
    return Table(
        "Reports delivered, before the code",
        ("", "measured", "floor", "ratio", "aim"),
        [rate, ["ms of processor each", *spent]],
        "A report: form, ticket, seven kinds of sealed rows and a link of the audit chain, a copy in the spool (two "
        "fsyncs), one transaction (one fsync, shared by those who wait together), 303. Floor: Flask-WTF form, "
        "itsdangerous token, one row by sqlite3 (WAL, synchronous=FULL, one fsync), 303. The program's own door is "
        "asked, and leaves the code to the next page. Peers, measured against such a floor: Hush Line 0.08, SecureDrop "
        "0.02.",
    )


def _token(served: Server) -> str:
    body = _expect(load.once(served.port, load.get("/floor/jinja")), 200).body.decode()
    return body.partition('name="token" value="')[2].partition('"')[0]


def _whole(served: Server, key: keys.ServerKey) -> Table:
    """Reports with their code, between two measurements of Argon2id alone."""
    alone, ours = [stretches()], _subject("whole", whole, key)
    load.run(served.port, ours.begin, most=50)
    for _ in range(ROUNDS):
        before = served.busy()
        found = load.run(served.port, ours.begin, seconds=CODE_ROUND)
        ours.rates.append(found.rate)
        ours.busy.append((served.busy() - before) / found.done)
        alone.append(stretches())
    floor = statistics.median(alone)
    ratio = ours.rate / floor
    derivation = _slots() / floor * 1000
    row = ["a second", f"{ours.rate:.1f}", f"{floor:.1f}", f"{ratio:.2f}", against(ratio, 0.80)]
    time = ["ms of processor each", f"{ours.milliseconds:.1f}", f"{derivation:.1f}", "", ""]
    return Table(
        "Whole reports, with the code",
        ("", "measured", "Argon2id alone", "ratio", "aim"),
        [row, time],
        "POST /lapor, 303, GET of the page with the code; where that says that the code is still being made, once more "
        f"after {READ:g} s. Floor: {_slots()} processes that do nothing but Argon2id (19 MiB, 2 passes), measured "
        f"between the rounds. {os.cpu_count()} cores carry both the load and the server.",
    )


def _memory(served: Server, key: keys.ServerKey) -> Table:
    """As shipped, without the floors: megabytes a worker, before and after many requests of every kind."""
    mixed = [lambda: page("/"), lambda: page("/lapor"), lambda: page("/pantau"), lambda: deliver(key)]
    for begin in mixed:
        load.run(served.port, begin, most=WARM)
    before = served.memory()
    for begin in mixed:
        load.run(served.port, begin, most=MANY // len(mixed))
    after = served.memory()
    return Table(
        f"Memory of a worker, and after {MANY:,} requests",
        ("MB", "before", "after", "more", "aim"),
        _lines(before, after),
        "The larger of the workers. Requests: the front page, the form, /pantau and reports, a quarter each.",
    )


def _lines(before: list[Memory], after: list[Memory]) -> list[list[str]]:
    first, last = max(m.resident for m in before), max(m.resident for m in after)
    shared, shared_last = max(m.proportional for m in before), max(m.proportional for m in after)
    more = max(a.resident - b.resident for a, b in zip(after, before, strict=True))
    aims = f"{within(last, 90)}, more {within(more, 10)}"
    return [
        ["resident (RSS)", f"{first:.1f}", f"{last:.1f}", f"{more:.1f}", aims],
        ["its share (PSS)", f"{shared:.1f}", f"{shared_last:.1f}", f"{shared_last - shared:.1f}", ""],
    ]
