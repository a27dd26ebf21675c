"""By which ways a notice leaves, and in whose name it is told."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import outbox
from pepa.domain.outbox import ALWAYS_MAILED, LOUD, Notice
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from tests.duty.rosters import person
from tests.notices.lists import PERSONAL, empty
from tests.people import office, tell

DOMAIN = Path(__file__).parents[2] / "pepa" / "domain"


def ways(notice: Notice, *, has_mail: bool, has_sms: bool, phone: str | None) -> set[str]:
    empty()
    with transaction() as session:
        ratna = session.get_one(Person, person("ratna"))
        ratna.has_mail, ratna.has_sms, ratna.phone = has_mail, has_sms, phone
        session.flush()
        outbox.tell(session, ratna.id, notice)
    return set(db.session.scalars(sa.select(OutboxRow.channel)))


@pytest.mark.parametrize("notice", Notice)
def test_each_way_as_it_was_chosen(context: Flask, notice: Notice) -> None:
    loud, mailed = {"sms"} if notice in LOUD else set(), {"mail"} if notice in ALWAYS_MAILED else set()
    assert ways(notice, has_mail=True, has_sms=True, phone="0812-0000-1111") == {"mail"} | loud
    assert ways(notice, has_mail=True, has_sms=False, phone="0812-0000-1111") == {"mail"}
    assert ways(notice, has_mail=True, has_sms=True, phone=None) == {"mail"}
    assert ways(notice, has_mail=False, has_sms=True, phone="0812-0000-1111") == mailed | loud
    assert ways(notice, has_mail=False, has_sms=False, phone="0812-0000-1111") == mailed


def test_an_alarm_is_never_left_to_the_list_alone() -> None:
    assert {Notice.ALARM, Notice.ASIDE} <= set(ALWAYS_MAILED)


def test_a_report_says_in_whose_name(context: Flask) -> None:
    empty()
    report_id = tell(about="office").report_id
    with transaction() as session:
        outbox.tell(session, person("intan"), Notice.LATE_READING, report_id)
    assert set(db.session.scalars(sa.select(OutboxRow.organisation_id))) == {office("independent")}


@pytest.mark.parametrize("notice", Notice)
def test_every_sms_fits_one_and_every_telephone_shows_it(notice: Notice) -> None:
    said = notice.label % {"kode": "L-0000-0000", "n": 99} if notice in LOUD else notice.label
    assert said.isascii()
    assert len(said) <= 160


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(DOMAIN.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(), str(path))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "outbox.tell":
                yield path.name, node


def test_every_notice_is_told_in_somebody_s_name() -> None:
    """Or of a report, or about the person alone: else whoever left goes on to be told."""
    found = list(calls())
    assert len(found) > 20
    own = {f"Notice.{notice.name}" for notice in PERSONAL}
    for name, call in found:
        said = ast.unparse(call.args[2]).removeprefix("outbox.")
        names = len(call.args) > 3 or any(word.arg == "organisation_id" for word in call.keywords)
        assert names or said in own, f"{name}:{call.lineno} {ast.unparse(call)}: say organisation_id="
