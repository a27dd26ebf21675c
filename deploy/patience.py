"""A worker of gunicorn that gives a thread only to requests that are whole.

gunicorn hands a connection to a thread with its first byte, and the thread waits for the rest: with 16 threads, 16
phones that send a byte in ten seconds stop everybody (cases/security A16). Here the loop that accepts connections reads
them as well, whatever comes from each, into memory and never onto a disk; a thread begins once head and body are there.
Bodies that are too long to be kept so (files) take threads while they arrive, but not all of them.
"""

import errno
import re
import selectors
import socket
import struct
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

from gunicorn.workers.gthread import TConn, ThreadWorker

CHUNK = 65_536
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
OPEN_END = re.compile(
    rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE
)  # how much comes is not said, or waits for us
TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """See above. Seconds are of a clock that only goes forward."""

    HEAD: ClassVar[int] = 65_536  # bytes; ours are far under one thousand
    WHOLE: ClassVar[int] = 2_097_152  # bytes kept of one request: 100,000 letters take 1.2 MB at most
    HELD: ClassVar[int] = 67_108_864  # bytes kept of all requests together
    HEAD_SECONDS: ClassVar[float] = 30.0
    BODY_SECONDS: ClassVar[float] = 60.0  # and a second more for each
    SLOWEST: ClassVar[int] = 500  # bytes: a tenth of what a phone of 2G sends
    PARTING: ClassVar[float] = 2.0  # seconds in which the other side may hang up
    STALLED: ClassVar[int] = 30  # seconds that a thread waits for the next byte, or for one to be taken

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading: dict[TConn, None] = {}  # the one that began first stands first
        self.held = 0
        self.long, self.most_long = 0, max(1, self.cfg.threads * 3 // 4)
        self.waiting: deque[TConn] = deque()  # long ones that wait for a thread
        self.parting: dict[TConn, None] = {}

    # What the loop calls

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            client.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", self.STALLED, 0))
        if len(self.reading) >= self.worker_connections * 3 // 4:
            self._drop(next(iter(self.reading)))  # whoever is slowest makes room for whoever comes
        self._begin(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._begin(conn)

    def murder_pending(self) -> None:
        """Let go of those who are too slow, once in every turn of the loop."""
        now = time.monotonic()
        for conn in [conn for conn in self.reading if now > self._until(conn)]:
            self._drop(conn)
        for conn in [conn for conn in self.parting if now > conn.began + self.PARTING]:
            self._parted(conn)
        while self.waiting and now > self.waiting[0].began + self.STALLED:
            self._close(self.waiting.popleft())

    def finish_request(self, conn: TConn, done: "Future[Any]") -> None:
        if conn.is_long:
            conn.is_long = False
            self.long -= 1
            if self.waiting:
                self._run(self.waiting.popleft(), is_long=True)
        kept = not done.cancelled() and done.exception() is None and done.result() is True
        if not kept:
            self._part(conn)
        elif self.alive and (left := conn.parser.unreader.take_buffered()):
            conn.sock.setblocking(False)
            self._begin(conn, left)  # the next request came with the end of this one
        else:
            super().finish_request(conn, done)

    # In a thread

    def handle(self, conn: TConn) -> Any:
        conn.sock.setblocking(True)
        conn.init()
        conn.parser.unreader.unread(bytes(conn.come))
        conn.come, conn.data_ready = bytearray(), True
        return super().handle(conn)

    # Reading

    def _begin(self, conn: TConn, come: bytes = b"") -> None:
        conn.come, conn.size, conn.is_long, conn.is_registered = bytearray(come), 0, False, False
        conn.began = time.monotonic()
        self.reading[conn] = None
        self.held += len(come)
        self._read(conn)
        if conn in self.reading:
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read, conn))
            conn.is_registered = True

    def _read(self, conn: TConn, _: object = None) -> None:
        """Take what is there, and see whether it is enough."""
        try:
            piece = conn.sock.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            piece = None
        except OSError:
            piece = b""
        if piece == b"":
            self._drop(conn)
            return
        if piece:
            conn.come += piece
            self.held += len(piece)
        if not conn.size:
            conn.size = _size(conn.come)
        self._decide(conn)

    def _decide(self, conn: TConn) -> None:
        come = len(conn.come)
        if not conn.size:
            if come > self.HEAD:
                with suppress(OSError):
                    conn.sock.send(TOO_LONG)
                self._drop(conn)
        elif come >= conn.size > 0:
            self._leave(conn)
            self._run(conn, is_long=False)
        elif conn.size < 0 or conn.size > self.WHOLE or self.held > self.HELD:
            self._leave(conn)
            self._run(conn, is_long=True)

    def _until(self, conn: TConn) -> float:
        if not self.alive and not conn.come:
            return 0.0  # the server stops, and nothing was sent
        seconds = self.BODY_SECONDS + len(conn.come) / self.SLOWEST if conn.size else self.HEAD_SECONDS
        return float(conn.began + seconds)

    def _run(self, conn: TConn, *, is_long: bool) -> None:
        if is_long and self.long >= self.most_long:
            conn.began = time.monotonic()
            self.waiting.append(conn)
            return
        conn.is_long = is_long
        self.long += is_long
        self.enqueue_req(conn)

    def _part(self, conn: TConn) -> None:
        """Say that no more comes, and hear the other side out: hanging up before it has read everything would cost it
        the end of its answer. gunicorn waits for that in the loop, two seconds in which nobody is accepted."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._hear_out, conn))
        except OSError:
            self._close(conn)
            return
        conn.began = time.monotonic()
        self.parting[conn] = None

    def _hear_out(self, conn: TConn, _: object) -> None:
        try:
            over = not conn.sock.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            over = False
        except OSError:
            over = True
        if over:
            self._parted(conn)

    def _parted(self, conn: TConn) -> None:
        del self.parting[conn]
        self.poller.unregister(conn.sock)
        self._close(conn)

    def _leave(self, conn: TConn) -> None:
        del self.reading[conn]
        self.held -= len(conn.come)
        if conn.is_registered:
            self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn) -> None:
        self._leave(conn)
        self._close(conn)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()


def _size(come: bytearray) -> int:
    """How many bytes the request has; 0 while its head is not whole, -1 where nobody says."""
    end = come.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = bytes(come[: end + 2])
    if OPEN_END.search(head):
        return -1
    length = LENGTH.search(head)
    return end + 4 + (int(length[1]) if length else 0)
