"""What readers see of the library: the shelf, one title by its number, what became of one that was withdrawn.

Everything here is for everybody; whoever writes titles has `editions`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import DatabaseFault, db
from pepa.domain import blocks, markup
from pepa.domain.blocks import Block, Claim, Heading, Picture
from pepa.domain.finding import Index, Text
from pepa.errors import NotFound
from pepa.models.outputs import Output, TitlePicture
from pepa.models.subjects import Audience, Topic, known
from pepa.models.titles import Edition, Kind, Language, State, Title, Translation

LAST = 2**31 - 1  # what a database keeps as a number
WHOLE = 0  # the number under which the outputs of the whole library stand


@dataclass(frozen=True)
class Listed:
    """A title as a list shows it. english: its name there, where somebody has approved one; minutes: to read it"""

    id: int
    name: str
    english: str
    kind: Kind
    audience: tuple[Audience, ...]
    topics: tuple[Topic, ...]
    minutes: int


Held = tuple[UUID, datetime | None]  # an edition that is published, and when its English was approved


@dataclass(frozen=True)
class Shelf:
    """Every published title, by number, and the index that finds them. read: what each edition held"""

    read: Mapping[Held, tuple[Listed, Text]]
    titles: Mapping[int, Listed]
    index: Index

    def found(self, query: str) -> tuple[list[Listed], str]:
        """Titles that a query finds, best first, and how it was understood where that was another one."""
        found = self.index.search(query)
        return [self.titles[title_id] for title_id in found.ids], found.shown_for


@dataclass(frozen=True)
class Said:
    """A title in another language. number: of the edition that it was made of, which may be an older one"""

    language: Language
    number: int
    name: str
    body: tuple[Block, ...]

    @property
    def claims(self) -> dict[str, Claim]:
        return _claims(self.body)


@dataclass(frozen=True)
class Reading:
    """A published edition as it is read. body, guide, quiz, script: blocks; the last three may be empty.

    due_on  when it is to be looked at again
    others  what it is in other languages, as far as somebody has approved it
    """

    edition_id: UUID
    id: int
    number: int
    name: str
    kind: Kind
    audience: tuple[Audience, ...]
    minutes: int
    published_on: date
    due_on: date | None
    body: tuple[Block, ...]
    guide: tuple[Block, ...]
    quiz: tuple[Block, ...]
    script: tuple[Block, ...]
    others: Mapping[str, Said]

    @property
    def claims(self) -> dict[str, Claim]:
        """What its texts stand on, by key; a guide and a quiz stand on those of the body."""
        return _claims(self.body)

    @property
    def named(self) -> tuple[Audience, ...]:
        """For whom it says to be. That it is for whoever lives through it stands on no screen."""
        return tuple(one for one in self.audience if one is not Audience.SURVIVORS)

    @property
    def drawn(self) -> set[str]:
        """The names of the pictures that it shows, in whatever language; no other one is for everybody."""
        texts = (self.body, self.guide, self.quiz, self.script, *(said.body for said in self.others.values()))
        return {block.file for text in texts for block in text if isinstance(block, Picture)}


def _claims(body: Iterable[Block]) -> dict[str, Claim]:
    return {block.key: block for block in body if isinstance(block, Claim)}


@dataclass(frozen=True)
class Withdrawn:
    """A title that is no more: why, since when, and what is to be read instead."""

    id: int
    name: str
    reason: str
    on: date
    replacement: Listed | None


@dataclass(frozen=True)
class Recalled:
    """An edition that was withdrawn before the one that is read came in its place: whoever holds it is told why."""

    number: int
    reason: str


@dataclass(frozen=True)
class Change:
    """What an edition brought, in a sentence of whoever wrote it; may be empty."""

    number: int
    on: date
    says: str


@dataclass(frozen=True)
class File:
    """An output as it can be taken. size: bytes of the finished file; made_on: the day"""

    title_id: int
    format: str
    name: str
    media_type: str
    pages: int | None
    size: int
    digest: bytes
    edition_number: int
    made_on: date


_IN_ENGLISH = sa.and_(
    Translation.edition_id == Edition.id,
    Translation.language == Language.ENGLISH,
    Translation.approved_at.is_not(None),
)
_STATE = (
    sa.select(Edition.id, Translation.approved_at)
    .outerjoin(Translation, _IN_ENGLISH)
    .where(Edition.state == State.PUBLISHED)
    .order_by(Edition.title_id)
)
_last: Shelf | None = None


def shelf() -> Shelf:
    """The shelf as it stands: what was withdrawn is gone from it in the transaction that withdrew it.

    Only the editions' ids are asked for each time; each text is read once. Where the database does not answer, the
    last shelf serves on.
    """
    global _last
    try:
        held = [(edition_id, approved_at) for edition_id, approved_at in db.session.execute(_STATE)]
        if _last is None or list(_last.read) != held:
            _last = _shelf(held, _last.read if _last else {})
    except DatabaseFault:
        db.session.rollback()
        if _last is None:
            raise
    return _last


def _shelf(held: Sequence[Held], before: Mapping[Held, tuple[Listed, Text]]) -> Shelf:
    read = {**before, **dict(_read([each[0] for each in held if each not in before]))}
    read = {each: read[each] for each in held if each in read}  # one may have been withdrawn just now
    return Shelf(read, {listed.id: listed for listed, _ in read.values()}, Index(text for _, text in read.values()))


def _read(edition_ids: Sequence[UUID]) -> Iterator[tuple[Held, tuple[Listed, Text]]]:
    rows = db.session.execute(
        sa.select(Edition, Title.kind, Translation)
        .join(Title, Title.id == Edition.title_id)
        .outerjoin(Translation, _IN_ENGLISH)
        .where(Edition.id.in_(edition_ids))
    ).all()
    for edition, kind, translation in rows:
        said: Translation | None = translation  # of an outer join
        listed = _listed(edition, kind, said)
        approved_at = said.approved_at if said is not None else None
        yield (edition.id, approved_at), (listed, _text(edition, listed, said))
        for one in (edition, said):
            if one is not None:
                db.session.expunge(one)  # nothing of it is needed but its words


def _listed(edition: Edition, kind: str, said: Translation | None) -> Listed:
    return Listed(
        id=edition.title_id,
        name=edition.title,
        english=said.title if said is not None else "",
        kind=Kind(kind),
        audience=tuple(known(edition.audience, Audience)),
        topics=tuple(known(edition.topics, Topic)),
        minutes=edition.minutes,
    )


def _text(edition: Edition, listed: Listed, said: Translation | None) -> Text:
    """A title's words. For whom and about what it is counts like a heading; a number is known by its name."""
    body = markup.parse(edition.body)
    english = markup.parse(said.body) if said is not None else ()
    subjects = (choice.label for choice in (*listed.audience, *listed.topics, listed.kind))
    headings = (block.text for block in body if isinstance(block, Heading))
    name = f"{listed.name} {listed.english}"
    return Text(listed.id, name, " ".join((*headings, *subjects)), " ".join((*_words(body), *_words(english))))


def _words(body: Iterable[Block]) -> Iterator[str]:
    for block in body:
        if isinstance(block, Claim):
            yield f"{block.source} {block.article} {block.says}"
        elif isinstance(block, blocks.Numbers):
            yield from (f"{name} {what}" for name, what in block.rows)
        elif not isinstance(block, blocks.Note):
            for text in blocks.texts(block):
                yield "".join(piece.text for piece in blocks.pieces(text) if piece.kind != "claim")


# One title


def get(title_id: int) -> Reading | Withdrawn:
    """A title by its number: as it is published, or what became of it. Raises NotFound."""
    if title_id > LAST:
        raise NotFound
    row = db.session.execute(
        sa.select(Edition, Title.kind)
        .join(Title, Title.id == Edition.title_id)
        .where(Edition.title_id == title_id, Edition.state.in_((State.PUBLISHED, State.WITHDRAWN)))
        .order_by(sa.case((Edition.state == State.PUBLISHED, 0), else_=1), Edition.number.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound
    edition, kind = row
    return _reading(edition, kind) if edition.state == State.PUBLISHED else _withdrawn(edition)


def _reading(edition: Edition, kind: str) -> Reading:
    assert edition.published_at is not None
    return Reading(
        edition_id=edition.id,
        id=edition.title_id,
        number=edition.number,
        name=edition.title,
        kind=Kind(kind),
        audience=tuple(known(edition.audience, Audience)),
        minutes=edition.minutes,
        published_on=_day(edition.published_at),
        due_on=edition.due_on,
        body=_parsed(edition.body),
        guide=_parsed(edition.guide),
        quiz=_parsed(edition.quiz),
        script=_parsed(edition.script),
        others=_others(edition.title_id),
    )


@lru_cache(maxsize=512)
def _parsed(source: str) -> tuple[Block, ...]:
    """What was published does not change, and is read much more often than it is written."""
    return markup.parse(source)


def _others(title_id: int) -> dict[str, Said]:
    """The newest approved text of each language; none of an edition that was withdrawn as wrong, or came before it."""
    wrong = sa.select(sa.func.coalesce(sa.func.max(Edition.number), 0)).where(
        Edition.title_id == title_id, Edition.state == State.WITHDRAWN
    )
    rows = db.session.execute(
        sa.select(Translation, Edition.number)
        .join(Edition, Edition.id == Translation.edition_id)
        .where(
            Edition.title_id == title_id,
            Edition.state.in_((State.PUBLISHED, State.REPLACED)),
            Edition.number > wrong.scalar_subquery(),
            Translation.approved_at.is_not(None),
        )
        .order_by(Edition.number)
    )
    return {row.language: Said(Language(row.language), number, row.title, _parsed(row.body)) for row, number in rows}


def _withdrawn(edition: Edition) -> Withdrawn:
    assert edition.withdrawn_at is not None
    other = shelf().titles.get(edition.replacement_id) if edition.replacement_id else None
    day = _day(edition.withdrawn_at)
    return Withdrawn(edition.title_id, edition.title, edition.withdrawn_reason, day, other)


def changes(title_id: int, since: int, until: int) -> list[Change]:
    """What editions after one brought, up to another, the newest first: for whoever holds an older sheet."""
    rows = db.session.execute(
        sa.select(Edition.number, Edition.published_at, Edition.changes)
        .where(
            Edition.title_id == title_id,
            Edition.number > since,
            Edition.number <= until,
            Edition.published_at.is_not(None),
        )
        .order_by(Edition.number.desc())
    )
    return [Change(number, _day(at), says) for number, at, says in rows if at]


def recalled(title_id: int, since: int, until: int) -> list[Recalled]:
    """Which editions were withdrawn, from one that somebody holds to another, the newest first."""
    rows = db.session.execute(
        sa.select(Edition.number, Edition.withdrawn_reason)
        .where(Edition.title_id == title_id, Edition.number.between(since, until), Edition.state == State.WITHDRAWN)
        .order_by(Edition.number.desc())
    )
    return [Recalled(number, reason) for number, reason in rows]


def _day(at: datetime) -> date:
    """The calendar day in Serang."""
    return at.astimezone(clock.JAKARTA).date()


# What a title comes as

_FILE = (
    *(Output.title_id, Output.format, Output.file_name.label("name"), Output.media_type, Output.pages),
    *(Output.size, Output.digest, Output.edition_number, Output.made_at.label("made_on")),
)


def files(title_id: int, language: str = "id") -> dict[str, File]:
    """Every finished output of a title by its format."""
    where = (Output.title_id == title_id, Output.language == language)
    rows = db.session.execute(sa.select(*_FILE).where(*where).order_by(Output.format))
    return {row.format: _file(row) for row in rows}


def file(title_id: int, name: str) -> File | None:
    """An output by the name that it has now; None for another one, also where an older edition was called so."""
    where = (Output.title_id == title_id, Output.file_name == name)
    row = db.session.execute(sa.select(*_FILE).where(*where)).first()
    return _file(row) if row else None


def _file(row: Any) -> File:
    return File(**{**row._mapping, "made_on": _day(row.made_on)})


def content(one: File) -> bytes | None:
    """Its bytes, or None where it was made anew meanwhile."""
    where = (Output.title_id == one.title_id, Output.file_name == one.name, Output.digest == one.digest)
    return db.session.scalar(sa.select(Output.body).where(*where))


def picture(reading: Reading, name: str) -> bytes | None:
    """A drawing that a published text shows; None for another one: what is sent for a draft is nobody's to see."""
    where = (TitlePicture.title_id == reading.id, TitlePicture.name == name)
    return db.session.scalar(sa.select(TitlePicture.png).where(*where)) if name in reading.drawn else None


def pictures(title_id: int) -> dict[str, TitlePicture]:
    """The drawings of a title by the names that its text gives them."""
    rows = list(db.session.scalars(sa.select(TitlePicture).where(TitlePicture.title_id == title_id)))
    return {row.name: row for row in rows}
