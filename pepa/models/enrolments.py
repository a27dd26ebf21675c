"""Links by which people come in: into an organisation, or back to an account whose passphrase was forgotten."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa import clock
from pepa.db import Base, Instant
from pepa.models.organisations import Organisation, Role
from pepa.models.people import Person


class Enrolment(Base):
    """One link. Of its secret a hash is kept; sealed to the server key as well until the mail with it has left.

    is_reset    its person makes a new passphrase; otherwise somebody joins with these roles
    person_id   whose passphrase was forgotten, or who joined by it
    made_by_id  nobody: it was made at the machine
    """

    __tablename__ = "enrolments"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    token_sealed: Mapped[bytes | None]
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    is_reset: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str]
    email: Mapped[str | None]
    roles: Mapped[str]
    made_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    until_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"), index=True)

    organisation: Mapped[Organisation] = relationship()
    made_by: Mapped[Person | None] = relationship(foreign_keys=[made_by_id])
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.ended_at is None and clock.now() < self.until_at

    @property
    def role_set(self) -> frozenset[Role]:
        return frozenset(Role(code) for code in self.roles.split())
