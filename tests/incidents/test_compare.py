"""After a copy was put back: each root holder looks at its own people and cards; nobody of it is kept out meanwhile."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import cadres, incidents
from pepa.errors import NotAllowed
from pepa.models.audit import AuditEntry
from pepa.models.devices import Device
from pepa.models.organisations import Organisation
from tests import cast
from tests.cadres.test_open import CODE, PIN, carded
from tests.incidents.restored import restored
from tests.people import member, office

LEAD = "intan"  # the supervisor of the independent holder


def test_the_independent_holder_looks_at_its_own(app: Flask) -> None:
    with app.app_context():
        restored()
        name = member(LEAD).name
    lead = cast.at_work(app, LEAD)
    assert lead.open("/petugas/").has("Data dipulihkan dari salinan.")
    page = lead.click("Setelah pemulihan")
    assert page.has(f"{name}: penyelia", "BELUM dicocokkan")
    for other in ("Lembaga mitra yang menunggu", "Wulan Contoh", "Pemberitahuan yang ditahan", "Yang dibaca warga"):
        assert not page.has(other)
    page = lead.submit("Sudah dicocokkan")
    assert page.has("SUDAH dicocokkan. Kartu kader berlaku lagi.")
    assert not lead.open("/petugas/").has("Data dipulihkan dari salinan.")
    with app.app_context():
        (act,) = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "organisation.compared"))
        assert (act.thing_id, act.person_id) == (office("independent"), member(LEAD).person_id)


def test_it_does_no_more_than_that(context: Flask) -> None:
    restored()
    lead = member(LEAD)
    for verb in (incidents.release, incidents.drop, incidents.end):
        with pytest.raises(NotAllowed):
            verb(lead)
    with pytest.raises(NotAllowed):
        incidents.confirm(lead, office("legal_aid"))
    after = incidents.waiting(lead)
    assert (after.partners, after.held, len(after.due)) == ([], 0, 1)
    assert not after.is_over


def test_the_office_sees_who_has_not_looked_yet(app: Flask) -> None:
    with app.app_context():
        restored()
        name = db.session.get_one(Organisation, office("independent")).name
    lead = cast.at_work(app, "wulan")
    says = f"{name} BELUM mencocokkan anggotanya sendiri. Telepon penyelianya."
    lead.open("/petugas/setelah-pemulihan")
    assert lead.submit("Sudah dicocokkan").has(says)
    with app.app_context():
        incidents.compare(member(LEAD))
    assert not lead.open("/petugas/setelah-pemulihan").has(says)


@pytest.mark.both
def test_cards_open_again_once_it_is_done(context: Flask, database: str) -> None:
    """One may have been ended since the copy was made."""
    carded()
    cookie = cadres.open_card(code=CODE, pin=PIN)
    restored(notices=0)
    assert cadres.by_cookie(cookie) is None
    with pytest.raises(cadres.WrongPin):
        cadres.open_card(code=CODE, pin="999999")
    for _ in range(5):
        with pytest.raises(cadres.CardHeld):
            cadres.open_card(code=CODE, pin=PIN)
    assert incidents.waiting(member("wulan")).own.cards == ["Siti Contoh"]
    assert incidents.compare(member("wulan")).compare_due is False
    assert cadres.by_cookie(cadres.open_card(code=CODE, pin=PIN))
    incidents.compare(member("wulan"))
    acts = sa.select(sa.func.count()).where(AuditEntry.act == "organisation.compared")
    assert db.session.scalar(acts) == 1


def test_what_is_to_be_looked_at_is_named(app: Flask) -> None:
    with app.app_context():
        carded()
        restored()
        now = {"organisation_id": office(), "made_by_id": member("wulan").person_id}
        with transaction() as session:
            session.add(Device(label="HP piket lama", made_at=sa.func.now(), **now))
    lead = cast.at_work(app, "wulan")
    page = lead.open("/petugas/setelah-pemulihan")
    assert page.has("Siti Contoh", "Kartu yang akan berlaku lagi", "HP piket lama", "HP yang didaftarkan lagi")
    assert lead.click("HP kantor").has("Data dipulihkan: daftarkan lagi, lalu akhiri yang ini.")


@pytest.mark.parametrize("login", ["ratna", "hadi", "nadia"])
def test_nobody_else_may(context: Flask, login: str) -> None:
    restored()
    for verb in (incidents.waiting, incidents.compare):
        with pytest.raises(NotAllowed):
            verb(member(login))
