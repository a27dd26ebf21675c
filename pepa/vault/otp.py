"""The second factor: six digits that change every 30 seconds (RFC 6238, SHA-1, as the apps on telephones do it)."""

from hmac import compare_digest
from typing import Final

import pyotp

STEP: Final = 30
DRIFT: Final = 1


def new_secret() -> str:
    """160 random bits as 32 letters of base32."""
    return pyotp.random_base32()


def now_code(secret: str, at: int) -> str:
    """The six digits of an instant. at: seconds since 1970"""
    return pyotp.TOTP(secret).at(at)


def matching_step(secret: str, code: str, at: int, floor: int) -> int | None:
    """The step (30 seconds each, since 1970) that a typed code belongs to, or None.

    One step early or late is taken, for telephones whose clock is off; but only steps after `floor`, the last one
    used, so that no code works twice. All steps are tried, whichever fits; of two that fit, the later one.
    """
    typed = "".join(code.split()).encode("utf-8", "surrogatepass")
    totp = pyotp.TOTP(secret)
    match = None
    for step in range(at // STEP - DRIFT, at // STEP + DRIFT + 1):
        if step >= 0 and compare_digest(totp.at(step * STEP).encode("ascii"), typed) and step > floor:
            match = step
    return match


def uri(secret: str, login: str, issuer: str) -> str:
    """The otpauth address that an app reads from a QR code. As secret as the secret itself."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)
