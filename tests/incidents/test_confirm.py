"""After a copy was put back: partners wait until somebody of the intake office has looked at them."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import incidents, sessions
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.organisations import Membership, Organisation
from pepa.seeds.demo import Account
from tests import cast
from tests.client import Client
from tests.incidents.restored import restored
from tests.people import member, office
from tests.staff.test_log_in import log_in

Accounts = dict[str, Account]
SAYS = "Data baru saja dipulihkan. Lembaga Anda diperiksa dulu. Hubungi kantor."


def test_nobody_of_it_logs_in_before(app: Flask, accounts: Accounts) -> None:
    with app.app_context():
        cookie = cast.cookie_of("nadia")
        restored()
        assert sessions.member(cookie) is None
    client = Client(app)
    client.open("/petugas/masuk")
    assert log_in(client, accounts["nadia"]).has(SAYS)
    client.open("/petugas/masuk")
    assert not log_in(client, accounts["nadia"], passphrase="lain sekali kalimat ini").has(SAYS), "said to nobody else"
    lead = cast.at_work(app, "wulan")
    page = lead.open("/petugas/setelah-pemulihan")
    with app.app_context():
        name = db.session.get_one(Organisation, office("legal_aid")).name
    assert page.has(name, "Nadia Contoh: koordinator lembaga", "Kuncinya membuka")
    page = lead.submit(f"Cocok, buka lagi {name}")
    assert page.has("Lembaga itu SUDAH bisa masuk lagi.")
    assert not page.has(f"Cocok, buka lagi {name}")
    with app.app_context():
        (act,) = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "organisation.confirmed"))
        assert (act.thing_id, act.person_id) == (office("legal_aid"), member("wulan").person_id)
        assert sessions.member(cast.cookie_of("nadia"))


def test_the_intake_office_works_on(app: Flask, accounts: Accounts) -> None:
    with app.app_context():
        restored()
    client = Client(app)
    client.open("/petugas/masuk")
    assert log_in(client, accounts["ratna"]).h1 != "Masuk"


def test_whoever_leads_is_told_on_every_page_until_all_is_looked_at(app: Flask) -> None:
    lead, officer = cast.at_work(app, "wulan"), cast.at_work(app, "ratna")
    assert not lead.open("/petugas/").has("Data dipulihkan dari salinan.")
    with app.app_context():
        restored()
    assert lead.open("/petugas/").has("Data dipulihkan dari salinan.")
    assert not officer.open("/petugas/").has("Data dipulihkan dari salinan.")
    page = lead.click("Setelah pemulihan")
    assert page.has("Wulan Contoh: penyelia", "Anggota kantor tidak dikunci.")
    with app.app_context():
        boss = member("wulan")
        for partner in incidents.waiting(boss).partners:
            incidents.confirm(boss, partner.id)
        incidents.confirm(boss, office("legal_aid"))
        acts = sa.select(sa.func.count()).where(AuditEntry.act == "organisation.confirmed")
        assert db.session.scalar(acts) == len(set(db.session.scalars(sa.select(Organisation.id)))) - 2, "each once"
        incidents.release(boss)
        incidents.compare(boss)
        assert incidents.waiting(boss).due, "the independent holder has not looked yet"
    assert lead.open("/petugas/").has("Data dipulihkan dari salinan.")
    with app.app_context():
        incidents.compare(member("intan"))
        incidents.end(boss)
        assert incidents.waiting(boss).is_over
    assert not lead.open("/petugas/").has("Data dipulihkan dari salinan.")


def test_an_administrator_goes_on_to_its_members(app: Flask) -> None:
    with app.app_context():
        restored()
        name = db.session.get_one(Organisation, office("legal_aid")).name
    client = cast.at_work(app, "joko")
    client.open("/petugas/setelah-pemulihan")
    assert client.click(f"Anggota {name}").has("Nadia Contoh")


@pytest.mark.parametrize("login", ["ratna", "hadi", "intan", "nadia"])
def test_nobody_else_may(context: Flask, login: str) -> None:
    restored()
    actor = member(login)
    for verb in (incidents.release, incidents.drop, incidents.end):
        with pytest.raises(NotAllowed):
            verb(actor)
    with pytest.raises(NotAllowed):
        incidents.confirm(actor, office("legal_aid"))


def test_an_id_of_nothing(context: Flask) -> None:
    with pytest.raises(NotFound):
        incidents.confirm(member("wulan"), member("joko").person_id)


def test_another_membership_is_taken_where_one_waits(context: Flask) -> None:
    """Of somebody who belongs to two."""
    person_id = member("nadia").person_id
    with transaction() as session:
        session.add(Membership(person_id=person_id, organisation_id=office("psychologist"), roles="worker"))
        session.execute(sa.update(Organisation).where(Organisation.kind == "legal_aid").values(confirm_due=True))
    found = sessions._membership(person_id)
    assert found
    assert found.organisation_id == office("psychologist")
