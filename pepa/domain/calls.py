"""Calls without a story, in two clicks: logged by the hour; a number only where an officer typed one, and for a day.

Whether a number called before is seen in memory, after opening what the shelf key sealed: no mark of a number is kept.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, keys, onces, spellings
from pepa.errors import Invalid
from pepa.models.calls import Call
from pepa.models.lists import CallType
from pepa.policy import Device, Member, Permission, require
from pepa.words import N_

SILENT = "silent"
NOTED = (SILENT, "abandoned", "wrong_number", "joke", "question")  # the other kinds are reports
A_DAY = timedelta(hours=24)
SHORTEST, SHOWN = 7, 3  # digits of a number; of one that is shown


class UnknownKind(Invalid):
    says = N_("Pilihan ini tidak ada di daftar. Pilih lagi, atau lewati.")
    field = "kind"


@dataclass(frozen=True)
class Recent:
    """Calls without a story in the last 24 hours.

    counts   how many of each kind, by its label, in the office's order
    repeats  numbers that called more than once
    """

    counts: Sequence[tuple[str, int]]
    repeats: Sequence["Repeat"]


@dataclass(frozen=True)
class Repeat:
    """ends: the number's last digits, so that nobody rings it up by the way. last_at: the hour."""

    ends: str
    times: int
    kinds: Sequence[str]
    last_at: datetime


def kinds() -> Sequence[CallType]:
    """What a call without a story may be, in the office's order and words."""
    return list(db.session.scalars(sa.select(CallType).where(CallType.code.in_(NOTED)).order_by(CallType.position)))


def log(actor: Member | Device, *, kind: str, number: str = "", once: str) -> UUID:
    """A call came and told nothing. The same form sent again logs nothing new; a locked phone has no key for numbers.

    Raises UnknownKind.
    """
    require(actor, Permission.HAND_IN)
    if kind not in NOTED:
        raise UnknownKind
    call_id, digits = uuid4(), spellings.digits(number)
    generation, sealed = 0, b""
    if isinstance(actor, Member) and len(digits) >= SHORTEST:
        generation = keys.generation_of(actor.organisation_id)
        document = {"number": digits}
        sealed = keys.seal_card(actor.keyring, actor.organisation_id, generation, call_id, document)
    with transaction() as session:
        if made := onces.made(session, "call.log", actor.organisation_id, once):
            return made
        session.add(
            Call(
                id=call_id,
                organisation_id=actor.organisation_id,
                kind=kind,
                taken_at=clock.hour(clock.now()),
                generation=generation,
                body_sealed=sealed,
            )
        )
        onces.keep(session, "call.log", actor.organisation_id, once, call_id)
        by = actor if isinstance(actor, Member) else None
        audit.record_prompted(session, "call.logged", call_id, kind, by)
    return call_id


def recent(actor: Member) -> Recent:
    """What the last 24 hours brought, for whoever may read reports."""
    require(actor, Permission.READ_REPORTS)
    since = clock.hour(clock.now() - A_DAY)
    labels = {kind.code: kind.label for kind in kinds()}
    query = sa.select(Call).where(Call.organisation_id == actor.organisation_id, Call.taken_at >= since)
    calls = list(db.session.scalars(query))
    counts = [(label, sum(call.kind == code for call in calls)) for code, label in labels.items()]
    by_number = defaultdict(list)
    for call in calls:
        if call.body_sealed and actor.keyring.pair(actor.organisation_id, call.generation):
            sealed = [(call.id, call.body_sealed)]
            for _, document in keys.open_cards(actor.keyring, actor.organisation_id, call.generation, sealed):
                by_number[document["number"]].append(call)
    repeats = [
        Repeat(
            number[-SHOWN:],
            len(same),
            [label for code, label in labels.items() if any(call.kind == code for call in same)],
            max(call.taken_at for call in same),
        )
        for number, same in by_number.items()
        if len(same) > 1
    ]
    newest_first = sorted(repeats, key=lambda repeat: (-repeat.times, repeat.ends))
    return Recent([(label, n) for label, n in counts if n], newest_first)


def purge() -> int:
    """Forget the numbers of calls that are a day old; that there was a call stays. Returns how many."""
    old = (Call.taken_at < clock.hour(clock.now()) - A_DAY, Call.body_sealed != b"")
    with transaction() as session:
        gone = session.execute(sa.update(Call).where(*old).values(body_sealed=b""))
    return int(gone.rowcount)  # type: ignore[attr-defined]
