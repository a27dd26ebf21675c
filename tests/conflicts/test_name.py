"""Whoever leads says of somebody else, or of a partner, that they may not hold a report; of the office, any reader."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import storage
from pepa.db import db, transaction
from pepa.domain import boxes, cards, cases, conflicts, duty, exclusions, holdings, inbox, nameables, reports, tickets
from pepa.errors import NotAllowed, NotFound
from pepa.models.boxes import Grant
from pepa.models.conflicts import Conflict
from pepa.models.organisations import KeyWrap
from pepa.models.reports import Exclusion, Report, Stage
from pepa.policy import Reporter
from tests import cast
from tests.cases.test_open import sorted_out
from tests.duty.rosters import person
from tests.people import holder, member, office, tell

WHY = "Terlapor adik iparnya."


def named(sent: Reporter, login_or_kind: str, by: str = "wulan", once: str = "1") -> object:
    whom = person(login_or_kind) if login_or_kind in cast.CAST else office(login_or_kind)
    return conflicts.name(member(by), sent.report_id, named_id=whom, reason=WHY, once=once)


def row(sent: Reporter) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, sent.report_id)


def holders(sent: Reporter) -> set[object]:
    return set(db.session.scalars(sa.select(Grant.holder_id).where(Grant.box_id == sent.box_id)))


@pytest.mark.both
def test_an_officer_who_is_named_sees_nothing_more_and_is_not_told(context: Flask) -> None:
    sent = tell("Isi", urgency="now")
    reports.hold(member("ratna"), sent.report_id)
    named(sent, "ratna")
    with pytest.raises(NotFound):
        reports.get_for(member("ratna"), sent.report_id)
    assert row(sent).held_by_id is None
    assert sent.report_id in {alarm.report.id for alarm in duty.alarms_for(member("bayu"))}
    (stands,) = conflicts.standing(member("wulan"), sent.report_id)
    assert stands.told
    assert (stands.name, stands.told.reason, stands.told.by) == ("Ratna Contoh", WHY, "Wulan Contoh")
    assert nameables.kept_out([sent.report_id]).names == ["Ratna Contoh"]


@pytest.mark.both
def test_a_partner_who_is_named_loses_its_grant_and_the_key_is_turned(context: Flask) -> None:
    sent = tell("Isi")
    box = boxes.open_for(sent, sent.box_id)
    with transaction() as session:
        boxes.share(session, box, holder("hospital"))
    named(sent, "hospital")
    assert holders(sent) == {office(), sent.report_id}
    assert boxes.open_for(member("bayu"), sent.box_id).number == 2
    assert row(sent).holder_id == office()
    assert exclusions.named(sent.report_id) == [], "not as her own words"
    assert nameables.kept_out([sent.report_id]).names == ["RS Contoh"]


def test_the_head_is_not_left_out_by_those_who_work_under_them(context: Flask) -> None:
    sent = tell("Isi")
    with pytest.raises(conflicts.LeadsTheOffice):
        named(sent, "hadi")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Conflict)) == 0


def test_a_reason_and_somebody_are_asked_for(context: Flask) -> None:
    sent, wulan = tell("Isi"), member("wulan")
    with pytest.raises(conflicts.NobodyNamed):
        conflicts.name(wulan, sent.report_id, named_id=None, reason=WHY, once="1")
    with pytest.raises(conflicts.NoReason):
        conflicts.name(wulan, sent.report_id, named_id=person("bayu"), reason=" ", once="1")
    for itself in (wulan.person_id, office(), office("independent")):
        with pytest.raises(conflicts.NobodyNamed):
            conflicts.name(wulan, sent.report_id, named_id=itself, reason=WHY, once="1")
    named(sent, "bayu")
    with pytest.raises(conflicts.NamedAlready):
        named(sent, "bayu", once="2")
    assert named(sent, "bayu", once="1")


def test_nobody_is_picked_without_their_organisation_beside_the_name(context: Flask) -> None:
    """Rule 18; and nobody who is kept out already, nor whoever picks."""
    sent = tell("Isi")
    named(sent, "bayu")
    offered = dict(nameables.candidates(member("wulan"), sent.report_id))
    assert offered[person("ratna")] == "Ratna Contoh, Kantor Contoh"
    assert office("hospital") in offered
    assert not {person("bayu"), person("wulan"), office(), office("independent")} & offered.keys()


@pytest.mark.both
def test_about_the_office_whoever_reads_it_hands_it_on(context: Flask) -> None:
    """It may be about whoever leads."""
    sent = tell("Isi", urgency="now")
    reports.hold(member("ratna"), sent.report_id)
    cards.complete(member("ratna"))
    made = conflicts.hand_on(member("ratna"), sent.report_id, reason=WHY, once="1")
    assert conflicts.hand_on(member("ratna"), sent.report_id, reason=WHY, once="1") == made
    report = row(sent)
    assert (report.holder_id, report.stage, report.held_by_id) == (office("independent"), Stage.RECEIVED, None)
    assert holders(sent) == {office("independent"), sent.report_id}
    for login in ("ratna", "bayu", "wulan"):
        assert report.id not in {one.id for one in inbox.list_for(member(login), inbox.Filters(), size=500)}
        with pytest.raises(NotFound):
            boxes.open_for(member(login), sent.box_id)
    assert reports.open_for(member("intan"), report.id).told.what == "Isi"
    (told,) = conflicts.history(member("intan"), report.id)
    assert (told.reason, told.by, told.name) == (WHY, "Ratna Contoh", "Kantor Contoh")


@pytest.mark.both
def test_it_goes_with_all_of_its_case(context: Flask) -> None:
    first, second = sorted_out("Satu"), sorted_out("Dua")
    made = cases.open_from(member("ratna"), first.report_id, number=1, once="c")
    cases.open_from(member("ratna"), second.report_id, case_id=made, number=1, once="c")
    conflicts.hand_on(member("bayu"), second.report_id, reason=WHY, once="1")
    shown = cases.show(member("intan"), made)
    assert {report.id for report in shown.reports} == {first.report_id, second.report_id}
    assert {row(sent).holder_id for sent in (first, second)} == {office("independent")}
    with pytest.raises(NotFound):
        cases.get_for(member("ratna"), made)


def test_it_goes_to_nobody_where_nobody_may_read_it(context: Flask) -> None:
    sent = tell("Isi")
    for login in ("intan", "rahmat"):
        named(sent, login, once=login)
    name = tickets.token_hash(sent.token).hex()
    before = storage.spool().get(name)
    with pytest.raises(conflicts.NobodyThere):
        conflicts.hand_on(member("ratna"), sent.report_id, reason=WHY, once="1")
    assert (row(sent).holder_id, holders(sent)) == (office(), {office(), sent.report_id})
    assert storage.spool().get(name) == before
    assert reports.open_for(member("bayu"), sent.report_id).told.what == "Isi"


def test_nor_where_whoever_may_has_no_key(context: Flask) -> None:
    sent = tell("Isi")
    named(sent, "intan")
    with transaction() as session:
        holdings.drop_wraps(session, KeyWrap.person_id == person("rahmat"))
    with pytest.raises(conflicts.NobodyThere):
        conflicts.hand_on(member("ratna"), sent.report_id, reason=WHY, once="1")


def test_from_the_independent_holder_it_goes_nowhere(context: Flask) -> None:
    sent = tell("Isi", about="office")
    with pytest.raises(conflicts.NowhereElse):
        conflicts.hand_on(member("intan"), sent.report_id, reason=WHY, once="1")


def test_what_her_own_words_say_is_hers(context: Flask) -> None:
    """An officer named the hospital first, then she did: it is nobody's to lift any more."""
    sent = tell("Isi")
    named(sent, "hospital")
    exclusions.exclude(sent, about="partner", about_partner=office("hospital"))
    assert db.session.get_one(Exclusion, (sent.report_id, office("hospital"))).conflict_id is None
    (stands,) = conflicts.standing(member("wulan"), sent.report_id)
    assert stands.told is None
    assert [found for found, _ in exclusions.named(sent.report_id)] == [office("hospital")]


def test_only_whoever_leads_speaks_of_others(context: Flask) -> None:
    sent = tell("Isi")
    for login in cast.CAST:
        if login != "wulan":
            with pytest.raises((NotAllowed, NotFound)):
                named(sent, "sekar", by=login)
            with pytest.raises((NotAllowed, NotFound)):
                conflicts.history(member(login), sent.report_id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Conflict)) == 0


def test_the_reason_lies_sealed(context: Flask) -> None:
    sent = tell("Isi")
    named(sent, "ratna")
    body = db.session.scalars(sa.select(Conflict.body_sealed)).one()
    assert WHY.encode() not in body
    with transaction() as session:
        session.execute(sa.update(Conflict).values(body_sealed=body[:-1] + bytes([body[-1] ^ 1])))
    assert [told.reason for told in conflicts.history(member("wulan"), sent.report_id)] == [None]
