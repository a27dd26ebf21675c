"""Passkeys: each stands in the place of the authenticator's six digits, beside the passphrase, never alone.

A challenge is random, says when it was made and what for, and carries our MAC: nothing of it is stored until it was
answered. An answer serves for five minutes, and once: what its passkey answered last was made before it.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from secrets import token_bytes
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db
from pepa.domain import keys, locks
from pepa.models.passkeys import Passkey
from pepa.models.people import Person

FRESH = timedelta(minutes=5)
MOST = 10  # of one person
LONGEST = 20_000  # signs of an answer; real ones have 500 to 6,000
BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
WHEN, RANDOM, MAC = 8, 16, 16  # bytes of a challenge


@dataclass(frozen=True)
class Shown:
    """A right answer of somebody's passkey. at: when it was asked; is_copy: another device counts with the same key"""

    passkey_id: UUID
    at: datetime
    count: int
    is_copy: bool


def of(person_id: UUID) -> Sequence[Passkey]:
    """Somebody's, the oldest first."""
    query = sa.select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.added_at, Passkey.id)
    return db.session.scalars(query).all()


def are_there() -> bool:
    """Whether anybody has one: the log-in page asks for none before."""
    return db.session.scalar(sa.select(sa.exists().where(Passkey.id.is_not(None)))) or False


def drop(session: Session, person_id: UUID) -> None:
    """Somebody has none."""
    session.execute(sa.delete(Passkey).where(Passkey.person_id == person_id))


# Asking


def challenge(*purpose: bytes | str) -> bytes:
    """A new one. purpose: what it is for, and of which session"""
    head = ((clock.now() - BEGAN) // TICK).to_bytes(WHEN, "big") + token_bytes(RANDOM)
    return head + _mac(head, purpose)


def _mac(head: bytes, purpose: Sequence[bytes | str]) -> bytes:
    return keys.mark("passkey", head, *purpose)[:MAC]


def _asked_at(challenge: bytes, purpose: Sequence[bytes | str]) -> datetime | None:
    """When a challenge of ours was made; None: it is none, is for something else, or is too old."""
    head = challenge[:-MAC]
    if len(head) != WHEN + RANDOM or not compare_digest(challenge[-MAC:], _mac(head, purpose)):
        return None
    at = BEGAN + int.from_bytes(head[:WHEN], "big") * TICK
    return at if abs(clock.now() - at) <= FRESH else None


def asked_to_log_in() -> dict[str, str | int]:
    """What a browser is asked before anybody said who they are: the same for everybody. It knows which keys it has."""
    asked = urlsafe_b64encode(challenge("log in")).decode().rstrip("=")
    return {"challenge": asked, "timeout": FRESH // timedelta(milliseconds=1), "userVerification": "preferred"}


def asked_to_make(person: Person, site: str, session_hash: bytes) -> str:
    """What a browser is asked to make for somebody, in JSON, good for one session."""
    known = [one.credential_id for one in of(person.id)]
    return locks.passkey_asked(person, site, challenge("make", session_hash), known)


# What comes back


def made(answer: str, site: str, session_hash: bytes) -> locks.NewPasskey | None:
    """The passkey that was asked for, or None."""
    read = _read(answer)
    if read is None or _asked_at(read[1], ("make", session_hash)) is None:
        return None
    try:
        return locks.passkey_made(answer, site, read[1])
    except keys.Unopened:
        return None


def put(session: Session, person_id: UUID, name: str, new: locks.NewPasskey) -> UUID | None:
    """It is somebody's from now on; None: it is somebody else's. Put twice, it is there once."""
    there = session.scalar(sa.select(Passkey).where(Passkey.credential_id == new.credential_id))
    if there:
        return there.id if there.person_id == person_id else None
    row = Passkey(
        person_id=person_id,
        name=name,
        credential_id=new.credential_id,
        public_key=new.public_key,
        mac=keys.mac("passkey", person_id, new.credential_id, new.public_key),
        sign_count=new.count,
        added_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row.id


def shown(person_id: UUID, answer: str, site: str) -> Shown | None:
    """What somebody's passkey answered at the log-in, or None: not theirs, not asked now, answered before, broken."""
    read = _read(answer)
    at = _asked_at(read[1], ("log in",)) if read else None
    if read is None or at is None:
        return None
    mine = (Passkey.person_id == person_id, Passkey.credential_id == read[0])
    row = db.session.scalar(sa.select(Passkey).where(*mine))
    if row is None or (row.used_at and row.used_at >= at):
        return None
    try:
        keys.check(row.mac, "passkey", person_id, row.credential_id, row.public_key)
        count = locks.passkey_count(answer, site, read[1], row.public_key)
    except (keys.KeysUnsound, keys.Unopened):
        return None
    return Shown(row.id, at, count, is_copy=count <= row.sign_count and bool(count or row.sign_count))


def use(session: Session, found: Shown) -> bool:
    """Use an answer up, whichever worker sees it first. False: it was used before."""
    unused = sa.or_(Passkey.used_at.is_(None), Passkey.used_at < found.at)
    query = sa.update(Passkey).where(Passkey.id == found.passkey_id, unused, Passkey.sign_count <= found.count)
    used = session.execute(query.values(used_at=found.at, sign_count=found.count))
    return bool(used.rowcount)  # type: ignore[attr-defined]


def _read(answer: str) -> tuple[bytes, bytes] | None:
    """Which passkey an answer speaks of, and which challenge it answers; None where it is no answer."""
    if len(answer) > LONGEST:
        return None
    try:
        document = json.loads(answer)
        client = json.loads(_bytes(document["response"]["clientDataJSON"]))
        return _bytes(document["rawId"]), _bytes(client["challenge"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")
