"""A report about the office's own people: the independent holder's own chain, from the form to what leaves, and nothing
of it at the intake office."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import duty, inbox, lateness, reports
from pepa.domain.outbox import Notice
from pepa.models.duty import Shift
from pepa.models.installation import Setting
from pepa.models.organisations import Membership
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Report
from tests.cast import at_work
from tests.citizen.walks import MORNING, STORY, enter, send
from tests.client import Client
from tests.duty.rosters import person, roster
from tests.people import member, office

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SUNDAY = datetime(2026, 11, 29, 9, 30, tzinfo=clock.JAKARTA)
FROM = "Sekarang belum ada yang piket di sana. Dibaca mulai"


@pytest.fixture(autouse=True)
def _fresh(app: Flask) -> None:
    """The demo's own reports ring for nobody."""
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Report).values(held_by_id=person("hadi"), answer_due_at=None, stage="read"))


def of_it(app: Flask) -> UUID:
    """The report that was just sent."""
    with app.app_context():
        return db.session.scalars(
            sa.select(Report.id)
            .where(Report.holder_id == office("independent"))
            .order_by(Report.received_at.desc())
            .where(Report.stage == "received")
        ).one()


def told(app: Flask, notice: Notice) -> list[tuple[str, str]]:
    """Whom, by which channel, in the order of telling."""
    with app.app_context():
        query = sa.select(Person.login, OutboxRow.channel).join(OutboxRow).where(OutboxRow.notice == notice.value)
        return [(row[0], row[1]) for row in db.session.execute(query.order_by(OutboxRow.due_at))]


def ring(app: Flask, at: datetime) -> int:
    with app.app_context(), clock.frozen(at):
        rung = duty.ring() + lateness.tell()
        db.session.remove()
        return rung


def seen_by(app: Flask, login: str) -> object:
    """Whatever counts or lists of the desk say."""
    with app.app_context():
        me = member(login)
        page = [report.id for report in inbox.list_for(me).items]
        return page, inbox.counts(me), duty.alarms_for(me), reports.calls_aside(me)


@pytest.mark.both
def test_from_the_form_to_whoever_holds_it(app: Flask, database: str) -> None:
    with clock.frozen(MORNING):
        with app.app_context():
            roster(
                ("rahmat", MORNING - HOUR, MORNING + 3 * HOUR),
                ("intan", MORNING + 3 * HOUR, MORNING + 9 * HOUR),
                kind="independent",
            )
            with transaction() as session:
                session.execute(sa.update(Person).where(Person.login == "intan").values(phone="0812-0000-0001"))
        before = {login: seen_by(app, login) for login in ("ratna", "bayu", "wulan")}
        code = send(Client(app), urgency="now", about="office")
        report_id = of_it(app)
        assert {login: seen_by(app, login) for login in before} == before
    assert [ring(app, MORNING + n * MINUTE) for n in (0, 4, 5, 10)] == [1, 0, 1, 1]
    rung = told(app, Notice.ALARM)
    assert (rung[0], rung[-1]) == (("rahmat", "mail"), ("rahmat", "mail"))
    assert sorted(rung[1:-1]) == [("intan", "mail"), ("intan", "sms")]
    with clock.frozen(MORNING + 11 * MINUTE):
        desk = at_work(app, "rahmat")
        page = desk.open(f"/petugas/laporan/{report_id}")
        assert page.has("Saya pegang", STORY)
        assert desk.submit("Saya pegang").has("Anda memegang laporan ini.")
    assert [ring(app, MORNING + n * MINUTE) for n in (15, 20)] == [0, 0], "it is held, and read"
    with clock.frozen(MORNING + HOUR):
        assert enter(Client(app), code).has("oleh petugas penerima.", "Jawaban paling lambat")
    _late(app, report_id)
    _nothing_at_the_office(app)


def _late(app: Flask, report_id: UUID) -> None:
    with app.app_context():
        due = db.session.get_one(Report, report_id).answer_due_at
    assert due
    assert ring(app, due + MINUTE) == 1
    assert sorted({login for login, _ in told(app, Notice.LATE_ANSWER)}) == ["intan", "rahmat"]


def _nothing_at_the_office(app: Flask) -> None:
    """Not one row of the outbox is to somebody of the intake office."""
    with app.app_context():
        query = sa.select(OutboxRow.notice).join(Membership, Membership.person_id == OutboxRow.person_id)
        work = (Notice.ALARM.value, Notice.LATE_READING.value, Notice.LATE_ANSWER.value, Notice.OPENINGS.value)
        at_the_office = query.where(Membership.organisation_id == office(), OutboxRow.notice.in_(work))
        assert list(db.session.scalars(at_the_office)) == []


def test_reading_late_is_told_there_too(app: Flask) -> None:
    with clock.frozen(MORNING):
        with app.app_context():
            roster(("intan", MORNING - HOUR, MORNING + 9 * HOUR), kind="independent")
        send(Client(app), urgency="now", about="office")
    report_id = of_it(app)
    with app.app_context():
        due = db.session.get_one(Report, report_id).read_due_at
    assert due
    ring(app, due + MINUTE)
    assert [login for login, _ in told(app, Notice.LATE_READING)] == ["intan"]
    ring(app, due + 20 * MINUTE)
    assert [login for login, _ in told(app, Notice.LATE_READING)] == ["intan", "rahmat"], "no head is there"
    _nothing_at_the_office(app)


def test_the_page_says_from_when_it_is_read_by_the_roster_of_whoever_reads(app: Flask) -> None:
    """The office has somebody on duty on a Sunday; the independent holder has nobody before the afternoon."""
    with clock.frozen(SUNDAY):
        with app.app_context(), transaction() as session:
            session.merge(Setting(key="independent_holder", value="Inspektorat Contoh"))
        with app.app_context():
            roster(("intan", SUNDAY + 5 * HOUR, SUNDAY + 8 * HOUR), kind="independent")
            _also("ratna", SUNDAY - HOUR, SUNDAY + 8 * HOUR)
        mine = Client(app)
        code = send(mine, urgency="today", about="office")
        page = mine.open("/lapor")
        assert page.has("Hanya Inspektorat Contoh yang membaca.", f"{FROM} Minggu 29 Nov, 14.30")
        assert enter(Client(app), code).has("Belum dibaca. Dibaca mulai Minggu 29 Nov, 14.30")
        mine = Client(app)
        send(mine, "Yang lain.", urgency="today")
        assert not mine.open("/lapor").has(FROM)


def _also(login: str, starts_at: datetime, ends_at: datetime) -> None:
    with transaction() as session:
        ids = {"organisation_id": office(), "person_id": person(login)}
        session.add(Shift(**ids, starts_at=starts_at, ends_at=ends_at))


def test_late_she_is_not_sent_to_the_office_s_telephone(app: Flask) -> None:
    with clock.frozen(MORNING):
        code = send(Client(app), urgency="now", about="office")
    with clock.frozen(MORNING + 5 * HOUR):
        page = enter(Client(app), code)
        assert page.has("Kami terlambat.", "Perlu cepat? Telepon 129.")
        assert not page.has("0254-000-000 atau 129")
