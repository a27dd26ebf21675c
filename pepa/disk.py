"""Files as we want them: whole or not there, on the disk before they count, saying no more than the hour."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import BinaryIO

from pepa import clock

MEGABYTE = 1024 * 1024


def place(folder: Path, name: str) -> Path:
    """Where a name stands: in a folder of its first two signs. Raises ValueError where it is no name of ours."""
    if not name.isalnum():
        raise ValueError("a name here is letters and digits")
    return Path(f"{folder}/{name[:2]}/{name}")  # put together at once: by `/` it takes three times as long


@contextmanager
def locked(folder: Path, how: int) -> Iterator[None]:
    """A lock on a folder as it stands: a disk that is full has room for no file to lock."""
    if not folder.is_dir():
        made(folder, folder.parent)
    handle = os.open(folder, os.O_RDONLY)
    try:
        flock(handle, how)
        yield
    finally:
        os.close(handle)


def made(folder: Path, parent: Path) -> Path:
    """The folder, made where it is not there yet."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(parent)
    return folder


def drafted(folder: Path, content: bytes) -> Path:
    """A file without a name yet, on the disk to its last byte."""
    draft = folder / f".{secrets.token_hex(8)}"
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write_all(handle, content)
            coarsen(handle)
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def paths(folder: Path, since: datetime | None = None) -> Iterator[Path]:
    """Whatever lies in our folders of a folder, or what was last written to at a moment or later.

    Ours have two letters: at the root of a disk lies `lost+found`, into which nobody may look.
    """
    inner = sorted(folder.iterdir()) if folder.is_dir() else []
    for one in inner:
        if len(one.name) == 2 and one.is_dir() and is_since(one, since):
            yield from sorted(path for path in one.iterdir() if is_since(path, since))


@contextmanager
def laid(target: Path, at: float) -> Iterator[BinaryIO]:
    """A file that is put back with its time; whole or not there. On the disk only once all of it was synced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
        os.utime(draft, (at, at))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def drop(path: Path, *more: Path) -> None:
    """Forget files of one folder; those that are not there are forgotten already."""
    for gone in (path, *more):
        gone.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)


def size(path: Path) -> int:
    """Its bytes; none where it is not there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def free(folder: Path) -> tuple[int, int]:
    """Bytes that are free on the disk of a folder, which may not be there yet, and all of its bytes."""
    while not folder.is_dir():
        folder = folder.parent
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize


def orphan_goes(path: Path, until: float) -> bool:
    """Whether a draft was nobody's any more, and is gone."""
    try:
        handle = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        return False
    try:
        flock(handle, LOCK_EX | LOCK_NB)
        if os.fstat(handle).st_mtime > until:
            return False
        path.unlink(missing_ok=True)
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(handle)


def allocate(handle: int, length: int) -> None:
    """Take the room now: a file with holes would take none."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, length)
    else:
        for _ in range(length // MEGABYTE):
            write_all(handle, bytes(MEGABYTE))


def is_since(path: Path, moment: datetime | None) -> bool:
    """Whether it was last written to at a moment or later; no longer there is no."""
    if moment is None:
        return True
    try:
        return path.stat().st_mtime >= moment.timestamp()
    except FileNotFoundError:
        return False


def write_all(handle: int, content: bytes) -> None:
    """Every byte, however little the system takes at once."""
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def coarsen(handle: int) -> None:
    """Nothing here says more than the hour: neither a file nor the folder that was last written to."""
    hour = clock.hour(clock.now()).timestamp()
    os.utime(handle, (hour, hour))


def settle(handle: int) -> None:
    """Its last byte is on the disk; whoever reads it again reads it from there."""
    os.fsync(handle)
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """What was linked or removed in it is on the disk when this returns."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        coarsen(handle)
        os.fsync(handle)
    finally:
        os.close(handle)
