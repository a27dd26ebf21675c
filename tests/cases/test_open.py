"""A case is opened from a report, or takes it in; who may not see one of its reports sees no case."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import cases, duty, exclusions, inbox, reports, triage, withdrawals
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.cases import Case, CaseReport
from pepa.models.reports import Exclusion, Report, Stage
from pepa.policy import Reporter
from tests import cast
from tests.people import member, office, tell


def sorted_out(what: str = "Isi", **judged: object) -> Reporter:
    sent = tell(what)
    reports.open_for(member("ratna"), sent.report_id)
    more = {"urgency": "today", "number": 0, "once": "j", **judged}
    triage.judge(member("ratna"), sent.report_id, **more)  # type: ignore[arg-type]
    return sent


def case_of(sent: Reporter, login: str = "ratna") -> Case:
    db.session.rollback()
    found = cases.of(member(login), sent.report_id)
    assert found
    return found


@pytest.mark.both
def test_one_form_opens_one_case(context: Flask) -> None:
    sent = sorted_out()
    first = cases.open_from(member("ratna"), sent.report_id, number=1, once="c")
    assert cases.open_from(member("ratna"), sent.report_id, number=1, once="c") == first
    with pytest.raises(triage.JudgedMeanwhile):
        cases.open_from(member("bayu"), sent.report_id, number=1, once="other")
    with pytest.raises(reports.MovedOn):
        cases.open_from(member("bayu"), sent.report_id, number=2, once="other")
    assert db.session.scalars(sa.select(Case)).one().id == first
    acts = sa.select(AuditEntry.act).where(AuditEntry.thing_id.in_([first, sent.report_id]))
    found = list(db.session.scalars(acts.order_by(AuditEntry.number)))
    assert (found.count("case.opened"), found.count("report.case")) == (1, 1)


def test_its_code_says_nothing(context: Flask) -> None:
    """Rule 19: no year, no ward, no counter."""
    codes = []
    for n in range(4):
        sent = sorted_out(str(n))
        cases.open_from(member("ratna"), sent.report_id, number=1, once="c")
        codes.append(case_of(sent).reference)
    assert len(set(codes)) == 4
    assert all(len(code) == 8 and code.startswith("K-") for code in codes)
    assert codes != sorted(codes) or codes != sorted(codes, reverse=True)


def test_another_report_joins_it(context: Flask) -> None:
    first, second = sorted_out("Satu"), sorted_out("Dua")
    made = cases.open_from(member("ratna"), first.report_id, number=1, once="c")
    assert cases.open_from(member("ratna"), second.report_id, case_id=made, number=1, once="c") == made
    shown = cases.show(member("wulan"), made)
    assert {report.id for report in shown.reports} == {first.report_id, second.report_id}
    assert shown.opened_by == "Ratna Contoh"


def test_what_health_can_do_stands_on_it(context: Flask) -> None:
    sent = sorted_out(urgency="now", group="sexual")
    made = cases.open_from(member("ratna"), sent.report_id, number=1, once="c")
    assert [window.hours for window in cases.show(member("ratna"), made).windows] == [72]


def test_whoever_may_not_see_one_report_sees_no_case(context: Flask) -> None:
    first, second = sorted_out("Satu"), sorted_out("Dua")
    made = cases.open_from(member("ratna"), first.report_id, number=1, once="c")
    cases.open_from(member("ratna"), second.report_id, case_id=made, number=1, once="c")
    with transaction() as session:
        session.add(Exclusion(report_id=second.report_id, excluded_id=member("bayu").person_id))
    with pytest.raises(NotFound):
        cases.show(member("bayu"), made)
    assert list(cases.list_for(member("bayu"))) == []
    assert [case.id for case in cases.list_for(member("wulan"))] == [made]
    refused = sa.select(AuditEntry.thing_id).where(AuditEntry.act == "case.refused")
    assert list(db.session.scalars(refused)) == [made]


def test_a_case_goes_along_with_its_only_report(context: Flask) -> None:
    sent = sorted_out()
    made = cases.open_from(member("ratna"), sent.report_id, number=1, once="c")
    exclusions.exclude(sent, about="office")
    assert case_of(sent, "intan").organisation_id == office("independent")
    with pytest.raises(NotFound):
        cases.get_for(member("ratna"), made)
    assert [report.id for report in cases.show(member("intan"), made).reports] == [sent.report_id]
    assert db.session.get_one(Report, sent.report_id).is_unread


def test_there_it_rings_until_somebody_reads_it_and_is_a_case_again(context: Flask) -> None:
    sent = sorted_out(urgency="now")
    cases.open_from(member("ratna"), sent.report_id, number=1, once="c")
    exclusions.exclude(sent, about="office")
    intan = member("intan")
    assert [alarm.report.id for alarm in duty.alarms_for(intan)] == [sent.report_id]
    assert inbox.counts(intan).unread == 1
    with pytest.raises(reports.MovedOn):
        cases.open_from(intan, sent.report_id, number=2, once="d")
    reports.open_for(intan, sent.report_id, shows_messages=True)
    assert db.session.get_one(Report, sent.report_id).stage == Stage.CASE
    assert duty.alarms_for(intan) == []


def test_one_that_is_cancelled_before_that_stays_in_its_case(context: Flask) -> None:
    sent = sorted_out()
    cases.open_from(member("ratna"), sent.report_id, number=1, once="c")
    exclusions.exclude(sent, about="office")
    withdrawals.withdraw(sent, came_by=())
    reports.open_for(member("intan"), sent.report_id, shows_messages=True)
    row = db.session.get_one(Report, sent.report_id)
    assert (row.stage, row.destroy_at) == (Stage.CASE, None)


def test_of_several_reports_one_leaves_with_a_case_of_its_own(context: Flask) -> None:
    first, second = sorted_out("Satu"), sorted_out("Dua")
    made = cases.open_from(member("ratna"), first.report_id, number=1, once="c")
    cases.open_from(member("ratna"), second.report_id, case_id=made, number=1, once="c")
    exclusions.exclude(second, about="office")
    assert [report.id for report in cases.show(member("ratna"), made).reports] == [first.report_id]
    theirs = case_of(second, "intan")
    assert theirs.id != made
    assert [report.id for report in cases.show(member("intan"), theirs.id).reports] == [second.report_id]


def test_looking_at_it_is_recorded(context: Flask) -> None:
    sent = sorted_out()
    made = cases.open_from(member("ratna"), sent.report_id, number=1, once="c")
    with clock.frozen(clock.now()):
        cases.show(member("wulan"), made)
    seen = sa.select(AuditEntry.person_id).where(AuditEntry.act == "case.seen", AuditEntry.thing_id == made)
    assert list(db.session.scalars(seen)) == [member("wulan").person_id]


def test_the_verbs_ask_for_themselves(context: Flask) -> None:
    sent = sorted_out()
    made = cases.open_from(member("ratna"), sent.report_id, number=1, once="c")
    for login in cast.CAST:
        if login not in ("ratna", "bayu", "wulan"):
            with pytest.raises((NotAllowed, NotFound)):
                cases.show(member(login), made)
            with pytest.raises((NotAllowed, NotFound)):
                cases.open_from(member(login), sent.report_id, number=1, once="x")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CaseReport)) == 1


def test_the_page_of_one_report_names_no_case_that_is_hidden(context: Flask) -> None:
    first, second = sorted_out("Satu"), sorted_out("Dua")
    made = cases.open_from(member("ratna"), first.report_id, number=1, once="c")
    cases.open_from(member("ratna"), second.report_id, case_id=made, number=1, once="c")
    with transaction() as session:
        session.add(Exclusion(report_id=second.report_id, excluded_id=member("bayu").person_id))
    assert cases.of(member("bayu"), first.report_id) is None
    found = cases.of(member("wulan"), first.report_id)
    assert found
    assert found.id == made
