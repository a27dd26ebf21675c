"""The pictures of a title: taken in, drawn anew as line art by a child, named for the source (cases/education 41, 48).

A picture is never changed once it has a name: what was published shows what was approved.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa.db import db, transaction
from pepa.domain import audit, editions, kinds, pictures, uploads
from pepa.domain.manuscripts import Manuscript
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.attachments import Kind
from pepa.models.audit import AuditEntry
from pepa.models.outputs import TitlePicture
from pepa.models.titles import Edition, Translation
from pepa.policy import Member, Permission, require
from pepa.words import N_

LARGEST = 15 * 1024 * 1024  # bytes of one as it comes
REMOVED = "picture.removed"
NAMED = re.compile(r"[0-9]+-([0-9]+)\.[a-z]+")
TAKEN = (Kind.JPEG, Kind.PNG, Kind.WEBP)


class TooLarge(Invalid):
    says = N_("Gambar ini lebih dari 15 MB. Kecilkan dulu. Yang lain belum dikirim.")
    field = "file"


class NoPicture(Invalid):
    says = N_("Hanya JPEG, PNG, atau WebP. Gambar lain, juga SVG, tidak diterima.")
    field = "file"


class Unreadable(Invalid):
    says = N_("Gambar ini rusak atau terlalu besar untuk dibuka.")
    field = "file"


class InUse(Conflict):
    says = N_("Gambar ini dipakai di versi %(number)s. Hapus dulu dari tulisannya.")


class _Piece(uploads.Arriving):
    """A picture of the form, in memory: nothing of it is secret, and only what is drawn of it is kept."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.plain = bytearray()

    def write(self, chunk: bytes) -> None:
        super().write(chunk)
        if self.size > LARGEST:
            self.refuse(TooLarge)

    def drop(self) -> None:
        super().drop()
        self.plain = bytearray()

    def _take(self, chunk: bytes) -> None:
        self.plain += chunk
        if self._head is not None and len(self.plain) >= kinds.HEAD:
            self._begin(self.plain)

    def _begin(self, head: bytearray) -> None:
        self._head, self.kind = None, kinds.kind_of(bytes((self.plain or head)[: kinds.HEAD]))
        if self.kind not in TAKEN:
            self.refuse(NoPicture)

    def end(self) -> None:
        self._head = self.plain if self._head is not None else None
        super().end()


class Brought(uploads.Upload):
    """The pictures of one form."""

    most = 8

    def next_one(self, name: str) -> uploads.Arriving:
        return _Piece(name)


def of(actor: Member, title_id: int) -> Sequence[TitlePicture]:
    """The pictures of a title by name. Raises NotFound where there is no such title."""
    require(actor, Permission.SEE_LIBRARY)
    editions.of(actor, title_id)
    query = sa.select(TitlePicture).where(TitlePicture.title_id == title_id)
    return sorted(db.session.scalars(query), key=lambda picture: (len(picture.name), picture.name))


def get_for(actor: Member, title_id: int, name: str) -> TitlePicture:
    """One of them. Raises NotFound."""
    require(actor, Permission.SEE_LIBRARY)
    found = db.session.get(TitlePicture, (title_id, name))
    if found is None:
        raise NotFound
    return found


def add(actor: Member, title_id: int, brought: uploads.Upload) -> list[str]:
    """Draw pictures anew, 480 points and four greys, and keep them; returns their names. All of a form's, or none.

    The same picture again has the name that it has. Raises uploads.NothingChosen, TooLarge, NoPicture, Unreadable,
    uploads.TooMany, Busy, NotFound.
    """
    require(actor, Permission.WRITE_TITLE)
    editions.of(actor, title_id)
    if not brought.files:
        raise uploads.NothingChosen
    for file in brought.files:
        if file.fault:
            raise file.fault
    drawn = [_drawn(file) for file in brought.files if isinstance(file, _Piece)]
    with transaction() as session:
        stands = list(session.scalars(sa.select(TitlePicture).where(TitlePicture.title_id == title_id)))
        named = {picture.png: picture.name for picture in stands}
        free = _free(session, title_id, named.values())
        for png in drawn:
            if png not in named:
                named[png] = f"{next(free)}.png"
                width, height = struct.unpack(">II", png[16:24])
                session.add(TitlePicture(title_id=title_id, name=named[png], png=png, width=width, height=height))
        newest = session.scalars(sa.select(Edition.id).where(Edition.title_id == title_id).limit(1)).first()
        audit.record(session, "pictures.added", actor, newest, str(title_id))
        return [named[png] for png in drawn]


def _drawn(file: _Piece) -> bytes:
    assert file.kind
    try:
        return pictures.line_art(file.kind, iter([bytes(file.plain)]))
    except pictures.Unviewable as broken:
        raise Unreadable from broken


def _free(session: Session, title_id: int, taken: Iterable[str]) -> Iterator[str]:
    """Names that no picture of the title ever had: what was thrown away is in somebody's hands still, by its name."""
    of_title = sa.select(Edition.id).where(Edition.title_id == title_id)
    gone = sa.select(AuditEntry.note).where(AuditEntry.act == REMOVED, AuditEntry.thing_id.in_(of_title))
    found = (NAMED.fullmatch(name) for name in (*taken, *session.scalars(gone)))
    highest = max((int(name[1]) for name in found if name), default=0)
    return (f"{title_id:02}-{number}" for number in count(highest + 1))


def remove(actor: Member, title_id: int, name: str) -> UUID | None:
    """Throw a picture away that no edition shows, in no language. Raises InUse, NotFound."""
    require(actor, Permission.WRITE_TITLE)
    with transaction() as session:
        found = session.get(TitlePicture, (title_id, name))
        if found is None:
            raise NotFound
        every = session.scalars(sa.select(Edition).where(Edition.title_id == title_id)).all()
        said = session.scalars(sa.select(Translation).join(Edition).where(Edition.title_id == title_id)).all()
        texts = [(each.number, Manuscript.of(each)) for each in every]
        texts += [(each.edition.number, Manuscript(body=each.body)) for each in said]
        if shown := next((number for number, text in texts if name in text.pictures()), None):
            raise InUse(number=shown)
        session.delete(found)
        audit.record(session, REMOVED, actor, every[0].id, name)
        return every[0].id
