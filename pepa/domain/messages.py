"""Messages of one report, sealed in its box."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db
from pepa.domain import boxes
from pepa.models.boxes import HolderKind
from pepa.models.messages import Message, Side
from pepa.models.organisations import Membership, Role
from pepa.models.people import Person
from pepa.policy import Member


@dataclass(frozen=True)
class Written:
    """A message as it is read.

    at: exact, from the sealed body. author, role: of an officer; the name is for staff only
    taken_by: the officer who wrote a reporter's message down, from a chat
    replied_on: of what was answered to a letter: the day on which it was sent
    """

    side: Side
    at: datetime
    text: str
    author: str | None
    role: Role | None = None
    taken_by: str = ""
    replied_on: date | None = None


def from_office(
    box: boxes.OpenBox, message_id: UUID, report_id: UUID, actor: Member, text: str, *, replied_on: date | None = None
) -> boxes.Row:
    """A row for an officer's message; it is stored with its exact time. replied_on: it says how a letter was answered.

    Raises KeysUnsound where this box is not the report's, or its reporter could not read what is written.
    """
    boxes.require_holder(box, HolderKind.REPORTER, report_id)
    now = clock.now()
    signed = {"person_id": actor.person_id, "organisation_id": actor.organisation_id}
    more = {"replied_on": replied_on.isoformat()} if replied_on else {}
    return _row(box, message_id, report_id, Side.OFFICE, now, now, text, signed, more)


def from_reporter(box: boxes.OpenBox, message_id: UUID, report_id: UUID, text: str, *, taken_by: str = "") -> boxes.Row:
    """A row for the reporter's message; only the hour stands in the clear. taken_by: an officer wrote it down."""
    now = clock.now()
    more = {"taken_by": taken_by} if taken_by else {}
    return _row(box, message_id, report_id, Side.REPORTER, now, clock.hour(now), text, {}, more)


def _row(
    box: boxes.OpenBox,
    message_id: UUID,
    report_id: UUID,
    side: Side,
    at: datetime,
    shown_at: datetime,
    text: str,
    signed: dict[str, UUID],
    more: dict[str, str] | None = None,
) -> boxes.Row:
    document = {"text": text, "at": at.isoformat(), "side": side.value, **(more or {})}
    epoch, sealed = boxes.seal_body(box, "message", message_id, document)
    values = {"id": message_id, "report_id": report_id, "side": side.value, "sent_at": shown_at, **signed}
    return boxes.Row(Message, {**values, "body_epoch": epoch, "body_sealed": sealed})


def count_from_reporter(session: Session, report_id: UUID) -> int:
    """How many messages its reporter has sent by now."""
    hers = (Message.report_id == report_id, Message.side == Side.REPORTER.value)
    return session.scalar(sa.select(sa.func.count()).select_from(Message).where(*hers)) or 0


def all_of(box: boxes.OpenBox, report_id: UUID, side: Side | None = None) -> Sequence[Written]:
    """Every message of a report that this box opens, the oldest first; one side only, where it is given.

    Raises Broken when one was tampered with.
    """
    query = (
        sa.select(Message, Person.name, Membership.roles)
        .outerjoin(Person, Person.id == Message.person_id)
        .outerjoin(
            Membership,
            sa.and_(Membership.person_id == Message.person_id, Membership.organisation_id == Message.organisation_id),
        )
        .where(Message.report_id == report_id)
    )
    if side is not None:
        query = query.where(Message.side == side.value)
    found = []
    for message, author, roles in db.session.execute(query):
        document = boxes.open_body(box, "message", message.id, message.body_epoch, message.body_sealed)
        at = datetime.fromisoformat(document["at"])
        role = next((role for role in Role if role in (roles or "").split()), None)
        taken_by, on = document.get("taken_by", ""), document.get("replied_on")
        replied_on = date.fromisoformat(on) if on else None
        found.append(Written(Side(document["side"]), at, document["text"], author, role, taken_by, replied_on))
    return sorted(found, key=lambda written: written.at)
