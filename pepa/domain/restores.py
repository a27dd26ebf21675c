"""Putting a copy back: into an empty installation, by two recovery sheets (vault.md, Losing nothing).

Everything is looked at before anything is touched. While it is under way a mark stands in the instance: what lies there
serves nobody, and whoever begins again begins from nothing. What was handed out before (sessions, ways in) then opens
nothing; what happened after the copy was made comes from the spool, as far as that was saved.
"""

import json
import os
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock, disk
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import (
    archives,
    arrivals,
    audit,
    backups,
    codes,
    destruction,
    dumps,
    emergencies,
    incidents,
    installation,
    keys,
    outbox,
    recovery,
    rekeys,
)
from pepa.models.backups import Incident
from pepa.models.devices import Device
from pepa.models.enrolments import Enrolment
from pepa.models.organisations import ROOTS, Membership, Organisation
from pepa.models.people import Person

# Whatever lets somebody in, or did once and was used up since; first yeses, which may have been cancelled; and how long
# a name waits, by another clock.
LEFT_OUT = (
    "staff_sessions",
    "cadre_sessions",
    "login_delays",
    "readings",
    "handles",
    "spares",
    "approvals",
    "feeds",
    "passkeys",
)
WARY = timedelta(days=7)  # nothing is destroyed for being old: what an officer held back since is not in the copy
STEP = 30  # seconds of an authenticator's code
NAME = re.compile(r"[0-9a-z]+(\.[a-z]+)?")


class RestoreRefused(Exception):
    """It cannot be put back here. The message says why. Nothing was touched."""


@dataclass
class Checked:
    """A copy that was opened whole.

    manifest   what it says of itself
    key        the server key that belongs to it
    seconds    how long that took
    """

    opened: archives.Opened
    manifest: dict[str, Any]
    counts: archives.Counts
    key: keys.Token
    seconds: float

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest["made_at"])


@dataclass
class Restored:
    """What was put back.

    keys       of organisations that are newer than the copy, from the spool
    came_home  reports from there that are newer than the copy; shut: what nobody opens, since its key is not here
    stuck      files there that could not come home
    ended      codes that were replaced since, and so open nothing
    had_spool  whether it lay there
    held       notices that wait for a person; partners: organisations that do
    seconds    by step
    """

    checked: Checked
    keys: int = 0
    came_home: int = 0
    stuck: int = 0
    shut: int = 0
    ended: int = 0
    had_spool: bool = True
    held: int = 0
    partners: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def check(path: Path, pair: keys.Pair) -> Checked:
    """Open all of a copy into nothing and count it. Touches nothing.

    Raises RestoreRefused, archives.NoArchive, OSError.
    """
    began = clock.monotonic()
    opened = archives.Opened(path, pair)
    if opened.head.schema not in backups.known():
        raise RestoreRefused(
            f"the copy is at schema {opened.head.schema}, which this version of Pepa does not know: take a newer one"
        )
    look = _Look(pair)
    for kind, payload in opened.records():
        look.take(kind, payload)
    if look.end != {"rows": look.counts.rows, "files": look.counts.files, "bytes": look.counts.bytes}:
        raise RestoreRefused("the copy holds something else than it says at its end")
    if look.key is None or not opened.is_by(look.key, look.manifest["proof"]):
        raise RestoreRefused("the copy was not written by whoever has its server key: it may have been planted")
    return Checked(opened, look.manifest, look.counts, look.key, clock.monotonic() - began)


class _Look:
    """Reads records, counts, and finds the server key among the rows."""

    def __init__(self, pair: keys.Pair) -> None:
        self._pair, self._table = pair, dumps.Table("", ())
        self.manifest: dict[str, Any] = {}
        self.end: dict[str, Any] = {}
        self.counts = archives.none()
        self.key: keys.Token | None = None

    def take(self, kind: bytes, payload: bytes) -> None:
        match kind:
            case archives.MANIFEST:
                self.manifest = json.loads(payload)
            case archives.TABLE:
                self._table = table(payload)
                self.counts.rows[self._table.name] = 0
            case archives.ROWS:
                rows = json.loads(payload)
                self.counts.rows[self._table.name] += len(rows)
                if self._table.name == "recovery_keys":
                    self._find(rows)
            case archives.FILE:
                file = archives.File(**json.loads(payload))
                self.counts.files[file.folder] += 1
            case archives.CHUNK:
                self.counts.bytes += len(payload)
            case archives.END:
                self.end = json.loads(payload)

    def _find(self, rows: list[list[Any]]) -> None:
        names = [name for name, _ in self._table.columns]
        for row in (dict(zip(names, values, strict=True)) for values in rows):
            if b64decode(row["public_key"]) == self._pair.public and row["server_key_sealed"]:
                self.key = recovery.server_key_in(self._pair, b64decode(row["server_key_sealed"]))


def table(payload: bytes) -> dumps.Table:
    """The table of a record."""
    name, columns = json.loads(payload)
    return dumps.Table(name, tuple((column, kind) for column, kind in columns))


def require_empty(config: Config) -> None:
    """Raises RestoreRefused where there are rows, unless a restore that was cut off left them."""
    if config.restoring.exists():
        return
    with db.engine.connect() as connection:
        rows = dumps.count(connection)
    if rows:
        raise RestoreRefused(f"this database has {rows} rows: a copy is put back into an empty one alone")


def restore(config: Config, path: Path, pair: keys.Pair, upgrade: Callable[[str], None]) -> Restored:
    """Put a copy back. upgrade: brings the database to a schema.

    Raises RestoreRefused, keys.KeyRefused, archives.NoArchive, OSError: before anything was touched, unless
    `config.restoring` stands, after which it is run again.
    """
    db.session.remove()
    require_empty(config)
    found = Restored(check(path, pair))
    _require_room(config, path)
    keys.fits(config, found.checked.key)
    with _timed(found, "database and files"):
        found.had_spool = _mark(config)
        keys.put_file(config, found.checked.key)
        dumps.drop_all()
        upgrade(found.checked.opened.head.schema)
        _fill(config, found.checked.opened)
    with _timed(found, "coming forward"):
        upgrade("head")
    with _timed(found, "spool and marks"):
        keys.open_installation(config, restoring=True)
        installation.came_forward(found.checked.opened.head.schema)
        _begin_anew(found)
        keys.open_installation(config, restoring=True)  # from here on it is what begins with this copy
        found.keys = rekeys.take_home()
        found.ended = codes.end_replaced(clock.hour(found.checked.made_at))
        found.came_home = arrivals.replay()
        found.stuck, found.shut = arrivals.stuck(), incidents.shut()
        incidents.note_spool(had=found.had_spool)
        db.session.remove()
    config.restoring.unlink()
    disk.sync_folder(config.instance)
    keys.open_installation(config)
    return found


def told(done: Restored) -> list[str]:
    """What came of it, in sentences for whoever sits at the machine."""
    checked = done.checked
    found = [f"Opened whole in {checked.seconds:.1f} s: {checked.counts}, as of {checked.made_at:%Y-%m-%d %H:%M} UTC."]
    found.append(", ".join(f"{step}: {seconds:.1f} s" for step, seconds in done.seconds.items()) + ".")
    found.append(f"{done.came_home} newer reports came home from the spool. {done.held} notices are held back.")
    if not done.had_spool:
        found.append(
            "NO spool was found here: what was cancelled, destroyed or given another code since is as in the copy."
        )
        found.append("Is it on another disk? Lay it where PEPA_SPOOL says, and run `pepa replay`.")
    if done.keys:
        found.append(f"{done.keys} newer keys of organisations came with them.")
    if done.stuck:
        found.append(f"{done.stuck} files of the spool could NOT come home: the log names each, and why.")
    if done.shut:
        found.append(
            f"{done.shut} of what is here NOBODY can open: its key was made after the copy and is not in the spool."
        )
    found.append(f"{done.partners} partners wait for the intake office: /petugas/setelah-pemulihan. Now `pepa check`:")
    return found


@contextmanager
def _timed(found: Restored, step: str) -> Iterator[None]:
    began = clock.monotonic()
    yield
    found.seconds[step] = clock.monotonic() - began


def _require_room(config: Config, path: Path) -> None:
    for folder in (config.instance, config.uploads):
        if disk.free(folder)[0] < path.stat().st_size:
            raise RestoreRefused(f"{folder} has no room for it")


def _mark(config: Config) -> bool:
    """Whether there was a spool before the first try: afterwards what was in the copy lies there."""
    config.instance.mkdir(parents=True, exist_ok=True)
    if not config.restoring.exists():
        there = next(disk.paths(config.spool), None) is not None
        config.restoring.touch(mode=0o600)
        config.restoring.write_text("spool" if there else "")
        disk.sync_folder(config.instance)
    return config.restoring.read_text() == "spool"


def _fill(config: Config, opened: archives.Opened) -> None:
    """Rows and files, all on the disk before a row counts."""
    db.session.remove()
    files = _Laying(config)
    with dumps.filling() as tables:
        left_out = False
        for kind, payload in opened.records():
            match kind:
                case archives.TABLE:
                    found = table(payload)
                    left_out = found.name in LEFT_OUT
                    tables.begin(found)
                case archives.ROWS if not left_out:
                    tables.add(payload)
                case archives.FILE:
                    files.begin(archives.File(**json.loads(payload)))
                case archives.CHUNK:
                    files.write(payload)
        files.end()
        os.sync()


class _Laying:
    """Files on their way back. What stands there already, in a spool that was saved, is newer and stays."""

    def __init__(self, config: Config) -> None:
        self._folders = {"uploads": config.uploads, "spool": config.spool}
        self._held = ExitStack()
        self._file: BinaryIO | None = None

    def begin(self, file: archives.File) -> None:
        self.end()
        if not NAME.fullmatch(file.name):
            raise RestoreRefused(f"the copy holds a file of a strange name: {file.name!r}")
        target = self._folders[file.folder] / file.name[:2] / file.name
        if not target.exists() or (file.folder == "uploads" and disk.size(target) != file.size):
            self._file = self._held.enter_context(disk.laid(target, file.at))

    def write(self, chunk: bytes) -> None:
        if self._file:
            self._file.write(chunk)

    def end(self) -> None:
        self._held.close()
        self._file = None


def _begin_anew(found: Restored) -> None:
    """What was handed out before the copy was made opens nothing, and what it would do by itself waits for a person."""
    now, checked = clock.now(), found.checked
    with transaction() as session:
        until = max(now, checked.made_at)  # a machine whose clock is behind
        session.add(Incident(backup_id=checked.opened.head.id, from_at=checked.made_at, until_at=until))
        step = int(now.timestamp()) // STEP
        session.execute(sa.update(Person).where(Person.totp_step < step).values(totp_step=step))
        session.execute(sa.delete(Enrolment).where(Enrolment.used_at.is_(None)))  # used ones say who invited whom
        found.partners = _lock_partners(session)
        _end_phones(session)
        found.held = outbox.hold(session)
        emergencies.shut(session)
        destruction.be_wary(session, now + WARY)
        audit.record(session, "installation.restored", None, checked.opened.head.id)


def _lock_partners(session: Session) -> int:
    """Who left a partner, or what it was given no more, since the copy was made, nobody here knows. Nor who left a root
    holder: that one looks at itself."""
    working = sa.exists().where(Membership.organisation_id == Organisation.id, Membership.is_active)
    roots = sa.update(Organisation).where(Organisation.kind.in_(ROOTS), working)
    session.execute(roots.values(compare_due=True))
    partners = sa.update(Organisation).where(Organisation.kind.not_in(ROOTS), working)
    return int(session.execute(partners.values(confirm_due=True)).rowcount)  # type: ignore[attr-defined]


def _end_phones(session: Session) -> None:
    """One that was lost since would hand in again: each is registered anew, and stands in the list until then."""
    there = sa.update(Device).where(Device.ended_at.is_(None))
    session.execute(there.values(secret_hash=None, code_until=None))
