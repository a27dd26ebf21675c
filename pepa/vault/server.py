"""The server key: 32 bytes in a file outside of the instance and of every backup (vault.md § 1), and its sub-keys."""

import os
from hashlib import blake2b
from pathlib import Path
from typing import Final, Literal, Self, get_args

from pepa.vault.secret import Secret

Purpose = Literal["pepper", "totp", "audit", "pk", "ticket", "code"]
KEY_SIZE: Final = 32


class KeyFileError(Exception):
    """The file of the server key cannot be used. The message names it and says what to do, never what is in it."""


class KeyFileMissing(KeyFileError):
    pass


class KeyFileMalformed(KeyFileError):
    pass


class KeyFileExists(KeyFileError):
    pass


class ServerKey:
    """The server key. Nothing is sealed under itself, only under its sub-keys.

    check_value  16 bytes for the database: tells whether a file and a database belong together
    key_id       the short public name that messages use, like "3f0a-91cc"
    """

    __slots__ = ("_subs", "check_value", "key_id")

    def __init__(self, key: Secret) -> None:
        if len(key.reveal()) != KEY_SIZE:
            raise ValueError("a server key has 32 bytes")
        self._subs = {purpose: Secret(_keyed(key, purpose, 32)) for purpose in get_args(Purpose)}
        self.check_value = _keyed(key, "check", 16)
        name = _keyed(key, "key-id", 4).hex()
        self.key_id = f"{name[:4]}-{name[4:]}"

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        return cls(Secret(raw))

    @classmethod
    def new(cls) -> Self:
        return cls.from_bytes(os.urandom(KEY_SIZE))

    def sub(self, purpose: Purpose) -> Secret:
        """The sub-key of 32 bytes for one purpose; KeyError for a purpose that there is none for."""
        return self._subs[purpose]

    def __repr__(self) -> str:
        return f"<ServerKey {self.key_id}>"


def _keyed(key: Secret, purpose: str, size: int) -> bytes:
    return blake2b(key=key.reveal(), digest_size=size, person=f"pepa-{purpose}".encode()).digest()


def load(path: Path) -> ServerKey:
    """Read the server key. KeyFileMissing when the file cannot be read, KeyFileMalformed when there is no key in it."""
    return ServerKey(read(path))


def read(path: Path) -> Secret:
    """The 32 bytes themselves, for whoever seals them elsewhere. Raises as `load`."""
    try:
        with path.open("rb") as file:
            raw = file.read(KEY_SIZE + 1)
    except OSError as error:
        raise KeyFileMissing(f"{path} cannot be read: put the server key of this installation there") from error
    # A disk that lost power leaves zeros where a file was.
    if len(raw) != KEY_SIZE or raw == bytes(KEY_SIZE):
        raise KeyFileMalformed(f"{path} holds no server key: put back the file of this installation, from its own copy")
    return Secret(raw)


def create(path: Path) -> ServerKey:
    """Make a server key and its file. Raises as `write`."""
    return write(path, Secret(os.urandom(KEY_SIZE)))


def write(path: Path, key: Secret) -> ServerKey:
    """Put a server key into a file that is on the disk, whole, when this returns; for its owner's eyes only.

    KeyFileExists when there is a file already: a key is never written over, also when two processes begin at once.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.reveal())
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, fails when the name is taken; and nobody ever sees half a key.
        path.hardlink_to(draft)
    except FileExistsError as error:
        raise KeyFileExists(f"{path} is there already and is never written over") from error
    finally:
        draft.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent):
        _sync(folder)
    return ServerKey(key)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
