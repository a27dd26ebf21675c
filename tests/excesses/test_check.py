"""D13: many reports opened in an hour that one does not hold; the reason is asked first, whoever leads sees it."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import excesses, reports
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.excesses import Excess, Kind
from pepa.models.installation import Setting
from pepa.policy import Member, Reporter
from tests import cast
from tests.duty.rosters import roster
from tests.people import member, tell

AT = datetime(2026, 11, 25, 3, 41, 27, tzinfo=UTC)
MOST = 3
OF_AN_HOUR = Excess.kind == Kind.HOUR.value


@pytest.fixture
def many(context: Flask) -> list[Reporter]:
    """One more than may be opened without a word."""
    _set(MOST)
    return [tell(str(n)) for n in range(MOST + 1)]


def _set(most: int) -> None:
    with transaction() as session:
        session.merge(Setting(key="openings_an_hour", value=str(most)))


def hours(actor: Member) -> list[excesses.Told]:
    """What is told of hours; by whom the roster has not, each opening is told as well (tests/openings/test_why.py)."""
    return [one for one in excesses.unseen_by(actor) if one.kind is Kind.HOUR]


def open_all(some: list[Reporter], login: str = "ratna") -> None:
    for one in some:
        reports.open_for(member(login), one.report_id)


def test_one_too_many_is_asked_about_and_stays_closed(many: list[Reporter]) -> None:
    open_all(many[:-1])
    with pytest.raises(excesses.ReasonAsked) as asked:
        open_all(many[-1:])
    assert asked.value.report_id == many[-1].report_id
    assert reports.get_for(member("ratna"), many[-1].report_id).is_unread
    (told,) = hours(member("wulan"))
    assert (told.name, told.reason) == ("Ratna Contoh", "")


def test_a_reason_opens_for_an_hour_and_is_sealed(many: list[Reporter]) -> None:
    with clock.frozen(AT):
        open_all(many[:-1])
        with pytest.raises(excesses.ReasonAsked):
            open_all(many[-1:])
    with clock.frozen(AT + timedelta(minutes=5)):
        with pytest.raises(excesses.NoReason):
            excesses.explain(member("ratna"), reason="  ")
        excesses.explain(member("ratna"), reason="Serah terima, Tandabunyi.")
        open_all(many)
        (told,) = hours(member("wulan"))
        assert told.reason == "Serah terima, Tandabunyi."
    assert b"Tandabunyi" not in db.session.scalars(sa.select(Excess.body_sealed).where(OF_AN_HOUR)).one()
    with clock.frozen(AT + timedelta(minutes=50)):
        open_all([tell("Lagi")])
    hers = (AuditEntry.act.like("openings.%"), AuditEntry.person_id == member("ratna").person_id)
    acts = list(db.session.scalars(sa.select(AuditEntry.act).where(*hers)))
    assert sorted(acts) == ["openings.explained", "openings.many"]


def test_what_one_holds_or_has_opened_is_never_asked_about(many: list[Reporter]) -> None:
    now = clock.now()
    with clock.frozen(now - timedelta(minutes=61)):
        held = tell("Dipegang")
        reports.hold(member("ratna"), held.report_id)
        for one in many:
            reports.hold(member("bayu"), one.report_id)
    open_all(many[:-1])
    open_all([held, *many[:-1], held])
    open_all(many, "bayu")
    assert db.session.scalars(sa.select(Excess).where(OF_AN_HOUR)).first() is None


def test_to_take_on_many_is_no_way_around_it(many: list[Reporter]) -> None:
    for one in many[:-1]:
        reports.hold(member("ratna"), one.report_id)
        open_all([one])
    reports.hold(member("ratna"), many[-1].report_id)
    with pytest.raises(excesses.ReasonAsked):
        open_all(many[-1:])


def test_what_rang_is_taken_on_without_a_word(context: Flask) -> None:
    _set(MOST)
    for number in range(MOST + 2):
        one = tell(str(number), urgency="now")
        reports.hold(member("ratna"), one.report_id)
        open_all([one])
    assert db.session.scalars(sa.select(Excess).where(OF_AN_HOUR)).first() is None


def test_an_hour_later_it_begins_anew(many: list[Reporter]) -> None:
    with clock.frozen(AT):
        open_all(many[:-1])
    with clock.frozen(AT + timedelta(minutes=61)):
        open_all(many[-1:])
    assert db.session.scalars(sa.select(Excess).where(OF_AN_HOUR)).first() is None


def test_nothing_is_asked_where_it_is_switched_off(many: list[Reporter]) -> None:
    _set(0)
    open_all([*many, tell("Lagi")])


def test_whoever_leads_looks_but_not_at_their_own(many: list[Reporter]) -> None:
    open_all(many[:-1], "wulan")
    with pytest.raises(excesses.ReasonAsked):
        open_all(many[-1:], "wulan")
    assert hours(member("wulan")) == []
    (told,) = hours(member("hadi"))
    with pytest.raises(NotFound):
        excesses.look_at(member("wulan"), told.id)
    excesses.look_at(member("hadi"), told.id)
    excesses.look_at(member("hadi"), told.id)
    assert hours(member("hadi")) == []


def test_nobody_else_sees_it(many: list[Reporter]) -> None:
    open_all(many[:-1])
    with pytest.raises(excesses.ReasonAsked):
        open_all(many[-1:])
    for login in cast.CAST:
        if login in ("wulan", "hadi"):
            continue
        if login == "intan":
            assert hours(member(login)) == [], "another office's"
            continue
        with pytest.raises(NotAllowed):
            hours(member(login))


def test_at_the_desk(app: Flask) -> None:
    with app.app_context():
        _set(MOST)
        now = clock.now()
        roster(("bayu", now - timedelta(hours=1), now + timedelta(hours=1)))
        sent = [cast.tell(str(n)) for n in range(MOST + 1)]
    officer = cast.at_work(app, "ratna")
    for one in sent:
        page = officer.open(f"/petugas/laporan/{one.report_id}")
    assert page.h1 == "Alasan dulu"
    assert (
        cast.at_work(app, "wulan")
        .open("/petugas/")
        .has("Ratna Contoh membuka banyak laporan yang tidak dipegangnya.", "Belum memberi alasan.")
    )
    officer.open(page.address)
    page = officer.submit("Simpan, buka laporan")
    assert (page.status, page.has("Tulis alasannya.")) == (422, True)
    page = officer.submit("Simpan, buka laporan", reason="Serah terima piket.")
    assert page.h1.startswith("Isi L-")
    lead = cast.at_work(app, "wulan")
    assert lead.open("/petugas/").has("Alasannya: Serah terima piket.")
    assert lead.submit("Sudah saya lihat Ratna Contoh").has("membuka banyak laporan"), "first what was outside of duty"
    assert not lead.submit("Sudah saya lihat Ratna Contoh").has("membuka banyak laporan")


@pytest.mark.both
def test_why_is_forgotten_once_somebody_looked_and_a_season_has_passed(many: list[Reporter]) -> None:
    with pytest.raises(excesses.ReasonAsked):
        open_all(many)
    with transaction() as session:
        session.execute(
            sa.update(Excess)
            .where(OF_AN_HOUR)
            .values(body_sealed=b"sealed", generation=1, begun_at=AT - timedelta(days=91))
        )
    with clock.frozen(AT):
        assert excesses.purge() == 0, "nobody has looked yet"
        with transaction() as session:
            session.execute(sa.update(Excess).where(OF_AN_HOUR).values(seen_at=AT))
        assert excesses.purge() == 1
    assert db.session.scalars(sa.select(Excess.body_sealed).where(OF_AN_HOUR)).all() == [b""]
