"""How many RTs the office wants to reach, by kelurahan and quarter. No aim of a person, and no ranking of anybody."""

from collections.abc import Mapping

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import areas, audit, periods
from pepa.errors import Conflict, Invalid
from pepa.models.outreach import Target
from pepa.policy import Member, Permission, require
from pepa.words import N_

MOST = 9_999


class TargetWrong(Invalid):
    says = N_("Tulis angka bulat dari 0 sampai 9999, atau kosongkan.")


class QuarterClosed(Conflict):
    says = N_("Triwulan ini sudah ditutup. Sasarannya tetap.")


def of(period: str) -> dict[str, int]:
    """RTs to reach by the code of the kelurahan; where none was set it is not in it."""
    query = sa.select(Target.kelurahan_code, Target.rts).where(Target.period == period)
    return {row[0]: row[1] for row in db.session.execute(query)}


def set_all(actor: Member, period: str, *, rts: Mapping[str, str]) -> int:
    """What is aimed at in a quarter; an empty text takes an aim away. Returns how many changed.

    rts  what was typed, by the code of the kelurahan; what is not named stays

    Raises NoPeriod, QuarterClosed, TargetWrong with the code as its field.
    """
    require(actor, Permission.SET_TARGETS)
    periods.first_day(period)
    known = {ward.code for ward in areas.wards()}
    wanted = {code: _number(code, typed) for code, typed in rts.items() if code in known}
    with transaction() as session:
        if periods.is_closed(period):
            raise QuarterClosed
        stands = {row.kelurahan_code: row for row in session.scalars(sa.select(Target).where(Target.period == period))}
        changed = 0
        for code, aim in wanted.items():
            row = stands.get(code)
            if aim == (row.rts if row else None):
                continue
            changed += 1
            if aim is None:
                session.delete(row)
            elif row is None:
                made = {"set_at": clock.now(), "set_by_id": actor.person_id}
                session.add(Target(kelurahan_code=code, period=period, rts=aim, **made))
            else:
                row.rts, row.set_at, row.set_by_id = aim, clock.now(), actor.person_id
        if changed:
            audit.record(session, "targets.set", actor, None, period)
    return changed


def _number(code: str, typed: str) -> int | None:
    text = typed.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= MOST):
        raise TargetWrong(field=code)
    return int(text)
