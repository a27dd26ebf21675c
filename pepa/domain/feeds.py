"""A calendar that somebody's own program fetches: by an address that is a secret, shown once, and that ends with the
person, the membership or the organisation."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, keys, onces
from pepa.errors import NotFound
from pepa.models.feeds import Feed
from pepa.models.organisations import Membership, Organisation
from pepa.models.people import Person
from pepa.models.rooms import Booking, BookingState
from pepa.policy import Member, Permission, require

BYTES = 32
BEFORE, AHEAD, MOST = timedelta(days=7), timedelta(days=120), 500


def of(actor: Member) -> Feed | None:
    """The actor's feed, if there is one; its address is nowhere."""
    require(actor, Permission.BOOK_ROOM)
    return db.session.scalar(sa.select(Feed).where(Feed.membership_id == _membership(actor)))


def make(actor: Member, *, once: str) -> str | None:
    """A new address, in place of one that was. What is returned is shown once and kept by nobody here; None where the
    same form was sent before: a page that is loaded again must not end the address that was just copied."""
    require(actor, Permission.BOOK_ROOM)
    token = secrets.token_urlsafe(BYTES)
    mark = _mark(token)
    with transaction() as session:
        if onces.made(session, "feed.make", actor.person_id, once):
            return None
        membership_id = _membership(actor)
        onces.keep(session, "feed.make", actor.person_id, once, membership_id)
        session.execute(sa.delete(Feed).where(Feed.membership_id == membership_id))
        session.add(Feed(membership_id=membership_id, token_hash=mark, made_at=clock.now()))
        audit.record(session, "feed.made", actor)
    return token


def end(actor: Member) -> None:
    """The address leads nowhere from now on."""
    require(actor, Permission.BOOK_ROOM)
    with transaction() as session:
        session.execute(sa.delete(Feed).where(Feed.membership_id == _membership(actor)))
        audit.record(session, "feed.ended", actor)


def bookings_at(token: str) -> Sequence[Booking]:
    """What the feed at an address holds. Raises NotFound, also where its person works there no more."""
    membership = db.session.scalar(
        sa.select(Membership)
        .join(Feed, Feed.membership_id == Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Feed.token_hash == _mark(token), Membership.is_active, Person.is_active)
        .where(Organisation.is_active, ~Organisation.confirm_due)
    )
    if membership is None:
        raise NotFound
    now = clock.now()
    return db.session.scalars(
        sa.select(Booking)
        .options(joinedload(Booking.room))
        .where(
            Booking.person_id == membership.person_id,
            Booking.organisation_id == membership.organisation_id,
            Booking.starts_at > now - BEFORE,
            Booking.starts_at < now + AHEAD,
            Booking.state.in_([BookingState.CONFIRMED, BookingState.IN_USE, BookingState.ENDED]),
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(MOST)
    ).all()


def _mark(token: str) -> bytes:
    return keys.mark("feed", token)


def _membership(actor: Member) -> UUID:
    here = sa.select(Membership.id).where(
        Membership.person_id == actor.person_id, Membership.organisation_id == actor.organisation_id
    )
    return db.session.scalars(here).one()
