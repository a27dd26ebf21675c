"""The office takes a room back for an emergency: the room is its own in one act, whoever had it is offered others."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import bookings, check_ins, displacements
from pepa.errors import NotAllowed
from pepa.models.outbox import OutboxRow
from pepa.models.rooms import Booking, BookingState, Room
from tests import cast
from tests.rooms.house import EARLY, at, opened
from tests.rooms.test_book import book, held, state_of

ROOMS: dict[str, dict[str, object]] = {
    "anggrek": {"seats": 4, "features": "quiet"},
    "dahlia": {"seats": 5, "features": "quiet"},
    "melati": {"seats": 12},
    "kenanga": {"is_child": True},
}


def displace(login: str, booking_id: UUID, reason: str | None = "danger", version: int = 1, once: str = "d") -> UUID:
    return displacements.displace(cast.member(login), booking_id, reason=reason, version=version, once=once)


@pytest.mark.both
def test_the_room_is_the_office_s_in_one_act(context: Flask, database: str) -> None:
    made = opened(**ROOMS)
    with clock.frozen(EARLY):
        theirs = book("nadia", made["anggrek"], at("10.00"))
        ours = displace("ratna", theirs)
        assert displace("ratna", theirs) == ours, "sent twice"
    assert state_of(theirs) == BookingState.CANCELLED
    mine = db.session.get_one(Booking, ours)
    assert (mine.state, mine.person_id, mine.starts_at) == ("confirmed", cast.member("ratna").person_id, at("10.00"))
    assert len(held(made["anggrek"])) == 5
    told = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.notice == "displaced")).one()
    assert told.person_id == cast.member("nadia").person_id


def test_what_is_offered_instead_can_be_had(context: Flask) -> None:
    """The same time in the room that is most like it, then the nearest."""
    made = opened(**ROOMS)
    with clock.frozen(EARLY):
        theirs = book("nadia", made["anggrek"], at("10.00"))
        displace("ratna", theirs)
        nadia = cast.member("nadia")
        offered = displacements.instead(nadia, bookings.get_for(nadia, theirs))
        assert [(one.room.name, f"{one.starts_at:%H.%M}") for one in offered][:2] == [
            ("Dahlia", "10.00"),
            ("Melati", "10.00"),
        ]
        assert len(offered) == 3
        for n, one in enumerate(offered):
            booked = book("nadia", one.room.id, one.starts_at, once=f"o{n}")
            bookings.cancel(nadia, booked, version=1)


def test_a_turnaround_that_grew_since_stands_in_nobodys_way(context: Flask) -> None:
    made = opened(**ROOMS)
    with clock.frozen(EARLY):
        theirs = book("nadia", made["anggrek"], at("10.00"))
        book("ilham", made["anggrek"], at("11.15"), once="b")
        with transaction() as session:
            session.get_one(Room, made["anggrek"]).turnaround = 30
        assert state_of(displace("ratna", theirs)) == BookingState.CONFIRMED


def test_of_the_child_room_only_the_child_room_is_offered(context: Flask) -> None:
    made = opened(**ROOMS)
    with clock.frozen(EARLY):
        theirs = book("ilham", made["kenanga"], at("10.00"), purpose="children", companion="parent")
        displace("ratna", theirs, "child")
        ilham = cast.member("ilham")
        offered = displacements.instead(ilham, bookings.get_for(ilham, theirs))
    assert {one.room.name for one in offered} == {"Kenanga"}


def test_who_and_why(context: Flask) -> None:
    made = opened(**ROOMS)
    with clock.frozen(EARLY):
        theirs = book("nadia", made["anggrek"], at("10.00"))
        with pytest.raises(NotAllowed):
            displace("ilham", theirs)
        for reason in (None, "", "saya mau"):
            with pytest.raises(displacements.ReasonMissing):
                displace("ratna", theirs, reason)
        with pytest.raises(bookings.NotSo):
            displace("ratna", theirs, version=7)
    with clock.frozen(at("10.05")):
        check_ins.check_in(cast.member("nadia"), theirs, version=1)
        with pytest.raises(bookings.NotSo):
            displace("ratna", theirs, version=2)
    assert state_of(theirs) == BookingState.IN_USE
    assert not db.session.scalars(sa.select(OutboxRow).where(OutboxRow.notice == "displaced")).all()


def test_the_page_asks_why_and_theirs_shows_three_others(app: Flask) -> None:
    with app.app_context():
        made = opened(**ROOMS)
    with clock.frozen(EARLY):
        with app.app_context():
            theirs = book("nadia", made["anggrek"], at("10.00"))
        office, partner = cast.at_work(app, "ratna"), cast.at_work(app, "nadia")
        assert partner.get(f"/petugas/pesanan/{theirs}/darurat").status == 404
        office.open(f"/petugas/pesanan/{theirs}")
        office.click("Ambil untuk keadaan darurat")
        page = office.submit("Ya, ambil")
        assert page.status == 422
        assert page.has("Pilih alasannya.")
        assert office.submit("Ya, ambil", reason="danger").has("Ruang SUDAH diambil. Pemesannya diberi tahu.")
        page = partner.open(f"/petugas/pesanan/{theirs}")
        assert page.has("Ruang ini diambil kantor", "Ini tidak dihitung sebagai pembatalan Anda.", "Dahlia, 10.00")
        page = partner.click("Dahlia, 10.00")
        assert partner.submit("Pesan", purpose="counselling").has("SUDAH dipesan.")
