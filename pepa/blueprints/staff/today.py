""" "Janji hari ini": the first screen of whoever is at work."""

from collections.abc import Sequence
from itertools import groupby

from flask import Blueprint

from pepa import clock
from pepa.domain import boards, invitations, library, nameables, namesakes, police, today
from pepa.models.organisations import Role
from pepa.policy import Permission, can
from pepa.web import formats
from pepa.web.access import actor, needs
from pepa.web.pages import Reply, page
from pepa.words import N_

today_door = Blueprint("today", __name__)
LATE, LATER = N_("Terlambat"), N_("Besok")
PARTS = ((12, N_("Pagi")), (18, N_("Siang dan sore")), (24, N_("Malam")))


@today_door.route("/hari-ini")
@needs(Permission.SEE_DESK)
def show() -> Reply:
    me = actor()
    if not can(me, Permission.READ_REPORTS):
        roles = [role for role in Role if role in me.roles]
        waiting = len(library.waiting_for(me)) if can(me, Permission.REVIEW_TITLE) else 0
        return page("staff/start.html", roles=roles, waiting=waiting)
    day = today.of(me)
    left = {one.report_id: police.hours_left(one) for one in day.clocks}
    return page(
        "staff/today/show.html",
        day=day,
        parts=_parts(day.entries),
        left=left,
        now=clock.now(),
        tasks=boards.due(me, only_mine=True),
        invited=invitations.waiting(me),
        led=nameables.about_whoever_leads(me),
        hints=namesakes.waiting(me) if can(me, Permission.NAME_CONFLICT) else (),
    )


def _parts(entries: Sequence[today.Entry]) -> list[tuple[str, list[today.Entry]]]:
    return [(word, list(some)) for word, some in groupby(entries, key=_part)]


def _part(entry: today.Entry) -> str:
    if entry.is_late:
        return LATE
    if formats.day(entry.at) != clock.today():
        return LATER
    hour = entry.at.astimezone(clock.JAKARTA).hour
    return next(word for end, word in PARTS if hour < end)
