"""Spare codes: ten of them, each good once in the place of the authenticator's six digits."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa.db import db
from pepa.domain import keys
from pepa.models.reports import ALPHABET
from pepa.models.spares import Spare


def put(session: Session, person_id: UUID, codes: Sequence[str]) -> None:
    """These are somebody's codes from now on; earlier ones are none any more."""
    drop(session, person_id)
    session.add_all(Spare(code_hash=_mark(person_id, _plain(code)), person_id=person_id) for code in codes)


def drop(session: Session, person_id: UUID) -> None:
    """Somebody has none."""
    session.execute(sa.delete(Spare).where(Spare.person_id == person_id))


def left(person_id: UUID) -> int:
    """How many were not used yet."""
    return db.session.scalars(sa.select(sa.func.count()).where(Spare.person_id == person_id)).one()


def stands(person_id: UUID, code: str) -> bool:
    """Whether this is one of somebody's codes. Only `use` makes sure that it serves once."""
    return db.session.get(Spare, _mark(person_id, _plain(code))) is not None


def use(session: Session, person_id: UUID, code: str) -> bool:
    """Use one up, whichever worker sees it first. False: it is none, or none any more."""
    gone = session.execute(sa.delete(Spare).where(Spare.code_hash == _mark(person_id, _plain(code))))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def _plain(code: str) -> str:
    """As it was shown, however it was typed."""
    return "".join(sign for sign in code.upper() if sign in ALPHABET)


def _mark(person_id: UUID, plain: str) -> bytes:
    return keys.mark("spare", person_id, plain)
