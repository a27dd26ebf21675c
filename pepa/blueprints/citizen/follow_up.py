"""Reading the answer, writing more."""

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext

from pepa.db import DatabaseFault, db
from pepa.domain import keys, onces, reporters
from pepa.errors import Busy
from pepa.policy import Reporter
from pepa.web import pages, readers
from pepa.web.access import public
from pepa.web.errors import answer
from pepa.web.fields import CodeField, OnceField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply
from pepa.words import N_

follow_up_door = Blueprint("follow_up", __name__)
LONGEST = 100_000


class CodeForm(Form):
    code = CodeField(N_("Kode"))
    text = TextField(N_("Tulis lagi"))


class MessageForm(Form):
    text = TextField(N_("Tulis lagi"), needed=reporters.NothingWritten.says, longest=LONGEST)
    once = OnceField()


@follow_up_door.route("/pantau")
@public
def show() -> Reply:
    reporter = readers.reader()
    if reporter is None:
        return _ask(CodeForm(formdata=None))
    return _answers(reporter, MessageForm(formdata=None))


def _ask(form: CodeForm, status: int = 200, *, unknown: bool = False, timed_out: bool = False) -> Response:
    html = render_template(
        "citizen/follow_up/code.html",
        form=form,
        unknown=unknown,
        timed_out=timed_out,
        once=request.form.get("once") or onces.new(),
    )
    response = make_response(html, status)
    response.keep_plain = request.method == "POST"  # type: ignore[attr-defined]
    return response


def _answers(reporter: Reporter, form: MessageForm) -> Response:
    following = reporters.following(reporter)
    return pages.page(
        "citizen/follow_up/answers.html",
        form=form,
        following=following,
        once=form.once.data or following.once,
        sent="ok" in request.args,
    )


@follow_up_door.route("/pantau", methods=["POST"])
@public
def send() -> Reply:
    if not request.is_whole:  # type: ignore[attr-defined]
        return make_response(render_template("citizen/report/cut.html"), 400)
    return _open() if "code" in request.form else _write()


def _open() -> Response:
    form = CodeForm()
    try:
        token = form.submit(lambda **typed: reporters.open_code(typed["code"]))
    except reporters.CodeUnknown:
        return _ask(form, 404, unknown=True)
    except Busy as busy:
        says = gettext("Sedang ramai. Kode Anda tetap berlaku. Coba lagi %(n)s detik lagi.", n=busy.retry_after)
        return answer(says, 503, busy.retry_after, "calls")
    if token is None:
        return _ask(form, 422)
    text = form.text.data or ""
    if text.strip() and (reporter := reporters.by_token(token)):
        reporters.write(reporter, text=text, once=request.form.get("once") or onces.new())
    return _arrived(token, "&ok" if text.strip() else "")


def _arrived(token: keys.Token, more: str) -> Response:
    try:
        path = f"/pantau?r={reporters.handle(token)}{more}"
    except DatabaseFault:
        db.session.rollback()
        path = "/pantau"
    return readers.remember(pages.to(path), token)


def _write() -> Response:
    reporter = readers.reader()
    form = MessageForm()
    if reporter is None:
        typed = CodeForm(formdata=None)
        typed.text.data = form.text.data
        return _ask(typed, 422, timed_out=True)
    if form.submit(reporters.write, reporter):
        return pages.to("/pantau?ok")
    return _answers(reporter, form)
