"""Files under the server as it is shipped: a photo looked at, the largest file sent, a slow phone beside others."""

import io
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from PIL import Image

from bench import load
from bench.load import Talk
from bench.served import Server, gunicorn, installation
from bench.tables import Table, within
from pepa.config import Config
from pepa.domain import pictures, reporters
from tests import cast
from tests.e2e.test_killed_workers import Line
from tests.installations import opened
from tests.lines.gunicorns import Caller
from tests.security.test_uploading import body, head
from tests.uploads.test_add import send

LOOKS, WARM = 20, 4
WIDE, HIGH = 4032, 3024  # points of a twelve-megapixel phone
MEGABYTE = 1024 * 1024
SLOW_BYTES, SLOW_LINE = 1_500_000, 4_000  # bytes, and bytes a second: 32 kbit/s
BETWEEN = 5.0  # seconds between two reports meanwhile


@dataclass
class Photos:
    """What is looked at: addresses by kind, and the cookie of whoever looks."""

    cookie: str
    paths: dict[str, str] = field(default_factory=dict)


def _photos(size: tuple[int, int]) -> dict[str, bytes]:
    """The worst that such a camera could give, noise, and a picture with calm parts in it."""
    noise = Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3))
    calm = noise.resize((size[0] // 12, size[1] // 12)).resize(size)
    found = {}
    for name, image in (("noise", noise), ("a calm picture", calm)):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=75)
        found[name] = out.getvalue()
    return found


def _send_all(config: Config, contents: dict[str, bytes]) -> Photos:
    with opened(config) as app, app.app_context():
        told = cast.tell()
        photos = Photos(f"__Host-p={cast.cookie_of('ratna')}")
        for name, content in contents.items():
            (file_id,), _ = send(told, content, once=name, step=65_536)
            photos.paths[name] = _path(told.report_id, file_id)
    return photos


def _path(report_id: UUID, file_id: UUID) -> str:
    return f"/petugas/laporan/{report_id}/file/{file_id}/salinan"


def _look(path: str, cookie: str) -> Talk:
    answer = yield load.get(path, cookie=cookie)
    if answer.status != 200 or not answer.body.startswith(b"\xff\xd8\xff"):
        raise RuntimeError(f"no picture but {answer.status}")


def _seconds(server: Server, path: str, cookie: str) -> list[float]:
    """How long each of some looks takes, one after the other."""
    found = []
    for number in range(WARM + LOOKS):
        begun = time.perf_counter()
        load.run(server.port, lambda: _look(path, cookie), most=1, connections=1)
        if number >= WARM:
            found.append(time.perf_counter() - begun)
    return found


def _alone(content: bytes) -> float:
    """The same child without a server: what is left is ours."""
    command = [sys.executable, "-I", "-B", str(pictures.PICTURES), "jpg"]
    found = []
    for _ in range(LOOKS // 2):
        begun = time.perf_counter()
        subprocess.run(command, input=content, stdout=subprocess.DEVNULL, check=True)
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def _looked_at() -> Table:
    contents = _photos((WIDE, HIGH))
    rows = []
    with installation() as config:
        photos = _send_all(config, contents)
        with gunicorn(config, PEPA_DELIVER="0") as server:
            for name, path in photos.paths.items():
                _seconds(server, path, photos.cookie)
                before = _resident(server)
                taken = _seconds(server, path, photos.cookie)
                grown = _resident(server) - before
                floor = _alone(contents[name])
                rows.append(
                    [
                        f"{name}, {len(contents[name]) / MEGABYTE:.1f} MB",
                        f"{statistics.median(taken):.2f} s",
                        f"{max(taken):.2f} s, {within(max(taken), 1, ' s')}",
                        f"{statistics.median(taken) / floor:.2f}",
                        f"{grown:+.1f} MB, {within(grown, 2, ' MB')}",
                    ]
                )
    note = (
        f"{LOOKS} looks at a photo of {WIDE} × {HIGH} points: opened frame by frame, drawn by a child, sent. Beside "
        "the same child without a server. Memory is that of both workers together, before and after."
    )
    head_of = ("photo", "median", "slowest", "to the child alone", "the workers grow by")
    return Table("A twelve-megapixel photo, looked at", head_of, rows, note)


def _resident(server: Server) -> float:
    return sum(memory.resident for memory in server.memory())


def _sent(config: Config, port: int, content: bytes, rate: float = 0) -> float:
    """Send one form with a file, as fast as it goes or at so many bytes a second. Seconds until it was answered."""
    with opened(config) as app, app.app_context():
        cookie = reporters.cookie(cast.tell().token)
    form = body(content)
    phone, begun = Caller(port), time.perf_counter()
    phone.say(head(cookie, len(form)))
    step = 1460 if rate else MEGABYTE
    for at in range(0, len(form), step):
        phone.say(form[at : at + step])
        if rate:
            time.sleep(max(0.0, begun + (at + step) / rate - time.perf_counter()))
    phone.socket.settimeout(120)
    if "303" not in (answer := phone.hear())[:20]:
        raise RuntimeError(answer[:200])
    return time.perf_counter() - begun


def _large() -> Table:
    content = b"\xff\xd8\xff" + os.urandom(25 * MEGABYTE - 3)
    with installation() as config, gunicorn(config, PEPA_DELIVER="0") as server:
        _sent(config, server.port, content)
        _sent(config, server.port, content)
        before = _resident(server)
        seconds = [_sent(config, server.port, content) for _ in range(6)]
        grown = _resident(server) - before
        begun = time.perf_counter()
        copy = config.instance / "floor"
        with copy.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        floor = time.perf_counter() - begun
    median = statistics.median(seconds)
    grows = f"{grown:+.1f} MB, {within(grown, 4, ' MB')}"
    rows = [
        ["25 MB, sent on this machine", f"{median:.2f} s", f"{25 / median:.0f} MB/s", grows],
        ["the same bytes written and synced in the clear", f"{floor:.2f} s", f"{25 / floor:.0f} MB/s", ""],
    ]
    note = "Read part by part, sealed frame by frame, hashed, padded, synced. Memory is that of both workers together."
    return Table("The largest file", ("", "seconds", "", "the workers grow by"), rows, note)


@contextmanager
def _reports(port: int) -> Iterator[list[float]]:
    """Somebody reports every few seconds meanwhile; how long each waited for its code."""
    waited: list[float] = []
    over, line = threading.Event(), Line(port)

    def work() -> None:
        while not over.wait(BETWEEN):
            begun = time.perf_counter()
            _, page, _ = line.ask("GET", "/lapor")
            ticket = re.search(r'name="ticket" value="([^"]+)"', page)
            assert ticket
            _, _, headers = line.ask("POST", "/lapor", f"ticket={ticket[1]}&what=Tolong&end=1")
            line.ask("GET", "/lapor", cookie=headers["Set-Cookie"].split(";")[0])
            waited.append(time.perf_counter() - begun)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield waited
    finally:
        over.set()
        thread.join()


def _slow() -> Table:
    content = b"\xff\xd8\xff" + os.urandom(SLOW_BYTES)
    long = b"\xff\xd8\xff" + os.urandom(2 * SLOW_BYTES)
    with installation() as config, gunicorn(config, PEPA_DELIVER="0") as server, _reports(server.port) as waited:
        taken: dict[str, float] = {}
        phones = [
            threading.Thread(target=lambda: taken.update(short=_sent(config, server.port, content, SLOW_LINE))),
            threading.Thread(target=lambda: taken.update(long=_sent(config, server.port, long, 2 * SLOW_LINE))),
        ]
        for phone in phones:
            phone.start()
            time.sleep(2)  # one installation is opened at a time
        for phone in phones:
            phone.join()
    rows = [
        ["1.5 MB at 32 kbit/s", f"{taken['short']:.0f} s", "arrived"],
        ["3 MB at 64 kbit/s, which takes a thread", f"{taken['long']:.0f} s", "arrived"],
        [f"{len(waited)} reports meanwhile, the slowest", f"{max(waited):.2f} s", within(max(waited), 5, " s")],
    ]
    note = "One report every five seconds, from its form to its code, while two phones send photos (cases/citizen 33)."
    return Table("Slow phones", ("", "seconds", ""), rows, note)


def measure() -> list[Table]:
    return [_looked_at(), _large(), _slow()]
