"""Values and documents: known answers (B19), and what must not open (B03, B04)."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.secret import Aead

from pepa.vault import sealing
from pepa.vault.sealing import associated, open_document, seal, seal_document, unseal
from pepa.vault.secret import Broken, Secret
from tests.vault.shown import shown

KEY = Secret(bytes(range(32)))
OTHER = Secret(bytes(range(1, 33)))
ROW = UUID("12345678-1234-5678-1234-567812345678")
ELSEWHERE = UUID("12345678-1234-5678-1234-567812345679")
PLACE = associated("report body", ROW, 3, b"\x00\xff")
DOC = {"v": 1, "what": "é\ud800\0"}

KNOWN_PLACE = (
    "73000000047065706169000000080000000000000001"
    "730000000b7265706f727420626f6479"
    "750000001012345678123456781234567812345678"
    "69000000080000000000000003"
    "620000000200ff"
)
NONCE = bytes(range(100, 124))
KNOWN_VALUE = bytes.fromhex(
    "016465666768696a6b6c6d6e6f707172737475767778797a7b"
    "1d5392d5860ee6e4a743f252c34fd6a035dfca755f1c2a851ca6ddbe58daf3a60121"
)
KNOWN_TEXT = b'{"v":1,"what":"\\u00e9\\ud800\\u0000"}'


@pytest.fixture
def known_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "urandom", lambda size: NONCE[:size])


# ---- known answers ----


def test_known_place() -> None:
    assert PLACE.hex() == KNOWN_PLACE
    assert associated().hex() == KNOWN_PLACE[:44]


@pytest.mark.usefixtures("known_nonce")
def test_known_value() -> None:
    assert seal(KEY, b"a key of some kind", PLACE) == KNOWN_VALUE
    assert unseal(KEY, KNOWN_VALUE, PLACE) == b"a key of some kind"


def test_value_is_what_it_says_it_is() -> None:
    """Opened by the library alone: format ‖ nonce ‖ XChaCha20-Poly1305, the format before the associated data."""
    assert Aead(KEY.reveal()).decrypt(KNOWN_VALUE[25:], b"\x01" + PLACE, KNOWN_VALUE[1:25]) == b"a key of some kind"


def test_document_is_what_it_says_it_is() -> None:
    sealed = seal_document(KEY, DOC, PLACE)
    assert sealed[:1] == b"\x02"
    plain = Aead(KEY.reveal()).decrypt(sealed[25:], b"\x02" + PLACE, sealed[1:25])
    assert plain == KNOWN_TEXT + b" " * (256 - len(KNOWN_TEXT))


@pytest.mark.usefixtures("known_nonce")
def test_known_document() -> None:
    sealed = seal_document(KEY, DOC, PLACE)
    assert len(sealed) == 297
    assert sealed[:60].hex() == (
        "026465666768696a6b6c6d6e6f707172737475767778797a7b"
        "07518f92c51fa5a0f058fc4b84559f952e8b6214dd70bfd4b46554fb5e6e48209b243e"
    )
    assert sealing.digest(sealed).hex() == "fa14abb2dbd2413cb05fa443764956c6e1d3eb8ac78ff28b1fbd99bd0a650eb3"


def test_known_digests() -> None:
    assert sealing.mac(KEY, "row", ROW, 1).hex() == "4b7e341b0f16c5304cbb013560c709a66979da8af00b027d06d8bb2e6e0617b7"
    plain = sealing.digest("epoch", ROW, 1, b"k")
    assert plain.hex() == "aa16f0876227dae833e9b68660acbf63070a7f0407f915c16747f7ebd773bbc1"
    key = sealing.derive(KEY, "shelf", ROW)
    assert key.reveal().hex() == "d1440f1f187de1ef752151051aa9a0c039056bb5f0c33b6707c1b6517730064f"


# ---- there and back ----

ANY_TEXT = st.text(st.characters(exclude_categories=())).map(
    # Two halves of a pair side by side are one sign to JSON.
    lambda text: text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
PART = st.binary(max_size=9) | st.text(max_size=9) | st.integers(-(2**63), 2**63 - 1) | st.uuids()
PARTS = st.lists(PART, max_size=4)


@given(plain=st.binary(max_size=300), place=PARTS)
def test_value_comes_back(plain: bytes, place: list[Any]) -> None:
    sealed = seal(KEY, plain, associated(*place))
    assert len(sealed) == len(plain) + sealing.OVERHEAD
    assert unseal(KEY, sealed, associated(*place)) == plain


@given(doc=st.dictionaries(ANY_TEXT, JSON, max_size=5))
def test_document_comes_back(doc: dict[str, Any]) -> None:
    assert open_document(KEY, seal_document(KEY, doc, PLACE), PLACE) == doc


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\0b", id="NUL"),
        pytest.param("\ud800", id="lone high surrogate"),
        pytest.param("\udfff\ud800x", id="lone surrogates"),
        pytest.param("e" + "\u0301" * 5000, id="combining marks"),
        pytest.param("ꦱꦸꦒꦼꦁ صباح 😀", id="Javanese, Arabic, emoji"),
        pytest.param("a\r\nb\rc\nd\u2028e", id="line ends"),
        pytest.param(" spaces at the ends   ", id="spaces"),
    ],
)
def test_text_comes_back_as_it_was_written(text: str) -> None:
    assert open_document(KEY, seal_document(KEY, {"what": text}, PLACE), PLACE) == {"what": text}


def test_same_value_is_never_sealed_to_the_same_bytes() -> None:
    assert len({seal(KEY, b"x", PLACE) for _ in range(50)}) == 50


@given(a=PARTS, b=PARTS)
def test_places_are_told_apart(a: list[Any], b: list[Any]) -> None:
    kinds = [[(type(part), part) for part in parts] for parts in (a, b)]
    assert (associated(*a) == associated(*b)) == (kinds[0] == kinds[1])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a", ""), ("a",)),
        (("1",), (1,)),
        (("\ud800",), ("?",)),
        ((b"a",), ("a",)),
        ((ROW,), (str(ROW),)),
        ((ROW,), (ROW.bytes,)),
        ((1, 2), (2, 1)),
        ((b"s\x00\x00\x00\x01a",), ("a",)),
    ],
)
def test_neighbouring_places_are_told_apart(a: tuple[Any, ...], b: tuple[Any, ...]) -> None:
    assert associated(*a) != associated(*b)


@pytest.mark.parametrize("part", [True, None, 1.5, ["a"], bytearray(b"a")])
def test_no_other_kind_of_place(part: Any) -> None:
    with pytest.raises(TypeError):
        associated("a", part)


def test_no_integer_too_large_for_its_place() -> None:
    with pytest.raises(OverflowError):
        associated(2**63)


# ---- what must not open ----


def test_a_flipped_bit_anywhere_in_a_value() -> None:
    sealed = seal(KEY, b"k" * 32, PLACE)
    for bit in range(len(sealed) * 8):
        with pytest.raises(Broken):
            unseal(KEY, flipped(sealed, bit), PLACE)


def test_a_flipped_bit_at_each_byte_of_a_document() -> None:
    sealed = seal_document(KEY, DOC, PLACE)
    for byte in range(len(sealed)):
        with pytest.raises(Broken):
            open_document(KEY, flipped(sealed, byte * 8 + byte % 8), PLACE)


def test_a_flipped_bit_anywhere_in_the_place() -> None:
    sealed = seal(KEY, b"k" * 32, PLACE)
    for bit in range(len(PLACE) * 8):
        with pytest.raises(Broken):
            unseal(KEY, sealed, flipped(PLACE, bit))


@pytest.mark.parametrize("opened", [unseal, open_document])
def test_cut_or_lengthened(opened: Any) -> None:
    sealed = seal(KEY, b"k" * 32, PLACE) if opened is unseal else seal_document(KEY, DOC, PLACE)
    for length in range(len(sealed)):
        with pytest.raises(Broken):
            opened(KEY, sealed[:length], PLACE)
        with pytest.raises(Broken):
            opened(KEY, sealed[length + 1 :], PLACE)
    for longer in (sealed + b"\0", sealed + b" ", b"\0" + sealed, sealed[:1] + sealed, sealed + sealed):
        with pytest.raises(Broken):
            opened(KEY, longer, PLACE)


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(associated("message body", ROW, 3, b"\x00\xff"), id="another column"),
        pytest.param(associated("report body", ELSEWHERE, 3, b"\x00\xff"), id="another row"),
        pytest.param(associated("report body", ROW, 4, b"\x00\xff"), id="another epoch"),
        pytest.param(associated("report body", ROW, 3), id="fewer parts"),
        pytest.param(associated("report body", ROW, 3, b"\x00\xff", b""), id="one part more"),
        pytest.param(b"", id="nowhere"),
    ],
)
def test_moved(place: bytes) -> None:
    with pytest.raises(Broken):
        unseal(KEY, seal(KEY, b"k" * 32, PLACE), place)
    with pytest.raises(Broken):
        open_document(KEY, seal_document(KEY, DOC, PLACE), place)


def test_under_another_key() -> None:
    with pytest.raises(Broken):
        unseal(OTHER, KNOWN_VALUE, PLACE)
    with pytest.raises(Broken):
        open_document(OTHER, seal_document(KEY, DOC, PLACE), PLACE)


def test_a_value_is_no_document() -> None:
    value = seal(KEY, b'{"v":1}', PLACE)
    document = seal_document(KEY, {"v": 1}, PLACE)
    for sealed, opened in ((value, open_document), (document, unseal)):
        with pytest.raises(Broken):
            opened(KEY, sealed, PLACE)
        with pytest.raises(Broken):
            opened(KEY, bytes([sealed[0] ^ 3]) + sealed[1:], PLACE)


@pytest.mark.parametrize("plain", [b"", b"{", b"[]", b"null", b"1", b"\xff", b'"text"', b"{}{}", b"[" * 100_000])
def test_sealed_by_us_but_no_document(plain: bytes) -> None:
    with pytest.raises(Broken):
        open_document(KEY, sealing._seal(sealing.DOCUMENT, KEY, plain, PLACE), PLACE)


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_key_of_another_size(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(Secret(b"k" * size), b"", PLACE)
    with pytest.raises(ValueError, match="32 bytes"):
        seal_document(Secret(b"k" * size), {}, PLACE)
    with pytest.raises(Broken):
        unseal(Secret(b"k" * size), KNOWN_VALUE, PLACE)


def test_no_number_that_is_none() -> None:
    for number in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="JSON"):
            seal_document(KEY, {"n": number}, PLACE)


# ---- what a failure shows ----


def test_a_failure_shows_neither_key_nor_plaintext() -> None:
    key = Secret(b"MARK-of-a-key-that-has-32-bytes.")
    sealed = sealing._seal(sealing.DOCUMENT, key, b'{"what": "MARK of a plaintext', PLACE)
    with pytest.raises(Broken) as not_json:
        open_document(key, sealed, PLACE)
    with pytest.raises(Broken) as moved:
        open_document(key, sealed, b"elsewhere")
    with pytest.raises(Broken) as value:
        unseal(key, seal(key, b"MARK of a plaintext", PLACE), b"elsewhere")
    for caught in (not_json, moved, value):
        assert "<Secret>" in shown(caught.value)
        assert "MARK" not in shown(caught.value)


# ---- digests and derived keys ----


def test_a_mac_needs_the_key_and_every_part() -> None:
    made = sealing.mac(KEY, "row", ROW, 1)
    others = [
        sealing.mac(OTHER, "row", ROW, 1),
        sealing.mac(KEY, "row", ELSEWHERE, 1),
        sealing.mac(KEY, "row", ROW, 2),
        sealing.mac(KEY, "row", ROW),
        sealing.digest("row", ROW, 1),
        sealing.derive(KEY, "row", ROW, 1).reveal(),
    ]
    assert sealing.same(made, sealing.mac(KEY, "row", ROW, 1))
    assert not any(sealing.same(made, other) for other in others)
    assert len(set(others)) == len(others)


def test_same() -> None:
    assert sealing.same(b"ab", b"ab")
    assert not sealing.same(b"ab", b"ac")
    assert not sealing.same(b"ab", b"abc")


def flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_known_text_is_json() -> None:
    assert json.loads(KNOWN_TEXT) == DOC


@given(st.lists(st.text(max_size=5), min_size=1, max_size=3), st.uuids())
def test_a_place_in_two_steps_is_the_same_place(parts: list[str], row_id: UUID) -> None:
    assert sealing.bound_to(sealing.associated(*parts), row_id) == sealing.associated(*parts, row_id)
