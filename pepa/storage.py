"""Sealed files: the intake spool, a second copy of every report; and what reporters add, each file under a random name.

Whatever is written here counts once it stands on the disk together with its folder's entry. Times say the hour only.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from typing import BinaryIO

from pepa import clock, disk
from pepa.disk import MEGABYTE

# What is marked beside a report's file
LEFT = "left"  # its ticket reads nothing any more
WITHDRAWN = "withdrawn"  # it was cancelled by its code
TURNED = "turned"  # its code was replaced, last in the hour of the mark
GONE = "gone"  # it was destroyed; the mark outlives its file, so that no older copy brings it back
KEYS = "keys"  # an organisation's keys, under its id: a file with a content
LINKS = ".backup"  # the folder of links, in the one that they are of
RESERVE = 16 * MEGABYTE  # kept in the spool for a disk that is full
LEAST = 4 * MEGABYTE  # free, or nothing more is promised to be kept
FULL = (errno.ENOSPC, errno.EDQUOT)
UNTOUCHED = 600  # seconds after which a draft that nobody holds is nobody's


class Spool:
    """One file a report, named by the hash of its ticket, kept as long as the report; beside it marks: empty
    files that say in their name what happened since.

    Losing nothing (vault.md): a report counts as taken once its file stands on the disk with its folder entry. Some
    megabytes stand by in a reserve; where the disk is full, texts take their place.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reserve = folder / ".reserve"

    def put(self, name: str, content: bytes) -> bytes:
        """Keep content under name, unless something stands there already; returns what stands there now.

        The file is synced before it is linked, the folder after, so a half-written one never carries the name. Its
        time says the hour only. Raises OSError when the disk refuses.
        """
        try:
            return self._put(name, content)
        except OSError as error:
            if error.errno not in FULL or not self._give_way(len(content)):
                raise
            return self._put(name, content)

    def _put(self, name: str, content: bytes) -> bytes:
        target = disk.place(self.folder, name)
        folder = disk.made(target.parent, self.folder)
        draft = disk.drafted(folder, content)
        try:
            os.link(draft, target)
            stands = content
        except FileExistsError:
            stands = target.read_bytes()
        finally:
            draft.unlink(missing_ok=True)
        disk.sync_folder(folder)  # also where another was first: its entry may not be on the disk yet
        return stands

    def replace(self, name: str, content: bytes) -> None:
        """Put content where something stands under name: the old or the new, never half of one. Raises OSError."""
        self._replace(disk.place(self.folder, name), content)

    def _replace(self, target: Path, content: bytes) -> None:
        draft = disk.drafted(disk.made(target.parent, self.folder), content)
        try:
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        disk.sync_folder(target.parent)

    def get(self, name: str) -> bytes | None:
        """What stands under name, or None."""
        try:
            return disk.place(self.folder, name).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, name: str) -> bool:
        """Whether something stands under name."""
        return disk.place(self.folder, name).exists()

    def names(self, since: datetime | None = None) -> Iterator[str]:
        """Every name, or those that were put since the beginning of an hour; in no order that tells when.

        Then a folder that nothing was put into is not read at all.
        """
        for path in disk.paths(self.folder, since):
            if "." not in path.name:
                yield path.name

    def abandoned(self, before: datetime) -> Iterator[Path]:
        """Drafts whose worker was killed: none that lives is an hour old."""
        for path in disk.paths(self.folder):
            if path.name.startswith(".") and not disk.is_since(path, before):
                yield path

    def drop(self, name: str) -> None:
        """Forget a report that is destroyed, and what was marked of it, but for its end."""
        disk.drop(disk.place(self.folder, name), *(self._mark(name, word) for word in (LEFT, WITHDRAWN, TURNED)))

    def mark(self, name: str, word: str) -> None:
        """Say durably what happened to name; said twice it is said once, but for what may happen again: then its last
        hour counts. Raises OSError when the disk refuses."""
        path = self._mark(name, word)
        if path.exists() and word != TURNED:
            return
        disk.made(path.parent, self.folder)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            disk.coarsen(handle)
            os.fsync(handle)
        finally:
            os.close(handle)
        disk.sync_folder(path.parent)

    def lay(self, name: str, word: str, content: bytes) -> None:
        """Put content under a name and a word: the old or the new, never half of one. Raises OSError."""
        self._replace(self._mark(name, word), content)

    def laid(self, word: str) -> Iterator[tuple[str, bytes]]:
        """What lies under that word, by its name."""
        for path in disk.paths(self.folder):
            if path.suffix == f".{word}":
                with suppress(FileNotFoundError):  # gone between being seen and being read
                    yield path.stem, path.read_bytes()

    def marked(self, word: str) -> Iterator[tuple[str, datetime]]:
        """Every name of which that was said, with the hour in which it was."""
        for path in disk.paths(self.folder):
            if path.suffix == f".{word}":
                yield path.stem, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def unmark(self, name: str, word: str) -> None:
        """What was said is to be forgotten."""
        self._mark(name, word).unlink(missing_ok=True)

    def is_marked(self, name: str, word: str) -> bool:
        """Whether that was said."""
        return self._mark(name, word).exists()

    def _mark(self, name: str, word: str) -> Path:
        return disk.place(self.folder, name).with_name(f"{name}.{word}")

    def keep_reserve(self) -> int:
        """Bring the reserve to its size while the disk has plenty; by `delivery`. Returns the bytes that stand by."""
        present = disk.size(self._reserve)
        if present < RESERVE and disk.free(self.folder)[0] >= 4 * RESERVE:
            disk.made(self.folder, self.folder.parent)
            handle = os.open(self._reserve, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                disk.allocate(handle, RESERVE)
                disk.coarsen(handle)
            finally:
                os.close(handle)
            present = RESERVE
        return present

    def has_room(self) -> bool:
        """Whether a text that somebody begins to write now could still be kept."""
        return disk.size(self._reserve) >= LEAST or disk.free(self.folder)[0] >= LEAST

    def _give_way(self, length: int) -> bool:
        """Give up so much of the reserve that a report of this length fits, and the database has some as well."""
        present = disk.size(self._reserve)
        if not present:
            return False
        os.truncate(self._reserve, max(0, present - max(MEGABYTE, 2 * length)))
        return True


class Files:
    """Sealed files under the id of their row: one that stands is whole. A draft carries a dot before its name."""

    def __init__(self, folder: Path, free_percent: int = 20) -> None:
        self.folder, self.free_percent = folder, free_percent

    def begin(self, name: str) -> "Draft":
        """A new file; nothing carries its name until `keep`. Raises OSError where the disk refuses."""
        target = disk.place(self.folder, name)
        return Draft(target, disk.made(target.parent, self.folder) / f".{name}")

    def open(self, name: str) -> BinaryIO:
        """Raises FileNotFoundError."""
        return disk.place(self.folder, name).open("rb")

    def drop(self, name: str) -> None:
        """Forget a file; one that is not there is forgotten already."""
        with disk.locked(self.folder, LOCK_SH):
            disk.drop(disk.place(self.folder, name))

    @contextmanager
    def still(self) -> Iterator[None]:
        """No process drops a file meanwhile. For as long as it takes to link what stands, not to copy it."""
        with disk.locked(self.folder, LOCK_EX):
            yield

    def has_room(self) -> bool:
        """Files stop earlier than texts."""
        free, whole = disk.free(self.folder)
        return free * 100 >= whole * self.free_percent

    def names(self, before: datetime | None = None) -> Iterator[str]:
        """Every name, or those that were kept before a moment."""
        for path in disk.paths(self.folder):
            if "." not in path.name and not (before and disk.is_since(path, before)):
                yield path.name

    def sweep(self) -> int:
        """Remove the drafts of workers that were killed: nobody holds their lock any more. Returns how many."""
        until = clock.now().timestamp() - UNTOUCHED
        drafts = [path for path in disk.paths(self.folder) if path.name.startswith(".")]
        return sum(disk.orphan_goes(path, until) for path in drafts)


@contextmanager
def linked(folder: Path) -> Iterator[Path]:
    """A folder of links to what stands in a folder now: dropped or replaced there, it stays here until the end."""
    links = folder / LINKS
    shutil.rmtree(links, ignore_errors=True)  # whatever a killed process left
    with disk.locked(links, LOCK_EX):
        try:
            for path in disk.paths(folder):
                if not path.name.startswith("."):
                    link = links / path.parent.name / path.name
                    link.parent.mkdir(exist_ok=True)
                    with suppress(FileNotFoundError):  # gone between being seen and being linked
                        link.hardlink_to(path)
            yield links
        finally:
            shutil.rmtree(links, ignore_errors=True)


def sweep_links() -> int:
    """Links whose process was killed go: nobody holds their lock any more. Returns in how many folders there were."""
    gone = 0
    for links in (spool().folder / LINKS, files().folder / LINKS):
        if links.is_dir():
            with suppress(BlockingIOError), disk.locked(links, LOCK_EX | LOCK_NB):
                shutil.rmtree(links, ignore_errors=True)
                gone += 1
    return gone


class Draft:
    """A file on its way in; this process holds a lock on it, which the system drops when the process dies."""

    def __init__(self, target: Path, path: Path) -> None:
        self._target, self._path = target, path
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        flock(self._handle, LOCK_EX)

    def write(self, content: bytes) -> None:
        disk.write_all(self._handle, content)

    def keep(self) -> None:
        """It is whole: on the disk with its name, and its time cut to the hour. Raises OSError."""
        disk.coarsen(self._handle)
        os.fsync(self._handle)
        self._path.rename(self._target)
        disk.sync_folder(self._target.parent)
        self._close()

    def drop(self) -> None:
        """It is not wanted, or was cut on the way. After `keep` this does nothing."""
        if self._handle >= 0:
            self._path.unlink(missing_ok=True)
            self._close()

    def _close(self) -> None:
        os.close(self._handle)
        self._handle = -1


_spool: Spool | None = None
_files: Files | None = None


def use(spool_folder: Path, files_folder: Path, free_percent: int) -> None:
    """Set where this process keeps its spool and its files."""
    global _spool, _files
    _spool, _files = Spool(spool_folder), Files(files_folder, free_percent)


def spool() -> Spool:
    """The intake spool of this process."""
    if _spool is None:
        raise RuntimeError("no spool is set: create_app sets it")
    return _spool


def files() -> Files:
    """The files of this process's installation."""
    if _files is None:
        raise RuntimeError("no folder for files is set: create_app sets it")
    return _files
