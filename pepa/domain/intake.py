"""Taking a report in: sealed, spooled on disk, then in the database, and only then acknowledged (vault.md § 4)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock, storage
from pepa.db import Kept, db, transaction
from pepa.domain import (
    additions,
    arrivals,
    audit,
    boxes,
    destruction,
    duty,
    floods,
    keys,
    limits,
    onces,
    outbox,
    parcels,
    reporters,
    reports,
    rescues,
    routing,
    tickets,
    unsent,
)
from pepa.errors import Busy, Failure, Invalid
from pepa.models.additions import Answer
from pepa.models.boxes import HolderKind
from pepa.models.organisations import KeyWrap, Membership, Organisation, OrganisationKind
from pepa.models.people import Person
from pepa.models.places import Kecamatan
from pepa.models.reports import (
    Channel,
    Report,
    ReporterKey,
    Speaker,
    Urgency,
)
from pepa.policy import Reporter
from pepa.words import N_, Choice

LONGEST = 100_000  # letters of one text, a line break counted once
log = logging.getLogger("pepa.intake")


class TicketSpoiled(Failure):
    """The form lay open too long, or its hidden field was changed: the same text goes with a new ticket."""

    says = N_("Halaman ini terbuka terlalu lama. Tulisan Anda masih ada. Tekan Kirim lagi.")


class Left(Failure):
    """This report arrived, and whoever sent it has left by the exit: nothing of it may be shown here again."""


class TooLong(Invalid):
    """What is over the limit would be lost: sent, it is told to her at once; kept, it is read by nobody else."""

    says = N_("Paling panjang 100.000 huruf. Tulisan Anda masih ada: bagi dua, atau Kirim.")
    field = "what"


@dataclass(frozen=True)
class Intake:
    """What the form has to know before anybody types.

    open         it can be kept, and somebody could read it; False: the phone page instead of the form
    independent  the independent holder could, so that "about our office" may be offered
    on_duty      of the intake office
    read_from    when its office opens or its next shift begins; None where that is so now
    """

    open: bool
    independent: bool
    on_duty: bool
    read_from: datetime | None
    partners: tuple[tuple[UUID, str], ...]
    kecamatan: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Delivered:
    """new: this POST made it; stored: the database has it (else the spool, and the database soon).

    kept, total: letters taken and letters sent
    handle: a way in for a browser that may keep no cookie, where it was asked for (`reporters.handle`)
    reporter: whoever sent it, where this POST made it and the database has it
    """

    report_id: UUID
    token: keys.Token
    new: bool
    stored: bool
    kept: int
    total: int
    handle: str = ""
    reporter: Reporter | None = None


def _state() -> Intake:
    now = clock.now()
    organisations = list(db.session.scalars(sa.select(Organisation).where(Organisation.ended_at.is_(None))))
    office = next((o for o in organisations if o.is_active and o.is_office), None)
    aside = next((o for o in organisations if o.is_active and o.kind == OrganisationKind.INDEPENDENT), None)
    kept = _is_recoverable()
    ready = kept and office is not None and _is_ready(office) and storage.spool().has_room()
    reading = limits.read_from(office.id, now) if office else now
    return Intake(
        open=ready,
        independent=kept and aside is not None and _is_ready(aside),
        on_duty=office is not None and duty.at(office.id, now).now is not None,
        read_from=reading if reading > now else None,
        partners=tuple(sorted(((o.id, o.name) for o in organisations if not o.is_root), key=lambda pair: pair[1])),
        kecamatan=tuple((k.code, k.name) for k in db.session.scalars(sa.select(Kecamatan).order_by(Kecamatan.name))),
    )


def _is_recoverable() -> bool:
    """Where it matters nothing is taken in that nobody could open any more once every passphrase was lost."""
    return keys.is_installed() and (not keys.here().production or rescues.is_ready())


def _is_ready(organisation: Organisation) -> bool:
    """Its key is ours, and somebody who is still there can open what is sealed to it."""
    try:
        keys.organisation_public(organisation)
    except keys.KeysUnsound:
        if organisation.public_key is not None:
            _sound_the_alarm(organisation)
        return False
    wraps = sa.exists().where(
        KeyWrap.organisation_id == organisation.id,
        KeyWrap.generation == organisation.generation,
        KeyWrap.person_id == Person.id,
        Person.is_active,
        Membership.person_id == Person.id,
        Membership.organisation_id == organisation.id,
        Membership.is_active,
    )
    return bool(db.session.scalar(sa.select(wraps)))


_alarmed: set[tuple[UUID, str]] = set()


def watch_keys() -> int:
    """Look whether both root holders can be sealed to; for `delivery`: nobody may be visiting. Returns how many not."""
    found = _state()
    return 2 - found.open - found.independent


def _sound_the_alarm(organisation: Organisation) -> None:
    """Tell the office, once a day, that a public key in the database is not the one we made."""
    organisation_id, day = organisation.id, clock.today().isoformat()
    today = (organisation_id, day)
    if today in _alarmed:
        return
    log.critical("public key of organisation %s does not carry our MAC; nothing is sealed to it", organisation_id)
    with transaction() as session:
        if onces.made(session, "keys.unsound", organisation_id, day):
            _alarmed.add(today)  # by another process
            return
        onces.keep(session, "keys.unsound", organisation_id, day, organisation_id)
        outbox.warn(session, organisation_id, outbox.Notice.KEYS)
        audit.record(session, "keys.unsound", None, organisation_id)
    _alarmed.add(today)


state = Kept(_state)


def is_set_up() -> bool:
    """Whether there is a server key yet: without one no ticket can be made."""
    return keys.is_installed()


def mint_ticket(*, again: bool = False) -> str:
    """The hidden field of a new form: it becomes the form's `once` and the reporter's first key.

    again: the form comes back with what was typed in it, so whoever sends it at once is no machine
    """
    return tickets.mint(floods.QUICK if again else 0)


def deliver(
    ticket: str,
    *,
    what: str,
    urgency: str | None = None,
    place: str = "",
    phone: str = "",
    speaker: str | None = None,
    kecamatan: str | None = None,
    about: str | None = None,
    about_partner: UUID | None = None,
    subject: str = "",
    safe: str | None = None,
    nickname: str = "",
    age: str = "",
    alone: bool = False,
    keep: bool = False,
) -> Delivered:
    """Take a report in. Sent again with the same ticket it is the same report; a text that was changed meanwhile is
    added to it as a message, so that neither is lost.

    keep     "Simpan": for her code alone, and not sent (`unsent`). With the same ticket sent afterwards it is sent

    what     longer than LONGEST keeps its first part
    safe, nickname, age  what a child's page asks besides (`reports.Told`)
    subject  what a machine typed into a field that no person sees: never refused, put aside (`floods`)
    alone    the browser may keep no cookie: a handle is made in the same transaction

    Raises TicketSpoiled, Left, Busy (nothing was stored); with keep TooLong, unsent.SentMeanwhile; for a text that is
    kept unsent.ChangedMeanwhile.
    """
    token = tickets.read(ticket)
    if token is None:
        raise TicketSpoiled
    if keep and len(what) > LONGEST:
        raise TooLong
    told = _told(
        what=what,
        place=place,
        phone=phone,
        urgency=urgency,
        speaker=speaker,
        kecamatan=kecamatan,
        about=about,
        about_partner=about_partner,
        safe=safe,
        nickname=nickname,
        age=age,
    )
    spool, name = storage.spool(), tickets.token_hash(token).hex()
    handle, more = reporters.handle_row(token) if alone else ("", [])
    if destruction.is_gone(tickets.token_hash(token)):
        raise Left
    pair, reporter = keys.new_pair(), None
    try:
        content = spool.get(name)
        if content is not None and destruction.has_tombstone(tickets.token_hash(token)):
            raise Left
        new = content is None
        rows = [] if content is None else parcels.read(content)
        if content is None:
            seconds = tickets.seconds_of(ticket)
            odd = floods.watch.is_odd(name, what, seconds=seconds, is_filled=bool(subject), urgency=urgency)
            made = parcels.write(rows := sealed_rows(told, token, odd and not keep, pair=pair, keep=keep))
            content = spool.put(name, made)
            new = content is made
            rows = rows if new else parcels.read(content)
        report_id, stands = arrivals.report_id(rows), arrivals.settle(rows, more)
        if not new and reporters.has_left(tickets.token_hash(token)):
            raise Left
        if stands is None and arrivals.is_draft(rows):  # no code of it can be made now, nor can it be sent
            raise Busy
        if stands is not None and (stands != report_id or not new):  # the spool or the database had it before
            report_id, new = stands, _once_more(token, told, keep)
        elif stands is not None:
            reporter = Reporter(report_id, arrivals.box_id(rows), "ticket", token, pair)
    except (OSError, keys.KeysUnsound, keys.Unopened, sa.exc.SQLAlchemyError) as error:
        db.session.rollback()
        log.error("a report could not be kept: %s", type(error).__name__)
        raise Busy from error
    return Delivered(report_id, token, new, stands is not None, len(told.what), len(what), handle, reporter)


def _told(*, what: str, about_partner: UUID | None, **more: Any) -> reports.Told:
    partner = str(about_partner) if about_partner else None
    cut, at = max(0, len(what) - LONGEST), clock.now().isoformat()
    return reports.Told(what=what[:LONGEST], about_partner=partner, cut=cut, at=at, **more)


def change(reporter: Reporter, *, version: str, keep: bool, what: str, **told: Any) -> None:
    """Put another text in place of one that is kept, and send it unless keep. version: what the page began with;
    told: whatever else the page asks, as for `deliver`.

    Raises TooLong, unsent.SentMeanwhile, unsent.ChangedMeanwhile, Busy (nothing was changed, or nothing was sent).
    """
    if len(what) > LONGEST:
        raise TooLong
    unsent.change(reporter, _told(what=what, **told), version=int(version) if version.isdecimal() else -1)
    if not keep:
        unsent.send(reporter)


def _once_more(token: keys.Token, told: reports.Told, keep: bool) -> bool:
    """The same form again: what is only kept is changed, and sent where that was pressed; what was sent is added to.
    True where it was sent now for the first time."""
    reporter = reporters.by_token(token)
    if reporter is None:
        raise Left
    if unsent.is_draft(reporter):
        unsent.change(reporter, told, version=0, as_new=False)
        if not keep:
            unsent.send(reporter)
        return not keep
    _add_what_changed(reporter, told, keep)
    return False


def _add_what_changed(reporter: Reporter, told: reports.Told, keep: bool) -> None:
    first = reporters.told(reporter)
    if replace(first, at=told.at, cut=told.cut, version=0) != told:
        if keep:  # whoever saves does not mean to send
            raise unsent.SentMeanwhile
        text = _as_text(first, told)
        reporters.write(reporter, text=text, once=keys.mark("again", text).hex())
        additions.read_sooner(reporter.report_id, reports.urgency_of(told))


TYPED = ("place", "phone", "nickname", "age")
CHOSEN: dict[str, tuple[str, type[Choice]]] = {
    "urgency": (N_("Perlu ditolong kapan?"), Urgency),
    "speaker": (N_("Siapa yang menulis?"), Speaker),
    "safe": (N_("Kamu sekarang aman?"), Answer),
}


def _as_text(first: reports.Told, told: reports.Told) -> str:
    """What is new in it, for whoever reads: that somebody needs help now may be all that was changed."""
    new = {name: value for name, value in vars(told).items() if value and value != getattr(first, name)}
    chosen = [f"{asks} {of(new[name]).label}" for name, (asks, of) in CHOSEN.items() if name in new]
    return "\n\n".join([new[name] for name in ("what", *TYPED) if name in new] + chosen) or told.what


def sealed_rows(
    told: reports.Told,
    token: keys.Token,
    aside: bool = False,
    *,
    pair: keys.Pair | None = None,
    channel: Channel = Channel.WEB,
    keep: bool = False,
    beside: Callable[[boxes.OpenBox, UUID], Sequence[boxes.Row]] = lambda *_: (),
) -> list[boxes.Row]:
    """Every row of a new report, sealed. All keys are derived here, outside of any transaction.

    pair  the reporter's, where somebody else needs it too
    keep  for the reporter alone (`unsent`): nobody else is given the key, and the clear says nothing of it
    beside  makes rows that arrive with it, in its box and under its id
    """
    now, office = clock.now(), None if keep else routing.office_for(told.about)
    report_id, box_id, pair = uuid4(), uuid4(), pair or keys.new_pair()
    reporter = boxes.Holder(HolderKind.REPORTER, report_id, 0, pair.public)
    box, rows = boxes.fresh(box_id, [*([boxes.organisation_holder(office)] if office else []), reporter])
    epoch, sealed = boxes.seal_body(box, "report", report_id, told.document())
    columns = routing.placed(told, office, reports.urgency_of(told), now) if office else unsent.columns(now)
    report = {"id": report_id, "box_id": box_id, "is_aside": aside, "channel": channel.value, **columns}
    key = {
        "report_id": report_id,
        "public_key": pair.public,
        "key_mac": keys.mac("reporter", report_id, pair.public),
        "ticket_hash": tickets.token_hash(token),
    }
    rows += [
        boxes.Row(Report, {**report, "alarm_step": 0, "body_epoch": epoch, "body_sealed": sealed}),
        boxes.Row(ReporterKey, key),
        reporters.reading_row(report_id, pair, token, "ticket"),
    ]
    return rows if keep else [*rows, *routing.hidden(told, report_id), *beside(box, report_id)]
