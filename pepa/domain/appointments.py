"""Places at konsultasi keliling and at the office: asked for without a name, held by a code.

The code is drawn from the form's ticket, so the same form sent again shows the same one. Its mark alone is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, insert_once, transaction
from pepa.domain import audit, boxes, floods, intake, keys, routing, tickets, visits
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.organisations import Organisation
from pepa.models.reports import ALPHABET
from pepa.models.rooms import Need
from pepa.models.visits import HOLDS, Appointment, AppointmentState, Visit
from pepa.words import N_

DOMAIN = "appointment"
CODE_SIGNS, GROUP = 10, 5  # of 32 signs: 50 bits
CONTACT = 60  # letters
KEPT = timedelta(days=90)  # after the visit; then only how many came is known
watch = floods.Watch(quick=floods.HASTY, many=200)  # an hour is soon chosen
S = AppointmentState


class NothingChosen(Invalid):
    says = N_("Pilih dulu jamnya.")
    field = "slot"


class PlaceGone(Conflict):
    says = N_("Jam ini baru saja terisi. Yang kosong: %(times)s.")
    field = "slot"


class HourOver(PlaceGone):
    says = N_("Jam ini sudah lewat. Yang kosong: %(times)s.")


class CalledOff(Conflict):
    says = N_("Jadwal ini batal. Lihat hari lain.")


class Over(Conflict):
    says = N_("Jadwal ini sudah lewat. Lihat hari lain.")


class AllGone(Conflict):
    says = N_("Semua jam di hari ini sudah terisi. Lihat hari lain di jadwal.")
    field = "slot"


class FormTooOld(Conflict):
    says = N_("Halaman ini terbuka terlalu lama. Buka jadwal lagi, lalu pilih jam.")


class GivenBack(Conflict):
    says = N_("Tempat tadi sudah dibatalkan. Pilih jam lagi, lalu Ambil tempat.")


class CodeUnknown(Invalid):
    says = N_("Kode ini tidak ada di jadwal. Periksa lagi hurufnya.")
    field = "code"


@dataclass(frozen=True)
class Slot:
    """A time of a visit. seats: which of its places are left"""

    number: int
    starts_at: datetime
    seats: Sequence[int]


@dataclass(frozen=True)
class Held:
    """An appointment as whoever holds its code sees it. called: see `called`"""

    id: UUID
    visit: Visit
    starts_at: datetime
    called: str
    state: AppointmentState

    @property
    def is_over(self) -> bool:
        """Its hour has begun: from then on the code says no more than that."""
        return self.starts_at <= clock.now()

    @property
    def is_open(self) -> bool:
        return self.state == S.BOOKED and self.visit.cancelled_at is None and not self.is_over


def slots(visit: Visit, *, running: bool = False) -> list[Slot]:
    """All times of a visit that are still to come, with what is left of each. running: those that have begun, too"""
    taken = db.session.execute(
        sa.select(Appointment.slot, Appointment.seat).where(Appointment.visit_id == visit.id, sa.text(HOLDS))
    )
    held = {(row.slot, row.seat) for row in taken}
    now = clock.now() - timedelta(minutes=visit.slot_minutes if running else 0)
    return [
        Slot(n, visit.slot_at(n), visits.seats_left(visit, held, n))
        for n in range(visit.slots)
        if visit.slot_at(n) > now
    ]


def ask(
    visit_id: UUID,
    *,
    slot: int | None,
    ticket: str,
    contact: str = "",
    needs: Sequence[str] = (),
    subject: str = "",
) -> str:
    """Take a place. The same form sent again shows the same code. Returns the code, to be shown once.

    subject: of a field that nobody sees

    Raises NothingChosen, PlaceGone, AllGone, CalledOff or Over (nothing is taken), GivenBack, FormTooOld, NotFound,
    KeysUnsound.
    """
    if tickets.read(ticket) is None:
        raise FormTooOld
    visit, office = visits.find(visit_id), routing.office_for(None)
    appointment_id = UUID(bytes=keys.mark(DOMAIN, visit_id, ticket)[:16], version=4)
    code = _code_of(visit_id, ticket)
    odd = watch.is_odd(appointment_id.hex, contact, seconds=tickets.seconds_of(ticket), is_filled=bool(subject))
    row = {
        "id": appointment_id,
        "visit_id": visit.id,
        "code_hash": _mark(code),
        "state": S.BOOKED.value,
        "asked_on": clock.today(),
        "is_aside": odd,
        "needs": " ".join(need.value for need in Need if need in set(needs)),
        **sealed(office, appointment_id, contact),
    }
    with transaction() as session:
        before = session.get(Appointment, appointment_id)
        if before is None:
            take(session, visit.id, slot, row)
        elif before.state == S.CANCELLED:
            raise GivenBack
    return code


def sealed(office: Organisation, appointment_id: UUID, contact: str) -> dict[str, object]:
    """The columns of a number that was left, or of none."""
    contact = " ".join(contact.split())[:CONTACT]
    sealed = boxes.seal_slip(office, DOMAIN, appointment_id, {"contact": contact}) if contact else None
    return {"organisation_id": office.id, "generation": office.generation, "contact_sealed": sealed}


def take(session: Session, visit_id: UUID, slot: int | None, row: dict[str, object], *, walks_in: bool = False) -> None:
    """The first seat of a slot that is left: its key decides.

    walks_in  somebody stands there: an hour that has begun will do, and where all is taken, a chair between the others

    Raises NothingChosen, PlaceGone, AllGone, CalledOff, Over, NotFound.
    """
    visit = session.get(Visit, visit_id, populate_existing=True)
    if visit is None:
        raise NotFound
    if visit.cancelled_at is not None:
        raise CalledOff
    left = slots(visit, running=walks_in)
    if slot is None or not 0 <= slot < visit.slots:
        raise NothingChosen
    seats = next((one.seats for one in left if one.number == slot), ())
    is_full = not any(one.seats for one in left)
    if (seats and row["is_aside"]) or (is_full and walks_in):  # it holds no table, so nobody is refused for it
        seats = [beyond(session, visit, slot)]
    if any(insert_once(session, Appointment, {**row, "slot": slot, "seat": seat}) for seat in seats):
        return
    if is_full:
        raise AllGone if left else Over
    times = [f"{one.starts_at.astimezone(clock.JAKARTA):%H.%M}" for one in left if one.seats]
    has_begun = slot not in {one.number for one in left}
    raise (HourOver if has_begun else PlaceGone)(times=", ".join(times[:3]))


def beyond(session: Session, visit: Visit, slot: int) -> int:
    """The next number behind the tables of a slot, so that no two are called by one letter."""
    here = sa.select(sa.func.max(Appointment.seat)).where(Appointment.visit_id == visit.id, Appointment.slot == slot)
    last = session.scalar(here)
    return visit.seats if last is None else max(visit.seats, last + 1)


def _code_of(visit_id: UUID, ticket: str) -> str:
    drawn = keys.mark("appointment code", visit_id, ticket)
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in drawn[:CODE_SIGNS])


def shown(code: str) -> Sequence[str]:
    """A code in the groups in which it is written down."""
    return tickets.grouped(code, GROUP)


def _mark(code: str) -> bytes:
    return keys.mark("appointment", "".join(sign for sign in code.upper() if sign.isalnum()))


def called(visit: Visit, slot: int, seat: int) -> str:
    """How whoever comes is called, `09.00-A`: the time and a letter (after Z two), no part of the code."""
    letters, rest = "", seat + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{visit.slot_at(slot).astimezone(clock.JAKARTA):%H.%M}-{letters}"


def by_code(*, code: str) -> Sequence[Held]:
    """What a code stands for: all that is still to come, cancelled or not, earliest first; else the last of what was.

    Raises CodeUnknown.
    """
    found = db.session.execute(
        sa.select(Appointment, Visit)
        .join(Visit, Visit.id == Appointment.visit_id)
        .where(Appointment.code_hash == _mark(code))
    ).all()
    if not found:
        raise CodeUnknown
    held = sorted(
        (
            Held(one.id, visit, visit.slot_at(one.slot), called(visit, one.slot, one.seat), S(one.state))
            for one, visit in found
        ),
        key=lambda one: (one.starts_at, one.id),
    )
    return [one for one in held if not one.is_over] or held[-1:]


def cancel_by_code(*, code: str, appointment_ids: Sequence[UUID]) -> Sequence[Held]:
    """Whoever holds the code gives one of its places back. Raises CodeUnknown; what is over stays as it is."""
    with transaction() as session:
        for held in by_code(code=code):
            if held.is_open and held.id in appointment_ids:
                row = session.get_one(Appointment, held.id)
                row.state, row.contact_sealed = S.CANCELLED, None
                audit.record_anonymous(session, "appointment.cancelled", held.id)
    return by_code(code=code)


@dataclass(frozen=True)
class Count:
    """How many came to a visit and how many did not; what looks like a machine's is nobody."""

    came: int
    missed: int


def counts(found: Sequence[Visit]) -> dict[UUID, Count]:
    """Of some visits, by id: what is known of each place still, and what was counted before it was forgotten."""
    held = _counted(Appointment.visit_id.in_([visit.id for visit in found]))
    return {
        one.id: Count(one.came + held.get((one.id, S.CAME), 0), one.missed + held.get((one.id, S.MISSED), 0))
        for one in found
    }


def _counted(*which: sa.ColumnElement[bool]) -> dict[tuple[UUID, str], int]:
    over = (Appointment.state.in_((S.CAME, S.MISSED)), ~Appointment.is_aside)
    query = sa.select(Appointment.visit_id, Appointment.state, sa.func.count()).where(*which, *over)
    rows = db.session.execute(query.group_by(Appointment.visit_id, Appointment.state))
    return {(visit_id, state): n for visit_id, state, n in rows}


def purge() -> int:
    """What is over for ninety days: code and number. How many came is counted first; a later date stays, and no longer
    names it. Returns how many."""
    old = Appointment.visit_id.in_(sa.select(Visit.id).where(Visit.ends_at < clock.now() - KEPT))
    followed = Appointment.after_id.in_(sa.select(Appointment.id).where(old))
    with transaction() as session:
        for (visit_id, state), n in _counted(old).items():
            column = Visit.came if state == S.CAME else Visit.missed
            session.execute(sa.update(Visit).where(Visit.id == visit_id).values({column: column + n}))
        session.execute(sa.update(Appointment).where(followed).values(after_id=None))
        gone = session.execute(sa.delete(Appointment).where(old))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def ticket(*, again: bool = False) -> str:
    """The hidden field of a new form; again: of one that comes back with what was typed in it."""
    return intake.mint_ticket(again=again)
