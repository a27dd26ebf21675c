"""Breaches: three days through nights and holidays, reminders, two letters, an end."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import breaches, outbox
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.breaches import Breach, BreachState
from pepa.models.organisations import Membership
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.policy import Member
from tests import cast
from tests.people import member

FOUND = datetime(2026, 12, 24, 15, 0, tzinfo=UTC)  # the evening before a holiday
WHAT = "Tandabunyi: HP hilang di angkot"
HOUR = timedelta(hours=1)


def note(actor: Member, at: datetime = FOUND, **more: str) -> UUID:
    with clock.frozen(at):
        return breaches.note(actor, found_at=at, once=more.pop("once", "a"), **{"what": WHAT, **more})


def told() -> list[str]:
    query = sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id)
    rows = query.where(OutboxRow.notice == "breach", OutboxRow.channel == "mail")
    return sorted(db.session.scalars(rows))


@pytest.mark.both
def test_it_is_sealed_and_its_clock_runs(context: Flask) -> None:
    wulan = member("wulan")
    breach_id = note(wulan)
    assert note(wulan) == breach_id, "sent twice it is one"
    with clock.frozen(FOUND + 10 * HOUR):
        known = breaches.get_for(member("hadi"), breach_id)
        assert (known.said["what"], known.hours, known.is_over, known.is_open) == (WHAT, 62, False, True)
    assert b"Tandabunyi" not in db.session.scalars(sa.select(Breach.body_sealed)).one()
    assert told() == ["hadi", "wulan"]
    assert [step.says for step in known.steps] == ["Mencatat kebocoran data"]


def test_nights_and_holidays_count_and_each_mark_is_reminded_of_once(context: Flask) -> None:
    breach_id = note(member("wulan"))
    reminded = []
    for hour in range(80):
        with clock.frozen(FOUND + hour * HOUR):
            reminded += [hour] * breaches.remind()
    assert reminded == [24, 48, 66, 72]
    assert told() == sorted(["hadi", "wulan"] * 5)
    other = note(member("wulan"), at=FOUND + 100 * HOUR, once="b")
    with clock.frozen(FOUND + 170 * HOUR):
        assert breaches.remind() == 1, "a machine that stood still sends one, not three"
        breaches.end(member("wulan"), other, ending="notified", details="Surat 12, 27/12", version=1)
    with clock.frozen(FOUND + 180 * HOUR):
        assert breaches.remind() == 0
        known = breaches.get_for(member("wulan"), breach_id)
        assert (known.hours, known.is_over) == (108, True)


def test_a_reminder_that_is_not_needed_any_more_is_dropped(context: Flask) -> None:
    wulan = member("wulan")
    breach_id = note(wulan)
    row = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.notice == "breach").limit(1)).one()
    due = outbox.Due(row.id, outbox.Channel.MAIL, outbox.Notice.BREACH, row.person_id, None, None, 1)
    assert breaches.stands(due)
    with transaction() as session:
        session.execute(sa.update(Membership).where(Membership.person_id == row.person_id).values(is_active=False))
    assert not breaches.stands(due), "whoever has left is told nothing more"
    with transaction() as session:
        session.execute(sa.update(Membership).values(is_active=True))
    breaches.end(wulan, breach_id, ending="decided", details="Keputusan kepala 3/2026", version=1)
    assert not breaches.stands(due)


def test_it_ends_once_with_what_shows_it(context: Flask) -> None:
    wulan = member("wulan")
    breach_id = note(wulan)
    with pytest.raises(breaches.DetailsMissing):
        breaches.end(wulan, breach_id, ending="notified", details=" ", version=1)
    breaches.end(member("hadi"), breach_id, ending="decided", details="Keputusan 3/2026", version=1)
    known = breaches.get_for(wulan, breach_id)
    assert (known.breach.state, known.said["details"]) == (BreachState.DECIDED, "Keputusan 3/2026")
    for again in (
        lambda: breaches.end(wulan, breach_id, ending="notified", details="x", version=2),
        lambda: breaches.write(wulan, breach_id, to_people="x", to_agency="y", version=2),
    ):
        with pytest.raises(breaches.EndedAlready):
            again()
    assert breaches.running_for(wulan) == []


def test_two_who_change_it_lose_nothing(context: Flask) -> None:
    wulan = member("wulan")
    breach_id = note(wulan)
    facts = {"happened": "Malam", "data": "nama", "whose": "12 orang", "done": "HP dihapus jauh"}
    now = clock.now()
    breaches.change(wulan, breach_id, found_at=now, what=WHAT, version=1, **facts)
    with pytest.raises(breaches.ChangedMeanwhile):
        breaches.change(member("hadi"), breach_id, found_at=now, what="Lain", version=1, **facts)
    breaches.write(wulan, breach_id, to_people="Surat A", to_agency="Surat B", version=2)
    said = breaches.get_for(wulan, breach_id).said
    assert (said["whose"], said["to_people"], said["what"]) == ("12 orang", "Surat A", WHAT)


def test_a_clock_that_ran_from_a_wrong_hour_is_put_right(context: Flask) -> None:
    wulan = member("wulan")
    breach_id = note(wulan)
    with clock.frozen(FOUND + 30 * HOUR):
        assert breaches.remind() == 1
    facts = {"what": WHAT, "happened": "", "data": "", "whose": "", "done": ""}
    with clock.frozen(FOUND + 31 * HOUR):
        breaches.change(wulan, breach_id, found_at=FOUND + 20 * HOUR, version=1, **facts)
        assert breaches.remind() == 0
        known = breaches.get_for(wulan, breach_id)
        assert (known.hours, known.breach.reminded) == (61, 0)
        assert [step.says for step in known.steps][-1] == "Membetulkan sejak kapan kantor tahu"
    before = told()
    with clock.frozen(FOUND + 44 * HOUR):
        assert breaches.remind() == 1, "24 hours after the right one"
    assert before
    assert told() == sorted([*before, *set(before)]), "a mark that was told under the wrong hour is told anew"
    (said,) = db.session.scalars(sa.select(AuditEntry.note).where(AuditEntry.act == "breach.moved"))
    assert said.count("T") == 2


def test_the_last_hour_and_the_first_one_over_are_told_as_they_are(app: Flask) -> None:
    with app.app_context():
        breach_id = note(member("wulan"))
    for minutes, says in ((-5, "Sisa kurang dari 1 jam"), (5, "Lewat kurang dari 1 jam"), (65, "Lewat 1 jam")):
        with clock.frozen(FOUND + 72 * HOUR + timedelta(minutes=minutes)):
            assert cast.at_work(app, "wulan").open(f"/petugas/kebocoran/{breach_id}").has(says)


def test_what_cannot_be_is_said(context: Flask) -> None:
    with pytest.raises(breaches.NothingSaid):
        note(member("wulan"), what="  ")
    with clock.frozen(FOUND), pytest.raises(breaches.NotYetFound):
        breaches.note(member("wulan"), found_at=FOUND + HOUR, what=WHAT, once="x")
    with clock.frozen(FOUND), pytest.raises(breaches.LongAgo):
        breaches.note(member("wulan"), found_at=FOUND - timedelta(days=3650), what=WHAT, once="y")


def test_who_sees_it(context: Flask) -> None:
    breach_id = note(member("wulan"))
    assert list(breaches.list_for(member("intan"))) == []
    with pytest.raises(NotFound):
        breaches.get_for(member("intan"), breach_id)
    for login in ("ratna", "joko", "nadia"):
        with pytest.raises(NotAllowed):
            breaches.list_for(member(login))


def test_at_the_desk(app: Flask) -> None:
    now = clock.now().astimezone(clock.JAKARTA) - HOUR
    lead = cast.at_work(app, "wulan")
    lead.open("/petugas/kebocoran/catat")
    assert lead.submit("Catat", found_at="kemarin", what=WHAT).status == 422
    page = lead.submit("Catat", found_at=f"{now:%d/%m/%Y %H.%M}", what=WHAT, data="nama", done="HP dihapus")
    assert page.has("SUDAH dicatat. Hitungan 3×24 jam berjalan.", WHAT, "Sisa 70 jam")
    shown = page.address
    assert lead.open("/petugas/").has("Orangnya dan lembaga pengawas belum dicatat sudah diberi tahu.")
    page = lead.open(f"{shown}/surat")
    assert page.has("Kementerian Komunikasi dan Digital", WHAT, "(belum diisi)", "pasal 46")
    lead.submit("Simpan", to_people="Yth. Ibu B., data Anda bocor.", to_agency="Yth. Komdigi")
    assert lead.open(f"{shown}/cetak/to_people").has("Yth. Ibu B., data Anda bocor.")
    assert lead.open(f"{shown}/cetak/else").status == 404
    lead.open(f"{shown}/ubah")
    other = cast.at_work(app, "hadi")
    other.open(f"{shown}/ubah")
    other.submit("Simpan", what="Versi Hadi")
    page = lead.submit("Simpan", what="Versi Wulan")
    assert page.has("Orang lain menyimpan lebih dulu.", "Versi Wulan", "Versi Hadi")
    lead.open(f"{shown}/selesai")
    page = lead.submit("Catat selesai", ending="notified", details="Surat 12/2026 kepada 3 orang dan Komdigi")
    assert page.has("SUDAH dicatat selesai.", "Surat 12/2026")
    with app.app_context():
        acts = set(db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.act.like("breach.%"))))
        assert acts >= {"breach.noted", "breach.written", "breach.printed", "breach.changed", "breach.ended"}
    assert cast.at_work(app, "ratna").open("/petugas/kebocoran").status == 404
