"""Notices by mail, over SMTP. A mail says that something waits, never what."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit
from uuid import UUID

TIMEOUT = 20  # seconds
SUBJECT = "Ada 1 hal menunggu"
BODY = """Ada yang menunggu. Masuk untuk melihatnya: {link}

Email ini sengaja tidak menyebut isinya. Jangan dibalas.
"""


def carry(url: str, sender: str, base_url: str, address: str, notice_id: UUID) -> None:
    """Send one notice. url: smtp://, smtps:// or smtp+starttls://, with user and password where the server asks.

    Its Message-ID comes from the notice, so that a second sending is known as one. Raises OSError (smtplib's failures
    are among them) when it did not leave, ValueError for an address with a line break in it.
    """
    place = urlsplit(url)
    message = written(sender, base_url, address, notice_id)
    host, port = place.hostname or "localhost", place.port or (465 if place.scheme == "smtps" else 25)
    context = ssl.create_default_context()
    opened = (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        if place.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=TIMEOUT)
    )
    with opened as server:
        if place.scheme == "smtp+starttls":
            server.starttls(context=context)
        if place.username:
            server.login(unquote(place.username), unquote(place.password or ""))
        server.send_message(message)


def written(sender: str, base_url: str, address: str, notice_id: UUID) -> EmailMessage:
    """The mail itself. Raises ValueError where an address would break out of its header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(addr_spec=sender)
    message["To"] = Address(addr_spec=address)
    message["Subject"] = SUBJECT
    message["Message-ID"] = f"<{notice_id}@{urlsplit(base_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(BODY.format(link=base_url.rstrip("/") + "/petugas/"))
    return message
