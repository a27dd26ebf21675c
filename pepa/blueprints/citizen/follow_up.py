"""Reading the answer, writing more, and what else she does with her code. One address; steps stand in her cookie."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext

from pepa.db import DatabaseFault, db
from pepa.domain import codes, exclusions, follow_up, intake, onces, reporters, settings, tickets, unsent, withdrawals
from pepa.errors import Busy, Failure
from pepa.models.reports import About, Stage
from pepa.policy import Reporter
from pepa.web import pages, readers, steps
from pepa.web.access import public
from pepa.web.fields import ChoiceField, CodeField, OnceField, PickField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply, kept
from pepa.web.splices import spliced
from pepa.words import N_

follow_up_door = Blueprint("follow_up", __name__)
COPY = ("copy.js",)
SENT, CUT, EMPTY = "s", "c", "e"  # of a message
REPLACE, WITHDRAW, ABOUT, THROW = "G", "B", "O", "H"  # a page that asks first
REPLACED, REPLACED_ELSEWHERE, FIRST_USE, WITHDRAWN, TURNED, THROWN = "K", "L", "P", "W", "T", "X"  # what was done
CHANGED, SEND = "V", steps.SENT_NOW  # a text that is only kept: it was changed; it is to be sent, or was
ASKED = {About.OFFICE: N_("Ya, orang kantor kami"), About.PARTNER: N_("Ya, orang lembaga lain:")}
OVER = {
    WITHDRAWN: (N_("Laporan SUDAH dibatalkan. Anda boleh menulis lagi kapan saja."), withdrawals.was_withdrawn),
    THROWN: (N_("Simpanan SUDAH dihapus. Anda boleh menulis lagi kapan saja."), unsent.was_thrown_away),
}
STAGES = {
    Stage.CASE: N_("Kami membuka kasus"),
    Stage.HELP: N_("Layanan selesai. Anda tetap bisa menulis di sini."),
}  # for whoever was confirmed as the survivor


class MessageForm(Form):
    """code: where no way in is open any more, and where no cookie is kept.

    ticket: the new way in, and so the new code, where the one that is typed came from an officer
    """

    code = CodeField(N_("Kode"))
    ticket = OnceField()
    text = TextField(N_("Tulis lagi"))
    once = OnceField()


class ReplaceForm(Form):
    """ticket: the new way in, from which the new code is made; replaces: the code that the page meant."""

    code = CodeField(N_("Kode"))
    ticket = OnceField()
    replaces = OnceField()


class CodeForm(Form):
    """Of a page that asks first, where no cookie is kept."""

    code = CodeField(N_("Kode"))


class AboutForm(Form):
    code = CodeField(N_("Kode"))
    about = ChoiceField(N_("Apakah ini tentang orang kantor kami atau lembaga mitra?"), About, only=tuple(ASKED))
    about_partner = PickField(N_("Lembaga yang mana?"))

    def offer(self, state: intake.Intake) -> "AboutForm":
        """The office only where somebody else could read it; partners by name, as on the first page."""
        self.partners = {name: partner_id for partner_id, name in state.partners}
        self.about_partner.offered = [(name, name) for name in self.partners]
        may = {About.OFFICE: state.independent, About.PARTNER: bool(self.partners)}
        self.about.offered = [(about.value, gettext(word)) for about, word in ASKED.items() if may[about]]
        return self

    def values(self) -> dict[str, object]:
        return {"about": self.about.data, "about_partner": self.partners.get(self.about_partner.data or "")}


@follow_up_door.route("/pantau")
@public
def show() -> Reply:
    reporter = None if "baru" in request.args else readers.reader()
    if reporter:
        return PAGES.get(readers.said(), _kept_or_answers)(reporter)
    _, is_over = OVER.get(readers.said(), ("", None))
    if is_over and is_over(readers.came_by(None)):
        readers.forget()
        return _over(readers.said())
    if not intake.is_set_up():
        return kept("follow_up", settings.read(), lambda: _asking(MessageForm(formdata=None)))
    return spliced(
        "follow_up",
        settings.read(),
        lambda ticket: _asking(MessageForm(formdata=None, data={"ticket": ticket})),
        intake.mint_ticket(),
    )


def _kept_or_answers(reporter: Reporter) -> Response:
    saved = unsent.saved(reporter)
    return _saved(saved) if saved else _answers(reporter)


def _answers(reporter: Reporter) -> Response:
    following, form, said = follow_up.following(reporter), MessageForm(formdata=None), readers.said()
    form.once.data = following.once
    if said == EMPTY:
        form.text.errors = [gettext(reporters.NothingWritten.says)]
    html = render_template(
        "citizen/follow_up/answers.html",
        form=form,
        following=following,
        stage=STAGES.get(following.stage, "") if following.stage else None,
        alone=readers.is_alone(),
        sent=said == SENT,
        sent_now=said == SEND,
        cut=intake.LONGEST if said == CUT else 0,
        elsewhere=said == REPLACED_ELSEWHERE,
        turned=said == TURNED,
        added=said if said in steps.SAYS else "",
        first_step=steps.FIRST,
        files=steps.files(),
        has_code=reporter.kind == "ticket" and not readers.is_alone(),
    )
    return make_response(html)


def _asking(form: MessageForm, **state: str | bool | int) -> str:
    return render_template("citizen/follow_up/code.html", form=form, **state)


def _ask(form: MessageForm, status: int, **state: str | bool | int) -> Response:
    """The code once more, and what was typed. state: one of unknown, timed_out, busy (seconds) and fault, or none."""
    form.once.data = form.once.data or onces.new()
    form.ticket.data = _good(form.ticket.data) if intake.is_set_up() else ""
    response = make_response(_asking(form, **state), status)
    response.keep_plain = True  # type: ignore[attr-defined]
    if status == 503:
        response.headers["Retry-After"] = str(state.get("busy") or 30)
    return response


def _good(ticket: str | None) -> str:
    """The form's own ticket while it is good; it stays the same, so that a form sent again is known."""
    return ticket if ticket and tickets.read(ticket) else intake.mint_ticket()


@follow_up_door.route("/pantau", methods=["POST"])
@public
def send() -> Reply:
    if not request.is_whole:  # type: ignore[attr-defined]
        return make_response(render_template("citizen/report/cut.html"), 400)
    form = MessageForm()
    act = ACTS.get(request.form.get("do", ""), _go if "go" in request.form else _message)
    try:
        return act()
    except reporters.CodeSlip as slip:
        form.refuse(slip)
        return _ask(form, 422)
    except reporters.CodeUnknown:
        return _ask(form, 404, unknown=True)
    except Busy as busy:
        return _ask(form, 503, busy=busy.retry_after)
    except (DatabaseFault, reporters.Waiting):
        db.session.rollback()
        return _ask(form, 503, fault=True)


def _message() -> Response:
    form = MessageForm()
    if form.code.data or "text" not in request.form:
        came_by = readers.came_by(form.code.data)
        if token := codes.made_before(form.ticket.data or "", came_by):
            return readers.arrived("/pantau", token, FIRST_USE)
        token = reporters.open_code(form.code.data or "")
        reporter = reporters.by_token(token)
        if reporter and codes.is_once(reporter):
            return _first_use(reporter, form, came_by)
        reporter = reporter if form.text.data else None
        return readers.arrived("/pantau", token, _deliver(reporter, form) if reporter else "")
    reporter = readers.reader()
    if reporter is None:
        return _ask(form, 422, timed_out=True)
    return readers.arrived("/pantau", reporter.token, _deliver(reporter, form))


def _first_use(reporter: Reporter, form: MessageForm, came_by: tuple[str, ...]) -> Response:
    """An officer knows this code: it ends here, and whoever comes second with it finds that it opens nothing."""
    if form.text.data:
        _deliver(reporter, form)
    ticket, replaces = _good(form.ticket.data), codes.version(reporter)
    try:
        token = codes.replace(reporter, ticket=ticket, replaces=replaces, came_by=came_by)
    except codes.ReplacedElsewhere:
        raise reporters.CodeUnknown from None
    return readers.arrived("/pantau", token, FIRST_USE)


def _deliver(reporter: Reporter, form: MessageForm) -> str:
    """Write to whoever holds the report; what the next page should say of it."""
    text = form.text.data or ""
    try:
        reporters.write(reporter, text=text[: intake.LONGEST], once=form.once.data or onces.new())
    except reporters.NothingWritten:
        return EMPTY
    except Failure as failure:  # no key to seal with: the text stays in the box
        raise Busy from failure
    return CUT if len(text) > intake.LONGEST else SENT


def _sender() -> Reporter | None:
    """Who sends one of the small forms: by the code that was typed into it, else by the way in that is open."""
    if "code" in request.form:
        return readers.by_code(request.form["code"])
    return readers.reader()


def _go() -> Response:
    """To the small form of an act, or back from it: which one stands in the cookie."""
    reporter, wanted = _sender(), request.form["go"]
    if reporter is None:
        return pages.to("/pantau")
    if wanted == steps.CHANGE:
        return readers.arrived("/lapor", reporter.token, wanted)
    return readers.arrived("/pantau", reporter.token, wanted if wanted in PAGES else "")


# Another code


def _replacing(reporter: Reporter, form: ReplaceForm | None = None, busy: int = 0) -> Response:
    if form is None:
        form = ReplaceForm(formdata=None)
        form.ticket.data, form.replaces.data = intake.mint_ticket(), codes.version(reporter)
    html = render_template("citizen/follow_up/replace.html", form=form, alone=readers.is_alone(), busy=busy)
    response = make_response(html, 503 if busy else 200)
    if busy:
        response.headers["Retry-After"] = str(busy)
    response.keep_plain = bool(form.code.data)  # type: ignore[attr-defined]
    return response


def _replaced(reporter: Reporter, *, from_officer: bool = False) -> Response:
    digits = reporters.code(reporter)
    if digits is None:
        return _answers(reporter)
    html = render_template(
        "citizen/follow_up/replaced.html",
        groups=tickets.grouped(digits),
        phones=tickets.as_phones(digits),
        words=tickets.as_words(digits),
        from_officer=from_officer,
    )
    response = make_response(html)
    response.scripts = COPY  # type: ignore[attr-defined]
    return response


def _replace() -> Response:
    form = ReplaceForm()
    ticket, came_by = form.ticket.data or "", readers.came_by(form.code.data)
    if token := codes.made_before(ticket, came_by):
        return readers.arrived("/pantau", token, REPLACED)
    reporter = _sender()
    if reporter is None:
        return pages.to("/pantau")
    try:
        token = codes.replace(reporter, ticket=ticket, replaces=form.replaces.data or "", came_by=came_by)
    except codes.FormTooOld:
        return readers.arrived("/pantau", reporter.token, REPLACE)
    except codes.ReplacedElsewhere:
        # By the new way in, the code that holds is at hand; by an older one it stands on that other page alone.
        said = REPLACED if reporter.kind == "ticket" else REPLACED_ELSEWHERE
        return readers.arrived("/pantau", reporter.token, said)
    except Busy as busy:
        return _replacing(reporter, form, busy.retry_after)
    return readers.arrived("/pantau", token, REPLACED)


# Cancelling


def _withdrawing(reporter: Reporter) -> Response:
    if unsent.is_draft(reporter):
        return _throwing(reporter)
    form = CodeForm(formdata=None)
    return make_response(render_template("citizen/follow_up/withdraw.html", form=form, alone=readers.is_alone()))


def _withdraw() -> Response:
    came_by = readers.came_by(request.form.get("code"))
    if withdrawals.was_withdrawn(came_by):
        return _all_over(WITHDRAWN)
    reporter = _sender()
    if reporter is None or unsent.is_draft(reporter):
        return pages.to("/pantau")
    withdrawals.withdraw(reporter, came_by=came_by)
    return _all_over(WITHDRAWN)


def _all_over(how: str) -> Response:
    """The next page says that it is done; a browser that keeps no cookie is told at once."""
    return _over(how) if readers.may_be_alone() else readers.ended("/pantau", how)


def _over(how: str) -> Response:
    return make_response(_asking(MessageForm(formdata=None), over=gettext(OVER[how][0])))


# A text that is only kept


def _saved(saved: unsent.Saved, *, trouble: bool = False) -> Response:
    html = render_template(
        "citizen/follow_up/saved.html",
        form=CodeForm(formdata=None),
        saved=saved,
        alone=readers.is_alone(),
        changed=readers.said() == CHANGED,
        trouble=trouble,
    )
    response = make_response(html, 503 if trouble else 200)
    if trouble:
        response.headers["Retry-After"] = "30"
    return response


def _send_saved() -> Response:
    reporter = _sender()
    if reporter is None:
        return pages.to("/pantau")
    try:
        unsent.send(reporter)
    except Busy:
        saved = unsent.saved(reporter)
        return _saved(saved, trouble=True) if saved else pages.to("/pantau")
    return readers.arrived("/lapor" if reporter.kind == "ticket" else "/pantau", reporter.token, SEND)


def _throwing(reporter: Reporter) -> Response:
    form = CodeForm(formdata=None)
    return make_response(render_template("citizen/follow_up/throw.html", form=form, alone=readers.is_alone()))


def _throw() -> Response:
    came_by = readers.came_by(request.form.get("code"))
    if unsent.was_thrown_away(came_by):
        return _all_over(THROWN)
    if (reporter := _sender()) is None:
        return pages.to("/pantau")
    try:
        unsent.throw_away(reporter, came_by=came_by)
    except unsent.SentMeanwhile:
        return readers.arrived("/pantau", reporter.token)
    return _all_over(THROWN)


# About the office or a partner, told later


def _turning(reporter: Reporter, form: AboutForm | None = None, status: int = 200) -> Response:
    form = form or AboutForm(formdata=None).offer(intake.state())
    html = render_template("citizen/follow_up/about.html", form=form, alone=readers.is_alone(), trouble=status == 503)
    response = make_response(html, status)
    response.keep_plain = bool(form.code.data)  # type: ignore[attr-defined]
    return response


def _turn() -> Response:
    reporter = _sender()
    form = AboutForm().offer(intake.state())
    if reporter is None or unsent.is_draft(reporter):
        return pages.to("/pantau")
    try:
        form.submit(exclusions.exclude, reporter)
    except Busy:
        return _turning(reporter, form, 503)
    if form.wrong() or form.form_errors:
        return _turning(reporter, form, 422)
    return readers.arrived("/pantau", reporter.token, TURNED)


PAGES: dict[str, Callable[[Reporter], Response]] = {
    ABOUT: _turning,
    REPLACE: _replacing,
    REPLACED: _replaced,
    FIRST_USE: partial(_replaced, from_officer=True),
    THROW: _throwing,
    WITHDRAW: _withdrawing,
}
ACTS: dict[str, Callable[[], Response]] = {
    ABOUT: _turn,
    REPLACE: _replace,
    SEND: _send_saved,
    THROW: _throw,
    WITHDRAW: _withdraw,
}
