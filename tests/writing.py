"""Drafts and reviews for tests: a draft that may be proposed, and the way to its publishing by the cast.

Authors are sekar and ratna; nadia speaks for law, laras for health, wulan for the office; hadi publishes.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

from pepa.db import db, transaction
from pepa.domain import editions, onces, reviews
from pepa.domain.manuscripts import Manuscript
from pepa.models.titles import Edition
from tests import cast
from tests.shelf import BODY

TYPED = Manuscript(
    title="Rumah yang aman",
    audience="warga",
    topics="rumah",
    minutes=3,
    body=BODY.strip(),
    whatsapp="*Rumah yang aman*\n\nTelepon {nomor:sapa129}\n{tautan}",
    sms="Butuh teman bicara? {nomor:sapa129}, gratis.",
    poster="Rumah yang aman\nBercerita: {nomor:sapa129}, gratis",
    card="Info Warga\nPolisi {nomor:polisi}",
    reviewers="kantor hukum",
    checks="Ahli hukum: bandingkan pasal dengan salinan resmi.",
    due_months=6,
)


def row(edition_id: UUID) -> Edition:
    """An edition as it stands in the database."""
    db.session.rollback()
    return db.session.get_one(Edition, edition_id)


def draft(by: str = "sekar", **typed: object) -> UUID:
    """A draft that may be proposed."""
    me = cast.member(by)
    edition_id = editions.draft_title(me, title="Judul baru", kind="artikel", once=onces.new())
    editions.revise(me, edition_id, manuscript=replace(TYPED, **typed), version=1)  # type: ignore[arg-type]
    return edition_id


def proposed(by: str = "sekar", **typed: object) -> UUID:
    """An edition that waits for its reviewers."""
    edition_id = draft(by, **typed)
    editions.propose(cast.member(by), edition_id, version=row(edition_id).version)
    return edition_id


def reviewed(by: str = "sekar", **typed: object) -> UUID:
    """An edition that may be published."""
    edition_id = proposed(by, **typed)
    look(edition_id)
    return edition_id


def look(edition_id: UUID) -> None:
    """The cast compares every claim and approves every field that is needed; claims here are of law."""
    edition = row(edition_id)
    version, claims = edition.version, Manuscript.of(edition).claims()
    if claims:
        reviews.check_claims(cast.member("nadia"), edition_id, keys=[claim.key for claim in claims], version=version)
    approve(edition_id)


def approve(edition_id: UUID) -> None:
    """The cast approves every field that is needed."""
    edition = row(edition_id)
    for field in reviews.needed(edition, Manuscript.of(edition).claims()):
        speaker = {"kantor": "wulan", "hukum": "nadia", "kesehatan": "laras", "psikolog_anak": "melati"}[field]
        reviews.approve(cast.member(speaker), edition_id, field=field, version=edition.version)


def overdue(title_id: int, day: date) -> None:
    """What readers have of a title is to be looked at again from this day on."""
    found = editions.published(title_id)
    assert found
    edition_id = found.id
    with transaction() as session:
        session.get_one(Edition, edition_id).due_on = day


def published(by: str = "sekar", **typed: object) -> UUID:
    """A title that readers have."""
    edition_id = reviewed(by, **typed)
    reviews.publish(cast.member("hadi"), edition_id, version=row(edition_id).version)
    return edition_id
