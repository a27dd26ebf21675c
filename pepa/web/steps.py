"""What somebody adds after her report has arrived: a page at a time, all of it at /lapor (citizen.md, 4).

Which page comes is told by signs in her cookie (`readers.said`): the number of a step, then a letter for what the page
says first. So no address, title or history knows of steps, and reloading shows the same page again. Each door makes its
own steps; the wing puts them in their order.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, request

from pepa.db import DatabaseFault, db
from pepa.domain import reporters
from pepa.policy import Reporter
from pepa.web import pages, readers
from pepa.words import N_

FIRST = "1"
STEP, GO = "step", "go"  # the fields of a form: which step was filled in; which one is wanted
ADDED, HEALTH, CRISIS = "d", "h", "k"  # it was added; and what follows from what was answered
CHANGE, SENT_NOW = "U", "N"  # of a text that was only kept: its form; it was sent
SAYS = (ADDED, HEALTH, CRISIS)
PLACES = {"ticket": ("/lapor", N_("Kode Anda")), "code": ("/pantau", N_("Baca jawaban"))}


@dataclass(frozen=True)
class Here:
    """Where somebody is. onward: the number of the next step, or "" after the last; says: ADDED, HEALTH, CRISIS or ""

    name   of the step, for its heading
    back   the name of the page that it was begun from
    fault  the database does not answer: nothing can be taken now
    """

    number: str
    name: str
    onward: str
    back: str
    says: str = ""
    fault: bool = False


@dataclass(frozen=True)
class Step:
    """One page of questions.

    brings  what the office can do with it, for the page that offers it
    show  its form, empty
    take  its form was sent, whole. Without a reporter (her ten minutes are over) it asks for the code and keeps what
          was typed; where there is a fault it keeps it too, and says so. Ends with `onward`
    has_files  its form is read by `take` itself, as it arrives; None where another form came in its clothes
    """

    name: str
    brings: str
    show: Callable[[Reporter, Here], Response]
    take: Callable[[Reporter | None, Here], Response | None]
    has_files: bool = False


_steps: dict[str, Step] = {}


def in_order(*steps: Step) -> None:
    """The wing's steps, first to last."""
    _steps.clear()
    _steps.update({str(number): step for number, step in enumerate(steps, 1)})


def offered() -> list[tuple[str, str, str]]:
    """Number and name of each step, and what it brings: `<button name="go" value="1">` on the page that offers them."""
    return [(number, step.name, step.brings) for number, step in _steps.items()]


def files() -> str:
    """The number of the step that takes files."""
    return next(number for number, step in _steps.items() if step.has_files)


def page(reporter: Reporter) -> Response | None:
    """The step that her cookie tells, or None: she is at none, or her browser keeps no cookie."""
    number, says = readers.said()[:1], readers.said()[1:]
    if number not in _steps or readers.is_alone():
        return None
    readers.stay(number)
    return _steps[number].show(reporter, _here(number, reporter, says))


def received() -> Response | None:
    """What a form with files leads to, or None where it is none. To be asked before anything of the form is read.

    Some browsers and proxies dress every form like one with files.
    """
    if request.mimetype != "multipart/form-data":
        return None
    return _take(files())


def taken() -> Response | None:
    """What a POST of one of these forms leads to, or None where it is no form of ours."""
    number = request.form.get(STEP, request.form.get(GO))
    if number is None:
        return None
    if STEP in request.form and number in _steps:
        return _take(number)
    reporter = readers.reader()
    if reporter is None:
        return pages.to("/pantau")
    return _to(reporter, number if number in _steps else "")


def _take(number: str) -> Response | None:
    reporter, fault = None, False
    try:
        reporter = readers.reader()
    except (DatabaseFault, reporters.Waiting):
        db.session.rollback()
        fault = True
    return _steps[number].take(reporter, _here(number, reporter, fault=fault))


def onward(here: Here, reporter: Reporter, says: str = "") -> Response:
    """303 to the next step, or after the last to where she began; that page says it."""
    return _to(reporter, here.onward + says)


def again(here: Here, reporter: Reporter, says: str) -> Response:
    """303 to the same step, which says it."""
    return _to(reporter, here.number + says)


def _to(reporter: Reporter, said: str) -> Response:
    path = "/lapor" if said[:1] in _steps else PLACES[reporter.kind][0]
    return readers.arrived(path, reporter.token, said)


def _here(number: str, reporter: Reporter | None, says: str = "", fault: bool = False) -> Here:
    after = str(int(number) + 1)
    back = PLACES[reporter.kind if reporter else "code"][1]
    return Here(number, _steps[number].name, after if after in _steps else "", back, says, fault)
