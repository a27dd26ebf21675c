"""Forms that are sent twice: the second sending finds what the first one made."""

from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import transaction
from pepa.domain import keys
from pepa.models.installation import Once

KEPT = timedelta(days=30)  # a page that lay open longer is sent again by nobody


def new() -> str:
    """A value for the hidden field `once` of a form."""
    return token_urlsafe(12)


def made(session: Session, verb: str, scope: UUID, once: str) -> UUID | None:
    """What this form made before, or None where it was not sent yet."""
    return session.scalar(sa.select(Once.made_id).where(Once.mark == _mark(verb, scope, once)))


def keep(session: Session, verb: str, scope: UUID, once: str, made_id: UUID) -> None:
    """Remember what this form made, in the transaction that made it."""
    session.add(Once(mark=_mark(verb, scope, once), made_id=made_id, made_at=clock.hour(clock.now())))


def purge() -> int:
    """Forget forms that were sent thirty days ago. Returns how many."""
    with transaction() as session:
        gone = session.execute(sa.delete(Once).where(Once.made_at < clock.hour(clock.now()) - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _mark(verb: str, scope: UUID, once: str) -> bytes:
    return keys.mark("once", verb, scope, once)
