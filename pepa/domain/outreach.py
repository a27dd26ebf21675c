"""The outreach log: what was taught, where, when, to how many (library.md 13-16). No names, no stories, no telephone.

The id of a log is drawn before its form is shown: sent ten times it is one row, and each answer shows the first. What
is corrected keeps its old numbers. Two sessions of one day are two sessions; of the same title, where the places of one
lie within those of the other, it is asked whether they are.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, periods, plans, teachings
from pepa.domain.attendance import Attendance
from pepa.domain.plans import BACK, Teacher
from pepa.errors import Conflict, Failure, Invalid
from pepa.models.cadres import Cadre
from pepa.models.outreach import Count, Manner, Standing, Teaching, TeachingPlace
from pepa.policy import Member, Permission, can, require
from pepa.words import N_


class DayAhead(Invalid):
    says = N_("Tanggal ini belum tiba. Kegiatan dicatat sesudah terjadi.")
    field = "on"


class DayLongAgo(Invalid):
    """n: days."""

    says = N_("Tanggal ini lebih dari %(n)s hari yang lalu. Beri tahu kantor.")
    field = "on"


class MannerMissing(Invalid):
    says = N_("Pilih dulu caranya.")
    field = "manner"


class MinutesWrong(Invalid):
    says = N_("Tulis lamanya dalam menit, 1 sampai 600.")
    field = "minutes"


class CadreMissing(Invalid):
    says = N_("Pilih dulu kader yang mengadakannya.")
    field = "cadre_id"


class SameAgain(Failure):
    """Another form logged the same title at the same place on the same day. first: its id."""

    says = N_("Judul, tempat, dan tanggal ini sudah dicatat. Kegiatan yang sama, atau kegiatan lain?")

    def __init__(self, first: UUID) -> None:
        super().__init__()
        self.first = first


class FormSpoiled(Conflict):
    """The id of the form is none, or somebody else's."""

    says = N_("Halaman ini tidak bisa dipakai lagi. Buka Catat sekali lagi.")


class QuarterClosed(Conflict):
    """What was decided on before the close stays so; other numbers count in the open quarter."""

    says = N_("Triwulan kegiatan ini sudah ditutup, jadi statusnya tetap. Angkanya masih bisa dikoreksi.")


class OnlyOffice(Conflict):
    """Too long ago, or in a closed quarter and confirmed: numbers that somebody has looked at."""

    says = N_("Angka ini hanya bisa dikoreksi kantor. Beri tahu kantor angka yang benar.")


class CorrectedMeanwhile(Conflict):
    says = N_("Angka ini sudah dikoreksi di halaman lain. Ini yang berlaku sekarang.")


def check_day(on: date | None) -> date:
    """A day up to today in Serang and not longer ago than BACK. Raises DayMissing, DayAhead, DayLongAgo."""
    if on is None:
        raise plans.DayMissing
    today = clock.today()
    if on > today:
        raise DayAhead
    if on < today - timedelta(days=BACK):
        raise DayLongAgo(n=BACK)
    return on


def log(
    actor: Teacher,
    *,
    teaching_id: UUID | None,
    title_id: int | None,
    kelurahan_code: str | None,
    area_ids: Sequence[UUID] = (),
    on: date | None,
    minutes: int | None,
    manner: str | None,
    attendance: Attendance,
    plan_token: str = "",
    again: bool = False,
    cadre_id: UUID | None = None,
) -> UUID:
    """Log a session; sent again it is the same one, and nothing of it changes. Returns its id.

    Where a form comes again for something else, its page needs another id to log that.

    again     another session than the one that looks the same
    cadre_id  for whom the office types it; None: the actor's own

    Raises the failures above and those of `plans.check_place` and `plans.title`.
    """
    who = plans.by(actor) if cadre_id is None else _another(actor, cadre_id)
    if teaching_id is None:
        raise FormSpoiled
    said = {"title_id": title_id, "kelurahan_code": kelurahan_code, "on": on}
    if stands := db.session.get(Teaching, teaching_id):
        return _first(stands, who, said, area_ids)
    day, edition = check_day(on), plans.title(title_id)
    parts = list(dict.fromkeys(area_ids))
    code = plans.check_place(kelurahan_code, parts, day)
    if manner not in set(Manner):
        raise MannerMissing
    if minutes is None or not 1 <= minutes <= 600:
        raise MinutesWrong
    plan = plans.scanned(actor, plan_token) if cadre_id is None else None
    plan = plan or plans.open_of(who, title_id=edition.id, kelurahan_code=code, on=day)
    is_planned = plan is not None and plan.title_id == edition.id
    row: dict[str, Any] = {
        **who,
        "id": teaching_id,
        "title_id": edition.id,
        "edition_number": plan.edition_number if plan and is_planned else edition.edition,
        "on": day,
        "minutes": minutes,
        "manner": manner,
        "kelurahan_code": code,
        "plan_id": plan.id if plan else None,
        "typed_by_id": actor.person_id if cadre_id and isinstance(actor, Member) else None,
    }
    with transaction() as session:
        if stands := session.get(Teaching, teaching_id):
            return _first(stands, who, said, area_ids)
        if not again and (same := _same(session, who, row, parts)):
            raise SameAgain(same)
        now = clock.now()
        counting = periods.counting_in(day, now)
        session.add(Teaching(**row, period=counting.period, logged_at=now))
        session.flush()
        session.add_all(TeachingPlace(teaching_id=teaching_id, area_id=part) for part in parts)
        session.add(_count(actor, teaching_id, 1, attendance, counting))
        if isinstance(actor, Member):
            audit.record(session, "teaching.logged", actor, teaching_id)
    return teaching_id


def _another(actor: Teacher, cadre_id: UUID) -> dict[str, UUID]:
    """Somebody of the office types it for a cadre of theirs. Raises CadreMissing."""
    require(actor, Permission.LOG_FOR_OTHERS)
    cadre = db.session.get(Cadre, cadre_id)
    if cadre is None or cadre.organisation_id != actor.organisation_id:
        raise CadreMissing
    return {"cadre_id": cadre_id}


def _first(stands: Teaching, who: dict[str, UUID], said: dict[str, Any], parts: Sequence[UUID]) -> UUID:
    """What this form made before. Raises FormSpoiled where it is somebody else's, SameAgain where it was filled in anew
    for another title, place or day; other numbers are corrected on the page of the first."""
    if any(getattr(stands, column) != own for column, own in who.items()):
        raise FormSpoiled
    places = db.session.scalars(sa.select(TeachingPlace.area_id).where(TeachingPlace.teaching_id == stands.id))
    is_other = any(value is not None and getattr(stands, name) != value for name, value in said.items())
    if is_other or set(places) != set(parts):
        raise SameAgain(stands.id)
    return stands.id


def _same(session: Session, who: dict[str, UUID], row: dict[str, Any], parts: Sequence[UUID]) -> UUID | None:
    """A session of the same teacher, title, place and day; what was set aside is none."""
    alike = [getattr(Teaching, name) == row[name] for name in ("title_id", "on", "kelurahan_code", *who)]
    query = sa.select(Teaching.id).where(*alike, Teaching.standing != Standing.SET_ASIDE).order_by(Teaching.logged_at)
    for teaching_id in session.scalars(query).all():
        places = session.scalars(sa.select(TeachingPlace.area_id).where(TeachingPlace.teaching_id == teaching_id))
        here, there = set(parts), set(places)
        if here <= there or there <= here:  # the whole kelurahan has no row
            return teaching_id
    return None


def _count(actor: Teacher, teaching_id: UUID, number: int, attendance: Attendance, counting: periods.Counting) -> Count:
    by = {"by_person_id": actor.person_id} if isinstance(actor, Member) else {"by_cadre_id": actor.cadre_id}
    return Count(
        teaching_id=teaching_id,
        number=number,
        period=counting.period,
        is_late=counting.is_late,
        at=clock.now(),
        **attendance.row(),
        **by,
    )


def correct(actor: Teacher, teaching_id: UUID, *, number: int, attendance: Attendance) -> UUID:
    """Other numbers for a session; the old ones stay. After the quarter was closed they count in the open one, marked.

    number: of the count that the page showed. The same numbers again change nothing. What was confirmed is to be looked
    at again, unless it is the office that corrects; in a closed quarter, or after BACK days, it alone does.

    Raises NotFound, CorrectedMeanwhile, OnlyOffice.
    """
    logged = teachings.get_for(actor, teaching_id)
    if logged.count.row() == attendance.row():
        return teaching_id
    with transaction() as session:
        row = session.get_one(Teaching, teaching_id)
        if row.number != number:
            raise CorrectedMeanwhile
        if not (isinstance(actor, Member) and can(actor, Permission.CONFIRM_OUTREACH)):
            _check_own(row)
        row.number += 1
        counting = periods.counting_in(row.on, clock.now())
        session.add(_count(actor, teaching_id, row.number, attendance, counting))
        if isinstance(actor, Member):
            audit.record(session, "teaching.corrected", actor, teaching_id)
    return teaching_id


def _check_own(row: Teaching) -> None:
    """Whoever taught corrects for a while, and what was confirmed waits for the office anew. Raises OnlyOffice."""
    is_confirmed = row.standing == Standing.CONFIRMED
    if row.on < clock.today() - timedelta(days=BACK) or (is_confirmed and periods.is_closed(row.period)):
        raise OnlyOffice
    if is_confirmed:
        row.standing, row.decided_by_id, row.decided_at = Standing.LOGGED, None, None


def decide(actor: Member, teaching_ids: Sequence[UUID], *, standing: Standing) -> int:
    """The office confirms sessions, sets them aside, or takes either back, all or none. Returns how many changed.

    Raises QuarterClosed.
    """
    require(actor, Permission.CONFIRM_OUTREACH)
    seen = (Teaching.id.in_(teaching_ids), teachings.seen_by(actor), Teaching.standing != standing)
    with transaction() as session:
        rows = session.scalars(sa.select(Teaching).where(*seen)).all()
        if any(periods.is_closed(period) for period in {row.period for row in rows}):
            raise QuarterClosed
        for row in rows:
            row.standing, row.decided_by_id, row.decided_at = standing, actor.person_id, clock.now()
            audit.record(session, f"teaching.{standing.value}", actor, row.id)
        return len(rows)


def note_withdrawn(actor: Teacher, title_id: int) -> None:
    """Whoever taught it has read that the title was withdrawn, and is told no more."""
    taught = (plans.is_own(actor, Teaching), Teaching.title_id == title_id)
    with transaction() as session:
        session.execute(sa.update(Teaching).where(*taught).values(told_withdrawn=True))
