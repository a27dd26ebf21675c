"""Conflicts of interest that officers tell (domain.md rules 13 and 16): one's own, somebody else's, the office's own.

Each act is a row that nobody edits; what hides the report from then on is an `Exclusion`. Whom it hides from sees no
act, so nobody takes back what was said of them, least of all they themselves.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db
from pepa.domain import audit, boxes, cards, cases, exclusions, keys, nameables, onces, reports, walls
from pepa.errors import Conflict as MovedOn
from pepa.errors import Invalid, NotFound
from pepa.models.boxes import HolderKind
from pepa.models.conflicts import Conflict, ConflictAct
from pepa.models.organisations import Membership, Organisation, OrganisationKind, Role
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report
from pepa.policy import Member, Permission, require
from pepa.words import N_

DOMAIN = "conflict"


class NobodyNamed(Invalid):
    says = N_("Pilih siapa.")
    field = "named_id"


class NoReason(Invalid):
    says = N_("Tulis alasannya. Satu kalimat sudah cukup.")
    field = "reason"


class LeadsTheOffice(Invalid):
    """Whoever works under somebody cannot be asked to keep a report from them."""

    says = N_("Orang ini memimpin kantor. Serahkan laporan ini ke pemegang mandiri.")
    field = "named_id"


class NobodyElse(Invalid):
    says = N_("Tidak ada orang lain di sini yang boleh membacanya. Serahkan ke pemegang mandiri.")


class NobodyElseThere(Invalid):
    """At the independent holder: there is nobody to whom it could go."""

    says = N_("Tidak ada orang lain di sini yang boleh membacanya. Beri tahu pengelola: perlu satu pembaca lagi dulu.")


class NowhereElse(Invalid):
    says = N_("Laporan ini sudah di pemegang mandiri. Tidak ada tempat lain.")


class NobodyReads(MovedOn):
    """Where it would go back to, nobody who reads may know of it."""

    says = N_("Di kantor belum ada yang boleh membacanya. Laporan ini tetap di sini.")


class NobodyThere(MovedOn):
    """Where it would go, whoever reads may not know of it either."""

    says = N_("Di pemegang mandiri belum ada yang boleh membacanya. Minta mereka menambah satu pembaca dulu.")


class NamedAlready(MovedOn):
    says = N_("Ini sudah dinyatakan.")


class LiftedAlready(MovedOn):
    says = N_("Ini sudah dicabut.")


@dataclass(frozen=True)
class Told:
    """One act as it is read. name: whom it is about; of: where that person works, "" for an organisation.

    reason  "" where none was given, None where it was sealed to somebody else
    """

    id: UUID
    excluded_id: UUID
    name: str
    of: str
    act: ConflictAct
    by: str
    at: datetime
    reason: str | None


@dataclass(frozen=True)
class Standing:
    """Somebody who may not know of a report. told: the act that may be lifted; None where the reporter said so."""

    name: str
    of: str
    told: Told | None


# Saying it


def declare(actor: Member, report_id: UUID, *, reason: str = "", once: str) -> UUID:
    """ "Saya kenal orangnya": from this moment the actor sees nothing of the report, nor of its case, and what they
    held goes back to the desk. The same form sent again is the same act. Raises NobodyElse, NobodyElseThere, NotFound.
    """
    require(actor, Permission.DECLARE_CONFLICT)
    return _once("conflict.declare", report_id, once, lambda: _declare(actor, report_id, reason, once))


def _once(verb: str, report_id: UUID, once: str, act: Callable[[], UUID]) -> UUID:
    """An act after which the actor sees the report no more: pressed twice, the second is answered like the first,
    though by then there is nothing to be found."""
    if made := onces.made(db.session(), verb, report_id, once):
        return made
    try:
        return act()
    except NotFound:
        if made := onces.made(db.session(), verb, report_id, once):
            return made
        raise


def _declare(actor: Member, report_id: UUID, reason: str, once: str) -> UUID:
    reports.get_for(actor, report_id)
    office = db.session.get_one(Organisation, actor.organisation_id)
    row = _row(actor, office, report_id, actor.person_id, ConflictAct.DECLARED, reason)
    with reports.changing(actor, report_id) as (session, report):
        if not exclusions.are_read(session, [report_id], office.id, but=actor.person_id):
            raise NobodyElse if office.kind == OrganisationKind.INTAKE else NobodyElseThere
        _keep(session, actor, row)
        exclusions.hide(session, report, actor.person_id, row.id)
        exclusions.spool_again(session, report)
        onces.keep(session, "conflict.declare", report_id, once, row.id)
        return row.id


def name(actor: Member, report_id: UUID, *, named_id: UUID | None, reason: str, once: str) -> UUID:
    """Whoever leads says that a person, or an organisation, may not hold a report. An organisation loses its grant, and
    the key is turned. The same form sent again is the same act.

    Raises NobodyNamed, NoReason, LeadsTheOffice, NamedAlready, NotFound, Busy.
    """
    require(actor, Permission.NAME_CONFLICT)
    if named_id is None or named_id in (actor.person_id, actor.organisation_id):
        raise NobodyNamed
    if not reason.strip():
        raise NoReason
    return exclusions.turning(lambda: _name(actor, report_id, named_id, reason, once))


def _name(actor: Member, report_id: UUID, named_id: UUID, reason: str, once: str) -> UUID:
    report = reports.get_for(actor, report_id)
    if not db.session.get(Person, named_id):
        _nameable(named_id)
    with reports.recorded(actor, report_id):
        box = boxes.open_for(actor, report.box_id)
    office = db.session.get_one(Organisation, actor.organisation_id)
    row = _row(actor, office, report_id, named_id, ConflictAct.NAMED, reason)
    with reports.changing(actor, report_id) as (session, report):
        if made := onces.made(session, "conflict.name", report_id, once):
            return made
        if session.get(Exclusion, (report_id, named_id)):
            raise NamedAlready
        _keep(session, actor, row)
        if session.get(Person, named_id):
            if _leads(session, office, named_id):
                raise LeadsTheOffice
            exclusions.hide(session, report, named_id, row.id)
        else:
            exclusions.turn_away(session, box, report, _nameable(named_id), row.id)
        exclusions.spool_again(session, report)
        onces.keep(session, "conflict.name", report_id, once, row.id)
        return row.id


def _nameable(named_id: UUID) -> Organisation:
    """A partner; neither of the two that hold reports. Raises NobodyNamed."""
    found = db.session.get(Organisation, named_id)
    if found is None or found.is_root:
        raise NobodyNamed
    return found


def _leads(session: Session, office: Organisation, person_id: UUID) -> bool:
    query = sa.select(Membership).where(Membership.organisation_id == office.id, Membership.person_id == person_id)
    there = session.scalar(query.where(Membership.is_active))
    return office.kind == OrganisationKind.INTAKE and there is not None and Role.HEAD in there.role_set


def hand_on(actor: Member, report_id: UUID, *, reason: str, once: str) -> UUID:
    """It is about the office's own people: the independent holder has it from here on, with whatever shares its case.
    Whoever reads it may say so, since it may be about whoever leads. The same form sent again is the same act.

    Raises NoReason, NowhereElse (of the independent holder itself), NobodyThere, NotFound, Busy.
    """
    require(actor, Permission.DECLARE_CONFLICT)
    if not reason.strip():
        raise NoReason
    hand = lambda: exclusions.turning(lambda: _hand_on(actor, report_id, reason, once))  # noqa: E731
    return _once("conflict.hand_on", report_id, once, hand)


def _hand_on(actor: Member, report_id: UUID, reason: str, once: str) -> UUID:
    report = reports.get_for(actor, report_id)
    office, to = db.session.get_one(Organisation, actor.organisation_id), exclusions.independent(db.session())
    if office.id == to.id:
        raise NowhereElse
    together = walls.beside(db.session(), [report.id])
    opened, rows = {}, {}
    for one in together:
        with reports.recorded(actor, one):
            opened[one] = boxes.open_for(actor, reports.get_for(actor, one).box_id)
        rows[one] = _row(actor, to, one, office.id, ConflictAct.NAMED, reason)
    with reports.changing(actor, report_id) as (session, report):
        if walls.beside(session, [report_id]) != together:
            raise boxes.BoxChanged
        cases.move(session, report_id, to.id)
        for one in together:
            its = session.get_one(Report, one)
            _keep(session, actor, rows[one])
            exclusions.turn_away(session, opened[one], its, session.get_one(Organisation, office.id), rows[one].id)
        if not exclusions.are_read(session, together, to.id):
            raise NobodyThere  # before the spool is told
        for one in together:
            exclusions.spool_again(session, session.get_one(Report, one))
        onces.keep(session, "conflict.hand_on", report_id, once, rows[report_id].id)
        return rows[report_id].id


def lift(actor: Member, report_id: UUID, conflict_id: UUID, *, reason: str) -> Conflict:
    """It is none after all. A grant that was dropped does not come back; a report that the office handed over does, as
    one that nobody has read. Whom it is about sees no report to lift it on.

    Raises NoReason, LiftedAlready, NobodyReads, NotFound (also where its reporter said so herself), Busy.
    """
    require(actor, Permission.NAME_CONFLICT)
    if not reason.strip():
        raise NoReason
    return exclusions.turning(lambda: _lift(actor, report_id, conflict_id, reason))


def _lift(actor: Member, report_id: UUID, conflict_id: UUID, reason: str) -> Conflict:
    report, before = reports.get_for(actor, report_id), get_for(actor, report_id, conflict_id)
    with reports.recorded(actor, report_id):
        box = boxes.open_for(actor, report.box_id)
    named = db.session.get(Organisation, before.excluded_id)
    to = named if named is not None and named.is_root else db.session.get_one(Organisation, actor.organisation_id)
    row = _row(actor, to, report_id, before.excluded_id, ConflictAct.LIFTED, reason)
    with reports.changing(actor, report_id) as (session, report):
        stands = session.get(Exclusion, (report_id, row.excluded_id))
        if stands is None or stands.conflict_id != conflict_id:
            raise LiftedAlready
        session.delete(stands)
        _keep(session, actor, row)
        if to.id != report.holder_id:
            if not exclusions.are_read(session, [report_id], to.id):
                raise NobodyReads
            left = boxes.revoke(session, box, HolderKind.ORGANISATION, actor.organisation_id)
            cards.take_away(session, report_id, actor.organisation_id)
            exclusions.hand_over(session, left, report, session.get_one(Organisation, to.id))
        exclusions.spool_again(session, report)
        return row


def dismiss(actor: Member, report_id: UUID, *, named_id: UUID) -> None:
    """Somebody whose name is like one that was told is not meant; nobody says so of themselves. Raises NotFound."""
    require(actor, Permission.NAME_CONFLICT)
    reports.get_for(actor, report_id)
    if named_id == actor.person_id or not nameables.names({named_id})[named_id][0]:
        raise NotFound
    office = db.session.get_one(Organisation, actor.organisation_id)
    row = _row(actor, office, report_id, named_id, ConflictAct.DISMISSED, "")
    with reports.changing(actor, report_id) as (session, _):
        if (report_id, named_id) not in settled([report_id]):
            _keep(session, actor, row)


def settled(report_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Each of these reports with each of those of whom was said that they are not meant, or no more; or who stand."""
    acts = (ConflictAct.DISMISSED.value, ConflictAct.LIFTED.value)
    said = sa.select(Conflict.report_id, Conflict.excluded_id).where(Conflict.act.in_(acts))
    stands = sa.select(Exclusion.report_id, Exclusion.excluded_id).where(Exclusion.report_id.in_(report_ids))
    rows = db.session.execute(said.where(Conflict.report_id.in_(report_ids)).union(stands))
    return {(row[0], row[1]) for row in rows}


def _row(
    actor: Member, to: Organisation, report_id: UUID, excluded_id: UUID, act: ConflictAct, reason: str
) -> Conflict:
    """An act whose reason is sealed to whoever reads the report from then on. Raises KeysUnsound."""
    row_id = uuid4()
    return Conflict(
        id=row_id,
        report_id=report_id,
        excluded_id=excluded_id,
        act=act.value,
        made_at=clock.now(),
        person_id=actor.person_id,
        organisation_id=to.id,
        generation=to.generation,
        body_sealed=boxes.seal_slip(to, DOMAIN, row_id, {"reason": reason.strip()}),
    )


def _keep(session: Session, actor: Member, row: Conflict) -> None:
    session.add(row)
    audit.record(session, f"conflict.{row.act}", actor, row.report_id, str(row.excluded_id))


# Reading it


def get_for(actor: Member, report_id: UUID, conflict_id: UUID) -> Conflict:
    """An act that is about a report that the actor sees. Raises NotFound, recorded."""
    require(actor, Permission.NAME_CONFLICT)
    reports.get_for(actor, report_id)
    found = db.session.get(Conflict, conflict_id)
    if found is None or found.report_id != report_id or found.act not in (ConflictAct.DECLARED, ConflictAct.NAMED):
        audit.refused("report.refused", actor, report_id)
        raise NotFound
    return found


def told(actor: Member, report_id: UUID, conflict_id: UUID) -> Told:
    """The same as it is read. Raises NotFound, recorded."""
    get_for(actor, report_id, conflict_id)
    return next(one for one in history(actor, report_id) if one.id == conflict_id)


def history(actor: Member, report_id: UUID) -> Sequence[Told]:
    """What was said of a report and whom, the oldest first. Raises NotFound."""
    require(actor, Permission.NAME_CONFLICT)
    reports.get_for(actor, report_id)
    query = sa.select(Conflict, Person.name).join(Person, Person.id == Conflict.person_id)
    rows = db.session.execute(query.where(Conflict.report_id == report_id).order_by(Conflict.made_at, Conflict.id))
    told = [(row, by) for row, by in rows]
    names = nameables.names({row.excluded_id for row, _ in told})
    return [
        Told(row.id, row.excluded_id, *names[row.excluded_id], ConflictAct(row.act), by, row.made_at, _why(actor, row))
        for row, by in told
    ]


def _why(actor: Member, row: Conflict) -> str | None:
    if row.organisation_id != actor.organisation_id:
        return None
    with suppress(keys.Unopened):
        if told := boxes.open_slip(actor, row.generation, DOMAIN, row.id, row.body_sealed):
            return str(told["reason"])
    return None


def standing(actor: Member, report_id: UUID) -> Sequence[Standing]:
    """Who may not know of a report, and which of it may be lifted. Raises NotFound."""
    acts = {told.id: told for told in history(actor, report_id)}
    rows = list(db.session.scalars(sa.select(Exclusion).where(Exclusion.report_id == report_id)))
    names = nameables.names({row.excluded_id for row in rows})
    found = [Standing(*names[row.excluded_id], acts.get(row.conflict_id) if row.conflict_id else None) for row in rows]
    return sorted(found, key=lambda one: (one.of, one.name))
