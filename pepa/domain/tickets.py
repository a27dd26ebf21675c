"""Tickets, cookies, handles and codes: what a reporter holds (vault.md § 4). Nothing here writes a row."""

import unicodedata
from secrets import token_bytes
from uuid import UUID

from pepa import clock
from pepa.domain import keys
from pepa.models.reports import ALPHABET
from pepa.vault import codes, passphrase, sealing, shapes, tickets
from pepa.vault.secret import Broken, Secret

TICKET_SECONDS = 72 * 3600  # a form that lay open this long is still taken
IDLE_MINUTES = 10  # a way in that nobody used this long no longer reads
HANDLE_MINUTES = 2
SHORT_SIGNS = 8

Slip = codes.Slip


def mint(seconds: int = 0) -> str:
    """A new ticket for a form, as if it had been made so many seconds ago; no row is written."""
    return tickets.mint(keys.here().server.sub("ticket"), clock.second() - seconds)


def read(text: str) -> Secret | None:
    """The token of a form's ticket, or None where it is forged, cut or older than 72 hours."""
    ticket = tickets.read(keys.here().server.sub("ticket"), text)
    return ticket.token if ticket and -300 <= _since(ticket) <= TICKET_SECONDS else None


def seconds_of(text: str) -> int:
    """How long ago a form's ticket was made, by our own clock; a forged one tells nothing: 0."""
    ticket = tickets.read(keys.here().server.sub("ticket"), text)
    return _since(ticket) if ticket else 0


def _since(ticket: tickets.Ticket) -> int:
    return clock.second() - ticket.moment


def token_hash(token: Secret) -> bytes:
    """What the database keeps of a token."""
    return tickets.token_hash(token)


def stamp(token: Secret) -> str:
    """The text of a reader's cookie: it says until when it reads, so that no row has to hold that time."""
    return tickets.stamp(_of_now(), token, clock.minute())


def read_stamp(text: str) -> Secret | None:
    """The token of a cookie that was used within ten minutes, or None."""
    read = tickets.read_stamp(_of_now(), text)
    return read[0] if read and -5 <= clock.minute() - read.moment <= IDLE_MINUTES else None


def token_of_stamp(text: str) -> Secret | None:
    """The token of a cookie of ours, however old: to forget it by."""
    read = tickets.read_stamp(_of_now(), text)
    return read[0] if read else None


def bound_to(token: Secret, *parts: str) -> Secret:
    """A token that belongs to a form's ticket and to these texts: whoever only has the ticket cannot use it."""
    return sealing.derive(token, "bound to", *parts)


def new_token() -> Secret:
    """A random token for a reading session."""
    return Secret(token_bytes(32))


def _handle_key() -> Secret:
    return sealing.derive(_of_now(), "handle")


def _of_now() -> Secret:
    """For what is used up within minutes: nothing that was handed out before a copy was put back is known after. A
    form's ticket is: what was typed into it is still to arrive."""
    key, epoch = keys.here().server.sub("ticket"), keys.here().epoch
    return sealing.derive(key, "epoch", epoch) if epoch else key


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
    if handle is None or not -1 <= clock.minute() - handle.moment <= HANDLE_MINUTES:
        return None
    return tickets.token_hash(handle.token)


def open_handle(text: str, sealed: bytes) -> Secret | None:
    """The reader's token, or None."""
    handle = tickets.read(_handle_key(), text)
    try:
        return handle and Secret(sealing.unseal(tickets.wrap_key(handle.token), sealed, sealing.associated("handle")))
    except Broken:
        return None


def wrap_by_token(pair: keys.Pair, token: Secret, report_id: UUID) -> bytes:
    """A reporter's secret half under her token."""
    return sealing.seal(tickets.wrap_key(token), pair.secret.reveal(), sealing.associated("reading", report_id))


def open_by_token(sealed: bytes, token: Secret, report_id: UUID) -> keys.Pair | None:
    """The reporter's pair again, or None."""
    try:
        raw = sealing.unseal(tickets.wrap_key(token), sealed, sealing.associated("reading", report_id))
    except Broken:
        return None
    return keys.Pair.from_secret(Secret(raw))


def code_of(token: Secret) -> str:
    """The 20 digits that belong to a ticket; the same ticket always gives the same ones, and nothing is stored."""
    return codes.from_token(keys.here().server.sub("code"), token)


def parse_code(typed: str) -> str:
    """20 digits from whatever was typed, in any of a code's shapes. Raises Slip."""
    return shapes.parse(typed)


def grouped(code: str, size: int = codes.GROUP) -> list[str]:
    """A code in its groups: a report's has five of four."""
    return codes.grouped(code, size).split()


def as_phones(code: str) -> list[str]:
    """A code as two telephone numbers, written as people do."""
    return [f"{number[:4]}-{number[4:8]}-{number[8:]}" for number in shapes.phones(code)]


def as_words(code: str) -> list[str]:
    """A code as six words."""
    return shapes.words(code)


def ends_so(code: str, typed: str) -> bool:
    """Whether these are the code's last four digits, in whatever digits and spaces they were typed."""
    digits = "".join(str(unicodedata.decimal(sign)) for sign in typed if sign.isdecimal())
    return digits == code[-4:]


def stretch_new(code: str) -> codes.Stretched:
    """Locator and key of a code that is being made (Argon2id 19 MiB, 2 passes). Raises Busy."""
    with keys.slot(keys.here().making):
        return _bound(codes.stretch(code, keys.here().salt))


def stretch_typed(code: str) -> codes.Stretched:
    """The same for a code that somebody typed, in a pool of its own. Raises Busy."""
    with keys.slot(keys.here().typed):
        return _bound(codes.stretch(code, keys.here().salt))


def _bound(stretched: codes.Stretched) -> codes.Stretched:
    """The locator under the server key, so that a stolen database alone cannot be searched for codes."""
    return codes.Stretched(sealing.mac(keys.here().server.sub("code"), "locator", stretched.locator), stretched.key)


def pin_hash(cadre_id: UUID, pin: str) -> bytes:
    """What is kept of a card's PIN: stretched (Argon2id, as a passphrase), then under the pepper: a million PINs are
    tried in no time by whoever has the database, and cannot be without the server key. Raises Busy."""
    pepper = keys.here().server.sub("pepper")
    salt = sealing.mac(pepper, "cadre salt", cadre_id)[:16]
    with keys.slot(keys.here().login):
        derived = passphrase.derive(pin, passphrase.Kdf(passphrase.PASSES, passphrase.MEMORY, salt))
    return sealing.mac(pepper, "cadre pin", cadre_id, derived.reveal())


def short_code(token: Secret) -> str:
    """Eight signs that belong to a form's ticket: whoever sent it again is shown the same ones. 40 bits."""
    drawn = int.from_bytes(sealing.derive(token, "short code").reveal(), "big")
    return "".join(ALPHABET[drawn >> (5 * place) & 31] for place in range(SHORT_SIGNS))


def parse_short(typed: str) -> str | None:
    """Those signs from whatever was typed, or None: no such code."""
    signs = [sign for sign in typed.upper() if sign.isalnum()]
    return "".join(signs) if len(signs) == SHORT_SIGNS and not set(signs) - set(ALPHABET) else None


def same(one: bytes, other: bytes) -> bool:
    """Whether two marks are one, without telling by the time how far they are."""
    return sealing.same(one, other)


def wrap_by_code(pair: keys.Pair, key: Secret, report_id: UUID) -> bytes:
    """A reporter's secret half under her code."""
    return sealing.seal(_code_key(key), pair.secret.reveal(), sealing.associated("code", report_id))


def open_by_code(sealed: bytes, key: Secret, report_id: UUID) -> keys.Pair | None:
    """The reporter's pair again, or None."""
    try:
        raw = sealing.unseal(_code_key(key), sealed, sealing.associated("code", report_id))
    except Broken:
        return None
    return keys.Pair.from_secret(Secret(raw))


def _code_key(key: Secret) -> Secret:
    return sealing.derive(keys.here().server.sub("code"), "wrap", key.reveal())
