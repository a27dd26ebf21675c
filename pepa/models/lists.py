"""Lists that the office may word anew: categories of the national forms, ready answers, types of calls."""

from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base


class Category(Base):
    """One value of one list; the code stays for ever, the label may change."""

    __tablename__ = "categories"

    list_name: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    label: Mapped[str]
    source: Mapped[str]


class ReadyAnswer(Base):
    """A sentence that an officer may start from; {sapaan} is how the reporter is addressed."""

    __tablename__ = "ready_answers"

    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    text: Mapped[str]


class CallType(Base):
    """What a telephone call turned out to be."""

    __tablename__ = "call_types"

    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    label: Mapped[str]
