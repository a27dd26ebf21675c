"""Every act that is recorded anywhere has a sentence that people can read."""

import ast
from collections.abc import Iterator
from pathlib import Path

from pepa.domain import acts, codes, enrolments, illustrations, restrictions, withdrawals
from pepa.models.areas import Change
from pepa.models.conflicts import ConflictAct
from pepa.models.duty import SwapState
from pepa.models.outreach import Standing
from pepa.models.reports import Stage
from pepa.models.reviews import Verdict
from pepa.models.rooms import BookingState
from pepa.models.tasks import Act

PEPA = Path(__file__).parents[2] / "pepa"
PLACE = {"record": 1, "record_prompted": 1, "record_anonymous": 1, "refused": 0}  # of the act among the arguments
# What is put together where it is recorded, by module.
MADE = {
    "area_changes": {f"area.{one}" for one in Change},
    "backups": {"backup.verified", "backup.drilled"},
    "breaches": {"breach.changed", "breach.moved", "breach.written"},
    "check_ins": {f"booking.{one}" for one in (BookingState.IN_USE, BookingState.ENDED)},
    "conflicts": {f"conflict.{one}" for one in ConflictAct},
    "links": {"report.linked", "report.unlinked"},
    "outreach": {f"teaching.{one}" for one in (Standing.CONFIRMED, Standing.SET_ASIDE)},
    "rescues": {"recovery.remind", "recovery.watch"},
    "restrictions": set(restrictions.ACTS.values()),
    "reviews": {f"edition.{one}" for one in Verdict},
    "swaps": {f"swap.{one}" for one in SwapState if one is not SwapState.ASKED},
    "tasks": {f"task.{one}" for one in Act},
    "trails": {f"trail.{one}" for one in ("read", "of_report", "of_person", "accounts", "own")},
    "triage": {f"report.{one}" for one in (Stage.TRIAGED, Stage.HELP, Stage.OTHER, Stage.CASE)},
    "withdrawals": {withdrawals.KEEP, withdrawals.RELEASE},
    "departures": {enrolments.GIVEN_UP},
    "enrolments": {enrolments.GIVEN_UP},
    "illustrations": {illustrations.REMOVED},
    "codes": {codes.REPLACED, codes.ENDED},
    "arrivals": {"report.delivered", "report.saved"},
}


def recorded() -> Iterator[tuple[str, ast.expr]]:
    """The module and the act of each place that records one."""
    for path in sorted(PEPA.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(), str(path))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            of = node.func.value
            if isinstance(of, ast.Name) and of.id == "audit" and node.func.attr in PLACE:
                yield path.stem, node.args[PLACE[node.func.attr]]


def named(act: ast.expr) -> set[str] | None:
    """The acts that stand there as they are; None where one is put together."""
    match act:
        case ast.Constant(value=str(name)):
            return {name}
        case ast.IfExp(body=one, orelse=other):
            both = named(one), named(other)
            return None if both[0] is None or both[1] is None else both[0] | both[1]
        case _:
            return None


def found() -> set[str]:
    every = set()
    for module, act in recorded():
        names = named(act)
        assert names or module in MADE, f"{module}.py puts an act together: say in MADE here which there are"
        every |= names or MADE[module]
    return every


def test_every_act_has_a_sentence() -> None:
    lacking = sorted(found() - acts.ACTS.keys())
    assert not lacking, f"whoever reads the trail cannot see these: add a line to pepa/domain/acts.py: {lacking}"


def test_what_opened_something_is_taken_away_in_one_place() -> None:
    """Who could read what, and until when, is kept with it: see pepa/domain/holdings.py."""
    deleting = {"sa.delete(KeyWrap)": {"holdings"}, "sa.delete(Grant)": {"boxes", "grants", "homecomings"}}
    for what, where in deleting.items():
        found = {path.stem for path in PEPA.rglob("*.py") if what in path.read_text()}
        assert found == where, f"{what}: ask holdings first, as {sorted(where)} do"


def test_the_kinds_have_no_act_in_common() -> None:
    assert len(acts.names(*acts.Of)) == len(acts.ACTS)


def test_sentences_begin_with_a_capital_and_end_open() -> None:
    odd = [one.says for one in acts.ACTS.values() if not one.says[0].isupper() or one.says.endswith(".")]
    assert not odd
