"""Whose name is like that of somebody who hurts, as a reporter told it: a quiet hint to whoever leads (rule 13).

Names of people and partners are compared with the index cards, in memory, whenever somebody looks: so a name, a role, a
membership that changed is compared as it is now. Nothing is kept of it but that somebody was not meant (`conflicts`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from pepa.db import db
from pepa.domain import cards, conflicts, lateness, reports, spellings, walls
from pepa.models.organisations import Membership, Organisation
from pepa.models.people import Person
from pepa.models.reports import Report
from pepa.policy import Member, Permission, can, require

MOST = 6  # hints at once
TELLING = 4  # letters of a word that tells people apart
# As they sound: what very many are called tells nobody apart without a second word; nor does what bodies are called.
COMMON = frozenset(
    word
    for text in (
        "Muhammad Ahmad Abdul Abdullah Siti Nur Nurul Sri Dewi Ayu Putri Putra Agus Budi Dwi Tri Eka Haji Hajah Ustaz",
        "Bapak Ibu Pak Adik Kakak Abang Mas Mbak Teh Aa Om Tante Suami Istri Guru Tetangga Bidan Dokter Petugas Kader",
        "Rumah Sakit Puskesmas Unit Kantor Dinas Kepolisian Polisi Komunitas Forum Lembaga Majelis Sekolah Singgah",
    )
    for word in spellings.words(text)
)


@dataclass(frozen=True)
class Named:
    """Somebody, or a partner, with the words of the name as they sound. of: where a person works."""

    id: UUID
    name: str
    of: str
    words: frozenset[str]


@dataclass(frozen=True)
class Namesake:
    """One hint: perhaps whoever hurts in this report. is_me: the actor's own name."""

    report: Report
    id: UUID
    name: str
    of: str
    is_me: bool


def of(actor: Member, report: Report) -> Sequence[Namesake]:
    """The hints about one report that the actor has open: one's own name for everybody, others' for whoever leads."""
    told = cards.named(actor, reports.visible_to(actor).where(Report.id == report.id))
    return [one for one in _hints(actor, told) if one.is_me or can(actor, Permission.NAME_CONFLICT)]


def waiting(actor: Member, most: int = MOST) -> Sequence[Namesake]:
    """The hints about reports that are worked on, for whoever leads to decide; never about their own name, which they
    see with the report."""
    require(actor, Permission.NAME_CONFLICT)
    worked_on = Report.stage.in_([stage.value for stage in lateness.ANSWERABLE])
    which = reports.visible_to(actor).where(worked_on, Report.withdrawn_at.is_(None), Report.is_aside.is_(False))
    return [one for one in _hints(actor, cards.named(actor, which)) if not one.is_me][:most]


def _hints(actor: Member, told: Mapping[UUID, frozenset[str]]) -> Iterator[Namesake]:
    """By report, the oldest first. told: what the reporters called whoever hurts, as it sounds."""
    if not told:
        return
    names = _names()
    rare = Counter(word for one in names for word in one.words)
    likely = [(report_id, one) for report_id, words in told.items() for one in names if _is_like(one, words, rare)]
    ids = {report_id for report_id, _ in likely}
    if not ids:
        return
    settled = walls.kept_from(db.session(), ids, {one.id for _, one in likely}) | conflicts.settled(ids)
    query = reports.visible_to(actor).where(Report.id.in_(ids)).order_by(Report.received_at, Report.id)
    for report in db.session.scalars(query):
        for one in (one for report_id, one in likely if report_id == report.id):
            if (report.id, one.id) not in settled:
                yield Namesake(report, one.id, one.name, one.of, one.id == actor.person_id)


def _names() -> list[Named]:
    """Everybody who is at work anywhere, then the organisations themselves."""
    query = (
        sa.select(Person.id, Person.name, sa.func.min(Organisation.name))
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Person.is_active, Membership.is_active, Organisation.is_active)
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
    )
    people = [Named(*row, frozenset(spellings.words(row[1]))) for row in db.session.execute(query)]
    bodies = sa.select(Organisation.id, Organisation.name).where(Organisation.is_active).order_by(Organisation.name)
    return [*people, *(Named(*row, "", frozenset(spellings.words(row[1]))) for row in db.session.execute(bodies))]


def _is_like(one: Named, told: frozenset[str], rare: Counter[str]) -> bool:
    """A word that few are called was told, or two words of the name. Of a body all that tells it from others."""
    own = {word for word in one.words if rare[word] <= 2 and len(word) >= TELLING}
    telling = own - COMMON
    if not one.of:
        return len(one.words) > 1 and bool(telling) and one.words <= told
    return any(_is_told(word, told) for word in telling) or sum(_is_told(word, told) for word in own) > 1


def _is_told(word: str, told: frozenset[str]) -> bool:
    return any(spellings.nearness(word, other) == spellings.WHOLE for other in told) or (
        len(word) > TELLING + 1 and any(spellings.near(word, other) for other in told if len(other) > TELLING)
    )
