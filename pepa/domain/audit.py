"""The record of acts: two keyed chains, each link covering the one before (vault.md, Losing nothing)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import Pen, Writer, db, transaction
from pepa.domain import keys
from pepa.models import TABLES
from pepa.models.attachments import Attachment
from pepa.models.audit import AuditEntry, AuditHead, Chain
from pepa.models.people import Person
from pepa.policy import Member

_entries, _signatures = TABLES[AuditEntry.__tablename__], TABLES[AuditHead.__tablename__]
_links, _heads = _entries.c, _signatures.c
_OURS = _links.chain == sa.bindparam("chain")
_NEWEST = sa.select(sa.func.max(_links.number)).where(_OURS).correlate(None).scalar_subquery()
_HEAD = (
    sa.update(_signatures)
    .where(_heads.chain == sa.bindparam("of"))
    .values(number=sa.bindparam("newest"), mac=sa.bindparam("signed"))
)
# What the head is signed for, and the newest link that there is. They are the same one, unless links were cut off.
_LAST = (
    sa.select(_heads.number, _heads.mac, _links.number, _links.mac)
    .select_from(sa.outerjoin(_signatures, _entries, sa.and_(_OURS, _links.number == _NEWEST)))
    .where(_heads.chain == sa.bindparam("chain"))
)
GAP = 2  # a number is left out where a chain goes on after a cut, so that it shows for ever


def record(writer: Writer, act: str, actor: Member | None, thing_id: UUID | None = None, note: str = "") -> None:
    """An act of staff, or of a job (actor None), in the transaction of the act itself; its time is exact.

    note holds ids and codes only, never a word that somebody typed.
    """
    person_id, organisation_id = (actor.person_id, actor.organisation_id) if actor else (None, None)
    _append(writer, Chain.STAFF, clock.now(), act, person_id, organisation_id, [thing_id], note)


def record_prompted(writer: Writer, act: str, thing_id: UUID, note: str = "", actor: Member | None = None) -> None:
    """An act of a job or an officer that follows a citizen's within seconds: among staff's, but the hour only, as
    hers."""
    person_id, organisation_id = (actor.person_id, actor.organisation_id) if actor else (None, None)
    _append(writer, Chain.STAFF, clock.hour(clock.now()), act, person_id, organisation_id, [thing_id], note)


def record_anonymous(writer: Writer, act: str, *thing_ids: UUID) -> None:
    """An act of a citizen, or the same of several: the hour only."""
    _append(writer, Chain.ANONYMOUS, clock.hour(clock.now()), act, None, None, thing_ids or [None], "")


def stands(session: Session, act: str, thing_id: UUID, note: str) -> bool:
    """Whether an act of staff was recorded of a thing, with this note."""
    same = (AuditEntry.thing_id == thing_id, AuditEntry.chain == Chain.STAFF.value, AuditEntry.note == note)
    return bool(session.scalar(sa.select(sa.exists().where(*same, AuditEntry.act == act))))


def refused(act: str, actor: Member | None, thing_id: UUID | None = None, note: str = "") -> None:
    """An act that was refused or failed: a transaction of its own, after the rollback of the act's."""
    with transaction() as session:
        record(session, act, actor, thing_id, note)


def _append(
    writer: Writer,
    chain: Chain,
    at: datetime,
    act: str,
    person_id: UUID | None,
    organisation_id: UUID | None,
    thing_ids: Sequence[UUID | None],
    note: str,
) -> None:
    pen = Pen.of(writer)
    number, mac = _newest(pen.first(_LAST, chain=chain.value), chain)
    rows = []
    for thing_id in thing_ids:
        number, before = number + 1, mac
        mac = _mac(before, chain.value, number, at, act, person_id, organisation_id, thing_id, note)
        row = {
            "chain": chain.value,
            "number": number,
            "at": at,
            "act": act,
            "person_id": person_id,
            "organisation_id": organisation_id,
            "thing_id": thing_id,
            "note": note,
            "mac": mac,
        }
        rows.append((AuditEntry, row))
    pen.add(rows)
    pen.many(_HEAD, [{"of": chain.value, "newest": number, "signed": _signed(chain, number, mac)}])


def _newest(found: Sequence[Any] | None, chain: Chain) -> tuple[int, bytes]:
    """The link that the next one follows. Links that were cut off are not covered up by it: a number is left out.

    found: number and MAC of the head, and of the newest link; None where the head itself is gone, which shows by itself
    """
    if found is None:
        return heads()[chain]
    head, signed, number, mac = found
    last = (number or 0, bytes(mac or b""))
    if _is_signed(chain, last, (head, bytes(signed))):
        return last
    return max(head, last[0]) + GAP - 1, last[1]


def _is_signed(chain: Chain, newest: tuple[int, bytes], head: tuple[int, bytes]) -> bool:
    """Whether a head is the newest link's, or there is neither."""
    return newest == (0, b"") == head or head == (newest[0], _signed(chain, *newest))


def _signed(chain: Chain, number: int, mac: bytes) -> bytes:
    """That a link is the newest one: nobody without the server key can say so of an older one."""
    return keys.audit_mac("head", chain.value, number, mac)


def _mac(before: bytes, chain: str, number: int, at: datetime, act: str, *rest: UUID | str | None) -> bytes:
    told = (part if part is not None else "" for part in rest)
    return keys.audit_mac(before, chain, number, at.isoformat(), act, *told)


def first_broken(chain: Chain) -> int | None:
    """The number of the first link that was edited, moved or cut out of a chain, or None where it is whole."""
    before, expected = b"", 1
    for entry in db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.chain == chain.value).order_by(AuditEntry.number)
    ):
        told = (entry.person_id, entry.organisation_id, entry.thing_id, entry.note)
        if entry.number != expected or entry.mac != _mac(before, chain.value, entry.number, entry.at, entry.act, *told):
            return expected
        before, expected = entry.mac, expected + 1
    return None


def heads() -> dict[Chain, tuple[int, bytes]]:
    """Number and MAC of each chain's newest link; 0 and b"" where it has none."""
    query = sa.select(AuditEntry.number, AuditEntry.mac).order_by(AuditEntry.number.desc()).limit(1)
    found = {chain: db.session.execute(query.where(AuditEntry.chain == chain.value)).first() for chain in Chain}
    return {chain: (row.number, row.mac) if row else (0, b"") for chain, row in found.items()}


def is_cut(chain: Chain) -> bool:
    """Whether newest links of a chain are missing: its head is signed for another one."""
    newest, head = heads()[chain], db.session.get(AuditHead, chain.value)
    return head is None or not _is_signed(chain, newest, (head.number, head.mac))


def sign_heads(session: Session) -> None:
    """Sign what an older version recorded, when it has just been brought forward: at no other time is a head without a
    signature anything but a sign that links were cut off."""
    for chain, newest in heads().items():
        unsigned = (AuditHead.chain == chain.value, AuditHead.number == 0)
        signed = {"number": newest[0], "mac": _signed(chain, *newest)}
        session.execute(sa.update(AuditHead).where(*unsigned).values(signed))


@dataclass(frozen=True)
class Act:
    """Something that was done to a report or to a file of it.

    at     exact where staff did it, the hour where a citizen did
    name   who of the staff; None: a citizen, or a job
    """

    at: datetime
    act: str
    name: str | None
    thing_id: UUID | None
    note: str
    chain: Chain


def acts_on(report_id: UUID) -> Sequence[Act]:
    """What was done to a report and to its files, the oldest first."""
    files = sa.select(Attachment.id).where(Attachment.report_id == report_id)
    query = (
        sa.select(AuditEntry, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .where(sa.or_(AuditEntry.thing_id == report_id, AuditEntry.thing_id.in_(files)))
        .order_by(AuditEntry.at, AuditEntry.number)
    )
    return [
        Act(entry.at, entry.act, name, entry.thing_id, entry.note, Chain(entry.chain))
        for entry, name in db.session.execute(query)
    ]


def openings(report_id: UUID) -> list[tuple[datetime, str]]:
    """When a report was opened and by whom, oldest first."""
    return opened_by(acts_on(report_id))


def opened_by(acts: Sequence[Act]) -> list[tuple[datetime, str]]:
    """The same, of what was done to it."""
    return [(act.at, act.name) for act in acts if act.act == "report.opened" and act.name]
