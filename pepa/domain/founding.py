"""The first people of an installation: invited at the machine, where nobody is there yet who could.

Whoever is at the machine can do all of this in the database as well; here it is recorded, and everybody in the
organisation is told, as of any other link.
"""

from collections.abc import Sequence
from secrets import token_urlsafe
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa.db import db, transaction
from pepa.domain import audit, enrolments
from pepa.domain.enrolments import BYTES, Made
from pepa.errors import Invalid, NotFound
from pepa.models.organisations import ROOTS, Organisation, OrganisationKind, Role
from pepa.models.people import Person


class Unfounded(Invalid):
    """What is said at the machine, so in English."""


def found(kind: OrganisationKind, name: str) -> UUID:
    """A root holder, once: without a key, which the first who needs it makes. Raises Unfounded."""
    name = " ".join(name.split())
    with transaction() as session:
        there = session.scalar(sa.select(Organisation).where(Organisation.kind == kind.value))
        if there is not None:
            if there.name != name:
                raise Unfounded(f"the {kind.value} organisation is there already: {there.name}")
            return there.id
        row = Organisation(id=uuid4(), name=name, kind=kind.value)
        if kind not in ROOTS or not name:
            raise Unfounded("a root holder has a name")
        session.add(row)
        session.flush()
        audit.record(session, "organisation.added", None, row.id)
        return row.id


def place(called: str) -> Organisation:
    """An organisation by its kind (`intake`, `independent`) or its name. Raises Unfounded."""
    roots = (Organisation.kind == called, Organisation.kind.in_([kind.value for kind in ROOTS]))
    query = sa.select(Organisation).where(sa.or_(sa.and_(*roots), Organisation.name == called), Organisation.is_active)
    row = db.session.scalar(query)
    if row is None:
        raise Unfounded(f"there is no organisation {called!r}: found it by --office or --independent")
    return row


def invite(called: str, *, name: str, roles: Sequence[str]) -> Made:
    """A link for somebody of an organisation. Raises Unfounded."""
    to = place(called)
    chosen = [role for role in to.roles if role.value in roles]
    if not name.strip() or len(chosen) != len(set(roles)) or not chosen:
        some = ", ".join(role.value for role in to.roles)
        raise Unfounded(f"give a name and at least one role of {to.name}: {some}")
    enrolment_id, token, organisation_id = uuid4(), token_urlsafe(BYTES), to.id
    with transaction() as session:
        row = enrolments.written(enrolment_id, organisation_id, " ".join(name.split()), None, chosen, None)
        session.add(row)
        session.flush()
        enrolments.arm(session, row, token)
        audit.record(session, "enrolment.made", None, enrolment_id, row.roles)
    return Made(enrolment_id, token)


def come_in(
    base_url: str, *, office: str, independent: str, called: str, name: str, roles: Sequence[str], forgot: str
) -> str | None:
    """What `flask pepa invite` does: the address of a link, or None where only a root holder was founded.

    Raises Unfounded, LastHolder.
    """
    for kind, founded in ((OrganisationKind.INTAKE, office), (OrganisationKind.INDEPENDENT, independent)):
        if founded:
            found(kind, founded)
    if not (forgot or name):
        return None
    made = bring_back(forgot) if forgot else invite(called, name=name, roles=roles)
    return f"{base_url.rstrip('/')}{enrolments.PATH}{made.token}"


def bring_back(login: str) -> Made:
    """A way back for somebody whom nobody else can give one. Raises Unfounded, LastHolder."""
    person = db.session.scalar(sa.select(Person.id).where(Person.login == login.strip().casefold()))
    try:
        if person is None:
            raise NotFound
        return enrolments.bring_back_at_machine(person)
    except NotFound:
        raise Unfounded(f"nobody who works here logs in as {login!r}") from None


ROLES = tuple(role.value for role in Role)
