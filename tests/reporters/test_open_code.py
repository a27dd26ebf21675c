"""A code that somebody types: slips are told at once, everything else costs the same and gets one answer."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import audit, keys, reporters
from pepa.errors import Busy
from pepa.models.audit import AuditEntry, Chain
from pepa.models.reports import Reading, ReporterKey
from pepa.policy import Reporter
from pepa.vault import codes
from tests.people import tell


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    return tell("Isi")


@pytest.fixture
def code(reporter: Reporter) -> str:
    digits = reporters.code(reporter)
    assert digits
    return digits


def swapped(code: str) -> str:
    """The first two neighbours that differ have changed places."""
    at = next(at for at in range(19) if code[at] != code[at + 1])
    return code[:at] + code[at + 1] + code[at] + code[at + 2 :]


def unknown() -> str:
    """A well-formed code of no report."""
    body = "123456789012345678"
    return body + codes.check_digits(body)


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each Argon2 that runs meanwhile, and each look-up by a code's locator."""
    done: list[str] = []
    really = codes.stretch

    def stretch(digits: str, salt: bytes) -> codes.Stretched:
        done.append("argon2")
        return really(digits, salt)

    def hear(connection: object, cursor: object, statement: str, *_: object) -> None:
        if "code_locator = " in statement.lower() and statement.startswith("SELECT"):
            done.append("look-up")

    sa.event.listen(db.engine, "before_cursor_execute", hear)
    with monkeypatch.context() as patch:
        patch.setattr(codes, "stretch", stretch)
        yield done
    sa.event.remove(db.engine, "before_cursor_execute", hear)


@pytest.mark.both
def test_opens_a_way_in_of_its_own(reporter: Reporter, code: str) -> None:
    tokens = [reporters.open_code(code) for _ in range(2)]
    opened = [reporters.by_token(token) for token in tokens]
    assert [one and (one.report_id, one.kind) for one in opened] == [(reporter.report_id, "code")] * 2
    assert tokens[0] != tokens[1]
    assert opened[0]
    assert reporters.told(opened[0]).what == "Isi"
    reporters.leave(reporters.cookie(tokens[0]))
    assert reporters.by_token(tokens[0]) is None
    assert reporters.by_token(tokens[1]), "the other one stays"
    assert reporters.by_token(reporter.token), "and so does the ticket's"


@pytest.mark.parametrize(
    "typed",
    ["{0} {1} {2} {3} {4}", "{0}-{1}-{2}-{3}-{4}", "  {0}{1}{2}{3}{4}\n", "kode: {0} {1}\n{2} {3} {4}"],
)
def test_however_it_is_typed(reporter: Reporter, code: str, typed: str) -> None:
    groups = [code[at : at + 4] for at in range(0, 20, 4)]
    found = reporters.by_token(reporters.open_code(typed.format(*groups)))
    assert found
    assert found.report_id == reporter.report_id


@pytest.mark.parametrize(
    ("change", "says", "n"),
    [
        (lambda code: "", "Tulis kodenya. Angka saja sudah cukup.", 0),
        (lambda code: "   \n", "Tulis kodenya. Angka saja sudah cukup.", 0),
        (lambda code: code[:-3], "Kode ini kurang %(n)s angka.", 3),
        (lambda code: code + "7", "Kode ini lebih %(n)s angka.", 1),
        (swapped, "Ada angka yang tertukar", 0),
        (lambda code: code[:-1] + str((int(code[-1]) + 1) % 10), "Ada angka yang tertukar", 0),
    ],
    ids=["nothing", "spaces", "short", "long", "swapped", "wrong"],
)
def test_a_slip_is_told_at_once_and_cheaply(
    code: str, change: Callable[[str], str], says: str, n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(monkeypatch) as done, pytest.raises(reporters.CodeSlip) as slip:
        reporters.open_code(change(code))
    assert done == []
    assert slip.value.field == "code"
    assert slip.value.says.startswith(says)
    assert not n or slip.value.values["n"] == n


@pytest.mark.both
def test_what_does_not_open_costs_what_opening_costs(
    code: str, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unknown, and a row whose wrap is another's: one answer, one Argon2, one look-up."""
    with counted(monkeypatch) as right:
        reporters.open_code(code)
    with counted(monkeypatch) as none, pytest.raises(reporters.CodeUnknown) as first:
        reporters.open_code(unknown())
    other = tell("Lain")
    reporters.code(other)
    with transaction() as session:
        session.get_one(ReporterKey, reporter.report_id).code_sealed = session.get_one(
            ReporterKey, other.report_id
        ).code_sealed
    with counted(monkeypatch) as broken, pytest.raises(reporters.CodeUnknown) as second:
        reporters.open_code(code)
    assert right == none == broken == ["argon2", "look-up"]
    assert (first.value.says, first.value.values) == (second.value.says, second.value.values)


def test_a_failure_leaves_no_way_in(code: str, reporter: Reporter) -> None:
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Reading))
    with pytest.raises(reporters.CodeUnknown):
        reporters.open_code(unknown())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Reading)) == before


def test_it_is_recorded_without_a_minute(code: str, reporter: Reporter) -> None:
    reporters.open_code(code)
    query = sa.select(AuditEntry).where(AuditEntry.thing_id == reporter.report_id, AuditEntry.act == "report.followed")
    (entry,) = db.session.scalars(query)
    assert entry.chain == Chain.ANONYMOUS
    assert (entry.at.minute, entry.at.second) == (0, 0)
    assert audit.first_broken(Chain.ANONYMOUS) is None


def test_a_flood_of_codes_waits_in_a_pool_of_its_own(code: str, reporter: Reporter) -> None:
    here = keys.here()
    impatient = dataclasses.replace(here, patience=0.05)
    with pytest.MonkeyPatch.context() as patch, ExitStack() as taken:
        patch.setattr(keys, "_installed", impatient)
        taken.enter_context(here.typed.take(5))
        with pytest.raises(Busy) as busy:
            reporters.open_code(code)
        assert busy.value.retry_after > 0
        assert reporters.code(tell()), "making codes has slots of its own"
    assert reporters.open_code(code)
