"""Another code for the same report ("Ganti kode"): the old one ends at once (vault.md § 4).

The form carries a ticket that was minted for it: the new way in, from which the new code is made. So the same form sent
again shows the same new code, and nothing of it has to be stored.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from pepa import storage
from pepa.db import db, transaction
from pepa.domain import audit, boxes, keys, onces, reporters, tickets
from pepa.errors import Conflict, Failure
from pepa.models.audit import AuditEntry
from pepa.models.reports import Reading, ReporterKey
from pepa.policy import Permission, Reporter, require
from pepa.words import N_

REPLACED, ENDED = "code.replaced", "code.ended"
log = logging.getLogger("pepa.codes")


class FormTooOld(Failure):
    """The form lay open for three days, or its hidden field was changed."""

    says = N_("Halaman ini terbuka terlalu lama. Coba sekali lagi.")


class ReplacedElsewhere(Conflict):
    """Another page replaced the code meanwhile: the code that it shows is the one that holds."""

    says = N_("Kode sudah diganti di halaman lain.")


def version(reporter: Reporter) -> str:
    """Which code a form means to replace; of two forms that are sent at once, the second means one that is gone."""
    query = sa.select(ReporterKey.code_locator).where(ReporterKey.report_id == reporter.report_id)
    return _version(db.session.scalar(query))


def _version(locator: bytes | None) -> str:
    return keys.mark("code version", locator or b"").hex()[:16]


def replace(reporter: Reporter, *, ticket: str, replaces: str, came_by: Sequence[str]) -> keys.Token:
    """Make the new code and end the old one with every other way in. Returns the new way in.

    replaces   what `version` said when the form was shown
    came_by    `reporters.came_by`: `made_before` is asked with it where this reply is lost

    Raises FormTooOld, ReplacedElsewhere, Busy (the old code still holds).
    """
    require(reporter, Permission.WRITE_AS_REPORTER)
    token = tickets.read(ticket)
    if token is None:
        raise FormTooOld
    mark, report_id = tickets.token_hash(token), reporter.report_id
    stretched = tickets.stretch_new(tickets.code_of(token))
    sealed = tickets.wrap_by_code(reporter.pair, stretched.key, report_id)
    way_in = reporters.reading_row(report_id, reporter.pair, token, "ticket")
    with transaction() as session:
        key = session.get_one(ReporterKey, report_id)
        if session.get(Reading, mark) is not None:
            return token
        if _version(key.code_locator) != replaces:
            raise ReplacedElsewhere
        key.code_locator, key.code_sealed, key.opened_at = stretched.locator, sealed, None
        key.is_once = False
        session.execute(sa.delete(Reading).where(Reading.report_id == report_id))
        boxes.insert(session, [way_in])
        for proof in came_by:
            onces.keep(session, "code.replace", report_id, proof, report_id)
        audit.record_anonymous(session, REPLACED, report_id)
        first = key.ticket_hash.hex()
    shut_first(first, storage.TURNED)
    return token


def is_once(reporter: Reporter) -> bool:
    """Whether an officer read this code to her: then the first thing that she gets by it is another one."""
    query = sa.select(ReporterKey.is_once).where(ReporterKey.report_id == reporter.report_id)
    return bool(db.session.scalar(query))


def shut_first(name: str, *more: str) -> None:
    """The ticket of the report itself opens nothing any more, nor does it when the spool brings the report home. more:
    what else is marked beside its file."""
    try:
        for word in (storage.LEFT, *more):
            storage.spool().mark(name, word)
    except OSError as error:
        log.error("an old way in could not be marked as shut: %s", type(error).__name__)


def end_replaced(since: datetime) -> int:
    """A copy was put back: codes that were replaced after it was made end, and with them the way in of whoever she
    wanted to keep out. since: its hour. Returns how many."""
    marked = {bytes.fromhex(name): at for name, at in storage.spool().marked(storage.TURNED) if at >= since}
    query = sa.select(ReporterKey.ticket_hash, ReporterKey.report_id).where(ReporterKey.code_locator.is_not(None))
    ended = 0
    for mark, report_id in db.session.execute(query.where(ReporterKey.ticket_hash.in_(marked))).all():
        since_then = (AuditEntry.act.in_((REPLACED, ENDED)), AuditEntry.at >= marked[mark])
        known = (AuditEntry.thing_id == report_id, *since_then)
        if not db.session.scalar(sa.select(sa.exists().where(*known))):  # else the copy has the newer code
            with transaction() as session:
                reporters.end_code(session, report_id)
                audit.record_anonymous(session, ENDED, report_id)
            ended += 1
    return ended


def made_before(ticket: str, came_by: Sequence[str]) -> keys.Token | None:
    """What this form made before, where the reply was lost: for whoever comes by the very way in that it ended.

    After an exit nobody does, so a form that is sent again then shows nothing.
    """
    token = tickets.read(ticket)
    reading = db.session.get(Reading, tickets.token_hash(token)) if token else None
    if token is None or reading is None:
        return None
    hers = any(onces.made(db.session(), "code.replace", reading.report_id, proof) for proof in came_by)
    return token if hers else None
