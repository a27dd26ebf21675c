"""What is told to an officer, by telephone or at the counter, and written down for whoever tells it (rule 45).

The same way in as a reporter's own: sealed with public keys, on the spool first. Whoever wrote it down holds no way in
to it: there is no reading session, and the code that is handed over ends at its first use (`reporter_keys.is_once`).
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock, storage
from pepa.db import db, transaction
from pepa.domain import (
    arrivals,
    attachments,
    audit,
    boxes,
    intake,
    keys,
    messages,
    parcels,
    reporters,
    reports,
    tickets,
)
from pepa.domain.attachments import Attached
from pepa.errors import Busy
from pepa.models.reports import Channel, Reading, ReporterKey
from pepa.policy import Device, Member, Permission, Reporter, require

log = logging.getLogger("pepa.hand_ins")


@dataclass(frozen=True, repr=False)
class Beside:
    """What comes with it in the same act: texts that follow, and files that stand on the disk already."""

    texts: Sequence[str] = ()
    files: Sequence[Attached] = ()

    def rows(self, box: boxes.OpenBox, report_id: UUID, by: str) -> list[boxes.Row]:
        written = [messages.from_reporter(box, uuid4(), report_id, text, taken_by=by) for text in self.texts]
        return [*written, *(attachments.row(box, report_id, file) for file in self.files)]

    def words(self) -> Sequence[str]:
        """What tells it from another one."""
        return [*self.texts, *sorted(file.sha256 for file in self.files)]


@dataclass(frozen=True)
class HandedIn:
    """reporter: her side of it, for what else comes with it in the same act; None where it was there before.

    handle  shows the code once, within two minutes; "" where none was wished
    """

    report_id: UUID
    reporter: Reporter | None
    handle: str


def hand_in(
    actor: Member | Device,
    ticket: str,
    *,
    channel: Channel,
    what: str,
    urgency: str | None = None,
    place: str = "",
    phone: str = "",
    speaker: str | None = None,
    kecamatan: str | None = None,
    about: str | None = None,
    about_partner: UUID | None = None,
    with_code: bool = False,
    chat_name: str = "",
    letter: dict[str, str] | None = None,
    beside: Beside | None = None,
) -> HandedIn:
    """Take in what somebody told the actor. The same form with the same words is the same report; with other words it
    is another one, so that nothing of either is lost.

    Raises TicketSpoiled, Busy (nothing was stored).
    """
    require(actor, Permission.HAND_IN)
    first = tickets.read(ticket)
    if first is None:
        raise intake.TicketSpoiled
    told = reports.Told(
        what=what,
        place=place,
        phone=phone,
        urgency=urgency,
        speaker=speaker,
        kecamatan=kecamatan,
        about=about,
        about_partner=str(about_partner) if about_partner else None,
        at=clock.now().isoformat(),
        taken_by=actor.name if isinstance(actor, Member) else actor.label,
        chat_name=chat_name,
        letter=letter,
    )
    beside = beside or Beside()
    token = tickets.bound_to(first, channel.value, str(with_code), _words(told), *beside.words())
    try:
        return _kept(actor, told, token, channel, with_code, beside)
    except (OSError, keys.KeysUnsound, keys.Unopened, sa.exc.SQLAlchemyError) as error:
        db.session.rollback()
        log.error("what was told could not be kept: %s", type(error).__name__)
        raise Busy from error


def _words(told: reports.Told) -> str:
    return json.dumps({**told.document(), "at": "", "taken_by": ""}, sort_keys=True)


def _kept(
    actor: Member | Device, told: reports.Told, token: keys.Token, channel: Channel, with_code: bool, beside: Beside
) -> HandedIn:
    spool, name = storage.spool(), tickets.token_hash(token).hex()
    content, pair, new = spool.get(name), keys.new_pair(), False
    if content is None:
        more = partial(beside.rows, by=told.taken_by)
        sealed = intake.sealed_rows(told, token, pair=pair, channel=channel, beside=more)
        rows = _without_a_way_in(sealed, pair, token, with_code)
        made = parcels.write(rows)
        content = spool.put(name, made)
        new = content is made
    rows = parcels.read(content)
    handle, opens = reporters.handle_row(token) if with_code else ("", [])
    stands = arrivals.settle(rows, opens)
    report_id = stands or arrivals.report_id(rows)
    if new and stands:
        _record(actor, report_id, channel)
    reporter = Reporter(report_id, arrivals.box_id(rows), "ticket", token, pair) if new else None
    return HandedIn(report_id, reporter, handle)


def _without_a_way_in(
    rows: Sequence[boxes.Row], pair: keys.Pair, token: keys.Token, with_code: bool
) -> list[boxes.Row]:
    """Nobody reads by the form's ticket; and the code, where one is wished, is good for one use. Raises Busy."""
    kept = [row for row in rows if row.table is not Reading]
    if with_code:
        (key,) = (row.values for row in kept if row.table is ReporterKey)
        stretched = tickets.stretch_new(tickets.code_of(token))
        key["code_locator"] = stretched.locator
        key["code_sealed"] = tickets.wrap_by_code(pair, stretched.key, key["report_id"])
        key["is_once"] = True
    return kept


def _record(actor: Member | Device, report_id: UUID, channel: Channel) -> None:
    """By the hour, though an officer did it: a telephone company knows the minute of a call, and whose it was."""
    with transaction() as session:
        if isinstance(actor, Member):
            audit.record_prompted(session, "report.taken_in", report_id, channel.value, actor)
        else:
            audit.record_prompted(session, "report.taken_in", report_id, actor.device_id.hex)


def code_of(handle: str) -> Sequence[str] | None:
    """The code that is to be read out, in its groups, once: asked again it is gone. None also where it was used."""
    token = reporters.token_of_handle(handle)
    if token is None:
        return None
    query = sa.select(ReporterKey.report_id).where(
        ReporterKey.ticket_hash == tickets.token_hash(token), ReporterKey.is_once, ReporterKey.code_locator.is_not(None)
    )
    return tickets.grouped(tickets.code_of(token)) if db.session.scalar(query) else None
