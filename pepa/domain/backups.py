"""Copies of everything: rows and files as they stand at one moment, in one file that only two recovery sheets open.

It is made while people write and delete. First the moment: a snapshot of the rows begins while no file is dropped, and
what stands then is linked, so each row's file is in it. Then what takes long. Nothing of it touches a disk unsealed.
"""

import logging
import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock, disk, storage
from pepa.config import ROOT, Config
from pepa.db import db, transaction
from pepa.domain import archives, audit, destruction, dumps, keys, onces, outbox
from pepa.domain.faults import Fault
from pepa.models.audit import AuditEntry, Chain
from pepa.models.backups import Backup
from pepa.models.installation import Installation
from pepa.models.organisations import ROOTS, Organisation
from pepa.models.recovery import RecoveryKey

KEPT = timedelta(days=35)  # what the page about privacy says
DUE = timedelta(days=2)  # without a new one something is wrong
DRILL = timedelta(days=190)  # the sheets are tried every half year, and a copy with them
WRITTEN = "%Y%m%dT%H%M%SZ"
log = logging.getLogger("pepa.backups")
NAME = re.compile(r"pepa-(\d{8}T\d{6}Z)\.backup")


class BackupRefused(Exception):
    """None can be made now. The message says why and what to do."""


class NotTheSame(Exception):
    """A file is not what was written here. The message says how."""


@dataclass(frozen=True)
class Made:
    """A copy that was made and read again.

    still    seconds in which no file could be dropped
    seconds  of all of it
    removed  how many of its folder were too old
    """

    path: Path
    size: int
    counts: archives.Counts
    still: float
    seconds: float
    removed: int


def make(config: Config, public: bytes, folder: Path | None = None) -> Made:
    """Write a copy, read it again, then remove those in its folder that are too old. public: whom it is sealed to.

    Raises BackupRefused, OSError, NotTheSame: then nothing carries its name.
    """
    began, folder = clock.monotonic(), folder or config.backups
    with _alone(config):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob(".pepa-*.backup"):
            left.unlink()
        path = folder / f"pepa-{clock.now().strftime(WRITTEN)}.backup"
        if path.exists():
            raise BackupRefused(f"{path} is there already")
        draft = folder / f".{path.name}"
        try:
            copy = _Copy(public, draft)
            if archives.digest(draft) != copy.digest:
                raise NotTheSame(f"what was read from {folder} is not what was written: look at its disk")
            draft.rename(path)  # not a link: the disks that copies are carried away on often know none
        finally:
            draft.unlink(missing_ok=True)
        disk.sync_folder(folder)
        _keep(copy, path.name)
        removed = _remove_old(folder)
    return Made(path, copy.size, copy.counts, copy.still, clock.monotonic() - began, removed)


@contextmanager
def _alone(config: Config) -> Iterator[None]:
    """One at a time; the system drops the lock of one that was killed."""
    handle = os.open(config.instance / ".backup", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        flock(handle, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise BackupRefused("another one is under way") from None
    try:
        yield
    finally:
        os.close(handle)


class _Copy:
    """What was written into a file, which is on the disk. Raises BackupRefused, OSError."""

    def __init__(self, public: bytes, draft: Path) -> None:
        self.id, self.made_at, self.size, self.still = uuid4(), clock.now(), 0, 0.0
        self._hash = archives.hashing()
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb", buffering=disk.MEGABYTE) as self._file:
            self._write(public)
            self._file.flush()
            disk.settle(handle)

    @property
    def digest(self) -> bytes:
        return self._hash.digest()

    def _out(self, sealed: bytes) -> None:
        self._file.write(sealed)
        self._hash.update(sealed)
        self.size += len(sealed)

    def _write(self, public: bytes) -> None:
        db.session.remove()
        files = storage.files()
        with ExitStack() as held:
            with ExitStack() as rows:
                began = clock.monotonic()
                with files.still():
                    connection = rows.enter_context(dumps.snapshot())
                    # The spool first: the files of a report that arrives meanwhile stand before it does.
                    linked = {"spool": held.enter_context(storage.linked(storage.spool().folder))}
                    linked["uploads"] = held.enter_context(storage.linked(files.folder))
                self.still = clock.monotonic() - began
                head, manifest = self._told(connection)
                packing = archives.Packing(public, head, manifest, self._out)
                for table in dumps.tables(connection):
                    packing.table(table, dumps.lots(connection, table))
            for folder, links in linked.items():
                for path in disk.paths(links):
                    packing.file(folder, path)
        packing.finish()
        self.counts = packing.counts

    def _told(self, connection: sa.Connection) -> tuple[archives.Head, dict[str, Any]]:
        """What stands in the clear, and what is first inside."""
        schema = dumps.schema(connection)
        if schema != newest():
            raise BackupRefused(f"the database is at schema {schema}: `pepa seed` first, or the version before")
        row = connection.execute(sa.select(Installation.key_id, Installation.key_check)).one()
        last = sa.select(AuditEntry.number, AuditEntry.mac).order_by(AuditEntry.number.desc()).limit(1)
        chains = {chain: connection.execute(last.where(AuditEntry.chain == chain.value)).first() for chain in Chain}
        manifest = {
            "made_at": self.made_at.isoformat(),
            "program": tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"],
            "key_check": row.key_check.hex(),
            "epoch": keys.here().epoch,
            "database": connection.dialect.name,
            "audit": {chain.value: [found.number, found.mac.hex()] for chain, found in chains.items() if found},
        }
        return archives.Head(self.id, row.key_id, clock.hour(self.made_at), schema), manifest


def newest() -> str:
    """The schema that this program knows last."""
    return max(known())


def known() -> frozenset[str]:
    """Every schema that this program can bring forward."""
    found = (Path(__file__).parent.parent / "migrations/versions").glob("[0-9]*.py")
    return frozenset(path.name.partition("_")[0] for path in found)


def _keep(copy: _Copy, name: str) -> None:
    reports, files = copy.counts.rows["reports"], copy.counts.files["uploads"]
    values = {"name": name, "made_at": copy.made_at, "reports": reports, "files": files, "size": copy.size}
    with transaction() as session:
        tag = _mac(copy.id, copy.size, copy.digest)
        session.add(Backup(id=copy.id, **values, digest=copy.digest, mac=tag, verified_at=clock.now()))
        audit.record(session, "backup.made", None, copy.id)


def _mac(backup_id: UUID, size: int, digest: bytes) -> bytes:
    return keys.mac("backup file", backup_id, size, digest)


def _remove_old(folder: Path) -> int:
    """Those of a folder that are older than copies are kept. None while the clock is doubted: it may have leapt."""
    gone = 0
    if not destruction.is_wary():
        for path in folder.glob("pepa-*.backup"):
            if (told := NAME.fullmatch(path.name)) and clock.now() - _moment(told[1]) > KEPT:
                path.unlink()
                gone += 1
    return gone


def _moment(text: str) -> datetime:
    return datetime.strptime(text, WRITTEN).replace(tzinfo=UTC)


# Whether one is what it was


def verify(path: Path) -> Backup:
    """Read a file whole and hold it against what was written here; a copy of it elsewhere, too.

    Raises NotTheSame, archives.NoArchive, OSError.
    """
    row = of(archives.head(path).id)
    if row is None:
        raise NotTheSame(f"{path.name} was not made here, or by a database that is older than it")
    if path.stat().st_size != row.size or archives.digest(path) != row.digest:
        raise NotTheSame(f"{path.name} is not what was written: it was cut or changed")
    _looked(row.id, "backup.verified", verified_at=clock.now())
    return row


def of(backup_id: UUID) -> Backup | None:
    """The row of a copy that was made here and carries our MAC."""
    row = db.session.get(Backup, backup_id)
    with suppress(keys.KeysUnsound):
        if row is not None:
            keys.check(row.mac, "backup file", row.id, row.size, row.digest)
            return row
    return None


def drilled(backup_id: UUID) -> None:
    """Two sheets opened all of it. One that was not made here is remembered nowhere."""
    if of(backup_id) is not None:
        _looked(backup_id, "backup.drilled", drilled_at=clock.now())


def _looked(backup_id: UUID, act: str, **when: datetime) -> None:
    with transaction() as session:
        session.execute(sa.update(Backup).where(Backup.id == backup_id).values(**when))
        audit.record(session, act, None, backup_id)


def last() -> tuple[datetime | None, datetime | None, datetime | None]:
    """When one was last made, last found whole, last opened by two sheets."""
    latest = [sa.func.max(at) for at in (Backup.made_at, Backup.verified_at, Backup.drilled_at)]
    found = db.session.execute(sa.select(*latest)).one()
    return found[0], found[1], found[2]


def faults() -> list[Fault]:
    """What keeps production from being safe."""
    made, _, drilled = last()
    found = []
    if made is None or clock.now() - made > DUE:
        found.append(_aged("copy", made))
    if drilled is None or clock.now() - drilled > DRILL:
        found.append(_aged("drill", drilled))
    return found


def _aged(topic: str, at: datetime | None) -> Fault:
    return Fault(f"{topic}.none") if at is None else Fault(f"{topic}.old", values={"n": (clock.now() - at).days})


def told() -> str:
    """How old the last one is that was read again and was whole, for whoever looks."""
    verified = last()[1]
    return f"The last backup that was found whole is {_age(verified)}."


def remind() -> int:
    """Live, tell the office once a day that the last one is too old, or that there is none since the sheets were typed
    back; for `delivery`. Returns to how many offices it was told."""
    if not (keys.is_installed() and keys.here().production):
        return 0
    since = last()[0] or db.session.scalar(sa.select(sa.func.min(RecoveryKey.confirmed_at)))
    office = db.session.scalar(sa.select(Organisation.id).where(Organisation.kind == ROOTS[0]))
    if since is None or office is None or clock.now() - since <= DUE:
        return 0
    log.critical("the last backup is %s", _age(last()[0]))
    once = clock.today().isoformat()
    with transaction() as session:
        if onces.made(session, "backup.remind", office, once):
            return 0
        onces.keep(session, "backup.remind", office, once, office)
        outbox.warn(session, office, outbox.Notice.BACKUP)
        audit.record(session, "backup.late", None, office)
    return 1


def _age(at: datetime | None) -> str:
    return "not there" if at is None else f"{(clock.now() - at).days} days old"
