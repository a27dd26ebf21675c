"""Keys: the server's and organisations' (vault.md §§ 1–3), and what a session opens. With `boxes`, `locks` (people's)
and `tickets` (reporters') the only hands that hold the vault.

Every key row carries a MAC under the server key; whoever can write to the database but has no server key cannot plant
a key that the program would seal to.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.errors import Busy, Failure
from pepa.models.backups import Incident
from pepa.models.installation import Installation
from pepa.models.organisations import KeyWrap, Organisation
from pepa.models.people import Person
from pepa.policy import Keyring
from pepa.vault import sealing, server, tickets, wordlist
from pepa.vault.pairs import KeyPair, seal_to, unseal_with
from pepa.vault.secret import Broken, Secret
from pepa.vault.slots import Full, Slots
from pepa.words import N_

# The vault's types, for those who pass them on unopened
Pair = KeyPair
Token = Secret
Unopened = Broken
words_of = wordlist.words_of  # the first bits of what is random, or of a MAC, as words that people keep
SHEETS = "where it is lost, two recovery sheets bring it back: flask --app rescue pepa recovery open"


class KeyRefused(Exception):
    """The server key file does not belong to this database. The message names both key ids, never a key."""


class KeysUnsound(Failure):
    """A public key or its MAC is missing or wrong: nothing may be sealed to it."""

    says = N_("Kami sedang tidak bisa menerima tulisan. Jangan menulis dulu.")


@dataclass(frozen=True, repr=False)
class Installed:
    """What this process knows of its installation once the key file and the database belong together.

    epoch  what begins with the last copy that was put back, or ""
    """

    server: server.ServerKey
    salt: bytes
    making: Slots
    typed: Slots
    login: Slots
    pictures: Slots
    patience: float
    epoch: str
    production: bool


_installed: Installed | None = None


def is_installed() -> bool:
    """Whether this process has the key of its database."""
    return _installed is not None


def here() -> Installed:
    """Raises KeyRefused where nothing is set up yet."""
    if _installed is None:
        raise KeyRefused("this database is not set up yet: run `flask --app wsgi pepa seed`")
    return _installed


def install(config: Config) -> None:
    """Give an empty database its server key and its salt, then open it. A database that has a key keeps it.

    A key is made only where neither the database nor the file has one. Raises KeyRefused, KeyFileError.
    """
    if config.restoring.exists():
        raise KeyRefused("putting a copy back was cut off here: run `flask --app wsgi pepa restore` again")
    if db.session.get(Installation, 1) is None:
        require_apart(config)
        present = config.server_key_file.exists()
        key = server.load(config.server_key_file) if present else server.create(config.server_key_file)
        with transaction() as session:
            salt = token_bytes(16)
            session.add(Installation(id=1, key_id=key.key_id, key_check=key.check_value, code_salt=salt))
    open_installation(config)


def require_apart(config: Config) -> None:
    """Raises KeyRefused where the server key's file lies among the data."""
    if folders := beside(config):
        raise KeyRefused(f"the server key may not stand inside {folders[0]}: whoever copies that has both")


def fits(config: Config, key: Secret) -> bool:
    """Whether this server key stands in its file; False where there is no file.

    Raises KeyRefused where another one's stands there, KeyFileError where none can be read.
    """
    require_apart(config)
    if not config.server_key_file.exists():
        return False
    wanted, found = server.ServerKey(key), server.load(config.server_key_file)
    if not sealing.same(wanted.check_value, found.check_value):
        raise KeyRefused(f"the copy belongs to server key {wanted.key_id}; the key file holds {found.key_id}")
    return True


def put_file(config: Config, key: Secret) -> None:
    """The server key into its file, unless it stands there; none is ever written over. Raises as `fits`."""
    if not fits(config, key):
        server.write(config.server_key_file, key)


def beside(config: Config) -> list[Path]:
    """The folders of data that the server key's file lies in; it should lie in none."""
    folders = (config.instance, config.spool, config.uploads, config.backups)
    return [folder for folder in folders if config.server_key_file.is_relative_to(folder)]


def open_installation(config: Config, *, restoring: bool = False) -> bool:
    """Load the server key and hold it against the database. False where the database has no key yet, or is half of a
    copy that is put back.

    restoring: by whoever puts it back

    Raises KeyRefused where the file is missing, malformed or another installation's: never makes one.
    """
    global _installed
    _installed = None
    if config.restoring.exists() and not restoring:
        return False
    if not sa.inspect(db.engine).has_table(Installation.__tablename__):
        return False
    row = db.session.get(Installation, 1)
    if row is None:
        return False
    try:
        key = server.load(config.server_key_file)
    except server.KeyFileError as error:
        raise KeyRefused(f"this database belongs to server key {row.key_id}, and {error}; {SHEETS}") from error
    if not sealing.same(key.check_value, row.key_check):
        holds = f"the key file holds {key.key_id}"
        raise KeyRefused(f"this database belongs to server key {row.key_id}; {holds}; {SHEETS}")
    folder = config.instance / "slots"
    _installed = Installed(
        server=key,
        salt=row.code_salt,
        making=Slots(folder, "making", config.code_slots, config.code_queue),
        typed=Slots(folder, "typed", config.typed_slots, config.typed_queue),
        login=Slots(folder, "login", config.login_slots, config.login_queue),
        pictures=Slots(folder, "pictures", config.picture_slots, config.picture_queue),
        patience=config.slot_seconds,
        epoch=_epoch(),
        production=config.production,
    )
    db.session.rollback()
    return True


def _epoch() -> str:
    """An older schema, which is still to come forward, knows of none."""
    if not sa.inspect(db.session.connection()).has_table(Incident.__tablename__):
        return ""
    last = db.session.scalar(sa.select(Incident.id).order_by(Incident.until_at.desc(), Incident.id).limit(1))
    return last.hex if last else ""


@contextmanager
def slot(pool: Slots) -> Iterator[None]:
    """One place at a slow derivation. Raises Busy when none came free in time."""
    try:
        with pool.take(here().patience):
            yield
    except Full as full:
        raise Busy(N_("Sedang ramai. Coba lagi %(n)s detik lagi."), retry_after=20, n=20) from full


# Authentication of rows


def mac(*parts: bytes | str | int | UUID) -> bytes:
    """The MAC of a row that holds or grants a key."""
    return sealing.mac(here().server.sub("pk"), *parts)


def check(tag: bytes | None, *parts: bytes | str | int | UUID) -> None:
    """Raises KeysUnsound unless tag is the MAC of parts."""
    if tag is None or not sealing.same(tag, mac(*parts)):
        raise KeysUnsound


def audit_mac(*parts: bytes | str | int | UUID) -> bytes:
    """The MAC of one link of an audit chain."""
    return sealing.mac(here().server.sub("audit"), *parts)


def mark(*parts: bytes | str | int | UUID) -> bytes:
    """A keyed, one-way mark of something that is recognised later but never shown (a form's `once`, a login name)."""
    return sealing.mac(here().server.sub("ticket"), "mark", *parts)


# Organisations


def organisation_public(organisation: Organisation) -> bytes:
    """The key that may be sealed to. Raises KeysUnsound where it is missing or not ours."""
    if organisation.public_key is None:
        raise KeysUnsound
    check(organisation.key_mac, "organisation", organisation.id, organisation.generation, organisation.public_key)
    return organisation.public_key


def generation_of(organisation_id: UUID) -> int:
    """An organisation's present generation, read from the database: an older key opens what is older."""
    return db.session.scalars(sa.select(Organisation.generation).where(Organisation.id == organisation_id)).one()


def new_organisation_key(organisation: Organisation, members: Sequence[Person]) -> list[KeyWrap]:
    """Give an organisation a new generation, sealed to each member. The rows to add are its only copies."""
    return next_generation(organisation, members)[1]


def next_generation(
    organisation: Organisation, members: Sequence[Person], after: int = 0
) -> tuple[KeyPair, list[KeyWrap]]:
    """The same, and the pair, for whoever seals it once more. after: no key of it may have this number or a lower."""
    pair = KeyPair.new()
    organisation.generation = max(organisation.generation, after) + 1
    organisation.public_key = pair.public
    organisation.key_mac = mac("organisation", organisation.id, organisation.generation, pair.public)
    return pair, [wrap_for(organisation.id, organisation.generation, pair, person) for person in members]


def wrap_for(organisation_id: UUID, generation: int, pair: KeyPair, person: Person) -> KeyWrap:
    """One generation of an organisation's secret half, for one member. Raises KeysUnsound."""
    check(person.key_mac, "person", person.id, person.public_key)
    sealed = seal_to(person.public_key, pair.secret.reveal())
    tag = mac("wrap", organisation_id, generation, person.id, sealed)
    return KeyWrap(
        organisation_id=organisation_id,
        generation=generation,
        person_id=person.id,
        secret_sealed=sealed,
        mac=tag,
        made_at=clock.now(),
    )


def fingerprint(public: bytes) -> Sequence[str]:
    """Four words that two people read to each other: the same of the same public key, for ever."""
    return wordlist.words_of(sealing.digest("fingerprint", public), 4)


def keyring(person: KeyPair, person_id: UUID, wraps: Sequence[KeyWrap]) -> Keyring:
    """The keys that a person reaches through these wraps. One that is not ours is left out: it could only mislead."""
    sound = {
        (wrap.organisation_id, wrap.generation): wrap.secret_sealed
        for wrap in wraps
        if sealing.same(wrap.mac, mac("wrap", wrap.organisation_id, wrap.generation, person_id, wrap.secret_sealed))
    }
    return Keyring(person, sound)


# Sessions


def session_cookie() -> tuple[str, bytes, Secret]:
    """A new session: the cookie's text, the hash that the database keeps, and the key that only the cookie has."""
    name, key = Secret(token_bytes(32)), Secret(token_bytes(32))
    return (name.reveal() + key.reveal()).hex(), tickets.token_hash(name), key


def read_session_cookie(text: str) -> tuple[bytes, Secret] | None:
    """The hash and the key of a cookie's text, or None when it is no cookie of ours."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return None
    return (tickets.token_hash(Secret(raw[:32])), Secret(raw[32:])) if len(raw) == 64 else None


def seal_for_session(pair: KeyPair, key: Secret, id_hash: bytes) -> bytes:
    """A person's secret half under a session's key."""
    return sealing.seal(key, pair.secret.reveal(), sealing.associated("session", id_hash))


def open_session(sealed: bytes, key: Secret, id_hash: bytes) -> KeyPair | None:
    """The person's pair again, or None where cookie and row do not belong together."""
    try:
        return KeyPair.from_secret(Secret(sealing.unseal(key, sealed, sealing.associated("session", id_hash))))
    except Broken:
        return None


def session_token(key_hash: bytes, purpose: str) -> bytes:
    """A value tied to one session, such as its CSRF token."""
    return sealing.mac(here().server.sub("ticket"), purpose, key_hash)


def seal_draft(person: Person, path: str, fields: dict[str, str]) -> bytes:
    """What somebody was typing, sealed to that person alone. Raises KeysUnsound."""
    check(person.key_mac, "person", person.id, person.public_key)
    return seal_to(person.public_key, json.dumps([path, fields]).encode())


def open_draft(ring: Keyring, path: str, sealed: bytes) -> dict[str, str] | None:
    """The fields again, or None where they do not open here."""
    try:
        kept_path, fields = json.loads(unseal_with(ring.person, sealed))
    except (Broken, ValueError):
        return None
    return fields if kept_path == path else None


def seal_card(ring: Keyring, organisation_id: UUID, generation: int, card_id: UUID, document: dict[str, Any]) -> bytes:
    """An index card under the shelf key of an organisation, which is derived from its secret half.

    Raises Unopened where this ring does not hold that generation.
    """
    key = _shelf_key(ring, organisation_id, generation)
    return sealing.seal_document(key, document, sealing.associated("card", organisation_id, generation, card_id))


def open_cards(
    ring: Keyring, organisation_id: UUID, generation: int, sealed: Iterable[tuple[UUID, bytes]]
) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """The cards that open; one that was moved or changed is left out: it could only mislead. Raises as `seal_card`."""
    key = _shelf_key(ring, organisation_id, generation)
    shelf = sealing.associated("card", organisation_id, generation)
    for card_id, body in sealed:
        try:
            yield card_id, sealing.open_document(key, body, sealing.bound_to(shelf, card_id))
        except Broken:
            continue


def read_cards(
    ring: Keyring, organisation_id: UUID, generation: int, sealed: Iterable[tuple[UUID, bytes]]
) -> Iterator[tuple[UUID, bytes]]:
    """The same for whoever looks through all of them: each as the JSON that it is."""
    key = _shelf_key(ring, organisation_id, generation)
    return sealing.open_texts(key, sealed, sealing.associated("card", organisation_id, generation))


def seal_note(
    ring: Keyring, organisation_id: UUID, generation: int, domain: str, row_id: UUID, document: dict[str, Any]
) -> bytes:
    """What an organisation writes for itself, under its shelf key: nobody else's grant opens it. Raises Unopened."""
    key = _shelf_key(ring, organisation_id, generation)
    return sealing.seal_document(key, document, sealing.associated(domain, organisation_id, generation, row_id))


def open_note(
    ring: Keyring, organisation_id: UUID, generation: int, domain: str, row_id: UUID, sealed: bytes
) -> dict[str, Any]:
    """It again, also under an earlier generation that this ring still holds. Raises Unopened."""
    key = _shelf_key(ring, organisation_id, generation)
    return sealing.open_document(key, sealed, sealing.associated(domain, organisation_id, generation, row_id))


def _shelf_key(ring: Keyring, organisation_id: UUID, generation: int) -> Secret:
    pair = ring.pair(organisation_id, generation)
    if pair is None:
        raise Broken("shelf")
    return sealing.derive(pair.secret, "shelf")


def pair_of_hex(text: str) -> KeyPair:
    """The pair of a secret half that is written in hex. Raises Unopened."""
    try:
        raw = bytes.fromhex(text.strip())
    except ValueError:
        raw = b""
    return KeyPair.from_secret(Secret(raw))


def new_pair() -> KeyPair:
    """A key pair for a new reporter."""
    return KeyPair.new()


def page_nonce(purpose: str, value: str) -> str:
    """A short signature of a value that a page carries before there is a session."""
    return mark("nonce", purpose, value).hex()[:32]
