"""Who could open what, and until when: kept whenever a grant or a member's key is taken away, so that a breach can be
answered for later (`exposures`). Nothing here opens anything.

What was granted with a new report needs no row: it holds since the report came, for as long as the grant stands.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from pepa import clock
from pepa.domain import key_files
from pepa.models.boxes import Grant, HolderKind
from pepa.models.cases import CaseReport
from pepa.models.holdings import Holding, PastWrap
from pepa.models.organisations import KeyWrap
from pepa.models.reports import Exclusion, Report

Holder = tuple[HolderKind, UUID, int, bytes]  # as `boxes` has it
Hold = tuple[UUID, int]  # an organisation, and the generation of its key
_STAFF = Grant.holder_kind == HolderKind.ORGANISATION.value


def begun(session: Session, box_id: UUID, holders: Iterable[Holder]) -> None:
    """They are given a box that has been there before. In the transaction that gives."""
    _begin(session, box_id, _offices(holders))


def turned(session: Session, box_id: UUID, holders: Iterable[Holder]) -> None:
    """A box is turned for these; before its grants go."""
    before, after = _of(session, [box_id])[box_id], _offices(holders)
    for hold in before - after:
        _end(session, box_id, hold)
    _begin(session, box_id, after - before)


def _offices(holders: Iterable[Holder]) -> set[Hold]:
    return {(holder_id, generation) for kind, holder_id, generation, _ in holders if kind is HolderKind.ORGANISATION}


def _begin(session: Session, box_id: UUID, holds: Iterable[Hold]) -> None:
    since = clock.hour(clock.now())
    session.add_all(Holding(box_id=box_id, holder_id=id_, generation=n, from_at=since) for id_, n in holds)


def taken(session: Session, organisation_id: UUID, box_ids: Sequence[UUID]) -> None:
    """An organisation's grants to these boxes go, all at once; before they do."""
    for box_id, holds in _of(session, box_ids).items():
        for hold in holds:
            if hold[0] == organisation_id:
                _end(session, box_id, hold)


def destroyed(session: Session, report: Report) -> None:
    """A report is destroyed: that it could be opened stays, but where it was hidden from somebody. Nobody could tell
    any more from whom."""
    one, other = aliased(CaseReport), aliased(CaseReport)
    beside = sa.select(other.report_id).join(one, one.case_id == other.case_id).where(one.report_id == report.id)
    around = sa.or_(Exclusion.report_id == report.id, Exclusion.report_id.in_(beside))
    stays = report.holder_id and session.scalar(sa.select(Exclusion.report_id).where(around).limit(1)) is None
    rows = Holding.box_id == report.box_id
    if not stays:
        session.execute(sa.delete(Holding).where(rows))
        return
    for hold in _of(session, [report.box_id])[report.box_id]:
        _end(session, report.box_id, hold)
    session.flush()
    since = sa.func.coalesce(Holding.from_at, report.received_at)
    session.execute(sa.update(Holding).where(rows).values(about_id=report.id, from_at=since))


def _of(session: Session, box_ids: Sequence[UUID]) -> dict[UUID, set[Hold]]:
    """Who holds these boxes, in whichever epoch."""
    found: dict[UUID, set[Hold]] = {box_id: set() for box_id in box_ids}
    query = sa.select(Grant.box_id, Grant.holder_id, Grant.holder_generation).where(_STAFF, Grant.box_id.in_(box_ids))
    for box_id, holder_id, generation in session.execute(query):
        found[box_id].add((holder_id, generation))
    return found


def _end(session: Session, box_id: UUID, hold: Hold) -> None:
    until = clock.hour_up(clock.now())
    here = (Holding.box_id == box_id, Holding.holder_id == hold[0], Holding.generation == hold[1])
    session.flush()
    ended = session.execute(sa.update(Holding).where(*here, Holding.until_at.is_(None)).values(until_at=until))
    if not ended.rowcount:  # type: ignore[attr-defined]
        session.add(Holding(box_id=box_id, holder_id=hold[0], generation=hold[1], until_at=until))


def drop_wraps(session: Session, *which: sa.ColumnElement[bool]) -> None:
    """Take the organisations' keys that these wraps hold away from their people: the only way to delete a wrap."""
    wraps = session.scalars(sa.select(KeyWrap).where(*which)).all()
    for wrap in wraps:
        session.add(
            PastWrap(
                organisation_id=wrap.organisation_id,
                generation=wrap.generation,
                person_id=wrap.person_id,
                from_at=wrap.made_at,
                until_at=clock.now(),
            )
        )
    session.execute(sa.delete(KeyWrap).where(*which))
    for organisation_id in {wrap.organisation_id for wrap in wraps}:
        key_files.lay(session, organisation_id)
