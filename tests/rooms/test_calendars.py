"""Calendars: a feed by a secret address, and one mail for each booking; read back as a client reads them."""

from dataclasses import replace
from datetime import UTC, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import vobject
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.delivery import mail
from pepa.domain import bookings, calendars, displacements, endings, feeds, outbox
from pepa.errors import NotFound
from pepa.models.feeds import Feed
from pepa.models.organisations import Membership, Organisation
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.rooms import Booking, Room
from tests import cast
from tests.client import Client
from tests.rooms.house import EARLY, at, opened
from tests.rooms.test_book import book
from tests.rooms.test_change import move, version_of

SENDER, BASE = "ruang@kota.example", "https://pepa.example"


def waiting() -> list[OutboxRow]:
    db.session.rollback()
    query = sa.select(OutboxRow).where(OutboxRow.notice == "calendar", OutboxRow.sent_at.is_(None))
    return list(db.session.scalars(query))


def leaves() -> list[Any]:
    """What leaves now, as a client's calendar of each mail; what is not to leave is dropped."""
    with transaction() as session:  # the demo's own bookings are not looked at here
        session.execute(sa.delete(OutboxRow).where(OutboxRow.notice != "calendar"))
        session.execute(
            sa.delete(OutboxRow).where(OutboxRow.booking_id.not_in(sa.select(Booking.id)), OutboxRow.sent_at.is_(None))
        )
    found = []
    for due in outbox.claim():
        invite = calendars.invite(due, SENDER, BASE)
        if invite is None:
            outbox.drop(due.id)
            continue
        assert due.address
        message = mail.written(SENDER, BASE, due.address, due.id, calendar=(invite.subject, invite.method, invite.body))
        outbox.sent(due.id)
        found.append(read(message))
    return found


def read(message: EmailMessage) -> Any:
    """The calendar of a mail, with what its headers say."""
    (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    text = part.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    calendar = vobject.readOne(text.decode())
    assert part.get_param("method") == calendar.method.value
    assert message["Auto-Submitted"] == "auto-generated"
    assert b"RRULE" not in text
    assert b"TZID" not in text
    assert b"DESCRIPTION" not in text
    return calendar


def numbers(calendar: Any) -> tuple[str, int, str]:
    event = calendar.vevent
    return calendar.method.value, int(event.sequence.value), event.status.value


def test_a_booking_is_mailed_once_and_read_back(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"), 90)
        assert not leaves(), "what changes within two minutes is told once"
    with clock.frozen(EARLY + timedelta(minutes=2)):
        (calendar,) = leaves()
        assert not leaves()
    event = calendar.vevent
    assert numbers(calendar) == ("REQUEST", 0, "CONFIRMED")
    assert event.dtstart.value == at("10.00").astimezone(UTC)
    assert event.dtend.value == at("11.30").astimezone(UTC)
    assert event.dtstart.value.utcoffset() == timedelta(0)
    assert event.summary.value == "Konseling"
    assert event.location.value == "Anggrek"
    assert event.contents["class"][0].value == "PRIVATE"
    assert event.url.value == f"{BASE}/petugas/pesanan/{booking_id}"
    assert event.uid.value.endswith("@pepa.example")
    assert len(event.contents["attendee"]) == 1, "the reader alone"
    assert event.organizer.value == f"mailto:{SENDER}"


def test_moved_moved_cancelled_is_one_two_three(context: Flask) -> None:
    """The same event each time, so that a client replaces what it has and takes it away at the end."""
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
    seen = []
    for n, act in enumerate(("", "11.00", "13.00", "cancel"), start=1):
        with clock.frozen(EARLY + timedelta(minutes=5 * n)):
            if act == "cancel":
                bookings.cancel(cast.member("nadia"), booking_id, version=version_of(booking_id))
            elif act:
                move("nadia", booking_id, room_id, act)
        with clock.frozen(EARLY + timedelta(minutes=5 * n + 2)):
            seen += leaves()
    assert [numbers(one) for one in seen] == [
        ("REQUEST", 0, "CONFIRMED"),
        ("REQUEST", 1, "CONFIRMED"),
        ("REQUEST", 2, "CONFIRMED"),
        ("CANCEL", 3, "CANCELLED"),
    ]
    assert len({one.vevent.uid.value for one in seen}) == 1


def test_what_changes_within_two_minutes_is_one_mail(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
        for time in ("11.00", "13.00"):
            move("nadia", booking_id, room_id, time)
        assert len(waiting()) >= 1
    with clock.frozen(EARLY + timedelta(minutes=2)):
        (calendar,) = leaves()
    assert numbers(calendar) == ("REQUEST", 2, "CONFIRMED")
    assert calendar.vevent.dtstart.value == at("13.00").astimezone(UTC)


def test_what_was_over_before_anything_was_told_is_told_to_nobody(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
        bookings.cancel(cast.member("nadia"), booking_id, version=1)
    with clock.frozen(EARLY + timedelta(minutes=3)):
        assert not leaves()
        assert not waiting()


@pytest.mark.both
def test_where_nobody_came_it_goes_from_the_calendar(context: Flask, database: str) -> None:
    """Its room is let go by itself; whoever was told of it is told once that it is over."""
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
    with clock.frozen(EARLY + timedelta(minutes=2)):
        assert [numbers(one) for one in leaves()] == [("REQUEST", 0, "CONFIRMED")]
    with clock.frozen(at("10.20")):
        assert endings.purge() == 1
        assert endings.purge() == 0
    with clock.frozen(at("10.25")):
        (calendar,) = leaves()
        assert numbers(calendar) == ("CANCEL", 1, "CANCELLED")
        assert calendar.vevent.uid.value.startswith(booking_id.hex)
        assert not leaves()


def test_what_was_told_long_ago_is_taken_back_too(context: Flask) -> None:
    """A notice that left is forgotten after thirty days, that of a booking still to come is not."""
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00") + timedelta(days=42))
    with clock.frozen(EARLY + timedelta(minutes=2)):
        leaves()
    with clock.frozen(EARLY + timedelta(days=40)):
        outbox.purge()
        bookings.cancel(cast.member("nadia"), booking_id, version=1)
    with clock.frozen(EARLY + timedelta(days=40, minutes=3)):
        assert [numbers(one) for one in leaves()] == [("CANCEL", 1, "CANCELLED")]
    with clock.frozen(EARLY + timedelta(days=80)):
        assert outbox.purge() >= 2, "once it is over, nothing is left of it"


def test_the_child_room_is_told_once_it_is_granted(context: Flask) -> None:
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with clock.frozen(EARLY):
        booking_id = book("ilham", room_id, at("10.00"), purpose="children", companion="parent")
    with clock.frozen(EARLY + timedelta(minutes=3)):
        assert not leaves()
        bookings.decide(cast.member("ratna"), booking_id, is_granted=True, version=1)
    with clock.frozen(EARLY + timedelta(minutes=6)):
        assert [numbers(one)[0] for one in leaves()] == ["REQUEST"]


def test_whoever_was_displaced_gets_the_cancellation(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
    with clock.frozen(EARLY + timedelta(minutes=3)):
        leaves()
        displacements.displace(cast.member("ratna"), booking_id, reason="danger", version=1, once="d")
    with clock.frozen(EARLY + timedelta(minutes=6)):
        assert sorted(numbers(one) for one in leaves()) == [("CANCEL", 1, "CANCELLED"), ("REQUEST", 0, "CONFIRMED")]


def test_who_left_meanwhile_is_told_nothing(context: Flask) -> None:
    """Asked again when it leaves."""
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        book("nadia", room_id, at("10.00"))
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "nadia").values(is_active=False))
    with clock.frozen(EARLY + timedelta(minutes=3)):
        assert not leaves()


def test_what_changes_while_its_mail_is_on_the_way_is_told_again(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
    with clock.frozen(EARLY + timedelta(minutes=3)):
        (due,) = [one for one in outbox.claim() if one.booking_id == booking_id]
        invite = calendars.invite(due, SENDER, BASE)
        assert invite
        move("nadia", booking_id, room_id, "13.00")
        outbox.sent(due.id)
        calendars.again(due, invite)
        assert [one.booking_id for one in waiting()] == [booking_id]


@pytest.mark.both
def test_an_outage_of_the_mail_silences_no_calendar(context: Flask, database: str) -> None:
    """What was given up is tried anew with the next change."""
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("13.00"))
    with clock.frozen(EARLY + timedelta(minutes=2)):
        leaves()
        move("nadia", booking_id, room_id, "14.30")
        with transaction() as session:
            given_up = {"tries": outbox.TRIES, "due_at": clock.hour(clock.now())}
            session.execute(sa.update(OutboxRow).where(OutboxRow.booking_id == booking_id).values(given_up))
    with clock.frozen(EARLY + timedelta(hours=4)):
        assert not leaves()
        bookings.cancel(cast.member("nadia"), booking_id, version=version_of(booking_id))
        assert not leaves()
    with clock.frozen(EARLY + timedelta(hours=4, minutes=2)):
        assert [numbers(one) for one in leaves()] == [("CANCEL", 2, "CANCELLED")]


@pytest.mark.parametrize("is_late", [False, True])
def test_who_wants_no_mail_gets_none(context: Flask, is_late: bool) -> None:
    """Asked when it is queued and again when it leaves."""
    room_id = opened()["anggrek"]
    off = sa.update(Person).where(Person.login == "nadia").values(has_mail=False)
    with clock.frozen(EARLY):
        if not is_late:
            with transaction() as session:
                session.execute(off)
        book("nadia", room_id, at("10.00"))
        if is_late:
            with transaction() as session:
                session.execute(off)
    with clock.frozen(EARLY + timedelta(minutes=3)):
        assert not leaves()


@pytest.mark.parametrize("name", ["Jl. A, No. 1; lt 2 \\ x", "Ruang " + "a" * 68 + "é🌿ا" * 4])
def test_a_place_is_read_back_as_it_was_typed(context: Flask, name: str) -> None:
    """Commas, semicolons and backslashes cut nothing; no character is split where a line is folded."""
    room = Room(id=uuid4(), name=name)
    booking = Booking(
        id=uuid4(),
        room=room,
        purpose="other",
        starts_at=at("10.00"),
        ends_at=at("11.00"),
        sequence=0,
        state="confirmed",
    )
    text = calendars.feed([booking], BASE)
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    for line in text.split(b"\r\n"):
        line.decode()
    assert vobject.readOne(text.decode()).vevent.location.value == name


# ---- the feed ----


def fed(app: Flask, login: str = "nadia") -> str:
    """The address of somebody's feed, from the one page that shows it."""
    client = cast.at_work(app, login)
    client.open("/petugas/kalender")
    page = client.submit("Buat alamat baru")
    assert page.has("Salin sekarang.", "Google dan lainnya bisa menyimpan salinan satu hari atau lebih")
    code = page.tree.find("code")
    assert code
    return "/petugas/kalender/" + code.get_text().rsplit("/", 1)[1]


def test_a_feed_holds_busy_blocks_and_no_name(app: Flask) -> None:
    with app.app_context():
        made = opened()
    with clock.frozen(EARLY):
        with app.app_context():
            book("nadia", made["anggrek"], at("10.00"))
            book("ilham", made["melati"], at("10.00"), once="b")
        path = fed(app)
        page = Client(app).get(path)
    assert page.status == 200
    assert page.headers["Content-Type"].startswith("text/calendar")
    assert page.headers["Cache-Control"].startswith("private")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not page.cookies
    calendar = vobject.readOne(page.body.decode())
    (event,) = calendar.vevent_list
    assert event.summary.value == "Konseling"
    assert b"Nadia" not in page.body
    assert b"Melati" not in page.body


def test_the_address_is_shown_once_and_kept_as_a_hash(app: Flask) -> None:
    path = fed(app)
    token = path.rsplit("/", 1)[1].removesuffix(".ics")
    assert len(token) >= 43, "256 bits"
    assert token not in cast.at_work(app, "nadia").open("/petugas/kalender").text
    with app.app_context():
        row = db.session.scalars(sa.select(Feed)).one()
        assert token.encode() not in row.token_hash


def test_a_page_that_is_loaded_again_does_not_end_the_address_just_copied(app: Flask) -> None:
    client = cast.at_work(app, "nadia")
    client.open("/petugas/kalender")
    page = client.submit("Buat alamat baru")
    assert page.tree.find("code")
    with app.app_context():
        was = db.session.scalars(sa.select(Feed.token_hash)).one()
        assert feeds.make(cast.member("nadia"), once="x") is not None
        assert feeds.make(cast.member("nadia"), once="x") is None
        assert db.session.scalars(sa.select(Feed.token_hash)).one() != was


@pytest.mark.parametrize("how", ["new", "end", "person", "membership", "organisation"])
def test_an_address_that_ended_is_no_page(app: Flask, how: str) -> None:
    path = fed(app)
    stranger = Client(app)
    assert stranger.get(path).status == 200
    client = cast.at_work(app, "nadia")
    client.open("/petugas/kalender")
    if how in ("new", "end"):
        client.click("Ganti atau matikan alamat")
    if how == "new":
        client.submit("Buat alamat baru")
    elif how == "end":
        assert client.submit("Matikan alamat").has("Alamat kalender SUDAH dimatikan.")
    with app.app_context():
        me = cast.member("nadia")
        tables = {"person": (Person, me.person_id), "organisation": (Organisation, me.organisation_id)}
        with transaction() as session:
            if how in tables:
                table, id_ = tables[how]
                session.execute(sa.update(table).where(table.id == id_).values(is_active=False))
            elif how == "membership":
                session.execute(
                    sa.update(Membership).where(Membership.person_id == me.person_id).values(is_active=False)
                )
    assert stranger.get(path).status == 404


@pytest.mark.parametrize("token", ["x", "../../etc", "a" * 500, "%00", "é"])
def test_a_guess_is_no_page(app: Flask, token: str) -> None:
    assert Client(app).get(f"/petugas/kalender/{token}.ics").status == 404
    with app.app_context(), pytest.raises(NotFound):
        feeds.bookings_at(token)


def test_delivery_sends_it_with_its_method(context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
    sent: list[tuple[UUID, Any]] = []
    monkeypatch.setattr(mail, "carry", lambda *given, calendar=None: sent.append((given[4], calendar)))
    with clock.frozen(EARLY + timedelta(minutes=3)):
        delivery.send_due(replace(config, mail_url="smtp://localhost"))
        delivery.send_due(replace(config, mail_url="smtp://localhost"))
    with_calendar = [part for _, part in sent if part and booking_id.hex.encode() in part[2].replace(b"\r\n ", b"")]
    assert [(part[0], part[1]) for part in with_calendar] == [("Konseling", "REQUEST")]
