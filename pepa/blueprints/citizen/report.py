"""Telling: one page, one button, then the code. One address for all of it."""

from collections.abc import Container
from typing import Any, ClassVar
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext, lazy_gettext

from pepa import clock
from pepa.db import DatabaseFault, db
from pepa.domain import arrivals, follow_up, intake, keys, reporters, settings, tickets, unsent
from pepa.errors import Busy, Failure, Invalid
from pepa.models.additions import Answer
from pepa.models.reports import About, Elsewhere, Speaker, Urgency
from pepa.policy import Reporter
from pepa.web import pages, readers, steps
from pepa.web.access import public
from pepa.web.fields import ChoiceField, CodeField, LineField, OnceField, PhoneField, PickField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply
from pepa.web.splices import spliced
from pepa.words import N_

report_door = Blueprint("report", __name__)
ASKED = (Urgency.NOW, Urgency.TODAY, Urgency.SOON)
CLOSED_FOR = 900  # seconds
THROUGH_OTHERS = ("Opera Mini", "UCBrowser", "UCWEB")
PLACES = [(place.value, lazy_gettext(place.label)) for place in Elsewhere]
ABOUT = {about: lazy_gettext(about.label) for about in About}
AGAIN, MATCHES, DIFFERS = "a", "y", "n"
CHANGE, CHANGED = steps.CHANGE, "V"  # a text that is only kept
BARE = (".thread", ".calls", "table", "th", "td")  # no page here has one of these
UNSTYLED = (*BARE, ".code", ".doors", "summary")  # nor a form one of these


class TellingForm(Form):
    """What every page for telling has. spoiled: what it says where its ticket is no good any more"""

    template: ClassVar[str]
    spoiled: ClassVar[str]
    ticket = OnceField()
    what = TextField(N_("Apa yang terjadi?"), needed=N_("Tulis dulu yang terjadi. Satu kalimat sudah cukup."))
    subject = LineField(N_("Kosongkan ini."))  # nobody sees it; machines fill it in

    def offer(self, state: intake.Intake) -> "TellingForm":
        """Offer what can be kept."""
        return self

    def values(self) -> dict[str, object]:
        """Whatever else the page means; a ticket that was lost on the way is a spoiled one."""
        return {**super().values(), "ticket": self.ticket.data or ""}


class ReportForm(TellingForm):
    template, spoiled = "citizen/report/form.html", intake.TicketSpoiled.says
    urgency = ChoiceField(N_("Perlu ditolong kapan?"), Urgency, only=ASKED)
    place = LineField(N_("Tempat yang perlu didatangi"), longest=5000)
    phone = PhoneField(N_("Nomor yang aman dihubungi"))
    speaker = ChoiceField(N_("Siapa yang menulis?"), Speaker)
    kecamatan = PickField(N_("Terjadi di mana?"))
    about = ChoiceField(N_("Apakah ini tentang orang kantor kami atau lembaga mitra?"), About)
    about_partner = PickField(N_("Lembaga yang mana?"))  # by name: an id weighs more on the line, and says less

    def offer(self, state: intake.Intake) -> "ReportForm":
        """Offer what can be kept: a holder without a key is no choice."""
        self.kecamatan.offered = [*state.kecamatan, *PLACES]
        self.partners = {name: partner_id for partner_id, name in state.partners}
        self.about_partner.offered = [(name, name) for name in self.partners]
        offered = {About.NOBODY: True, About.OFFICE: state.independent, About.PARTNER: bool(state.partners)}
        self.about.offered = [(about.value, ABOUT[about]) for about, may in offered.items() if may]
        return self

    def values(self) -> dict[str, object]:
        """Whoever names a partner means it, whatever is ticked above: the careful reading."""
        told = super().values()
        told["about_partner"] = self.partners.get(self.about_partner.data or "")
        if told["about_partner"] and told["about"] != About.OFFICE:
            told["about"] = About.PARTNER.value
        return told


class ChangeForm(ReportForm):
    """The same page for a text that is only kept. version: of the text that it shows; code: where no way in is open."""

    version = OnceField()
    code = CodeField(N_("Kode"))


class ChildForm(TellingForm):
    """A shorter page in a child's words; the same report comes of it."""

    template = "citizen/report/child.html"
    spoiled = N_("Halaman ini terbuka terlalu lama. Tulisanmu masih ada. Tekan Kirim lagi.")
    safe = ChoiceField(N_("Kamu sekarang aman?"), Answer, only=(Answer.YES, Answer.NO, Answer.UNKNOWN))
    place = LineField(N_("Di mana kamu bisa ditemui?"), longest=5000)
    nickname = LineField(N_("Nama panggilan (boleh kosong)"), longest=5000)
    age = LineField(N_("Umur (boleh kosong)"))

    def values(self) -> dict[str, object]:
        return {**super().values(), "speaker": Speaker.CHILD.value}


COPY = ("copy.js",)
CHILD = "pendek"  # the shorter page, in its address and in its form
KEEP = "keep"  # the second button
BESIDE = ("ticket", "subject", "version", "code")  # fields of a form that are nothing told


def _form_for(asked: Container[str]) -> TellingForm:
    """The form that an address or a sent form names."""
    return ChildForm() if CHILD in asked else ReportForm()


@report_door.route("/lapor")
@public
def show() -> Reply:
    if not {"baru", CHILD} & request.args.keys():
        try:
            reporter = readers.reader()
        except reporters.Waiting as waiting:
            return _waiting(request.full_path.rstrip("?"), is_draft=bool(waiting.values.get("draft")))
        if reporter and (step := steps.page(reporter)):
            return step
        if reporter and readers.said() == CHANGE and (saved := unsent.saved(reporter)):
            return _changing(saved)
        if reporter and reporter.kind == "ticket":
            return _code(reporter)
    state = intake.state()
    if not state.open:
        return _closed()
    through = _through_others()
    seen = (settings.read(), state.on_duty, state.independent, state.partners, state.kecamatan)
    form = _form_for(request.args)

    def build(ticket: str) -> str:
        form.ticket.data = ticket
        return _form_page(form.offer(state))

    return _form(spliced(f"{form.template} {through}", seen, build, intake.mint_ticket()))


def _form(response: Response) -> Response:
    response.unstyled = UNSTYLED  # type: ignore[attr-defined]
    return response


def _form_page(form: TellingForm, trouble: bool = False, **state: object) -> str:
    return render_template(
        form.template,
        form=form,
        trouble=trouble,
        **state,
        intake=intake.state(),
        through_others=_through_others(),
        unstyled=UNSTYLED,
    )


def _through_others() -> bool:
    """Looked at for one sentence, kept nowhere."""
    return any(name in request.headers.get("User-Agent", "") for name in THROUGH_OTHERS)


def _closed() -> Response:
    again = clock.quarter_up(clock.now() + CLOSED_FOR * clock.SECOND)
    response = make_response(render_template("citizen/report/closed.html", again=again), 503)
    response.headers["Retry-After"] = str(CLOSED_FOR)
    return response


def _waiting(address: str, *, is_draft: bool) -> Response:
    """It arrived, or is kept; the code is had by opening the page once more."""
    return make_response(render_template("citizen/report/waiting.html", address=address, is_draft=is_draft))


def _code(reporter: Reporter) -> Response:
    digits, receipt = reporters.code(reporter), follow_up.receipt(reporter)
    if digits is None:
        return _waiting(readers.once_more(reporter.token), is_draft=receipt.is_draft)
    html = render_template(
        f"citizen/report/{'child_code' if receipt.is_child else 'saved' if receipt.is_draft else 'code'}.html",
        saved=unsent.saved(reporter) if receipt.is_draft else None,
        changed=readers.said() == CHANGED,
        groups=tickets.grouped(digits),
        phones=tickets.as_phones(digits),
        words=tickets.as_words(digits),
        receipt=receipt,
        alone=readers.is_alone(),
        again=readers.said() == AGAIN,
        said=readers.said() if readers.said() in steps.SAYS else "",
        steps=steps.offered(),
        matches={MATCHES: True, DIFFERS: False}.get(readers.said()),
        unstyled=BARE,
    )
    response = make_response(html)
    response.unstyled, response.scripts = BARE, () if receipt.is_child else COPY  # type: ignore[attr-defined]
    return response


@report_door.route("/lapor", methods=["POST"])
@public
def send() -> Reply:
    if (received := steps.received()) is not None:
        return received
    if not request.is_whole:  # type: ignore[attr-defined]
        return make_response(render_template("citizen/report/cut.html"), 400)
    if (added := steps.taken()) is not None:
        return added
    if "last" in request.form:
        return _compare(request.form["last"])
    if "version" in request.form:
        return _change()
    form = _form_for(request.form).offer(intake.state())
    try:
        keep = KEEP in request.form and isinstance(form, ReportForm)
        delivered = form.submit(intake.deliver, alone=readers.may_be_alone(), keep=keep)
    except intake.Left:
        return pages.to("/")
    except intake.TicketSpoiled:
        form.form_errors.append(gettext(form.spoiled))
        delivered = None
    except (unsent.SentMeanwhile, unsent.ChangedMeanwhile) as meanwhile:
        return _anew(form, meanwhile)
    except Busy as busy:
        return _again(form, 503, busy.retry_after)
    if delivered is None:
        return _again(form, 422)
    _make_code(delivered)
    return readers.arrived("/lapor", delivered.token, "" if delivered.new else AGAIN, handle=delivered.handle)


def _anew(form: TellingForm, meanwhile: Failure) -> Response:
    """What was typed cannot go where its page meant it to: it stays in the box, and goes as a report of its own."""
    form.refuse(meanwhile)
    form.ticket.data = ""
    return _again(form, 409)


def _again(form: TellingForm, status: int, retry_after: int = 0, **state: object) -> Response:
    """The same form with everything that was typed, and a ticket that is good."""
    if not (keys.is_installed() and tickets.read(form.ticket.data or "")):
        form.ticket.data = intake.mint_ticket(again=True)
    response = make_response(_form_page(form, trouble=status == 503, **state), status)
    response.keep_plain = True  # type: ignore[attr-defined]
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return _form(response)


# A text that is only kept


def _changing(saved: unsent.Saved) -> Response:
    """The first page once more, with what is kept; reloading shows it again."""
    readers.stay(CHANGE)
    told, form = saved.told, ChangeForm(formdata=None).offer(intake.state())
    names = {partner_id: name for name, partner_id in form.partners.items()}
    for field in ("what", "urgency", "place", "phone", "speaker", "kecamatan", "about"):
        form[field].data = getattr(told, field)
    form.about_partner.data = names.get(UUID(told.about_partner)) if told.about_partner else None
    form.version.data = str(told.version)
    return _form(make_response(_form_page(form, asks_code=readers.is_alone())))


def _change() -> Response:
    form = ChangeForm().offer(intake.state())
    asked = "code" in request.form
    try:
        reporter = readers.by_code(form.code.data or "") if asked else readers.reader()
        if reporter is None:
            return _again(form, 422, asks_code=True, timed_out=True)
        if not form.validate():
            return _again(form, 422, asks_code=asked)
        told: dict[str, Any] = {name: value for name, value in form.values().items() if name not in BESIDE}
        intake.change(reporter, version=form.version.data or "", keep=KEEP in request.form, **told)
    except Invalid as wrong:  # the code, or a text that is too long
        form.refuse(wrong)
        return _again(form, 422, asks_code=asked)
    except reporters.CodeUnknown:
        return _again(form, 404, asks_code=True, unknown=True)
    except unsent.SentMeanwhile as sent:
        return _anew(ReportForm().offer(intake.state()), sent)
    except unsent.ChangedMeanwhile as changed:
        form.refuse(changed)
        form.version.data = str(changed.stands.version)
        return _again(form, 409, asks_code=asked, stands=changed.stands.what)
    except (Busy, DatabaseFault, reporters.Waiting) as trouble:
        db.session.rollback()
        return _again(form, 503, getattr(trouble, "retry_after", 30), asks_code=asked)
    path = "/lapor" if reporter.kind == "ticket" else "/pantau"
    return readers.arrived(path, reporter.token, CHANGED if KEEP in request.form else steps.SENT_NOW)


def _make_code(delivered: intake.Delivered) -> None:
    """In the same POST where there is time for it; else the page that shows the code makes it."""
    try:
        if delivered.reporter:
            reporters.code(delivered.reporter, is_new=True)
        elif reporter := arrivals.sender(delivered.token):
            reporters.code(reporter)
    except (DatabaseFault, reporters.Waiting):
        db.session.rollback()


def _compare(typed: str) -> Response:
    """The last four digits, typed from paper, prove that the code was kept."""
    reporter = readers.reader()
    digits = reporters.code(reporter) if reporter else None
    if reporter is None:  # her ten minutes are over
        return pages.to("/pantau")
    if digits is None:
        return pages.to("/lapor")
    return readers.arrived("/lapor", reporter.token, MATCHES if tickets.ends_so(digits, typed) else DIFFERS)
