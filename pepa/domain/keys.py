"""Keys: the server's, people's and organisations' (vault.md §§ 1–4). With `boxes` the only hands that hold the vault.

Every key row carries a MAC under the server key; whoever can write to the database but has no server key cannot plant
a key that the program would seal to.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from secrets import token_bytes
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.errors import Busy, Failure
from pepa.models.installation import Installation
from pepa.models.organisations import KeyWrap, Organisation
from pepa.models.people import Person
from pepa.policy import Keyring
from pepa.vault import codes, otp, passphrase, sealing, server, tickets
from pepa.vault.pairs import KeyPair, seal_to, unseal_with
from pepa.vault.secret import Broken, Secret
from pepa.vault.slots import Full, Slots
from pepa.words import N_

TICKET_MINUTES = 72 * 60  # a form that lay open this long is still taken
IDLE_MINUTES = 10  # a way in that nobody used this long no longer reads
HANDLE_MINUTES = 2

# The vault's types, for those who pass them on unopened
CodeSlipKind = codes.Slip
Pair = KeyPair
Token = Secret
Unopened = Broken


class KeyRefused(Exception):
    """The server key file does not belong to this database. The message names both key ids, never a key."""


class KeysUnsound(Failure):
    """A public key or its MAC is missing or wrong: nothing may be sealed to it."""

    says = N_("Kami sedang tidak bisa menerima tulisan. Jangan menulis dulu.")


@dataclass(frozen=True, repr=False)
class _Installed:
    server: server.ServerKey
    salt: bytes
    making: Slots
    typed: Slots
    login: Slots
    patience: float


_installed: _Installed | None = None


def is_installed() -> bool:
    """Whether this process has the key of its database."""
    return _installed is not None


def _here() -> _Installed:
    if _installed is None:
        raise KeyRefused("this database is not set up yet: run `flask --app wsgi pepa seed`")
    return _installed


def install(config: Config) -> None:
    """Give an empty database its server key and its salt, then open it. A database that has a key keeps it.

    A key is made only where neither the database nor the file has one. Raises KeyRefused, KeyFileError.
    """
    if db.session.get(Installation, 1) is None:
        present = config.server_key_file.exists()
        key = server.load(config.server_key_file) if present else server.create(config.server_key_file)
        with transaction() as session:
            salt = token_bytes(16)
            session.add(Installation(id=1, key_id=key.key_id, key_check=key.check_value, code_salt=salt))
    open_installation(config)


def open_installation(config: Config) -> bool:
    """Load the server key and hold it against the database. False where the database has no key yet.

    Raises KeyRefused where the file is missing, malformed or another installation's: never makes one.
    """
    global _installed
    _installed = None
    if not sa.inspect(db.engine).has_table(Installation.__tablename__):
        return False
    row = db.session.get(Installation, 1)
    if row is None:
        return False
    try:
        key = server.load(config.server_key_file)
    except server.KeyFileError as error:
        raise KeyRefused(f"this database belongs to server key {row.key_id}, and {error}") from error
    if not sealing.same(key.check_value, row.key_check):
        raise KeyRefused(f"this database belongs to server key {row.key_id}; the key file holds {key.key_id}")
    folder = config.instance / "slots"
    _installed = _Installed(
        server=key,
        salt=row.code_salt,
        making=Slots(folder, "making", config.code_slots),
        typed=Slots(folder, "typed", config.typed_slots),
        login=Slots(folder, "login", config.login_slots),
        patience=config.slot_seconds,
    )
    db.session.rollback()
    return True


@contextmanager
def _slot(pool: Slots) -> Iterator[None]:
    """One place at a slow derivation. Raises Busy when none came free in time."""
    try:
        with pool.take(_here().patience):
            yield
    except Full as full:
        raise Busy(N_("Sedang ramai. Coba lagi %(n)s detik lagi."), retry_after=20, n=20) from full


# Authentication of rows


def mac(*parts: bytes | str | int | UUID) -> bytes:
    """The MAC of a row that holds or grants a key."""
    return sealing.mac(_here().server.sub("pk"), *parts)


def check(tag: bytes | None, *parts: bytes | str | int | UUID) -> None:
    """Raises KeysUnsound unless tag is the MAC of parts."""
    if tag is None or not sealing.same(tag, mac(*parts)):
        raise KeysUnsound


def audit_mac(*parts: bytes | str | int | UUID) -> bytes:
    """The MAC of one link of an audit chain."""
    return sealing.mac(_here().server.sub("audit"), *parts)


def mark(*parts: bytes | str | int | UUID) -> bytes:
    """A keyed, one-way mark of something that is recognised later but never shown (a form's `once`, a login name)."""
    return sealing.mac(_here().server.sub("ticket"), "mark", *parts)


# Organisations


def organisation_public(organisation: Organisation) -> bytes:
    """The key that may be sealed to. Raises KeysUnsound where it is missing or not ours."""
    if organisation.public_key is None:
        raise KeysUnsound
    check(organisation.key_mac, "organisation", organisation.id, organisation.generation, organisation.public_key)
    return organisation.public_key


def new_organisation_key(organisation: Organisation, members: Sequence[Person]) -> list[KeyWrap]:
    """Give an organisation a new generation, sealed to each member. Returns the rows to add; they are the only copies."""
    pair = KeyPair.new()
    organisation.generation += 1
    organisation.public_key = pair.public
    organisation.key_mac = mac("organisation", organisation.id, organisation.generation, pair.public)
    return [wrap_for(organisation.id, organisation.generation, pair, person) for person in members]


def wrap_for(organisation_id: UUID, generation: int, pair: KeyPair, person: Person) -> KeyWrap:
    """One generation of an organisation's secret half, for one member. Raises KeysUnsound."""
    check(person.key_mac, "person", person.id, person.public_key)
    sealed = seal_to(person.public_key, pair.secret.reveal())
    tag = mac("wrap", organisation_id, generation, person.id, sealed)
    return KeyWrap(
        organisation_id=organisation_id, generation=generation, person_id=person.id, secret_sealed=sealed, mac=tag
    )


def keyring(person: KeyPair, person_id: UUID, wraps: Sequence[KeyWrap]) -> Keyring:
    """The keys that a person reaches through these wraps. A wrap that is not ours is left out: it could only mislead."""
    sound = {
        (wrap.organisation_id, wrap.generation): wrap.secret_sealed
        for wrap in wraps
        if sealing.same(wrap.mac, mac("wrap", wrap.organisation_id, wrap.generation, person_id, wrap.secret_sealed))
    }
    return Keyring(person, sound)


# People


@dataclass(frozen=True)
class PersonKeys:
    """What a new or changed passphrase gives: the columns of a `people` row."""

    public_key: bytes
    key_mac: bytes
    kdf: str
    secret_sealed: bytes
    totp_sealed: bytes


def new_person_keys(person_id: UUID, words: str, totp: str) -> PersonKeys:
    """Make a key pair for somebody. Slow by design (Argon2id 64 MiB, 3 passes).

    words  the passphrase    totp  the shared secret in base32
    """
    pair, kdf, key = KeyPair.new(), passphrase.new_kdf(), _here().server
    sealed = passphrase.lock(pair.secret, passphrase.derive(words, kdf), key.sub("pepper"), person_id)
    totp_sealed = sealing.seal(key.sub("totp"), totp.encode(), sealing.associated("totp", person_id))
    tag = mac("person", person_id, pair.public)
    return PersonKeys(pair.public, tag, kdf.to_json(), sealed, totp_sealed)


def offer_passphrase() -> str:
    """Six Indonesian words drawn at random."""
    return passphrase.offer()


def new_totp() -> str:
    """A new shared secret for an authenticator, base32."""
    return otp.new_secret()


@lru_cache(maxsize=1)
def _nobody() -> passphrase.Kdf:
    return passphrase.new_kdf()


def unlock_person(person: Person | None, words: str, code: str) -> tuple[KeyPair, int] | None:
    """Try a log-in: the pair and the TOTP step that was used, or None; never which of the three was wrong.

    Costs the same for a name that does not exist. Raises Busy.
    """
    key = _here().server
    kdf = passphrase.Kdf.from_json(person.kdf) if person else _nobody()
    with _slot(_here().login):
        derived = passphrase.derive(words, kdf)
    if person is None:
        return None
    try:
        totp = sealing.unseal(key.sub("totp"), person.totp_sealed, sealing.associated("totp", person.id)).decode()
        step = otp.matching_step(totp, code, int(clock.now().timestamp()), person.totp_step)
        secret = passphrase.unlock(person.secret_sealed, derived, key.sub("pepper"), person.id)
    except Broken:
        return None
    return None if step is None else (KeyPair.from_secret(secret), step)


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
    return sealing.mac(_here().server.sub("ticket"), purpose, key_hash)


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


# Reporters


def mint_ticket() -> str:
    """A new ticket for a form; no row is written."""
    return tickets.mint(_here().server.sub("ticket"), clock.minute())


def read_ticket(text: str) -> Secret | None:
    """The token of a form's ticket, or None where it is forged, cut or older than 72 hours."""
    ticket = tickets.read(_here().server.sub("ticket"), text)
    if ticket is None or not -5 <= clock.minute() - ticket.minute <= TICKET_MINUTES:
        return None
    return ticket.token


def token_hash(token: Secret) -> bytes:
    """What the database keeps of a token."""
    return tickets.token_hash(token)


def stamp(token: Secret) -> str:
    """The text of a reader's cookie: it says until when it reads, so that no row has to hold that time."""
    return tickets.stamp(_here().server.sub("ticket"), token, clock.minute())


def read_stamp(text: str) -> Secret | None:
    """The token of a cookie that was used within ten minutes, or None."""
    read = tickets.read_stamp(_here().server.sub("ticket"), text)
    return read[0] if read and -5 <= clock.minute() - read[1] <= IDLE_MINUTES else None


def token_of_stamp(text: str) -> Secret | None:
    """The token of a cookie of ours, however old: to forget it by."""
    read = tickets.read_stamp(_here().server.sub("ticket"), text)
    return read[0] if read else None


def new_pair() -> KeyPair:
    """A key pair for a new reporter."""
    return KeyPair.new()


def new_token() -> Secret:
    """A random token for a reading session."""
    return Secret(token_bytes(32))


def _handle_key() -> Secret:
    return sealing.derive(_here().server.sub("ticket"), "handle")


def new_handle(token: Secret) -> tuple[str, bytes, bytes]:
    """A one-use address part for a browser without cookies: its text, its hash, and the token sealed under it."""
    text = tickets.mint(_handle_key(), clock.minute())
    handle = tickets.read(_handle_key(), text)
    assert handle is not None
    sealed = sealing.seal(tickets.wrap_key(handle.token), token.reveal(), sealing.associated("handle"))
    return text, tickets.token_hash(handle.token), sealed


def handle_hash(text: str) -> bytes | None:
    """The hash of a handle that is younger than two minutes, or None."""
    handle = tickets.read(_handle_key(), text)
    if handle is None or not -1 <= clock.minute() - handle.minute <= HANDLE_MINUTES:
        return None
    return tickets.token_hash(handle.token)


def open_handle(text: str, sealed: bytes) -> Secret | None:
    """The reader's token, or None."""
    handle = tickets.read(_handle_key(), text)
    try:
        return handle and Secret(sealing.unseal(tickets.wrap_key(handle.token), sealed, sealing.associated("handle")))
    except Broken:
        return None


def wrap_by_token(pair: KeyPair, token: Secret, report_id: UUID) -> bytes:
    """A reporter's secret half under her token."""
    return sealing.seal(tickets.wrap_key(token), pair.secret.reveal(), sealing.associated("reading", report_id))


def open_by_token(sealed: bytes, token: Secret, report_id: UUID) -> KeyPair | None:
    """The reporter's pair again, or None."""
    try:
        raw = sealing.unseal(tickets.wrap_key(token), sealed, sealing.associated("reading", report_id))
    except Broken:
        return None
    return KeyPair.from_secret(Secret(raw))


def code_of(token: Secret) -> str:
    """The 20 digits that belong to a ticket; the same ticket always gives the same ones, and nothing is stored."""
    return codes.from_token(_here().server.sub("code"), token)


def parse_code(typed: str) -> str:
    """20 digits from whatever was typed. Raises codes.Slip."""
    return codes.parse(typed)


def grouped(code: str) -> list[str]:
    """A code in its five groups of four."""
    return codes.grouped(code).split()


def stretch_new(code: str) -> codes.Stretched:
    """Locator and key of a code that is being made (Argon2id 19 MiB, 2 passes). Raises Busy."""
    with _slot(_here().making):
        return _bound(codes.stretch(code, _here().salt))


def stretch_typed(code: str) -> codes.Stretched:
    """The same for a code that somebody typed, in a pool of its own. Raises Busy."""
    with _slot(_here().typed):
        return _bound(codes.stretch(code, _here().salt))


def _bound(stretched: codes.Stretched) -> codes.Stretched:
    """The locator under the server key, so that a stolen database alone cannot be searched for codes."""
    return codes.Stretched(sealing.mac(_here().server.sub("code"), "locator", stretched.locator), stretched.key)


def wrap_by_code(pair: KeyPair, key: Secret, report_id: UUID) -> bytes:
    """A reporter's secret half under her code."""
    return sealing.seal(_code_key(key), pair.secret.reveal(), sealing.associated("code", report_id))


def open_by_code(sealed: bytes, key: Secret, report_id: UUID) -> KeyPair | None:
    """The reporter's pair again, or None."""
    try:
        return KeyPair.from_secret(Secret(sealing.unseal(_code_key(key), sealed, sealing.associated("code", report_id))))
    except Broken:
        return None


def _code_key(key: Secret) -> Secret:
    return sealing.derive(_here().server.sub("code"), "wrap", key.reveal())


def page_nonce(purpose: str, value: str) -> str:
    """A short signature of a value that a page carries before there is a session."""
    return mark("nonce", purpose, value).hex()[:32]
