"""What becomes of rooms whose booker has left, or whose organisation ended: somebody hears, or nobody holds them."""

from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import transaction
from pepa.domain import departures, diaries, displacements, endings, standings
from pepa.models.organisations import Membership
from pepa.models.outbox import OutboxRow
from tests import cast
from tests.members.people import words
from tests.rooms.house import EARLY, at, days, opened
from tests.rooms.test_book import book, state_of
from tests.rooms.test_change import told
from tests.rooms.test_kept_apart import decide


def leaves(login: str) -> None:
    person_id, joko = cast.member(login).person_id, cast.member("joko")
    with transaction() as session:
        membership = session.scalars(sa.select(Membership).where(Membership.person_id == person_id)).one()
        departures.close(session, joko, membership)
        session.execute(sa.delete(OutboxRow))


def displaced(booking_id: UUID) -> None:
    displacements.displace(cast.member("ratna"), booking_id, reason="danger", version=1, once="d")


def refused(booking_id: UUID) -> None:
    decide(booking_id, is_granted=False)


def expired(booking_id: UUID) -> None:
    with clock.frozen(at("12.00")):
        endings.purge()


@pytest.mark.both
@pytest.mark.parametrize("what", [displaced, refused, expired])
def test_who_answers_for_the_organisation_hears_instead(
    context: Flask, database: str, what: Callable[[UUID], None]
) -> None:
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with clock.frozen(EARLY):
        booking_id = book("ilham", room_id, at("14.00"), purpose="children", companion="parent")
        leaves("ilham")
        what(booking_id)
        assert told("displaced") == ["melati"]
        assert [one.id for one in diaries.lost(cast.member("melati"))] == [booking_id]


def test_who_is_still_there_hears_alone(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        displaced(book("ilham", room_id, at("14.00")))
        assert told("displaced") == ["ilham"]
        assert not diaries.lost(cast.member("melati"))


@pytest.mark.both
def test_an_organisation_that_ended_holds_no_room(context: Flask, database: str) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        theirs = book("nadia", room_id, at("10.00") + days(1))
        other = book("melati", room_id, at("14.00") + days(1))
    with clock.frozen(at("10.00")):
        standings.end(cast.member("joko"), cast.member("nadia").organisation_id, passphrase=words("joko"))
        assert state_of(theirs) == "cancelled"
        assert state_of(other) == "confirmed"
        assert book("melati", room_id, at("10.00") + days(1))
