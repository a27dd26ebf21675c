"""Where an organisation stands with us: suspended, gone on with, ended.

The two root holders are never suspended or ended: exactly one of each kind stands, or reports would reach nobody.
"""

from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, bookings, departures, grants, organisations, sessions, tasks
from pepa.errors import Conflict
from pepa.models.organisations import Membership, Organisation
from pepa.models.tasks import Column, Task
from pepa.policy import Member, Permission, require
from pepa.words import N_


class Stays(Conflict):
    says = N_("Kantor penerima dan pemegang mandiri selalu ada. Keduanya tidak bisa ditahan atau diakhiri.")


class OpensAlone(Conflict):
    says = N_("%(n)s hal hanya bisa dibuka lembaga ini. Minta mereka menyelesaikan atau menyerahkannya dulu.")


def suspend(actor: Member, organisation_id: UUID) -> Organisation:
    """Nobody of it comes in, from the next request on; its keys and all that it holds stay. Raises Stays, EndedAlready,
    NotFound."""
    require(actor, Permission.KEEP_ORGANISATIONS)
    with transaction() as session:
        row = organisations.changing(session, organisation_id)
        if row.is_root:
            raise Stays
        if row.is_active:
            row.is_active = False
            row.version += 1
            sessions.end(session, Membership.organisation_id == organisation_id)
            audit.record(session, "organisation.suspended", actor, organisation_id)
        return row


def resume(actor: Member, organisation_id: UUID) -> Organisation:
    """Its people come in again. Raises EndedAlready, NotFound."""
    require(actor, Permission.KEEP_ORGANISATIONS)
    with transaction() as session:
        row = organisations.changing(session, organisation_id)
        if not row.is_active:
            row.is_active = True
            row.version += 1
            audit.record(session, "organisation.resumed", actor, organisation_id)
        return row


def alone(organisation_id: UUID) -> int:
    """How many things nobody else could go on with: open tasks of its own, and whatever else it alone opens. What is
    shut for its own people too is nobody's to go on with."""
    own = (Task.organisation_id == organisation_id, Task.maker_id == organisation_id)
    tasks_of_it = db.session.execute(sa.select(Task.box_id, Task.column, Task.is_archived).where(*own)).all()
    shut = set(grants.shut(organisation_id))
    is_open = [box for box, column, archived in tasks_of_it if column != Column.DONE.value and not archived]
    others = set(grants.alone(organisation_id)) - {box for box, _, _ in tasks_of_it}
    return len([box for box in is_open if box not in shut]) + len(others - shut)


def end(actor: Member, organisation_id: UUID, *, passphrase: str) -> Organisation:
    """For good: its people are out, its calendars lead nowhere, its rooms are free, and it opens nothing any more that
    others hold too.

    Raises Stays, OpensAlone, EndedAlready, NotFound; WrongPassphrase, Busy.
    """
    require(actor, Permission.KEEP_ORGANISATIONS)
    if organisations.get_for(actor, organisation_id).is_root:
        raise Stays
    sessions.confirm(actor, passphrase=passphrase)
    with transaction() as session:
        row = organisations.changing(session, organisation_id)
        if many := alone(organisation_id):
            raise OpensAlone(n=many)
        row.is_active, row.ended_at = False, clock.now()
        row.version += 1
        there = sa.select(Membership).where(Membership.organisation_id == organisation_id, Membership.is_active)
        for membership in session.scalars(there).all():
            departures.close(session, actor, membership)
        bookings.call_off_all(session, actor, organisation_id)
        tasks.come_back(session, actor, organisation_id)
        dropped = grants.drop(session, organisation_id)
        audit.record(session, "organisation.ended", actor, organisation_id, str(dropped))
        return row
