"""Logging in, beside the derivation of its passphrase alone: what the program adds to what is slow by design."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from werkzeug.test import Client as Caller

from bench.served import installation
from bench.tables import Table, within
from pepa import clock
from pepa.domain import locks, sessions
from pepa.seeds import demo
from pepa.vault import passphrase
from tests.client import HOST
from tests.installations import opened

TIMES, MOST = 31, 1.3


def measure() -> list[Table]:
    """The two take turns, so that whatever else the machine does is in both."""
    remembering = passphrase.derive
    passphrase.derive = remembering.__wrapped__  # type: ignore[attr-defined]  # tests stretch each passphrase once
    try:
        with installation() as config, opened(config) as app:
            account = next(one for one in demo.accounts(config.instance) if one.login == "ratna")
            return [_table(*_times(app, account))]
    finally:
        passphrase.derive = remembering


def _times(app: Flask, account: demo.Account) -> tuple[float, float, float]:
    kdf, now = passphrase.new_kdf(), clock.now()
    bare, verbs, pages = [], [], []
    for n in range(TIMES):
        with clock.frozen(now + timedelta(minutes=2 * n)):
            bare.append(_seconds(lambda: passphrase.derive(account.passphrase, kdf)))
            verbs.append(_verb(app, account))
        with clock.frozen(now + timedelta(minutes=2 * n + 1)):
            pages.append(_page(app, account))
    return statistics.median(bare), statistics.median(verbs), statistics.median(pages)


def _table(floor: float, verb: float, page: float) -> Table:
    rows = [["the derivation alone (Argon2id, 64 MiB, 3 passes)", f"{floor * 1000:.0f}", "1.00", ""]]
    for what, took in (
        ("the verb, a session and its audit row committed", verb),
        ("POST /petugas/masuk, with its answer", page),
    ):
        rows.append([what, f"{took * 1000:.0f}", f"{took / floor:.2f}", within(took / floor, MOST)])
    note = f"Medians of {TIMES}, taken in turns in one process, with nobody else logging in."
    return Table("Logging in", ("what", "ms", "ratio", "aim"), rows, note)


def _seconds(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def _verb(app: Flask, account: demo.Account) -> float:
    with app.app_context():
        code = locks.totp_now(account.totp_secret)
        return _seconds(lambda: sessions.log_in(login=account.login, passphrase=account.passphrase, code=code))


def _page(app: Flask, account: demo.Account) -> float:
    client = Caller(app)
    nonce = (
        client.get("/petugas/masuk", base_url=HOST)
        .get_data(as_text=True)
        .split('name="nonce" value="')[1]
        .split('"')[0]
    )
    fields = {"login": account.login, "passphrase": account.passphrase, "nonce": nonce, "end": "1"}
    fields["code"] = locks.totp_now(account.totp_secret)
    answers = []
    took = _seconds(lambda: answers.append(client.post("/petugas/masuk", data=fields, base_url=HOST)))
    assert [answer.status_code for answer in answers] == [303]
    return took
