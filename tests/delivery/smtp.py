"""A real SMTP server on loopback, for tests of mail: what it took, and on demand what it refuses."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "pepa@contoh.example", "kata sandi: 100%/rahasia"


class Box:
    """Letters that came, and who may send. refuse: the answer to the next letters instead of taking them."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.refuse: list[str] = []
        self.was_tls: list[bool] = []
        self.port = 0

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if self.refuse:
            return self.refuse.pop(0)
        self.letters.append(envelope)
        self.was_tls.append(session.ssl is not None)
        return "250 taken"

    @property
    def mails(self) -> list[EmailMessage]:
        return [
            cast(EmailMessage, message_from_bytes(cast(bytes, one.content), policy=default)) for one in self.letters
        ]


class _AnyPort(Controller):
    """Listens wherever the system says."""

    def _trigger_server(self) -> None:
        assert self.server
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()


@contextmanager
def serving(tls: ssl.SSLContext | None = None, *, login: bool = False) -> Iterator[Box]:
    """A server until the end. tls: STARTTLS is demanded; login: a user and a password too."""
    box = Box()
    asked: dict[str, Any] = {}
    if tls:
        asked = {"tls_context": tls, "require_starttls": True}
    if login:
        asked |= {"authenticator": _allowed, "auth_required": True, "auth_require_tls": tls is not None}
    server = _AnyPort(box, hostname="127.0.0.1", port=0, **asked)
    server.start()
    try:
        box.port = server.port
        yield box
    finally:
        server.stop()


def _allowed(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def text_of(mail: Message) -> str:
    """Everything a person could see of a mail: headers and body."""
    body = cast(EmailMessage, mail).get_content()
    return "\n".join(f"{name}: {value}" for name, value in mail.items()) + "\n" + body
