"""Copies to be looked at: a picture drawn anew, a PDF put together anew, by a process that may do little else.

A decoder of pictures is what an attacker reaches first. None is loaded here: the bytes go to a child by a pipe, and
what comes back is a plain JPEG or a bare PDF. Nothing of it is written anywhere.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Timer

from pepa.domain import keys
from pepa.errors import Invalid
from pepa.models.attachments import Kind
from pepa.words import N_

PICTURES, PAPERS = Path(__file__).with_name("redraw.py"), Path(__file__).with_name("rebuild.py")
SECONDS = 20.0  # by the clock; of processor it has fewer
LIMITS = {
    resource.RLIMIT_AS: 512 * 1024 * 1024,  # bytes
    resource.RLIMIT_CPU: 10,  # seconds
    resource.RLIMIT_FSIZE: 0,  # bytes of any file
    resource.RLIMIT_CORE: 0,
}
LARGEST = 30_000_000  # bytes of a copy


class Unviewable(Invalid):
    """It is too large, broken, or none of what it says it is. The original stays as it came."""

    says = N_("File ini tidak bisa diperlihatkan di sini. Aslinya tetap tersimpan.")


def copy_of(kind: Kind, original: Iterator[bytes]) -> bytes:
    """A JPEG of a picture, or a PDF without what acts. original: frame by frame; it is never whole in this process.

    Raises Unviewable; Busy where others are being drawn; whatever the original raises, and then there is no copy.
    """
    with keys.slot(keys.here().pictures):
        return _drawn(kind, original)


def line_art(kind: Kind, original: Iterator[bytes]) -> bytes:
    """A PNG of four greys, small enough for every phone and for print: what a title of the library shows.

    kind: of a picture. Raises as `copy_of`.
    """
    with keys.slot(keys.here().pictures):
        return _drawn(kind, original, "line_art")


def _drawn(kind: Kind, original: Iterator[bytes], *how: str) -> bytes:
    program = PAPERS if kind is Kind.PDF else PICTURES
    command = [sys.executable, "-I", "-B", str(program), kind.value, *how]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, env={}, cwd="/")
    assert child.stdin
    assert child.stdout
    clock = Timer(SECONDS, child.kill)
    clock.start()
    try:
        _confine(child.pid)
        with suppress(BrokenPipeError):  # it refused before it had all
            for frame in original:
                child.stdin.write(frame)
            child.stdin.close()
        copy = child.stdout.read(LARGEST + 1)
        whole = len(copy) <= LARGEST and child.wait() == 0
    finally:
        clock.cancel()
        child.kill()
        child.stdout.close()
        with suppress(BrokenPipeError):
            child.stdin.close()
        child.wait()
    if not whole:
        raise Unviewable
    return copy


def _confine(pid: int) -> None:
    """Before it is given a byte: from there on it can have no more than this. One that has ended already takes none."""
    with suppress(ProcessLookupError):
        for limit, most in LIMITS.items():
            resource.prlimit(pid, limit, (most, most))
        os.setpriority(os.PRIO_PROCESS, pid, 10)
