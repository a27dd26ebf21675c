"""Reporters: the code, the ways in, what they write (vault.md § 4; citizen.md 3, 6)."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock, storage
from pepa.db import Crowd, Pen, db, transaction
from pepa.domain import audit, boxes, cards, keys, limits, messages, onces, reports, tickets
from pepa.errors import Busy, Failure, Invalid, NotFound
from pepa.models import TABLES
from pepa.models.reports import Handle, Reading, Report, ReporterKey, Stage
from pepa.policy import Permission, Reporter, require
from pepa.words import N_

log = logging.getLogger("pepa.reporters")

SLIPS = {
    "empty": N_("Tulis kodenya. Angka saja sudah cukup."),
    "short": N_("Kode ini kurang %(n)s angka."),
    "long": N_("Kode ini lebih %(n)s angka."),
    "check": N_("Ada angka yang tertukar atau salah ketik. Cocokkan lagi, empat-empat."),
    "few": N_("Kode ini kurang %(n)s kata."),
    "many": N_("Kode ini lebih %(n)s kata."),
    "word": N_("Kata ke-%(n)s salah ketik. Cocokkan lagi."),
    "mixed": N_("Ada kata yang tertukar atau salah ketik. Cocokkan lagi, satu per satu."),
}


class CodeSlip(Invalid):
    """A slip of the finger: told at once and cheaply, before anything slow runs."""

    field = "code"


class CodeUnknown(NotFound):
    """Unknown, withdrawn, replaced, expired: one answer, and the same work done for it."""


class NothingWritten(Invalid):
    says = N_("Tulis dulu pesannya. Satu kalimat sudah cukup.")
    field = "text"


class Waiting(Failure):
    """Something arrived, but the database does not answer now, and only it could say more."""

    says = N_("Laporan SUDAH sampai. Kodenya sedang dibuat. Buka halaman ini sekali lagi.")


# Ways in


def reading_row(report_id: UUID, pair: keys.Pair, token: keys.Token, kind: str) -> boxes.Row:
    """A way in: the reporter's secret half under a token that only her browser has."""
    values = {"token_hash": tickets.token_hash(token), "report_id": report_id, "kind": kind}
    sealed = tickets.wrap_by_token(pair, token, report_id)
    return boxes.Row(Reading, {**values, "secret_sealed": sealed, "made_at": clock.hour(clock.now())})


def has_left(token_hash: bytes) -> bool:
    """Whoever had this ticket has left by the exit: its way in is over, whatever the database says or will say."""
    return storage.spool().is_marked(token_hash.hex(), storage.LEFT)


def by_token(token: keys.Token) -> Reporter | None:
    """The reporter of a token whose way in still stands, or None."""
    if has_left(tickets.token_hash(token)):
        return None
    found = db.session.connection().execute(_BY_TOKEN, {"mark": tickets.token_hash(token)}).first()
    if found is None:
        return None
    report_id, kind, sealed, box_id = found
    pair = tickets.open_by_token(sealed, token, report_id)
    return Reporter(report_id, box_id, kind, token, pair) if pair else None


# Put together once: under many at once that is half of what such a query costs.
_BY_TOKEN = (
    sa.select(Reading.report_id, Reading.kind, Reading.secret_sealed, Report.box_id)
    .join_from(Reading, Report)
    .where(Reading.token_hash == sa.bindparam("mark"))
)


def cookie(token: keys.Token) -> str:
    """The session cookie's text, good for ten minutes without use; written anew with every page that reads."""
    return tickets.stamp(token)


def by_cookie(text: str | None) -> Reporter | None:
    """The reporter of a cookie that was used within ten minutes, or None."""
    token = tickets.read_stamp(text) if text else None
    return by_token(token) if token else None


def token_of_cookie(text: str | None) -> keys.Token | None:
    """The token of a live cookie, whether or not the database has its report yet."""
    return tickets.read_stamp(text) if text else None


def came_by(cookie_text: str | None, typed: str | None) -> tuple[str, ...]:
    """What tells later that the same person sends the same form again, though it ended the way in that she came by.

    After an exit there is nothing of this left, so that a form sent again then says nothing.
    """
    token = token_of_cookie(cookie_text)
    found = [tickets.token_hash(token).hex()] if token else []
    with suppress(tickets.Slip):
        found.append(tickets.parse_code(typed or ""))
    return tuple(found)


def end_code(session: Session, report_id: UUID) -> str:
    """The code opens nothing any more, nor does any way in. Returns the name of the report's file in the spool."""
    key = session.get_one(ReporterKey, report_id)
    key.code_locator = key.code_sealed = key.opened_at = None
    session.execute(sa.delete(Reading).where(Reading.report_id == report_id))
    return key.ticket_hash.hex()


def handle(token: keys.Token) -> str:
    """An address part for a browser that may not keep cookies: used once, within two minutes.

    Where the database does not answer it opens nothing, but still says that it is ours.
    """
    text, rows = handle_row(token)
    try:
        with transaction() as session:
            boxes.insert(session, rows)
    except sa.exc.SQLAlchemyError as error:
        db.session.rollback()
        log.error("a handle could not be kept: %s", type(error).__name__)
    return text


def handle_row(token: keys.Token) -> tuple[str, list[boxes.Row]]:
    """A new handle, and the row that makes it open something."""
    text, mark, sealed = tickets.new_handle(token)
    values = {"handle_hash": mark, "token_sealed": sealed, "made_at": clock.hour(clock.now())}
    return text, [boxes.Row(Handle, values)]


def by_handle(text: str) -> Reporter | None:
    """The reporter of a handle, which dies with this use; None when it is dead, too old or none of ours.

    Raises Waiting where it is ours and the database does not answer.
    """
    try:
        token = token_of_handle(text)
        return by_token(token) if token else None
    except sa.exc.SQLAlchemyError as error:
        db.session.rollback()
        raise Waiting from error


def token_of_handle(text: str) -> keys.Token | None:
    """What a handle leads to; it dies with this use. None when it is dead, too old or none of ours."""
    mark = tickets.handle_hash(text)
    if mark is None:
        return None
    with transaction() as session:
        row = session.get(Handle, mark)
        if row is None:
            return None
        token = tickets.open_handle(text, row.token_sealed)
        session.delete(row)
    return token


def forget_handle(text: str) -> None:
    """A handle whose browser does keep cookies is not needed: it dies unused."""
    mark = tickets.handle_hash(text)
    if mark is not None:
        _drop_handle(mark)


_handles, _secrets = TABLES[Handle.__tablename__].c, TABLES[ReporterKey.__tablename__].c
_DROP = sa.delete(TABLES[Handle.__tablename__]).where(_handles.handle_hash == sa.bindparam("mark"))


def _drop_handles(pen: Pen, marks: Sequence[bytes]) -> None:
    pen.many(_DROP, [{"mark": mark} for mark in marks])


_drop_handle = Crowd(_drop_handles)


def leave(text: str | None) -> None:
    """Exit: the way in is gone, whatever the browser still holds. What was sent stays sent.

    Of a report that was just sent, the spool is told first: its file holds the way in as well, and would bring it back
    where the database does not answer now, or is an older one later.
    """
    token = tickets.token_of_stamp(text) if text else None
    if token is None:
        return
    mark, spool = tickets.token_hash(token), storage.spool()
    try:
        if spool.has(mark.hex()):
            spool.mark(mark.hex(), storage.LEFT)
    except OSError as error:
        log.error("that somebody left could not be marked: %s", type(error).__name__)
    with transaction() as session:
        session.execute(sa.delete(Reading).where(Reading.token_hash == mark))


# The code


def code(reporter: Reporter, *, is_new: bool = False) -> str | None:
    """The 20 digits of a report that was just sent, once their wrap is committed; None while it cannot be made.

    Idempotent: whichever of the POST and the pages after it comes first makes it. is_new: the report came to be a
    moment ago, so nobody has made it yet.
    """
    if reporter.kind != "ticket":
        return None
    digits, mark = tickets.code_of(reporter.token), tickets.token_hash(reporter.token)
    if not is_new and _standing(reporter, mark):
        return digits
    try:
        stretched = tickets.stretch_new(digits)
        sealed = tickets.wrap_by_code(reporter.pair, stretched.key, reporter.report_id)
        _keep_code({"of": reporter.report_id, "mark": mark, "locator": stretched.locator, "sealed": sealed})
        return digits if _standing(reporter, mark) == stretched.locator else None
    except (Busy, sa.exc.SQLAlchemyError) as error:
        db.session.rollback()
        log.warning("a code is still to be made: %s", type(error).__name__)
        return None


def _standing(reporter: Reporter, mark: bytes) -> bytes | None:
    """What a report's code is found by, for a way in that still stands: it may have been cancelled at this moment."""
    found: bytes | None = db.session.connection().scalar(_LOCATOR, {"of": reporter.report_id, "mark": mark})
    return found


_ways = TABLES[Reading.__tablename__].c
_IS_OPEN = sa.exists().where(_ways.token_hash == sa.bindparam("mark"))
_LOCATOR = sa.select(_secrets.code_locator).where(_secrets.report_id == sa.bindparam("of"), _IS_OPEN)
_WRAP = (
    sa.update(TABLES[ReporterKey.__tablename__])
    .where(_secrets.report_id == sa.bindparam("of"), _secrets.code_locator.is_(None), _IS_OPEN)
    .values(
        code_locator=sa.bindparam("locator", type_=_secrets.code_locator.type),
        code_sealed=sa.bindparam("sealed", type_=_secrets.code_sealed.type),
    )
)


def _keep_codes(pen: Pen, wraps: Sequence[dict[str, Any]]) -> None:
    pen.many(_WRAP, wraps)


_keep_code = Crowd(_keep_codes)


def open_code(typed: str) -> keys.Token:
    """Open a report by its code: a new reading session, and the token for its cookie.

    Raises CodeSlip (length, check digits), CodeUnknown, Busy.
    """
    try:
        digits = tickets.parse_code(typed)
    except tickets.Slip as slip:
        raise CodeSlip(SLIPS[slip.kind], n=slip.n) from None
    stretched = tickets.stretch_typed(digits)
    row = db.session.scalar(sa.select(ReporterKey).where(ReporterKey.code_locator == stretched.locator))
    pair = tickets.open_by_code(row.code_sealed, stretched.key, row.report_id) if row and row.code_sealed else None
    if row is None or pair is None:
        raise CodeUnknown
    token = tickets.new_token()
    report_id = row.report_id
    way_in = reading_row(report_id, pair, token, "code")
    with transaction() as session:
        key = session.get(ReporterKey, report_id)
        if key is None or key.code_locator != stretched.locator:  # ended or replaced while it was worked out
            raise CodeUnknown
        way_in.values["before_at"], key.opened_at = key.opened_at, clock.hour(clock.now())
        boxes.insert(session, [way_in])
        audit.record_anonymous(session, "report.followed", report_id)
    return token


# Reading and writing


def told(reporter: Reporter) -> reports.Told:
    """What the reporter sent, for the program's own comparison; no page shows it."""
    report = db.session.get_one(Report, reporter.report_id)
    with recorded(reporter):
        box = boxes.open_for(reporter, reporter.box_id)
        return reports.Told.of(boxes.open_body(box, "report", report.id, report.body_epoch, report.body_sealed))


@contextmanager
def recorded(reporter: Reporter) -> Iterator[None]:
    """Whatever in the database was tampered with stops what is done with it, and that is recorded."""
    try:
        yield
    except (keys.Unopened, keys.KeysUnsound):
        with transaction() as session:
            audit.record_anonymous(session, "report.broken", reporter.report_id)
            reports.warn_of(session, reporter.report_id)
        raise


def write(reporter: Reporter, *, text: str, once: str) -> UUID:
    """One more message to whoever holds the report. The same form sent again writes nothing new.

    Raises NothingWritten, KeysUnsound.
    """
    require(reporter, Permission.WRITE_AS_REPORTER)
    if not text.strip():
        raise NothingWritten
    message_id = uuid4()
    with recorded(reporter):
        box = boxes.open_for(reporter, reporter.box_id)
        row = messages.from_reporter(box, message_id, reporter.report_id, text)
    with transaction() as session:
        if made := onces.made(session, "reporter.write", reporter.report_id, once):
            return made
        boxes.insert(session, [row])
        onces.keep(session, "reporter.write", reporter.report_id, once, message_id)
        report = continued(session, reporter.report_id)
        limits.begin_answer(report)
        if reporter.kind == "code":  # whoever comes back with a code is no machine
            report.is_aside = False
        audit.record_anonymous(session, "report.continued", reporter.report_id)
    return message_id


def continued(session: Session, report_id: UUID) -> Report:
    """There is more of a report than somebody has read: it is marked so, or read anew where it was done with; its cards
    are filled anew. In the transaction of the act."""
    cards.empty_again(session, report_id)
    report = session.get_one(Report, report_id)
    if report.stage in (Stage.HELP, Stage.OTHER):
        limits.begin_anew(report)
    elif report.stage not in (Stage.DRAFT, Stage.RECEIVED):
        report.continued_at = report.continued_at or clock.hour(clock.now())
    return report


def purge() -> int:
    """Delete handles that are dead for sure, and ways in that are three days old. Returns how many.

    A way in dies after ten idle minutes by what its cookie says; the ticket's row must outlive the 72 hours in which
    its form may be sent again.
    """
    hour, living = clock.hour(clock.now()), clock.hour(clock.now() - timedelta(minutes=tickets.HANDLE_MINUTES + 1))
    with transaction() as session:
        handles = session.execute(sa.delete(Handle).where(Handle.made_at < living))
        typed = sa.and_(Reading.kind == "code", Reading.made_at < hour - timedelta(hours=24))
        old = sa.or_(typed, Reading.made_at < hour - timedelta(hours=73))
        readings = session.execute(sa.delete(Reading).where(old))
    return int(handles.rowcount + readings.rowcount)  # type: ignore[attr-defined]
