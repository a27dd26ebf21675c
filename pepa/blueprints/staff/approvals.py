"""Who waits for a key, and the two who read four words to each other."""

from uuid import UUID

from flask import Blueprint

from pepa.domain import approvals, holders, rekeys
from pepa.models.organisations import Membership
from pepa.policy import Permission, can
from pepa.web.access import actor, needs, visitor
from pepa.web.fields import CodeField, PassphraseField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

approvals_door = Blueprint("approvals", __name__, url_prefix="/persetujuan")
GIVEN, BEGUN = N_("SUDAH diberi kunci."), N_("Persetujuan pertama SUDAH dicatat. Semua anggota diberi tahu.")
CANCELLED, MADE = N_("Persetujuan SUDAH dibatalkan."), N_("Kunci lembaga Anda SUDAH dibuat.")
notices(GIVEN, BEGUN, CANCELLED, MADE)


class YesForm(Form):
    """public_key: the one whose words were read out"""

    public_key = CodeField()
    passphrase = PassphraseField(N_("Kalimat sandi Anda"), needed=N_("Tulis kalimat sandi."))


class AnewForm(Form):
    passphrase = PassphraseField(N_("Kalimat sandi Anda"), needed=N_("Tulis kalimat sandi."))


@approvals_door.route("")
@needs(Permission.SEE_ORGANISATION)
def list_all() -> Reply:
    me = actor()
    return page("staff/approvals/list.html", found=approvals.waiting(me), own=approvals.own(me), form=None)


@approvals_door.route("/mulai", methods=["GET", "POST"])
@needs(Permission.APPROVE_MEMBER)
def begin_anew() -> Reply:
    """By the first newcomer of a partner that lost its people."""
    form = AnewForm()
    if form.submit(approvals.begin_anew, actor()):
        return see_other("staff.approvals.list_all", said=MADE)
    return page("staff/approvals/anew.html", form=form, own=approvals.own(actor()))


@approvals_door.route("/<uuid:membership_id>", methods=["GET", "POST"])
@needs(Permission.SEE_ORGANISATION)
def show(membership_id: UUID) -> Reply:
    form = YesForm()
    if said := form.submit(approvals.approve, actor(), membership_id):
        return see_other("staff.approvals.list_all", said=GIVEN if said is approvals.Said.GIVEN else BEGUN)
    return _page(membership_id, form)


@approvals_door.route("/<uuid:membership_id>/izin", methods=["POST"])
@needs(Permission.KEEP_ORGANISATIONS)
def allow(membership_id: UUID) -> Reply:
    """By the office, for a partner that lost its people."""
    form = YesForm()
    if form.submit(approvals.allow, actor(), membership_id):
        return see_other("staff.approvals.list_all", said=BEGUN)
    return _page(membership_id, form)


def _page(membership_id: UUID, form: YesForm) -> Reply:
    asked = approvals.ask(actor(), membership_id)
    is_office = asked.is_lost and can(actor(), Permission.KEEP_ORGANISATIONS)
    return page("staff/approvals/show.html", form=form, asked=asked, office=is_office)


@approvals_door.route("/<uuid:membership_id>/batal", methods=["POST"])
@needs(Permission.SEE_ORGANISATION)
def cancel(membership_id: UUID) -> Reply:
    approvals.cancel(actor(), membership_id)
    return see_other("staff.approvals.list_all", said=CANCELLED)


@approvals_door.app_template_global()
def waiting_for_key() -> int:
    """How many of the visitor's organisation wait for its key, for a mark beside the menu's word."""
    me = visitor()
    if me is None or not can(me, Permission.APPROVE_MEMBER):
        return 0
    return holders.count_waiting(me.organisation_id).get(me.organisation_id, 0)


@approvals_door.app_template_global()
def gives_key(membership: Membership) -> bool:
    """Whether the visitor can say yes to somebody."""
    me = actor()
    return membership.person_id != me.person_id and rekeys.can_make(me, membership.organisation_id)


@approvals_door.app_template_global()
def has_no_key() -> bool:
    """Whether the visitor waits for a key: nothing that is sealed opens until a colleague says yes."""
    me = visitor()
    if me is None or not can(me, Permission.APPROVE_MEMBER):
        return False
    return not any(organisation_id == me.organisation_id for organisation_id, _ in me.keyring.wraps)
