"""One picture of the room or the flip chart: drawn anew without what a camera adds, for the office's eyes alone.

The log stands before its picture comes, so nothing of it is lost where that fails. It goes after twelve months.
"""

from base64 import b64decode, b64encode
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, boxes, kinds, pictures, routing, teachings, uploads
from pepa.domain.plans import Teacher
from pepa.errors import Failure, Invalid, NotFound
from pepa.models.attachments import Kind
from pepa.models.outreach import Photo
from pepa.policy import Member, Permission, require
from pepa.words import N_

DOMAIN = "photo"
LARGEST = 10 * 1024 * 1024  # bytes
DRAWN = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.HEIC})
KEPT = timedelta(days=365)


class TooLarge(Invalid):
    says = N_("Foto ini lebih dari 10 MB. Foto belum terkirim; catatan kegiatan tetap ada.")
    field = "file"


class NoPicture(Invalid):
    says = N_("File ini bukan foto yang bisa kami buka. Foto belum terkirim; catatan kegiatan tetap ada.")
    field = "file"


class NothingChosen(Invalid):
    says = N_("Pilih dulu satu foto.")
    field = "file"


class Picture(uploads.Arriving):
    """A picture while it arrives, in memory: nothing of it touches the disk."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.body = bytearray()

    def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > LARGEST:
            self.refuse(TooLarge)
        elif not self.fault:
            self.body += chunk

    def end(self) -> None:
        self.is_over = True

    def refuse(self, fault: type[Failure]) -> None:
        self.fault = self.fault or fault
        self.body.clear()

    def drop(self) -> None:
        self.body.clear()


class Brought(uploads.Upload):
    """The one picture of the form."""

    most = 1

    def next_one(self, name: str) -> Picture:
        return Picture(name)


def store(actor: Teacher, teaching_id: UUID, brought: uploads.Upload) -> UUID:
    """Keep the picture of a session that the actor logged or typed; another one takes its place.

    Raises NotFound, NothingChosen, TooLarge, NoPicture, KeysUnsound, Busy.
    """
    logged = teachings.get_for(actor, teaching_id)
    picture = next((file for file in brought.files if isinstance(file, Picture)), None)
    if picture is None:
        raise NothingChosen
    if picture.fault:
        raise picture.fault
    kind = kinds.kind_of(bytes(picture.body[: kinds.HEAD]))
    if not picture.is_over or kind not in DRAWN:
        raise NoPicture
    try:
        drawn = pictures.copy_of(kind, iter([bytes(picture.body)]))
    except pictures.Unviewable:
        raise NoPicture from None
    office, on = routing.office_for(None), logged.teaching.on
    sealed = boxes.seal_slip(office, DOMAIN, teaching_id, {"jpeg": b64encode(drawn).decode()})
    with transaction() as session:
        values = {"on": on, "organisation_id": office.id, "generation": office.generation, "body_sealed": sealed}
        session.merge(Photo(teaching_id=teaching_id, **values))
    return teaching_id


def open_for(actor: Member, teaching_id: UUID) -> bytes:
    """The JPEG, for whoever confirms sessions; recorded. Raises NotFound, Unopened."""
    require(actor, Permission.CONFIRM_OUTREACH)
    teachings.get_for(actor, teaching_id)
    row = db.session.get(Photo, teaching_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound
    found = boxes.open_slip(actor, row.generation, DOMAIN, teaching_id, row.body_sealed)
    if found is None:
        raise NotFound
    with transaction() as session:
        audit.record(session, "photo.opened", actor, teaching_id)
    return b64decode(found["jpeg"])


def purge() -> int:
    """Forget pictures of sessions a year ago. Returns how many."""
    with transaction() as session:
        gone = session.execute(sa.delete(Photo).where(Photo.on < clock.today() - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
