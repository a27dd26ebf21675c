"""Slots: how many may do a costly thing at once, counted over all worker processes and threads of one machine."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Final

from pepa.clock import monotonic

PAUSE: Final = 0.005


class Full(Exception):
    """No slot became free before the deadline, or too many wait for one already."""


class Slots:
    """`count` slots, one locked file each: folder/name.0, folder/name.1 …, made when first needed and never removed.

    The system drops the lock of a process that dies, so a killed worker costs no slot. A process that was *forked*
    while a slot was held keeps it open too: fork before, or start another program.

    queue  how many of this process may wait or hold at once: a flood of what is slow must not take every thread from
           what is quick. Whoever is one more is told Full at once. None: any number
    """

    def __init__(self, folder: Path, name: str, count: int, queue: int | None = None) -> None:
        if count < 1:
            raise ValueError("at least one slot")
        self._queue = BoundedSemaphore(queue) if queue else None
        self._files = [folder / f"{name}.{number}" for number in range(count)]
        # One thread of a process at a time looks for a free slot; the others wait here and cost nothing.
        self._turn = Lock()

    @contextmanager
    def take(self, deadline_seconds: float) -> Iterator[None]:
        """Hold a slot for the block; Full when none is free within the deadline (0: now or never)."""
        with self._in_the_queue():
            handle = self._wait(monotonic() + deadline_seconds)
            try:
                yield
            finally:
                # Before closing: a copy of the handle in a forked child would keep the slot.
                flock(handle, LOCK_UN)
                os.close(handle)

    @contextmanager
    def _in_the_queue(self) -> Iterator[None]:
        if self._queue is None:
            yield
            return
        if not self._queue.acquire(blocking=False):
            raise Full
        try:
            yield
        finally:
            self._queue.release()

    def _wait(self, deadline: float) -> int:
        if not self._turn.acquire(timeout=max(0.0, deadline - monotonic())):
            raise Full
        try:
            while (handle := self._free()) is None:
                left = deadline - monotonic()
                if left <= 0:
                    raise Full
                time.sleep(min(PAUSE, left))
            return handle
        finally:
            self._turn.release()

    def _free(self) -> int | None:
        for file in self._files:
            handle = _open(file)
            try:
                flock(handle, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                os.close(handle)
            except BaseException:
                os.close(handle)
                raise
            else:
                return handle
        return None


def _open(file: Path) -> int:
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
