"""Who says that an opening outside of somebody's work was looked at: whoever can look into the trail. Where nobody can
but the one whom it is about, the head, who is shown what was opened."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.db import transaction
from pepa.domain import conflicts, excesses, reports
from pepa.errors import NotFound
from pepa.models.excesses import Kind
from pepa.models.installation import Setting
from pepa.models.organisations import Membership
from pepa.models.reports import reference_of
from pepa.policy import Reporter
from tests import cast
from tests.duty.rosters import roster
from tests.members.people import membership
from tests.people import member, tell

AT = datetime(2026, 11, 25, 9, 0, tzinfo=clock.JAKARTA)


def opened_outside(login: str, on_duty: str = "bayu") -> Reporter:
    roster((on_duty, AT - timedelta(hours=1), AT + timedelta(hours=8)))
    with clock.frozen(AT):
        sent = tell("Isi")
        reports.open_for(member(login), sent.report_id)
    return sent


def seen_by(login: str) -> list[excesses.Told]:
    with clock.frozen(AT):
        return [one for one in excesses.unseen_by(member(login)) if one.kind is not Kind.HOUR]


def test_of_an_officer_a_supervisor_ends_it_and_the_head_does_not(context: Flask) -> None:
    opened_outside("ratna")
    (told,) = seen_by("hadi")
    assert (told.name, told.ends, told.lines) == ("Ratna Contoh", False, ())
    with pytest.raises(NotFound):
        excesses.look_at(member("hadi"), told.id)
    (told,) = seen_by("wulan")
    assert told.ends
    excesses.look_at(member("wulan"), told.id)
    assert (seen_by("wulan"), seen_by("hadi")) == ([], [])


def test_of_the_only_supervisor_the_head_is_shown_what_and_ends_it(context: Flask) -> None:
    sent = opened_outside("wulan")
    assert seen_by("wulan") == []
    (told,) = seen_by("hadi")
    assert told.ends
    assert [(line.reference, line.at, line.why) for line in told.lines] == [
        (reference_of(sent.report_id), AT, "outside")
    ]
    excesses.look_at(member("hadi"), told.id)
    assert seen_by("hadi") == []


def test_a_second_supervisor_looks_at_the_first(context: Flask) -> None:
    opened_outside("wulan")
    with transaction() as session:
        session.get_one(Membership, membership("ratna")).roles = "supervisor"
    (told,) = seen_by("hadi")
    assert (told.ends, told.lines) == (False, ())
    (told,) = seen_by("ratna")
    excesses.look_at(member("ratna"), told.id)


def test_where_the_supervisor_may_not_know_of_it_the_head_ends_it(context: Flask) -> None:
    sent = opened_outside("ratna")
    conflicts.declare(member("wulan"), sent.report_id, once="d")
    assert seen_by("wulan") == []
    (told,) = seen_by("hadi")
    assert (told.ends, len(told.lines)) == (True, 1)
    excesses.look_at(member("hadi"), told.id)


def test_of_too_many_in_a_day_the_head_is_shown_the_day(context: Flask) -> None:
    with transaction() as session:
        session.merge(Setting(key="openings_a_day", value="2"))
    roster(("wulan", AT - timedelta(hours=1), AT + timedelta(hours=8)))
    with clock.frozen(AT):
        sent = [tell(str(n)) for n in range(3)]
    for n, one in enumerate(sent):
        with clock.frozen(AT + timedelta(minutes=n)):
            reports.open_for(member("wulan"), one.report_id)
    (told,) = seen_by("hadi")
    assert (told.kind, told.ends) == (Kind.DAY, True)
    assert [line.reference for line in told.lines] == [reference_of(one.report_id) for one in reversed(sent)]


def test_at_the_desk(app: Flask) -> None:
    with app.app_context():
        sent = opened_outside("ratna")
        opened_outside("wulan")
    head = cast.at_work(app, "hadi")
    page = head.open("/petugas/mulai")
    assert page.has("Ratna Contoh membuka laporan di luar tugasnya.", "Penyelia yang melihat jejaknya.")
    assert page.has("Wulan Contoh membuka laporan di luar tugasnya.", "Yang dibuka")
    assert not page.has(reference_of(sent.report_id))
    assert not head.submit("Sudah saya lihat Wulan Contoh").has("Wulan Contoh membuka")
