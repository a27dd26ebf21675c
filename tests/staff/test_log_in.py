"""Logging in: three right things, one answer to whatever is wrong, each code once (B18, C06, C07, C13)."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import keys, locks, sessions
from pepa.models.people import Person, StaffSession
from pepa.seeds.demo import Account
from pepa.vault import passphrase
from tests import cast
from tests.account.own import logs_in, spares_of, was_told
from tests.client import Client, Page

Accounts = dict[str, Account]


def log_in(client: Client, account: Account, **changed: str) -> Page:
    """Type into the log-in page that the client is on."""
    code = locks.totp_now(account.totp_secret)
    return client.submit("Masuk", **{"login": account.login, "passphrase": account.passphrase, "code": code, **changed})


def test_three_right_things_open_the_desk(app: Flask, accounts: Accounts) -> None:
    client = Client(app)
    assert client.open("/petugas/").h1 == "Masuk"
    assert client.cookie("__Host-p") is None, "only reading sets none"
    page = log_in(client, accounts["ratna"])
    assert page.h1 == "Kotak masuk", "whoever was on the way somewhere goes on"
    assert page.has("Ratna Contoh, Kantor Contoh.", "Terkunci setelah 15 menit tanpa gerak.")


def test_the_cookie_is_one_that_scripts_and_other_sites_never_see(app: Flask, accounts: Accounts) -> None:
    client = Client(app)
    page = client.get("/petugas/masuk")
    account = accounts["ratna"]
    fields = {"login": "ratna", "passphrase": account.passphrase, "code": locks.totp_now(account.totp_secret)}
    page = client.post("/petugas/masuk", {**fields, "nonce": page.value("nonce"), "end": "1"})
    (cookie,) = page.cookies
    assert cookie.startswith("__Host-p=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}
    assert account.passphrase.encode() not in page.body


WRONG = [
    {"login": "nobody"},
    {"passphrase": "enam kata yang salah sama sekali"},
    {"code": "000000"},
    {"code": ""},
    {"login": "x" * 400},
    {"login": "ratna'; drop table people; --"},
    {"login": "%"},
    {"passphrase": "é" * 5000},
    {"passphrase": "x" * 1_000_000},
    {"code": "{{7*7}} %(n)s"},
    {"code": "9" * 1_000_000},
]


@pytest.mark.parametrize("changed", WRONG, ids=lambda changed: str(changed)[:40])
def test_a_wrong_one_of_three_is_one_answer(app: Flask, accounts: Accounts, changed: dict[str, str]) -> None:
    client = Client(app)
    client.get("/petugas/masuk")
    page = log_in(client, accounts["ratna"], **changed)
    assert page.status == 422
    assert page.has("Belum masuk.", "Salah satu dari tiga ini tidak cocok. Coba lagi dalam 1 detik.")
    assert client.cookie("__Host-p") is None
    assert page.value("passphrase") == ""
    assert page.value("code") == ""


def test_a_name_that_does_not_exist_costs_the_same(
    app: Flask, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B18: the same work, the same words, the same size, whichever of the three is wrong."""
    derived = []
    real = passphrase.derive
    monkeypatch.setattr(passphrase, "derive", lambda words, kdf: derived.append((kdf.ops, kdf.mem)) or real(words, kdf))
    wrong = (
        {"login": "ratna", "passphrase": "salah semua ini"},
        {"login": "nobdy", "passphrase": "salah semua ini"},
        {"login": "ratna", "code": "000000"},
    )
    bodies = set()
    for n, changed in enumerate(wrong):
        client = Client(app)
        with clock.frozen(clock.now() + timedelta(minutes=n)):
            client.get("/petugas/masuk")
            page = log_in(client, accounts["ratna"], **changed)
        bodies.add(page.body.replace(page.value("nonce").encode(), b"").replace(changed["login"].encode(), b""))
    assert len(derived) == 3
    assert len(set(derived)) == 1
    assert derived[0] == (3, 64 * 1024 * 1024)
    assert len(bodies) == 1


def test_somebody_who_left_is_nobody(context: Flask, accounts: Accounts) -> None:
    account = accounts["ratna"]
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "ratna").values(is_active=False))
    with pytest.raises(sessions.WrongLogin):
        sessions.log_in(login="ratna", passphrase=account.passphrase, code=locks.totp_now(account.totp_secret))


def test_wrong_ones_are_delayed_never_locked_out(context: Flask, accounts: Accounts) -> None:
    for name in ("ratna", "nobody"):
        waits, at = [], clock.now()
        for _ in range(7):
            with clock.frozen(at), pytest.raises(sessions.WrongLogin) as wrong:
                sessions.log_in(login=name, passphrase="salah semua ini", code="123456")
            waits.append(int(str(wrong.value.values["n"])))
            at += timedelta(seconds=waits[-1] + 1)
        assert waits == sorted(waits)
        assert 8 <= waits[-1] <= 60
    account = accounts["ratna"]
    with clock.frozen(at):
        code = locks.totp_now(account.totp_secret)
        assert sessions.log_in(login="Ratna ", passphrase=account.passphrase, code=code)


def test_right_things_wait_as_well_while_a_name_is_delayed(app: Flask, accounts: Accounts) -> None:
    client = Client(app)
    with clock.frozen(clock.now()):
        client.get("/petugas/masuk")
        for _ in range(6):
            log_in(client, accounts["ratna"], code="000000")
        page = log_in(client, accounts["ratna"])
    assert page.status == 422
    assert page.has("Salah satu dari tiga ini tidak cocok.")


def test_a_code_of_six_digits_serves_once(context: Flask, accounts: Accounts) -> None:
    account = accounts["ratna"]
    with clock.frozen(clock.now()):
        code = locks.totp_now(account.totp_secret)
        assert sessions.log_in(login="ratna", passphrase=account.passphrase, code=code)
        with pytest.raises(sessions.WrongLogin):
            sessions.log_in(login="ratna", passphrase=account.passphrase, code=code)
    with clock.frozen(clock.now() + timedelta(seconds=90)), pytest.raises(sessions.WrongLogin):
        sessions.log_in(login="ratna", passphrase=account.passphrase, code=code)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_whose_clock_is_off_by_one_step_serves(
    context: Flask, accounts: Accounts, steps: int, taken: bool
) -> None:
    """C07: one step of thirty seconds early or late, no more."""
    account, now = accounts["ratna"], clock.now()
    with clock.frozen(now + timedelta(seconds=30 * steps)):
        code = locks.totp_now(account.totp_secret)
    with clock.frozen(now):
        try:
            cookie = sessions.log_in(login="ratna", passphrase=account.passphrase, code=code)
        except sessions.WrongLogin:
            cookie = ""
    assert bool(cookie) is taken


def test_guessing_six_digits_is_delayed(context: Flask, accounts: Accounts) -> None:
    """C07: with the passphrase known a million codes would take ten months, at one a minute."""
    with clock.frozen(clock.now()):
        waits = []
        for n in range(14):
            with pytest.raises(sessions.WrongLogin) as refused:
                sessions.log_in(login="ratna", passphrase=accounts["ratna"].passphrase, code=f"{n:06}")
            waits.append(refused.value.values["n"])
    assert waits[-1] > 1
    for n in range(12):
        with clock.frozen(clock.now() + timedelta(minutes=2 * n + 2)), pytest.raises(sessions.WrongLogin) as refused:
            sessions.log_in(login="ratna", passphrase=accounts["ratna"].passphrase, code=f"9{n:05}")
    assert refused.value.values["n"] == 60


def test_a_spare_code_opens_once_and_its_owner_is_told(context: Flask, accounts: Accounts) -> None:
    codes, words = spares_of(cast.member("ratna")), accounts["ratna"].passphrase
    assert logs_in("ratna", words, "", spare=codes[0].lower())
    assert was_told("ratna")
    assert logs_in("ratna", words, "", spare=codes[0]) is None
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        assert logs_in("bayu", accounts["bayu"].passphrase, "", spare=codes[1]) is None, "it is hers alone"
        assert logs_in("ratna", "bukan kalimat sandi itu", "", spare=codes[1]) is None
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert logs_in("ratna", words, codes[1]), "also typed where the six digits go"


@pytest.mark.both
def test_a_spare_code_serves_one_of_two_that_come_at_once(database: str, app: Flask, accounts: Accounts) -> None:
    with app.app_context():
        (code, *_) = spares_of(cast.member("ratna"))
    came, start = [], threading.Barrier(2)

    def enter() -> None:
        with app.app_context():
            start.wait()
            came.append(logs_in("ratna", accounts["ratna"].passphrase, "", spare=code))

    threads = [threading.Thread(target=enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, came)) == [False, True]


def test_a_log_in_renews_settings_that_grew_too_quick(context: Flask, accounts: Accounts) -> None:
    account, me = accounts["ratna"], cast.member("ratna")
    weak = passphrase.Kdf(1, 8 * 1024 * 1024, b"0" * 16)
    key, pepper = passphrase.derive(account.passphrase, weak), keys.here().server.sub("pepper")
    sealed = passphrase.lock(me.keyring.person.secret, key, pepper, me.person_id)
    with transaction() as session:
        old = {"kdf": weak.to_json(), "secret_sealed": sealed}
        session.execute(sa.update(Person).where(Person.id == me.person_id).values(old))
    for minute in (0, 2):
        with clock.frozen(clock.now() + timedelta(minutes=minute)):
            code = locks.totp_now(account.totp_secret)
            assert sessions.log_in(login="ratna", passphrase=account.passphrase, code=code)
        kept = db.session.scalars(sa.select(Person.kdf).where(Person.id == me.person_id)).one()
        assert passphrase.Kdf.from_json(kept).is_current


@pytest.mark.both
def test_a_code_serves_one_of_two_that_come_at_once(database: str, app: Flask, accounts: Accounts) -> None:
    account, opened, refused = accounts["ratna"], [], []
    code = locks.totp_now(account.totp_secret)
    start = threading.Barrier(3)

    def enter() -> None:
        with app.app_context():
            start.wait()
            try:
                opened.append(sessions.log_in(login="ratna", passphrase=account.passphrase, code=code))
            except sessions.WrongLogin:
                refused.append(1)

    threads = [threading.Thread(target=enter) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(opened), len(refused)) == (1, 2)


def test_logging_in_makes_a_new_session_and_ends_the_old_one(app: Flask, accounts: Accounts) -> None:
    """C06: neither an id that somebody planted nor the one that was there before is taken over."""
    client = Client(app)
    client.set_cookie("__Host-p", "00" * 64)
    client.get("/petugas/masuk")
    log_in(client, accounts["ratna"])
    first = client.cookie("__Host-p")
    assert first not in (None, "00" * 64)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        nonce = Client(app).get("/petugas/masuk").value("nonce")
        fields = {"login": "bayu", "passphrase": accounts["bayu"].passphrase, "nonce": nonce, "end": "1"}
        code = locks.totp_now(accounts["bayu"].totp_secret)
        assert client.post("/petugas/masuk", {**fields, "code": code}).status == 303
        assert client.open("/petugas/").has("Bayu Contoh, Kantor Contoh.")
    with app.app_context():
        assert sessions.member(first) is None
        assert db.session.scalar(sa.select(sa.func.count()).select_from(StaffSession)) == 1


def test_two_browsers_are_two_sessions(app: Flask) -> None:
    one, two = cast.at_work(app, "ratna"), cast.at_work(app, "ratna")
    one.open("/petugas/")
    one.submit("Kunci sekarang")
    assert two.open("/petugas/").h1 == "Kotak masuk"


def test_whoever_is_at_work_is_not_asked_again(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    assert client.get("/petugas/masuk").location == "/petugas/hari-ini"
    assert client.get("/petugas/masuk?back=/petugas/piket").location == "/petugas/piket"


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example/", "https:evil.example", "/\\evil.example", "%2f%2fevil.example",
     "/petugas/../lapor", "/petugas//evil.example", "/lapor", "/petugas/%0d%0aSet-Cookie:x=1", "javascript:alert(1)",
     "/petugas/%250d%250aX:1", "/petugas@evil.example", "/petugas.evil.example", "\thttps://evil.example",
     "/petugas/%00"],
)  # fmt: skip
def test_back_leads_nowhere_else(app: Flask, accounts: Accounts, back: str) -> None:
    client = Client(app)
    client.get(f"/petugas/masuk?back={back}")
    page = log_in(client, accounts["ratna"])
    assert page.address == "/petugas/hari-ini"


def test_back_leads_to_where_one_was(app: Flask, accounts: Accounts) -> None:
    client = Client(app)
    assert client.open("/petugas/?tab=semua").h1 == "Masuk"
    assert log_in(client, accounts["ratna"]).address == "/petugas/?tab=semua"


def test_from_a_form_one_comes_back_to_its_page(app: Flask, accounts: Accounts) -> None:
    with app.app_context():
        report_id = cast.tell().report_id
    client = Client(app)
    client.open(str(client.post(f"/petugas/laporan/{report_id}/pegang", {"end": "1"}).location))
    assert log_in(client, accounts["ratna"]).address == f"/petugas/laporan/{report_id}"


@pytest.mark.parametrize("nonce", ["", "x", "0.0", "1" * 400, "29734000." + "0" * 32, "٣.x"])
def test_a_form_that_we_did_not_give_is_not_taken(app: Flask, accounts: Accounts, nonce: str) -> None:
    account = accounts["ratna"]
    fields = {"login": "ratna", "passphrase": account.passphrase, "code": locks.totp_now(account.totp_secret)}
    page = Client(app).post("/petugas/masuk", {**fields, "nonce": nonce, "end": "1"})
    assert page.status == 422
    assert page.has("Halaman ini terbuka terlalu lama. Isi lagi.")
    page = Client(app).post("/petugas/masuk?l=en", {**fields, "nonce": nonce, "end": "1"})
    assert not page.has("Halaman ini terbuka terlalu lama. Isi lagi.")


def test_a_page_that_was_open_overnight_is_renewed(app: Flask, accounts: Accounts) -> None:
    client = Client(app)
    client.get("/petugas/masuk")
    with clock.frozen(clock.now() + timedelta(hours=9)):
        page = log_in(client, accounts["ratna"])
        assert page.status == 422
        assert page.has("Halaman ini terbuka terlalu lama. Isi lagi.")
        assert page.value("login") == "ratna"
        assert log_in(client, accounts["ratna"]).h1 == "Janji hari ini"


def test_a_form_that_was_cut_is_not_taken(app: Flask, accounts: Accounts) -> None:
    client = Client(app)
    nonce = client.get("/petugas/masuk").value("nonce")
    page = client.post("/petugas/masuk", {"login": "ratna", "passphrase": "x", "code": "1", "nonce": nonce})
    assert page.status == 422
    assert page.has("Belum sampai semua. TIDAK ada yang disimpan.")
