"""A task is made: by whom, for whom, and who opens its text."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import tasks
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.boxes import Grant
from pepa.models.tasks import Act, Deed, Move, Task
from tests import cast
from tests.people import office
from tests.tasks.board import NOW, TEXT, day, made, read


@pytest.mark.both
def test_a_task_stands_last_in_the_first_column(context: Flask, database: str) -> None:
    with clock.frozen(NOW):
        first, second = made("ratna"), made("bayu", to="bayu")
    one, two = read(first), read(second)
    assert (one.column, two.column) == ("before", "before")
    assert one.rank < two.rank
    assert (one.person_id, two.person_id) == (None, cast.member("bayu").person_id)
    assert one.made_at == NOW
    assert re.fullmatch(r"T-\d\d[A-Z]", one.code)
    assert one.code != two.code


def test_the_same_form_twice_is_one_task(context: Flask) -> None:
    assert made("ratna", once="a") == made("ratna", once="a")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Task)) == 1


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"deed": None}, tasks.NoDeed),
        ({"due_on": None}, tasks.NoDay),
        ({"holder_id": None}, tasks.NoSuchHolder),
    ],
)
def test_what_is_missing_is_said(context: Flask, values: dict[str, None], refusal: type[Exception]) -> None:
    me = cast.member("ratna")
    whole = {"deed": "contact", "due_on": day(1), "holder_id": me.organisation_id, "once": "a"}
    with pytest.raises(refusal):
        tasks.create(me, **{**whole, **values})  # type: ignore[arg-type]


def test_nobody_is_handed_a_task_by_another_organisation_but_that_itself(context: Flask) -> None:
    """Who of a partner does it, the partner says."""
    with pytest.raises(tasks.NoSuchHolder):
        tasks.create(
            cast.member("ratna"),
            deed="contact",
            due_on=day(1),
            holder_id=cast.member("nadia").person_id,
            once="a",
        )


@pytest.mark.parametrize("login", ["joko", "asep", "dian"])
def test_who_holds_no_key_or_reads_no_case_has_no_tasks(context: Flask, login: str) -> None:
    with pytest.raises(NotAllowed):
        made(login)
    with pytest.raises(tasks.NoSuchHolder):
        made("ratna", to=login)


@pytest.mark.both
def test_the_text_opens_for_maker_and_holder_and_nobody_else(context: Flask, database: str) -> None:
    task_id = made("ratna", to=office("legal_aid"), text=TEXT)
    assert TEXT.encode() not in (read(task_id).body_sealed or b"")
    for login in ("ratna", "sekar", "nadia", "tegar"):
        assert tasks.open_for(cast.member(login), task_id).text == TEXT
    for login in ("melati", "intan", "puspa"):
        with pytest.raises(NotFound):
            tasks.open_for(cast.member(login), task_id)
    box_id = read(task_id).box_id
    holders = set(db.session.scalars(sa.select(Grant.holder_id).where(Grant.box_id == box_id)))
    assert holders == {office(), office("legal_aid")}


def test_opening_a_text_is_recorded(context: Flask) -> None:
    silent, told = made("ratna"), made("ratna", text=TEXT)
    for task_id in (silent, told):
        tasks.open_for(cast.member("bayu"), task_id)
    opened = db.session.scalars(sa.select(AuditEntry.thing_id).where(AuditEntry.act == "task.opened")).all()
    assert opened == [told]


def test_a_task_without_text_has_no_box(context: Flask) -> None:
    task = read(made("ratna", text="  "))
    assert (task.box_id, task.body_sealed) == (None, None)
    assert tasks.open_for(cast.member("ratna"), task.id).text == ""


def test_the_history_begins_with_its_maker(context: Flask) -> None:
    task_id = made("ratna", "visit", due=3, text=TEXT)
    (move,) = tasks.history(cast.member("sekar"), task_id)
    assert (move.act, move.by.name, move.due_on) == (Act.MADE, "Ratna Contoh", day(3))
    words = {str(value) for value in db.session.execute(sa.select(*Move.__table__.columns)).one()}
    assert not [word for word in words if "puskesmas" in word]


def test_titles_say_nothing_of_the_matter(context: Flask) -> None:
    """words.md: no "visum", "sidang", "BAP" in a title."""
    labels = " ".join(deed.label for deed in Deed).lower()
    assert len(Deed) == 20
    assert not re.search("visum|sidang|bap|polisi|korban|kasus|laporan", labels)


def test_codes_grow_where_short_ones_are_used_up(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "DIGITS", "8")
    monkeypatch.setattr(tasks, "LETTERS", "K")
    assert [read(made("ratna")).code for _ in range(3)] == ["T-88K", "T-88KK", "T-88KKK"]
