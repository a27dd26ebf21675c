"""The trail: by person and by report, with the reason; nothing of what its reader may not know; each look recorded."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import acts, audit, members, reports, tasks, trails
from pepa.domain.openings import Why
from pepa.domain.trails import Filters, Line
from pepa.errors import NotAllowed
from pepa.models.audit import AuditEntry
from pepa.models.duty import Shift
from pepa.models.organisations import Membership
from pepa.models.reports import Exclusion, reference_of
from pepa.policy import Member
from tests import cast
from tests.members.people import newcomer
from tests.people import member, office, tell
from tests.uploads.test_add import PHOTO, send

AT = datetime(2025, 11, 25, 3, 41, 27, tzinfo=UTC)  # before anything that the demo did
EVERY = Filters()


def lines(actor: Member, wanted: Filters = EVERY) -> list[Line]:
    return list(trails.of_organisation(actor, wanted, size=500))


def says(found: list[Line]) -> set[str]:
    return {line.says for line in found}


def opened(login: str = "ratna") -> UUID:
    report_id = tell().report_id
    reports.open_for(member(login), report_id)
    return report_id


def rows() -> list[tuple[str, UUID | None]]:
    """The looks that were recorded."""
    query = sa.select(AuditEntry.act, AuditEntry.thing_id).where(AuditEntry.act.like("trail.%"))
    return [(row.act, row.thing_id) for row in db.session.execute(query.order_by(AuditEntry.number))]


@pytest.mark.both
def test_who_opened_what_when_and_why(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.delete(Shift).where(Shift.starts_at < AT + timedelta(days=1)))
    with clock.frozen(AT):
        report_id = opened()
    (line,) = (one for one in lines(member("wulan"), Filters(report_id=report_id)) if one.says == "Membuka laporan")
    assert (line.at, line.is_hour, line.by, line.why) == (AT, False, "Ratna Contoh", Why.NOBODY)
    assert (line.reference, line.place_id) == (reference_of(report_id), report_id)


@pytest.mark.both
def test_all_that_was_done_to_a_report_also_by_citizens_and_to_its_files(context: Flask) -> None:
    reporter = tell()
    send(reporter, PHOTO)
    reports.open_for(member("ratna"), reporter.report_id)
    other = opened("bayu")
    found = lines(member("wulan"), Filters(report_id=reporter.report_id))
    assert {"Laporan dikirim", "Membuka laporan"} <= says(found)
    assert all(line.place_id == reporter.report_id for line in found)
    sent = next(line for line in found if line.says == "Laporan dikirim")
    assert (sent.is_citizen, sent.is_hour, sent.by) == (True, True, None)
    assert other not in {line.place_id for line in found}


def test_log_ins_elsewhere_of_somebody_who_left_are_not_theirs_to_see(context: Flask) -> None:
    nadia, place = member("nadia"), office("legal_aid")
    who = newcomer("baru", "legal_aid", "worker")
    with transaction() as session:
        audit.record(session, "session.opened", None, who.person_id)
        session.get_one(Membership, who.membership_id).is_active = False
        session.get_one(Membership, who.membership_id).left_at = clock.now()
    before = len([line for line in lines(nadia) if line.by == "Baru Contoh"])
    assert before == 1
    with clock.frozen(clock.now() + timedelta(days=400)), transaction() as session:
        audit.record(session, "session.opened", None, who.person_id)
        audit.record(session, "person.suspected", None, who.person_id)
    assert len([line for line in lines(nadia) if line.by == "Baru Contoh"]) == before
    assert [one for one in members.changes(nadia, place) if one.name == "Baru Contoh"] == []


def test_narrowed_by_person_act_and_day(context: Flask) -> None:
    with clock.frozen(AT):
        opened()
    with clock.frozen(AT + timedelta(days=1)):
        mine = opened("bayu")
    wulan, bayu = member("wulan"), member("bayu").person_id
    assert {line.by for line in lines(wulan, Filters(person_id=bayu))} == {"Bayu Contoh"}
    tomorrow = (AT + timedelta(days=1)).date()
    by_act = Filters(person_id=bayu, act="report.opened", on=tomorrow)
    assert [one.place_id for one in lines(wulan, by_act)] == [mine]
    on = Filters(on=tomorrow, act="dibuka")
    assert [one.place_id for one in lines(wulan, on) if one.says == "Membuka laporan"] == [mine]
    late = Filters(on=AT.date() - timedelta(days=30))
    assert lines(wulan, late) == []


def test_openings_outside_of_work_are_marked(context: Flask) -> None:
    with clock.frozen(AT):
        now, bayu = clock.now(), member("bayu")
        with transaction() as session:
            session.execute(sa.delete(Shift))
            session.add(
                Shift(
                    organisation_id=bayu.organisation_id,
                    person_id=bayu.person_id,
                    starts_at=now,
                    ends_at=now + timedelta(hours=8),
                )
            )
        inside, outside = opened("bayu"), opened("ratna")
    found = lines(member("wulan"), Filters(act="luar-tugas", on=AT.date()))
    assert [(line.place_id, line.by, line.why) for line in found] == [(outside, "Ratna Contoh", Why.OUTSIDE)]
    assert inside not in {line.place_id for line in found}


def test_of_a_report_that_is_hidden_there_is_no_row(context: Flask) -> None:
    """Neither the person's nor the organisation's, nor its files', nor the refusals, whoever did it; and no gap."""
    wulan, reporter = member("wulan"), tell()
    (file_id,), _ = send(reporter, PHOTO)
    reports.open_for(member("ratna"), reporter.report_id)
    with transaction() as session:
        audit.record(session, "file.opened", member("ratna"), file_id)
    before = [line for line in lines(wulan) if line.place_id == reporter.report_id]
    assert says(before) >= {"Membuka laporan", "Membuka halaman file"}
    others = [line for line in lines(wulan) if line.place_id != reporter.report_id and line.of is not acts.Of.WORK]
    with transaction() as session:
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=wulan.person_id))
    with pytest.raises(reports.ReferenceUnknown):
        reports.by_reference(wulan, reference_of(reporter.report_id))
    after = [line for line in lines(wulan) if line.of is not acts.Of.WORK]
    assert after == others
    assert lines(wulan, Filters(report_id=reporter.report_id)) == []
    assert len(trails.of_organisation(wulan, EVERY, size=3).items) == 3, "a page is as full as ever"


def test_what_is_destroyed_shows_no_more(context: Flask) -> None:
    from_nowhere = UUID(int=7)
    with transaction() as session:
        audit.record(session, "report.opened", member("ratna"), from_nowhere)
        audit.record(session, "file.opened", member("ratna"), from_nowhere)
    assert from_nowhere not in {line.place_id for line in lines(member("wulan"))}


def test_an_act_without_a_sentence_shows_to_nobody(context: Flask) -> None:
    with transaction() as session:
        audit.record(session, "thing.done", member("ratna"), None)
    assert all(line.says in {one.says for one in acts.ACTS.values()} for line in lines(member("wulan")))


def test_each_organisation_its_own(context: Flask) -> None:
    report_id = opened()
    nadia = member("nadia")
    task_id = tasks.create(nadia, deed="contact", due_on=clock.today(), holder_id=nadia.organisation_id, once="t")
    own = lines(nadia)
    assert "Membuat tugas" in says(own)
    assert tasks.get_for(nadia, task_id).code in {line.reference for line in own}
    assert {line.of for line in own} <= {acts.Of.TASK, acts.Of.PERSON, acts.Of.ACCOUNTS, acts.Of.WORK}
    assert {line.by for line in own} <= {"Nadia Contoh"}
    for login in ("nadia", "intan"):
        found = lines(member(login))
        assert report_id not in {line.place_id for line in found}
        assert not {"Ratna Contoh", "Wulan Contoh"} & {line.by for line in found}


def test_an_administrator_reads_accounts_and_never_reports(context: Flask) -> None:
    opened()
    joko = member("joko")
    found = list(trails.of_accounts(joko, EVERY, size=500))
    assert {line.of for line in found} <= {acts.Of.PERSON, acts.Of.ACCOUNTS}
    sneaky = trails.of_accounts(joko, Filters(act="report.opened"), size=500)
    assert list(sneaky) == []
    with pytest.raises(NotAllowed):
        lines(joko)
    for login in ("wulan", "ratna", "nadia", "hadi"):
        with pytest.raises(NotAllowed):
            trails.of_accounts(member(login), EVERY)


def test_somebody_reads_the_own_acts_and_of_nobody_else(context: Flask) -> None:
    mine, theirs = opened(), opened("bayu")
    ratna = member("ratna")
    found = list(trails.own(ratna, EVERY, size=500))
    assert mine in {line.place_id for line in found}
    assert theirs not in {line.place_id for line in found}
    assert {line.by for line in found} == {"Ratna Contoh"}
    tricked = trails.own(ratna, Filters(person_id=member("bayu").person_id), size=500)
    assert list(tricked) == []
    with pytest.raises(NotAllowed):
        lines(ratna)
    with pytest.raises(NotAllowed):
        trails.people(ratna)


def test_each_look_is_recorded_once(context: Flask) -> None:
    report_id, wulan, ratna = opened(), member("wulan"), member("ratna")
    lines(wulan)
    lines(wulan, Filters(report_id=report_id))
    lines(wulan, Filters(person_id=ratna.person_id))
    trails.own(ratna, EVERY)
    trails.of_accounts(member("joko"), EVERY)
    assert rows() == [
        ("trail.read", None),
        ("trail.of_report", report_id),
        ("trail.of_person", ratna.person_id),
        ("trail.own", None),
        ("trail.accounts", None),
    ]
    read = lines(wulan, Filters(act="trail.of_person"))
    assert [(line.by, line.reference) for line in read] == [("Wulan Contoh", "Ratna Contoh")]


def test_page_by_page_nothing_is_left_out(context: Flask) -> None:
    for _ in range(7):
        opened()
    wulan, whole, at = member("wulan"), lines(member("wulan")), None
    found: list[Line] = []
    for _ in range(100):
        page = trails.of_organisation(wulan, Filters(act="report.opened"), at=at, size=2)
        found += page
        at = page.later
        if at is None:
            break
    assert found == [line for line in whole if line.says == "Membuka laporan"]
    assert found == sorted(found, key=lambda line: line.at, reverse=True)


def test_at_the_desk(app: Flask) -> None:
    with app.app_context():
        report_id = opened()
        looks = len(rows())
    code = reference_of(report_id)
    lead = cast.at_work(app, "wulan")
    page = lead.open(f"/petugas/jejak?reference={code}")
    assert page.has("Membuka laporan", code, "Ratna Contoh", "Laporan dikirim", "warga")
    with app.app_context():
        assert len(rows()) == looks + 1
    wrong = lead.open("/petugas/jejak?reference=L-222222")
    assert wrong.has("Kode laporan ini tidak ada di daftar Anda.")
    assert lead.open("/petugas/jejak?act=report.opened&on=1/1/2001").has("Tidak ada yang cocok")
    assert lead.open("/petugas/jejak?on=kemarin").has("Tulis hari seperti ini")
    assert cast.at_work(app, "ratna").open("/petugas/jejak/saya").has("Membuka laporan", code)
    assert cast.at_work(app, "joko").open("/petugas/jejak/akun").has("Laporan tidak ada di sini.")
    assert not cast.at_work(app, "nadia").open("/petugas/jejak").has(code)
    assert cast.at_work(app, "nadia").open(f"/petugas/jejak?reference={code}").status == 200
    for login, path in (
        ("ratna", "/petugas/jejak"),
        ("wulan", "/petugas/jejak/akun"),
        ("nadia", "/petugas/jejak/akun"),
    ):
        assert cast.at_work(app, login).open(path).status == 404
