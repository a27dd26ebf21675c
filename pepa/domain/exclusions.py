"""Who may not know that a report exists, told after it was sent (citizen.md 4; domain.md rule 13).

From then on the organisation has no grant, no card and no row, and the key is turned. What was read cannot be unread.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import storage
from pepa.db import db, transaction
from pepa.domain import (
    audit,
    boxes,
    callbacks,
    cards,
    cases,
    duty,
    holders,
    keys,
    leavings,
    limits,
    messages,
    parcels,
    reporters,
    restrictions,
    sessions,
    walls,
)
from pepa.errors import Busy, Invalid
from pepa.models.boxes import HolderKind
from pepa.models.lateness import Limit
from pepa.models.organisations import Organisation, OrganisationKind
from pepa.models.reports import About, Exclusion, Report
from pepa.policy import Permission, Reporter, require
from pepa.words import N_

TRIES = 5  # where somebody else turns the key at the same moment
NOTE = N_("Ternyata ini tentang orang kantor atau lembaga mitra")  # then whose, as whoever holds the report reads it
log = logging.getLogger("pepa.exclusions")
T = TypeVar("T")


class NobodyNamed(Invalid):
    says = N_("Pilih dulu salah satu.")
    field = "about"


def exclude(reporter: Reporter, *, about: str | None, about_partner: UUID | None = None) -> None:
    """It turns out to be about somebody of the office, or of a partner: that organisation is turned away now.

    About the office, the independent holder has the report from here on, unread and with a limit of its own. Sent again
    it is done once. Raises NobodyNamed, Busy (nothing was changed).
    """
    require(reporter, Permission.WRITE_AS_REPORTER)
    turning(lambda: _exclude(reporter, about, about_partner))


def turning(act: Callable[[], T]) -> T:
    """An act that turns the keys of boxes, tried again where somebody else turned one first. Raises Busy (nothing was
    changed)."""
    for _ in range(TRIES):
        try:
            return act()
        except boxes.BoxChanged:
            continue
        except (keys.KeysUnsound, OSError) as error:
            log.error("an organisation could not be turned away: %s", type(error).__name__)
            raise Busy from error
    raise Busy


def _exclude(reporter: Reporter, about: str | None, about_partner: UUID | None) -> None:
    with reporters.recorded(reporter):
        box = boxes.open_for(reporter, reporter.box_id)
    with transaction() as session:
        report = session.get_one(Report, reporter.report_id)
        named = _named(session, about, about_partner)
        stands = session.get(Exclusion, (report.id, named.id))
        if stands is None:
            box = turn_away(session, box, report, named)
        elif stands.conflict_id:  # an officer was first; what she says herself is nobody's to lift
            stands.conflict_id = None
        else:
            return
        note = f"{NOTE}: {named.name}"
        boxes.insert(session, [messages.from_reporter(box, uuid4(), report.id, note)])
        limits.begin_answer(reporters.continued(session, report.id))  # whoever has it still must not offer it to them
        audit.record_anonymous(session, "report.turned", report.id)
        spool_again(session, report)


def _named(session: Session, about: str | None, about_partner: UUID | None) -> Organisation:
    """Whom she means. Whoever names a partner means it, whatever is ticked above; the office itself is its intake."""
    found = session.get(Organisation, about_partner) if about_partner and about != About.OFFICE else None
    if about == About.OFFICE:
        found = session.scalar(sa.select(Organisation).where(Organisation.kind == OrganisationKind.INTAKE.value))
    if found is None or found.kind == OrganisationKind.INDEPENDENT:
        raise NobodyNamed
    return found


# Turning away, whoever says so


def turn_away(
    session: Session, box: boxes.OpenBox, report: Report, named: Organisation, conflict_id: UUID | None = None
) -> boxes.OpenBox:
    """An organisation has no grant, no card and no row from now on; where it reads the report, the independent holder
    does instead. conflict_id: the act of an officer that says so. In the transaction of the act; returns the box as it
    is then. Raises BoxChanged, KeysUnsound."""
    if (HolderKind.ORGANISATION.value, named.id) in box.holders:
        box = boxes.revoke(session, box, HolderKind.ORGANISATION, named.id)
    if report.holder_id == named.id:
        box = hand_over(session, box, report, independent(session))
    cards.take_away(session, report.id, named.id)
    hide(session, report, named.id, conflict_id)
    return box


def hide(session: Session, report: Report, excluded_id: UUID, conflict_id: UUID | None = None) -> None:
    """A person, or all of an organisation, may not learn that a report exists, and keeps nothing of it, nor of whatever
    shares its case. In the transaction of the act."""
    session.add(Exclusion(report_id=report.id, excluded_id=excluded_id, conflict_id=conflict_id))
    session.flush()
    leavings.take_back(session, walls.beside(session, [report.id]))


def independent(session: Session) -> Organisation:
    """Who reads what the office may not. Raises KeysUnsound where there is none."""
    kind = OrganisationKind.INDEPENDENT.value
    holder = session.scalar(sa.select(Organisation).where(Organisation.kind == kind, Organisation.is_active))
    if holder is None:
        raise keys.KeysUnsound
    return holder


def are_read(session: Session, report_ids: Collection[UUID], office_id: UUID, *, but: UUID | None = None) -> bool:
    """Whether each of these finds somebody in an office who reads reports, has its key and may know of this one. but:
    somebody who does not count any more"""
    able = holders.able(office_id, session)
    there = [person.id for person in duty.readers(office_id) if person.id in able and person.id != but]
    unknowing = walls.kept_from(session, report_ids, there)
    return all(any((report_id, one) not in unknowing for one in there) for report_id in report_ids)


def hand_over(session: Session, box: boxes.OpenBox, report: Report, to: Organisation) -> boxes.OpenBox:
    """To another holder, as a report that nobody has read yet. In the transaction of the act."""
    boxes.share(session, box, boxes.organisation_holder(to))
    cases.hand_over(session, report, to.id)
    begin_there(session, report, to)
    return box


def begin_there(session: Session, report: Report, to: Organisation) -> None:
    """Whoever holds it now has been given its key and its case already."""
    report.holder_id = to.id
    callbacks.drop_open(session, report.id)
    limits.begin_anew(report)
    limits.forget_tellings(report, *Limit)
    boxes.insert(session, [cards.empty(to.id, report.id)])
    sessions.drop_drafts_on(session, report.id)
    restrictions.hand_over(session, report)


def spool_again(session: Session, report: Report) -> None:
    """The spool must not bring back what the organisation held: its file becomes what the database has now.

    Before the commit: where that fails, the spool alone knows of what she asked for, and an older database that it is
    played into learns it from there.
    """
    session.flush()
    name, rows = parcels.of(session, report.id)
    if storage.spool().has(name):
        storage.spool().replace(name, parcels.write(rows))


def named(report_id: UUID) -> Sequence[tuple[UUID, str]]:
    """The organisations that may not know of a report, as its reporter said."""
    query = sa.select(Organisation.id, Organisation.name).join(Exclusion, Exclusion.excluded_id == Organisation.id)
    hers = (Exclusion.report_id == report_id, Exclusion.conflict_id.is_(None))
    found = db.session.execute(query.where(*hers).order_by(Organisation.name))
    return [(row.id, row.name) for row in found]


def partners() -> Sequence[tuple[UUID, str]]:
    """Whom she may name besides the office."""
    others = sa.select(Organisation).where(Organisation.ended_at.is_(None))  # one that is suspended, too
    return sorted(((o.id, o.name) for o in db.session.scalars(others) if not o.is_root), key=lambda pair: pair[1])
