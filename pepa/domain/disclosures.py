"""The register of disclosures: what of somebody's data left the office, to whom, on which basis (UU 27/2022)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from pepa import clock
from pepa.db import Page, keyset, transaction
from pepa.domain import audit, keys, onces, reports, restrictions
from pepa.errors import Invalid
from pepa.models.disclosures import Disclosure, ShareBasis
from pepa.models.reports import Report, reference_of
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

DOMAIN = "disclosure"
FIELDS = ("to", "items", "purpose")
READS = Permission.READ_REPORTS
NEVER_HELD_UP = (ShareBasis.LEGAL_DUTY, ShareBasis.VITAL_INTEREST)  # whatever was asked to be restricted


class NotYetGiven(Invalid):
    says = N_("Hari ini atau sebelumnya. Betulkan harinya.")
    field = "on"


class NothingSaid(Invalid):
    """To whom, what and what for: an entry that lacks one of these shows nothing later."""

    says = N_("Isi bagian ini.")


class NoReports(Invalid):
    """Of somebody who reads none: an entry about one is for whoever does."""

    says = N_("Pemberian data dari satu laporan dicatat oleh penyelia. Kosongkan kode ini.")
    field = "reference"


@dataclass(frozen=True)
class Entry:
    """One entry as it is read. to, items, purpose: None where it does not open with the keys of whoever reads."""

    on: date
    basis: ShareBasis
    by: str
    reference: str | None
    report_id: UUID | None
    to: str | None
    items: str | None
    purpose: str | None


def add(
    actor: Member, *, on: date, to: str, items: str, purpose: str, basis: str, reference: str = "", once: str
) -> UUID:
    """Note one. reference: the code of the report that it is about, if it is about one.

    Raises NotYetGiven, NothingSaid, NoReports, ReferenceUnknown, Restricted, Unopened.
    """
    require(actor, Permission.KEEP_DISCLOSURES)
    if on > clock.today():
        raise NotYetGiven
    told = {name: text.strip() for name, text in zip(FIELDS, (to, items, purpose), strict=True)}
    for name, text in told.items():
        if not text:
            raise _lacking(name)
    if reference.strip() and not can(actor, READS):
        raise NoReports
    report_id = reports.by_reference(actor, reference).id if reference.strip() else None
    made, generation = uuid4(), keys.generation_of(actor.organisation_id)
    sealed = keys.seal_note(actor.keyring, actor.organisation_id, generation, DOMAIN, made, told)
    with transaction() as session:
        if before := onces.made(session, "disclosure.add", actor.organisation_id, once):
            return before
        if report_id and ShareBasis(basis) not in NEVER_HELD_UP:
            restrictions.require_none_on(session, report_id, on)
        session.add(
            Disclosure(
                id=made,
                organisation_id=actor.organisation_id,
                on=on,
                basis=ShareBasis(basis).value,
                report_id=report_id,
                noted_at=clock.now(),
                noted_by_id=actor.person_id,
                generation=generation,
                body_sealed=sealed,
            )
        )
        onces.keep(session, "disclosure.add", actor.organisation_id, once, made)
        audit.record(session, "disclosure.noted", actor, report_id, made.hex)
    return made


def _lacking(name: str) -> NothingSaid:
    failure = NothingSaid()
    failure.field = name
    return failure


def list_for(actor: Member, *, of: str = "", at: str | None = None, size: int = 50) -> Page[Entry]:
    """The register of the actor's organisation, the newest day first, without what is about a report that the actor
    may not know of. That it was read is recorded. of: a report's code, to have its entries alone.

    Raises ReferenceUnknown.
    """
    require(actor, Permission.KEEP_DISCLOSURES)
    only = [Disclosure.report_id == reports.by_reference(actor, of).id] if of and can(actor, READS) else []
    about_nobody: sa.ColumnElement[bool] = Disclosure.report_id.is_(None)
    if can(actor, READS):
        seen = reports.visible_to(actor).where(Report.id == Disclosure.report_id).exists()
        about_nobody = sa.or_(about_nobody, seen)
    query = (
        sa.select(Disclosure)
        .options(joinedload(Disclosure.noted_by))
        .where(Disclosure.organisation_id == actor.organisation_id, about_nobody, *only)
    )
    found = keyset(query, Disclosure.on, Disclosure.id, at=at, size=size, descends=True)
    page = Page(_entries(actor, found.items), found.earlier, found.later)
    with transaction() as session:
        audit.record(session, "disclosures.read", actor)
    return page


def _entries(actor: Member, rows: Sequence[Disclosure]) -> list[Entry]:
    return [_entry(actor, row) for row in rows]


def _entry(actor: Member, row: Disclosure) -> Entry:
    try:
        told = keys.open_note(actor.keyring, row.organisation_id, row.generation, DOMAIN, row.id, row.body_sealed)
    except keys.Unopened:
        told = {}
    reference = reference_of(row.report_id) if row.report_id else None
    words = {name: str(told[name]) if name in told else None for name in FIELDS}
    return Entry(row.on, ShareBasis(row.basis), row.noted_by.name, reference, row.report_id, **words)
