"""A chat of the office's phone, pasted or exported, becomes a report or is added to one in one act (rule 33)."""

from collections.abc import Iterator, Sequence

from pepa.domain import (
    attachments,
    audit,
    boxes,
    bundles,
    hand_ins,
    intake,
    kinds,
    limits,
    onces,
    reporters,
    reports,
    transcripts,
    uploads,
)
from pepa.domain.attachments import Attached
from pepa.domain.bundles import Bundle
from pepa.errors import Conflict, Invalid
from pepa.models.reports import Channel, Report
from pepa.policy import Device, Member, Permission, require
from pepa.words import N_

PLACE = "/petugas/chat/isi"  # where it waits, as the page that shows it
LONGEST = 1_000_000  # letters of one chat
LARGEST_TEXT = 4 * LONGEST  # bytes


class NothingBrought(Invalid):
    says = N_("Tempel dulu chatnya, atau pilih filenya.")
    field = "text"


class TooManyThere(Invalid):
    says = N_("Laporan itu sudah punya %(ada)s file, paling banyak %(n)s. Kosongkan kodenya, lalu simpan.")
    field = "reference"


class TooLong(Invalid):
    says = N_("Chat ini lebih dari 1.000.000 huruf. Bagi dua, lalu tempel satu per satu.")
    field = "text"


class Unreadable(Invalid):
    """Nothing of what was chosen: it says why not the first."""

    field = "file"


class NotOpened(Invalid):
    says = N_("Isinya tidak bisa dibuka.")


class NoChat(Invalid):
    says = N_("Teks ini bukan chat WhatsApp.")


class StillWaiting(Conflict):
    says = N_("Masih ada chat lain yang belum disimpan. Simpan atau buang itu dulu.")
    field = "text"


class Piece(uploads.Arriving):
    """A file of the form: what may be the text of a chat is held in memory, all else is sealed as it comes."""

    def __init__(self, name: str, whole: "Brought") -> None:
        super().__init__(name)
        self.plain: bytearray | None = None
        self._whole = whole

    @property
    def is_archive(self) -> bool:
        return self.plain is not None and transcripts.is_archive(self.plain)

    def write(self, chunk: bytes) -> None:
        super().write(chunk)
        if self.plain is not None and not self.is_archive and len(self.plain) > LARGEST_TEXT:
            self.refuse(TooLong)

    def drop(self) -> None:
        super().drop()
        self.plain = None

    def _take(self, chunk: bytes) -> None:
        if self.plain is None:
            super()._take(chunk)
        else:
            self.plain += chunk

    def _begin(self, head: bytearray) -> None:
        if transcripts.is_archive(head) or (kinds.kind_of(bytes(head)) is None and transcripts.is_text(head)):
            self._head, self.plain = None, head
            if self.is_archive and self._whole.has_archive(but=self):
                self.refuse(uploads.TooMany)
        else:
            super()._begin(head)


class Brought(uploads.Upload):
    """The files of the form: photos and sound, the text of a chat, or one archive with all of it."""

    most = 20

    def next_one(self, name: str) -> uploads.Arriving:
        return Piece(name, self)

    def has_archive(self, *, but: Piece) -> bool:
        return any(isinstance(file, Piece) and file.is_archive for file in self.files if file is not but)


def read(actor: Member, brought: uploads.Upload, *, text: str, once: str, reference: str = "") -> Bundle:
    """What was pasted and chosen, read and kept for the actor until it is stored. The same form again is the same.

    reference  of the report that it was begun from, to be offered

    Raises NothingBrought, TooLong, Unreadable where nothing at all could be read, StillWaiting, NoRoom, KeysUnsound.
    """
    require(actor, Permission.HAND_IN)
    before = bundles.waiting(actor, PLACE)
    if before and before.once == once:
        return before
    if before:
        raise StillWaiting
    whole, files, left_out = _read(brought, text)
    bundle = Bundle(once, intake.mint_ticket(), whole, files, left_out, {"reference": reference})
    bundles.keep(actor, PLACE, bundle)
    return bundle


def take_in(
    actor: Member | Device, brought: uploads.Upload, ticket: str, *, text: str, with_code: bool = False
) -> tuple[hand_ins.HandedIn, int]:
    """The same by a phone that is locked: it can be shown nothing, so the chat is a report at once.

    Returns it, and how many files were left out. Raises as `read`; TicketSpoiled, Busy (nothing was stored).
    """
    require(actor, Permission.HAND_IN)
    whole, files, left_out = _read(brought, text)
    bundle = Bundle("", ticket, whole, files, left_out)
    return _as_report(actor, bundle, with_code=with_code), len(left_out)


def _read(brought: uploads.Upload, text: str) -> tuple[str, Sequence[Attached], list[tuple[str, str]]]:
    """What was pasted and chosen: the text, the files that now stand on the disk, and what was left out and why.

    Raises NothingBrought, TooLong, Unreadable, NoRoom.
    """
    texts, files, left_out = [text], list[uploads.Arriving](), list[tuple[str, str]]()
    for piece in brought.files:
        for found in _in(piece):
            if isinstance(found, str):
                texts.append(found)
            elif found.fault:
                left_out.append((found.name, found.fault.says))
            else:
                files.append(found)
    whole = "\n\n".join(one.strip("\n") for one in texts if one.strip())
    files, over = _each_once(files)
    left_out += [(file.name, uploads.NoRoom.says) for file in over]
    try:
        if not whole and not files:
            raise Unreadable(left_out[0][1]) if left_out else NothingBrought
        if len(whole) > LONGEST:
            raise TooLong
        return whole, bundles.stand(files), left_out
    finally:
        for file in files:
            file.drop()  # after it was closed this does nothing


def _in(piece: uploads.Arriving) -> Iterator[str | uploads.Arriving]:
    """What a file of the form brings: a text, or files; what cannot be read has its fault."""
    if not piece.is_over:
        piece.refuse(uploads.Cut)
    plain = piece.plain if isinstance(piece, Piece) else None
    if plain is None:
        yield piece
    elif transcripts.is_archive(plain):
        yield from _in_archive(piece, bytes(plain))
    else:
        text = transcripts.decoded(bytes(plain))
        if text is None:
            piece.refuse(uploads.UnknownKind)
        yield piece if text is None else text


def _in_archive(piece: uploads.Arriving, content: bytes) -> Iterator[str | uploads.Arriving]:
    """The text of the chat and its files; an archive within it is none of the kinds that are taken."""
    try:
        for name, chunks in transcripts.unpacked(content):
            yield _member(name, chunks)
    except transcripts.Unreadable:
        piece.refuse(NotOpened)
        yield piece


def _member(name: str, chunks: Iterator[bytes]) -> str | uploads.Arriving:
    """Raises transcripts.Unreadable."""
    found = Piece(name, Brought())
    try:
        for chunk in chunks:
            found.write(chunk)
    except transcripts.Unreadable:
        found.drop()
        raise
    found.end()
    if found.plain is None:
        return found
    text = transcripts.decoded(bytes(found.plain)) if transcripts.is_chat_name(name) else None
    if text is None:
        found.refuse(uploads.UnknownKind if found.is_archive else NoChat)
    return found if text is None else text


def _each_once(files: Sequence[uploads.Arriving]) -> tuple[list[uploads.Arriving], list[uploads.Arriving]]:
    """The files, each once and no more than a report takes; and those that are over."""
    new = {file.sha256: file for file in files}
    for file in files:
        if new[file.sha256] is not file:
            file.drop()
    kept = list(new.values())
    for file in kept[uploads.ALL :]:
        file.refuse(uploads.NoRoom)
    return kept[: uploads.ALL], kept[uploads.ALL :]


def waiting(actor: Member) -> Bundle | None:
    """The chat that the actor brought and has not stored."""
    require(actor, Permission.HAND_IN)
    return bundles.waiting(actor, PLACE)


def senders(bundle: Bundle) -> Sequence[tuple[str, int]]:
    """Who wrote how many in it."""
    return transcripts.read(bundle.text).senders


def store(
    actor: Member, bundle: Bundle, *, reference: str = "", sender: str | None = None, **told: object
) -> hand_ins.HandedIn:
    """The chat as a report; or added to the one that its code names. The same again is the same report.

    Raises reports.ReferenceUnknown, reports.Withdrawn, TicketSpoiled, Busy (nothing was stored).
    """
    if reference.strip():
        report = reports.by_reference(actor, reference)
        _add(actor, report, bundle, _parts(transcripts.read(bundle.text).text))
        return hand_ins.HandedIn(report.id, None, "")
    return _as_report(actor, bundle, chat_name=sender or "", **told)


def _as_report(actor: Member | Device, bundle: Bundle, **told: object) -> hand_ins.HandedIn:
    texts = _parts(transcripts.read(bundle.text).text)
    what, beside = texts[0] if texts else "", hand_ins.Beside(texts[1:], bundle.files)
    return hand_ins.hand_in(
        actor,
        bundle.ticket,
        channel=Channel.CHAT,
        what=what,
        beside=beside,
        **told,  # type: ignore[arg-type]
    )


def _parts(text: str) -> list[str]:
    """In pieces that a report and its messages take, cut between lines where there is one."""
    parts = []
    while len(text) > intake.LONGEST:
        cut = text.rfind("\n", intake.LONGEST // 2, intake.LONGEST)
        cut = cut if cut > 0 else intake.LONGEST
        parts.append(text[:cut])
        text = text[cut:].removeprefix("\n")
    return [*parts, text] if text.strip() else parts


def _add(actor: Member, report: Report, bundle: Bundle, texts: Sequence[str]) -> None:
    """Raises TooManyThere, Withdrawn, KeysUnsound, NotFound: nothing is stored, and the chat waits on."""
    require(actor, Permission.ANSWER_REPORT)
    report_id, box_id = report.id, report.box_id
    with reports.recorded(actor, report_id):
        box = boxes.open_for(actor, box_id)
        there = {file.sha256 for file in attachments.all_of(box, report_id)}
        new = [file for file in bundle.files if file.sha256 not in there]
        if len(there) + len(new) > uploads.ALL:
            raise TooManyThere(ada=len(there), n=uploads.ALL)
        rows = hand_ins.Beside(texts, new).rows(box, report_id, actor.name)
    with reports.changing(actor, report_id) as (session, report):
        if report.withdrawn_at is not None:
            raise reports.Withdrawn(field="reference")
        if onces.made(session, "chat.add", report_id, bundle.once):
            return
        boxes.insert(session, rows)
        onces.keep(session, "chat.add", report_id, bundle.once, report_id)
        limits.begin_answer(reporters.continued(session, report_id))
        audit.record_prompted(session, "report.chat_added", report_id, "", actor)


def throw_away(actor: Member) -> None:
    """The chat that waits is not wanted."""
    require(actor, Permission.HAND_IN)
    bundles.throw_away(actor, PLACE)


def stored(actor: Member) -> None:
    """Its page was seen: nothing of it waits any more."""
    require(actor, Permission.HAND_IN)
    bundles.drop(actor, PLACE)
