"""B20: what a length may tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.vault.sealing import OVERHEAD, associated, open_document, padded_length, padme, seal_document
from pepa.vault.secret import Secret

KIB = 1024
STEPS = [256, KIB, 4 * KIB, 16 * KIB] + [64 * KIB * n for n in range(1, 6)]
KEY = Secret(bytes(32))
PLACE = associated("padding")


def test_only_the_listed_sizes() -> None:
    """Every length from 0 to 300 kB takes the least of the listed sizes that holds it."""
    steps = iter(STEPS)
    step = next(steps)
    for length in range(300_001):
        if length > step:
            step = next(steps)
        assert padded_length(length) == step
    assert step == STEPS[-1]


@pytest.mark.parametrize(
    ("length", "padded"),
    [
        (0, 256),
        (256, 256),
        (257, 1024),
        (1025, 4096),
        (16385, 65536),
        (65536, 65536),
        (65537, 131072),
        (2**20 + 1, 2**20 + 2**16),
    ],
)
def test_known_lengths(length: int, padded: int) -> None:
    assert padded_length(length) == padded


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("over", [-1, 0, 1])
def test_sealed_documents_have_the_listed_sizes(step: int, over: int) -> None:
    doc = {"what": "x" * (step + over - len('{"what":""}'))}
    sealed = seal_document(KEY, doc, PLACE)
    assert len(sealed) - OVERHEAD in [*STEPS, 64 * KIB * 6]
    assert (len(sealed) - OVERHEAD > step) == (over > 0)
    assert open_document(KEY, sealed, PLACE) == doc


def test_every_short_document_looks_alike() -> None:
    sizes = {len(seal_document(KEY, {"what": "x" * length}, PLACE)) for length in range(245)}
    assert sizes == {256 + OVERHEAD}


@given(doc=st.dictionaries(st.text(max_size=3), st.text(max_size=2000), max_size=3))
def test_any_document_has_a_listed_size(doc: dict[str, str]) -> None:
    assert len(seal_document(KEY, doc, PLACE)) - OVERHEAD in STEPS


# The second column is computed by the definition: floor(log2 L), its own length in bits, the rest zero.
@pytest.mark.parametrize(
    ("length", "padded"),
    [(0, 0), (1, 1), (2, 2), (7, 7), (8, 8), (9, 10), (99, 104), (1000, 1024), (1025, 1088), (1_000_000, 1_015_808)],
)
def test_known_padme(length: int, padded: int) -> None:
    assert padme(length) == padded


@given(length=st.integers(2, 2**40))
def test_padme_adds_at_most_an_eighth(length: int) -> None:
    padded = padme(length)
    assert length <= padded <= length * 1.12
    assert padme(padded) == padded
    assert padme(length + 1) >= padded


def test_padme_leaves_few_sizes() -> None:
    """Between 1 and 2 MiB there are 32 sizes, not a million."""
    assert len({padme(length) for length in range(2**20 + 1, 2**21 + 1, 97)}) == 32
