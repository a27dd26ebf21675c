"""Sealed files. So far the intake spool: a second copy of every report, written before the database hears of it."""

import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pepa import clock

LEFT = "left"  # its ticket reads nothing any more


class Spool:
    """One file a report, named by the hash of its ticket, kept as long as the report; beside it marks: empty
    files that say in their name what happened since.

    Losing nothing (vault.md): a report counts as taken once its file stands on the disk with its folder entry.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, content: bytes) -> bytes:
        """Keep content under name, unless something stands there already; returns what stands there now.

        The file is synced before it is linked, the folder after, so a half-written one never carries the name. Its
        time says the hour only. Raises OSError when the disk refuses.
        """
        target = self._path(name)
        folder = target.parent
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _sync_folder(self.folder)
        draft = folder / f".{secrets.token_hex(8)}"
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                _write_all(handle, content)
                _coarsen(handle)
                os.fsync(handle)
            finally:
                os.close(handle)
            try:
                os.link(draft, target)
                stands = content
            except FileExistsError:
                stands = target.read_bytes()
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(folder)  # also where another was first: its entry may not be on the disk yet
        return stands

    def get(self, name: str) -> bytes | None:
        """What stands under name, or None."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, name: str) -> bool:
        """Whether something stands under name."""
        return self._path(name).exists()

    def names(self, since: datetime | None = None) -> Iterator[str]:
        """Every name, or those that were put since the beginning of an hour; in no order that tells when.

        Then a folder that nothing was put into is not read at all.
        """
        for path in self._files(since):
            if "." not in path.name:
                yield path.name

    def abandoned(self, before: datetime) -> Iterator[Path]:
        """Drafts whose worker was killed: none that lives is an hour old."""
        for path in self._files():
            if path.name.startswith(".") and not _is_since(path, before):
                yield path

    def _files(self, since: datetime | None = None) -> Iterator[Path]:
        folders = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        for folder in folders:
            if folder.is_dir() and _is_since(folder, since):
                yield from sorted(path for path in folder.iterdir() if _is_since(path, since))

    def drop(self, name: str) -> None:
        """Forget a report that is destroyed, and what was marked of it."""
        path = self._path(name)
        for gone in (path, *path.parent.glob(f"{name}.*")):
            gone.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync_folder(path.parent)

    def mark(self, name: str, word: str) -> None:
        """Say durably what happened to name; said twice it is said once. Raises OSError when the disk refuses."""
        path = self._mark(name, word)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            _coarsen(handle)
            os.fsync(handle)
        finally:
            os.close(handle)
        _sync_folder(path.parent)

    def is_marked(self, name: str, word: str) -> bool:
        """Whether that was said."""
        return self._mark(name, word).exists()

    def _mark(self, name: str, word: str) -> Path:
        return self._path(name).with_name(f"{name}.{word}")

    def _path(self, name: str) -> Path:
        if not name.isalnum():
            raise ValueError("a spool name is letters and digits")
        return self.folder / name[:2] / name


_spool: Spool | None = None


def use(folder: Path) -> None:
    """Set where this process keeps its spool."""
    global _spool
    _spool = Spool(folder)


def spool() -> Spool:
    """The intake spool of this process."""
    if _spool is None:
        raise RuntimeError("no spool is set: create_app sets it")
    return _spool


def _is_since(path: Path, moment: datetime | None) -> bool:
    """Whether it was last written to at a moment or later; no longer there is no."""
    if moment is None:
        return True
    try:
        return path.stat().st_mtime >= moment.timestamp()
    except FileNotFoundError:
        return False


def _write_all(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def _coarsen(handle: int) -> None:
    """Nothing here says more than the hour: neither a file nor the folder that was last written to."""
    hour = clock.hour(clock.now()).timestamp()
    os.utime(handle, (hour, hour))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        _coarsen(handle)
        os.fsync(handle)
    finally:
        os.close(handle)
