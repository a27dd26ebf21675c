"""Key pairs and sealed boxes: known answers (B19), and what must not open (B03, B04)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey, SealedBox

from pepa.vault.pairs import KeyPair, fingerprint, seal_to, unseal_with
from pepa.vault.secret import Broken, Secret
from pepa.vault.wordlist import WORDS
from tests.vault.shown import shown

PAIR = KeyPair.from_secret(Secret(bytes(range(32))))
OTHER = KeyPair.new()
KNOWN = bytes.fromhex(
    "596ba86acf1e6e6d13ca4eca037753a08ab6c6513851b7065c25e48b9b177a2b"
    "cfec4406723bf608e3a544be527179bcb9045952d59309a478623b5e"
)


def test_known_pair() -> None:
    assert PAIR.public.hex() == "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f"
    assert unseal_with(PAIR, KNOWN) == b"an epoch key"


def test_is_a_sealed_box_of_libsodium() -> None:
    box = SealedBox(PrivateKey(PAIR.secret.reveal()))
    assert box.decrypt(seal_to(PAIR.public, b"an epoch key")) == b"an epoch key"
    assert unseal_with(PAIR, box.encrypt(b"an epoch key")) == b"an epoch key"


@given(plain=st.binary(max_size=300))
def test_comes_back(plain: bytes) -> None:
    sealed = seal_to(PAIR.public, plain)
    assert len(sealed) == len(plain) + 48
    assert unseal_with(PAIR, sealed) == plain


def test_pair_is_the_same_again_from_its_secret_half() -> None:
    assert KeyPair.from_secret(OTHER.secret).public == OTHER.public
    assert OTHER.public != PAIR.public


def test_no_two_sealings_alike() -> None:
    assert len({seal_to(PAIR.public, b"x") for _ in range(50)}) == 50


def test_a_flipped_bit_anywhere() -> None:
    sealed = seal_to(PAIR.public, b"k" * 32)
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Broken):
            unseal_with(PAIR, bytes(changed))


def test_cut_or_lengthened() -> None:
    sealed = seal_to(PAIR.public, b"k" * 32)
    for length in range(len(sealed)):
        for part in (sealed[:length], sealed[length + 1 :]):
            with pytest.raises(Broken):
                unseal_with(PAIR, part)
    with pytest.raises(Broken):
        unseal_with(PAIR, sealed + b"\0")


def test_with_the_pair_of_somebody_else() -> None:
    sealed = seal_to(PAIR.public, b"k" * 32)
    for pair in (OTHER, KeyPair(OTHER.public, PAIR.secret), KeyPair(PAIR.public, OTHER.secret)):
        with pytest.raises(Broken):
            unseal_with(pair, sealed)


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(33), bytes(32), b"\x01" + bytes(31)], ids=len)
def test_nothing_is_sealed_to_what_is_no_key(public: bytes) -> None:
    """Wrong sizes, and the points of small order, to which everybody has the key."""
    with pytest.raises(Broken):
        seal_to(public, b"k" * 32)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_secret_half_of_another_size(size: int) -> None:
    with pytest.raises(Broken):
        KeyPair.from_secret(Secret(b"s" * size))
    with pytest.raises(Broken):
        unseal_with(KeyPair(PAIR.public, Secret(b"s" * size)), KNOWN)


def test_a_failure_shows_neither_key_nor_plaintext() -> None:
    pair = KeyPair.from_secret(Secret(b"MARK-of-a-key-that-has-32-bytes."))
    with pytest.raises(Broken) as opening:
        unseal_with(pair, KNOWN)
    with pytest.raises(Broken) as short:
        KeyPair.from_secret(Secret(b"MARK"))
    for caught in (opening, short):
        assert "<Secret>" in shown(caught.value)
        assert "MARK" not in shown(caught.value)


# ---- fingerprints ----


def test_known_fingerprint() -> None:
    assert fingerprint(PAIR.public) == ["krayon", "dinding", "rongga", "celengan"]


@given(public=st.binary(min_size=32, max_size=32))
def test_four_words_of_the_list(public: bytes) -> None:
    words = fingerprint(public)
    assert len(words) == 4
    assert set(words) <= set(WORDS)


def test_a_swapped_key_has_other_words() -> None:
    assert len({tuple(fingerprint(KeyPair.new().public)) for _ in range(200)}) == 200
