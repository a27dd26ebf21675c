"""Photos, sound and papers: one of the steps after the code. What is taken, and that too much is, is said before."""

from flask import Response, make_response, render_template
from flask_babel import gettext

from pepa.domain import onces, uploads
from pepa.policy import Reporter
from pepa.web import gates, steps
from pepa.web.steps import Here, Step
from pepa.words import N_

UNSTYLED = (".code", ".thread", ".calls", "table", "th", "td", ".doors", "summary")
SCRIPTS = ("photos.js",)


def _show(_: Reporter, here: Here) -> Response:
    arrived, letter = here.says.rstrip("".join(gates.SAYS)), here.says.lstrip("0123456789")
    wrong = gates.SAYS.get(letter)
    return _page(here, arrived=int(arrived) if arrived.isdecimal() else 0, error=gettext(wrong.says) if wrong else "")


def _take(reporter: Reporter | None, here: Here) -> Response | None:
    if reporter:
        says = gates.receive(reporter)
        return None if says is None else steps.again(here, reporter, says)
    if not gates.turn_away():
        return None
    if here.fault:
        return _page(here, 503, error=gettext(uploads.NotKept.says))
    return _page(here, 422, timed_out=True)


def _page(here: Here, status: int = 200, *, arrived: int = 0, error: str = "", timed_out: bool = False) -> Response:
    html = render_template(
        "citizen/files/form.html",
        here=here,
        once=onces.new(),
        arrived=arrived,
        error=error,
        timed_out=timed_out,
        largest=uploads.LARGEST,
        too_large=gettext(uploads.TooLarge.says),
        unstyled=UNSTYLED,
        scripts=SCRIPTS,
    )
    response = make_response(html, status)
    response.unstyled, response.scripts = UNSTYLED, SCRIPTS  # type: ignore[attr-defined]
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response


FILES = Step(
    N_("Foto, suara, atau surat"), N_("Paling banyak 5 file, masing-masing 25 MB."), _show, _take, has_files=True
)
