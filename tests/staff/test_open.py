"""Opening a report: what is shown, that it is recorded, and who finds nothing there (B05, C02)."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, exclusions, keys, reporters, reports
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.boxes import Grant
from pepa.models.messages import Message
from pepa.models.reports import Exclusion, Report, Stage
from tests import cast

NO_SUCH = "/petugas/laporan/00000000-0000-4000-8000-000000000000"


def acts(report_id: object, act: str) -> list[AuditEntry]:
    return list(
        db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == act, AuditEntry.thing_id == report_id))
    )


def test_opening_reads_and_is_recorded(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell("Baris satu.\n\nBaris dua.", place="Warung", phone="+62 800-0000-000", speaker="witness",
                         kecamatan="36.73.02", urgency="today")  # fmt: skip
        late = db.session.get_one(Report, sent.report_id).read_due_at
    page = cast.at_work(app, "ratna").open(f"/petugas/laporan/{sent.report_id}")
    assert re.fullmatch(r"Isi L-[2-9A-Z]{6}", page.h1)
    said = page.tree.select_one(".said")
    assert said is not None
    assert said.get_text() == "Baris satu.\n\nBaris dua."
    assert page.has("Warung", "Kasemen", "Saya melihat atau mendengar", "Dibaca Ratna Contoh", "Hari ini")
    assert page.has("Nomornya dibuka lewat Telepon balik.")
    assert "800-0000" not in page.text
    with app.app_context():
        report = db.session.get_one(Report, sent.report_id)
        assert report.stage == Stage.READ
        assert late
        assert report.read_due_at == clock.hour(late), "the limit told the minute at which it came"
        assert [name for _, name in audit.openings(sent.report_id)] == ["Ratna Contoh"]


def test_what_was_skipped_is_not_what_is_unknown(app: Flask) -> None:
    with app.app_context():
        skipped, unknown = cast.tell(), cast.tell(kecamatan="unknown", speaker="unsaid", about="nobody")
    client = cast.at_work(app, "ratna")
    page = client.open(f"/petugas/laporan/{skipped.report_id}")
    facts = page.tree.select("aside .facts")[0].get_text(" ")
    assert facts.count("Dilewati") == 6
    facts = client.open(f"/petugas/laporan/{unknown.report_id}").tree.select("aside .facts")[0].get_text(" ")
    assert "Tidak tahu" in facts
    assert "Tidak mau jawab" in facts
    assert facts.count("Dilewati") == 3


def test_it_says_which_partner_it_is_about(app: Flask) -> None:
    with app.app_context():
        partner = cast.member("nadia")
        sent = cast.tell("Tentang LBH.", about="partner", about_partner=partner.organisation_id)
    page = cast.at_work(app, "ratna").open(f"/petugas/laporan/{sent.report_id}")
    assert page.has("Ya, orang lembaga lain LBH Teratai Contoh")


def test_it_says_whom_she_named_later(app: Flask) -> None:
    with app.app_context():
        asked = cast.tell("Tentang siapa?", about="nobody")
        partner = cast.member("nadia").organisation_id
        sent = cast.tell("Tentang LBH.", about="partner", about_partner=partner)
        exclusions.exclude(asked, about="partner", about_partner=partner)
        exclusions.exclude(sent, about="office")
    page = cast.at_work(app, "ratna").open(f"/petugas/laporan/{asked.report_id}")
    assert page.has("LBH Teratai Contoh, disebut kemudian")
    assert not page.has("Tidak, atau tidak tahu")
    page = cast.at_work(app, "intan").open(f"/petugas/laporan/{sent.report_id}")
    assert page.has("Ya, orang lembaga lain LBH Teratai Contoh · Kantor Contoh, disebut kemudian")


def test_whoever_opened_it_stands_there_once_for_each_stretch(app: Flask) -> None:
    with app.app_context():
        path = f"/petugas/laporan/{cast.tell().report_id}"
    ratna, bayu = cast.at_work(app, "ratna"), cast.at_work(app, "bayu")
    for client in (ratna, ratna, ratna, bayu, ratna):
        page = client.open(path)
    openings = page.tree.select("aside .facts")[-1]
    assert [dt.get_text() for dt in openings.find_all("dt")] == ["Ratna Contoh", "Bayu Contoh", "Ratna Contoh"]
    assert "lalu 2 kali lagi" in openings.get_text()


def test_her_messages_and_ours_stand_in_their_order(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell()
        at = clock.now()
        for n, text in enumerate(("Pesan kedua.", "Pesan ketiga.")):
            with clock.frozen(at + timedelta(minutes=n)):
                reporters.write(sent, text=text, once=str(n))
    page = cast.at_work(app, "ratna").open(f"/petugas/laporan/{sent.report_id}")
    said = [element.get_text() for element in page.tree.select(".said")]
    assert said == [cast.STORY, "Pesan kedua.", "Pesan ketiga."]
    assert page.text.count("Pelapor") >= 2


def test_about_the_office_goes_to_the_independent_holder_alone(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell("Ini tentang orang kantor.", about="office", urgency="now")
        code = db.session.get_one(Report, sent.report_id).reference
        mine = sa.select(Grant.holder_kind).where(Grant.box_id == sent.box_id)
        assert sorted(db.session.scalars(mine)) == ["organisation", "reporter"]
    for name in ("ratna", "wulan", "hadi", "joko"):
        client = cast.at_work(app, name)
        assert code not in client.open("/petugas/?tab=semua").text
        assert client.get(f"/petugas/laporan/{sent.report_id}").status == 404
    for name in ("rahmat", "intan"):
        assert cast.at_work(app, name).open(f"/petugas/laporan/{sent.report_id}").has("Ini tentang orang kantor.")


@pytest.mark.parametrize("hidden", ["person", "organisation", "other holder"])
def test_what_one_may_not_see_is_not_there(app: Flask, hidden: str) -> None:
    """The same answer as for a report that never was, to the byte but for the token; and it is recorded."""
    with app.app_context():
        bayu = cast.member("bayu")
        sent = cast.tell("Ini tentang Bayu.", about="office" if hidden == "other holder" else None)
        excluded = {"person": bayu.person_id, "organisation": bayu.organisation_id}
        if hidden in excluded:
            with transaction() as session:
                session.add(Exclusion(report_id=sent.report_id, excluded_id=excluded[hidden]))
    client = cast.at_work(app, "bayu")

    def without_token(path: str) -> tuple[int, str]:
        page = client.get(path)
        for field in page.tree.find_all("input", attrs={"name": "csrf_token"}):
            field["value"] = ""
        return page.status, str(page.tree)

    there = without_token(f"/petugas/laporan/{sent.report_id}")
    assert there == without_token(NO_SUCH)
    assert there[0] == 404
    token = client.open("/petugas/piket").value("csrf_token")
    for path in (f"/petugas/laporan/{sent.report_id}", f"/petugas/laporan/{sent.report_id}/pegang"):
        fields = {"text": "Halo", "once": "x", "csrf_token": token, "end": "1"}
        assert client.post(path, fields).status == 404
    with app.app_context():
        assert len(acts(sent.report_id, "report.refused")) == 3
        report = db.session.get_one(Report, sent.report_id)
        assert report.held_by_id is None
        assert report.is_unread
        assert not db.session.scalars(sa.select(Message).where(Message.report_id == sent.report_id)).all()


@pytest.mark.parametrize(
    "address",
    ["/petugas/laporan/1", "/petugas/laporan/x", "/petugas/laporan/", "/petugas/laporan/%27%20or%201=1--",
     "/petugas/laporan/00000000-0000-4000-8000-000000000000%00", "/petugas/laporan/../laporan"],
)  # fmt: skip
def test_an_address_of_no_report_is_not_there(app: Flask, address: str) -> None:
    assert cast.at_work(app, "ratna").get(address).status == 404


def test_a_grant_from_elsewhere_opens_nothing(app: Flask) -> None:
    """B05: somebody with the database copies another report's grant to this box; the page says that nothing is lost."""
    with app.app_context():
        mine, other = cast.tell(), cast.tell("Yang lain", about="office")
        ratna = cast.member("ratna")
        with transaction() as session:
            grant = session.scalars(
                sa.select(Grant).where(Grant.box_id == mine.box_id, Grant.holder_kind == "organisation")
            ).one()
            copied = {column.key: getattr(grant, column.key) for column in sa.inspect(Grant).column_attrs}
            session.execute(sa.insert(Grant), {**copied, "box_id": other.box_id})
            session.get_one(Report, other.report_id).holder_id = ratna.organisation_id
        with pytest.raises(keys.KeysUnsound):
            reports.open_for(ratna, other.report_id)
    page = cast.at_work(app, "ratna").get(f"/petugas/laporan/{other.report_id}")
    assert page.status == 503
    assert "Yang lain" not in page.text
    with app.app_context():
        assert len(acts(other.report_id, "report.broken")) == 2


def test_a_flipped_bit_opens_nothing(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell("Rahasia.")
        with transaction() as session:
            report = session.get_one(Report, sent.report_id)
            report.body_sealed = bytes([*report.body_sealed[:-1], report.body_sealed[-1] ^ 1])
    page = cast.at_work(app, "ratna").get(f"/petugas/laporan/{sent.report_id}")
    assert page.status == 503
    assert page.has("Isi ini tidak bisa dibuka. Tidak ada yang hilang.")
    with app.app_context():
        assert acts(sent.report_id, "report.broken")
        assert db.session.get_one(Report, sent.report_id).is_unread


def test_the_verbs_ask_for_themselves(context: Flask) -> None:
    sent = cast.tell()
    for login in cast.CAST:
        me = cast.member(login)
        if login in ("ratna", "bayu", "wulan"):
            assert reports.get_for(me, sent.report_id)
            continue
        for verb in (reports.get_for, reports.open_for, reports.hold):
            with pytest.raises((NotAllowed, NotFound)):
                verb(me, sent.report_id)
        with pytest.raises((NotAllowed, NotFound)):
            reports.answer(me, sent.report_id, text="x", once="y")
