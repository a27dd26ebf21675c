"""Who could have read what: right after revocations, turned keys, people who left, reports that were destroyed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import boxes, destruction, devices, exclusions, exposures, holdings, keys, locks, reports, tasks
from pepa.domain.exposures import About
from pepa.domain.sessions import WrongPassphrase
from pepa.errors import NotAllowed
from pepa.models.audit import AuditEntry
from pepa.models.boxes import Grant, HolderKind
from pepa.models.organisations import KeyWrap, Organisation
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report, reference_of
from pepa.policy import Member, Reporter
from tests import cast
from tests.counting import counting
from tests.people import holder, member, tell
from tests.tasks.board import made, read

START = datetime(2030, 1, 7, 1, 30, tzinfo=UTC)  # nothing of the demo happened then
STEP = timedelta(hours=3)


@pytest.fixture(autouse=True)
def _known_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The passphrase is tried for itself, below; here it would cost most of the time."""
    monkeypatch.setattr(locks, "is_passphrase", lambda person, words: words == "benar")


def ask(
    actor: Member, who_id: UUID, from_at: datetime, until_at: datetime, about: About = About.PERSON
) -> exposures.Answer:
    who = {f"{one.value}_id": who_id if one is about else None for one in About}
    return exposures.ask(actor, about=about.value, from_at=from_at, until_at=until_at, passphrase="benar", **who)


def of(*reporters: Reporter) -> set[str]:
    return {reference_of(one.report_id) for one in reporters}


def test_what_was_opened_and_what_could_have_been(context: Flask) -> None:
    with clock.frozen(START):
        one, other = tell(), tell()
    with clock.frozen(START + STEP):
        reports.open_for(member("ratna"), one.report_id)
        reports.open_for(member("ratna"), one.report_id)
        later = START + 2 * STEP
    with clock.frozen(later):
        after = tell()
        wulan, ratna = member("wulan"), member("ratna").person_id
        found = ask(wulan, ratna, START, START + STEP)
        assert [(looked.reference, looked.times) for looked in found.opened] == [(reference_of(one.report_id), 2)]
        assert of(one, other) <= set(found.could)
        assert not of(after) & set(found.could), "it came after that time"
        assert of(after) <= set(ask(wulan, ratna, START, later).could)
        assert ask(wulan, ratna, START + 2 * STEP, later).opened == []
        nobody = ask(wulan, member("joko").person_id, START, later)
        assert (nobody.opened, nobody.could) == ([], []), "an administrator has no key"
        office = ask(wulan, wulan.organisation_id, START, later, About.ORGANISATION)
        assert of(one, other, after) <= set(office.could)
        assert {looked.reference for looked in office.opened} == of(one)


def test_whoever_has_left_could_until_then(context: Flask) -> None:
    with clock.frozen(START):
        one = tell()
    ratna = member("ratna").person_id
    with clock.frozen(START + STEP), transaction() as session:
        holdings.drop_wraps(session, KeyWrap.person_id == ratna)
    with clock.frozen(START + 2 * STEP):
        two, wulan = tell(), member("wulan")
        found = ask(wulan, ratna, START, START + 2 * STEP)
        assert of(one) <= set(found.could)
        assert not of(two) & set(found.could)
        assert ask(wulan, ratna, START + 2 * STEP, START + 3 * STEP).could == []


def test_whoever_was_turned_away_could_until_then(context: Flask) -> None:
    """The office's key opened it until it was about the office; whoever holds it now may ask, the office may not."""
    with clock.frozen(START):
        reporter = tell()
    with clock.frozen(START + STEP):
        exclusions.exclude(reporter, about="office")
    office = holder("intake").id
    with clock.frozen(START + 2 * STEP):
        intan = member("intan")
        assert ask(intan, office, START, START + STEP, About.ORGANISATION).could == sorted(of(reporter))
        assert ask(intan, office, START + 2 * STEP, START + 3 * STEP, About.ORGANISATION).could == []
        mine = ask(intan, intan.organisation_id, START + 2 * STEP, START + 3 * STEP, About.ORGANISATION)
        assert of(reporter) <= set(mine.could)
        before = ask(intan, intan.organisation_id, START, START + timedelta(minutes=10), About.ORGANISATION)
        assert not of(reporter) & set(before.could)
        theirs = ask(member("wulan"), office, START, START + 3 * STEP, About.ORGANISATION)
        assert not of(reporter) & set(theirs.could)


def test_of_a_report_that_is_hidden_nothing_is_counted(context: Flask) -> None:
    with clock.frozen(START):
        reporter, wulan, ratna = tell(), member("wulan"), member("ratna")
        reports.open_for(ratna, reporter.report_id)
        before = ask(wulan, ratna.person_id, START, START + STEP)
        with transaction() as session:
            session.add(Exclusion(report_id=reporter.report_id, excluded_id=wulan.person_id))
        after = ask(wulan, ratna.person_id, START, START + STEP)
        assert (len(before.could) - len(after.could), len(before.opened) - len(after.opened)) == (1, 1)


@pytest.mark.parametrize("is_hidden", [False, True])
def test_what_was_destroyed_is_still_named_unless_it_was_hidden_from_somebody(context: Flask, is_hidden: bool) -> None:
    with clock.frozen(START):
        reporter, wulan = tell(), member("wulan")
    with clock.frozen(START + STEP):
        if is_hidden:
            with transaction() as session:
                session.add(Exclusion(report_id=reporter.report_id, excluded_id=member("bayu").person_id))
        assert destruction.destroy(reporter.report_id)
    with clock.frozen(START + 2 * STEP):
        found = ask(wulan, member("ratna").person_id, START, START + STEP)
        assert (of(reporter) <= set(found.could), found.gone) == (not is_hidden, int(not is_hidden))
        later = ask(wulan, member("ratna").person_id, START + 2 * STEP, START + 3 * STEP)
        assert later.gone == 0
        elsewhere = ask(member("intan"), member("ratna").person_id, START, START + STEP)
        assert elsewhere.gone == 0


def test_a_phone_of_the_office_opens_nothing(context: Flask) -> None:
    wulan = member("wulan")
    device_id = devices.register(wulan, label="HP piket", once="1")
    found = ask(wulan, device_id, START, START + STEP, About.DEVICE)
    assert (found.opened, found.could, found.written) == ([], [], [])


def test_who_may_ask_and_that_it_is_recorded(context: Flask) -> None:
    wulan, ratna = member("wulan"), member("ratna")
    for login in ("ratna", "hadi", "joko", "nadia"):
        with pytest.raises(NotAllowed):
            ask(member(login), ratna.person_id, START, START + STEP)
    with pytest.raises(exposures.Backwards):
        ask(wulan, ratna.person_id, START + STEP, START)
    with pytest.raises(exposures.NobodyChosen):
        ask(wulan, UUID(int=9), START, START + STEP)
    with pytest.raises(WrongPassphrase):
        exposures.ask(
            wulan,
            about="person",
            person_id=ratna.person_id,
            organisation_id=None,
            device_id=None,
            from_at=START,
            until_at=START,
            passphrase="salah",
        )
    recorded = sa.select(AuditEntry.thing_id).where(AuditEntry.act == "exposure.asked")
    assert list(db.session.scalars(recorded)) == []
    with clock.frozen(clock.now() + timedelta(minutes=5)):  # a wrong one is waited for
        ask(wulan, ratna.person_id, START, START + STEP)
    assert list(db.session.scalars(recorded)) == [ratna.person_id]


def test_the_answer_takes_as_many_questions_however_many_reports(context: Flask) -> None:
    wulan, ratna = member("wulan"), member("ratna").person_id
    with counting(context) as few:
        ask(wulan, ratna, START, START + STEP)
    with clock.frozen(START):
        for _ in range(5):
            reports.open_for(member("ratna"), tell().report_id)
    with counting(context) as many:
        ask(wulan, ratna, START, START + STEP)
    assert len(many) == len(few)


# Against a model: at each moment, whatever wraps and grants stand together in the tables


def could_now() -> set[tuple[UUID, UUID]]:
    """Who of the office can read which report at this moment, by the rows themselves."""
    same = sa.and_(Grant.holder_id == KeyWrap.organisation_id, Grant.holder_generation == KeyWrap.generation)
    query = (
        sa.select(KeyWrap.person_id, Report.id)
        .join(Grant, same)
        .join(Report, Report.box_id == Grant.box_id)
        .where(Grant.holder_kind == HolderKind.ORGANISATION.value)
    )
    return {(row[0], row[1]) for row in db.session.execute(query)}


class World:
    """An office on which things are done, each three hours after the one before."""

    began = START  # each world lies after the one before, in the same tables

    def __init__(self) -> None:
        World.began += 1000 * STEP
        self.at = World.began
        self.moments: list[tuple[datetime, set[tuple[UUID, UUID]]]] = []
        self.office = holder("intake").id
        self.ids = [member(login).person_id for login in ("ratna", "bayu")]
        with clock.frozen(self.at):
            self.told = [tell("Satu")]
            self.join(0)
            self.join(1)

    def do(self, deed: str, which: int) -> None:
        self.at += STEP
        with clock.frozen(self.at):
            getattr(self, deed)(which)
        db.session.rollback()
        self.moments.append((self.at + timedelta(hours=1), could_now()))

    def report(self, _: int) -> None:
        self.told.append(tell("Lagi"))

    def turn(self, which: int) -> None:
        reporter = self.told[which % len(self.told)]
        box = boxes.open_for(reporter, reporter.box_id)
        with transaction() as session:
            boxes.rotate(session, box, boxes.holders_of(session, box))

    def share(self, which: int) -> None:
        reporter, partner = self.told[which % len(self.told)], holder("legal_aid")
        box = boxes.open_for(reporter, reporter.box_id)
        if ("organisation", partner.id) not in box.holders:
            with transaction() as session:
                boxes.share(session, box, partner)

    def revoke(self, which: int) -> None:
        reporter, partner = self.told[which % len(self.told)], holder("legal_aid")
        box = boxes.open_for(reporter, reporter.box_id)
        if ("organisation", partner.id) in box.holders:
            with transaction() as session:
                boxes.revoke(session, box, HolderKind.ORGANISATION, partner.id)

    def leave(self, which: int) -> None:
        with transaction() as session:
            holdings.drop_wraps(session, KeyWrap.person_id == self.ids[which % 2])

    def join(self, which: int) -> None:
        """With every generation that somebody else has."""
        wulan, person_id = member("wulan"), self.ids[which % 2]
        person = db.session.get_one(Person, person_id)
        missing = [
            keys.wrap_for(self.office, generation, pair, person)
            for generation in range(1, keys.generation_of(self.office) + 1)
            if (pair := wulan.keyring.pair(self.office, generation))
            and db.session.get(KeyWrap, (self.office, generation, person_id)) is None
        ]
        with transaction() as session:
            session.add_all(missing)

    def rekey(self, _: int) -> None:
        """For whoever has a wrap now."""
        having = sa.select(KeyWrap.person_id).where(KeyWrap.organisation_id == self.office)
        with transaction() as session:
            office = session.get_one(Organisation, self.office)
            members = list(session.scalars(sa.select(Person).where(Person.id.in_(having))))
            session.add_all(keys.new_organisation_key(office, members))


DEEDS = st.tuples(st.sampled_from(["report", "turn", "share", "revoke", "leave", "join", "rekey"]), st.integers(0, 3))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, min_size=3, max_size=7), first=st.integers(0, 6), length=st.integers(0, 6))
def test_the_answer_is_what_stood_together_at_some_moment_of_the_span(
    app: Flask, deeds: list[tuple[str, int]], first: int, length: int
) -> None:
    with app.app_context():
        world = World()
        for deed, which in deeds:
            world.do(deed, which)
        begins = min(first, len(deeds) - 1)
        span = world.moments[begins : begins + length + 1]
        wulan = member("wulan")
        seen = {one.report_id for one in world.told}
        for person_id in world.ids:
            wanted = {report_id for _, now in span for who, report_id in now if who == person_id} & seen
            found = ask(wulan, person_id, span[0][0], span[-1][0])
            assert set(found.could) & {reference_of(one) for one in seen} == {reference_of(one) for one in wanted}
        db.session.remove()


def test_at_the_desk(app: Flask) -> None:
    with app.app_context():
        one = tell()
        reports.open_for(member("ratna"), one.report_id)
        ratna = member("ratna").person_id
        now = clock.now().astimezone(clock.JAKARTA)
    lead = cast.at_work(app, "wulan")
    lead.open("/petugas/siapa-bisa-baca")
    fields = {
        "about": "person",
        "person_id": str(ratna),
        "from_at": f"{now - timedelta(hours=2):%d/%m/%Y %H.%M}",
        "until_at": f"{now + timedelta(hours=1):%d/%m/%Y %H.%M}",
    }
    page = lead.submit("Jawab", **fields, passphrase="benar")
    assert page.has(reference_of(one.report_id), "Ratna Contoh", "Bisa dibuka, semuanya", "Tugas yang bisa dibuka")
    assert page.has("Lengkap sejak", "Laporan yang tidak Anda lihat tidak ikut")
    assert lead.submit("Jawab", **fields, passphrase="salah").status == 422
    for login in ("ratna", "hadi", "nadia"):
        assert cast.at_work(app, login).open("/petugas/siapa-bisa-baca").status == 404


def test_a_partner_could_open_the_tasks_that_were_given_to_it(context: Flask) -> None:
    with clock.frozen(START):
        wulan, partner = member("wulan"), holder("legal_aid").id
        task_id = made("wulan", to=partner, text="Siti, takut pulang")
        own, empty = made("wulan", text="Hanya kantor"), made("wulan", to=partner)
        code, theirs = read(task_id).code, read(made("nadia", text="Rapat mereka")).code
    with clock.frozen(START + 2 * STEP):
        tasks.assign(wulan, task_id, holder_id=wulan.organisation_id, version=read(task_id).version)
    with clock.frozen(START + 4 * STEP):
        found = ask(wulan, partner, START, START + STEP, About.ORGANISATION)
        assert (found.could, found.tasks) == ([], [code])
        assert ask(wulan, member("nadia").person_id, START, START + STEP).tasks == [code]
        assert ask(wulan, partner, START + 3 * STEP, START + 4 * STEP, About.ORGANISATION).tasks == []
        ours = ask(wulan, wulan.organisation_id, START, START + STEP, About.ORGANISATION).tasks
        assert {code, read(own).code} <= set(ours)
        assert not {read(empty).code, theirs} & set(ours)


def test_it_says_from_when_on_it_knows(context: Flask) -> None:
    first = db.session.scalars(sa.select(sa.func.min(AuditEntry.at))).one()
    found = ask(member("wulan"), member("ratna").person_id, START, START + STEP)
    assert found.since == first.astimezone(clock.JAKARTA).date()
