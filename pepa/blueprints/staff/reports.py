"""A report: opening it, holding it, answering it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext

from pepa.domain import additions, confirmations, intake, lists, reports, sessions, viewings, withdrawals
from pepa.models.additions import Ago, Answer, Cover, Reach, RedFlag
from pepa.models.messages import Side
from pepa.models.reports import About, Speaker, Urgency
from pepa.policy import Permission
from pepa.web import formats
from pepa.web.access import actor, needs
from pepa.web.fields import OnceField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_, Choice

reports_door = Blueprint("reports", __name__)
LONGEST_ANSWER = 20_000
ANSWERED = N_("Jawaban SUDAH dikirim. Pelapor membacanya dengan kodenya.")
HELD, HELD_BEFORE = N_("Anda memegang laporan ini."), N_("Rekan sudah memegang laporan ini lebih dulu.")
PUT_BACK = N_("Sudah kembali ke daftar.")
notices(ANSWERED, HELD, HELD_BEFORE, PUT_BACK)
SKIPPED = N_("Dilewati")


class AnswerForm(Form):
    text = TextField(N_("Jawaban untuk pelapor"), needed=reports.NothingWritten.says, longest=LONGEST_ANSWER)
    once = OnceField()


class Part(NamedTuple):
    """One addition in words. facts: question and answer; skipped: questions without one."""

    name: str
    at: datetime
    facts: list[tuple[str, str]]
    skipped: list[str]


class Step(NamedTuple):
    """One dot of a report's way."""

    what: str
    when: str
    state: str = ""


@reports_door.route("/laporan/<uuid:report_id>/kembalikan", methods=["POST"])
@needs(Permission.HOLD_REPORT)
def put_back(report_id: UUID) -> Reply:
    reports.get_for(actor(), report_id)
    reports.put_back(actor(), [report_id])
    return see_other("staff.reports.show", report_id=report_id, said=PUT_BACK)


@reports_door.route("/laporan/<uuid:report_id>")
@needs(Permission.READ_REPORTS)
def show(report_id: UUID) -> Reply:
    opened = reports.open_for(actor(), report_id)
    form = AnswerForm(formdata=None, data={"once": opened.once})
    draft = sessions.draft_for(actor(), request.path)
    if draft and request.args.get("ketikan") == "pakai":
        form.refill(draft)
        draft = None
    else:
        form.text.data = _ready_answers().get(request.args.get("jawaban", ""), "")
    return _shown(opened, form, draft)


@reports_door.route("/laporan/<uuid:report_id>", methods=["POST"])
@needs(Permission.ANSWER_REPORT)
def answer(report_id: UUID) -> Reply:
    form = AnswerForm()
    if form.submit(reports.answer, actor(), report_id):
        sessions.drop_draft(actor(), request.path)
        return see_other("staff.reports.show", report_id=report_id, said=ANSWERED)
    return _shown(reports.open_for(actor(), report_id), form, None)


@reports_door.route("/laporan/<uuid:report_id>/pegang", methods=["POST"])
@needs(Permission.HOLD_REPORT)
def hold(report_id: UUID) -> Reply:
    mine = reports.hold(actor(), report_id).held_by_id == actor().person_id
    return see_other("staff.reports.show", report_id=report_id, said=HELD if mine else HELD_BEFORE)


def _shown(opened: reports.Opened, form: AnswerForm, draft: dict[str, str] | None) -> Reply:
    added = additions.to(actor(), opened)
    plans = [one.answers for one in added if isinstance(one.answers, additions.Contact)]
    flags = {flag for one in added for flag in one.answers.flags}
    return page(
        "staff/reports/show.html",
        form=form,
        opened=opened,
        draft=draft,
        files=viewings.to(actor(), opened),
        parts=[_part(one) for one in added],
        flags=[flag for flag in RedFlag if flag in flags],
        plan=plans[-1] if plans else None,
        numbers=_numbers(opened.told, plans),
        facts=_facts(opened.told),
        steps=list(_steps(opened)),
        openings=[(name, [at for at, _ in some]) for name, some in groupby(opened.openings, key=lambda one: one[1])],
        ready_answers=_ready_answers(),
        decided=withdrawals.decided(opened.report.id) if opened.report.withdrawn_at else None,
        confirmed=confirmations.of(opened.report),
    )


def _ready_answers() -> dict[str, str]:
    return {one.code: one.text.replace("{sapaan}", gettext("Anda")) for one in lists.ready_answers()}


def _numbers(told: reports.Told, plans: Sequence[additions.Contact]) -> list[str]:
    """The numbers that she gave, the newest first."""
    return list(dict.fromkeys(number for number in (*(plan.phone for plan in reversed(plans)), told.phone) if number))


PARTS = {"when": N_("Kapan dan di mana"), "who": N_("Siapa, dan bahayanya"), "contact": N_("Cara menghubungi")}
QUESTIONS = {
    "ago": N_("Kapan terjadi"),
    "place": N_("Tempat kejadian"),
    "home": N_("Tempat tinggal yang mengalami"),
    "hurt": N_("Yang disakiti"),
    "hurting": N_("Yang menyakiti"),
    "lives_in": N_("Orang itu tinggal serumah"),
    "children": N_("Anak di rumah itu sekarang"),
    "weapon": N_("Senjata, atau benda untuk mengancam"),
    "strangled": N_("Pernah dicekik"),
    "threatened": N_("Pernah diancam dibunuh"),
    "suicidal": N_("Terpikir mengakhiri hidup"),
    "reach": N_("Boleh dihubungi"),
    "hours": N_("Hari dan jam aman"),
    "word": N_("Kata aman"),
    "others": N_("Orang lain yang mungkin mengangkat"),
    "message": N_("Boleh tinggalkan pesan"),
    "cover": N_("Kalau orang lain yang mengangkat"),
    "cover_words": N_("Kata lain"),
}
LISTS: dict[str, type[Choice]] = {"ago": Ago, "reach": Reach, "cover": Cover}


def _part(added: additions.Added) -> Part:
    """A number stands nowhere but below the plan that says how to call it."""
    asked = {name: value for name, value in vars(added.answers).items() if name != "phone"}
    answered = {name: value for name, value in asked.items() if value}
    facts = [(gettext(QUESTIONS[name]), _answer(name, value)) for name, value in answered.items()]
    skipped = [gettext(QUESTIONS[name]) for name in asked if name not in answered]
    return Part(gettext(PARTS[added.answers.kind]), added.at, facts, skipped)


def _answer(name: str, value: str) -> str:
    """A code in words, or what was typed."""
    codes = LISTS.get(name, Answer if name in additions.ASKED or name == "message" else None)
    return gettext(codes(value).label) if codes else value


def _facts(told: reports.Told) -> list[tuple[str, str]]:
    """What the reporter ticked, in words; "skipped" is not the same as "not known"."""
    partners = {str(partner_id): name for partner_id, name in intake.state().partners}
    about = gettext(About(told.about).label).rstrip(":") if told.about else gettext(SKIPPED)
    return [
        (gettext("Siapa yang menulis"), gettext(Speaker(told.speaker).label if told.speaker else SKIPPED)),
        (gettext("Perlu ditolong"), gettext(Urgency(told.urgency).label if told.urgency else SKIPPED)),
        (gettext("Terjadi di"), gettext(lists.places().get(told.kecamatan or "", SKIPPED))),
        (gettext("Tentang kantor atau mitra"), " ".join((about, partners.get(told.about_partner or "", ""))).strip()),
        (gettext("Tempat yang perlu didatangi"), told.place or gettext(SKIPPED)),
        *_of_a_child(told),
    ]


def _of_a_child(told: reports.Told) -> list[tuple[str, str]]:
    """What the shorter page asks besides; where it was not used, none of it was asked."""
    if told.speaker != Speaker.CHILD:
        return []
    return [
        (gettext("Sekarang aman"), gettext(Answer(told.safe).label if told.safe else SKIPPED)),
        (gettext("Nama panggilan"), told.nickname or gettext(SKIPPED)),
        (gettext("Umur"), told.age or gettext(SKIPPED)),
    ]


def _steps(opened: reports.Opened) -> Iterator[Step]:
    """What was done, in its order; then what is still to be done, of which the first is now."""
    report, (read_at, reader) = opened.report, opened.openings[0]
    yield Step(gettext("Diterima"), formats.around(report.received_at))
    done = [(report.read_at or read_at, gettext("Dibaca %(nama)s", nama=reader))]
    ahead = []
    if report.held_at and opened.held_by:
        done.append((report.held_at, gettext("Dipegang %(nama)s", nama=opened.held_by)))
    else:
        ahead.append(Step(gettext("Dipegang"), gettext("belum ada orangnya"), "now"))
    answers = [message.at for message in opened.messages if message.side is Side.OFFICE]
    if answers:
        done.append((answers[0], gettext("Dijawab")))
    else:
        ahead.append(Step(gettext("Jawaban di halaman pelapor"), gettext("belum"), "next" if ahead else "now"))
    for at, what in sorted(done):
        yield Step(what, formats.when(at))
    yield from ahead
