"""gunicorn with our worker, as a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pepa.config import ROOT

HOST = "127.0.0.1"
PATIENCE = 25.0  # seconds that a test waits for an answer; whoever holds a thread holds it longer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def gunicorn(*options: str, program: str = "tests.lines.echo:app", **environ: str) -> Iterator[int]:
    """One process of four threads unless the options say otherwise. Yields the port."""
    port = free_port()
    given = ["--workers", "1", "--threads", "4", "--bind", f"{HOST}:{port}", "--log-level", "critical", *options]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "deploy")])
    served = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--no-control-socket", *given, program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", **environ},
    )
    try:
        for _ in range(400):
            with suppress(OSError), socket.create_connection((HOST, port), 0.2):
                break
            time.sleep(0.025)
        yield port
    finally:
        served.terminate()
        served.wait(40)


class Caller:
    """One connection, on which a test says what it likes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), PATIENCE)
        self._come = b""

    def say(self, words: bytes) -> "Caller":
        self.socket.sendall(words)
        return self

    def hear(self) -> str:
        """The next answer's body; the whole head where it is no 200. Raises TimeoutError, ConnectionError."""
        while b"\r\n\r\n" not in self._come:
            self._more()
        head, _, rest = self._come.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(rest) < length:
            self._more()
            rest = self._come.partition(b"\r\n\r\n")[2]
        self._come = rest[length:]
        return (rest[:length] if head.startswith(b"HTTP/1.1 200") else head).decode()

    def _more(self) -> None:
        piece = self.socket.recv(65_536)
        if not piece:
            raise ConnectionError("it hung up")
        self._come += piece

    def is_closed(self, within: float) -> bool:
        self.socket.settimeout(within)
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def close(self) -> None:
        self.socket.close()
