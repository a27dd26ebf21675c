"""Tickets and cookies: known answers (B19), forgeries, and what the database keeps of them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.vault import tickets
from pepa.vault.secret import Secret
from pepa.vault.server import ServerKey
from pepa.vault.tickets import mint, read, read_stamp, stamp, token_hash, wrap_key

KEY = ServerKey.from_bytes(bytes(range(32))).sub("ticket")
OTHER = ServerKey.from_bytes(bytes(range(1, 33))).sub("ticket")
TOKEN = Secret(bytes(range(200, 232)))
MINUTE = 29_400_000
KNOWN = "yMnKy8zNzs_Q0dLT1NXW19jZ2tvc3d7f4OHi4-Tl5ucBwJvAaon-GUPWuAuVkwtfpOBEsQ"
KNOWN_STAMP = "yMnKy8zNzs_Q0dLT1NXW19jZ2tvc3d7f4OHi4-Tl5ucBwJvA5yYHbyIrlHqLrsfipBnenA"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_known_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(KEY, KNOWN) == (TOKEN, MINUTE)
    monkeypatch.setattr(tickets, "urandom", lambda size: TOKEN.reveal()[:size])
    assert mint(KEY, MINUTE) == KNOWN


def test_known_stamp() -> None:
    assert stamp(KEY, TOKEN, MINUTE) == KNOWN_STAMP
    assert read_stamp(KEY, KNOWN_STAMP) == (TOKEN, MINUTE)


def test_known_token() -> None:
    assert token_hash(TOKEN).hex() == "b292b98de89187014634afd22d630052c37bc32359389f465fbe811c33db694e"
    assert wrap_key(TOKEN).reveal().hex() == "e4988e8492d4412ac9ece9e145913dc77f5fc0b277fa18029e851e24db579074"


@given(minute=st.integers(0, 2**32 - 1))
def test_comes_back(minute: int) -> None:
    ticket = read(KEY, mint(KEY, minute))
    assert ticket is not None
    assert ticket.moment == minute
    assert read_stamp(KEY, stamp(KEY, ticket.token, minute)) == ticket


def test_each_is_new() -> None:
    minted = {mint(KEY, MINUTE) for _ in range(100)}
    assert len(minted) == 100
    assert {len(text) for text in minted} == {70}


def test_needs_no_escaping_anywhere() -> None:
    assert set("".join(mint(KEY, minute) for minute in range(200))) <= set(ALPHABET)


def test_a_changed_sign_anywhere() -> None:
    for at, sign in enumerate(KNOWN):
        for other in ALPHABET.replace(sign, ""):
            assert read(KEY, KNOWN[:at] + other + KNOWN[at + 1 :]) is None


def test_a_flipped_bit_anywhere() -> None:
    raw = base64.urlsafe_b64decode(KNOWN + "==")
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        text = base64.urlsafe_b64encode(changed).decode().rstrip("=")
        assert read(KEY, text) is None


def test_cut_or_lengthened() -> None:
    for length in range(len(KNOWN)):
        assert read(KEY, KNOWN[:length]) is None
    for longer in (KNOWN + "A", KNOWN + "=", KNOWN + "==", KNOWN + "\n", " " + KNOWN, KNOWN + KNOWN):
        assert read(KEY, longer) is None


def test_of_another_server() -> None:
    assert read(OTHER, KNOWN) is None
    assert read_stamp(OTHER, KNOWN_STAMP) is None


def test_a_ticket_is_no_cookie_nor_the_reverse() -> None:
    """A form's hidden field, seen on a page, opens nothing when it is set as a cookie."""
    assert read_stamp(KEY, KNOWN) is None
    assert read(KEY, KNOWN_STAMP) is None


def test_a_minute_cannot_be_moved() -> None:
    late = stamp(KEY, TOKEN, MINUTE + 1)
    assert read_stamp(KEY, late[:49] + KNOWN_STAMP[49:]) is None


@pytest.mark.parametrize("text", ["", "é" * 70, "\ud800" * 70, "\0" * 70, "A" * 70, "٣" * 70, "A" * 1_000_000])
def test_nonsense_is_no_ticket(text: str) -> None:
    assert read(KEY, text) is None
    assert read_stamp(KEY, text) is None


@given(text=st.text(st.characters(exclude_categories=()), max_size=90) | st.text(ALPHABET, min_size=70, max_size=70))
def test_never_raises(text: str) -> None:
    assert read(KEY, text) is None
    assert read_stamp(KEY, text) is None


def test_what_the_database_keeps_is_not_what_opens() -> None:
    made = [TOKEN.reveal(), token_hash(TOKEN), wrap_key(TOKEN).reveal()]
    other = Secret(bytes(32))
    made += [other.reveal(), token_hash(other), wrap_key(other).reveal()]
    assert len(set(made)) == 6
    assert {len(value) for value in made} == {32}
