"""An organisation's keys as a file in the spool: the present public half and who holds it, sealed as its rows are.

Reports lie there sealed to that key. A copy of the database that is older than the key would come back without it; so
whoever turns a key, gives it or takes it away lays the file anew (`rekeys.take_home` reads it again).
"""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock, storage
from pepa.domain import keys
from pepa.models.organisations import KeyWrap, Organisation
from pepa.models.people import Person
from pepa.models.recovery import RecoveryKey, RecoveryWrap

MAC = 64  # signs of hex before the text
log = logging.getLogger("pepa.key_files")


@dataclass(frozen=True)
class Wrap:
    """One generation for one member. public: the person's key that it was sealed to"""

    generation: int
    person_id: UUID
    public: bytes
    sealed: bytes
    mac: bytes
    made_at: datetime | None


@dataclass(frozen=True)
class Sheet:
    """One generation for one set of recovery sheets. public: that set's key"""

    generation: int
    recovery_generation: int
    public: bytes
    sealed: bytes
    mac: bytes


@dataclass(frozen=True)
class KeyFile:
    """What a file says.

    epoch      of the installation when it was laid: another than the present one was laid before a copy was put back
    rekey_due  whether a new key was due: somebody suspected had left
    """

    organisation_id: UUID
    epoch: str
    laid_at: datetime
    generation: int
    public: bytes
    mac: bytes
    wraps: tuple[Wrap, ...]
    sheets: tuple[Sheet, ...]
    rekey_due: bool

    @property
    def holders(self) -> frozenset[UUID]:
        """Who held the key that was the present one then."""
        return frozenset(wrap.person_id for wrap in self.wraps if wrap.generation == self.generation)


def lay(session: Session, organisation_id: UUID) -> None:
    """The file as the rows are in this transaction. Where the disk refuses there is none: an older one would let
    somebody in who was let go; the next look lays it."""
    session.flush()
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or organisation.public_key is None or organisation.key_mac is None:
        return
    spool, name = storage.spool(), organisation_id.hex
    text = json.dumps(_document(session, organisation), separators=(",", ":"))
    try:
        spool.lay(name, storage.KEYS, (_tag(text) + text).encode())
    except OSError as error:
        log.error("an organisation's keys are not in the spool: %s", type(error).__name__)
        with suppress(OSError):
            spool.unmark(name, storage.KEYS)


def _document(session: Session, organisation: Organisation) -> dict[str, Any]:
    wraps = sa.select(KeyWrap, Person.public_key).join(Person, Person.id == KeyWrap.person_id)
    wraps = wraps.where(KeyWrap.organisation_id == organisation.id).order_by(KeyWrap.generation, KeyWrap.person_id)
    sheets = sa.select(RecoveryWrap, RecoveryKey.public_key).join(RecoveryKey)
    sheets = sheets.where(RecoveryWrap.organisation_id == organisation.id).order_by(RecoveryWrap.generation)
    assert organisation.public_key
    assert organisation.key_mac
    return {
        "organisation": organisation.id.hex,
        "epoch": keys.here().epoch,
        "at": clock.hour(clock.now()).isoformat(),
        "generation": organisation.generation,
        "public": organisation.public_key.hex(),
        "mac": organisation.key_mac.hex(),
        "rekey_due": organisation.rekey_due,
        "wraps": [
            [
                wrap.generation,
                wrap.person_id.hex,
                public.hex(),
                wrap.secret_sealed.hex(),
                wrap.mac.hex(),
                wrap.made_at.isoformat() if wrap.made_at else None,
            ]
            for wrap, public in session.execute(wraps)
        ],
        "sheets": [
            [wrap.generation, wrap.recovery_generation, public.hex(), wrap.secret_sealed.hex(), wrap.mac.hex()]
            for wrap, public in session.execute(sheets)
        ],
    }


def _tag(text: str) -> str:
    return keys.mac("key file", text).hex()


def all_laid() -> Iterator[KeyFile]:
    """Every file that is ours and whole."""
    for name, content in storage.spool().laid(storage.KEYS):
        try:
            text = content.decode()
            keys.check(bytes.fromhex(text[:MAC]), "key file", text[MAC:])
            yield _read(json.loads(text[MAC:]))
        except (keys.KeysUnsound, ValueError, LookupError, TypeError) as error:
            log.critical("a file of keys in the spool is not ours: %s, %s", name[:8], type(error).__name__)


def _read(told: dict[str, Any]) -> KeyFile:
    raw = bytes.fromhex
    return KeyFile(
        UUID(hex=told["organisation"]),
        told["epoch"],
        datetime.fromisoformat(told["at"]),
        told["generation"],
        raw(told["public"]),
        raw(told["mac"]),
        tuple(
            Wrap(n, UUID(hex=who), raw(public), raw(sealed), raw(mac), datetime.fromisoformat(at) if at else None)
            for n, who, public, sealed, mac, at in told["wraps"]
        ),
        tuple(
            Sheet(n, number, raw(public), raw(sealed), raw(mac)) for n, number, public, sealed, mac in told["sheets"]
        ),
        told.get("rekey_due", False),  # one that an earlier release laid does not say
    )
