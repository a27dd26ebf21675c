"""Passkeys (WebAuthn level 2): what a browser is asked, and whether what it answers was made and signed as asked.

Only `locks` loads this, with the first passkey: what it stands on takes 17 megabytes and a third of a second.
"""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from webauthn import (
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from pepa.vault.secret import Broken


class Site(NamedTuple):
    """Where a passkey serves: a host's name, and the origin that a browser signs."""

    host: str
    origin: str


@dataclass(frozen=True)
class Made:
    """A new passkey's public half. count: how often it has signed"""

    credential_id: bytes
    public_key: bytes
    count: int


def site(address: str) -> Site:
    """Of an address as `https://pepa.example:8443/`."""
    parts = urlsplit(address)
    host, usual = (parts.hostname or "").casefold(), {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return Site(host, f"{parts.scheme}://{host}{port}")


def asked(address: str, issuer: str, user: bytes, login: str, name: str, challenge: bytes, known: list[bytes]) -> str:
    """What a browser is asked to make, in JSON. The browser finds it again by itself, without being told whose it is.

    known: what this person has already, which no device makes twice
    """
    options = generate_registration_options(
        rp_id=site(address).host,
        rp_name=issuer,
        user_id=user,
        user_name=login,
        user_display_name=name,
        challenge=challenge,
        timeout=300_000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return options_to_json(options)


def made(answer: str, challenge: bytes, address: str) -> Made:
    """What a browser made. Raises Broken."""
    here = site(address)
    try:
        found = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=here.host, expected_origin=here.origin
        )
    except Exception as error:  # whatever the parsers say of bytes that a stranger made
        raise Broken("passkey") from error
    return Made(found.credential_id, found.credential_public_key, found.sign_count)


def count(answer: str, challenge: bytes, address: str, public_key: bytes) -> int:
    """How often a passkey has signed, as it says in what it signed just now. Raises Broken."""
    here = site(address)
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=here.host,
            expected_origin=here.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,  # whoever asks compares, and tells the owner
        )
    except Exception as error:
        raise Broken("passkey") from error
    return found.new_sign_count
