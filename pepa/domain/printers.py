"""Asks a child to print (`press`), with limits, by pipes. Nothing that prints is loaded here, and nothing is written.

A child that has ended in any way but well has made nothing.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from threading import Timer
from typing import Any

from pepa.domain import keys
from pepa.domain.documents import FONTS, Document, Format, Unprintable
from pepa.errors import Failure
from pepa.words import N_

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-E", "-s", "-B", "-m", "pepa.domain.press")
REFUSED = 3  # how it ends where something cannot be printed
SECONDS = 36.0  # by the clock, for a title
LIMITS = {
    resource.RLIMIT_AS: 1024 * 1024 * 1024,  # bytes
    resource.RLIMIT_CPU: 90,  # seconds
    resource.RLIMIT_FSIZE: 0,  # bytes of any file
    resource.RLIMIT_CORE: 0,
}
PANGO = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
MOST = 64_000_000  # bytes of all that a child may answer
PROGRAMS = ("blocks", "documents", "epubs", "markup", "press", "printing", "typesetting")
PACKAGES = ("babel", "fonttools", "jinja2", "pypdf", "segno", "weasyprint")


class Unmade(Failure):
    """The child ended before all was made."""

    says = N_("Lembar belum jadi. Kami coba lagi sepuluh menit lagi.")


@dataclass(frozen=True)
class Made:
    """An output, finished. pages: of paper, or None"""

    document: Document
    format: Format
    pages: int | None
    body: bytes


def can_print() -> bool:
    """Whether PDFs can be made here. Without Pango the others are, and the site runs on.

    Takes a second. Only a yes is remembered: what failed for want of memory or time may do the next time.
    """
    try:
        return _prints()
    except Unmade:
        return False


@cache
def _prints() -> bool:
    if fault() is not None:
        raise Unmade
    return True


def fault() -> str | None:
    """What keeps sheets from being printed here, in words for whoever runs the machine."""
    try:
        prints = json.loads(_ask({"probe": True}))["prints"]
    except (Failure, OSError, ValueError) as failed:
        return f"no sheets are made: {failed.says % failed.values if isinstance(failed, Failure) else failed}"
    return None if prints else f"no PDFs are made: Pango is missing or too old ({PANGO})"


def printed(template: str, values: Mapping[str, object], *, qr: str = "") -> bytes:
    """A PDF of a template of templates/sheets, for somebody who waits for it.

    values: what JSON knows; qr: what the picture `sheet:qr` in it leads to
    Raises Unprintable, Unmade; Busy where others are being printed.
    """
    with keys.slot(keys.here().pictures):
        return _parts(_ask({"template": template, "values": dict(values), "qr": qr}))[0][1]


def outputs(asked: Sequence[tuple[Document, Sequence[Format]]]) -> list[Made]:
    """These documents in these formats, all of them. Raises Unprintable, Unmade."""
    plain = [document.dump() for document, _ in asked]
    formats = [[form.value for form in forms] for _, forms in asked]
    told = _ask({"documents": plain, "formats": formats}, len(asked))
    return [
        Made(asked[part["document"]][0], Format(part["format"]), part["pages"], body) for part, body in _parts(told)
    ]


def pack(library: Sequence[Document]) -> bytes:
    """The whole library in one file. Raises Unmade."""
    return _parts(_ask({"pack": [document.dump() for document in library]}, 3))[0][1]


@cache
def version() -> str:
    """Changes where a program, template, style, font or package does that outputs are made with."""
    here = Path(__file__).parent
    folders = (here.parent / "templates/sheets", FONTS)
    text = hashlib.sha256()
    for path in [
        *(here / f"{name}.py" for name in PROGRAMS),
        *(p for folder in folders for p in sorted(folder.iterdir())),
    ]:
        text.update(path.read_bytes())
    text.update(" ".join(metadata.version(name) for name in PACKAGES).encode())
    return text.hexdigest()


def _ask(question: dict[str, Any], titles: int = 1) -> bytes:
    """What the child answers, for so many titles. Raises Unprintable with its words, or Unmade where it has none."""
    pipe = subprocess.PIPE
    environ = {"FONTCONFIG_FILE": str(FONTS / "fonts.conf"), "PYTHONHASHSEED": "0"}
    child = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environ, cwd=ROOT)
    timer = Timer(SECONDS * titles, child.kill)
    timer.start()
    try:
        _confine(child.pid)
        told, _ = child.communicate(json.dumps(question).encode())
    finally:
        timer.cancel()
        child.kill()
        child.wait()
    if child.returncode == REFUSED:
        refused = json.loads(told)
        raise Unprintable(refused["says"], **refused["values"])
    if child.returncode != 0 or len(told) > MOST:
        raise Unmade
    return told


def _confine(pid: int) -> None:
    """Before it is given a byte: from there on it can have no more than this. One that has ended already takes none."""
    with suppress(ProcessLookupError):
        for limit, most in LIMITS.items():
            resource.prlimit(pid, limit, (most, most))
        os.setpriority(os.PRIO_PROCESS, pid, 10)


def _parts(told: bytes) -> list[tuple[dict[str, Any], bytes]]:
    """A line of JSON that says how long each of them is, and the outputs behind it. Raises Unmade for what is torn."""
    head, _, rest = told.partition(b"\n")
    found, start = [], 0
    try:
        for part in json.loads(head):
            found.append((part, rest[start : start + part["size"]]))
            start += part["size"]
    except (ValueError, TypeError, KeyError) as torn:
        raise Unmade from torn
    if start != len(rest):
        raise Unmade
    return found
