"""What a colleague wrote, by what it names: a line with the code of a report that is hidden from whoever reads it, or
of its case, is not for them (domain.md rule 13). Lines without a code are nobody's to judge: they stay.
"""

import re
from collections.abc import Sequence

import sqlalchemy as sa

from pepa.db import db
from pepa.domain import walls
from pepa.models.cases import CaseReport
from pepa.models.reports import ALPHABET, spoken
from pepa.policy import Member

CODE = re.compile(rf"\b(?:[LK]-?)?([{ALPHABET}]{{6}})\b", re.IGNORECASE)


def without_hidden(actor: Member, text: str) -> str:
    """The text without those lines, whoever has the report by now."""
    return "\n".join(line for line, is_shown in _lines(actor, text) if is_shown)


def with_hidden(actor: Member, before: str, typed: str) -> str:
    """What the actor typed over a text, with those lines of it that they were not shown, at their places."""
    lines = typed.split("\n") if typed else []
    for place, (line, is_shown) in enumerate(_lines(actor, before)):
        if not is_shown:
            lines.insert(place, line)
    return "\n".join(lines)


def _lines(actor: Member, text: str) -> Sequence[tuple[str, bool]]:
    """Each line, and whether the actor may read it."""
    lines = text.split("\n")
    named = [{code.upper() for code in CODE.findall(line)} for line in lines]
    hidden = _hidden_codes(actor) if any(named) else set()
    return [(line, hidden.isdisjoint(codes)) for line, codes in zip(lines, named, strict=True)]


def _hidden_codes(actor: Member) -> set[str]:
    """The six signs of the reports that are hidden from the actor, and of their cases."""
    reports, cases = walls.hidden(actor), sa.select(CaseReport.case_id)
    rows = [*db.session.scalars(reports), *db.session.scalars(cases.where(CaseReport.report_id.in_(reports)))]
    return {spoken(one) for one in rows}
