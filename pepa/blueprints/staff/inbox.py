"""The inbox: reports by what they wait for, and apart from them what was put aside."""

from flask import Blueprint, request
from flask_babel import gettext

from pepa.domain import cards, inbox, library, lists, reports
from pepa.models.organisations import Role
from pepa.models.reports import Channel, Stage, Urgency
from pepa.policy import Permission, can
from pepa.web.access import actor, needs, quiet
from pepa.web.fields import CodeField, IdsField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

inbox_door = Blueprint("inbox", __name__)
TABS = {
    "baru": N_("Belum dibaca"),
    "jawab": N_("Perlu dijawab"),
    "susulan": N_("Pesan susulan"),
    "dibaca": N_("Perlu dipilah"),
    "semua": N_("Semua"),
    "dibatalkan": N_("Dibatalkan"),
}

HELD = ((inbox.ME, N_("Saya")), (inbox.NOBODY, N_("Belum ada")))
PUT_BACK, LOOKED_OVER = N_("Sudah kembali ke daftar."), N_("Sudah dicatat: Anda yang melihat.")
TICK_FIRST = N_("Pilih dulu laporannya.")
notices(PUT_BACK, LOOKED_OVER)


class AsideForm(Form):
    """ticked: which ones; shown: all of the page; act: back, seen (the ticked ones) or all."""

    act = CodeField()
    ticked = IdsField()
    shown = IdsField()


class FilterForm(Form):
    """What an address narrows the list by. Nothing of it is written in anybody's words."""

    stage = PickField(N_("Tahap"))
    urgency = PickField(N_("Mendesak"))
    channel = PickField(N_("Dari"))
    kecamatan = PickField(N_("Kecamatan"))
    held = PickField(N_("Dipegang"))
    danger = PickField(N_("Bahaya"))

    def __init__(self, tab: str) -> None:
        super().__init__(formdata=request.args)
        self.stage.offered = [(one.value, gettext(one.label)) for one in Stage if one is not Stage.DRAFT]
        self.urgency.offered = [(one.value, gettext(one.label)) for one in Urgency]
        self.channel.offered = [(one.value, gettext(one.label)) for one in Channel]
        self.kecamatan.offered = [(code, gettext(name)) for code, name in lists.places().items()]
        self.held.offered = [(code, gettext(word)) for code, word in HELD]
        self.danger.offered = [("told", gettext("Ada yang disebut"))]
        if tab != "semua":
            del self.stage

    @property
    def narrowing(self) -> dict[str, str]:
        """What is narrowed, for the addresses of the next pages; what no list has narrows nothing."""
        return {field.name: field.data for field in self if field.data in {code for code, _ in field.offered}}


@inbox_door.route("/")
@needs(Permission.SEE_DESK)
@quiet("segar")
def show() -> Reply:
    me = actor()
    if not can(me, Permission.READ_REPORTS):
        waiting = len(library.waiting_for(me)) if can(me, Permission.REVIEW_TITLE) else 0
        return page("staff/start.html", roles=[role for role in Role if role in me.roles], waiting=waiting)
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else "baru"
    form = FilterForm(tab)
    found = inbox.list_for(me, _wanted(tab, form.narrowing), at=request.args.get("at"))
    counts = inbox.counts(me)
    counted = {
        "baru": counts.unread,
        "jawab": counts.owed,
        "susulan": counts.continued,
        "dibatalkan": counts.cancelled,
        "aside": counts.aside,
    }
    return page(
        "staff/inbox/show.html",
        filters=form,
        narrowing=form.narrowing,
        tab=tab,
        tabs=[(code, gettext(word)) for code, word in TABS.items()],
        found=found,
        marks=inbox.marks_of(me, found),
        holders=reports.holders_of(found),
        counted=counted,
        behind="danger" in form.narrowing and cards.is_behind(me),
        most=inbox.MOST_COUNTED,
        channels={channel.value: channel.label for channel in Channel},
    )


def _wanted(tab: str, narrowing: dict[str, str]) -> inbox.Filters:
    by_tab = {"baru": Stage.RECEIVED, "dibaca": Stage.READ, "dibatalkan": Stage.WITHDRAWN}
    stage = Stage(narrowing["stage"]) if "stage" in narrowing else by_tab.get(tab)
    same = {name: narrowing.get(name) for name in ("urgency", "channel", "kecamatan", "held")}
    return inbox.Filters(
        stage=stage, owed=tab == "jawab", continued=tab == "susulan", danger="danger" in narrowing, **same
    )


@inbox_door.route("/disisihkan")
@needs(Permission.READ_REPORTS)
def aside() -> Reply:
    return _aside(None)


def _aside(form: AsideForm | None) -> Reply:
    tab = "dilihat" if request.args.get("tab") == "dilihat" else ""
    found = inbox.list_aside(actor(), seen=bool(tab), at=request.args.get("at"))
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
