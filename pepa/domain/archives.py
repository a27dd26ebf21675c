"""An archive of everything: a manifest, the rows of every table, the files, and how many there were; sealed to whoever
holds two recovery sheets.

With `boxes`, `keys` and `tickets` a hand on the vault.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from pepa.disk import MEGABYTE
from pepa.domain import dumps, keys
from pepa.vault import archives, sealing, server
from pepa.vault.secret import Broken, Secret

MANIFEST, TABLE, ROWS, FILE, CHUNK, END = b"m", b"t", b"r", b"f", b"c", b"e"  # kinds of records
Record = tuple[bytes, bytes]


class NoArchive(Exception):
    """The file is none of ours, is not whole, or opens for other sheets. The message says which."""


@dataclass(frozen=True)
class Head:
    """What stands in the clear.

    id       of the row in `backups`
    key_id   which server key belongs to it
    made_at  the hour
    schema   what the database was at
    """

    id: UUID
    key_id: str
    made_at: datetime
    schema: str

    def __str__(self) -> str:
        return f"made around {self.made_at:%Y-%m-%d %H} UTC, schema {self.schema}, server key {self.key_id}"


@dataclass(frozen=True)
class File:
    """A file on its way. folder: `uploads` or `spool`; name: without its folder there; at: its time."""

    folder: str
    name: str
    at: float
    size: int


@dataclass
class Counts:
    """What an archive holds: rows by table, files by folder, and their bytes."""

    rows: dict[str, int]
    files: dict[str, int]
    bytes: int = 0

    @property
    def all_rows(self) -> int:
        return sum(self.rows.values())

    def __str__(self) -> str:
        files, megabytes = sum(self.files.values()), self.bytes / 1e6
        return f"{self.all_rows} rows, {self.rows['reports']} of them reports, {files} files of {megabytes:.1f} MB"


def none() -> Counts:
    return Counts({}, {"uploads": 0, "spool": 0})


class Packing:
    """An archive on its way out. counts: what has gone in so far."""

    def __init__(self, public: bytes, head: Head, manifest: dict[str, Any], out: Callable[[bytes], object]) -> None:
        """public: whom it is sealed to. The proof inside says that whoever wrote it has the server key."""
        told = {"id": head.id.hex, "key": head.key_id, "made_at": head.made_at.isoformat(), "schema": head.schema}
        self._writer, self.counts = archives.Writer(public, told, out), none()
        self._put(MANIFEST, {**manifest, "proof": _proof(keys.here().server, head, self._writer.key).hex()})

    def _put(self, kind: bytes, told: Any) -> None:
        self._writer.put(kind, json.dumps(told, separators=(",", ":")).encode("ascii"))

    def table(self, table: dumps.Table, lots: Iterator[tuple[int, bytes]]) -> None:
        self._put(TABLE, table)
        self.counts.rows[table.name] = 0
        for how_many, lot in lots:
            self._writer.put(ROWS, lot)
            self.counts.rows[table.name] += how_many

    def file(self, folder: str, path: Path) -> None:
        with path.open("rb") as file:
            found = path.stat()
            self._put(FILE, asdict(File(folder, path.name, found.st_mtime, found.st_size)))
            left = found.st_size
            while left:
                chunk = file.read(min(MEGABYTE, left))
                if not chunk:
                    raise OSError(f"{path} became shorter while it was read")
                self._writer.put(CHUNK, chunk)
                left -= len(chunk)
        self.counts.files[folder] += 1
        self.counts.bytes += found.st_size

    def finish(self) -> None:
        self._put(END, asdict(self.counts))
        self._writer.finish()


def _proof(by: server.ServerKey, head: Head, key: Secret) -> bytes:
    """Anybody can seal to a public key. This only whoever has the server key can make, for this stream alone."""
    return sealing.mac(by.sub("pk"), "backup", head.id, key.reveal())


class Opened:
    """An archive that two sheets opened. Its records come in order; that it is whole is known at their end."""

    def __init__(self, path: Path, pair: keys.Pair) -> None:
        """Raises NoArchive, OSError."""
        self._path, self.head = path, head(path)
        with path.open("rb") as file:
            self._raw, self._key = _head(file, path), _stream_key(pair, file)
            self._start = file.tell()

    def records(self) -> Iterator[Record]:
        """Kind and payload. Raises NoArchive where it was cut or changed, perhaps only at the end."""
        with self._path.open("rb") as file, suppress(Broken):
            file.seek(self._start)
            yield from archives.records(self._key, self._raw, file.read)
            return
        raise NoArchive(f"{self._path.name} is not whole, or was changed")

    def is_by(self, server_key: Secret, proof: str) -> bool:
        """Whether its manifest's proof was made by whoever had this server key."""
        return sealing.same(bytes.fromhex(proof), _proof(server.ServerKey(server_key), self.head, self._key))


def _stream_key(pair: keys.Pair, file: BinaryIO) -> Secret:
    with suppress(Broken):
        return archives.stream_key(pair, file.read)
    raise NoArchive("these sheets do not open it: they are another set's")


def _head(file: BinaryIO, path: Path) -> archives.Head:
    found = archives.head(file.read)
    if found is None:
        raise NoArchive(f"{path.name} is no backup of Pepa")
    return found


def head(path: Path) -> Head:
    """What a file says in the clear. Raises NoArchive, OSError."""
    with path.open("rb") as file:
        told = _head(file, path).told
    with suppress(KeyError, ValueError, TypeError):
        made_at = datetime.fromisoformat(told["made_at"])
        return Head(UUID(hex=told["id"]), str(told["key"]), made_at, str(told["schema"]))
    raise NoArchive(f"{path.name} is no backup of Pepa")


def hashing() -> blake2b:
    """What takes a file's bytes in turn and gives 32 that stand for all of them."""
    return blake2b(digest_size=32, person=b"pepa-backup-file")


def digest(path: Path) -> bytes:
    """The 32 bytes of a whole file. Raises OSError."""
    found = hashing()
    with path.open("rb") as file:
        while chunk := file.read(MEGABYTE):
            found.update(chunk)
    return found.digest()
