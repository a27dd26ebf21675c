"""Telling: one page, one button, then the code. One address for all of it."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext
from wtforms.validators import StopValidation

from pepa import clock
from pepa.db import DatabaseFault, db
from pepa.domain import intake, keys, reporters, settings, tickets
from pepa.errors import Busy
from pepa.models.reports import About, Elsewhere, Speaker, Urgency
from pepa.policy import Reporter
from pepa.web import pages, readers
from pepa.web.access import public
from pepa.web.fields import ChoiceField, LineField, PhoneField, PickField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply
from pepa.words import N_

report_door = Blueprint("report", __name__)
ASKED = (Urgency.NOW, Urgency.TODAY, Urgency.SOON)
RETRY = 300  # seconds
LAST_LETTERS = 60
TICKET = "@@ticket@@"
THROUGH_OTHERS = ("Opera Mini", "UCBrowser", "UCWEB")
WHOM = N_("Pilih lembaganya, atau pilih jawaban lain.")


class ReportForm(Form):
    what = TextField(N_("Apa yang terjadi?"), needed=N_("Tulis dulu yang terjadi. Satu kalimat sudah cukup."))
    urgency = ChoiceField(N_("Perlu ditolong kapan?"), Urgency, only=ASKED)
    place = LineField(N_("Tempat yang perlu didatangi"), longest=2000)
    phone = PhoneField(N_("Nomor yang aman dihubungi"))
    speaker = ChoiceField(N_("Siapa yang menulis?"), Speaker)
    kecamatan = PickField(N_("Terjadi di mana?"))
    about = ChoiceField(N_("Apakah ini tentang orang kantor kami atau lembaga mitra?"), About)
    about_partner = PickField(N_("Lembaga yang mana?"), as_id=True)

    def offer(self, state: intake.Intake) -> "ReportForm":
        """Offer what can be kept: a holder without a key is no choice."""
        places = [(place.value, gettext(place.label)) for place in Elsewhere]
        self.kecamatan.choices = [*state.kecamatan, *places]
        self.about_partner.choices = list(state.partners)
        if not state.independent:
            self.about.choices = [(about.value, gettext(about.label)) for about in About if about is not About.OFFICE]
        return self

    def validate_about_partner(self, field: PickField) -> None:
        """A partner is meant where one is named, whatever was ticked above; none named cannot be kept out."""
        if self.about.data == About.PARTNER and field.data is None and field.choices:
            raise StopValidation(gettext(WHOM))

    def values(self) -> dict[str, object]:
        told = super().values()
        if isinstance(told["about_partner"], UUID) and told["about"] != About.OFFICE:
            told["about"] = About.PARTNER.value
        return told


@report_door.route("/lapor")
@public
def show() -> Reply:
    reporter = readers.reader()
    if reporter and reporter.kind == "ticket" and "baru" not in request.args:
        return _code(reporter)
    state = intake.state()
    if not state.open:
        return _closed()
    seen = (settings.read(), state.on_duty, state.independent, state.partners, _through_others())
    text = pages.rendered("report", seen, lambda: _form_page(ReportForm(formdata=None).offer(state), TICKET))
    return make_response(text.replace(TICKET, intake.mint_ticket()))


def _form_page(form: ReportForm, ticket: str, fault: str = "") -> str:
    return render_template(
        "citizen/report/form.html",
        form=form,
        ticket=ticket,
        fault=fault,
        intake=intake.state(),
        about_hint=_about_hint(),
        through_others=_through_others(),
    )


def _about_hint() -> str:
    holder = settings.read().independent_holder
    sentences = [gettext("Ini menentukan siapa yang membaca.")]
    if holder and intake.state().independent:
        sentences.append(gettext("Tentang kantor kami: hanya %(pemegang_mandiri)s.", pemegang_mandiri=holder))
    sentences.append(gettext("Tentang lembaga lain: lembaga itu tidak tahu laporan ini ada."))
    return " ".join(sentences)


def _through_others() -> bool:
    """Looked at for one sentence, kept nowhere."""
    return any(name in request.headers.get("User-Agent", "") for name in THROUGH_OTHERS)


def _closed() -> Response:
    again = clock.now() + RETRY * clock.SECOND
    response = make_response(render_template("citizen/report/closed.html", again=clock.quarter_up(again)), 503)
    response.headers["Retry-After"] = str(RETRY)
    return response


def _code(reporter: Reporter) -> Response:
    digits = reporters.code(reporter)
    if digits is None:
        raise reporters.Waiting
    told = reporters.told(reporter)
    html = render_template(
        "citizen/report/code.html",
        groups=tickets.grouped(digits),
        following=reporters.following(reporter),
        alone=readers.is_alone(),
        cut=told.cut,
        kept=len(told.what),
        last=told.what[-LAST_LETTERS:] if told.cut else "",
    )
    response = make_response(html)
    response.keep_plain = bool(told.cut)  # type: ignore[attr-defined]
    return response


@report_door.route("/lapor", methods=["POST"])
@public
def send() -> Reply:
    if not request.is_whole:  # type: ignore[attr-defined]
        return make_response(render_template("citizen/report/cut.html"), 400)
    form = ReportForm().offer(intake.state())
    try:
        delivered = form.submit(intake.deliver, request.form.get("ticket", ""))
    except intake.Left:
        return pages.to("/")
    except intake.TicketSpoiled as spoiled:
        form.refuse(spoiled)
        delivered = None
    except Busy as busy:
        return _again(form, 503, gettext(busy.says))
    if delivered is None:
        return _again(form, 422)
    _make_code(delivered.token)
    return _arrived("/lapor", delivered.token)


def _again(form: ReportForm, status: int, fault: str = "") -> Response:
    """The same form with everything that was typed, and a ticket that is good."""
    ticket = request.form.get("ticket", "")
    good = ticket if keys.is_installed() and tickets.read(ticket) else intake.mint_ticket()
    response = make_response(_form_page(form, good, fault), status)
    response.keep_plain = True  # type: ignore[attr-defined]
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response


def _make_code(token: keys.Token) -> None:
    """In the same POST where there is time for it; else the page that shows the code makes it."""
    try:
        reporter = reporters.by_token(token)
        if reporter:
            reporters.code(reporter)
    except DatabaseFault:
        db.session.rollback()


def _arrived(path: str, token: keys.Token) -> Response:
    """To the page that reads: by the cookie, or once by a handle where none is kept."""
    try:
        path = f"{path}?r={reporters.handle(token)}"
    except DatabaseFault:
        db.session.rollback()
    return readers.remember(pages.to(path), token)
