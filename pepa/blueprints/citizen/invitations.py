"""Undang kami: three taps, a code, and by the code the answer. One address for it; nothing is kept on the phone."""

from flask import Blueprint, Response, make_response, render_template, request

from pepa.domain import areas, intake, invitations, settings, tickets
from pepa.errors import Busy
from pepa.models.invitations import Host, InvitationState, Wish
from pepa.web.access import public
from pepa.web.fields import ChoiceField, CodeField, LineField, OnceField, PhoneField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, page
from pepa.web.splices import spliced
from pepa.words import N_

invitations_door = Blueprint("invitations", __name__)
READ, CANCEL, SURE = "B", "H", "Y"  # what a form of the code's page asks for
CODE = "kode"  # in the address: the page for whoever has a code
UNSTYLED = (".thread", "table", "th", "td", ".calls")


class InvitationForm(Form):
    ticket = OnceField()
    host = ChoiceField(N_("Siapa yang mengundang?"), Host)
    kelurahan_code = PickField(N_("Kelurahan mana?"))
    wish = ChoiceField(N_("Kapan?"), Wish)
    place = LineField(N_("Tempatnya (boleh kosong)"), longest=invitations.LONGEST_PLACE)
    phone = PhoneField(N_("Nomor yang boleh kami hubungi (boleh kosong)"), longest=40)
    subject = LineField(N_("Kosongkan ini."))  # nobody sees it; machines fill it in

    def offer(self) -> "InvitationForm":
        self.kelurahan_code.offered = [(ward.code, ward.label) for ward in areas.wards()]
        return self


class CodeForm(Form):
    code = CodeField(N_("Kode undangan"))


@invitations_door.route("/undang")
@public
def show() -> Reply:
    if CODE in request.args:
        return _code(CodeForm(formdata=None))
    form = InvitationForm(formdata=None).offer()

    def build(ticket: str) -> str:
        form.ticket.data = ticket
        return _form(form)

    seen = (settings.read(), areas.wards())
    return _light(spliced("invitation", seen, build, intake.mint_ticket()))


@invitations_door.route("/undang", methods=["POST"])
@public
def send() -> Reply:
    if not request.is_whole:  # type: ignore[attr-defined]
        return _again(InvitationForm().offer())
    if "do" in request.form:
        return _by_code(request.form["do"])
    form = InvitationForm().offer()
    try:
        code = form.submit(invitations.ask)
    except Busy as busy:
        return _again(form, 503, busy.retry_after)
    if code is None:
        return _again(form)
    return _light(page("citizen/invitations/sent.html", form=form, groups=tickets.grouped(code), unstyled=UNSTYLED))


def _form(form: InvitationForm, status: int = 200) -> str:
    return render_template("citizen/invitations/form.html", form=form, trouble=status == 503, unstyled=UNSTYLED)


def _again(form: InvitationForm, status: int = 422, retry: int | None = None) -> Response:
    """The form with what was typed. Where nothing came of its ticket, it has a new one: whoever mends it is quick."""
    if status == 422 or tickets.read(form.ticket.data or "") is None:
        form.ticket.data = intake.mint_ticket(again=True)
    response = make_response(_form(form, status), status)
    response.keep_plain = True  # type: ignore[attr-defined]
    if retry:
        response.headers["Retry-After"] = str(retry)
    return _light(response)


def _light(response: Response) -> Response:
    response.unstyled = UNSTYLED  # type: ignore[attr-defined]
    return response


def _code(form: CodeForm, status: int = 200, busy: int = 0) -> Response:
    shown = page("citizen/invitations/code.html", form=form, status=status, busy=busy, unstyled=UNSTYLED)
    return _light(shown)


def _by_code(wanted: str) -> Response:
    """The answer stands in the reply itself: no cookie, and nothing to come back to without the code."""
    form = CodeForm()
    code = form.code.data or ""
    try:
        told = invitations.cancel(code=code) if wanted == SURE else invitations.by_code(code)
    except invitations.CodeUnknown as unknown:
        form.refuse(invitations.CodeUnknown(unknown.says, field="code"))
        return _code(form, 404)
    except Busy as busy:
        return _code(form, 503, busy.retry_after)
    asks = wanted == CANCEL and told.state not in (InvitationState.CANCELLED, InvitationState.DECLINED)
    return _light(
        page("citizen/invitations/answer.html", form=form, told=told, asks=asks, code=code, unstyled=UNSTYLED)
    )
