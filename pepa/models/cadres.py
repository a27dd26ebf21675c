"""Kartu kader: a printed card with a QR and a PIN. It logs and hands in, and reads its own plans and logs alone."""

from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Cadre(Base):
    """Somebody who teaches: an RT head, a PKK member, a volunteer. No telephone number is kept.

    name         as it stands on the card and on a certificate
    area_id      where they live or lead, if that is said
    token_hash   of what the QR alone holds; None once the card was ended
    pin_hash     of the PIN, with the server's pepper and the cadre's id
    failures     wrong PINs in a row; until_at: until when none is taken
    """

    __tablename__ = "cadres"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    kelurahan_code: Mapped[str] = mapped_column(sa.ForeignKey("kelurahan.code"))
    area_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("areas.id"))
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    pin_hash: Mapped[bytes]
    failures: Mapped[int] = mapped_column(default=0)
    until_at: Mapped[datetime | None] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    is_demo: Mapped[bool] = mapped_column(default=False)


class CadreSession(Base):
    """A card that was opened by its PIN, in one browser."""

    __tablename__ = "cadre_sessions"
    __table_args__ = {"sqlite_with_rowid": False}

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    cadre_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cadres.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class Certificate(Base):
    """That a cadre held so many sessions which the office confirmed.

    number  what its check link ends in, drawn at random
    name    as it was then; empty once it was taken back: the number then says so, and no more
    """

    __tablename__ = "certificates"

    number: Mapped[str] = mapped_column(primary_key=True)
    cadre_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cadres.id"), index=True)
    name: Mapped[str]
    sessions: Mapped[int]
    issued_on: Mapped[date]
    issued_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    revoked_on: Mapped[date | None]
    body: Mapped[bytes | None] = mapped_column(deferred=True)
