"""The morning's mail: numbers and codes, once a day, to whoever may still read it, and none about nothing."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.delivery import mail
from pepa.domain import boards, mornings, outbox
from pepa.models.organisations import Membership
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.places import Holiday
from pepa.models.tasks import Digest
from tests import cast
from tests.people import office
from tests.tasks.board import NOW, TEXT, made, move, read

SEVEN = NOW.replace(hour=7)


def told() -> list[str]:
    """Who is mailed about tasks, by login, each as often as there is a mail."""
    db.session.rollback()
    query = sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id)
    return sorted(db.session.scalars(query.where(OutboxRow.notice == "tasks")))


@pytest.fixture
def tasks_of_ratna(context: Flask) -> list[object]:
    """Late, due today, waiting, and one for later."""
    with clock.frozen(NOW):
        made_ids = [
            made("ratna", to="ratna", due=-2, text=TEXT),
            made("ratna", to="ratna", due=0),
            made("ratna", to=office("police"), due=9),
            made("ratna", to="ratna", due=9),
        ]
        move("ratna", made_ids[2], "waiting")
        return made_ids  # type: ignore[return-value]


@pytest.mark.both
def test_one_mail_a_day_whoever_asks_and_however_often(context: Flask, database: str) -> None:
    made("ratna", to="ratna", due=0)
    with clock.frozen(SEVEN):
        assert [mornings.tell(), mornings.tell()] == [1, 0]
    with clock.frozen(SEVEN + timedelta(hours=2)):
        assert mornings.tell() == 0
        assert told() == ["ratna"]
    with clock.frozen(SEVEN + timedelta(days=1)):
        assert mornings.tell() == 1
    assert told() == ["ratna", "ratna"]


@pytest.mark.parametrize(
    "at",
    [SEVEN - timedelta(minutes=1), SEVEN.replace(hour=12), SEVEN + timedelta(days=3), SEVEN + timedelta(days=4)],
    ids=["before seven", "at noon", "on Saturday", "on Sunday"],
)
def test_at_other_times_nobody_is_mailed(context: Flask, at: datetime) -> None:
    made("ratna", to="ratna", due=0)
    with clock.frozen(at):
        assert mornings.tell() == 0
    assert not told()


@pytest.mark.parametrize("approved_at", [NOW - timedelta(days=9), None])
def test_on_a_holiday_nobody_is_mailed(context: Flask, approved_at: datetime | None) -> None:
    """One that nobody has approved is none."""
    made("ratna", to="ratna", due=0)
    with transaction() as session:
        day = Holiday(on=NOW.date(), name="Libur Contoh", kind="national", source="-", approved_at=approved_at)
        session.merge(day)
    with clock.frozen(SEVEN):
        assert mornings.tell() == (0 if approved_at else 1)


def test_nothing_to_say_is_no_mail_that_day(context: Flask) -> None:
    """Also where something comes later in the day: that is no morning's mail."""
    with clock.frozen(SEVEN):
        made("ratna", to="ratna", due=5)
        assert mornings.tell() == 0
        made("ratna", to="ratna", due=0)
        assert mornings.tell() == 0


def test_it_holds_numbers_and_codes_alone(config: Config, tasks_of_ratna: list[object]) -> None:
    late, today, waiting, later = [read(task_id).code for task_id in tasks_of_ratna]  # type: ignore[arg-type]
    with clock.frozen(SEVEN):
        mornings.tell()
        (due,) = [one for one in outbox.claim() if one.notice is outbox.Notice.TASKS]
        said = mornings.words(due)
    assert said == f"Tugas: terlambat 1 ({late}), hari ini 1 ({today}), menunggu 1 ({waiting})."
    letter = mail.written("a@contoh.example", "https://contoh.example", "b@contoh.example", due.id, said)
    assert said in letter.get_content()
    assert not [word for word in ("Hubungi", "Ratna", "Unit PPA", "puskesmas", later) if word in letter.as_string()]


def test_many_codes_are_cut_short(context: Flask) -> None:
    for _ in range(7):
        made("ratna", to="ratna", due=0)
    with clock.frozen(SEVEN):
        mornings.tell()
        said = mornings.words(outbox.claim()[0])
    assert "hari ini 7 (" in said
    assert said.count("T-") == 5
    assert "…" in said


@pytest.mark.parametrize("end", ["done", "archived"])
def test_done_and_archived_are_silent(config: Config, context: Flask, end: str) -> None:
    """Before the hour, and between the writing of the mail and its leaving."""
    first, second = [made("ratna", to="ratna", due=0) for _ in range(2)]
    me = cast.member("ratna")

    def finish(task_id: object) -> None:
        if end == "done":
            move("ratna", task_id, "done")  # type: ignore[arg-type]
        else:
            boards.archive(me, task_id, version=1)  # type: ignore[arg-type]

    finish(first)
    with clock.frozen(SEVEN):
        assert mornings.tell() == 1
        finish(second)
        assert delivery.send_due(config) == 0
    assert not told()


def test_who_left_meanwhile_is_not_told(config: Config, context: Flask) -> None:
    made("tegar", to="tegar", due=0)
    with clock.frozen(SEVEN):
        assert mornings.tell() == 1
        gone = sa.select(Membership).where(Membership.person_id == cast.member("tegar").person_id)
        with transaction() as session:
            session.scalars(gone).one().is_active = False
        assert delivery.send_due(config) == 0
    assert not told()


def test_whose_roles_see_no_tasks_is_not_told(context: Flask) -> None:
    made("bayu", to="bayu", due=0)
    his = sa.select(Membership).where(Membership.person_id == cast.member("bayu").person_id)
    with transaction() as session:
        session.scalars(his).one().roles = "data_officer"
    with clock.frozen(SEVEN):
        assert mornings.tell() == 0


def test_who_waits_for_somebody_else_is_told_so(context: Flask) -> None:
    code = read(made("nadia", to="tegar", due=4)).code
    with clock.frozen(SEVEN):
        assert mornings.tell() == 1
        assert mornings.words(outbox.claim()[0]).endswith(f"menunggu 1 ({code}).")


def test_yesterdays_mail_is_not_sent_today(config: Config, context: Flask) -> None:
    made("ratna", to="ratna", due=0)
    with clock.frozen(SEVEN):
        mornings.tell()
    with clock.frozen(SEVEN + timedelta(hours=20)):
        assert delivery.send_due(config) == 0


def test_it_leaves_once_and_is_forgotten_after_a_month(config: Config, context: Flask) -> None:
    made("ratna", to="ratna", due=0)
    with clock.frozen(SEVEN):
        mornings.tell()
        assert [delivery.send_due(config), delivery.send_due(config)] == [1, 0]
    with clock.frozen(SEVEN + timedelta(days=31)):
        mornings.purge()
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(Digest))


def test_what_nobody_has_yet_is_told_to_whoever_keeps_the_board(context: Flask) -> None:
    with clock.frozen(NOW):
        made("ratna", to=office("legal_aid"), due=-3)
        assert [len(mornings.of(cast.member(login).person_id).late) for login in ("nadia", "tegar")] == [1, 0]


def test_who_belongs_to_both_organisations_of_a_task_is_told_of_it_once(context: Flask) -> None:
    with clock.frozen(NOW):
        made("ratna", to=office("legal_aid"), due=2)
        ratna = cast.member("ratna").person_id
        with transaction() as session:
            session.add(Membership(person_id=ratna, organisation_id=office("legal_aid"), roles="worker"))
        assert len(mornings.of(ratna).waiting) == 1
