"""Siap dipakai: what still keeps the office from going live, each with the page where it is mended."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Blueprint, current_app, url_for
from flask_babel import gettext

from pepa.domain import readiness
from pepa.domain.faults import TOPICS, Fault, Level, Part
from pepa.domain.rules import RULES
from pepa.policy import Permission, can
from pepa.web.access import actor, needs
from pepa.web.faults import said
from pepa.web.pages import Reply, page
from pepa.words import N_

readiness_door = Blueprint("readiness", __name__, url_prefix="/siap")


class _Page(NamedTuple):
    """Where something is mended. argument: what the page calls the thing that it is about, or empty"""

    word: str
    endpoint: str
    may: Permission
    argument: str = ""


_ORGANISATION = _Page(N_("Lembaga"), "staff.organisations.show", Permission.SEE_ORGANISATION, "organisation_id")
_ORGANISATIONS = _Page(N_("Lembaga"), "staff.organisations.list_all", Permission.SEE_ORGANISATION)
_ROSTER = _Page(N_("Piket"), "staff.duty.roster", Permission.SEE_ROSTER)
_SETTING = _Page(N_("Ubah"), "staff.settings.change", Permission.SEE_SETTINGS, "setting")
_NUMBER = _Page(N_("Ubah"), "staff.numbers.change", Permission.KEEP_NUMBERS, "number")
PAGES = {
    "roots": _ORGANISATIONS,
    "able": _Page(N_("Menunggu kunci"), "staff.approvals.list_all", Permission.SEE_ORGANISATION),
    "keeper": _Page(N_("Undang anggota"), "staff.enrolments.show", Permission.INVITE_MEMBER),
    "reach": _Page(N_("Anggota"), "staff.members.list_all", Permission.SEE_ORGANISATION, "organisation_id"),
    "duty": _ROSTER,
    "key": _ORGANISATION,
    "rekey": _ORGANISATION,
    "setting": _SETTING,
    "holidays": _Page(N_("Hari libur"), "staff.opening.holidays", Permission.KEEP_ROOMS, "tahun"),
    "number": _NUMBER,
    "agreement": _ORGANISATION,
}


@readiness_door.route("")
@needs(Permission.SEE_SETTINGS)
def show() -> Reply:
    found = readiness.for_page(actor(), current_app.config["PEPA"])
    levels = [fault.level for fault in found]
    return page(
        "staff/readiness/show.html",
        parts=[(part, _faults(found, part), _fine(found, part)) for part in Part if part is not Part.MACHINE],
        blocking=levels.count(Level.BLOCKS),
        warning=levels.count(Level.WARNS),
        at_the_machine=[topic.fine for topic in TOPICS.values() if topic.part is Part.MACHINE],
    )


def _faults(found: Sequence[Fault], part: Part) -> list[dict[str, Any]]:
    return [
        {"level": fault.level, "says": said(fault, gettext), "command": fault.point.command, "to": _page(fault)}
        for fault in found
        if TOPICS[fault.topic].part is part
    ]


def _fine(found: Sequence[Fault], part: Part) -> list[str]:
    """What is so, of topics of which nothing is wrong."""
    wrong = {fault.topic for fault in found}
    return [topic.fine for name, topic in TOPICS.items() if topic.part is part and name not in wrong]


def _page(fault: Fault) -> tuple[str, str] | None:
    """Its address and its word, where whoever reads this may open it."""
    to = PAGES.get(fault.topic)
    if to is _NUMBER and fault.about in RULES:
        to = _SETTING
    if to is _ORGANISATION and not fault.about:
        to = _ORGANISATIONS
    if to is None or not can(actor(), to.may) or (to is _ROSTER and fault.about != str(actor().organisation_id)):
        return None
    values: dict[str, Any] = {to.argument: fault.about} if to.argument else {}
    return url_for(to.endpoint, **values), to.word
