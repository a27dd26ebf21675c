"""The directory of what organisations offer to each other, and how many places are free ("tempat kosong")."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.capacities import Aid, Offer, Reach
from pepa.models.organisations import Organisation, OrganisationKind
from pepa.policy import Member, Permission, require
from pepa.words import N_

FRESH = timedelta(days=7)  # what was said longer ago is marked: places fill up
MOST = 999


class NotPlaces(Invalid):
    says = N_("Tulis angka dari 0 sampai 999.")
    field = "places"


class EntryChanged(Conflict):
    says = N_("Orang lain menyimpan lebih dulu. Dua-duanya ada di bawah. Pilih atau gabungkan.")


@dataclass(frozen=True)
class Offered:
    """An offer as it is read. is_old: said so long ago that somebody should ask"""

    row: Offer
    is_old: bool


@dataclass(frozen=True)
class Entry:
    """An organisation in the directory. hours, phone, person: empty where it said nothing; since: which writing of
    them"""

    organisation: Organisation
    hours: str
    phone: str
    offers: Sequence[Offered]
    since: str = ""
    person: str = ""

    @property
    def kind(self) -> str:
        return OrganisationKind(self.organisation.kind).label


def directory(actor: Member, aid: Aid | None = None) -> Sequence[Entry]:
    """Every organisation that is active, or those that offer a kind of aid; one whose agreement is over offers none.
    Two questions."""
    require(actor, Permission.SEE_DIRECTORY)
    listed = sa.select(Organisation, Reach.hours, Reach.phone, Reach.person).outerjoin(Reach)
    listed = listed.where(Organisation.is_active).order_by(Organisation.name)
    offered = _offers()
    found = []
    for organisation, hours, phone, person in db.session.execute(listed):
        offers = [] if organisation.is_over(clock.today()) else offered.get(organisation.id, [])
        if aid is None or aid.value in {one.row.aid for one in offers}:
            found.append(Entry(organisation, hours or "", phone or "", offers, person=person or ""))
    return found


def ours(actor: Member) -> Entry:
    """The actor's own organisation's."""
    require(actor, Permission.SEE_DIRECTORY)
    return entry_of(db.session.get_one(Organisation, actor.organisation_id))


def entry_of(organisation: Organisation) -> Entry:
    """An organisation's, for whoever may see it."""
    reach = db.session.get(Reach, organisation.id)
    offers = _offers(Offer.organisation_id == organisation.id).get(organisation.id, [])
    if reach is None:
        return Entry(organisation, "", "", offers)
    return Entry(organisation, reach.hours, reach.phone, offers, _writing(reach), reach.person)


def _writing(reach: Reach | None) -> str:
    """Which writing of an entry it is; empty before the first."""
    return reach.changed_at.astimezone(UTC).isoformat() if reach else ""


def _offers(*which: sa.ColumnElement[bool]) -> dict[UUID, list[Offered]]:
    order, old = [one.value for one in Aid], clock.now() - FRESH
    found: defaultdict[UUID, list[Offered]] = defaultdict(list)
    for row in db.session.scalars(sa.select(Offer).options(joinedload(Offer.told_by)).where(*which)):
        is_old = row.told_at is not None and row.told_at < old
        found[row.organisation_id].append(Offered(row, is_old))
    for offers in found.values():
        offers.sort(key=lambda one: order.index(one.row.aid))
    return found


def tell(actor: Member, *, aid: str | None, places: int | None) -> Offer:
    """How many places are free now, of something that the own organisation offers. Raises NotPlaces, NotFound."""
    require(actor, Permission.TELL_PLACES)
    if places is None or not 0 <= places <= MOST:
        raise NotPlaces
    with transaction() as session:
        row = session.get(Offer, (actor.organisation_id, aid or ""))
        if row is None:
            raise NotFound
        row.places, row.told_at, row.told_by_id = places, clock.now(), actor.person_id
        audit.record(session, "places.told", actor, actor.organisation_id, f"{row.aid} {places}")
        return row


def keep(actor: Member, *, aids: Sequence[str], hours: str, phone: str, since: str, person: str = "") -> Reach:
    """What the own organisation offers, and how it is reached. Numbers of what it goes on offering stay.

    since: of the entry that the actor has on screen. Raises EntryChanged.
    """
    require(actor, Permission.KEEP_ENTRY)
    with transaction() as session:
        entry = (hours.strip(), phone.strip(), person.strip())
        return write(session, actor, actor.organisation_id, aids=aids, entry=entry, since=since)


def write(
    session: Session,
    actor: Member,
    organisation_id: UUID,
    *,
    aids: Sequence[str],
    entry: tuple[str, str, str],
    since: str,
) -> Reach:
    """An organisation's entry, in the transaction of a verb that may change it. entry: hours, phone, person.

    Raises EntryChanged.
    """
    wanted = {Aid(code).value for code in aids}
    had = {row.aid: row for row in session.scalars(sa.select(Offer).where(Offer.organisation_id == organisation_id))}
    reach = session.get(Reach, organisation_id, populate_existing=True)
    if reach and (set(had), (reach.hours, reach.phone, reach.person)) == (wanted, entry):
        return reach
    if _writing(reach) != since:
        raise EntryChanged
    for code in had.keys() - wanted:
        session.delete(had[code])
    session.add_all(Offer(organisation_id=organisation_id, aid=code) for code in sorted(wanted - had.keys()))
    reach = reach or Reach(organisation_id=organisation_id)
    reach.hours, reach.phone, reach.person = entry
    reach.changed_at, reach.changed_by_id = clock.now(), actor.person_id
    session.add(reach)
    audit.record(session, "entry.changed", actor, organisation_id)
    return reach
