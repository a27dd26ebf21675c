"""What readers say of a title."""

from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base
from pepa.words import N_, Choice


class Clarity(Choice):
    """Whether it was easy to understand."""

    YES = "yes", N_("Ya")
    NO = "no", N_("Tidak")
    WRONG = "wrong", N_("Ada yang salah")


class Opinion(Base):
    """One reader's, by the day. What was written is sealed: somebody may tell there what belongs in a report.

    text_sealed      to the office's key of that generation; None where nothing was written
    is_aside         it looks like a machine's
    """

    __tablename__ = "opinions"
    __table_args__ = (
        sa.CheckConstraint("clarity in ('yes', 'no', 'wrong')", name="clarity"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title_id: Mapped[int] = mapped_column(sa.ForeignKey("titles.id"), index=True)
    edition_number: Mapped[int]
    clarity: Mapped[str]
    on: Mapped[date]
    is_aside: Mapped[bool] = mapped_column(default=False)
    organisation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisations.id"))
    generation: Mapped[int | None]
    text_sealed: Mapped[bytes | None]
