"""Joining by a link: everything survives a mistake, only the last form uses it up, and a new key opens nothing."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import joining, sessions
from pepa.errors import NotFound
from pepa.models.audit import AuditEntry
from pepa.models.enrolments import Enrolment
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.spares import Spare
from tests import cast
from tests.client import Client
from tests.joining.newcomers import begun, filled, joined, link, page, secret_on, sends


def test_somebody_joins_and_is_at_work(app: Flask) -> None:
    with app.app_context():
        token = link("wulan", roles=("intake_officer", "case_manager"))
    client = Client(app)
    shown = client.open(f"/petugas/bergabung/{token}")
    assert shown.has("Citra Contoh", "Kantor Contoh", "petugas penerima", "manajer kasus", "Wulan Contoh")
    assert not client.cookie("__Host-j"), "looking at it sets nothing"
    form = client.click("Mulai")
    assert form.value("name") == "Citra Contoh"
    assert len(form.tree.select("#offered li")) == 6
    done = sends(client, login="Citra")
    assert done.h1 == "SUDAH jadi"
    assert done.has("Rekan di Kantor Contoh menyetujui dulu.")
    codes = [li.get_text() for li in done.tree.select("ol.code li")]
    assert len(set(codes)) == 10
    assert client.open("/petugas/piket").has("Citra Contoh, Kantor Contoh.")
    with app.app_context():
        person = db.session.scalars(sa.select(Person).where(Person.login == "citra")).one()
        assert not person.is_demo
        assert db.session.scalar(sa.select(KeyWrap).where(KeyWrap.person_id == person.id)) is None
        row = joining.at(token)
        assert (row.person_id, row.name, row.email, row.token_sealed) == (person.id, "", None, None)
        assert db.session.scalars(sa.select(sa.func.count()).select_from(Spare)).one() == 10


def test_what_was_offered_stays_while_one_looks_elsewhere(app: Flask) -> None:
    """A phone drops the page while its owner looks at the authenticator; a link opened anew leads to the same."""
    with app.app_context():
        token = link("wulan")
    client = begun(app, token)
    assert client.page
    secret, words = secret_on(client.page), client.page.tree.select_one("#offered ol")
    again = begun_again = client.open(f"/petugas/bergabung/{token}/isi")
    assert (secret_on(again), again.tree.select_one("#offered ol")) == (secret, words)
    other = client.click("Enam kata lain")
    assert other.tree.select_one("#offered ol") != words
    assert secret_on(other) == secret
    wrong = sends(client, login="citra", digits="000000")
    assert wrong.tree.select_one("#offered ol") == other.tree.select_one("#offered ol")
    assert secret_on(begun(app, token).page or begun_again) != secret, "whoever made the link sees another secret"


def test_everything_but_secrets_survives_a_mistake(app: Flask) -> None:
    with app.app_context():
        token = link("wulan")
    client = begun(app, token)
    for typed, says in (
        ({"login": "c"}, "Pakai 3 sampai 30 tanda"),
        ({"login": "ratna"}, "Nama masuk ini sudah dipakai orang lain."),
        ({"words": "pendek", "words_again": "pendek"}, "Paling sedikit 15 huruf."),
        ({"words": "kota serang banten", "words_again": "kota serang banten"}, "Kalimat ini mudah ditebak."),
        ({"words_again": "kambing makan pepaya"}, "Dua kali ketik ini tidak sama."),
        ({"digits": "000000"}, "Kode ini tidak cocok."),
        ({"name": " "}, "Tulis nama Anda."),
    ):
        answer = sends(client, **{"name": "Citra Ayu", "login": "citra", **typed})
        assert answer.status == 422
        assert answer.has("Belum jadi.", says)
        assert answer.value("login") == typed.get("login", "citra")
        assert (answer.value("words"), answer.value("words_again"), answer.value("digits")) == ("", "", "")
    assert sends(client, name="Citra Ayu", login="citra").h1 == "SUDAH jadi"


def test_looking_uses_nothing_up(app: Flask) -> None:
    """Mail programs and scanners load what is linked, some of them the form as well."""
    with app.app_context():
        token = link("wulan")
    for _ in range(3):
        for path in (f"/petugas/bergabung/{token}", f"/petugas/bergabung/{token}/isi"):
            assert Client(app).get(path).status == 200
            assert Client(app).call("HEAD", path).status == 200
            assert Client(app).post(path, {}).status in (405, 422)
            assert Client(app).post(path, {"end": "1"}).status in (405, 422)
    assert sends(begun(app, token), login="citra").h1 == "SUDAH jadi"


def test_a_link_serves_once(app: Flask) -> None:
    with app.app_context():
        token = link("wulan")
    client, late = begun(app, token), begun(app, token)
    sends(client, login="citra")
    assert sends(late, login="lain").h1 == "Tautan ini tidak berlaku lagi"
    over = late.open(f"/petugas/bergabung/{token}")
    assert over.status == 410
    assert over.has("Tautan ini SUDAH dipakai.", "Minta yang baru dari Wulan Contoh.")


def test_spare_codes_are_shown_to_this_browser_for_a_while(app: Flask) -> None:
    with app.app_context():
        token = link("wulan")
    client = begun(app, token)
    done = sends(client, login="citra")
    assert client.open(done.address).text == done.text, "the line was cut: they are still there"
    assert Client(app).get(done.address).status == 404
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert client.get(done.address).status == 404


@pytest.mark.both
def test_of_two_that_come_at_once_one_joins(database: str, app: Flask) -> None:
    with app.app_context():
        token = link("wulan")
    came, start = [], threading.Barrier(2)

    def come(login: str) -> None:
        with app.app_context():
            drawn = page(token, login.encode().hex() * 8)
            start.wait()
            try:
                came.append(joining.join(drawn, **filled(drawn, name="C", login=login)))
            except joining.Over:
                came.append("")

    threads = [threading.Thread(target=come, args=(login,)) for login in ("satu", "dua2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, came)) == [False, True]


def test_everybody_there_is_told_and_it_is_recorded(context: Flask) -> None:
    token = link("wulan")
    joined(token)
    told = db.session.scalars(
        sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id).where(OutboxRow.notice == "joined")
    ).all()
    assert sorted(told) == ["bayu", "dian", "hadi", "joko", "ratna", "sekar", "wulan"]
    membership = db.session.scalars(sa.select(Membership).join(Person).where(Person.login == "citra")).one()
    acts = sa.select(AuditEntry.act, AuditEntry.note).where(AuditEntry.thing_id == membership.id)
    assert db.session.execute(acts).all() == [("member.joined", "intake_officer")]


def test_an_old_link_an_ended_one_or_a_guess_leads_nowhere(context: Flask) -> None:
    token = link("wulan")
    with pytest.raises(NotFound):
        joined(token[:-1] + ("A" if token[-1] != "A" else "B"))
    with clock.frozen(clock.now() + timedelta(days=7, minutes=1)), pytest.raises(joining.Over):
        joined(token)
    with transaction() as session:
        session.execute(sa.update(Organisation).where(Organisation.kind == "intake").values(is_active=False))
    with pytest.raises(joining.Over):
        joined(token)
    assert db.session.scalar(sa.select(Enrolment.used_at)) is None


@pytest.mark.both
def test_the_first_who_needs_it_makes_the_key_of_an_organisation(database: str, context: Flask) -> None:
    with transaction() as session:
        row = Organisation(name="LBH Baru Contoh", kind="legal_aid", is_demo=True)
        session.add(row)
        session.flush()
        new_id = row.id
    cookies = [joined(link("joko", to=new_id, roles=("worker",)), login) for login in ("citra", "dewi")]
    assert db.session.get_one(Organisation, new_id).generation == 1
    wraps = db.session.scalars(sa.select(KeyWrap).where(KeyWrap.organisation_id == new_id)).all()
    assert [db.session.get_one(Person, wrap.person_id).login for wrap in wraps] == ["citra"]
    first, second = map(sessions.member, cookies)
    assert first
    assert first.keyring.pair(new_id, 1)
    assert second
    assert second.keyring.pair(new_id, 1) is None


def test_an_account_that_there_is_joins_as_well(app: Flask) -> None:
    """Several organisations are several memberships of one person."""
    with app.app_context():
        token = link("nadia", roles=("worker",))
    client = cast.at_work(app, "tegar")
    client.open(f"/petugas/bergabung/{token}")
    client = cast.at_work(app, "melati")
    shown = client.open(f"/petugas/bergabung/{token}")
    assert shown.has("Bergabung sebagai Melati Contoh.")
    assert client.submit("Bergabung dengan akun ini", passphrase="salah sama sekali").status == 422
    with app.app_context():
        words = next(a.passphrase for a in cast.demo.accounts(cast.people.instance()) if a.login == "melati")
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert client.submit("Bergabung dengan akun ini", passphrase=words).has("Anda SUDAH anggota lembaga itu.")
    with app.app_context():
        person = db.session.scalars(sa.select(Person).where(Person.login == "melati")).one()
        ours = sa.select(Membership).where(Membership.person_id == person.id)
        assert sorted(m.organisation.kind for m in db.session.scalars(ours)) == ["legal_aid", "psychologist"]
        theirs = (KeyWrap.person_id == person.id, KeyWrap.organisation_id == cast.people.office("legal_aid"))
        assert db.session.scalar(sa.select(KeyWrap).where(*theirs)) is None


def test_nobody_takes_a_link_of_their_own_or_joins_twice(context: Flask) -> None:
    mine, theirs = link("nadia", roles=("worker",)), link("nadia", roles=("worker",))
    with pytest.raises(joining.OwnLink):
        joining.accept(cast.member("nadia"), mine, passphrase="x")
    account = next(a for a in cast.demo.accounts(cast.people.instance()) if a.login == "tegar")
    with pytest.raises(joining.AlreadyHere):
        joining.accept(cast.member("tegar"), theirs, passphrase=account.passphrase)
