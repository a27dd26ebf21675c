"""After a breach: who could have read what."""

from flask import Blueprint

from pepa.domain import exposures
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.fields import InstantField, PassphraseField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, page
from pepa.words import N_

exposures_door = Blueprint("exposures", __name__, url_prefix="/siapa-bisa-baca")
WHEN = N_("Tulis hari dan jamnya.")


class AskForm(Form):
    """Sent and answered at once: nothing of it stands in an address."""

    about = PickField(N_("Tentang"), needed=exposures.NobodyChosen.says)
    person_id = PickField(N_("Petugas"), as_id=True)
    organisation_id = PickField(N_("Lembaga"), as_id=True)
    device_id = PickField(N_("HP kantor"), as_id=True)
    from_at = InstantField(N_("Sejak"), needed=WHEN)
    until_at = InstantField(N_("Sampai"), needed=WHEN)
    passphrase = PassphraseField(N_("Kalimat sandi Anda"))


def _form() -> AskForm:
    me, form = actor(), AskForm()
    form.about.offered = [(one.value, one.label) for one in exposures.About]
    form.person_id.offered = exposures.people(me)
    form.organisation_id.offered = exposures.organisations(me)
    form.device_id.offered = exposures.devices(me)
    return form


@exposures_door.route("", methods=["GET", "POST"])
@needs(Permission.TRACE_BREACH)
def show() -> Reply:
    form = _form()
    answer = form.submit(exposures.ask, actor())
    return page("staff/exposures/show.html", form=form, answer=answer)
