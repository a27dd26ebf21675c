""" "Kabar": what the program told a member, and how it reaches them besides."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, request, url_for

from pepa import clock
from pepa.domain import alerts, notices
from pepa.domain.notices import Told
from pepa.domain.outbox import Notice
from pepa.policy import Member, Permission, can
from pepa.web.access import actor, member
from pepa.web.fields import IdsField, LineField, PickField, TickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, page, see_other, to
from pepa.web.pages import notices as told_after
from pepa.words import N_

notices_door = Blueprint("notices", __name__, url_prefix="/kabar")
ALL_READ, WAYS_KEPT = N_("Semua kabar ini SUDAH dibaca."), N_("Cara dikabari SUDAH disimpan.")
TRIED = N_("Kabar percobaan SUDAH dikirim. Lihat apakah sampai.")
READ = N_("SUDAH dibaca.")
told_after(ALL_READ, WAYS_KEPT, TRIED, READ, alerts.TriedOften.says)
# Where each leads; one about a report that may be opened leads there. What is not here is to be read alone.
LEADS = {
    Notice.ASIDE: "staff.inbox.aside",
    Notice.APART: "staff.stays.show",
    Notice.DISPLACED: "staff.bookings.mine",
    Notice.ROOM_ASKED: "staff.bookings.waiting",
    Notice.SHIFT: "staff.duty.roster",
    Notice.TASKS: "staff.tasks.board",
    Notice.TASKS_LEFT: "staff.tasks.board",
    Notice.JOINED: "staff.approvals.list_all",
    Notice.RENEWED: "staff.approvals.list_all",
    Notice.ACCOUNT: "staff.account.show",
    Notice.ANCHOR: "staff.anchors.show",
    Notice.BREACH: "staff.breaches.show_all",
    Notice.OPENINGS: "staff.trails.show",
    Notice.MEMBERS: "staff.approvals.list_all",
    Notice.SUSPECTED: "staff.organisations.list_all",
    Notice.REKEY: "staff.organisations.list_all",
    Notice.HAND_ON: "staff.duty.roster",
}


class WaysForm(Form):
    has_mail = TickField()
    has_sms = TickField()
    quiet_from = PickField(N_("Jam tenang dari"))
    quiet_until = PickField(N_("Jam tenang sampai"))

    def values(self) -> dict[str, Any]:
        hours = {name: self[name].data for name in ("quiet_from", "quiet_until")}
        return {**super().values(), **{name: int(hour) if hour else None for name, hour in hours.items()}}


class TrialForm(Form):
    """A button alone."""


class AllForm(Form):
    hour = LineField(longest=40)
    seen = IdsField()

    def values(self) -> Mapping[str, Any]:  # type: ignore[override]
        """An hour that is none is one before everything."""
        hour = datetime.min.replace(tzinfo=UTC)
        with suppress(ValueError, OverflowError):
            typed = datetime.fromisoformat(self.hour.data or "")
            hour = typed.astimezone(UTC) if typed.tzinfo else hour
        return {"hour": hour, "seen": self.seen.data}


def leads(me: Member, told: Told) -> str | None:
    """The page behind a notice, while it still lets its reader in."""
    if told.report_id:
        return url_for("staff.reports.show", report_id=told.report_id)
    endpoint = LEADS.get(told.notice)
    if endpoint is None:
        return None
    access = str(getattr(current_app.view_functions[endpoint], "access", ""))
    return url_for(endpoint) if access == "member" or can(me, Permission(access)) else None


@notices_door.route("")
@member
def show() -> Reply:
    me = actor()
    found = notices.list_for(me, at=request.args.get("at"))
    lines = [(told, leads(me, told)) for told in found.items]
    hour = clock.hour(clock.now())
    seen = [told.id for told in found.items if told.told_at >= hour and not told.is_read]
    return page("staff/notices/show.html", found=found, lines=lines, hour=hour.isoformat(), seen=seen)


@notices_door.route("/<uuid:notice_id>", methods=["POST"])
@member
def read(notice_id: Any) -> Reply:
    me = actor()
    place = leads(me, notices.read(me, notice_id))
    return to(place) if place else see_other("staff.notices.show", said=READ)


@notices_door.route("/dibaca", methods=["POST"])
@member
def read_all() -> Reply:
    form = AllForm()
    form.submit(notices.read_all, actor())
    return see_other("staff.notices.show", said=ALL_READ)


@notices_door.route("/cara", methods=["GET", "POST"])
@member
def ways() -> Reply:
    mine = alerts.ways(actor())
    form = WaysForm(data={"has_mail": mine.has_mail, "has_sms": mine.has_sms, **_hours(mine)})
    for field in (form.quiet_from, form.quiet_until):
        field.offered = [(f"{hour:02}", f"{hour:02}.00") for hour in range(24)]
    if form.submit(alerts.choose, actor()):
        return see_other("staff.notices.ways", said=WAYS_KEPT)
    has_gateway = bool(current_app.config["PEPA"].sms_url)
    return page("staff/notices/ways.html", form=form, ways=mine, has_gateway=has_gateway)


def _hours(mine: alerts.Ways) -> dict[str, str | None]:
    found = {"quiet_from": mine.quiet_from, "quiet_until": mine.quiet_until}
    return {name: None if hour is None else f"{hour:02}" for name, hour in found.items()}


@notices_door.route("/percobaan", methods=["POST"])
@member
def try_out() -> Reply:
    form = TrialForm()
    sent = form.submit(alerts.try_out, actor())
    return see_other("staff.notices.ways", said=TRIED if sent else alerts.TriedOften.says)
