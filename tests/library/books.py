"""A library for tests: the seed titles as if they were published, files that were made of them, what was withdrawn."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import documents
from pepa.domain.documents import MEDIA, Format
from pepa.models.outputs import Output, TitlePicture
from pepa.models.titles import Edition, State, Translation
from pepa.seeds import titles as seeds


def publish(*title_ids: int, **values: Any) -> None:
    """The seed titles (or some of them) as published, without anybody having looked at them."""
    now = clock.now()
    which = title_ids or tuple(each.front.id for each in seeds.every())
    with transaction() as session:
        session.execute(
            sa.update(Edition)
            .where(Edition.title_id.in_(which), Edition.state.in_((State.DRAFT, State.IN_REVIEW)))
            .values(
                **{"state": State.PUBLISHED, "published_at": now, "due_on": now.date() + timedelta(days=180), **values}
            )
        )


def new_edition(title_id: int, *, changes: str = "", **values: Any) -> UUID:
    """The next edition of a published title, which takes its place."""
    with transaction() as session:
        old = session.scalars(
            sa.select(Edition).where(Edition.title_id == title_id, Edition.state == State.PUBLISHED)
        ).one()
        fields = {
            name: getattr(old, name)
            for name in ("title_id", "title", "audience", "topics", "minutes", "body", "guide", "quiz", "script",
                         "whatsapp", "sms", "poster", "card", "reviewers", "due_months")
        }  # fmt: skip
        old.state = State.REPLACED
        session.flush()
        now = clock.now()
        fields |= {"number": old.number + 1, "state": State.PUBLISHED, "published_at": now, "changed_at": now,
                   "changes": changes, **values}  # fmt: skip
        made = Edition(**fields)
        session.add(made)
        session.flush()
        return made.id


def draft(title_id: int, *, number: int) -> None:
    """A next edition that somebody has begun."""
    with transaction() as session:
        old = session.scalars(sa.select(Edition).where(Edition.title_id == title_id).limit(1)).one()
        copied = ("title", "audience", "topics", "minutes", "body", "guide", "quiz", "reviewers", "due_months")
        fields = {name: getattr(old, name) for name in copied}
        session.add(Edition(title_id=title_id, number=number, state=State.DRAFT, changed_at=clock.now(), **fields))


def withdraw(title_id: int, reason: str = "Pasal yang disebut keliru.", replacement_id: int | None = None) -> None:
    with transaction() as session:
        session.execute(
            sa.update(Edition)
            .where(Edition.title_id == title_id, Edition.state == State.PUBLISHED)
            .values(
                state=State.WITHDRAWN,
                withdrawn_at=clock.now(),
                withdrawn_reason=reason,
                replacement_id=replacement_id,
            )
        )


def translate(
    title_id: int, language: str, *, title: str, body: str, whatsapp: str = "", approved: bool = True
) -> None:
    """A translation of the published edition."""
    now = clock.now()
    with transaction() as session:
        edition_id = session.scalars(
            sa.select(Edition.id).where(Edition.title_id == title_id, Edition.state == State.PUBLISHED)
        ).one()
        session.add(
            Translation(
                edition_id=edition_id,
                language=language,
                title=title,
                body=body,
                whatsapp=whatsapp,
                changed_at=now,
                approved_at=now if approved else None,
            )
        )


def output(
    title_id: int, format_: Format, body: bytes, *, pages: int | None = None, number: int = 1, name: str = ""
) -> str:
    """A finished file; returns its name."""
    media, name = MEDIA[format_], name or documents.filename(title_id, number, format_)
    with transaction() as session:
        session.execute(sa.delete(Output).where(Output.title_id == title_id, Output.format == format_.value))
        session.add(
            Output(
                title_id=title_id,
                language="id",
                format=format_.value,
                edition_number=number,
                file_name=name,
                media_type=media,
                pages=pages,
                size=len(body),
                digest=sha256(body).digest(),
                made_from=b"",
                made_at=clock.now(),
                body=body,
            )
        )
    return name


def photo(title_id: int, name: str, raster: bytes) -> None:
    """A picture of which there is no drawing."""
    with transaction() as session:
        session.add(TitlePicture(title_id=title_id, name=name, svg=None, png=raster, width=480, height=360))


def all_outputs(title_id: int) -> None:
    """Every format, as long as real ones are."""
    for format_ in Format:
        if format_ is not Format.PACK:
            output(
                title_id,
                format_,
                bytes([65 + title_id % 20]) * 13_000,
                pages=2 if MEDIA[format_].endswith("pdf") else None,
            )


def count(table: type[Any]) -> int:
    db.session.rollback()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
