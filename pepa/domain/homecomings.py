"""What the spool says of a report, where the database is older: after a copy was put back, who reads what stays as it
was said since, and nothing waits for people whom the copy does not know.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, boxes, cards, cases, exclusions, holdings, keys, leavings, limits, walls
from pepa.models.boxes import Box, Epoch, Grant, HolderKind
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report, Stage, Urgency

_PEOPLE = ("read_by_id", "held_by_id", "confirmed_by_id")
_WORKED_ON = (Stage.TRIAGED, Stage.CASE, Stage.HELP, Stage.OTHER)  # by rows that do not lie in the spool
log = logging.getLogger("pepa.homecomings")


# One that is not there


def fitting(rows: Sequence[boxes.Row]) -> list[boxes.Row]:
    """The rows of a report that is not here, with nobody in them who is not here either. What only they had read or
    held, and what was worked on by rows that are lost, is to be read by somebody: its clock and its alarm begin now."""
    return [boxes.Row(Report, _fitting(row.values)) if row.table is Report else row for row in rows]


def _fitting(values: dict[str, Any]) -> dict[str, Any]:
    named = {values[column] for column in _PEOPLE if values.get(column)}
    if not named and values["stage"] not in _WORKED_ON:
        return values  # as it was sent
    here = set(db.session.scalars(sa.select(Person.id).where(Person.id.in_(named)))) if named else set()
    fits = {**values, **{column: None for column in _PEOPLE if values[column] not in here}}
    if fits["confirmed_by_id"] is None:
        fits["confirmed_at"] = None
    if fits["held_by_id"] is None:
        fits["held_at"] = None
    had = values["held_by_id"] or values["read_by_id"]
    is_lost = had is not None and had not in here and values["stage"] in (Stage.RECEIVED, Stage.READ)
    if is_lost or values["stage"] in _WORKED_ON:
        due = limits.reading_limit(values["holder_id"], Urgency(values["urgency"]), clock.now())
        fits.update(stage=Stage.RECEIVED.value, read_at=None, read_by_id=None, read_due_at=due)
        fits.update(alarm_at=None, alarm_step=0)
    return fits


# One that is there


@dataclass(frozen=True)
class Said:
    """What a file says of a report. barred: from whom it is hidden, by which act; none where its reporter said so"""

    report: dict[str, Any]
    barred: dict[UUID, UUID | None]
    box: dict[str, Any]
    epochs: list[dict[str, Any]]
    grants: list[dict[str, Any]]

    @property
    def id(self) -> UUID:
        found = self.report["id"]
        assert isinstance(found, UUID)
        return found

    @property
    def is_draft(self) -> bool:
        return bool(self.report["stage"] == Stage.DRAFT)


def _said(rows: Sequence[boxes.Row]) -> Said:
    of: dict[type, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        of[row.table].append(row.values)
    barred = {one["excluded_id"]: one.get("conflict_id") for one in of[Exclusion]}
    return Said(of[Report][0], barred, of[Box][0], of[Epoch], of[Grant])


def differing(files: Iterable[Sequence[boxes.Row]]) -> list[Said]:
    """Those of these files that know of a report that is here what its rows do not: whom it is hidden from, another
    holder, that it was sent."""
    said = {one.id: one for one in map(_said, files)}
    there = sa.select(Report.id, Report.stage, Box.epoch).join(Box, Box.id == Report.box_id)
    barred: dict[UUID, dict[UUID, UUID | None]] = defaultdict(dict)
    for row in db.session.scalars(sa.select(Exclusion).where(Exclusion.report_id.in_(said))):
        barred[row.report_id][row.excluded_id] = row.conflict_id
    found = db.session.execute(there.where(Report.id.in_(said))).all()
    return [
        said[report_id]
        for report_id, stage, epoch in found
        if _lacking(said[report_id], barred[report_id])
        or said[report_id].box["epoch"] > epoch
        or (stage == Stage.DRAFT and not said[report_id].is_draft)
    ]


def _lacking(said: Said, barred: dict[UUID, UUID | None]) -> list[UUID]:
    """Whom the rows let know of it; of whom her own word is lost counts as well, since that is nobody's to lift."""
    return [one for one, by in said.barred.items() if one not in barred or (by is None and barred[one] is not None)]


def catch_up(differ: Sequence[Said]) -> int:
    """Each of these reports becomes what the spool knows of it; one that does not fit must not keep the others. Returns
    how many did."""
    going: dict[UUID | None, set[UUID]] = defaultdict(set)
    for said in differ:
        going[said.report["holder_id"]].add(said.id)
    return sum(_catch_up(said, going[said.report["holder_id"]]) for said in differ)


def _catch_up(said: Said, together: set[UUID]) -> bool:
    try:
        with transaction() as session:
            report = session.get_one(Report, said.id)
            is_whole = _turn_home(session, report, said)
            if is_whole and report.stage == Stage.DRAFT and not said.is_draft:
                _send(session, report, said)
            elif is_whole and said.report["holder_id"] not in (None, report.holder_id):
                _go_along(session, report, said, together)
            _hide(session, report, said)
            audit.record(session, "report.caught_up", None, report.id)
        return True
    except (keys.KeysUnsound, sa.exc.IntegrityError, LookupError) as error:
        db.session.rollback()
        log.critical("what the spool knows of a report does not fit: %s, %s", said.id, type(error).__name__)
        return False


def _turn_home(session: Session, report: Report, said: Said) -> bool:
    """The box has the keys that the file says; False where it was turned here since by another key. Raises
    KeysUnsound where they are not ours."""
    box = session.get_one(Box, report.box_id)
    if said.box["id"] != box.id:
        raise keys.KeysUnsound
    here = {row.number: row.commitment for row in session.scalars(sa.select(Epoch).where(Epoch.box_id == box.id))}
    if said.box["epoch"] < box.epoch or any(
        one["number"] in here and one["commitment"] != here[one["number"]] for one in said.epochs
    ):
        return False
    _check(said)
    grants = [boxes.Row(Grant, one) for one in said.grants]
    if said.box["epoch"] > box.epoch:
        holders = [(HolderKind(g["holder_kind"]), g["holder_id"], g["holder_generation"], b"") for g in said.grants]
        holdings.turned(session, box.id, holders)
        session.execute(sa.delete(Grant).where(Grant.box_id == box.id))
        box.epoch, box.rotation_due = said.box["epoch"], box.rotation_due or said.box["rotation_due"]
        session.flush()
        boxes.insert(session, [boxes.Row(Epoch, one) for one in said.epochs if one["number"] not in here])
        boxes.insert(session, grants)
        return True
    to, kind = said.report["holder_id"], HolderKind.ORGANISATION.value
    theirs = (Grant.box_id == box.id, Grant.holder_kind == kind, Grant.holder_id == to)
    if session.scalar(sa.select(Grant.epoch).where(*theirs)) is None:
        boxes.insert(session, [row for row in grants if row.values["holder_id"] == to])
    return True


def _check(said: Said) -> None:
    """Raises KeysUnsound for a row that is not ours, or where one is missing: what is here would open for nobody."""
    numbers = sorted(one["number"] for one in said.epochs)
    if numbers != list(range(1, said.box["epoch"] + 1)) or not said.grants:
        raise keys.KeysUnsound
    for one in said.epochs:
        boxes.check_epoch(said.box["id"], Epoch(**one))
    for one in said.grants:
        boxes.check_grant(Grant(**one))
        if (one["box_id"], one["epoch"]) != (said.box["id"], said.box["epoch"]):
            raise keys.KeysUnsound


def _send(session: Session, report: Report, said: Said) -> None:
    """It was only kept when the copy was made."""
    values = _fitting(said.report)
    session.execute(sa.update(Report).where(Report.id == report.id).values(values))
    session.refresh(report)
    boxes.insert(session, [cards.empty(values["holder_id"], report.id)])


def _go_along(session: Session, report: Report, said: Said, together: set[UUID]) -> None:
    """Another office has it now. The whole case goes with it where all of that went there."""
    to, left = session.get_one(Organisation, said.report["holder_id"]), report.holder_id
    if walls.beside(session, [report.id]) <= together:
        cases.move(session, report.id, to.id)
    else:
        cases.hand_over(session, report, to.id)
    for one in (left, to.id):
        if one:
            cards.take_away(session, report.id, one)
    exclusions.begin_there(session, report, to)
    if to.id not in said.barred:  # it was handed back there since
        session.execute(sa.delete(Exclusion).where(Exclusion.report_id == report.id, Exclusion.excluded_id == to.id))


def _hide(session: Session, report: Report, said: Said) -> None:
    """Raises KeysUnsound where whoever holds it is to know of it no more and nobody else can open it: hidden from them
    it would be nobody's."""
    barred = sa.select(Exclusion).where(Exclusion.report_id == report.id)
    stand = {row.excluded_id: row for row in session.scalars(barred)}
    if report.holder_id in said.barred:
        raise keys.KeysUnsound
    for one in _lacking(said, {key: row.conflict_id for key, row in stand.items()}):
        if one in stand:
            stand[one].conflict_id = None
        else:
            session.add(Exclusion(report_id=report.id, excluded_id=one, conflict_id=said.barred[one]))
        cards.take_away(session, report.id, one)
    session.flush()
    leavings.take_back(session, walls.beside(session, [report.id]))
