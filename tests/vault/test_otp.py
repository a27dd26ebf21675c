"""The second factor: RFC 6238's own answers, and no code twice."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.vault.otp import matching_step, new_secret, now_code, uri

# Of RFC 6238, Appendix B: "12345678901234567890", SHA-1, the last six of its eight digits.
RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ANSWERS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
NOW = 1_800_000_015
STEP = NOW // 30
# Two steps that follow one another and have the same six digits.
TWIN, TWIN_CODE = 910_737, "911617"


@pytest.mark.parametrize(("at", "code"), ANSWERS)
def test_known_answers(at: int, code: str) -> None:
    assert now_code(RFC, at) == code
    assert matching_step(RFC, code, at, 0) == at // 30


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_clock_a_step_off(drift: int) -> None:
    assert matching_step(RFC, now_code(RFC, NOW + 30 * drift), NOW, 0) == STEP + drift


@pytest.mark.parametrize("drift", [-3, -2, 2, 3])
def test_a_clock_further_off(drift: int) -> None:
    assert matching_step(RFC, now_code(RFC, NOW + 30 * drift), NOW, 0) is None


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_no_code_twice(drift: int) -> None:
    code = now_code(RFC, NOW + 30 * drift)
    used = matching_step(RFC, code, NOW, 0)
    assert used is not None
    for later in (NOW, NOW + 30, NOW + 60):
        assert matching_step(RFC, code, later, used) is None


def test_nothing_before_the_floor() -> None:
    """After a restore the floor is now: what was valid before it is not taken any more."""
    for drift in (-1, 0):
        assert matching_step(RFC, now_code(RFC, NOW + 30 * drift), NOW, STEP) is None
    assert matching_step(RFC, now_code(RFC, NOW + 30), NOW, STEP) == STEP + 1


def test_two_steps_with_one_code_are_both_used_up() -> None:
    assert now_code(RFC, TWIN * 30) == now_code(RFC, TWIN * 30 + 30) == TWIN_CODE
    assert matching_step(RFC, TWIN_CODE, TWIN * 30, 0) == TWIN + 1


@pytest.mark.parametrize("typed", ["050 471", " 050471 ", "050471\n", "05 04 71"])
def test_typed_as_the_app_shows_it(typed: str) -> None:
    assert matching_step(RFC, typed, 1111111111, 0) == 1111111111 // 30


@pytest.mark.parametrize(
    "typed",
    ["", "0", "50471", "0050471", "05047l", "-50471", "é" * 6, "\ud800" * 6, "٠٥٠٤٧١x", "9" * 999],
    ids=ascii,
)
def test_anything_else(typed: str) -> None:
    assert matching_step(RFC, typed, 1111111111, 0) is None


@given(at=st.integers(0, 2**35))
def test_the_code_of_the_moment_is_taken(at: int) -> None:
    step = matching_step(RFC, now_code(RFC, at), at, -1)
    assert step in {at // 30, at // 30 + 1}


@pytest.mark.parametrize("at", [-3600, -1, 0, 29])
def test_a_clock_before_1970(at: int) -> None:
    assert matching_step(RFC, "000000", at, -1) is None


def test_new_secrets() -> None:
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    for secret in secrets:
        assert len(secret) == 32
        assert set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        assert matching_step(secret, now_code(secret, NOW), NOW, 0) is not None


def test_uri_for_the_app() -> None:
    address = urlsplit(uri(RFC, "ani & budi", "Info Warga"))
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/Info%20Warga:ani%20%26%20budi")
    assert parse_qs(address.query) == {"secret": [RFC], "issuer": ["Info Warga"]}
