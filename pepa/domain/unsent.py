"""Simpan dulu: a text that is kept for its writer's code alone, and sent, changed or thrown away later (vault.md § 4).

It is a report like any other but for its grants: the only one is the reporter's. Nobody holds it; no list, figure,
alarm or line of the staff's audit knows of it; whence it is and about whom is sealed with the text until it is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import additions, arrivals, audit, boxes, cards, destruction, keys, onces, reporters, reports, routing
from pepa.errors import Busy, Failure
from pepa.models.reports import CoarseGroup, Elsewhere, Report, Stage, Urgency
from pepa.policy import Permission, Reporter, require
from pepa.words import N_

KEPT = timedelta(days=365)
TRIES = 3
_ANY = UUID(int=0)  # after it there is nothing that she could be found by


class SentMeanwhile(Failure):
    """It cannot be changed any more, and what is new in it was neither kept nor sent."""

    says = N_("Laporan ini SUDAH sampai tadi. Perubahan ini BELUM disimpan. Tulisan Anda masih ada.")


class ChangedMeanwhile(Failure):
    """Another page changed it first. stands: what is kept now."""

    says = N_("Simpanan ini SUDAH diubah di halaman lain. Yang di kotak ini BELUM disimpan.")

    def __init__(self, stands: reports.Told) -> None:
        super().__init__()
        self.stands = stands


@dataclass(frozen=True)
class Saved:
    """A text that is kept. until: the hour after which it is destroyed."""

    told: reports.Told
    until: datetime | None


def columns(now: datetime) -> dict[str, Any]:
    """The columns of a text that is saved now: nothing of what it tells; a year on, by the hour, it is destroyed."""
    return {
        "holder_id": None,
        "coarse_group": CoarseGroup.UNKNOWN.value,
        "kecamatan": Elsewhere.UNKNOWN.value,
        "urgency": Urgency.SOON.value,
        "stage": Stage.DRAFT.value,
        "received_at": clock.hour(now),
        "destroy_at": clock.hour(now) + timedelta(hours=1) + KEPT,
    }


def is_draft(reporter: Reporter) -> bool:
    """Whether it is only kept."""
    return db.session.scalar(sa.select(Report.stage).where(Report.id == reporter.report_id)) == Stage.DRAFT


def saved(reporter: Reporter) -> Saved | None:
    """What is kept, for its writer; None where it was sent. Raises Broken where it was tampered with."""
    if not is_draft(reporter):
        return None
    report = db.session.get_one(Report, reporter.report_id)
    return Saved(reporters.told(reporter), report.destroy_at)


def change(reporter: Reporter, told: reports.Told, *, version: int, as_new: bool = True) -> None:
    """Keep another text in place of the first, under the same code. The same text again changes nothing.

    version  of the text that the page began with (`Told.version`)
    as_new   False: the form that made it, sent again, which may be sent once more

    Raises SentMeanwhile, ChangedMeanwhile.
    """
    require(reporter, Permission.WRITE_AS_REPORTER)
    for _ in range(TRIES):
        kept = saved(reporter)
        if kept is None:
            raise SentMeanwhile
        before = kept.told
        if replace(before, at=told.at, version=told.version) == told:
            return
        if before.version != version:
            raise ChangedMeanwhile(before)
        if _put(reporter, before, replace(told, version=version + as_new)):
            arrivals.spool_anew(reporter.report_id)
            return
    raise Busy


def _put(reporter: Reporter, before: reports.Told, told: reports.Told) -> bool:
    """Whether it was put in place: nobody else put something there at this moment."""
    stood, box = _sealed(reporter), boxes.open_for(reporter, reporter.box_id)
    if reporters.told(reporter) != before:
        return False
    epoch, sealed = boxes.seal_body(box, "report", reporter.report_id, told.document())
    with transaction() as session:
        report = session.get_one(Report, reporter.report_id)
        if report.stage != Stage.DRAFT or report.body_sealed != stood:
            return False
        report.body_epoch, report.body_sealed = epoch, sealed
        audit.record_anonymous(session, "report.changed", report.id)
    return True


def _sealed(reporter: Reporter) -> bytes:
    return db.session.scalars(sa.select(Report.body_sealed).where(Report.id == reporter.report_id)).one()


def send(reporter: Reporter) -> None:
    """Send what is kept: its holder is given the key now, and its clocks begin. Sent twice it is sent once.

    Raises Busy where it cannot be sealed to anybody: it stays kept.
    """
    require(reporter, Permission.WRITE_AS_REPORTER)
    try:
        for _ in range(TRIES):
            kept = saved(reporter)
            if kept is None or _send(reporter, kept.told):
                return
    except keys.KeysUnsound as error:
        db.session.rollback()
        raise Busy from error
    raise Busy


def _send(reporter: Reporter, told: reports.Told) -> bool:
    """Whether that text was sent: nobody changed it at this moment."""
    now, stood = clock.now(), _sealed(reporter)
    if reporters.told(reporter) != told:
        return False
    office = routing.office_for(told.about)
    holder, box = boxes.organisation_holder(office), boxes.open_for(reporter, reporter.box_id)
    columns = routing.placed(told, office, _urgency(reporter, told), now)
    sent = replace(told, at=now.isoformat())
    epoch, sealed = boxes.seal_body(box, "report", reporter.report_id, sent.document())
    with transaction() as session:
        report = session.get_one(Report, reporter.report_id)
        if report.stage != Stage.DRAFT or report.body_sealed != stood:
            return False
        boxes.share(session, box, holder)
        body = {"body_epoch": epoch, "body_sealed": sealed, "destroy_at": None}
        session.execute(sa.update(Report).where(Report.id == report.id).values(**columns, **body))
        boxes.insert(session, [*routing.hidden(told, report.id), cards.empty(office.id, report.id)])
        audit.record_anonymous(session, "report.delivered", report.id)
    arrivals.spool_anew(reporter.report_id)
    return True


def _urgency(reporter: Reporter, told: reports.Told) -> Urgency:
    """What was ticked, or what dangers ask for that were told beside it."""
    asked = [reports.urgency_of(told), additions.urgency_of(additions.flags_of(reporter))]
    return min((one for one in asked if one), key=list(Urgency).index)


def throw_away(reporter: Reporter, *, came_by: Sequence[str]) -> None:
    """ "Hapus simpanan": destroyed now, code and all; nobody else ever knew of it. Raises SentMeanwhile.

    came_by   `reporters.came_by`, for `was_thrown_away`
    """
    require(reporter, Permission.WRITE_AS_REPORTER)
    if not destruction.destroy(reporter.report_id, only_draft=True):
        raise SentMeanwhile
    with transaction() as session:
        for proof in came_by:
            if not onces.made(session, "draft.throw", _ANY, proof):
                onces.keep(session, "draft.throw", _ANY, proof, _ANY)


def was_thrown_away(came_by: Sequence[str]) -> bool:
    """Whether whoever comes by this threw a text away: her reply was lost, and her form is sent again."""
    return any(onces.made(db.session(), "draft.throw", _ANY, proof) for proof in came_by)
