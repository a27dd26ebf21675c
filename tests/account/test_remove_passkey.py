"""A passkey that lets nobody in any more: by its owner, by a new passphrase, by leaving, by a copy that is put back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import account, departures, locks, members, passkeys, restores, sessions
from pepa.errors import NotFound
from pepa.models.audit import AuditEntry
from pepa.models.organisations import Membership
from tests import cast
from tests.account.own import logs_in, row, secrets_of, was_told
from tests.joining.newcomers import renewed
from tests.passkeys.device import Device
from tests.passkeys.own import added, comes_in, kept, signed


def test_the_page_removes_it(app: Flask) -> None:
    old, new = Device(), Device()
    with app.app_context():
        added("ratna", old, "HP lama")
        added("ratna", new, "HP baru")
        mine, elsewhere = secrets_of("ratna"), cast.cookie_of("ratna")
        stands = kept(old)
        assert stands
        which = stands.id
    client = cast.at_work(app, "ratna")
    client.open("/petugas/akun")
    page = client.click("Hapus kunci sandi")
    assert page.has("HP lama", "HP baru")
    assert client.submit("Hapus", passphrase=mine.passphrase).has("Pilih dulu salah satu.")
    page = client.submit("Hapus", passkey_id=str(which), passphrase=mine.passphrase)
    assert page.has("Kunci sandi SUDAH dihapus.", "HP baru")
    assert not page.has("HP lama")
    with app.app_context():
        assert sessions.member(elsewhere) is None, "it may have been opened by it"
        assert was_told("ratna")
        assert db.session.scalar(sa.select(sa.exists().where(AuditEntry.act == "account.passkey_removed")))
        assert not comes_in("ratna", signed(old))
    with app.app_context(), clock.frozen(clock.now() + timedelta(minutes=1)):
        assert comes_in("ratna", signed(new))
        assert logs_in("ratna", mine.passphrase, locks.totp_now(mine.totp_secret))


def test_the_page_without_one(app: Flask) -> None:
    assert cast.at_work(app, "ratna").get("/petugas/akun/passkey/lepas").has("Tidak ada kunci sandi.")


def test_nobody_removes_another_persons(context: Flask) -> None:
    device = Device()
    added("bayu", device)
    stands = kept(device)
    assert stands
    with pytest.raises(NotFound):
        account.remove_passkey(cast.member("ratna"), passkey_id=stands.id, passphrase=secrets_of("ratna").passphrase)
    assert kept(device)


def test_the_passphrase_is_needed(context: Flask) -> None:
    device = Device()
    me = added("ratna", device)
    stands = kept(device)
    assert stands
    with pytest.raises(sessions.WrongPassphrase):
        account.remove_passkey(me, passkey_id=stands.id, passphrase="bukan kalimat sandi itu")
    assert kept(device)


@pytest.mark.parametrize("manner", ["ordinary", "suspected"])
def test_whoever_leaves_has_none(context: Flask, manner: str) -> None:
    device = Device()
    added("bayu", device)
    membership = db.session.scalars(sa.select(Membership.id).where(Membership.person_id == row("bayu").id)).one()
    departures.leave(cast.member("wulan"), membership, manner=manner, passphrase=secrets_of("wulan").passphrase)
    assert kept(device) is None


@pytest.mark.parametrize(("manner", "stays"), [("ordinary", True), ("suspected", False)])
def test_whoever_works_elsewhere_as_well_keeps_it_unless_suspected(context: Flask, manner: str, stays: bool) -> None:
    device = Device()
    added("bayu", device)
    first = db.session.scalars(sa.select(Membership).where(Membership.person_id == row("bayu").id)).one()
    elsewhere = db.session.scalars(sa.select(Membership).where(Membership.person_id == row("nadia").id)).one()
    with transaction() as session:
        members.enter(session, None, first.person_id, elsewhere.organisation_id, "coordinator")
    departures.leave(cast.member("wulan"), first.id, manner=manner, passphrase=secrets_of("wulan").passphrase)
    assert (kept(device) is not None) is stays


def test_a_copy_that_is_put_back_knows_none(context: Flask) -> None:
    """One that was taken away since the copy was made would let somebody in again."""
    assert passkeys.are_there() is False
    added("ratna", Device())
    assert passkeys.are_there()
    assert "passkeys" in restores.LEFT_OUT


def test_a_new_passphrase_ends_it(context: Flask) -> None:
    """Whoever made it under the old one may be somebody else."""
    device = Device()
    added("ratna", device)
    renewed("wulan", "ratna")
    assert kept(device) is None
