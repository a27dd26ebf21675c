"""The register of disclosures: sealed by the office, never edited, and without what its reader may not know of."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import destruction, disclosures
from pepa.errors import NotAllowed
from pepa.models.audit import AuditEntry
from pepa.models.disclosures import Disclosure, ShareBasis
from pepa.models.reports import Exclusion, reference_of
from pepa.policy import Member
from tests import cast
from tests.people import member, tell

TO, ITEMS, WHY = "Polsek Cipocok, Bripka Tandabunyi", "nama, urutan kejadian", "penyelidikan"


def add(actor: Member, *, once: str = "a", **changed: object) -> UUID:
    values = {"on": clock.today(), "to": TO, "items": ITEMS, "purpose": WHY, "basis": "legal_duty", **changed}
    return disclosures.add(actor, once=once, **values)  # type: ignore[arg-type]


@pytest.mark.both
def test_it_stands_in_the_register_sealed(context: Flask) -> None:
    reporter = tell()
    add(member("ratna"), reference=reference_of(reporter.report_id))
    add(member("ratna"), reference=reference_of(reporter.report_id))
    (entry,) = disclosures.list_for(member("wulan"))
    assert (entry.to, entry.items, entry.purpose, entry.basis) == (TO, ITEMS, WHY, ShareBasis.LEGAL_DUTY)
    assert (entry.by, entry.reference) == ("Ratna Contoh", reference_of(reporter.report_id))
    assert b"Tandabunyi" not in db.session.scalars(sa.select(Disclosure.body_sealed)).one()
    acts = sa.select(AuditEntry.act).where(AuditEntry.act.like("disclosure%")).order_by(AuditEntry.number)
    assert list(db.session.scalars(acts)) == ["disclosure.noted", "disclosures.read"]


def test_what_lacks_a_part_is_not_taken(context: Flask) -> None:
    ratna = member("ratna")
    for name in ("to", "items", "purpose"):
        with pytest.raises(disclosures.NothingSaid) as lacking:
            add(ratna, **{name: "  "})
        assert lacking.value.field == name
    with pytest.raises(disclosures.NotYetGiven):
        add(ratna, on=clock.today() + timedelta(days=1))
    assert db.session.scalars(sa.select(Disclosure)).all() == []


def test_of_one_report_what_was_given_to_whom(app: Flask) -> None:
    with app.app_context():
        mine, other = tell(), tell()
        add(member("ratna"), reference=reference_of(mine.report_id))
        add(member("ratna"), to="RSUD", reference=reference_of(other.report_id), once="b")
    client = cast.at_work(app, "wulan")
    page = client.get(f"/petugas/pemberian-data?kode={reference_of(mine.report_id)}")
    assert page.has(TO)
    assert "RSUD" not in page.text
    assert client.get("/petugas/pemberian-data?kode=L-222222").has("Kode laporan ini tidak ada di daftar Anda.")


def test_a_head_notes_none_of_a_report_and_loses_nothing_by_trying(context: Flask) -> None:
    with pytest.raises(disclosures.NoReports):
        add(member("hadi"), reference="L-4K7Q2M")
    add(member("hadi"))


def test_of_a_hidden_report_there_is_no_entry(context: Flask) -> None:
    reporter, wulan = tell(), member("wulan")
    add(member("ratna"), reference=reference_of(reporter.report_id))
    add(member("ratna"), once="b")
    with transaction() as session:
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=wulan.person_id))
    assert [entry.reference for entry in disclosures.list_for(wulan)] == [None]
    assert [entry.reference for entry in disclosures.list_for(member("hadi"))] == [None], "a head reads no report"
    assert list(disclosures.list_for(member("intan"))) == [], "each office its own"
    for login in ("nadia", "joko", "dian"):
        with pytest.raises(NotAllowed):
            disclosures.list_for(member(login))


def test_it_goes_with_its_report(context: Flask) -> None:
    reporter = tell()
    add(member("ratna"), reference=reference_of(reporter.report_id))
    assert destruction.destroy(reporter.report_id)
    assert list(disclosures.list_for(member("wulan"))) == []


def test_page_by_page_the_newest_day_first(context: Flask) -> None:
    ratna = member("ratna")
    for day in range(5):
        add(ratna, once=str(day), on=clock.today() - timedelta(days=day), purpose=str(day))
    first = disclosures.list_for(ratna, size=3)
    rest = disclosures.list_for(ratna, at=first.later, size=3)
    assert [entry.purpose for entry in [*first, *rest]] == ["0", "1", "2", "3", "4"]


def test_at_the_desk(app: Flask) -> None:
    officer = cast.at_work(app, "ratna")
    officer.open("/petugas/pemberian-data/catat")
    wrong = officer.submit("Catat", on="1/1/2026", to=TO)
    assert (wrong.status, wrong.has("Isi bagian ini.")) == (422, True)
    page = officer.submit("Catat", on="1/1/2026", to=TO, items=ITEMS, purpose=WHY, basis="consent")
    assert page.has("Pemberian data SUDAH dicatat.", TO, ITEMS, "persetujuan orangnya")
    assert cast.at_work(app, "nadia").open("/petugas/pemberian-data").status == 404
