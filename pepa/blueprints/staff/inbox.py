"""The inbox: reports by what they wait for, and apart from them what was put aside."""

from flask import Blueprint, request
from flask_babel import gettext

from pepa.domain import reports
from pepa.models.organisations import Role
from pepa.models.reports import Channel, Stage
from pepa.policy import Permission, can
from pepa.web.access import actor, needs, quiet
from pepa.web.fields import CodeField, IdsField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

inbox_door = Blueprint("inbox", __name__)
TABS = {
    "baru": (Stage.RECEIVED.value, N_("Belum dibaca")),
    "dibaca": (Stage.READ.value, N_("Sudah dibaca")),
    "semua": ("all", N_("Semua")),
    "dibatalkan": (Stage.WITHDRAWN.value, N_("Dibatalkan")),
}
MOST_COUNTED = 100
PUT_BACK, LOOKED_OVER = N_("Sudah kembali ke daftar."), N_("Sudah dicatat: Anda yang melihat.")
TICK_FIRST = N_("Pilih dulu laporannya.")
notices(PUT_BACK, LOOKED_OVER)


class AsideForm(Form):
    """ticked: which ones; shown: all of the page; act: back, seen (the ticked ones) or all."""

    act = CodeField()
    ticked = IdsField()
    shown = IdsField()


@inbox_door.route("/")
@needs(Permission.SEE_DESK)
@quiet("segar")
def show() -> Reply:
    me = actor()
    if not can(me, Permission.READ_REPORTS):
        return page("staff/start.html", roles=[role for role in Role if role in me.roles])
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else "baru"
    found = reports.list_for(me, stage=TABS[tab][0], at=request.args.get("at"))
    return page(
        "staff/inbox/show.html",
        tab=tab,
        tabs=[(code, gettext(word)) for code, (_, word) in TABS.items()],
        found=found,
        holders=reports.holders_of(found),
        unread=reports.unread_count(me, MOST_COUNTED),
        most=MOST_COUNTED,
        aside=reports.aside_count(me, MOST_COUNTED),
        channels={channel.value: channel.label for channel in Channel},
    )


@inbox_door.route("/disisihkan")
@needs(Permission.READ_REPORTS)
def aside() -> Reply:
    return _aside(None)


def _aside(form: AsideForm | None) -> Reply:
    tab = "dilihat" if request.args.get("tab") == "dilihat" else ""
    found = reports.list_aside(actor(), seen=bool(tab), at=request.args.get("at"))
    return page("staff/inbox/aside.html", form=form, tab=tab, found=found, holders=reports.holders_of(found))


@inbox_door.route("/disisihkan", methods=["POST"])
@needs(Permission.HOLD_REPORT)
def sort_out() -> Reply:
    form = AsideForm()
    which = form.shown.data if form.act.data == "all" else form.ticked.data
    if not which:
        form.form_errors.append(gettext(TICK_FIRST))
        return _aside(form)
    back = form.act.data == "back"
    (reports.put_back if back else reports.look_over)(actor(), which)
    return see_other("staff.inbox.aside", tab=request.args.get("tab"), said=PUT_BACK if back else LOOKED_OVER)
