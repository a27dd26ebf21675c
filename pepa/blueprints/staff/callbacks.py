""" "Telepon balik": promising a call, the plan before the number, what came of it."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint
from flask_babel import lazy_gettext

from pepa import clock
from pepa.domain import callbacks, duty, onces, reports, withdrawals
from pepa.models.callbacks import CallOutcome
from pepa.policy import Permission
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import InstantField, LineField, OnceField, PickField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

callbacks_door = Blueprint("callbacks", __name__, url_prefix="/laporan/<uuid:report_id>/telepon-balik")
PROMISED, NOTED = N_("Janji telepon SUDAH dicatat."), N_("Hasil telepon SUDAH dicatat.")
SOON = timedelta(hours=1)  # a call is proposed for the hour that begins now
OUTCOMES = {outcome.value: outcome.label for outcome in CallOutcome}
notices(PROMISED, NOTED)


class PromiseForm(Form):
    person_id = PickField(N_("Siapa yang menelepon"), needed=N_("Pilih satu orang."), as_id=True)
    from_at = InstantField(N_("Mulai"), needed=N_("Tulis hari dan jam mulai."))
    until_at = InstantField(N_("Selesai"), needed=N_("Tulis hari dan jam selesai."))
    note = LineField(N_("Untuk apa (boleh kosong)"), longest=300)
    reason = LineField(N_("Alasan, kalau di luar jam aman"), longest=300)
    once = OnceField()


class BeginForm(Form):
    reason = LineField(N_("Alasan menelepon sekarang"), longest=300)


class OutcomeForm(Form):
    outcome = PickField(N_("Hasilnya"), needed=N_("Pilih hasilnya."))
    found = TextField(N_("Catatan (boleh kosong)"), longest=5000)
    once = OnceField()


@callbacks_door.route("")
@needs(Permission.CALL_BACK)
def promise(report_id: UUID) -> Reply:
    now = clock.now().replace(second=0, microsecond=0)
    proposed = {"from_at": now, "until_at": now + SOON}
    form = _promise_form(PromiseForm(formdata=None, data=proposed), report_id)
    return _promise(report_id, form, drafts.offered(form))


@callbacks_door.route("", methods=["POST"])
@needs(Permission.CALL_BACK)
def keep_promise(report_id: UUID) -> Reply:
    reports.get_for(actor(), report_id)
    form = _promise_form(PromiseForm(), report_id)
    if callback_id := form.submit(callbacks.promise, actor(), report_id):
        drafts.done()
        begins = form.from_at.data
        if begins and begins <= clock.now() and form.person_id.data == actor().person_id:  # it is to be kept now
            return see_other("staff.callbacks.show", report_id=report_id, callback_id=callback_id, said=PROMISED)
        return see_other("staff.today.show", said=PROMISED)
    return _promise(report_id, form, None)


def _promise_form(form: PromiseForm, report_id: UUID) -> PromiseForm:
    form.person_id.offered = [(person.id, person.name) for person in duty.colleagues_on(actor(), report_id)]
    form.person_id.data = form.person_id.data or (None if form.is_submitted() else actor().person_id)
    form.once.data = form.once.data or onces.new()
    return form


def _promise(report_id: UUID, form: PromiseForm, draft: dict[str, str] | None) -> Reply:
    opened = reports.open_for(actor(), report_id)
    reach = callbacks.reachable(actor(), opened)
    calls = callbacks.history(opened.box, report_id)
    return page(
        "staff/callbacks/promise.html",
        form=form,
        draft=draft,
        report=opened.report,
        reach=reach,
        calls=calls,
        stands=callbacks.standing(actor(), report_id),
        decided=withdrawals.decided(report_id),
        outcomes=OUTCOMES,
    )


@callbacks_door.route("/<uuid:callback_id>")
@needs(Permission.CALL_BACK)
def show(report_id: UUID, callback_id: UUID) -> Reply:
    asking, noting = BeginForm(formdata=None), OutcomeForm(formdata=None)
    return _show(report_id, callback_id, asking, noting, drafts.offered(asking, noting))


@callbacks_door.route("/<uuid:callback_id>/mulai", methods=["POST"])
@needs(Permission.CALL_BACK)
def begin(report_id: UUID, callback_id: UUID) -> Reply:
    form = BeginForm()
    if form.submit(callbacks.begin, actor(), report_id, callback_id):
        drafts.done()
        return see_other("staff.callbacks.show", report_id=report_id, callback_id=callback_id)
    return _show(report_id, callback_id, form, OutcomeForm(formdata=None))


@callbacks_door.route("/<uuid:callback_id>/hasil", methods=["POST"])
@needs(Permission.CALL_BACK)
def finish(report_id: UUID, callback_id: UUID) -> Reply:
    form = _outcome_form(OutcomeForm())
    if form.submit(callbacks.finish, actor(), report_id, callback_id):
        drafts.done()
        return see_other("staff.today.show", said=NOTED)
    return _show(report_id, callback_id, BeginForm(formdata=None), form)


def _outcome_form(form: OutcomeForm) -> OutcomeForm:
    form.outcome.offered = [(outcome.value, lazy_gettext(outcome.label)) for outcome in CallOutcome]
    form.once.data = form.once.data or onces.new()
    return form


def _show(
    report_id: UUID,
    callback_id: UUID,
    asking: BeginForm,
    form: OutcomeForm,
    draft: dict[str, str] | None = None,
) -> Reply:
    opened = callbacks.open_for(actor(), report_id, callback_id)
    return page(
        "staff/callbacks/show.html",
        form=asking if asking.errors else _outcome_form(form),
        asking=asking,
        draft=draft,
        noting=_outcome_form(form),
        opened=opened,
        decided=withdrawals.decided(report_id),
        outcomes=OUTCOMES,
    )
