"""A small load: many kept-alive connections to this machine, driven from one thread.

A talk is a generator that yields requests and is given their answers; whoever comes to its end is counted once. The
whole costs some 40 microseconds a request, of one core that the server would have otherwise: the same for every floor.
"""

import math
import re
import selectors
import socket
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from urllib.parse import urlencode

CONNECTIONS = 24
HOST = "127.0.0.1"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
BROWSER = "Accept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: id\r\nUser-Agent: bench\r\n"


@dataclass(frozen=True)
class Answer:
    """One answer; head as it came, body as it was sent."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        found = re.search(rb"\r\n" + name.encode() + rb": *([^\r]*)", self.head, re.IGNORECASE)
        return found[1].decode("latin-1") if found else ""


@dataclass(frozen=True)
class Later:
    """A request that is made after some seconds in which the one who talks reads what came."""

    request: bytes
    seconds: float


Talk = Generator[bytes | Later, Answer, None]


@dataclass(frozen=True)
class Result:
    """done: talks that came to their end; seconds: how long it took; slow: the 99th of 100 talks, in seconds."""

    done: int
    seconds: float
    slow: float

    @property
    def rate(self) -> float:
        return self.done / self.seconds


def get(path: str, *, cookie: str = "") -> bytes:
    kept = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{BROWSER}{kept}\r\n".encode()


def post(path: str, fields: dict[str, str], *, more: str = "") -> bytes:
    body = urlencode(fields).encode()
    kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{BROWSER}{more}{kind}\r\n".encode() + body


class _Line:
    """One connection and what is being said on it."""

    def __init__(self, port: int, begin: Callable[[], Talk]) -> None:
        self.begin, self.come, self.is_quiet = begin, b"", False
        self.due, self._request = math.inf, b""
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.start()

    def start(self) -> None:
        self.talk, self.since = self.begin(), time.perf_counter()
        self._say(next(self.talk))

    def _say(self, request: bytes | Later) -> None:
        if isinstance(request, Later):
            self.due, self._request = time.perf_counter() + request.seconds, request.request
        else:
            self.socket.sendall(request)

    def go_on(self) -> None:
        """Make the request that was kept for now."""
        self.due = math.inf
        self.socket.sendall(self._request)

    def read(self) -> float | None:
        """Take in what came, and say what comes next; the seconds of a talk that ended with it."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server hung up in the middle of an answer")
        self.come += piece
        answer = self._answer()
        if answer is None:
            return None
        try:
            self._say(self.talk.send(answer))
        except StopIteration:
            return time.perf_counter() - self.since
        return None

    def _answer(self) -> Answer | None:
        head, end, rest = self.come.partition(b"\r\n\r\n")
        if not end:
            return None
        status, length = int(head[9:12]), LENGTH.search(head)
        size = int(length[1]) if length else 0
        if len(rest) < size:
            return None
        self.come = rest[size:]
        return Answer(status, head, rest[:size])


def run(
    port: int, begin: Callable[[], Talk], *, seconds: float = 60, connections: int = CONNECTIONS, most: int = 0
) -> Result:
    """Talk on every connection until the time is over, or until `most` talks are done.

    Talks under way at the end are heard out, so that they do not disturb what is measured next; they do not count.
    """
    durations: list[float] = []
    with selectors.DefaultSelector() as waiting:
        lines = [_Line(port, begin) for _ in range(connections)]
        for line in lines:
            waiting.register(line.socket, selectors.EVENT_READ, line)
        begun, started, last = connections, time.perf_counter(), 0.0
        end = started + seconds
        while not all(line.is_quiet for line in lines):
            now = time.perf_counter()
            if now > end + 30:
                raise TimeoutError("an answer did not come")
            for line in lines:
                if line.due <= now:
                    line.go_on()
            rest = min([end - now if now < end else 1, *(line.due - now for line in lines)])
            for key, _ in waiting.select(timeout=max(0.001, rest)):
                line, took = key.data, key.data.read()
                if took is None:
                    continue
                now = time.perf_counter()
                if now <= end:
                    durations.append(took)
                    last = now
                if now > end or (most and begun >= most):
                    line.is_quiet = True
                else:
                    begun += 1
                    line.start()
        for line in lines:
            line.socket.close()
    durations.sort()
    spent = (last if most else end) - started
    return Result(len(durations), spent, durations[len(durations) * 99 // 100])


def once(port: int, request: bytes) -> Answer:
    """One request, one answer."""
    found: list[Answer] = []

    def talk() -> Talk:
        found.append((yield request))

    run(port, talk, connections=1, most=1)
    return found[0]
