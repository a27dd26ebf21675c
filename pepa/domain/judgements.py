"""What was judged about a report, and what its dangers and hours propose (domain.md rules 2 and 32).

Each judgement is one row, sealed in the report's box and never edited: whoever judges again adds the next.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from pepa.db import db
from pepa.domain import additions, boxes, keys, reports
from pepa.models.additions import Ago, RedFlag
from pepa.models.reports import CoarseGroup, Report, Stage, Urgency
from pepa.models.triages import Help, Lowered, OtherOutcome, Triage
from pepa.policy import Member

PEP, CONTRACEPTION = timedelta(hours=72), timedelta(hours=120)


@dataclass(frozen=True)
class Ticked:
    """A danger that somebody ticked, and when. by: empty where the reporter told it."""

    at: datetime
    by: str = ""


@dataclass(frozen=True)
class Window:
    """What health can still do (rule 2). until: None where the time is not known, which counts as now."""

    hours: int
    until: datetime | None


@dataclass(frozen=True)
class Judged:
    """How a report was judged.

    number      which judgement of its report
    lowered     why it is less urgent than proposed
    note        the officer's words
    began_at    when it happened, as far as can be told; None: more than five days ago
    is_exact    somebody said when
    """

    number: int
    at: datetime
    by: str
    urgency: Urgency
    lowered: Lowered | None
    note: str
    flags: Mapping[RedFlag, Ticked]
    group: CoarseGroup
    sexual: bool
    began_at: datetime | None
    is_exact: bool

    @property
    def is_sexual(self) -> bool:
        return self.sexual or self.group is CoarseGroup.SEXUAL

    def windows(self, now: datetime) -> Sequence[Window]:
        """What is still open: both in the first 72 hours, then contraception alone."""
        if not self.is_sexual or self.began_at is None:
            return []
        age = now - self.began_at
        if age < PEP:
            return [Window(72, self.began_at + PEP if self.is_exact else None)]
        return [Window(120, self.began_at + CONTRACEPTION if self.is_exact else None)] if age < CONTRACEPTION else []


@dataclass(frozen=True)
class Settled:
    """What a report became. stage: help, other or case; the rest as that one has it."""

    number: int
    at: datetime
    by: str
    stage: Stage
    help: Help | None = None
    problem: str = ""
    done: str = ""
    outcome: OtherOutcome | None = None


@dataclass(frozen=True)
class Course:
    """All that was judged about a report, the oldest first."""

    judged: Sequence[Judged]
    settled: Sequence[Settled]

    @property
    def last(self) -> Judged | None:
        return self.judged[-1] if self.judged else None

    @property
    def newest(self) -> Judged | Settled | None:
        rows: list[Judged | Settled] = [*self.judged, *self.settled]
        return max(rows, key=lambda one: one.number, default=None)

    @property
    def number(self) -> int:
        """Of the newest row."""
        return self.newest.number if self.newest else 0


def of(actor: Member, opened: reports.Opened) -> Course:
    """What was judged about a report that was just opened, and recorded as opened. Raises Broken, recorded."""
    rows = db.session.scalars(sa.select(Triage).where(Triage.report_id == opened.report.id).order_by(Triage.number))
    judged, settled = [], []
    with reports.recorded(actor, opened.report.id):
        for row in rows:
            document = boxes.open_body(opened.box, "triage", row.id, row.body_epoch, row.body_sealed)
            if document["kind"] == "judged":
                judged.append(_judged(row.number, document))
            else:
                settled.append(_settled(row.number, document))
    return Course(judged, settled)


def windows_of(actor: Member, found: Sequence[Report], now: datetime) -> Sequence[Window]:
    """What health can still do, by the last judgement of each of these reports; what does not open is left out."""
    opened = boxes.open_all(actor, [report.box_id for report in found])
    box_of = {report.id: opened[report.box_id] for report in found if report.box_id in opened}
    last: dict[UUID, Judged] = {}
    for row in db.session.scalars(sa.select(Triage).where(Triage.report_id.in_(box_of)).order_by(Triage.number)):
        with suppress(keys.Unopened):
            document = boxes.open_body(box_of[row.report_id], "triage", row.id, row.body_epoch, row.body_sealed)
            if document["kind"] == "judged":
                last[row.report_id] = _judged(row.number, document)
    by_hours = {window.hours: window for one in last.values() for window in one.windows(now)}
    return [by_hours[hours] for hours in sorted(by_hours)]


def _judged(number: int, told: dict[str, Any]) -> Judged:
    return Judged(
        number=number,
        at=datetime.fromisoformat(told["at"]),
        by=told["by"],
        urgency=Urgency(told["urgency"]),
        lowered=Lowered(told["lowered"]) if told["lowered"] else None,
        note=told["note"],
        flags={RedFlag(code): Ticked(datetime.fromisoformat(at), by) for code, (at, by) in told["flags"].items()},
        group=CoarseGroup(told["group"]),
        sexual=told["sexual"],
        began_at=datetime.fromisoformat(told["began_at"]) if told["began_at"] else None,
        is_exact=told["is_exact"],
    )


def _settled(number: int, told: dict[str, Any]) -> Settled:
    return Settled(
        number=number,
        at=datetime.fromisoformat(told["at"]),
        by=told["by"],
        stage=Stage(told["kind"]),
        help=Help(told["help"]) if told.get("help") else None,
        problem=told.get("problem", ""),
        done=told.get("done", ""),
        outcome=OtherOutcome(told["outcome"]) if told.get("outcome") else None,
    )


# What is proposed


def flags_of(added: Sequence[additions.Added], last: Judged | None) -> dict[RedFlag, Ticked]:
    """Dangers to propose: what an officer ticked last, and what the reporter has told since."""
    found = dict(last.flags) if last else {}
    for one in added:
        if last is None or one.at > last.at:
            found |= {flag: Ticked(one.at) for flag in one.answers.flags if flag not in found}
    return {flag: found[flag] for flag in RedFlag if flag in found}


def urgency_of(present: Urgency, flags: Sequence[RedFlag], *, repeat: bool = False) -> Urgency:
    """What is proposed: any danger, and a repeat within twelve months, mean now."""
    return Urgency.NOW if flags or repeat else present


def is_lower(urgency: Urgency, than: Urgency) -> bool:
    order = list(Urgency)
    return order.index(urgency) > order.index(than)


def began(told_at: datetime, added: Sequence[additions.Added], flags: Mapping[RedFlag, Ticked]) -> datetime | None:
    """When it happened at the latest, by what was told. Not known counts as when it was told; None: too long ago."""
    said = [one for one in added if isinstance(one.answers, additions.When)]
    at, ago = (said[-1].at, getattr(said[-1].answers, "ago", None)) if said else (told_at, None)
    if ago in (Ago.DAYS, Ago.OLDER) and RedFlag.WITHIN_72H in flags:
        return flags[RedFlag.WITHIN_72H].at
    if ago == Ago.DAYS:
        return at - PEP
    return None if ago == Ago.OLDER else at
