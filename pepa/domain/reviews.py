"""Reviews: each claim compared with its source, each field heard, then published (library.md, What to build 5 and 6).

Who speaks for a field is told by the kind of their organisation. An organisation of people with disabilities has no
kind of its own: it is a community. The office speaks by whoever leads it. A person speaks for one field of an edition;
whoever changed it judges nothing of it, and does not publish it either.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from pepa import clock
from pepa.db import db
from pepa.domain import audit, editions, manuscripts
from pepa.domain.blocks import Claim, ClaimKind, Mark
from pepa.domain.editions import MovedOn, NotReady
from pepa.domain.manuscripts import Manuscript
from pepa.errors import Conflict, Invalid, NotAllowed
from pepa.models.organisations import Organisation, OrganisationKind, Role
from pepa.models.people import Person
from pepa.models.reviews import ClaimCheck, Review, Verdict
from pepa.models.titles import Author, Edition, Field, State
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

FIELDS_OF: Mapping[OrganisationKind, frozenset[Field]] = {
    OrganisationKind.LEGAL_AID: frozenset({Field.LAW}),
    OrganisationKind.PROSECUTOR: frozenset({Field.LAW}),
    OrganisationKind.COURT: frozenset({Field.LAW}),
    OrganisationKind.HOSPITAL: frozenset({Field.HEALTH}),
    OrganisationKind.HEALTH_CENTRE: frozenset({Field.HEALTH}),
    OrganisationKind.PSYCHOLOGIST: frozenset({Field.CHILD_PSYCHOLOGY, Field.HEALTH}),
    OrganisationKind.RELIGIOUS: frozenset({Field.RELIGION}),
    OrganisationKind.COMMUNITY: frozenset({Field.DISABILITY}),
}
LEADING = frozenset({Role.SUPERVISOR, Role.HEAD})
CARERS = frozenset({Field.HEALTH, Field.CHILD_PSYCHOLOGY})
# Who compares a claim with its source; of another kind anybody does who writes or speaks for a field.
CHECKED_BY = {ClaimKind.LAW: frozenset({Field.LAW}), ClaimKind.HEALTH: CARERS}


class NotYourField(NotAllowed):
    says = N_("Bidang ini bukan bagian lembaga Anda.")


class AuthorJudges(NotAllowed):
    says = N_("Anda ikut menulis naskah ini. Orang lain yang menilainya.")


class AlreadySpoke(Conflict):
    says = N_("Anda sudah menyetujui untuk bidang lain. Bidang ini perlu orang lain.")


class NothingTicked(Invalid):
    says = N_("Centang dulu yang sudah Anda bandingkan dengan sumbernya.")
    field = "keys"


class NoNote(Invalid):
    says = N_("Tulis apa yang perlu diubah.")
    field = "note"


@dataclass(frozen=True)
class Looked:
    """A claim as reviewers see it. by, on: who compared it last, and when; None: nobody did, or it is due again"""

    claim: Claim
    by: str | None
    on: date | None
    due_on: date | None

    def is_due_by(self, day: date) -> bool:
        """Whether it has to be compared by then, for the first time or again."""
        return self.by is None or self.due_on is None or self.due_on <= day


@dataclass(frozen=True)
class Said:
    """A verdict. is_void: it counts no more, since the text was changed or somebody sent it back"""

    field: Field
    verdict: Verdict
    by: str
    at: datetime
    note: str
    is_void: bool


def fields_of(actor: Member) -> frozenset[Field]:
    """The fields that the actor speaks for."""
    kind = db.session.scalar(sa.select(Organisation.kind).where(Organisation.id == actor.organisation_id))
    if kind == OrganisationKind.INTAKE:
        return frozenset({Field.OFFICE}) if actor.roles & LEADING else frozenset()
    return FIELDS_OF.get(OrganisationKind(kind), frozenset()) if kind else frozenset()


def needed(edition: Edition, claims: Sequence[Claim]) -> list[Field]:
    """The fields that have to be heard: those that it names, and those that its claims ask for."""
    named = {Field(code) for code in edition.reviewers.split()} | {Field.OFFICE}
    kinds = {claim.kind for claim in claims}
    if ClaimKind.LAW in kinds:
        named.add(Field.LAW)
    if ClaimKind.HEALTH in kinds and not named & CARERS:
        named.add(Field.HEALTH)
    return [field for field in Field if field in named]


def may_check(fields: frozenset[Field], claim: Claim, *, writes: bool) -> bool:
    """Whether somebody who speaks for these fields may say that a claim agrees with its source."""
    asked = CHECKED_BY.get(claim.kind)
    return bool(fields & asked) if asked is not None else bool(fields) or writes


def later(day: date, months: int) -> date:
    """The same day so many months on, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def looked_at(edition: Edition, claims: Sequence[Claim]) -> list[Looked]:
    """The claims of an edition, each with whoever compared it with its source, while that holds."""
    checks = checks_of(edition)
    return [looked(claim, checks.get((edition.id, manuscripts.claim_digest(claim)))) for claim in claims]


Checks = Mapping[tuple[UUID, bytes], "sa.Row[UUID, bytes, date, str]"]


def checks_of(*editions_: Edition) -> Checks:
    """The looks at the sources of some editions, by edition and claim; those by somebody who wrote on one are none."""
    query = (
        sa.select(Edition.id, ClaimCheck.digest, ClaimCheck.checked_on, Person.name)
        .join(Edition, Edition.title_id == ClaimCheck.title_id)
        .join(Person, Person.id == ClaimCheck.person_id)
        .where(Edition.id.in_([each.id for each in editions_]), ~_wrote(ClaimCheck.person_id))
    )
    return {(row.id, row.digest): row for row in db.session.execute(query)}


def _wrote(person_id: InstrumentedAttribute[UUID]) -> sa.Exists:
    """Whether somebody is an author of the edition that a query is about."""
    return sa.exists().where(Author.edition_id == Edition.id, Author.person_id == person_id)


def looked(claim: Claim, check: "sa.Row[UUID, bytes, date, str] | None") -> Looked:
    """A claim with a look at it; one that has grown old is none."""
    due_on = later(check.checked_on, manuscripts.months_of(claim)) if check else None
    if check is None or due_on is None or due_on <= clock.today():
        return Looked(claim, None, None, due_on)
    return Looked(claim, check.name, check.checked_on, due_on)


def verdicts(edition: Edition) -> list[Said]:
    """What was said of an edition, the newest first."""
    now = Manuscript.of(edition).digest()
    counts = {row.id for row in _approvals([edition])[edition.id]}
    query = (
        sa.select(Review, Person.name)
        .join(Person, Person.id == Review.person_id)
        .where(Review.edition_id == edition.id)
        .order_by(Review.at.desc(), Review.id)
    )
    return [
        Said(
            Field(row.field),
            Verdict(row.verdict),
            name,
            row.at,
            row.note,
            row.id not in counts if row.verdict == Verdict.APPROVED else row.digest != now,
        )
        for row, name in db.session.execute(query)
    ]


def heard(edition: Edition) -> dict[Field, str]:
    """The fields that approve an edition as it stands, with who spoke for each."""
    return heard_of([edition])[edition.id]


def heard_of(editions_: Sequence[Edition]) -> dict[UUID, dict[Field, str]]:
    """The same of several, by their ids."""
    return {
        edition_id: {Field(row.field): row.name for row in rows} for edition_id, rows in _approvals(editions_).items()
    }


def _approvals(editions_: Sequence[Edition]) -> dict[UUID, list["sa.Row[UUID, UUID, str, UUID, str, bytes, str]"]]:
    """The approvals that count, by edition, the oldest first: of the text as it stands, by nobody who wrote on it.

    Sending back takes back what was approved before, by that field and by that person; withdrawing what readers had
    takes back everything that was said of the next edition until then.
    """
    now = {edition.id: Manuscript.of(edition).digest() for edition in editions_}
    earlier = aliased(Edition)
    void = sa.exists().where(
        earlier.title_id == Edition.title_id, earlier.number < Edition.number, earlier.withdrawn_at >= Review.at
    )
    query = (
        sa.select(
            Review.id, Review.edition_id, Review.field, Review.person_id, Review.verdict, Review.digest, Person.name
        )
        .join(Edition, Edition.id == Review.edition_id)
        .join(Person, Person.id == Review.person_id)
        .where(Edition.id.in_(now), sa.or_(Review.verdict == Verdict.SENT_BACK, ~(_wrote(Review.person_id) | void)))
        .order_by(Review.at, Review.verdict, Review.id)
    )
    found: dict[UUID, list[sa.Row[UUID, UUID, str, UUID, str, bytes, str]]] = {edition_id: [] for edition_id in now}
    for row in db.session.execute(query):
        said = found[row.edition_id]
        if row.verdict == Verdict.SENT_BACK:
            said[:] = [each for each in said if row.field != each.field and row.person_id != each.person_id]
        elif row.digest == now[row.edition_id]:
            said.append(row)
    return found


def lacking(edition: Edition) -> list[Invalid]:
    """All that keeps an edition from being published."""
    if lacks := editions.lacking(edition):
        return lacks
    claims = Manuscript.of(edition).claims()
    unchecked = [looked.claim for looked in looked_at(edition, claims) if looked.by is None]
    lacks = [
        Invalid(N_("Sumber [^%(key)s] belum dibandingkan: %(source)s."), key=claim.key, source=claim.source)
        for claim in unchecked
    ]
    lacks += [
        Invalid(N_("Sumber [^%(key)s] masih bertanda U. Kembalikan, lalu tulis V atau V2."), key=claim.key)
        for claim in claims
        if claim.mark is Mark.UNKNOWN
    ]
    spoke = heard(edition)
    silent = [field for field in needed(edition, claims) if field not in spoke]
    return lacks + [Invalid(N_("Belum disetujui: %(bidang)s."), bidang=field) for field in silent]


def check_claims(actor: Member, edition_id: UUID, *, keys: Sequence[str], version: int) -> UUID:
    """Say that claims agree with their sources today; what was said before is said anew.

    keys: of the claims that were compared; what is none of the edition's is left out.
    Raises NothingTicked, AuthorJudges, NotYourField, ReadAnew, MovedOn, NotFound.
    """
    require(actor, Permission.REVIEW_TITLE)
    fields = fields_of(actor)
    with editions.changing(actor, edition_id, version=version) as (session, edition):
        _not_an_author(actor, edition)
        if edition.state not in (State.IN_REVIEW, State.PUBLISHED):
            raise MovedOn(state=State(edition.state))
        chosen = [claim for claim in Manuscript.of(edition).claims() if claim.key in keys]
        if not chosen:
            raise NothingTicked
        writes = can(actor, Permission.WRITE_TITLE)
        if not all(may_check(fields, claim, writes=writes) for claim in chosen):
            raise NotYourField
        for claim in chosen:
            session.merge(
                ClaimCheck(
                    title_id=edition.title_id,
                    digest=manuscripts.claim_digest(claim),
                    key=claim.key,
                    person_id=actor.person_id,
                    checked_on=clock.today(),
                )
            )
        audit.record(session, "claims.checked", actor, edition_id, str(len(chosen)))
        return edition_id


def approve(actor: Member, edition_id: UUID, *, field: str, version: int) -> UUID:
    """Speak for a field: what it says may go out. Whoever already did has said it once.

    Raises AuthorJudges, NotYourField, AlreadySpoke, ReadAnew, MovedOn, NotFound.
    """
    require(actor, Permission.REVIEW_TITLE)
    fields = fields_of(actor)
    with editions.changing(actor, edition_id, version=version) as (session, edition):
        _not_an_author(actor, edition)
        if field not in fields:
            raise NotYourField
        _in_review(edition)
        mine = {row.field: row.id for row in _approvals([edition])[edition_id] if row.person_id == actor.person_id}
        if mine and field not in mine:
            raise AlreadySpoke
        if mine:
            said: UUID = mine[field]
            return said
        return _say(session, actor, edition, Field(field), Verdict.APPROVED, "")


def send_back(actor: Member, edition_id: UUID, *, note: str, version: int) -> UUID:
    """Back to a draft, with what is to be changed: by whoever speaks for a field that it names, and by whoever writes.

    Raises NoNote, NotYourField, ReadAnew, MovedOn, NotFound.
    """
    require(actor, Permission.REVIEW_TITLE)
    note = note.strip()
    if not note:
        raise NoNote
    fields = fields_of(actor)
    with editions.changing(actor, edition_id, version=version) as (session, edition):
        _in_review(edition)
        asked = needed(edition, Manuscript.of(edition).claims())
        field = next((each for each in asked if each in fields), None)
        if field is None and not can(actor, Permission.WRITE_TITLE):
            raise NotYourField
        review_id = _say(session, actor, edition, field or Field.OFFICE, Verdict.SENT_BACK, note)
        editions.move(edition, State.DRAFT)
        return review_id


def publish(actor: Member, edition_id: UUID, *, version: int) -> UUID:
    """Let it go out: the edition before it is replaced in the same transaction.

    Raises AuthorJudges, NotReady (with all that is missing), ReadAnew, MovedOn, NotFound.
    """
    require(actor, Permission.PUBLISH_TITLE)
    with editions.changing(actor, edition_id, version=version) as (session, edition):
        if edition.state == State.PUBLISHED:
            return edition_id
        _not_an_author(actor, edition)
        _in_review(edition)
        if lacks := lacking(edition):
            raise NotReady(lacks)
        if before := editions.published(edition.title_id):
            editions.move(before, State.REPLACED)
            session.flush()
        edition.published_at, edition.published_by_id = clock.now(), actor.person_id
        edition.due_on = due_on(edition)
        editions.move(edition, State.PUBLISHED)
        audit.record(session, "edition.published", actor, edition_id)
        return edition_id


def renew(actor: Member, edition_id: UUID, *, version: int) -> UUID:
    """What is due again was looked at and stays as it is: its next day is set.

    Raises AuthorJudges, NotReady where a claim was not compared anew, ReadAnew, MovedOn, NotFound.
    """
    require(actor, Permission.PUBLISH_TITLE)
    with editions.changing(actor, edition_id, version=version) as (session, edition):
        _not_an_author(actor, edition)
        if edition.state != State.PUBLISHED:
            raise MovedOn(state=State(edition.state))
        if lacks := lacking(edition):
            raise NotReady(lacks)
        edition.due_on = due_on(edition)
        audit.record(session, "edition.renewed", actor, edition_id)
        return edition_id


def due_on(edition: Edition) -> date:
    """When it is to be looked at again: so many months from today, or once the first look at a source grows old."""
    looked = looked_at(edition, Manuscript.of(edition).claims())
    return min([later(clock.today(), edition.due_months), *(each.due_on for each in looked if each.due_on)])


def _not_an_author(actor: Member, edition: Edition) -> None:
    if editions.is_author(actor, edition.id):
        raise AuthorJudges


def _in_review(edition: Edition) -> None:
    if edition.state != State.IN_REVIEW:
        raise MovedOn(state=State(edition.state))


def _say(session: Session, actor: Member, edition: Edition, field: Field, verdict: Verdict, note: str) -> UUID:
    review = Review(
        id=uuid4(),
        edition_id=edition.id,
        field=field,
        person_id=actor.person_id,
        verdict=verdict,
        note=note,
        digest=Manuscript.of(edition).digest(),
        at=clock.now(),
    )
    session.add(review)
    audit.record(session, f"edition.{verdict.value}", actor, edition.id, field.value)
    return review.id
