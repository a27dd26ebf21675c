"""The register of breaches (domain.md rule 25, UU 27/2022 art. 46): 3x24 hours, through nights and holidays.

Within them the people whose data it is and the agency are told in writing: which data, when and how, what was done. The
program reminds and drafts; it never sends. The clock ends when both were told, or by the head's decision.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import Page, db, keyset, transaction
from pepa.domain import acts, audit, keys, onces, outbox, three_days
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.breaches import TRANSITIONS, Breach, BreachState
from pepa.models.organisations import Membership
from pepa.models.people import Person
from pepa.policy import Member, Permission, require
from pepa.words import N_

DOMAIN = "breach"
FACTS = ("what", "happened", "data", "whose", "done")


class NotYetFound(Invalid):
    says = N_("Waktu ini belum tiba. Betulkan harinya.")
    field = "found_at"


class LongAgo(Invalid):
    says = N_("Lebih dari setahun yang lalu. Betulkan tahunnya.")
    field = "found_at"


class NothingSaid(Invalid):
    says = N_("Tulis dulu apa yang terjadi. Satu kalimat sudah cukup.")
    field = "what"


class ChangedMeanwhile(Conflict):
    says = N_("Orang lain menyimpan lebih dulu. Lihat lagi, lalu simpan.")


class DetailsMissing(Invalid):
    """Of an ending: what would show later that it was so."""

    says = N_("Tulis kapan, kepada siapa, dan nomor suratnya, atau isi keputusannya.")
    field = "details"


class EndedAlready(Conflict):
    says = N_("SUDAH dicatat selesai.")


@dataclass(frozen=True)
class Step:
    """What was done to one, by whom and when."""

    at: datetime
    says: str
    name: str


@dataclass(frozen=True)
class Known:
    """One as it is read. said: what is sealed of it; empty where it does not open with the keys of whoever reads."""

    breach: Breach
    said: dict[str, Any]
    steps: Sequence[Step] = ()

    @property
    def is_over(self) -> bool:
        return clock.now() > self.breach.due_at

    @property
    def hours(self) -> int:
        """Whole hours until it is over, or since it is."""
        return int(abs(self.breach.due_at - clock.now()) // timedelta(hours=1))

    @property
    def is_open(self) -> bool:
        return self.breach.is_open


def note(
    actor: Member,
    *,
    found_at: datetime,
    what: str,
    happened: str = "",
    data: str = "",
    whose: str = "",
    done: str = "",
    once: str,
) -> UUID:
    """Begin one: its clock runs from found_at. Whoever answers for the office is told now. Facts may come later.

    Raises NotYetFound, LongAgo, NothingSaid, Unopened.
    """
    require(actor, Permission.KEEP_BREACHES)
    three_days.check(found_at, NotYetFound, LongAgo)
    said = _facts(what, happened, data, whose, done)
    made = uuid4()
    generation, sealed = _seal(actor, made, said)
    with transaction() as session:
        if before := onces.made(session, "breach.note", actor.organisation_id, once):
            return before
        breach = Breach(
            id=made,
            organisation_id=actor.organisation_id,
            found_at=found_at,
            noted_at=clock.now(),
            noted_by_id=actor.person_id,
            generation=generation,
            body_sealed=sealed,
        )
        session.add(breach)
        onces.keep(session, "breach.note", actor.organisation_id, once, made)
        audit.record(session, "breach.noted", actor, made)
        _tell(session, breach, 0)
    return made


def _facts(*texts: str) -> dict[str, Any]:
    said = {name: text.strip() for name, text in zip(FACTS, texts, strict=True)}
    if not said["what"]:
        raise NothingSaid
    return said


def _seal(actor: Member, breach_id: UUID, said: dict[str, Any]) -> tuple[int, bytes]:
    generation = keys.generation_of(actor.organisation_id)
    return generation, keys.seal_note(actor.keyring, actor.organisation_id, generation, DOMAIN, breach_id, said)


def list_for(actor: Member, *, at: str | None = None, size: int = 50) -> Page[Known]:
    """The register of the actor's organisation, the newest first."""
    found = keyset(_of(actor), Breach.found_at, Breach.id, at=at, size=size, descends=True)
    return Page([Known(one, _open(actor, one)) for one in found], found.earlier, found.later)


def running_for(actor: Member) -> Sequence[Known]:
    """Those whose clock runs, the oldest first."""
    rows = db.session.scalars(_of(actor).where(Breach.state == BreachState.OPEN.value).order_by(Breach.found_at))
    return [Known(one, {}) for one in rows]


def _of(actor: Member) -> sa.Select[Breach]:
    require(actor, Permission.KEEP_BREACHES)
    return (
        sa.select(Breach)
        .options(joinedload(Breach.noted_by), joinedload(Breach.ended_by))
        .where(Breach.organisation_id == actor.organisation_id)
    )


def get_for(actor: Member, breach_id: UUID) -> Known:
    """One with what is known of it and what was done; that it was opened is recorded. Raises NotFound."""
    _row(actor, breach_id)
    with transaction() as session:
        audit.record(session, "breach.opened", actor, breach_id)
    breach = _row(actor, breach_id)
    return Known(breach, _open(actor, breach), _steps(breach_id))


def _steps(breach_id: UUID) -> list[Step]:
    query = (
        sa.select(AuditEntry.at, AuditEntry.act, Person.name)
        .join(Person, Person.id == AuditEntry.person_id)
        .where(AuditEntry.thing_id == breach_id, AuditEntry.act != "breach.opened")
        .order_by(AuditEntry.at, AuditEntry.number)
    )
    return [Step(row.at, acts.ACTS[row.act].says, row.name) for row in db.session.execute(query)]


def _row(actor: Member, breach_id: UUID) -> Breach:
    found = db.session.scalar(_of(actor).where(Breach.id == breach_id))
    if found is None:
        raise NotFound
    return found


def _open(actor: Member, breach: Breach) -> dict[str, Any]:
    with suppress(keys.Unopened):
        return _read(actor, breach)
    return {}


def change(
    actor: Member,
    breach_id: UUID,
    *,
    found_at: datetime,
    what: str,
    happened: str,
    data: str,
    whose: str,
    done: str,
    version: int,
) -> UUID:
    """What is known by now. Letters that were written stay as they are. Another found_at moves the clock; both times
    stand in the record.

    Raises NotYetFound, LongAgo, NothingSaid, ChangedMeanwhile, EndedAlready, NotFound, Unopened.
    """
    three_days.check(found_at, NotYetFound, LongAgo)
    return _rewrite(actor, breach_id, version, _facts(what, happened, data, whose, done), "breach.changed", found_at)


def write(actor: Member, breach_id: UUID, *, to_people: str, to_agency: str, version: int) -> UUID:
    """Keep the two letters as somebody wrote them. Raises ChangedMeanwhile, EndedAlready, NotFound, Unopened."""
    return _rewrite(actor, breach_id, version, {"to_people": to_people, "to_agency": to_agency}, "breach.written")


def _rewrite(
    actor: Member, breach_id: UUID, version: int, more: dict[str, Any], act: str, found_at: datetime | None = None
) -> UUID:
    before = _row(actor, breach_id)
    generation, sealed = _seal(actor, breach_id, {**_read(actor, before), **more})
    with transaction() as session:
        breach = _unended(session, breach_id, version)
        breach.generation, breach.body_sealed, breach.version = generation, sealed, version + 1
        audit.record(session, act, actor, breach_id)
        if found_at and found_at != breach.found_at:
            _move(session, actor, breach, found_at)
    return breach_id


def _move(session: Session, actor: Member, breach: Breach, found_at: datetime) -> None:
    """The clock ran from a wrong hour. Marks that lie behind are not reminded of anew."""
    moved = " > ".join(at.astimezone(clock.JAKARTA).isoformat(timespec="minutes") for at in (breach.found_at, found_at))
    breach.found_at, breach.reminded = found_at, three_days.mark(found_at)
    audit.record(session, "breach.moved", actor, breach.id, moved)


def _read(actor: Member, breach: Breach) -> dict[str, Any]:
    """What is sealed of it, to be sealed again with more. Raises Unopened: nothing of it may be lost."""
    place = (breach.organisation_id, breach.generation, DOMAIN, breach.id)
    return keys.open_note(actor.keyring, *place, breach.body_sealed)


def _unended(session: Session, breach_id: UUID, version: int) -> Breach:
    breach = session.get_one(Breach, breach_id)
    if not breach.is_open:
        raise EndedAlready
    if breach.version != version:
        raise ChangedMeanwhile
    return breach


def end(actor: Member, breach_id: UUID, *, ending: str, details: str, version: int) -> UUID:
    """Both were told, or the head decided. details: when, to whom, which number; or what was decided.

    Raises DetailsMissing, ChangedMeanwhile, EndedAlready, NotFound, Unopened.
    """
    if not details.strip():
        raise DetailsMissing
    state, before = BreachState(ending), _row(actor, breach_id)
    generation, sealed = _seal(actor, breach_id, {**_read(actor, before), "details": details.strip()})
    with transaction() as session:
        breach = _unended(session, breach_id, version)
        if state not in TRANSITIONS[BreachState(breach.state)]:
            raise EndedAlready
        breach.state, breach.ended_at, breach.ended_by_id = state.value, clock.now(), actor.person_id
        breach.generation, breach.body_sealed, breach.version = generation, sealed, version + 1
        audit.record(session, "breach.ended", actor, breach_id, state.value)
    return breach_id


def printed(actor: Member, breach_id: UUID, which: str) -> Known:
    """A letter for paper; that it was taken out is recorded. which: to_people or to_agency. Raises NotFound."""
    _row(actor, breach_id)
    with transaction() as session:
        audit.record(session, "breach.printed", actor, breach_id, which)
    breach = _row(actor, breach_id)
    return Known(breach, _open(actor, breach))


# Reminding


def remind() -> int:
    """Remind of each clock that runs, at 24, 48 and 66 hours, and once it is over. By `delivery`; returns how often."""
    due = sa.select(Breach.id).where(
        Breach.state == BreachState.OPEN.value,
        Breach.found_at <= three_days.first(),
        Breach.reminded < three_days.OVER,
    )
    return sum(_remind_one(breach_id) for breach_id in list(db.session.scalars(due)))


def _remind_one(breach_id: UUID) -> bool:
    """The last mark that was passed: a machine that stood still does not send three at once."""
    with transaction() as session:
        breach = session.get(Breach, breach_id)
        if breach is None or not breach.is_open:
            return False
        step = three_days.mark(breach.found_at)
        if step <= breach.reminded:
            return False
        breach.reminded = step
        _tell(session, breach, step)
        return True


def _tell(session: Session, breach: Breach, step: int) -> None:
    event = uuid5(breach.id, f"{step} {breach.found_at.timestamp()}")  # a clock that was put right tells anew
    outbox.alert(session, breach.organisation_id, outbox.Notice.BREACH, to=Permission.KEEP_BREACHES, event=event)


def stands(due: outbox.Due) -> bool:
    """Whether a clock still runs that whoever it goes to answers for."""
    if due.notice is not outbox.Notice.BREACH:
        return True
    theirs = sa.select(Membership.organisation_id).where(Membership.person_id == due.person_id, Membership.is_active)
    runs = (Breach.state == BreachState.OPEN.value, Breach.organisation_id.in_(theirs))
    return db.session.scalar(sa.select(Breach.id).where(*runs).limit(1)) is not None
