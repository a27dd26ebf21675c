"""Editions: drafted, changed, proposed, withdrawn. What was published is never changed; the next one is a new row.

Whoever works here reads every edition, drafts too: the library holds no secret. Who looks at one before it goes out,
and its publishing, stand in `reviews`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, insert_once, transaction
from pepa.domain import audit, manuscripts, numbers, onces, sheets
from pepa.domain.manuscripts import Manuscript
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.outputs import TitlePicture
from pepa.models.people import Person
from pepa.models.reviews import ClaimCheck
from pepa.models.titles import TRANSITIONS, Author, Edition, Kind, State, Title
from pepa.policy import Member, Permission, require
from pepa.words import N_

OPEN = (State.DRAFT, State.IN_REVIEW)


class ChangedMeanwhile(Conflict):
    says = N_("%(nama)s menyimpan lebih dulu. Dua-duanya ada di bawah. Pilih atau gabungkan.")


class ReadAnew(Conflict):
    """What the actor judges is no longer what it says."""

    says = N_("Naskah ini berubah sejak Anda membukanya. Baca lagi.")


class MovedOn(Conflict):
    """Somebody has taken the edition a step further, or it is not at the step that this needs."""

    says = N_("Naskah ini sekarang berstatus %(state)s. Buka lagi halamannya.")


class NotReady(Conflict):
    """Something is missing. lacks: all of it, told in one list"""

    says = N_("Belum bisa. Lihat daftar yang masih kurang.")

    def __init__(self, lacks: Sequence[Invalid]) -> None:
        super().__init__()
        self.lacks = lacks


class NoReason(Invalid):
    says = N_("Tulis alasannya. Pembaca melihatnya.")
    field = "reason"


class NoReplacement(Invalid):
    says = N_("Judul pengganti harus judul lain yang sedang terbit.")
    field = "replacement_id"


def get_for(actor: Member, edition_id: UUID) -> Edition:
    """An edition as it stands now. Raises NotFound."""
    require(actor, Permission.SEE_LIBRARY)
    found = db.session.get(Edition, edition_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def of(actor: Member, title_id: int) -> Sequence[Edition]:
    """The editions of a title, the newest first. Raises NotFound."""
    require(actor, Permission.SEE_LIBRARY)
    found = db.session.scalars(_of(title_id)).all()
    if not found:
        raise NotFound
    return found


def _of(title_id: int) -> sa.Select[Edition]:
    return sa.select(Edition).where(Edition.title_id == title_id).order_by(Edition.number.desc())


def published(title_id: int) -> Edition | None:
    """The edition that readers have now, or None."""
    return db.session.scalar(_of(title_id).where(Edition.state == State.PUBLISHED))


def authors(edition_id: UUID) -> dict[UUID, str]:
    """Whoever changed an edition, with their names."""
    query = sa.select(Person.id, Person.name).join(Author).where(Author.edition_id == edition_id).order_by(Person.name)
    return {row.id: row.name for row in db.session.execute(query)}


def is_author(actor: Member, edition_id: UUID) -> bool:
    """Whether the actor changed it, and so does not judge it."""
    return db.session.get(Author, (edition_id, actor.person_id)) is not None


def writer(edition: Edition) -> str:
    """The name of whoever changed it last; empty for what was planted."""
    person = db.session.get(Person, edition.written_by_id) if edition.written_by_id else None
    return person.name if person else ""


@contextmanager
def changing(actor: Member, edition_id: UUID, *, version: int | None = None) -> Iterator[tuple[Session, Edition]]:
    """A write transaction about an edition. version: of the one on the actor's screen, where it has to be that one.

    Raises NotFound, ReadAnew.
    """
    with transaction() as session:
        edition = session.get(Edition, edition_id)
        if edition is None:
            raise NotFound
        if version is not None and edition.version != version:
            raise ReadAnew
        yield session, edition


def move(edition: Edition, to: State) -> None:
    """The only change of an edition's state. Raises MovedOn where TRANSITIONS has no such step."""
    now = State(edition.state)
    if to not in TRANSITIONS[now]:
        raise MovedOn(state=now)
    edition.state = to


def draft_title(actor: Member, *, title: str, kind: str, once: str) -> UUID:
    """A new title under the next free number, with an empty first edition; returns the edition's id. Once a form.

    Raises Faulty.
    """
    require(actor, Permission.WRITE_TITLE)
    typed = Manuscript(title=title).tidy()
    manuscripts.check(typed, numbers.held(), today=clock.today())
    with transaction() as session:
        if made := onces.made(session, "title.draft", actor.person_id, once):
            return made
        number = (session.scalar(sa.select(sa.func.max(Title.id))) or 0) + 1
        session.add(Title(id=number, slug=_slug(session, typed.title), kind=Kind(kind).value))
        session.flush()
        edition_id = _add(session, actor, number, 1, typed)
        onces.keep(session, "title.draft", actor.person_id, once, edition_id)
        audit.record(session, "title.drafted", actor, edition_id, str(number))
        return edition_id


def _slug(session: Session, title: str) -> str:
    """For whoever writes; no address carries it."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "judul"
    taken = set(session.scalars(sa.select(Title.slug).where(Title.slug.startswith(slug))))
    others = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (slug, *others) if each not in taken)


def _add(session: Session, actor: Member, title_id: int, number: int, typed: Manuscript) -> UUID:
    edition = Edition(
        title_id=title_id, number=number, written_by_id=actor.person_id, changed_at=clock.now(), **asdict(typed)
    )
    session.add(edition)
    session.flush()
    session.add(Author(edition_id=edition.id, person_id=actor.person_id))
    return edition.id


def draft_edition(actor: Member, title_id: int) -> UUID:
    """The next edition of a title, begun as a copy of the newest; the open one where there is one. Raises NotFound."""
    require(actor, Permission.WRITE_TITLE)
    with transaction() as session:
        found = session.scalars(_of(title_id)).all()
        if not found:
            raise NotFound
        if begun := next((each for each in found if each.state in OPEN), None):
            return begun.id
        source = next((each for each in found if each.state == State.PUBLISHED), found[0])
        copy = replace(Manuscript.of(source), changes="")
        edition_id = _add(session, actor, title_id, found[0].number + 1, copy)
        audit.record(session, "edition.drafted", actor, edition_id, str(title_id))
        return edition_id


def revise(actor: Member, edition_id: UUID, *, manuscript: Manuscript, version: int) -> UUID:
    """Write a draft anew, whoever wrote it. version: of the one that the actor has on screen.

    Raises Faulty, ChangedMeanwhile (two editors at once), MovedOn where it is no draft, NotFound.
    """
    require(actor, Permission.WRITE_TITLE)
    typed = manuscript.tidy()
    manuscripts.check(typed, numbers.held(), today=clock.today())
    with changing(actor, edition_id) as (session, edition):
        if Manuscript.of(edition) == typed:
            return edition_id  # nothing was changed, or the same form was sent again
        if not edition.is_open:
            raise MovedOn(state=State(edition.state))
        if edition.version != version:
            raise ChangedMeanwhile(nama=writer(edition))
        for name, value in asdict(typed).items():
            setattr(edition, name, value)
        edition.version, edition.written_by_id, edition.changed_at = version + 1, actor.person_id, clock.now()
        insert_once(session, Author, {"edition_id": edition_id, "person_id": actor.person_id})
        audit.record(session, "edition.changed", actor, edition_id)
        return edition_id


def lacking(edition: Edition) -> list[Invalid]:
    """What its text lacks before others are asked to look at it."""
    typed = Manuscript.of(edition)
    if found := list(manuscripts.faults(typed, numbers.held(), today=clock.today())):
        return found
    lacks = [
        Invalid(says, field=name)
        for name, says in (
            ("audience", N_("Pilih untuk siapa judul ini.")),
            ("topics", N_("Pilih tentang apa judul ini.")),
            ("body", N_("Tulis isinya.")),
        )
        if not getattr(typed, name)
    ]
    if edition.number > 1 and not typed.changes:
        lacks.append(Invalid(N_("Tulis apa yang berubah sejak versi lalu, satu kalimat."), field="changes"))
    unused = sorted({claim.key for claim in typed.claims()} - manuscripts.markers(list(typed.blocks())))
    lacks += [Invalid(N_("Sumber [^%(key)s] tidak dipakai di tulisan."), field="body", key=key) for key in unused]
    rows = db.session.execute(
        sa.select(TitlePicture.name, TitlePicture.svg).where(TitlePicture.title_id == edition.title_id)
    )
    drawn = {row.name: row.svg or "" for row in rows}
    missing = [name for name in typed.pictures() if name not in drawn]
    lacks += [Invalid(N_("Gambar %(name)s belum dikirim."), field="body", name=name) for name in missing]
    heavy = {name: size for name, size in typed.weights(drawn).items() if size > manuscripts.HEAVIEST}
    says = N_("Halamannya sekitar %(size)s byte. Paling banyak %(most)s, untuk HP lama. Pendekkan tulisannya.")
    lacks += [Invalid(says, field=name, size=size, most=manuscripts.HEAVIEST) for name, size in heavy.items()]
    return lacks


def propose(actor: Member, edition_id: UUID, *, version: int) -> UUID:
    """Ask for reviews. Raises NotReady, with all that the text lacks; ReadAnew, MovedOn, NotFound."""
    require(actor, Permission.WRITE_TITLE)
    with changing(actor, edition_id, version=version) as (session, edition):
        if edition.state == State.IN_REVIEW:
            return edition_id
        if edition.is_open and (lacks := lacking(edition)):
            raise NotReady(lacks)
        move(edition, State.IN_REVIEW)
        audit.record(session, "edition.proposed", actor, edition_id)
        return edition_id


def withdraw(actor: Member, edition_id: UUID, *, reason: str, replacement_id: int | None = None) -> UUID:
    """Take a published edition back, at once: readers are told why and what to read instead; its files are gone.

    What was said of it says nothing of the next: an edition in review is a draft again, every source is compared anew.
    Of one that is withdrawn the reason and the replacement are written anew.
    Raises NoReason, NoReplacement, MovedOn, NotFound.
    """
    require(actor, Permission.WITHDRAW_TITLE)
    reason = " ".join(reason.split())
    if not reason:
        raise NoReason
    if len(reason) > manuscripts.SENTENCE_LONGEST:
        raise NoReason(
            N_("%(letters)s huruf. Paling banyak %(most)s huruf."),
            letters=len(reason),
            most=manuscripts.SENTENCE_LONGEST,
        )
    with changing(actor, edition_id) as (session, edition):
        before = (State(edition.state), edition.withdrawn_reason, edition.replacement_id)
        if before == (State.WITHDRAWN, reason, replacement_id):
            return edition_id
        if replacement_id is not None and (replacement_id == edition.title_id or not published(replacement_id)):
            raise NoReplacement
        edition.withdrawn_reason, edition.replacement_id = reason, replacement_id
        if edition.state != State.WITHDRAWN:
            move(edition, State.WITHDRAWN)
            edition.withdrawn_at, edition.withdrawn_by_id = clock.now(), actor.person_id
            sheets.drop(session, edition.title_id)
            session.execute(sa.delete(ClaimCheck).where(ClaimCheck.title_id == edition.title_id))
            for other in session.scalars(_of(edition.title_id).where(Edition.state == State.IN_REVIEW)).all():
                move(other, State.DRAFT)
                audit.record(session, "edition.sent_back", actor, other.id)
        audit.record(session, "edition.withdrawn", actor, edition_id)
        return edition_id
