"""The staff wing, under /petugas: behind the log-in, smoother with htmx, whole without it."""

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import Blueprint, g, request, url_for
from flask_babel import gettext

from pepa.blueprints.staff.account import account_door
from pepa.blueprints.staff.anchors import anchors_door
from pepa.blueprints.staff.approvals import approvals_door
from pepa.blueprints.staff.areas import areas_door
from pepa.blueprints.staff.bookings import bookings_door
from pepa.blueprints.staff.breaches import breaches_door
from pepa.blueprints.staff.cadres import cadres_door
from pepa.blueprints.staff.callbacks import callbacks_door
from pepa.blueprints.staff.calls import calls_door
from pepa.blueprints.staff.cards import cards_door
from pepa.blueprints.staff.cases import cases_door
from pepa.blueprints.staff.certificates import certificates_door
from pepa.blueprints.staff.chats import chats_door
from pepa.blueprints.staff.confirmations import confirmations_door
from pepa.blueprints.staff.conflicts import conflicts_door
from pepa.blueprints.staff.coverage import coverage_door
from pepa.blueprints.staff.devices import devices_door
from pepa.blueprints.staff.directory import directory_door
from pepa.blueprints.staff.disclosures import disclosures_door
from pepa.blueprints.staff.duty import duty_door
from pepa.blueprints.staff.editions import editions_door
from pepa.blueprints.staff.emergencies import emergencies_door
from pepa.blueprints.staff.enrolments import enrolments_door
from pepa.blueprints.staff.excesses import excesses_door
from pepa.blueprints.staff.exposures import exposures_door
from pepa.blueprints.staff.feeds import feeds_door
from pepa.blueprints.staff.files import files_door
from pepa.blueprints.staff.guards import guards_door
from pepa.blueprints.staff.hand_ins import HEADINGS, hand_ins_door
from pepa.blueprints.staff.handovers import handovers_door
from pepa.blueprints.staff.illustrations import illustrations_door
from pepa.blueprints.staff.inbox import inbox_door
from pepa.blueprints.staff.incidents import incidents_door
from pepa.blueprints.staff.invitations import invitations_door
from pepa.blueprints.staff.joining import joining_door
from pepa.blueprints.staff.letters import letters_door
from pepa.blueprints.staff.library import library_door
from pepa.blueprints.staff.links import links_door
from pepa.blueprints.staff.members import members_door
from pepa.blueprints.staff.notes import notes_door
from pepa.blueprints.staff.notices import notices_door
from pepa.blueprints.staff.numbers import numbers_door
from pepa.blueprints.staff.opening import opening_door
from pepa.blueprints.staff.organisations import organisations_door
from pepa.blueprints.staff.outreach import outreach_door
from pepa.blueprints.staff.plans import plans_door
from pepa.blueprints.staff.police import police_door
from pepa.blueprints.staff.readiness import readiness_door
from pepa.blueprints.staff.reports import reports_door
from pepa.blueprints.staff.restrictions import restrictions_door
from pepa.blueprints.staff.reviews import reviews_door
from pepa.blueprints.staff.rooms import rooms_door
from pepa.blueprints.staff.sessions import sessions_door
from pepa.blueprints.staff.settings import settings_door
from pepa.blueprints.staff.stays import stays_door
from pepa.blueprints.staff.swaps import swaps_door
from pepa.blueprints.staff.targets import targets_door
from pepa.blueprints.staff.tasks import tasks_door
from pepa.blueprints.staff.teachings import teachings_door
from pepa.blueprints.staff.today import today_door
from pepa.blueprints.staff.trails import trails_door
from pepa.blueprints.staff.translations import translations_door
from pepa.blueprints.staff.triage import triage_door
from pepa.blueprints.staff.visits import visits_door
from pepa.blueprints.staff.withdrawals import withdrawals_door
from pepa.blueprints.staff.worries import worries_door
from pepa.domain import (
    additions,
    boards,
    breaches,
    callbacks,
    calls,
    duty,
    emergencies,
    excesses,
    incidents,
    lists,
    notices,
    police,
    reports,
    restrictions,
    sessions,
)
from pepa.models.reports import Channel, Elsewhere, Report, reference_of
from pepa.models.restrictions import Restriction
from pepa.policy import Permission, can
from pepa.web import drafts
from pepa.web.access import visitor
from pepa.web.pages import Reply, forget_said, see_other
from pepa.words import N_

TYPED = {
    "staff.hand_ins.call": HEADINGS[Channel.PHONE],
    "staff.hand_ins.counter": HEADINGS[Channel.COUNTER],
    "staff.chats.begin": N_("Tempel chat"),
    "staff.chats.look": N_("Isi chat"),
    "staff.letters.begin": N_("Surat masuk"),
    "staff.duty.roster": N_("Piket"),
    "staff.rooms.add": N_("Tambah ruang"),
    "staff.handovers.show": N_("Serah terima piket"),
    "staff.areas.bring": N_("Baca daftar RT"),
    "staff.tasks.create": N_("Tugas baru"),
    "staff.disclosures.add": N_("Catat pemberian data"),
    "staff.breaches.add": N_("Catat kebocoran"),
    "staff.emergencies.begin": N_("Buka darurat"),
}
staff = Blueprint("staff", __name__, url_prefix="/petugas")
staff.after_request(forget_said)
for door in (
    today_door,
    inbox_door,
    reports_door,
    triage_door,
    cases_door,
    tasks_door,
    directory_door,
    organisations_door,
    members_door,
    approvals_door,
    notes_door,
    links_door,
    excesses_door,
    emergencies_door,
    trails_door,
    anchors_door,
    disclosures_door,
    breaches_door,
    exposures_door,
    files_door,
    guards_door,
    cards_door,
    hand_ins_door,
    chats_door,
    letters_door,
    calls_door,
    callbacks_door,
    police_door,
    restrictions_door,
    confirmations_door,
    conflicts_door,
    withdrawals_door,
    library_door,
    editions_door,
    reviews_door,
    translations_door,
    numbers_door,
    readiness_door,
    settings_door,
    illustrations_door,
    duty_door,
    swaps_door,
    handovers_door,
    rooms_door,
    bookings_door,
    opening_door,
    stays_door,
    feeds_door,
    devices_door,
    incidents_door,
    cadres_door,
    plans_door,
    outreach_door,
    worries_door,
    visits_door,
    teachings_door,
    invitations_door,
    areas_door,
    coverage_door,
    targets_door,
    certificates_door,
    sessions_door,
    enrolments_door,
    joining_door,
    account_door,
    notices_door,
):
    staff.register_blueprint(door)


@staff.errorhandler(excesses.ReasonAsked)
def ask_why(asked: excesses.ReasonAsked) -> Reply:
    """Before one more report is opened. What was being typed is kept."""
    if request.method == "POST":
        drafts.keep_all()
    return see_other("staff.excesses.explain", report_id=asked.report_id)


@staff.before_request
def keep_carried() -> None:
    """What was being typed elsewhere on the page that sends this form is kept before anything else is done."""
    if request.method == "POST" and visitor():
        drafts.keep_carried()


@staff.app_template_global()
def on_duty() -> duty.OnDuty | None:
    """Who is on duty, for whoever may see it."""
    me = visitor()
    return duty.now_for(me) if me and can(me, Permission.SEE_ROSTER) else None


@staff.app_template_global()
def alarms() -> Sequence[duty.Alarm]:
    """What asks for the visitor now: on every page, since it cannot wait until the list is looked at."""
    me = visitor()
    return duty.alarms_for(me) if me and can(me, Permission.READ_REPORTS) else []


@staff.app_template_global()
def calls_aside() -> int:
    """How many of those that were put aside ask for the visitor now."""
    me = visitor()
    return reports.calls_aside(me) if me and can(me, Permission.READ_REPORTS) else 0


@staff.app_template_global()
def many_openings() -> Sequence[excesses.Told]:
    """Who opened many reports that are not theirs, for whoever leads."""
    me = visitor()
    return excesses.unseen_by(me) if me and can(me, Permission.WATCH_OPENINGS) else []


@staff.app_template_global()
def emergencies_of(reports: Iterable[Report]) -> Sequence[emergencies.Told]:
    """Who opened these reports in an emergency, for whoever reads them."""
    me = visitor()
    return emergencies.of(me, [one.id for one in reports]) if me and can(me, Permission.SEE_OPENINGS) else []


@staff.app_template_global()
def after_restore() -> bool:
    """Whether something waits to be looked at since a copy was put back."""
    me = visitor()
    return bool(me and incidents.is_waiting(me))


@staff.app_template_global()
def running_breaches() -> Sequence[breaches.Known]:
    """Breaches whose clock runs, for whoever answers for the office."""
    me = visitor()
    return breaches.running_for(me) if me and can(me, Permission.KEEP_BREACHES) else []


@staff.app_template_global()
def my_tasks() -> int:
    """How many of the visitor's own tasks are due today or late."""
    me = visitor()
    return boards.mine_now(me) if me and can(me, Permission.SEE_TASKS) else 0


@staff.app_template_global()
def news() -> int:
    """How much of what the program told the visitor was not read yet; asked once a page."""
    me = visitor()
    if me is None:
        return 0
    if "news" not in g:
        g.news = notices.unread(me)
    many: int = g.news
    return many


@staff.app_template_global()
def repeats() -> Sequence[calls.Repeat]:
    """Numbers that called again and told nothing."""
    me = visitor()
    return calls.recent(me).repeats if me and can(me, Permission.READ_REPORTS) else []


@staff.app_template_global()
def unsent() -> Sequence[tuple[str, str]]:
    """Pages on which the visitor was typing and has not sent it, each with its name: after a dead battery nobody
    remembers where that was. A report that the visitor may see no more is not named."""
    me = visitor()
    paths = dict.fromkeys(path.removesuffix(drafts.NEWER) for path in sessions.unsent(me)) if me else ()
    of = {path: UUID(found[1]) for path in paths if (found := ON_A_REPORT.fullmatch(path))}
    seen = reports.among(me, list(of.values())) if me and can(me, Permission.READ_REPORTS) else set()
    named = ((path, _name_of(path)) for path in paths if path not in of or of[path] in seen)
    return [(path, name) for path, name in named if name]


ON_A_TEXT = re.compile(r"/petugas/pustaka/naskah/[0-9a-f-]{36}/(tulis|tinjau|tarik|bahasa/[a-z-]+)")
ON_A_REPORT = re.compile(r"/petugas/laporan/([0-9a-f-]{36})(/.+)?")


def _name_of(path: str) -> str | None:
    """What a page is called that offers what was typed on it, or None: no such page."""
    if found := ON_A_REPORT.fullmatch(path):
        return reference_of(UUID(found[1]))
    if ON_A_TEXT.fullmatch(path):
        return str(gettext(N_("Naskah pustaka")))
    headings = {url_for(endpoint): word for endpoint, word in TYPED.items()}
    return str(gettext(headings[path])) if path in headings else None


@staff.app_template_global()
def police_left(report: Report) -> int | None:
    """Whole hours of the police clock that runs for a report that the visitor has open; None where none runs."""
    return police.left_of(report.id)


@staff.app_template_global()
def restriction_of(report: Report) -> Restriction | None:
    """What was asked or holds of restricting a report that the visitor has open."""
    return restrictions.of(report.id)


@staff.app_template_global()
def outside_hours(plan: additions.Contact | None) -> bool:
    """Whether it is now outside of her safe hours: the number opens by a call-back alone."""
    return callbacks.is_outside(plan)


@staff.app_template_global()
def place(code: str) -> str:
    """The name of a kecamatan, or the words for what is none."""
    return str(gettext(lists.places().get(code, Elsewhere.UNKNOWN.label)))
