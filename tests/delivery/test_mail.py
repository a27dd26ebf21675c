"""Notices by mail, over a real SMTP server on loopback: that something waits, never what."""

import smtplib
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from pepa.delivery import mail
from tests.delivery import smtp

HERE = Path(__file__).parent
NOTICE = UUID("11111111-2222-4333-8444-555555555555")
SENDER, TO, BASE = "piket@contoh.example", "ratna@contoh.example", "https://lapor.contoh.example"


def carry(url: str, address: str = TO, notice_id: UUID = NOTICE) -> None:
    mail.carry(url, SENDER, BASE, address, notice_id)


def test_a_mail_says_that_something_waits() -> None:
    with smtp.serving() as box:
        carry(f"smtp://127.0.0.1:{box.port}")
    (letter,), (message,) = box.letters, box.mails
    assert (letter.mail_from, letter.rcpt_tos) == (SENDER, [TO])
    assert (message["From"], message["To"], message["Subject"]) == (SENDER, TO, "Ada 1 hal menunggu")
    assert message["Message-ID"] == f"<{NOTICE}@lapor.contoh.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "https://lapor.contoh.example/petugas/" in message.get_content()
    assert message.get_content_type() == "text/plain"


def test_the_same_notice_twice_has_one_message_id() -> None:
    with smtp.serving() as box:
        for _ in range(2):
            carry(f"smtp://127.0.0.1:{box.port}")
        carry(f"smtp://127.0.0.1:{box.port}", notice_id=uuid4())
    ids = [message["Message-ID"] for message in box.mails]
    assert ids[0] == ids[1] != ids[2]


def test_nothing_of_a_report_nor_of_a_person_is_in_it() -> None:
    with smtp.serving() as box:
        carry(f"smtp://127.0.0.1:{box.port}")
    told = smtp.text_of(box.mails[0]).lower()
    for word in (
        "laporan",
        "kekerasan",
        "korban",
        "pelapor",
        "l-",
        "sekarang",
        "ratna contoh",
        "uptd",
        "ppa",
        "serang",
    ):
        assert word not in told, word


def test_a_host_name_is_never_taken_from_elsewhere() -> None:
    message = mail.written(SENDER, "http://localhost:8000/", TO, NOTICE)
    assert message["Message-ID"] == f"<{NOTICE}@localhost>"
    assert "http://localhost:8000/petugas/" in message.get_content()


@pytest.mark.parametrize(
    "address",
    [
        "ratna@contoh.example\r\nBcc: orang@lain.example",
        "ratna@contoh.example\nBcc: orang@lain.example",
        "ratna@contoh.example\r",
        "ratna@contoh.example, orang@lain.example",
        "Ratna <ratna@contoh.example>",
        "ratna",
        "",
        "@",
    ],
)
def test_an_address_breaks_out_of_no_header(address: str) -> None:
    # Whatever is raised: the delivery tries it again later and goes on.
    with smtp.serving() as box, suppress(Exception):
        carry(f"smtp://127.0.0.1:{box.port}", address)
    assert [letter.rcpt_tos for letter in box.letters] in ([], [[address]])
    assert all("orang@lain.example" not in smtp.text_of(message) for message in box.mails)


@pytest.mark.parametrize("answer", ["451 later", "554 never", "421 closing"])
def test_a_refusal_is_an_error_and_no_mail(answer: str) -> None:
    with smtp.serving() as box:
        box.refuse.append(answer)
        with pytest.raises(OSError):
            carry(f"smtp://127.0.0.1:{box.port}")
        assert box.letters == []
        carry(f"smtp://127.0.0.1:{box.port}")
        assert len(box.letters) == 1


def test_nobody_there_is_an_error() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(OSError):
        carry(f"smtp://127.0.0.1:{port}")


def test_a_server_that_says_nothing_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(OSError):
            carry(f"smtp://127.0.0.1:{silent.getsockname()[1]}")


# Encryption and passwords


@pytest.fixture
def tls(monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for localhost, trusted in this test."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(HERE / "localhost.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(HERE / "localhost.pem"))
    return context


def test_starttls_where_it_is_asked_for(tls: ssl.SSLContext) -> None:
    with smtp.serving(tls) as box:
        carry(f"smtp+starttls://localhost:{box.port}")
        assert len(box.letters) == 1
        with pytest.raises(smtplib.SMTPException):
            carry(f"smtp://localhost:{box.port}")
        assert len(box.letters) == 1, "nothing goes in the clear to a server that demands TLS"


def test_no_fall_back_to_the_clear() -> None:
    with smtp.serving() as box:
        with pytest.raises(smtplib.SMTPException):
            carry(f"smtp+starttls://localhost:{box.port}")
        assert box.letters == []


def test_a_certificate_of_somebody_else_is_refused(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with smtp.serving(tls) as box:
        with pytest.raises(ssl.SSLError):
            carry(f"smtp+starttls://localhost:{box.port}")
        assert box.letters == []


def test_user_and_password_with_signs_that_mean_something_in_addresses(tls: ssl.SSLContext) -> None:
    who = f"{quote(smtp.USER, safe='')}:{quote(smtp.PASSWORD, safe='')}"
    with smtp.serving(tls, login=True) as box:
        carry(f"smtp+starttls://{who}@localhost:{box.port}")
        assert len(box.letters) == 1
        with pytest.raises(smtplib.SMTPException) as refused:
            carry(f"smtp+starttls://pepa:salah@localhost:{box.port}")
    assert "salah" not in str(refused.value)


@pytest.mark.parametrize(("method", "says"), [("REQUEST", "untuk kalender Anda"), ("CANCEL", "batal")])
def test_of_a_booking_it_says_whether_that_is_called_off(method: str, says: str) -> None:
    """And neither when, nor where, nor what for."""
    calendar = ("Konseling", method, b"BEGIN:VCALENDAR\r\nLOCATION:Melati\r\nEND:VCALENDAR\r\n")
    message = mail.written(SENDER, "http://localhost:8000/", TO, NOTICE, calendar=calendar)
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert says in text
    assert "http://localhost:8000/petugas/" in text
    assert not [word for word in ("Konseling", "Melati", "Ada yang menunggu") if word in text]
