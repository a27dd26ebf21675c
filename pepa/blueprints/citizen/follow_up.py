"""Reading the answer, writing more."""

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext

from pepa.db import DatabaseFault, db
from pepa.domain import intake, onces, reporters, settings
from pepa.errors import Busy, Failure
from pepa.policy import Reporter
from pepa.web import readers, steps
from pepa.web.access import public
from pepa.web.fields import CodeField, OnceField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply, kept
from pepa.words import N_

follow_up_door = Blueprint("follow_up", __name__)
BUSY = N_("Sedang ramai. Kode Anda tetap berlaku. Coba lagi %(n)s detik lagi.")
SENT, CUT, EMPTY = "s", "c", "e"


class MessageForm(Form):
    """code: where no way in is open any more, and where no cookie is kept."""

    code = CodeField(N_("Kode"))
    text = TextField(N_("Tulis lagi"))
    once = OnceField()


@follow_up_door.route("/pantau")
@public
def show() -> Reply:
    reporter = None if "baru" in request.args else readers.reader()
    if reporter:
        return _answers(reporter)
    return kept("follow_up", settings.read(), lambda: _asking(MessageForm(formdata=None)))


def _answers(reporter: Reporter) -> Response:
    following, form, said = reporters.following(reporter), MessageForm(formdata=None), readers.said()
    form.once.data = following.once
    if said == EMPTY:
        form.text.errors = [gettext(reporters.NothingWritten.says)]
    html = render_template(
        "citizen/follow_up/answers.html",
        form=form,
        following=following,
        alone=readers.is_alone(),
        files="" if readers.is_alone() else steps.files(),
        sent=said == SENT,
        cut=intake.LONGEST if said == CUT else 0,
        has_code=reporter.kind == "ticket" and not readers.is_alone(),
    )
    return make_response(html)


def _asking(form: MessageForm, **state: str | bool | int) -> str:
    return render_template("citizen/follow_up/code.html", form=form, **state)


def _ask(form: MessageForm, status: int, **state: str | bool | int) -> Response:
    """The code once more, and what was typed. state: one of unknown, timed_out, busy (seconds) and fault, or none."""
    form.once.data = form.once.data or onces.new()
    response = make_response(_asking(form, **state), status)
    response.keep_plain = True  # type: ignore[attr-defined]
    if status == 503:
        response.headers["Retry-After"] = str(state.get("busy") or 30)
    return response


@follow_up_door.route("/pantau", methods=["POST"])
@public
def send() -> Reply:
    if not request.is_whole:  # type: ignore[attr-defined]
        return make_response(render_template("citizen/report/cut.html"), 400)
    form = MessageForm()
    try:
        return _open(form) if form.code.data or "text" not in request.form else _write(form)
    except Busy as busy:
        return _ask(form, 503, busy=busy.retry_after)
    except (DatabaseFault, reporters.Waiting):
        db.session.rollback()
        return _ask(form, 503, fault=True)


def _open(form: MessageForm) -> Response:
    try:
        token = reporters.open_code(form.code.data or "")
    except reporters.CodeSlip as slip:
        form.refuse(slip)
        return _ask(form, 422)
    except reporters.CodeUnknown:
        return _ask(form, 404, unknown=True)
    reporter = reporters.by_token(token) if form.text.data else None
    return readers.arrived("/pantau", token, _deliver(reporter, form) if reporter else "")


def _write(form: MessageForm) -> Response:
    reporter = readers.reader()
    if reporter is None:
        return _ask(form, 422, timed_out=True)
    return readers.arrived("/pantau", reporter.token, _deliver(reporter, form))


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
