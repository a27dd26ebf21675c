"""What is to be held: a title, a place, a day. Its kit carries a code that fills in the log (library.md 10).

Whoever teaches is a member by the log-in or a cadre by the card; each sees the own plans alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from secrets import token_urlsafe
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import areas, keys, onces
from pepa.domain.documents import Format
from pepa.errors import Invalid, NotFound
from pepa.models.areas import Area
from pepa.models.cadres import Cadre
from pepa.models.invitations import Invitation, InvitationState
from pepa.models.outputs import Output
from pepa.models.outreach import Plan, Teaching
from pepa.models.places import Kelurahan
from pepa.models.titles import Edition, State
from pepa.policy import Device, Member, Permission, require
from pepa.words import N_

BACK = 60  # days; what was taught longer ago is logged no more
LONGEST = timedelta(days=366)
KIT = (Format.GUIDE, Format.CARD, Format.A4, Format.QUIZ, Format.POSTER)  # in the order in which they are used
Teacher = Member | Device


class TitleMissing(Invalid):
    says = N_("Pilih dulu judulnya.")
    field = "title_id"


class WardMissing(Invalid):
    says = N_("Pilih dulu kelurahannya.")
    field = "kelurahan_code"


class PartElsewhere(Invalid):
    says = N_("Salah satu RT tidak ada di kelurahan itu pada hari itu. Pilih lagi.")
    field = "area_ids"


class DayMissing(Invalid):
    says = N_("Tulis dulu tanggalnya, seperti ini: 25/11/2026.")
    field = "on"


class DayPast(Invalid):
    says = N_("Tanggal ini sudah lewat. Untuk yang sudah terjadi, pakai Catat.")
    field = "on"


class DayFar(Invalid):
    says = N_("Tanggal ini lebih dari setahun lagi. Periksa tahunnya.")
    field = "on"


@dataclass(frozen=True)
class Taught:
    """A title that may be taught or logged: its number, the edition that holds, its name.

    is_withdrawn  it was taught lately and is not to be taught any more
    """

    id: int
    edition: int
    name: str
    is_withdrawn: bool = False


def _taught() -> tuple[Taught, ...]:
    """The published ones, and those that were withdrawn so lately that somebody may still log them."""
    columns = (Edition.title_id, Edition.number, Edition.title, Edition.state, Edition.withdrawn_at)
    shown = Edition.state.in_((State.PUBLISHED, State.WITHDRAWN))
    rows = db.session.execute(sa.select(*columns).where(shown).order_by(Edition.title_id, Edition.number)).all()
    since = clock.now() - timedelta(days=BACK)
    found: dict[int, Taught] = {}
    for title_id, number, name, state, withdrawn_at in rows:
        if state == State.PUBLISHED or (title_id not in found and withdrawn_at and withdrawn_at >= since):
            found[title_id] = Taught(title_id, number, name, state != State.PUBLISHED)
    return tuple(found.values())


taught = Kept(_taught)


def title(title_id: int | None) -> Taught:
    """Raises TitleMissing."""
    found = next((one for one in taught() if one.id == title_id), None)
    if found is None:
        raise TitleMissing
    return found


def number_of(text: str | None) -> int | None:
    """The number of a title as an address or a form says it; None where it is none that can be."""
    return int(text) if text and len(text) <= 6 and text.isascii() and text.isdigit() else None


def by(actor: Teacher) -> dict[str, UUID]:
    """The column that says who taught, and whose id stands in it. Raises NotAllowed."""
    require(actor, Permission.LOG_OUTREACH)
    if isinstance(actor, Member):
        return {"person_id": actor.person_id}
    assert actor.cadre_id
    return {"cadre_id": actor.cadre_id}


def is_own(actor: Teacher, table: type[Plan] | type[Teaching]) -> sa.ColumnElement[bool]:
    """Whatever the actor planned or taught."""
    ((column, own),) = by(actor).items()
    return sa.and_(getattr(table, column) == own)


def mark(actor: Teacher) -> str:
    """A short sign of whoever teaches, for a phone that keeps what is not sent: it says nobody's name."""
    (own,) = by(actor).values()
    return keys.page_nonce("teacher", own.hex)[:8]


def home(actor: Teacher) -> str | None:
    """The kelurahan of a cadre; a member has none."""
    if isinstance(actor, Member):
        return None
    return db.session.scalar(sa.select(Cadre.kelurahan_code).where(Cadre.id == actor.cadre_id))


def check_place(kelurahan_code: str | None, area_ids: Sequence[UUID], on: date) -> str:
    """The kelurahan, once all parts lie in it and stood on that day. Raises WardMissing, PartElsewhere."""
    if not kelurahan_code or db.session.get(Kelurahan, kelurahan_code) is None:
        raise WardMissing
    parts = [db.session.get(Area, area_id) for area_id in area_ids]
    if not all(area and area.kelurahan_code == kelurahan_code and area.stood_on(on) for area in parts):
        raise PartElsewhere
    return kelurahan_code


def plan(
    actor: Teacher,
    *,
    title_id: int | None,
    kelurahan_code: str | None,
    area_id: UUID | None = None,
    place: str = "",
    on: date | None,
    hour: str = "",
    once: str,
) -> UUID:
    """An evening that is to be held. The same form again makes no second.

    Raises TitleMissing, WardMissing, PartElsewhere, DayMissing, DayPast, DayFar.
    """
    who, day = by(actor), check_coming(on)
    edition = title(title_id)
    if edition.is_withdrawn:
        raise TitleMissing
    code = check_place(kelurahan_code, [area_id] if area_id else [], day)
    (scope,) = who.values()
    row: dict[str, Any] = {
        **who,
        "title_id": edition.id,
        "edition_number": edition.edition,
        "kelurahan_code": code,
        "area_id": area_id,
        "place": place.strip(),
        "on": day,
        "hour": hour.strip(),
    }
    plan_id = uuid4()
    with transaction() as session:
        if made := onces.made(session, "plan", scope, once):
            return made
        session.add(Plan(id=plan_id, token=new_token(), made_at=clock.now(), **row))
        onces.keep(session, "plan", scope, once, plan_id)
    return plan_id


def check_coming(on: date | None) -> date:
    """A day from today on, at most a year ahead. Raises DayMissing, DayPast, DayFar."""
    today = clock.today()
    if on is None:
        raise DayMissing
    if on < today:
        raise DayPast
    if on > today + LONGEST:
        raise DayFar
    return on


def new_token() -> str:
    """What the code of a kit holds: it names a plan and opens nothing."""
    return token_urlsafe(9)


def get_for(actor: Teacher, plan_id: UUID) -> Plan:
    """Raises NotFound."""
    found = db.session.scalar(sa.select(Plan).where(Plan.id == plan_id, is_own(actor, Plan)))
    if found is None:
        raise NotFound
    return found


def scanned(actor: Teacher, token: str) -> Plan | None:
    """The actor's own plan whose kit was scanned, or None: another's kit tells what is printed on it alone."""
    return db.session.scalar(sa.select(Plan).where(Plan.token == token, is_own(actor, Plan))) if token else None


def open_of(who: Mapping[str, UUID], *, title_id: int, kelurahan_code: str, on: date) -> Plan | None:
    """What somebody was to hold that day and has not logged: the one that a log from paper is of. who: as `by` says."""
    same = {**who, "title_id": title_id, "kelurahan_code": kelurahan_code, "on": on}
    logged = sa.select(Teaching.id).where(Teaching.plan_id == Plan.id).exists()
    alike = [getattr(Plan, name) == value for name, value in same.items()]
    query = sa.select(Plan).where(*alike, Plan.cancelled_at.is_(None), ~logged)
    return db.session.scalar(query.order_by(Plan.made_at, Plan.id).limit(1))


def part_of(plan: Plan) -> UUID | None:
    """The RT of a plan, or what it became until the day; None where there is none, or where that is not one alone."""
    area = db.session.get(Area, plan.area_id) if plan.area_id else None
    if area is None or area.stood_on(plan.on):
        return plan.area_id
    now = areas.became(plan.on).get(area.id, frozenset())
    return next(iter(now)) if len(now) == 1 else None


def coming(actor: Teacher, most: int = 10) -> Sequence[Plan]:
    """What the actor is to hold from today on and has not logged, the next first."""
    logged = sa.select(Teaching.id).where(Teaching.plan_id == Plan.id).exists()
    open_ = (is_own(actor, Plan), Plan.on >= clock.today(), Plan.cancelled_at.is_(None), ~logged)
    return list(db.session.scalars(sa.select(Plan).where(*open_).order_by(Plan.on, Plan.id).limit(most)))


def unlogged(actor: Teacher, most: int = 5) -> Sequence[Plan]:
    """What the actor was to hold lately and has not logged, the last first."""
    logged = sa.select(Teaching.id).where(Teaching.plan_id == Plan.id).exists()
    today = clock.today()
    span = (Plan.on < today, Plan.on >= today - timedelta(days=BACK))
    query = sa.select(Plan).where(is_own(actor, Plan), *span, Plan.cancelled_at.is_(None), ~logged)
    return list(db.session.scalars(query.order_by(Plan.on.desc(), Plan.id).limit(most)))


@dataclass(frozen=True)
class KitFile:
    """A file of the title that an evening needs: its format, its kilobytes, its pages where it has some."""

    format: Format
    file_name: str
    size: int
    pages: int | None


def files(plan: Plan) -> Sequence[KitFile]:
    """What is printed for it, as it stands now; none of a title whose files are not made yet."""
    columns = (Output.format, Output.file_name, Output.size, Output.pages)
    query = sa.select(*columns).where(Output.title_id == plan.title_id, Output.language == "id")
    found = {row.format: row for row in db.session.execute(query)}
    return [KitFile(of, *found[of.value][1:]) for of in KIT if of.value in found]


def cancel(actor: Teacher, plan_id: UUID) -> None:
    """It is not held; an invitation that it answered waits again. Twice changes nothing. Raises NotFound."""
    get_for(actor, plan_id)
    with transaction() as session:
        row = session.get_one(Plan, plan_id)
        row.cancelled_at = row.cancelled_at or clock.now()
        for asked in session.scalars(sa.select(Invitation).where(Invitation.plan_id == plan_id)):
            if asked.state == InvitationState.DATED:
                asked.state, asked.answer, row.place = InvitationState.ASKED, "", ""
            asked.plan_id = asked.answered_on = asked.answered_by_id = None
