"""Whatever happens at the desk and with rooms, in whatever order: a quarter of an hour is one side's, never both's, and
what is held is what somebody's stay holds."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepa import clock
from pepa.db import db
from pepa.domain import apart, bookings, cells, endings, presence, receptions, stays
from pepa.errors import Conflict
from pepa.models.rooms import Booking, Room
from pepa.models.stays import PresenceCell, Stay
from tests import cast
from tests.rooms.house import at, opened

DOORS = {"a": "Pintu depan", "b": "Pintu samping"}
AT_THE_DESK = ["expect", "walk", "arrive", "leave", "cancel", "purge"]
OF_A_ROOM = ["book", "move", "grant", "refuse", "drop"]
ACTS = st.tuples(
    st.sampled_from([*AT_THE_DESK, *OF_A_ROOM]),
    st.sampled_from("ab"),
    st.integers(0, 30),
    st.sampled_from([30, 60, 120]),
    st.integers(0, 60),
)
REFUSED = (Conflict, bookings.WrongLength, bookings.InThePast, bookings.HouseShut)


class Desk:
    """A group, and what was made of it so far."""

    def __init__(self, name: str) -> None:
        self.ratna, self.name = cast.member("ratna"), name
        opened()
        self.rooms = db.session.scalars(sa.select(Room.id).order_by(Room.name)).all()
        self.group_id = apart.make(self.ratna, label="Contoh", once=name)
        self.stays: list[UUID] = []
        self.bookings: list[UUID] = []

    def act(self, n: int, act: str, side: str, quarter: int, minutes: int) -> None:
        once, starts_at = f"{n}{self.name}", at("08.00") + timedelta(minutes=15 * quarter)
        who = {"side": side, "entrance": DOORS[side], "minutes": minutes, "once": once}
        if act == "expect":
            self.stays.append(stays.expect(self.ratna, self.group_id, starts_at=starts_at, **who))
        elif act == "walk":
            self.stays.append(receptions.walk_in(self.ratna, self.group_id, **who))
        elif act == "book":
            values = {"group_id": self.group_id, "starts_at": starts_at, "purpose": "other", **who}
            booking_id = stays.book(self.ratna, self.rooms[n % 2], **values)
            self.bookings.append(booking_id)
            self.stays.append(db.session.scalars(sa.select(Stay.id).where(Stay.booking_id == booking_id)).one())
        elif act == "purge":
            endings.purge()
            receptions.watch()
        elif act in ("arrive", "leave", "cancel"):
            if self.stays:
                verb = stays.cancel if act == "cancel" else getattr(receptions, act)
                verb(self.ratna, self.stays[quarter % len(self.stays)])
        elif self.bookings:
            self.change(act, self.bookings[n % len(self.bookings)], n, starts_at, minutes)

    def change(self, act: str, booking_id: UUID, n: int, starts_at: datetime, minutes: int) -> None:
        version = db.session.get_one(Booking, booking_id).version
        if act == "move":
            when = {"starts_at": starts_at, "minutes": minutes, "version": version}
            bookings.move(self.ratna, booking_id, room_id=self.rooms[n % 2], **when)
        elif act == "drop":
            bookings.cancel(self.ratna, booking_id, version=version)
        else:
            bookings.decide(self.ratna, booking_id, is_granted=act == "grant", version=version)

    def held(self) -> dict[int, tuple[str, int]]:
        """Whose each quarter is, and how many stays hold it."""
        rows = db.session.execute(
            sa.select(PresenceCell.cell, PresenceCell.side, PresenceCell.refs).where(
                PresenceCell.group_id == self.group_id
            )
        ).all()
        return {cell: (side, refs) for cell, side, refs in rows}

    def windows(self, side: str) -> set[int]:
        """The quarters in which a side is still to come in, or came and is here."""
        live = (Stay.cancelled_at.is_(None), Stay.left_at.is_(None), Stay.expected_until.is_not(None))
        found = db.session.scalars(sa.select(Stay).where(Stay.group_id == self.group_id, Stay.side == side, *live))
        return {cell for one in found for cell in cells.stay(one.starts_at, one.expected_until or one.starts_at)}

    def needed(self) -> Counter[tuple[int, str]]:
        """What stays hold, and what was asked for where a booking is to be moved."""
        found: Counter[tuple[int, str]] = Counter()
        rows = db.session.execute(
            sa.select(Stay, Booking)
            .outerjoin(Booking, Booking.id == Stay.booking_id)
            .where(Stay.group_id == self.group_id)
        )
        for stay, booking in rows:
            if stay.cancelled_at is None:
                found.update((cell, stay.side) for cell in range(stay.first, stay.last + 1))
            if booking and booking.next_starts_at:
                then = presence.stay(booking.next_starts_at, booking.next_ends_at)
                found.update((cell, stay.side) for cell in then)
        return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(acts=st.lists(ACTS, min_size=3, max_size=16))
def test_two_sides_never_share_a_quarter(
    context: Flask, database: str, acts: list[tuple[str, str, int, int, int]]
) -> None:
    desk, now = Desk(f"{acts}"), at("07.00")
    for n, (act, side, quarter, minutes, later) in enumerate(acts):
        now += timedelta(minutes=later)
        with clock.frozen(now):
            try:
                desk.act(n, act, side, quarter, minutes)
            except REFUSED:
                assert (act, side) != ("walk", "a"), "whoever is protected is never turned away"
        db.session.rollback()
        this = int(now.timestamp()) // 900
        held = {cell: found for cell, found in desk.held().items() if cell >= this}
        needed = {cell: (side, n) for (cell, side), n in desk.needed().items() if cell >= this}
        assert held == needed
        assert not desk.windows("a") & desk.windows("b"), "two sides never come in at the same time"
