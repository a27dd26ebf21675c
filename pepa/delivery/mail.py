"""Notices by mail, over SMTP. A mail says that something waits, never what; of tasks, how many and their
codes; that the reader's own account was changed."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit
from uuid import UUID

TIMEOUT = 20  # seconds
SUBJECT, OF_TASKS, OF_ANCHOR = "Ada 1 hal menunggu", "Tugas hari ini", "Jangkar hari ini"
OF_TRIAL, OF_ACCOUNT = "Kabar percobaan", "Akun Anda diubah"
BODY = """{said} Masuk untuk melihatnya: {link}

Email ini sengaja tidak menyebut isinya. Jangan dibalas.
"""
WAITS = "Ada yang menunggu."
OF_BOOKING = {
    "REQUEST": "Ruang yang Anda pesan, untuk kalender Anda.",
    "CANCEL": "Pesanan ruang Anda batal. Lampiran ini menghapusnya dari kalender Anda.",
}
INVITED = "Undangan"
LINK = """Anda diundang masuk ke program kantor. Buka sendiri, dari HP atau komputer Anda:

{link}

Berlaku 7 hari, untuk satu orang, satu kali. Jangan diteruskan. Tidak kenal? Hapus saja.
"""


Part = tuple[str, str, bytes]  # subject, method and text of a calendar


def carry(
    url: str,
    sender: str,
    base_url: str,
    address: str,
    notice_id: UUID,
    told: str = "",
    subject: str = "",
    *,
    calendar: Part | None = None,
    link: str = "",
) -> None:
    """Send one notice. url: smtp://, smtps:// or smtp+starttls://, with user and password where the server asks.

    told: numbers and codes of tasks, or the words of an anchor, where that is what it says, with its subject; link: the
    way in of somebody who is invited. Its Message-ID comes from the notice, so that a second sending is known as one.
    Raises OSError (smtplib's failures are among them) when it did not leave, ValueError for an address with a line
    break in it.
    """
    place = urlsplit(url)
    message = written(sender, base_url, address, notice_id, told, subject, calendar=calendar, link=link)
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


def written(
    sender: str,
    base_url: str,
    address: str,
    notice_id: UUID,
    told: str = "",
    subject: str = "",
    *,
    calendar: Part | None = None,
    link: str = "",
) -> EmailMessage:
    """The mail itself; the method of a calendar stands in the header of its part as well.

    Raises ValueError where an address would break out of its header.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(addr_spec=sender)
    message["To"] = Address(addr_spec=address)
    usual = INVITED if link else OF_TASKS if told else SUBJECT
    message["Subject"] = calendar[0] if calendar else subject or usual
    message["Message-ID"] = f"<{notice_id}@{urlsplit(base_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    said = OF_BOOKING[calendar[1]] if calendar else WAITS
    body = BODY.format(said=said, link=base_url.rstrip("/") + "/petugas/")
    if link:
        body = LINK.format(link=link)
    message.set_content(f"{told}\n\n{body}" if told else body)
    if calendar:
        _, method, text = calendar
        params = {"method": method, "charset": "utf-8"}
        message.add_alternative(text, maintype="text", subtype="calendar", params=params)
    return message
