"""A certificate for a cadre after so many sessions that the office confirmed; anybody can check its number.

After how many is a setting of the office, off at first. A certificate can be taken back: its number then says so, and
names nobody.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import choice
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, documents, printers, settings
from pepa.domain.coverage import COVERING
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.cadres import Cadre, Certificate
from pepa.models.outreach import Standing, Teaching
from pepa.models.reports import ALPHABET
from pepa.policy import Member, Permission, require
from pepa.words import N_

log = logging.getLogger(__name__)
SIGNS = 12  # of 32 signs: 60 bits, so that numbers are not guessed for their names


class SwitchedOff(Conflict):
    says = N_("Sertifikat belum dinyalakan di pengaturan kantor.")


class NotYet(Invalid):
    """n: how many it takes; held: how many there are."""

    says = N_("Baru %(held)s kegiatan yang dikonfirmasi, perlu %(n)s.")


@dataclass(frozen=True)
class Standings:
    """A cadre, how many sessions of theirs were confirmed, and the certificate that holds, if one does."""

    cadre: Cadre
    sessions: int
    certificate: Certificate | None


def needed() -> int | None:
    """After how many sessions one is given; None: none is, as where the setting is no number."""
    return settings.read().certificate_sessions


def list_for(actor: Member) -> Sequence[Standings]:
    """The cadres of the actor's office by name; that is no ranking."""
    require(actor, Permission.CERTIFY_CADRE)
    own = sa.select(Cadre).where(Cadre.organisation_id == actor.organisation_id).order_by(Cadre.name, Cadre.id)
    rows = list(db.session.scalars(own))
    ids = [row.id for row in rows]
    counts, held = _sessions(ids), _holding(ids)
    return [Standings(row, counts.get(row.id, 0), held.get(row.id)) for row in rows]


def get_for(actor: Member, cadre_id: UUID) -> Standings:
    """Raises NotFound."""
    require(actor, Permission.CERTIFY_CADRE)
    row = db.session.get(Cadre, cadre_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound
    return Standings(row, _sessions([row.id]).get(row.id, 0), _holding([row.id]).get(row.id))


def _sessions(ids: Sequence[UUID]) -> dict[UUID | None, int]:
    """How many sessions of theirs the office confirmed, group chats aside."""
    counted = (Teaching.standing == Standing.CONFIRMED, Teaching.manner.in_(COVERING), Teaching.cadre_id.in_(ids))
    query = sa.select(Teaching.cadre_id, sa.func.count()).where(*counted).group_by(Teaching.cadre_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def _holding(ids: Sequence[UUID]) -> dict[UUID, Certificate]:
    """The certificates that were not taken back, the last one of each."""
    query = sa.select(Certificate).where(Certificate.cadre_id.in_(ids), Certificate.revoked_on.is_(None))
    return {
        row.cadre_id: row for row in db.session.scalars(query.order_by(Certificate.issued_on, Certificate.sessions))
    }


def issue(actor: Member, cadre_id: UUID) -> str:
    """A certificate with the sessions as they stand; returns its number. For the same sessions there is one.

    Raises NotFound, SwitchedOff, NotYet.
    """
    require(actor, Permission.CERTIFY_CADRE)
    least = needed()
    if least is None:
        raise SwitchedOff
    with transaction() as session:
        found = get_for(actor, cadre_id)
        if found.sessions < least:
            raise NotYet(n=least, held=found.sessions)
        if found.certificate and found.certificate.sessions == found.sessions:
            return found.certificate.number
        number = "".join(choice(ALPHABET) for _ in range(SIGNS))
        session.add(
            Certificate(
                number=number,
                cadre_id=cadre_id,
                name=found.cadre.name,
                sessions=found.sessions,
                issued_on=clock.today(),
                issued_by_id=actor.person_id,
            )
        )
        audit.record(session, "certificate.issued", actor, cadre_id)
    return number


def revoke(actor: Member, cadre_id: UUID) -> None:
    """Take back what the cadre holds: the number stays, the name is gone. Twice changes nothing. Raises NotFound."""
    require(actor, Permission.CERTIFY_CADRE)
    with transaction() as session:
        get_for(actor, cadre_id)
        held = (Certificate.cadre_id == cadre_id, Certificate.revoked_on.is_(None))
        rows = session.scalars(sa.select(Certificate).where(*held)).all()
        for row in rows:
            row.name, row.body, row.revoked_on = "", None, clock.today()
        if rows:
            audit.record(session, "certificate.revoked", actor, cadre_id)


def check(number: str) -> Certificate:
    """What anybody may know who has the number, however it is typed. Raises NotFound."""
    typed = "".join(sign for sign in number.upper() if sign.isalnum())
    row = db.session.get(Certificate, typed) if len(typed) == SIGNS else None
    if row is None:
        raise NotFound
    return row


def grouped(number: str) -> str:
    """`ABCD-EFGH-JKLM`, as it is read and typed."""
    return "-".join(number[at : at + 4] for at in range(0, SIGNS, 4))


def paper(actor: Member, cadre_id: UUID, *, address: str, words: Mapping[str, object]) -> bytes:
    """The PDF of what the cadre holds, made once. Where our fonts lack a letter of the name it is printed by its bare
    letter, and the log says that this happened.

    address: where its number is checked; words: the sentences of the sheet
    Raises NotFound where there is none, Unmade, Busy.
    """
    certificate = get_for(actor, cadre_id).certificate
    if certificate is None:
        raise NotFound
    number, name = certificate.number, documents.printable(certificate.name)
    if certificate.body is not None:
        return certificate.body
    if name != certificate.name:
        log.warning("certificate %s: the fonts lack a letter of the name", number)
    db.session.rollback()  # no connection is held while the child works
    body = printers.printed("certificate.html", {**words, "name": name}, qr=address)
    with transaction() as session:
        row = session.get_one(Certificate, number)
        if row.revoked_on is None:
            row.body = body
    return body
