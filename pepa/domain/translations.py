"""What a title says in another language: written on what readers have, shown once somebody else approved it.

A translation hangs on a published edition, whose text never changes; once the next one is out, the older translation is
shown with a line that says so. It rests on the same sources: only their sentences are said in other words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db
from pepa.domain import audit, editions, manuscripts, markup, numbers
from pepa.domain.blocks import Claim
from pepa.domain.editions import ChangedMeanwhile, MovedOn, ReadAnew
from pepa.domain.manuscripts import Manuscript
from pepa.domain.reviews import AuthorJudges
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.outputs import Output, TitlePicture
from pepa.models.people import Person
from pepa.models.titles import Edition, Language, State, Translation
from pepa.policy import Member, Permission, require
from pepa.words import N_


class NotTranslated(Conflict):
    says = N_("Belum ada terjemahan yang bisa disetujui.")


class Unchanged(Invalid):
    says = N_("Ini masih tulisan Indonesia. Terjemahkan dulu.")
    field = "body"


@dataclass(frozen=True)
class Told:
    """What is said in another language; lines end in a bare newline."""

    title: str = ""
    body: str = ""
    whatsapp: str = ""
    sms: str = ""

    @classmethod
    def of(cls, row: Edition | Translation) -> "Told":
        return cls(**{part.name: getattr(row, part.name) for part in fields(cls)})

    def tidy(self) -> "Told":
        tidy = asdict(Manuscript(**asdict(self)).tidy())
        return Told(**{part.name: tidy[part.name] for part in fields(self)})


@dataclass(frozen=True)
class Begun:
    """A language of an edition. row: None where nobody has begun; by: who wrote it last"""

    language: Language
    row: Translation | None
    by: str


def of(actor: Member, edition_id: UUID) -> Sequence[Begun]:
    """Every language that an edition may be said in, with how far that is. Raises NotFound."""
    editions.get_for(actor, edition_id)
    query = (
        sa.select(Translation, Person.name)
        .outerjoin(Person, Person.id == Translation.written_by_id)
        .where(Translation.edition_id == edition_id)
    )
    found = {row.language: (row, name or "") for row, name in db.session.execute(query)}
    return [Begun(language, *found.get(language.value, (None, ""))) for language in Language]


def get_for(actor: Member, edition_id: UUID, language: str) -> Begun:
    """One of them. Raises NotFound."""
    found = next((each for each in of(actor, edition_id) if each.language == language), None)
    if found is None:
        raise NotFound
    return found


def faults(told: Told, source: Manuscript, held: Mapping[str, str], drawn: set[str]) -> Iterator[Invalid]:
    """What keeps a translation from being kept, each beside its field. drawn: the names of the title's pictures"""
    # An edition's rules, for those of its fields that are translated: the sources that it stands on are in the body.
    typed = replace(source, **asdict(told), guide="", quiz="", script="", poster="", card="")
    found = list(manuscripts.faults(typed, held, today=clock.today()))
    yield from found
    if any(fault.field == "body" for fault in found):
        return
    if not told.body or told.body == source.body:
        yield Unchanged()
    claims = {claim.key: claim for claim in source.claims()}
    for block in markup.parse(told.body):
        if isinstance(block, Claim) and not _is_same(block, claims.get(block.key)):
            yield Invalid(
                N_("Sumber [^%(key)s] harus sama dengan naskah Indonesia, kecuali kalimatnya."),
                field="body",
                key=block.key,
            )
    for name in typed.pictures():
        if name not in drawn:
            yield Invalid(N_("Gambar %(name)s belum dikirim."), field="body", name=name)


def _is_same(claim: Claim, source: Claim | None) -> bool:
    return source is not None and replace(claim, says="") == replace(source, says="")


def translate(actor: Member, edition_id: UUID, language: str, *, told: Told, version: int) -> UUID:
    """Write what an edition says in another language; whoever approved it before did not approve this.

    version: of the one on the actor's screen, 0 where there was none.
    Raises Faulty, ChangedMeanwhile, MovedOn where readers do not have the edition, NotFound.
    """
    require(actor, Permission.WRITE_TITLE)
    if language not in set(Language):
        raise NotFound
    told = told.tidy()
    with editions.changing(actor, edition_id) as (session, edition):
        if edition.state != State.PUBLISHED:
            raise MovedOn(state=State(edition.state))
        drawn = set(session.scalars(sa.select(TitlePicture.name).where(TitlePicture.title_id == edition.title_id)))
        if wrong := list(faults(told, Manuscript.of(edition), numbers.held(), drawn)):
            raise manuscripts.Faulty(wrong)
        row = _row(session, edition_id, language)
        if row and Told.of(row) == told:
            return row.id
        if (row.version if row else 0) != version:
            raise ChangedMeanwhile(nama=_name(session, row.written_by_id if row else None))
        if row is None:
            row = Translation(edition_id=edition_id, language=language, version=0)
            session.add(row)
        for name, value in asdict(told).items():
            setattr(row, name, value)
        row.version, row.written_by_id, row.changed_at = version + 1, actor.person_id, clock.now()
        row.approved_by_id = row.approved_at = None
        session.flush()
        audit.record(session, "translation.written", actor, row.id, language)
        return row.id


def approve(actor: Member, edition_id: UUID, language: str, *, version: int) -> UUID:
    """Let readers have a translation. Raises AuthorJudges, NotTranslated, ReadAnew, NotFound."""
    require(actor, Permission.PUBLISH_TITLE)
    with editions.changing(actor, edition_id) as (session, _):
        row = _row(session, edition_id, language)
        if row is None:
            raise NotTranslated
        if row.version != version:
            raise ReadAnew
        if row.approved_at is not None:
            return row.id
        if has_written(actor, row.id):
            raise AuthorJudges
        row.approved_by_id, row.approved_at = actor.person_id, clock.now()
        audit.record(session, "translation.approved", actor, row.id, language)
        return row.id


def withdraw(actor: Member, edition_id: UUID, language: str) -> UUID:
    """Take a translation back from readers at once, whatever became of its edition; its files go with it.

    Raises NotTranslated, NotFound.
    """
    require(actor, Permission.WITHDRAW_TITLE)
    with editions.changing(actor, edition_id) as (session, edition):
        row = _row(session, edition_id, language)
        if row is None:
            raise NotTranslated
        if row.approved_at is None:
            return row.id
        row.approved_by_id = row.approved_at = None
        if edition.state == State.PUBLISHED:  # the files of an older one are those of what came after it
            session.execute(sa.delete(Output).where(Output.title_id == edition.title_id, Output.language == language))
        audit.record(session, "translation.withdrawn", actor, row.id, language)
        return row.id


def has_written(actor: Member, translation_id: UUID) -> bool:
    """Whether the actor ever changed a translation, and so does not approve it."""
    wrote = sa.select(AuditEntry.number).where(
        AuditEntry.thing_id == translation_id,
        AuditEntry.act == "translation.written",
        AuditEntry.person_id == actor.person_id,
    )
    return db.session.scalar(wrote.limit(1)) is not None


def _row(session: Session, edition_id: UUID, language: str) -> Translation | None:
    query = sa.select(Translation).where(Translation.edition_id == edition_id, Translation.language == language)
    return session.scalar(query)


def _name(session: Session, person_id: UUID | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return person.name if person else ""
