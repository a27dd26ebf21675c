"""Call-backs: a promise to telephone at an hour that is safe for her; her plan first, then her number; never twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from pepa import clock
from pepa.db import db
from pepa.domain import additions, audit, boxes, duty, hours, limits, onces, reports, walls
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.callbacks import Callback, CallOutcome
from pepa.models.people import Person
from pepa.models.reports import Report
from pepa.policy import Member, Permission, require
from pepa.words import N_

LONGEST = timedelta(hours=4)
FORGOTTEN = timedelta(minutes=30)  # a call that was begun and never noted does not keep others from calling


class WindowBackwards(Invalid):
    says = N_("Selesai lebih awal daripada mulai. Betulkan jamnya.")
    field = "until_at"


class WindowTooLong(Invalid):
    says = N_("Janji telepon paling lama 4 jam.")
    field = "until_at"


class WindowOver(Invalid):
    says = N_("Jam ini sudah lewat. Betulkan harinya.")
    field = "until_at"


class OutsideHours(Invalid):
    says = N_("Di luar jam aman. Telepon tetap? Tulis alasan.")
    field = "reason"


class HoursUnclear(Invalid):
    """Her words were not understood by the program."""

    says = N_("Jam aman ditulis dengan kata sendiri. Baca, lalu tulis alasan memilih jam ini.")
    field = "reason"


class AtNight(Invalid):
    says = N_("Antara pukul 21 dan 7 kami tidak menelepon. Telepon tetap? Tulis alasan.")
    field = "reason"


class TooEarly(Invalid):
    says = N_("Belum jam yang dijanjikan. Telepon tetap? Tulis alasan.")
    field = "reason"


class CancelledSince(Invalid):
    """By her code, or by somebody who has it: whoever calls may be heard by the wrong one."""

    says = N_("Laporan ini sudah dibatalkan lewat kode. Telepon tetap? Tulis alasan.")
    field = "reason"


class NotToBeCalled(Conflict):
    says = N_("Pelapor tidak mau dihubungi. Jawab di sini; ia membacanya dengan kodenya.")


class NoNumber(Conflict):
    says = N_("Nomornya belum ada.")


class PromisedAlready(Conflict):
    """Named by who promised it and when."""

    says = N_("%(nama)s sudah berjanji menelepon, %(waktu)s.")


class Calling(Conflict):
    says = N_("%(nama)s sedang menelepon sejak %(jam)s.")


class NotBegun(Invalid):
    says = N_("Buka dulu nomornya, lalu catat hasilnya.")
    field = "outcome"


class NotedAlready(Conflict):
    """What was noted first stands, and what was typed now is kept by nobody but the page."""

    says = N_("%(nama)s sudah mencatat hasil telepon ini. Catatan Anda tidak tersimpan.")


class NotAColleague(Invalid):
    says = N_("Orang ini tidak membaca laporan di kantor ini. Pilih yang lain.")
    field = "person_id"


@dataclass(frozen=True)
class Reachable:
    """How somebody may be called.

    plan      what she said last, and when she said it (planned_at, as it is sealed)
    numbers   the newest first; never shown before the plan
    """

    plan: additions.Contact | None
    numbers: Sequence[str]
    planned_at: str = ""

    @property
    def may_call(self) -> bool:
        return bool(self.numbers) and (self.plan is None or self.plan.may_call)


@dataclass(frozen=True)
class Opened:
    """A promise as an officer sees it. said: what is sealed of it. begun_by: who has the number open now."""

    callback: Callback
    report: Report
    box: boxes.OpenBox
    reachable: Reachable
    said: dict[str, Any]
    begun_by: str | None
    is_mine: bool


def reachable(actor: Member, opened: reports.Opened) -> Reachable:
    """The plan and the numbers of a report that was just opened, and recorded as opened."""
    added = [(one.answers, one.at) for one in additions.to(actor, opened)]
    plans = [(plan, at) for plan, at in added if isinstance(plan, additions.Contact)]
    numbers = dict.fromkeys((*(plan.phone for plan, _ in reversed(plans)), opened.told.phone))
    plan, at = plans[-1] if plans else (None, None)
    return Reachable(plan, [one for one in numbers if one], at.isoformat() if at else "")


def why_not(plan: additions.Contact | None, from_at: datetime, until_at: datetime) -> type[Invalid] | None:
    """What speaks against calling then, unless a reason is typed."""
    wanted = plan.hours.strip() if plan else ""
    known = hours.read(wanted) if wanted else None
    if known:
        return None if known.hold(from_at, until_at) else OutsideHours
    if wanted:
        return HoursUnclear
    return AtNight if hours.is_quiet(from_at, until_at) else None


def is_outside(plan: additions.Contact | None) -> bool:
    """Whether it is now outside of the hours that she named, where they are understood."""
    known = hours.read(plan.hours) if plan else None
    return known is not None and not known.hold(clock.now(), clock.now())


def promise(
    actor: Member,
    report_id: UUID,
    *,
    person_id: UUID,
    from_at: datetime,
    until_at: datetime,
    note: str = "",
    reason: str = "",
    once: str,
) -> UUID:
    """Promise a call. The same form sent again promises nothing new.

    Raises WindowBackwards, WindowTooLong, WindowOver, NotAColleague; OutsideHours, HoursUnclear, AtNight,
    CancelledSince where no reason is typed; NotToBeCalled, NoNumber, PromisedAlready, NotFound.
    """
    require(actor, Permission.CALL_BACK)
    _check(from_at, until_at)
    opened = reports.open_for(actor, report_id)
    _check_reach(found := reachable(actor, opened))
    if (against := why_not(found.plan, from_at, until_at)) and not reason.strip():
        raise against
    callback_id = uuid4()
    cancelled = opened.report.withdrawn_at is not None
    said = {"note": note, "reason": reason, "by": actor.name, "planned_at": found.planned_at, "cancelled": cancelled}
    epoch, sealed = boxes.seal_body(opened.box, "callback", callback_id, said)
    with reports.changing(actor, report_id) as (session, report):
        if made := onces.made(session, "callback.promise", report_id, once):
            return made
        if report.withdrawn_at is not None and not reason.strip():
            raise CancelledSince
        _check_caller(session, report, person_id)
        _refuse_second(session, report_id)
        session.add(
            Callback(
                id=callback_id,
                report_id=report_id,
                person_id=person_id,
                from_at=from_at,
                until_at=until_at,
                body_epoch=epoch,
                body_sealed=sealed,
            )
        )
        onces.keep(session, "callback.promise", report_id, once, callback_id)
        audit.record(session, "callback.promised", actor, report_id)
    return callback_id


def _check(from_at: datetime, until_at: datetime) -> None:
    if until_at <= from_at:
        raise WindowBackwards
    if until_at - from_at > LONGEST:
        raise WindowTooLong
    if until_at <= clock.now():
        raise WindowOver


def _check_reach(found: Reachable) -> None:
    if found.plan and not found.plan.may_call:
        raise NotToBeCalled
    if not found.numbers:
        raise NoNumber


def _check_caller(session: Session, report: Report, person_id: UUID) -> None:
    assert report.holder_id is not None
    there = [person.id for person in duty.readers(report.holder_id)]
    if person_id not in walls.may_know(session, report.id, there):
        raise NotAColleague


def _refuse_second(session: Session, report_id: UUID) -> None:
    mine = sa.select(Callback).options(joinedload(Callback.person))
    stands = session.scalar(mine.where(Callback.report_id == report_id, Callback.done_at.is_(None)))
    if stands:
        raise PromisedAlready(nama=stands.person.name, waktu=_spoken(stands.from_at))


def _spoken(at: datetime) -> str:
    return at.astimezone(clock.JAKARTA).strftime("%d/%m %H.%M")


def get_for(actor: Member, report_id: UUID, callback_id: UUID) -> Callback:
    """Load and authorise in one step. Raises NotFound."""
    require(actor, Permission.CALL_BACK)
    reports.get_for(actor, report_id)
    found = db.session.get(Callback, callback_id)
    if found is None or found.report_id != report_id:
        raise NotFound
    return found


def open_for(actor: Member, report_id: UUID, callback_id: UUID) -> Opened:
    """A promise with the plan that she gave last; opening it opens her report, and is recorded. Raises NotFound."""
    get_for(actor, report_id, callback_id)
    return _opened(actor, reports.open_for(actor, report_id), callback_id)


def _seen(actor: Member, report_id: UUID, callback_id: UUID) -> Opened:
    """A promise that the actor has on screen, for a verb: it shows nothing that came since. Raises NotFound."""
    get_for(actor, report_id, callback_id)
    return _opened(actor, reports.seen(actor, report_id), callback_id)


def _opened(actor: Member, opened: reports.Opened, callback_id: UUID) -> Opened:
    report_id = opened.report.id
    found = get_for(actor, report_id, callback_id)
    with reports.recorded(actor, report_id):
        said = boxes.open_body(opened.box, "callback", found.id, found.body_epoch, found.body_sealed)
    begun_by = db.session.get(Person, found.begun_by_id) if is_begun(found) and found.begun_by_id else None
    return Opened(
        found,
        opened.report,
        opened.box,
        reachable(actor, opened),
        said,
        begun_by.name if begun_by else None,
        begun_by is not None and begun_by.id == actor.person_id,
    )


def is_begun(found: Callback) -> bool:
    """Whether somebody is calling now, or was a moment ago."""
    return found.begun_at is not None and clock.now() - found.begun_at < FORGOTTEN


def standing(actor: Member, report_id: UUID) -> Callback | None:
    """The promise of a report that is still to be kept."""
    require(actor, Permission.CALL_BACK)
    query = sa.select(Callback).options(joinedload(Callback.person)).where(Callback.report_id == report_id)
    return db.session.scalar(query.where(Callback.done_at.is_(None)))


def begin(actor: Member, report_id: UUID, callback_id: UUID, *, reason: str = "") -> Callback:
    """Open the number for a call. Only one has it open: whoever comes second is told who calls.

    Raises TooEarly, OutsideHours, HoursUnclear, AtNight, CancelledSince where no reason was typed; NotToBeCalled,
    NoNumber, Calling, NotFound.
    """
    opened = _seen(actor, report_id, callback_id)
    _check_reach(opened.reachable)
    against = _against_now(opened)
    if against and not reason.strip():
        raise against
    document = {**opened.said, "began": reason} if reason.strip() else opened.said
    epoch, sealed = boxes.seal_body(opened.box, "callback", callback_id, document)
    with reports.changing(actor, report_id) as (session, report):
        found = session.get(Callback, callback_id)
        if found is None or found.done_at is not None:
            raise NotFound
        if report.withdrawn_at is not None and not (reason.strip() or opened.said.get("cancelled")):
            raise CancelledSince
        if is_begun(found):
            if found.begun_by_id == actor.person_id:
                return found
            assert found.begun_by_id is not None
            assert found.begun_at is not None
            who = session.get_one(Person, found.begun_by_id)
            raise Calling(nama=who.name, jam=found.begun_at.astimezone(clock.JAKARTA).strftime("%H.%M"))
        found.begun_at, found.begun_by_id = clock.now(), actor.person_id
        found.body_epoch, found.body_sealed = epoch, sealed
        audit.record_prompted(session, "callback.begun", report_id, "", actor)
        return found


def _against_now(opened: Opened) -> type[Invalid] | None:
    now = clock.now()
    if now < opened.callback.from_at:
        return TooEarly
    is_same_plan = opened.said.get("planned_at") == opened.reachable.planned_at
    if now <= opened.callback.until_at and is_same_plan and opened.said.get("reason", "").strip():
        return None  # it was decided when it was promised, by the plan that stands still
    return why_not(opened.reachable.plan, now, now)


def finish(actor: Member, report_id: UUID, callback_id: UUID, *, outcome: str, found: str = "", once: str) -> Callback:
    """Note what came of it; the same form sent again notes nothing new. Somebody who was reached was answered.

    By the hour, though an officer did it: a telephone company knows the minute of a call, and whose it was. The minute
    is sealed. Raises NotBegun, NotedAlready (by whom), NotFound.
    """
    opened = _seen(actor, report_id, callback_id)
    came = CallOutcome(outcome)
    if came is not CallOutcome.DROPPED and opened.callback.begun_at is None:
        raise NotBegun
    now = clock.now()
    more = {"outcome": came.value, "found": found, "noted_by": actor.name, "done_at": now.isoformat()}
    epoch, sealed = boxes.seal_body(opened.box, "callback", callback_id, {**opened.said, **more})
    with reports.changing(actor, report_id) as (session, report):
        row = session.get(Callback, callback_id)
        if row is None:
            raise NotFound
        if onces.made(session, "callback.finish", callback_id, once):
            return row
        if row.done_at is not None:
            stands = boxes.open_body(opened.box, "callback", callback_id, row.body_epoch, row.body_sealed)
            raise NotedAlready(nama=stands["noted_by"])
        row.done_at, row.body_epoch, row.body_sealed = clock.hour(now), epoch, sealed
        row.begun_at = clock.hour(row.begun_at) if row.begun_at else None
        if came is CallOutcome.REACHED:
            limits.answered(report)
        onces.keep(session, "callback.finish", callback_id, once, callback_id)
        audit.record_prompted(session, "callback.done", report_id, came.value, actor)
        return row


def drop_open(session: Session, report_id: UUID) -> None:
    """Another office has the report: what was promised for it here, nobody keeps. In the transaction of the act."""
    session.execute(sa.delete(Callback).where(Callback.report_id == report_id, Callback.done_at.is_(None)))


def of_the_day(actor: Member, until: datetime, most: int = 50) -> Sequence[Callback]:
    """What was promised and is still to be kept until then, the earliest first; late ones are the earliest."""
    require(actor, Permission.READ_REPORTS)
    mine = reports.visible_to(actor).with_only_columns(Report.id)
    query = (
        sa.select(Callback)
        .join(Callback.report)
        .options(joinedload(Callback.person), contains_eager(Callback.report).load_only(Report.id, Report.withdrawn_at))
        .where(Callback.done_at.is_(None), Callback.from_at < until, Callback.report_id.in_(mine))
        .order_by(Callback.until_at, Callback.id)
        .limit(most)
    )
    return list(db.session.scalars(query))


def history(box: boxes.OpenBox, report_id: UUID) -> list[dict[str, Any]]:
    """Every call of a report that is over, as it was noted, the oldest first. Raises Broken where one was changed."""
    done = sa.select(Callback).where(Callback.report_id == report_id, Callback.done_at.is_not(None))
    rows = db.session.scalars(done)
    noted = [boxes.open_body(box, "callback", row.id, row.body_epoch, row.body_sealed) for row in rows]
    return sorted(({**one, "at": datetime.fromisoformat(one["done_at"])} for one in noted), key=lambda one: one["at"])
