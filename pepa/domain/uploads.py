"""Files on their way in: sealed while they arrive, kept once all of their form is here (vault.md § 5; ADR 6)."""

import errno
import logging
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock, storage
from pepa.db import db, transaction
from pepa.domain import attachments, audit, boxes, keys, kinds, onces, reporters
from pepa.errors import Busy, Failure, Invalid
from pepa.models.attachments import Kind
from pepa.policy import Permission, Reporter, require
from pepa.words import N_

log = logging.getLogger("pepa.uploads")
MOST = 5  # files of one form
LARGEST = 25 * 1024 * 1024  # bytes of one
ALL = 50  # files of one report
LONGEST_NAME = 255  # bytes of UTF-8


class TooLarge(Invalid):
    says = N_("File ini lebih dari 25 MB.")
    field = "file"


class UnknownKind(Invalid):
    says = N_("File ini bukan foto, suara, video, atau PDF yang bisa kami buka.")
    field = "file"


class TooMany(Invalid):
    says = N_("Terlalu banyak file sekaligus. Sebagian TIDAK disimpan. Kirim sisanya sekali lagi.")
    field = "file"


class NothingChosen(Invalid):
    says = N_("Pilih dulu satu file.")
    field = "file"


class Cut(Invalid):
    """The form's end never came: nothing of it is kept."""

    says = N_("File terputus di jalan dan TIDAK disimpan. Cerita Anda tetap ada. Coba kirim lagi.")
    field = "file"


class NoRoom(Busy):
    says = N_("Tempat file sedang penuh. Tulisan tetap bisa dikirim.")


class NotKept(Busy):
    """The database did not take them."""

    says = N_("File BELUM disimpan. Coba lagi sebentar.")


class Arriving:
    """One file of a form while it arrives. What is wrong with it stands in `fault`; the rest of it is let go by."""

    def __init__(self, name: str) -> None:
        self.id, self.name = uuid4(), _shown(name)
        self.fault: type[Failure] | None = None
        self.kind: Kind | None = None
        self.key: keys.Token | None = None
        self.size, self.sha256 = 0, ""
        self.is_over = False
        self._head: bytearray | None = bytearray()
        self._draft: storage.Draft | None = None
        self._sealing: boxes.FileSealing | None = None

    def write(self, chunk: bytes) -> None:
        """The next bytes. Nothing is raised: a full disk, a wrong kind or too many bytes become the fault."""
        self.size += len(chunk)
        try:
            if self.size > LARGEST:
                self.refuse(TooLarge)
            elif not self.fault:
                self._take(chunk)
        except OSError as error:
            self._no_room(error)

    def end(self) -> None:
        """Its last byte is here; a short one is looked at only now."""
        self.is_over = True
        try:
            if self._head is not None and not self.fault:
                self._begin(self._head)
            if self._sealing:
                self.sha256 = self._sealing.sha256.hex()
        except OSError as error:
            self._no_room(error)

    def _no_room(self, error: OSError) -> None:
        log.error("a file could not be kept: %s", errno.errorcode.get(error.errno or 0))
        self.refuse(NoRoom)

    def refuse(self, fault: type[Failure]) -> None:
        self.fault = self.fault or fault
        self.drop()

    def drop(self) -> None:
        """Nothing of it stays."""
        if self._draft:
            self._draft.drop()
            self._draft = self._sealing = None

    def keep(self) -> None:
        """The form has arrived whole: close the file. Raises OSError."""
        assert self._draft
        assert self._sealing
        self._sealing.finish()
        self._draft.keep()
        self._draft = self._sealing = None

    def attached(self) -> attachments.Attached:
        """What the row of a file says that has arrived, and may be kept."""
        assert self.key
        assert self.kind
        return attachments.Attached(self.id, self.name, self.kind, self.size, self.sha256, clock.now(), self.key)

    def _take(self, chunk: bytes) -> None:
        if self._sealing:
            self._sealing.write(chunk)
        elif self._head is not None:
            self._head += chunk
            if len(self._head) >= kinds.HEAD:
                self._begin(self._head)

    def _begin(self, head: bytearray) -> None:
        self._head, self.kind = None, kinds.kind_of(bytes(head))
        if self.kind is None:
            self.refuse(UnknownKind)
        else:
            self._draft = storage.files().begin(self.id.hex)
            self.key, self._sealing = boxes.seal_file(self.id, self._draft.write)
            self._sealing.write(bytes(head))


class Upload:
    """The files of one form while they arrive. most: how many it may bring."""

    most = MOST

    def __init__(self) -> None:
        self.files: list[Arriving] = []

    def begin(self, name: str) -> Arriving:
        """The next file. One more than its most is let go by."""
        found = self.next_one(name)
        self.files = [*self.files[: self.most], found]
        if len(self.files) > self.most:
            found.refuse(TooMany)
        elif not storage.files().has_room():
            found.refuse(NoRoom)
        return found

    def next_one(self, name: str) -> Arriving:
        return Arriving(name)

    @property
    def arrived(self) -> int:
        """How many came whole and may be kept."""
        return sum(not file.fault for file in self.files)

    @property
    def fault(self) -> type[Failure] | None:
        """What was wrong first."""
        return next((file.fault for file in self.files if file.fault), None)

    def drop(self) -> None:
        for file in self.files:
            file.drop()


@contextmanager
def receiving(reporter: Reporter) -> Iterator[Upload]:
    """Where the files of a form go while they arrive; what was not kept by `add` is gone at the end.

    No connection of the database is held meanwhile: a slow phone takes an hour. Raises NoRoom.
    """
    require(reporter, Permission.WRITE_AS_REPORTER)
    if not storage.files().has_room():
        raise NoRoom
    db.session.rollback()
    upload = Upload()
    try:
        yield upload
    finally:
        upload.drop()


def add(reporter: Reporter, upload: Upload, *, once: str) -> Sequence[UUID]:
    """Keep the files of a form that has arrived whole; those that were refused are not among them.

    The same form sent again, or the same file once more, adds nothing.

    Raises NothingChosen, NoRoom, NotKept, KeysUnsound; Broken where something in the database was tampered with.
    """
    require(reporter, Permission.WRITE_AS_REPORTER)
    if not upload.files:
        raise NothingChosen
    for file in upload.files:
        if not file.is_over:
            file.refuse(Cut)
    with reporters.recorded(reporter):
        box = boxes.open_for(reporter, reporter.box_id)
        new = _new(upload.files, attachments.all_of(box, reporter.report_id))
        rows = [attachments.row(box, reporter.report_id, file.attached()) for file in new]
    keep(new)
    try:
        kept = _insert(reporter, rows, once)
    except sa.exc.SQLAlchemyError as error:
        # Whether it was committed cannot be told: the files stay, and `purge` takes those that have no row tomorrow.
        db.session.rollback()
        log.error("files wait for no row: %s", type(error).__name__)
        raise NotKept from error
    attachments.unlink([file.id for file in new if file.id not in kept])
    return kept


def _new(files: Sequence[Arriving], stands: Sequence[attachments.Attached]) -> Sequence[Arriving]:
    """Those that may be kept and are not there yet, each once; what is more than a report takes is refused."""
    there = {attached.sha256 for attached in stands}
    new = {file.sha256: file for file in files if not file.fault and file.sha256 not in there}
    for file in list(new.values())[max(0, ALL - len(stands)) :]:
        file.refuse(NoRoom)
    return [file for file in new.values() if not file.fault]


def keep(files: Sequence[Arriving]) -> None:
    """Close files that have arrived whole, all of them or none. Raises NoRoom."""
    try:
        for file in files:
            file.keep()
    except OSError as error:
        attachments.unlink([file.id for file in files])
        raise NoRoom from error


def _insert(reporter: Reporter, rows: Sequence[boxes.Row], once: str) -> Sequence[UUID]:
    """The rows, once the files stand: a row without its file there never is. None where this form was sent before."""
    ids: list[UUID] = [row.values["id"] for row in rows]
    with transaction() as session:
        if not rows or onces.made(session, "attachment.add", reporter.report_id, once):
            return []
        boxes.insert(session, rows)
        onces.keep(session, "attachment.add", reporter.report_id, once, ids[0])
        reporters.continued(session, reporter.report_id)
        audit.record_anonymous(session, "report.continued", reporter.report_id)
    return ids


def _shown(name: str) -> str:
    """A name as it may be shown: its last part, without signs that steer, cut by bytes and not within a sign."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return plain.encode()[:LONGEST_NAME].decode("utf-8", "ignore")
