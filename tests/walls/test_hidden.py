"""From whom a report is hidden: by person wherever they work, by organisation for all of its people, with its case."""

from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import cases, inbox, reports, walls
from pepa.errors import NotFound
from pepa.models.organisations import Membership
from pepa.models.reports import Exclusion
from pepa.policy import Member
from tests.cases.test_open import sorted_out
from tests.duty.rosters import person
from tests.people import member, office, tell

EVERYTHING = inbox.Filters()


def hide(report_id: UUID, excluded_id: UUID) -> None:
    with transaction() as session:
        session.add(Exclusion(report_id=report_id, excluded_id=excluded_id))


def join(login: str, kind: str, roles: str = "worker", *, is_active: bool = True) -> None:
    """One more membership of somebody."""
    row = Membership(person_id=person(login), organisation_id=office(kind), roles=roles, is_active=is_active)
    with transaction() as session:
        session.add(row)


def sees(login_or_member: "str | Member", report_id: UUID) -> bool:
    actor = member(login_or_member) if isinstance(login_or_member, str) else login_or_member
    listed = {one.id for one in inbox.list_for(actor, EVERYTHING, size=500)}
    try:
        reports.get_for(actor, report_id)
    except NotFound:
        assert report_id not in listed
        return False
    assert report_id in listed
    return True


@pytest.mark.both
def test_nobody_comes_in_by_a_second_membership(context: Flask) -> None:
    """Named is the hospital; whoever is of it, too, reads nothing of it as an officer."""
    sent = tell()
    ratna = member("ratna")
    join("ratna", "hospital")
    assert sees(ratna, sent.report_id)
    hide(sent.report_id, office("hospital"))
    assert not sees(ratna, sent.report_id)
    assert sees("bayu", sent.report_id)
    knowing = walls.may_know(db.session(), sent.report_id, [person("ratna"), person("bayu")])
    assert knowing == [person("bayu")]


@pytest.mark.both
def test_whoever_joins_later_is_asked_about_like_everybody(context: Flask) -> None:
    sent, ratna = tell(), member("ratna")
    hide(sent.report_id, office("hospital"))
    assert sees(ratna, sent.report_id)
    join("ratna", "hospital")
    assert not sees(ratna, sent.report_id)


def test_a_membership_that_has_ended_opens_nothing(context: Flask) -> None:
    """Whoever was of the hospital knows its people still."""
    sent, ratna = tell(), member("ratna")
    hide(sent.report_id, office("hospital"))
    join("ratna", "hospital", is_active=False)
    assert not sees(ratna, sent.report_id)
    with transaction() as session:
        session.execute(sa.update(Membership).where(Membership.roles == "worker").values(roles="coordinator"))
    assert not sees(ratna, sent.report_id)


@pytest.mark.both
def test_a_person_is_excluded_in_every_organisation(context: Flask) -> None:
    """In whosever name they ask: a report of the independent holder is hidden from them there as well."""
    sent = tell(about="office")
    intan = member("intan")
    assert sees(intan, sent.report_id)
    hide(sent.report_id, intan.person_id)
    assert not sees(intan, sent.report_id)
    assert not sees(replace(intan, organisation_name="Lain"), sent.report_id)
    assert sees("rahmat", sent.report_id)


def test_an_officer_of_ours_reads_no_report_about_us_at_the_independent_holder(context: Flask) -> None:
    """The office was turned away; somebody of it who is of the other holder, too, was turned away with it."""
    sent, intan = tell(about="office"), member("intan")
    hide(sent.report_id, office())
    join("intan", "intake")
    assert not sees(intan, sent.report_id)


@pytest.mark.both
def test_what_shares_a_case_is_hidden_with_it(context: Flask) -> None:
    """They are about the same people."""
    first, second, third = sorted_out("Satu"), sorted_out("Dua"), tell("Tiga")
    made = cases.open_from(member("ratna"), first.report_id, number=1, once="c")
    hide(second.report_id, person("bayu"))
    assert sees("bayu", first.report_id)
    cases.open_from(member("ratna"), second.report_id, case_id=made, number=1, once="c")
    assert not sees("bayu", first.report_id)
    assert sees("bayu", third.report_id)
    with pytest.raises(NotFound):
        cases.get_for(member("bayu"), made)
    assert walls.may_know(db.session(), first.report_id, [person("bayu")]) == []
    assert walls.kept_from(db.session(), [first.report_id, third.report_id], [person("bayu"), person("ratna")]) == {
        (first.report_id, person("bayu"))
    }
