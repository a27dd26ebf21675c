"""A key of software, as a browser and an authenticator answer together (WebAuthn level 2, ES256, no attestation).

device = Device();  answer = device.make(asked);  answer = device.sign(asked)     asked: what the program asked, in JSON
"""

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

HERE = "http://localhost"  # the address in tests
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")


class Device:
    """counts: whether it says how often it has signed; those that are kept in several places never do."""

    def __init__(self, *, counts: bool = True, flags: int = PRESENT | VERIFIED) -> None:
        self.id = os.urandom(16)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._counts, self.count, self._flags = counts, 0, flags

    def make(self, asked: str, origin: str = HERE, host: str = "localhost") -> str:
        public = self._key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        said = self._said(host, self._flags | ATTESTED) + attested
        client = self._client("webauthn.create", json.loads(asked)["challenge"], origin)
        made = {"fmt": "none", "attStmt": {}, "authData": said}
        return self._answer({"clientDataJSON": text(client), "attestationObject": text(cbor2.dumps(made))})

    def sign(self, asked: dict[str, Any], origin: str = HERE, host: str = "localhost") -> str:
        self.count += self._counts
        said = self._said(host, self._flags)
        client = self._client("webauthn.get", asked["challenge"], origin)
        signature = self._key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": said, "signature": signature}
        return self._answer({name: text(part) for name, part in parts.items()})

    def _said(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        own = text(self.id)
        document = {"id": own, "rawId": own, "type": "public-key", "response": response, "clientExtensionResults": {}}
        return json.dumps(document)
