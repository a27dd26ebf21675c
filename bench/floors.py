"""What the shipped program is held against: small Flask answers, served by the same gunicorn in the same run.

    gunicorn --config deploy/gunicorn.conf.py bench.floors:app

Paths below /floor/ are theirs, everything else is the program's. A request that carries X-Before-Code is answered by
the program as where no slot for Argon2id is free: the report is delivered, its code waits for the page that shows it.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask, Response, redirect, render_template, request
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeTimedSerializer
from jinja2 import DictLoader
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from pepa.app import create_app
from pepa.blueprints.citizen import report

FOLDER = Path(os.environ["BENCH_FOLDER"])  # bodies of the bare answers, and the floor's own database
SIGNER = URLSafeTimedSerializer("bench")
INSERT = "insert into reports (id, what, urgency, place, phone, speaker, kecamatan, about) values (?,?,?,?,?,?,?,?)"
PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>{{ title }}</title><style>{{ style }}</style></head><body>
<h1>{{ title }}</h1>
<form method="post" action="/floor/insert"><input type="hidden" name="token" value="{{ token }}">
{% for field in fields %}
<p><label for="f{{ loop.index }}">{{ field.label }}</label>
<input id="f{{ loop.index }}" name="{{ field.name }}" value="{{ field.value }}"></p>
{% endfor %}
<button>Kirim</button></form></body></html>"""

floors = Flask("bench")
floors.jinja_loader = DictLoader({"form.html": PAGE})


@floors.route("/floor/bare/<name>")
def bare(name: str) -> Response:
    """The bytes of a page of the program, and nothing else."""
    return Response(_body(name), mimetype="text/html")


@cache
def _body(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@floors.route("/floor/jinja")
def jinja() -> str:
    """A page of the form's size, rendered from a template each time, with a signed token."""
    fields = [{"label": f"Pertanyaan {n}", "name": f"q{n}", "value": n} for n in range(30)]
    return render_template("form.html", title="Info Warga", style=_filling(), token=signed(), fields=fields)


@cache
def _filling() -> str:
    """What makes the page as long as the form."""
    return "a{color:#000}" * (max(0, len(_body("form")) - 3600) // 13)


def signed() -> str:
    return str(SIGNER.dumps(uuid4().hex))


def _is_signed(_: FlaskForm, field: HiddenField) -> None:
    try:
        SIGNER.loads(field.data or "", max_age=3600)
    except BadSignature as error:
        raise ValidationError("not ours") from error


class Report(FlaskForm):
    """The fields of the program's form."""

    token = HiddenField(validators=[_is_signed])
    what = TextAreaField(validators=[DataRequired()])
    urgency = RadioField(choices=["now", "today", "soon"])
    place = StringField()
    phone = StringField()
    speaker = StringField()
    kecamatan = SelectField(choices=["unknown"])
    about = RadioField(choices=["nobody", "office"])

    class Meta:
        csrf = False


_here = threading.local()
_writing = threading.Lock()


def _connection() -> sqlite3.Connection:
    if not hasattr(_here, "connection"):
        _here.connection = sqlite3.connect(FOLDER / "floor.sqlite", isolation_level=None, timeout=15)
        _here.connection.executescript("pragma journal_mode=wal; pragma synchronous=full; pragma busy_timeout=15000")
        columns = "what text, urgency text, place text, phone text, speaker text, kecamatan text, about text"
        _here.connection.execute(f"create table if not exists reports (id text primary key, {columns})")
    connection: sqlite3.Connection = _here.connection
    return connection


@floors.route("/floor/insert", methods=["POST"])
def insert() -> Reply:
    """A form, a signed token, one row on the disk, and the way to the next page."""
    form = Report()
    if not form.validate():
        return Response(str(form.errors), 422)
    told = [form[name].data for name in ("what", "urgency", "place", "phone", "speaker", "kecamatan", "about")]
    with _writing:
        _connection().execute(INSERT, [uuid4().hex, *told])
    return redirect("/floor/jinja", 303)


class Both:
    """The program and the floors behind one door."""

    def __init__(self) -> None:
        self.program = create_app()
        self.app_context = self.program.app_context  # what deploy/gunicorn.conf.py asks for

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        app = floors if environ["PATH_INFO"].startswith("/floor/") else self.program
        return app.wsgi_app(environ, start_response)


def _make_code(delivered: Any) -> None:
    if "X-Before-Code" not in request.headers:
        _made(delivered)


_made, report._make_code = report._make_code, _make_code
app = Both()
