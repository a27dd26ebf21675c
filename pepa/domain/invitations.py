"""Undang kami ke RT: three taps, a code, and the office's answer under it (issue 5).

No name is asked for. A place and a number may be left, sealed to the office. The code comes from the form's ticket, so
sent again it is the same invitation; it is kept as a stretched, keyed mark, and whoever guesses waits for a slot.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock
from pepa.db import Page, db, insert_once, keyset, transaction
from pepa.domain import audit, boxes, floods, numbers, plans, routing, tickets
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.cadres import Cadre
from pepa.models.invitations import Host, Invitation, InvitationState, Wish
from pepa.models.outreach import Plan, Teaching
from pepa.models.places import Kelurahan
from pepa.models.titles import Edition, State
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

DOMAIN = "invitation"
LONGEST_PLACE, LONGEST_ANSWER = 120, 300  # letters
KEPT = timedelta(days=365)
_NUMBER = re.compile(r"\{nomor:([a-z0-9_-]+)\}")
watch = floods.Watch(quick=floods.HASTY, many=30)  # three taps are soon done


class HostMissing(Invalid):
    says = N_("Pilih dulu siapa yang mengundang.")
    field = "host"


class WardMissing(Invalid):
    says = N_("Pilih dulu kelurahannya.")
    field = "kelurahan_code"


class WishMissing(Invalid):
    says = N_("Pilih dulu kapan.")
    field = "wish"


class FormTooOld(Invalid):
    says = N_("Halaman ini terbuka terlalu lama. Kirim sekali lagi.")


class CodeUnknown(NotFound):
    says = N_("Kode undangan ini tidak ada. Periksa delapan hurufnya.")


class AnswerMissing(Invalid):
    says = N_("Tulis dulu satu kalimat jawaban.")
    field = "answer"


class PosterGone(NotFound):
    says = N_("Judul ini ditarik, jadi posternya tidak dicetak. Jawab dengan judul lain.")


class AnsweredMeanwhile(Conflict):
    says = N_("Undangan ini sudah dijawab atau dibatalkan.")


@dataclass(frozen=True)
class Answered:
    """What whoever has the code reads. who: a role, never a name; on, hour, place: of the evening, once dated."""

    id: UUID
    state: InvitationState
    host: Host
    ward: str
    wish: Wish
    answer: str
    on: date | None
    hour: str
    place: str
    who: str


@dataclass(frozen=True)
class Contact:
    """Where exactly, and a number, as they were left."""

    place: str
    phone: str


def ask(
    *,
    ticket: str,
    host: str | None,
    kelurahan_code: str | None,
    wish: str | None,
    place: str = "",
    phone: str = "",
    subject: str = "",
) -> str:
    """One invitation; the same form again is the same one. Returns its code.

    subject: of a field that nobody sees

    Raises HostMissing, WardMissing, WishMissing, FormTooOld, KeysUnsound, Busy.
    """
    if host not in set(Host):
        raise HostMissing
    if not kelurahan_code or db.session.get(Kelurahan, kelurahan_code) is None:
        raise WardMissing
    if wish not in set(Wish):
        raise WishMissing
    token = tickets.read(ticket)
    if token is None:
        raise FormTooOld
    code = tickets.short_code(token)
    mark, office, invitation_id = tickets.stretch_new(code).locator, routing.office_for(None), uuid4()
    contact = {"place": " ".join(place.split())[:LONGEST_PLACE], "phone": phone.strip()[:40]}
    seconds = tickets.seconds_of(ticket)
    odd = watch.is_odd(mark.hex(), contact["place"], seconds=seconds, is_filled=bool(subject))
    values = {
        "id": invitation_id,
        "code_hash": mark,
        "host": host,
        "kelurahan_code": kelurahan_code,
        "wish": wish,
        "asked_on": clock.today(),
        "is_aside": odd,
        "organisation_id": office.id,
        "generation": office.generation,
        "contact_sealed": boxes.seal_slip(office, DOMAIN, invitation_id, contact) if any(contact.values()) else None,
        "state": InvitationState.ASKED,
        "answer": "",
    }
    with transaction() as session:
        insert_once(session, Invitation, values)
    return code


def by_code(typed: str) -> Answered:
    """What became of it. Raises CodeUnknown, Busy."""
    return _answered(_found(typed))


def _found(typed: str) -> Invitation:
    code = tickets.parse_short(typed)
    if code is None:
        raise CodeUnknown
    mark = tickets.stretch_typed(code).locator
    row = db.session.scalar(sa.select(Invitation).where(Invitation.code_hash == mark))
    if row is None:
        raise CodeUnknown
    return row


def _answered(row: Invitation) -> Answered:
    plan = db.session.get(Plan, row.plan_id) if row.plan_id else None
    ward = db.session.get_one(Kelurahan, row.kelurahan_code).name
    who = (N_("kader") if plan.cadre_id else N_("petugas kantor")) if plan else ""
    gone = plan is not None and plan.cancelled_at is not None and row.state == InvitationState.DATED
    return Answered(
        row.id,
        InvitationState.ASKED if gone else InvitationState(row.state),
        Host(row.host),
        ward,
        Wish(row.wish),
        row.answer,
        plan.on if plan else None,
        plan.hour if plan else "",
        plan.place if plan else "",
        who,
    )


def cancel(*, code: str) -> Answered:
    """Whoever asked needs nobody any more; the evening is cancelled with it. Twice changes nothing.

    Raises CodeUnknown, Busy.
    """
    invitation_id = _found(code).id
    with transaction() as session:
        row = session.get_one(Invitation, invitation_id)
        row.state = InvitationState.CANCELLED
        plan = session.get(Plan, row.plan_id) if row.plan_id else None
        if plan is not None:
            _cancel(plan)
        row.contact_sealed = None
    return _answered(db.session.get_one(Invitation, invitation_id))


def _cancel(plan: Plan) -> None:
    """Where it would have been is somebody's house, maybe: it goes with the evening."""
    plan.cancelled_at, plan.place = plan.cancelled_at or clock.now(), ""


# ---- the office ----


def list_for(
    actor: Member, *, state: InvitationState | None = None, aside: bool = False, at: str | None = None
) -> Page[Invitation]:
    """Those of the actor's office, the oldest first; aside: those that look like a machine's."""
    require(actor, Permission.ANSWER_INVITATION)
    query = sa.select(Invitation).where(
        Invitation.organisation_id == actor.organisation_id, Invitation.is_aside.is_(aside)
    )
    if state is not None:
        query = query.where(Invitation.state == state)
    return keyset(query, Invitation.asked_on, Invitation.id, at=at)


def waiting(actor: Member) -> int:
    """How many the actor's office has not answered; none for whoever answers none."""
    if not can(actor, Permission.ANSWER_INVITATION):
        return 0
    own = (Invitation.organisation_id == actor.organisation_id, Invitation.is_aside.is_(False))
    query = sa.select(sa.func.count()).select_from(Invitation)
    return db.session.scalar(query.where(*own, Invitation.state == InvitationState.ASKED)) or 0


def get_for(actor: Member, invitation_id: UUID) -> tuple[Invitation, Answered]:
    """Raises NotFound."""
    require(actor, Permission.ANSWER_INVITATION)
    row = db.session.get(Invitation, invitation_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound
    return row, _answered(row)


def contact_for(actor: Member, invitation_id: UUID) -> Contact | None:
    """Where exactly, and the number; None where nothing was left, or under a key that the actor never had.

    Raises NotFound, Unopened.
    """
    row, _ = get_for(actor, invitation_id)
    if row.contact_sealed is None:
        return None
    found = boxes.open_slip(actor, row.generation, DOMAIN, row.id, row.contact_sealed)
    if found is None:
        return None
    with transaction() as session:
        audit.record(session, "invitation.contact_seen", actor, invitation_id)
    return Contact(found["place"], found["phone"])


def date_it(
    actor: Member,
    invitation_id: UUID,
    *,
    title_id: int | None,
    on: date | None,
    hour: str = "",
    place: str = "",
    cadre_id: UUID | None = None,
    answer: str = "",
    was: UUID | None = None,
) -> UUID:
    """The office comes: an evening is planned, and whoever has the code reads when and where. Returns the plan.

    cadre_id: who holds it; None: the actor
    was       the plan that the page showed: another date cancels it, and the same facts again are the same plan

    Raises NotFound, AnsweredMeanwhile and what `plans.plan` raises.
    """
    row, _ = get_for(actor, invitation_id)
    edition, day = plans.title(title_id), plans.check_coming(on)
    if edition.is_withdrawn:
        raise plans.TitleMissing
    if cadre_id:
        cadre = db.session.get(Cadre, cadre_id)
        if cadre is None or cadre.organisation_id != actor.organisation_id or cadre.ended_at is not None:
            raise NotFound
    plan_id, code = uuid4(), row.kelurahan_code
    who = {"cadre_id": cadre_id} if cadre_id else {"person_id": actor.person_id}
    with transaction() as session:
        kept = session.get_one(Invitation, invitation_id)
        if kept.state == InvitationState.CANCELLED:
            raise AnsweredMeanwhile
        facts = {"title_id": edition.id, "place": place.strip(), "on": day, "hour": hour.strip()}
        held = {"cadre_id": None, "person_id": None, **who}
        if old := session.get(Plan, kept.plan_id) if kept.plan_id else None:
            if all(getattr(old, name) == value for name, value in {**facts, **held}.items()):
                return old.id
            if old.id != was or session.scalar(sa.select(Teaching.id).where(Teaching.plan_id == old.id).limit(1)):
                raise AnsweredMeanwhile
            _cancel(old)
        made = {"id": plan_id, "token": plans.new_token(), "edition_number": edition.edition, "made_at": clock.now()}
        session.add(Plan(**made, **facts, kelurahan_code=code, **who))
        session.flush()
        kept.plan_id = plan_id
        _decided(kept, actor, InvitationState.DATED, answer)
        audit.record(session, "invitation.dated", actor, invitation_id)
    return plan_id


def plan_of(row: Invitation) -> Plan | None:
    """The evening with which it was answered."""
    return db.session.get(Plan, row.plan_id) if row.plan_id else None


def decline(actor: Member, invitation_id: UUID, *, answer: str) -> UUID:
    """Not now, with a sentence. Raises NotFound, AnswerMissing, AnsweredMeanwhile."""
    get_for(actor, invitation_id)
    if not answer.strip():
        raise AnswerMissing
    with transaction() as session:
        row = session.get_one(Invitation, invitation_id)
        if row.state not in (InvitationState.ASKED, InvitationState.DECLINED):
            raise AnsweredMeanwhile
        _decided(row, actor, InvitationState.DECLINED, answer)
        audit.record(session, "invitation.declined", actor, invitation_id)
    return invitation_id


def _decided(row: Invitation, actor: Member, state: InvitationState, answer: str) -> None:
    row.state, row.answer = state, answer.strip()[:LONGEST_ANSWER]
    row.answered_on, row.answered_by_id = clock.today(), actor.person_id


def poster_lines(actor: Member, invitation_id: UUID) -> Sequence[str]:
    """What the title's poster says, its numbers filled in. Raises NotFound where there is no evening, PosterGone."""
    row, _ = get_for(actor, invitation_id)
    plan = db.session.get(Plan, row.plan_id) if row.plan_id else None
    if plan is None:
        raise NotFound
    holds = (Edition.title_id == plan.title_id, Edition.state == State.PUBLISHED)
    edition = db.session.scalars(sa.select(Edition).where(*holds)).one_or_none()
    if edition is None:
        raise PosterGone
    known = numbers.held()
    lines = (_NUMBER.sub(lambda found: known.get(found[1], ""), line) for line in edition.poster.splitlines())
    return [line for line in lines if line.strip() and "{" not in line] or [edition.title]


def take_in(actor: Member, invitation_id: UUID) -> None:
    """It looked like a machine's and is none. Raises NotFound."""
    get_for(actor, invitation_id)
    with transaction() as session:
        session.get_one(Invitation, invitation_id).is_aside = False


def purge() -> int:
    """Forget where exactly, and the number, a year after. Returns how many."""
    old = (Invitation.asked_on < clock.today() - KEPT, Invitation.contact_sealed.is_not(None))
    with transaction() as session:
        gone = session.execute(sa.update(Invitation).where(*old).values(contact_sealed=None))
    return int(gone.rowcount)  # type: ignore[attr-defined]
