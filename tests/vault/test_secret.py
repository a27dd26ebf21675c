"""B21: a secret shows itself to nobody who does not ask for it by name."""

import copy
import dataclasses
import json
import pickle
import traceback
from typing import Any

import pytest

from pepa.vault.codes import Stretched, stretch
from pepa.vault.pairs import KeyPair
from pepa.vault.secret import Broken, Secret
from pepa.vault.server import ServerKey
from pepa.vault.tickets import Ticket

RAW = b"MARK-of-a-secret-of-32-bytes-00."
SECRET = Secret(RAW)
HOLDERS = {
    "Secret": SECRET,
    "KeyPair": KeyPair(b"p" * 32, SECRET),
    "Ticket": Ticket(SECRET, 7),
    "Stretched": Stretched(b"l" * 32, SECRET),
    "ServerKey": ServerKey.from_bytes(RAW),
    "list": [SECRET],
    "dict": {"key": SECRET},
}


def test_reveals_what_it_was_given() -> None:
    assert SECRET.reveal() == RAW


@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS.keys())
def test_redacted_however_it_is_written(holder: object) -> None:
    written = [repr(holder), str(holder), ascii(holder), f"{holder}", f"{holder!r}", f"{holder} {[holder]!r}"]
    written += ["%s" % (holder,), "%r" % (holder,)]  # noqa: UP031
    for text in written:
        assert "MARK" not in text
        assert RAW.hex() not in text


@pytest.mark.parametrize("spec", ["", ">40", "s", "x", "%"])
def test_redacted_under_any_format(spec: str) -> None:
    assert format(SECRET, spec) == "<Secret>"
    assert repr(SECRET) == str(SECRET) == "<Secret>"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS.keys())
def test_never_pickled(holder: object, protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(holder, protocol)


def test_never_copied_nor_taken_apart() -> None:
    ways: list[Any] = [copy.copy, copy.deepcopy, vars, dict, list, bytes, json.dumps, hash]
    for take in ways:
        with pytest.raises(TypeError):
            take(SECRET)
    with pytest.raises(TypeError):
        dataclasses.asdict(KeyPair(b"p" * 32, SECRET))
    with pytest.raises(TypeError):
        {SECRET}  # noqa: B018


def test_equal_by_what_it_holds() -> None:
    assert Secret(RAW) == SECRET
    assert Secret(RAW[:-1] + b"!") != SECRET
    assert Secret(RAW[:-1]) != SECRET
    assert SECRET != RAW
    assert (SECRET == RAW) is False


def test_traceback_with_locals_is_redacted() -> None:
    def fails(key: Secret, pair: KeyPair, ticket: Ticket) -> None:
        raise Broken("row 7")

    with pytest.raises(Broken) as caught:
        fails(SECRET, KeyPair(b"p" * 32, SECRET), Ticket(SECRET, 7))
    text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "<Secret>" in text
    assert "key = <Secret>" in text
    assert "MARK" not in text


def test_stretched_code_is_redacted() -> None:
    stretched = stretch("15111802843458342447", bytes(16))
    assert repr(stretched.key.reveal()) not in repr(stretched)


def test_broken_carries_a_word_and_nothing_else() -> None:
    error = Broken("row 7")
    assert (error.what, str(error), error.args) == ("row 7", "row 7", ("row 7",))
    assert str(Broken()) == "sealed"
