"""Deciding and ending it; what is refused while it holds, and what goes on."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import cases, disclosures, links, police, reporters, reports, restrictions, triage, viewings
from pepa.errors import Failure, NotAllowed, NotFound
from pepa.models.cases import Case
from pepa.models.disclosures import Disclosure
from pepa.models.links import Link
from pepa.policy import Reporter
from tests.people import member, tell
from tests.uploads.test_add import PHOTO, send
from tests.viewings.test_take import words

WHY = "Tandapinang: undang-undang melarangnya"


def asked(reporter: Reporter, once: str = "a") -> UUID:
    given = {"asked_at": clock.now(), "how": "Lewat pesan"}
    return restrictions.ask(member("ratna"), reporter.report_id, once=once, **given)  # type: ignore[arg-type]


def decide(reporter: Reporter, decision: str = "restricted", by: str = "wulan", **values: Any) -> UUID:
    return restrictions.decide(member(by), reporter.report_id, decision=decision, **{"version": 1, **values})


def lift(reporter: Reporter, by: str = "wulan", **values: Any) -> UUID:
    return restrictions.lift(member(by), reporter.report_id, **{"version": 2, "reason": WHY, **values})


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    return tell(urgency="soon")


@pytest.fixture
def held(reporter: Reporter) -> Reporter:
    asked(reporter)
    decide(reporter)
    return reporter


@pytest.mark.both
def test_it_is_restricted_and_ended(context: Flask, reporter: Reporter) -> None:
    made = asked(reporter)
    assert decide(reporter, reason=WHY) == made
    row = restrictions.of(reporter.report_id)
    assert row
    assert row.decided_by
    assert (row.state, row.decided_by.name, WHY.encode() in row.body_sealed) == ("restricted", "Wulan Contoh", False)
    lift(reporter, reason="Ia minta sendiri")
    assert restrictions.of(reporter.report_id) is None
    _, (known,) = restrictions.show(member("bayu"), reporter.report_id)
    assert known.row.state == "lifted"
    assert known.said == {"how": "Lewat pesan", "reason": WHY, "lifted": "Ia minta sendiri"}


def test_it_cannot_be_and_is_asked_again(context: Flask, reporter: Reporter) -> None:
    asked(reporter)
    with pytest.raises(restrictions.ReasonMissing):
        decide(reporter, "refused", reason=" ")
    decide(reporter, "refused", reason=WHY)
    assert restrictions.of(reporter.report_id) is None
    restrictions.require_none(db.session(), reporter.report_id)
    asked(reporter, once="b")
    with pytest.raises(restrictions.ChangedMeanwhile):
        decide(reporter)  # of a page that showed the first
    decide(reporter, version=3)
    _, (newer, older) = restrictions.show(member("bayu"), reporter.report_id)
    assert (newer.row.state, older.row.state) == ("restricted", "refused")


def test_two_who_decide_at_once_notice(context: Flask, held: Reporter) -> None:
    with pytest.raises(restrictions.ChangedMeanwhile):
        decide(held, "refused", reason=WHY)
    with pytest.raises(restrictions.ChangedMeanwhile):
        decide(held, "refused", reason=WHY, version=2)
    with pytest.raises(restrictions.ReasonMissing):
        lift(held, reason="")


@pytest.mark.parametrize(("by", "failure"), [("ratna", NotAllowed), ("hadi", NotAllowed), ("intan", NotFound)])
def test_who_may_not(context: Flask, held: Reporter, by: str, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        lift(held, by=by)
    with pytest.raises(failure):
        decide(held, by=by)


def test_nothing_is_decided_that_nobody_asked(context: Flask, reporter: Reporter) -> None:
    with pytest.raises(restrictions.ChangedMeanwhile):
        decide(reporter)
    with pytest.raises(ValueError, match="lifted"):
        decide(reporter, "lifted")


# While it holds


def take(report_id: UUID, file_id: UUID) -> int:
    taken = viewings.take(member("ratna"), report_id, file_id, reason="Diminta", passphrase=words("ratna"))
    return sum(map(len, taken.content))


@pytest.mark.both
def test_no_original_leaves(context: Flask, reporter: Reporter) -> None:
    (file_id,), _ = send(reporter, PHOTO)
    asked(reporter)
    assert take(reporter.report_id, file_id) == len(PHOTO), "asked is not decided"
    decide(reporter)
    with pytest.raises(restrictions.Restricted):
        take(reporter.report_id, file_id)
    assert viewings.copy_for(member("ratna"), reporter.report_id, file_id).content, "it is still looked at"
    lift(reporter)
    assert take(reporter.report_id, file_id) == len(PHOTO)


@pytest.mark.both
def test_no_case_is_opened_from_it(context: Flask, reporter: Reporter) -> None:
    reports.open_for(member("ratna"), reporter.report_id)
    triage.judge(member("ratna"), reporter.report_id, urgency="soon", number=0, once="j")
    asked(reporter)
    decide(reporter)
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Case))
    with pytest.raises(restrictions.Restricted):
        cases.open_from(member("ratna"), reporter.report_id, number=1, once="c")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == before
    lift(reporter)
    assert cases.open_from(member("ratna"), reporter.report_id, number=1, once="c")


def test_it_is_linked_with_nothing_from_either_side(context: Flask, held: Reporter) -> None:
    other = tell("Lain")
    for one, beside in ((held, other), (other, held)):
        with pytest.raises(restrictions.Restricted):
            links.link(member("ratna"), one.report_id, other_id=beside.report_id)
    assert db.session.scalar(sa.select(Link)) is None


@pytest.mark.parametrize(
    ("basis", "days", "is_noted"),
    [
        ("consent", 0, False),
        ("public_task", 0, False),
        ("consent", 1, True),
        ("legal_duty", 0, True),
        ("vital_interest", 0, True),
    ],
)
def test_what_is_noted_as_given(context: Flask, held: Reporter, basis: str, days: int, is_noted: bool) -> None:
    _, (known,) = restrictions.show(member("wulan"), held.report_id)
    given = {"on": clock.today() - timedelta(days=days), "to": "RS", "items": "nama", "purpose": "visum"}
    reference = reports.get_for(member("wulan"), held.report_id).reference

    def note() -> UUID:
        return disclosures.add(member("wulan"), basis=basis, reference=reference, once="d", **given)  # type: ignore[arg-type]

    assert known.row.state == "restricted"
    if is_noted:
        assert note()
    else:
        with pytest.raises(restrictions.Restricted):
            note()
        assert db.session.scalar(sa.select(Disclosure).where(Disclosure.report_id == held.report_id)) is None


def test_reading_answering_and_the_police_clock_go_on(context: Flask, held: Reporter) -> None:
    ratna = member("ratna")
    assert reports.open_for(ratna, held.report_id, shows_messages=True).told.what
    assert reports.answer(ratna, held.report_id, text="Ya", once="a")
    assert reporters.write(held, text="Lagi", once="w")
    assert police.begin(ratna, held.report_id, told_by="survivor")
