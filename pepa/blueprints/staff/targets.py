"""Targets by kelurahan and quarter, closing a quarter, and what it came to."""

from typing import Any

from flask import Blueprint, request

from pepa import clock
from pepa.domain import coverage, digests, periods, targets
from pepa.domain.attendance import AGES, SEXES
from pepa.policy import Permission
from pepa.web import figures
from pepa.web.access import actor, needs
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

targets_door = Blueprint("targets", __name__)
SET, CLOSED = N_("Sasaran SUDAH disimpan."), N_("Triwulan itu SUDAH ditutup.")
notices(SET, CLOSED)
QUARTERS = 8  # to pick from


class CloseForm(Form):
    pass


def _period(otherwise: str) -> str:
    asked = request.args.get("periode", "")
    return asked if periods.is_code(asked) else otherwise


@targets_door.route("/sasaran")
@needs(Permission.SET_TARGETS)
def show() -> Reply:
    period = _period(periods.current())
    stands = targets.of(period)
    return _targets(period, {code: str(aim) for code, aim in stands.items()})


@targets_door.route("/sasaran", methods=["POST"])
@needs(Permission.SET_TARGETS)
def set_all() -> Reply:
    period = _period(periods.current())
    typed = {name: text[:20] for name, text in request.form.items() if name.startswith("36.")}
    try:
        targets.set_all(actor(), period, rts=typed)
    except (targets.TargetWrong, targets.QuarterClosed) as failure:
        return _targets(period, typed, failure)
    return see_other("staff.targets.show", periode=period, said=SET)


def _targets(period: str, typed: dict[str, str], failure: Any = None) -> Reply:
    city = coverage.of(actor(), coverage.Asked(period))
    return page(
        "staff/targets/show.html",
        status=422 if failure else 200,
        city=city,
        period=period,
        typed=typed,
        failure=failure,
        is_closed=periods.is_closed(period),
        last=targets.of(periods.before(period)),
        quarters=[periods.after(periods.current()), *periods.latest(QUARTERS)],
        figures=figures,
    )


@targets_door.route("/triwulan")
@needs(Permission.SEE_COVERAGE)
def digest() -> Reply:
    """What a quarter came to."""
    period = _period(periods.current())
    return page(
        "staff/targets/digest.html",
        found=digests.of(actor(), period),
        period=period,
        quarters=periods.latest(QUARTERS),
        titles=coverage.titles(),
        figures=figures,
        sexes=SEXES,
        ages=AGES,
        is_closed=periods.is_closed(period),
        is_over=periods.last_day(period) < clock.today(),
    )


@targets_door.route("/triwulan/tutup", methods=["GET", "POST"])
@needs(Permission.CLOSE_PERIOD)
def close() -> Reply:
    period = _period(periods.before(periods.current()))
    form = CloseForm()
    if form.is_submitted() and form.submit(_close, period):
        return see_other("staff.targets.digest", periode=period, said=CLOSED)
    return page("staff/targets/close.html", form=form, period=period, figures=figures)


def _close(period: str) -> bool:
    periods.close(actor(), period)
    return True
