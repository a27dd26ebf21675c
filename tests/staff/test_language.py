"""The desk in English: log-in, list, report, answer, roster and lock, carried by the address alone."""

from flask import Flask

from pepa.domain import locks
from pepa.seeds.demo import Account
from tests import cast
from tests.citizen.test_language import in_english
from tests.client import Client, Page

Accounts = dict[str, Account]


def log_in(client: Client, account: Account) -> Page:
    code = locks.totp_now(account.totp_secret)
    return client.submit("Log in", login=account.login, passphrase=account.passphrase, code=code)


def test_a_day_at_the_desk(app: Flask, accounts: Accounts) -> None:
    with app.app_context():
        sent = cast.tell("Baris satu.", speaker="witness", urgency="now")
    client = Client(app)
    assert client.open("/petugas/").h1 == "Masuk"
    in_english(client.click("English"))
    wrong = in_english(client.submit("Log in"))
    assert wrong.has("Not logged in yet.", "Write the log-in name.")
    assert in_english(log_in(client, accounts["ratna"])).h1 == "Today's promises"
    in_english(client.click("Inbox"))
    for tab in ("Not read yet", "To be sorted", "All"):
        in_english(client.click(tab))
    page = client.open(f"/petugas/laporan/{sent.report_id}?l=en")
    assert page.has("I saw or heard it", "Read by Ratna Contoh")
    in_english(client.click("Use"))
    page = client.submit("Send answer", text="Terima kasih sudah menulis.")
    assert page.has("The answer HAS been sent. The reporter reads it with the code.")
    in_english(client.click("Duty"))
    assert in_english(client.get("/petugas/tidak-ada?l=en")).h1 == "This page does not exist."
    assert in_english(client.submit("Lock now")).has("It IS locked.")


def test_back_to_where_one_was(app: Flask, accounts: Accounts) -> None:
    """The wall of the log-in keeps the language and the page; its way back leads nowhere else."""
    client = Client(app)
    page = client.open("/petugas/piket?l=en")
    assert page.address.startswith("/petugas/masuk?back=")
    page = in_english(log_in(client, accounts["wulan"]))
    assert page.address == "/petugas/piket?l=en"
    assert client.click("Bahasa Indonesia").address == "/petugas/piket"


def test_what_was_typed_is_offered_in_the_other_language_too(app: Flask, accounts: Accounts) -> None:
    with app.app_context():
        sent = cast.tell("Baris satu.")
    client = cast.at_work(app, "ratna")
    here = f"/petugas/laporan/{sent.report_id}"
    client.open(f"{here}?l=en")
    lock, button = client.page.form("Lock now") if client.page else (None, None)
    assert lock is not None
    assert button is not None
    fields = {str(field["name"]): str(field["value"]) for field in lock.find_all("input")}
    client.post(str(lock["action"]), {"typed_at": here, "typed.text": "Setengah kalimat", **fields})
    client.open("/petugas/masuk?l=en")
    log_in(client, accounts["ratna"])
    page = client.open(f"{here}?l=en")
    assert page.has("What you typed is still here.")
    assert page.link("Use") == f"{here}?ketikan=pakai&l=en#text"
    assert client.click("Use").value("text") == "Setengah kalimat"
    client.open(f"{here}?l=en")
    assert client.submit("Discard").has("What you typed was discarded.")
    assert not client.open(here).has("Ketikan tadi ada di sini.")
