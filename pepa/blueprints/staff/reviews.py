"""Tinjau: what changed, each claim beside its source, a word for one's field, and letting it go out."""

from uuid import UUID

from flask import Blueprint

from pepa import clock
from pepa.domain import differences, editions, library, reviews
from pepa.domain.manuscripts import Manuscript
from pepa.models.titles import Edition, Field, State
from pepa.policy import Permission, can
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import ChoiceField, CodesField, TextField, VersionField
from pepa.web.forms import Form, told
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

reviews_door = Blueprint("reviews", __name__, url_prefix="/pustaka/naskah/<uuid:edition_id>/tinjau")
PAGE = "staff.reviews.review"
CHECKED = N_("Sumber yang dicentang SUDAH dicatat cocok, atas nama Anda.")
APPROVED = N_("Persetujuan Anda SUDAH dicatat.")
SENT_BACK = N_("Naskah SUDAH dikembalikan menjadi draf.")
PUBLISHED = N_("Judul ini SUDAH terbit.")
RENEWED = N_("Tanggal tinjau ulang SUDAH diperbarui.")
notices(CHECKED, APPROVED, SENT_BACK, PUBLISHED, RENEWED)


class ClaimsForm(Form):
    keys = CodesField(N_("Sumber"))
    version = VersionField()


class ApproveForm(Form):
    field = ChoiceField(N_("Bidang"), Field)
    version = VersionField()


class NoteForm(Form):
    note = TextField(N_("Yang perlu diubah"), needed=reviews.NoNote.says, longest=2000)
    version = VersionField()


class VersionForm(Form):
    version = VersionField()


@reviews_door.route("")
@needs(Permission.SEE_LIBRARY)
def review(edition_id: UUID) -> Reply:
    return _review(edition_id)


def _review(edition_id: UUID, form: Form | None = None) -> Reply:
    edition = editions.get_for(actor(), edition_id)
    typed, before = Manuscript.of(edition), _before(edition)
    claims = reviews.looked_at(edition, typed.claims())
    fields = reviews.fields_of(actor())
    writes, heard = can(actor(), Permission.WRITE_TITLE), reviews.heard(edition)
    waits, wrote = edition.state == State.IN_REVIEW, editions.is_author(actor(), edition_id)
    note = form if isinstance(form, NoteForm) else NoteForm(formdata=None)
    draft = None if note.is_submitted() and form else drafts.offered(note)
    asked = reviews.needed(edition, typed.claims())
    open_ones = [each for each in claims if each.is_due_by(clock.today() + library.SOON)]
    may_check = {each.claim.key for each in open_ones if reviews.may_check(fields, each.claim, writes=writes)}
    return page(
        "staff/reviews/show.html",
        form=form,
        note=note,
        draft=draft,
        edition=edition,
        state=State(edition.state),
        before=before,
        changed=differences.between(Manuscript.of(before), typed) if before else {},
        claims=claims,
        may_check=may_check if not wrote and (waits or edition.state == State.PUBLISHED) else set(),
        heard=heard,
        asked=asked,
        mine=[field for field in asked if field in fields and field not in heard] if waits and not wrote else [],
        sends_back=waits and (writes or bool(fields & set(asked))),
        publishes=waits and not wrote and can(actor(), Permission.PUBLISH_TITLE),
        renews=edition.state == State.PUBLISHED and not wrote and can(actor(), Permission.PUBLISH_TITLE),
        wrote=wrote,
        verdicts=reviews.verdicts(edition),
        lacks=[told(lack) for lack in reviews.lacking(edition)] if waits else [],
        fields=Field,
    )


def _before(edition: Edition) -> Edition | None:
    """What readers have now, or what they had before this one."""
    found = [each for each in editions.of(actor(), edition.title_id) if each.number < edition.number]
    return next((each for each in found if each.published_at), None)


@reviews_door.route("/sumber", methods=["POST"])
@needs(Permission.REVIEW_TITLE)
def check_claims(edition_id: UUID) -> Reply:
    form = ClaimsForm()
    if form.submit(reviews.check_claims, actor(), edition_id):
        return see_other(PAGE, edition_id=edition_id, said=CHECKED)
    return _review(edition_id, form)


@reviews_door.route("/setuju", methods=["POST"])
@needs(Permission.REVIEW_TITLE)
def approve(edition_id: UUID) -> Reply:
    form = ApproveForm()
    if form.submit(reviews.approve, actor(), edition_id):
        return see_other(PAGE, edition_id=edition_id, said=APPROVED)
    return _review(edition_id, form)


@reviews_door.route("/kembalikan", methods=["POST"])
@needs(Permission.REVIEW_TITLE)
def send_back(edition_id: UUID) -> Reply:
    form = NoteForm()
    if form.submit(reviews.send_back, actor(), edition_id):
        drafts.done()
        return see_other(PAGE, edition_id=edition_id, said=SENT_BACK)
    return _review(edition_id, form)


@reviews_door.route("/terbitkan", methods=["POST"])
@needs(Permission.PUBLISH_TITLE)
def publish(edition_id: UUID) -> Reply:
    form = VersionForm()
    if form.submit(reviews.publish, actor(), edition_id):
        return see_other(PAGE, edition_id=edition_id, said=PUBLISHED)
    return _review(edition_id, form)


@reviews_door.route("/perpanjang", methods=["POST"])
@needs(Permission.PUBLISH_TITLE)
def renew(edition_id: UUID) -> Reply:
    form = VersionForm()
    if form.submit(reviews.renew, actor(), edition_id):
        return see_other(PAGE, edition_id=edition_id, said=RENEWED)
    return _review(edition_id, form)
