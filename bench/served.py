"""An installation of its own, and the gunicorn that serves it in its production settings."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.tables import ROOT
from pepa.config import Config
from tests.installations import configured, planted

PATIENCE = 30  # seconds until it must answer
TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def installation() -> Iterator[Config]:
    """A fresh one with the cast of the demo, on the disk that holds temporary files; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pepa-bench-") as folder:
        config = configured(Path(folder))
        planted(config)
        yield config


@dataclass(frozen=True)
class Memory:
    """Megabytes of one process. proportional: what it shares with others is divided among them."""

    resident: float
    proportional: float


class Server:
    """A running gunicorn."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self._process, self.port = process, port

    def workers(self) -> list[int]:
        """The process ids of the workers: gunicorn's children that run gunicorn too."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(child) for child in children if b"gunicorn" in Path(f"/proc/{child}/cmdline").read_bytes()]

    def busy(self) -> float:
        """Seconds of processor that the workers have used."""
        return sum(_busy(worker) for worker in self.workers())

    def memory(self) -> list[Memory]:
        return [_memory(worker) for worker in self.workers()]


@contextmanager
def gunicorn(config: Config, program: str = "wsgi:app", **environ: str) -> Iterator[Server]:
    """Serve an installation as it is shipped, by deploy/gunicorn.conf.py."""
    port = _free_port()
    # Not the test's own configuration: what the environment does not name has the value that an office gets.
    named = {
        "PORT": str(port),
        "PEPA_INSTANCE": str(config.instance),
        "PEPA_SERVER_KEY_FILE": str(config.server_key_file),
        "PEPA_SPOOL": str(config.spool),
        "PEPA_UPLOADS": str(config.uploads),
        "PEPA_DATABASE_URL": config.database_url,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PEPA_")}
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", program]
    log = config.instance.parent / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=kept | named | environ, stdout=said, stderr=said)
    try:
        _wait(process, port, log)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"gunicorn does not answer:\n{log.read_text()[-2000:]}")


def _busy(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _memory(pid: int) -> Memory:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split()[0].rstrip(":"): int(line.split()[1]) for line in lines[1:]}
    return Memory(kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024)
