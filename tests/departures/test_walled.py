"""What somebody leaves behind that not everybody may know of: nobody counts it, nothing is left without a reader."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import callbacks, conflicts, departures, reports, roles
from pepa.models.duty import Shift
from pepa.models.organisations import Membership
from pepa.models.reports import Report
from pepa.policy import Reporter
from tests.members.people import forget_told, membership, told, words
from tests.people import member, tell


def declared(sent: Reporter, *logins: str) -> None:
    for login in logins:
        conflicts.declare(member(login), sent.report_id, once=login)


def for_ratna_alone() -> Reporter:
    sent = tell("Isi", urgency="now")
    declared(sent, "wulan", "bayu")
    return sent


def leave(by: str, login: str, manner: str = "ordinary") -> Membership:
    return departures.leave(member(by), membership(login), manner=manner, passphrase=words(by))


def test_what_is_hidden_from_whoever_asks_is_not_counted(context: Flask) -> None:
    sent, ratna, now = tell("Isi", phone="0812-0000-1111"), member("ratna"), clock.now()
    before = departures.plan(member("wulan"), membership("ratna"))
    reports.hold(ratna, sent.report_id)
    times = {"from_at": now, "until_at": now + timedelta(hours=1)}
    callbacks.promise(ratna, sent.report_id, person_id=ratna.person_id, reason="Ia minta", once="p", **times)
    declared(sent, "wulan")
    found, other = (departures.plan(member(login), membership("ratna")) for login in ("wulan", "joko"))
    assert (found.reports, found.callbacks) == (before.reports, before.callbacks)
    assert (other.reports, other.callbacks) == (before.reports + 1, before.callbacks + 1)
    leave("wulan", "ratna")
    assert db.session.get_one(Report, sent.report_id).held_by_id is None, "it is let go of all the same"


def test_only_whoever_may_know_is_told_that_something_waits(context: Flask) -> None:
    sent, ratna = tell("Isi"), member("ratna")
    with transaction() as session:
        session.execute(sa.delete(Shift))
        session.execute(sa.update(Report).values(held_by_id=None))
    reports.hold(ratna, sent.report_id)
    declared(sent, "wulan")
    forget_told()
    leave("joko", "ratna")
    assert told("hand_on") == {"hadi"}


@pytest.mark.both
def test_nobody_goes_who_alone_may_read_one_report(context: Flask, database: str) -> None:
    for_ratna_alone()
    with pytest.raises(departures.StillHolds):
        leave("wulan", "ratna")
    with pytest.raises(departures.StillHolds):
        roles.choose(member("joko"), membership("ratna"), roles=["case_manager"], version=1)
    shown = roles.difference(member("joko"), membership("ratna"), roles=["case_manager"], version=1)
    assert isinstance(shown.refused, departures.StillHolds)
    leave("wulan", "bayu")


def test_once_it_was_handed_on_they_may_go(context: Flask) -> None:
    sent = for_ratna_alone()
    conflicts.hand_on(member("ratna"), sent.report_id, reason="Tidak ada orang lain.", once="h")
    leave("wulan", "ratna")


def test_whoever_keeps_another_role_that_reads_may_lose_one(context: Flask) -> None:
    for_ratna_alone()
    roles.choose(member("wulan"), membership("ratna"), roles=["supervisor", "case_manager"], version=1)


def test_what_was_settled_as_other_keeps_nobody(context: Flask) -> None:
    sent = for_ratna_alone()
    with transaction() as session:
        session.execute(sa.update(Report).where(Report.id == sent.report_id).values(stage="other"))
    leave("wulan", "ratna")


def test_under_suspicion_nobody_stays_for_it(context: Flask) -> None:
    """Else whoever names everybody else on a report could not be put out."""
    for_ratna_alone()
    assert departures.plan(member("wulan"), membership("ratna")).refused is None
    leave("wulan", "ratna", "suspected")
