"""Links by mail: what delivery carries, and what is left of a link's secret once it was carried."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from pepa.db import db, transaction
from pepa.domain import enrolments, locks
from pepa.models.enrolments import Enrolment


@dataclass(frozen=True, repr=False)
class Letter:
    """What a mail with a link says, and to whom."""

    address: str
    token: str


def letter(enrolment_id: UUID) -> Letter | None:
    """What is to be mailed; None where the link is over, or was given another secret since."""
    row = db.session.get(Enrolment, enrolment_id)
    if row is None or not enrolments.stands(row) or row.email is None or row.token_sealed is None:
        return None
    return Letter(row.email, locks.open_token(row.id, row.token_sealed))


def posted(enrolment_id: UUID, token: str) -> None:
    """The mail with this secret left: a hash of it is left. A newer one, made meanwhile, has still to go."""
    this = (Enrolment.id == enrolment_id, Enrolment.token_hash == enrolments.mark(token))
    with transaction() as session:
        session.execute(sa.update(Enrolment).where(*this).values(token_sealed=None))
