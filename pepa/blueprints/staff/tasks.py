"""Tugas: the board, lists beside it, one task with its text. Whatever moves a card is a form; the rest is extra."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext

from pepa import clock
from pepa.domain import boards, columns, onces, tasks
from pepa.models.tasks import OPEN, Column, Deed, Outcome, Reason
from pepa.policy import Member, Permission
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import (
    ChoiceField,
    CodeField,
    DayField,
    LineField,
    OnceField,
    PickField,
    TextField,
    TickField,
    VersionField,
)
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

tasks_door = Blueprint("tasks", __name__, url_prefix="/tugas")
TABS = {
    "saya": N_("Milik saya"),
    "tempo": N_("Jatuh tempo"),
    "menunggu": N_("Menunggu orang lain"),
    "arsip": N_("Arsip"),
}
MADE, CHANGED, HANDED = N_("Tugas SUDAH dibuat."), N_("Tugas SUDAH diubah."), N_("Tugas SUDAH diserahkan.")
ENDED, MOVED, LIMITED = N_("Tugas SUDAH selesai."), N_("Tugas SUDAH dipindah."), N_("Batas kolom SUDAH disimpan.")
AWAY, BACK = N_("Tugas SUDAH di arsip."), N_("Tugas SUDAH kembali ke papan.")
NOWHERE = N_("Pilih dulu ke mana.")
notices(MADE, CHANGED, HANDED, ENDED, MOVED, LIMITED, AWAY, BACK)
ME, NOBODY = "saya", "kosong"
TO = re.compile(
    r"(?P<code>T-[0-9A-Z]{2,12}) (?P<version>[0-9]{1,9}) (?P<column>[a-z]+)(?: (?P<after>T-[0-9A-Z]{2,12}))?"
)


class FilterForm(Form):
    """What an address narrows the board by."""

    orang = PickField(N_("Orang"))
    lembaga = PickField(N_("Lembaga"), as_id=True)

    def __init__(self, me: Member) -> None:
        super().__init__(formdata=request.args)
        people = [(str(one.id), one.name) for one in tasks.colleagues(me.organisation_id) if one.id != me.person_id]
        self.orang.offered = [(ME, gettext("Saya")), (NOBODY, gettext("Belum ada orang")), *people]
        others = [(one.id, one.name) for one in tasks.others(me)]
        self.lembaga.offered = [(me.organisation_id, me.organisation_name), *others]

    @property
    def narrowing(self) -> dict[str, str]:
        """For the addresses of this view; what no list has narrows nothing."""
        offered = ((field, {code for code, _ in field.offered}) for field in self)
        return {field.name: str(field.data) for field, codes in offered if field.data in codes}

    @property
    def words(self) -> str:
        """The same as a person reads it."""
        labels = ((field, dict(field.offered)) for field in self)
        return ", ".join(known[field.data] for field, known in labels if field.data in known)

    def wanted(self, me: Member) -> boards.Filters:
        told = self.narrowing
        person, organisation = told.get("orang"), told.get("lembaga")
        person_id = me.person_id if person == ME else UUID(person) if person and person != NOBODY else None
        return boards.Filters(person_id, person == NOBODY, UUID(organisation) if organisation else None)


class NewForm(Form):
    deed = PickField(N_("Apa"), needed=tasks.NoDeed.says)
    due_on = DayField(N_("Tenggat"), needed=tasks.NoDay.says)
    holder_id = PickField(N_("Siapa"), as_id=True, needed=tasks.NoSuchHolder.says)
    text = TextField(N_("Keterangan"), longest=tasks.LONGEST)
    once = OnceField()

    def offer(self, me: Member) -> None:
        self.deed.offered = _deeds()
        self.holder_id.offered = _holders(me)


class ChangeForm(Form):
    deed = PickField(N_("Apa"), needed=tasks.NoDeed.says)
    due_on = DayField(N_("Tenggat"), needed=tasks.NoDay.says)
    text = TextField(N_("Keterangan"), longest=tasks.LONGEST)
    wording = VersionField()


class AssignForm(Form):
    holder_id = PickField(N_("Siapa"), as_id=True, needed=tasks.NoSuchHolder.says)
    version = VersionField()


class MoveForm(Form):
    """to: which card, in which version, to which column, and behind which card: `T-81K 3 doing T-72D`"""

    to = CodeField()
    here = TickField()

    @property
    def told(self) -> re.Match[str] | None:
        found = TO.fullmatch(self.to.data or "")
        return found if found and found["column"] in {column.value for column in Column} else None

    def values(self) -> dict[str, Any]:
        told = self.told
        assert told
        column, version = Column(told["column"]), int(told["version"])
        return {"code": told["code"], "column": column, "after": told["after"], "version": version}

    def validate(self, extra_validators: Any = None) -> bool:
        """What is no move has no field to stand beside: its buttons are many."""
        sound = super().validate(extra_validators) and self.told is not None
        if not sound:
            self.form_errors.append(gettext(NOWHERE))
        return sound


class FinishForm(Form):
    outcome = ChoiceField(N_("Hasil"), Outcome)
    reason = PickField(N_("Sebabnya, kalau tidak selesai"))
    version = VersionField()


class ArchiveForm(Form):
    back = TickField()
    version = VersionField()


class LimitForm(Form):
    column = PickField(N_("Kolom"), needed=NOWHERE)
    most = LineField(N_("Paling banyak"), longest=3)
    is_hard = TickField()

    def values(self) -> dict[str, Any]:
        typed = self.most.data or ""
        return {
            "column": Column(self.column.data),
            "most": None if not typed else int(typed) if typed.isascii() and typed.isdigit() else 0,
            "is_hard": self.is_hard.data,
        }


def _view(filters: FilterForm) -> dict[str, str]:
    """What the address of the board says, for whatever leads back to it."""
    return filters.narrowing | ({"luas": "1"} if request.args.get("luas") == "1" else {})


def _deeds() -> list[tuple[str, str]]:
    return [(deed.value, gettext(deed.label)) for deed in Deed]


def _holders(me: Member) -> list[tuple[UUID, str]]:
    people = [(one.id, one.name) for one in tasks.colleagues(me.organisation_id)]
    organisations = [(one.id, one.name) for one in tasks.others(me)]
    return [*people, (me.organisation_id, gettext("Belum ada orang")), *organisations]


@tasks_door.route("")
@needs(Permission.SEE_TASKS)
def board() -> Reply:
    return _board()


def _board(moving: MoveForm | None = None) -> Reply:
    me = actor()
    filters = FilterForm(me)
    is_wide = request.args.get("luas") == "1"
    shown = boards.show(me, filters.wanted(me), is_wide=is_wide)
    return page(
        "staff/tasks/board.html",
        form=moving,
        tabs=TABS,
        filtered=filters.words,
        narrowing=filters.narrowing,
        view=_view(filters),
        is_wide=is_wide,
        shown=shown,
        counts=shown.counts,
    )


@tasks_door.route("/saring")
@needs(Permission.SEE_TASKS)
def narrow() -> Reply:
    """A page of its own: every name of the office on the board would weigh more than its cards."""
    return page("staff/tasks/narrow.html", filters=FilterForm(actor()))


@tasks_door.route("/batas", methods=["GET", "POST"])
@needs(Permission.KEEP_BOARD)
def limit() -> Reply:
    me = actor()
    form = LimitForm()
    form.column.offered = [(column.value, gettext(column.label)) for column in OPEN]
    if form.submit(columns.set_limit, me):
        return see_other("staff.tasks.board", said=LIMITED)
    return page("staff/tasks/limit.html", form=form, limits=columns.limits_of(me))


@tasks_door.route("/daftar")
@needs(Permission.SEE_TASKS)
def listed() -> Reply:
    me, at = actor(), request.args.get("at")
    tab = request.args.get("tab", "saya")
    filters = FilterForm(me)
    if tab in {column.value for column in Column}:
        found = boards.column(me, Column(tab), filters.wanted(me), at)
        word = Column(tab).label
    else:
        tab = tab if tab in TABS else "saya"
        ask = {"saya": boards.mine, "tempo": boards.due, "menunggu": boards.waiting, "arsip": boards.archive_of}[tab]
        found, word = ask(me, at), TABS[tab]
    narrowing = filters.narrowing if tab not in TABS else {}
    told: dict[str, Any] = {"tab": tab, "tabs": TABS, "word": word, "narrowing": narrowing}
    return page("staff/tasks/listed.html", found=found, counts=boards.counts(me), **told)


@tasks_door.route("/baru", methods=["GET", "POST"])
@needs(Permission.SEE_TASKS)
def create() -> Reply:
    me = actor()
    form = NewForm()
    form.offer(me)
    if task_id := form.submit(tasks.create, me):
        drafts.done()
        return see_other("staff.tasks.show", said=MADE, code=tasks.get_for(me, task_id).code)
    draft = None
    if not form.is_submitted():
        form.once.data, draft = onces.new(), drafts.offered(form)
        form.holder_id.data = form.holder_id.data or me.person_id
        form.due_on.data = form.due_on.data or clock.today() + timedelta(days=1)
    return page("staff/tasks/create.html", form=form, draft=draft)


@tasks_door.route("/<code>")
@needs(Permission.SEE_TASKS)
def show(code: str) -> Reply:
    return _show(code)


def _show(
    code: str,
    *,
    moving: MoveForm | None = None,
    assigning: AssignForm | None = None,
    finishing: FinishForm | None = None,
) -> Reply:
    """The page of a task, with whichever of its forms was refused."""
    me = actor()
    opened = tasks.open_for(me, tasks.id_of(me, code))
    task = opened.task
    wrong: Form | None = moving or assigning or finishing
    assigning = assigning or AssignForm(formdata=None)
    assigning.holder_id.offered = _holders(me)
    assigning.holder_id.data = assigning.holder_id.data or task.person_id or task.organisation_id
    finishing = finishing or FinishForm(formdata=None)
    finishing.reason.offered = _reasons()
    return page(
        "staff/tasks/show.html",
        form=wrong,
        task=task,
        text=opened.text,
        columns=Column,
        assigning=assigning,
        finishing=finishing,
        history=tasks.history(me, task.id),
    )


def _reasons() -> list[tuple[str, str]]:
    return [(reason.value, gettext(reason.label)) for reason in Reason]


@tasks_door.route("/<code>/ubah", methods=["GET", "POST"])
@needs(Permission.SEE_TASKS)
def change(code: str) -> Reply:
    me = actor()
    form = ChangeForm()
    task_id = tasks.id_of(me, code)
    form.deed.offered = _deeds()
    if form.submit(tasks.change, me, task_id):
        drafts.done()
        return see_other("staff.tasks.show", code=code, said=CHANGED)
    stored = tasks.open_for(me, task_id)
    task, draft = stored.task, None
    theirs = stored if form.is_submitted() and task.wording != form.wording.data else None
    form.wording.data = task.wording
    if not form.is_submitted():
        form.deed.data, form.due_on.data, form.text.data = task.deed, task.due_on, stored.text or ""
        draft = drafts.offered(form)
    status = 409 if theirs else 200
    return page("staff/tasks/change.html", status=status, form=form, task=task, theirs=theirs, draft=draft)


@tasks_door.route("/<code>/serahkan", methods=["POST"])
@needs(Permission.SEE_TASKS)
def assign(code: str) -> Reply:
    me = actor()
    form = AssignForm()
    task_id = tasks.id_of(me, code)
    form.holder_id.offered = _holders(me)
    if form.submit(tasks.assign, me, task_id):
        return _after(me, code, HANDED)
    return _show(code, assigning=form)


def _after(me: Member, code: str, said: str) -> Reply:
    """Whoever hands on what another organisation made sees it no more."""
    if tasks.sees(me, code):
        return see_other("staff.tasks.show", code=code, said=said)
    return see_other("staff.tasks.board", said=said)


@tasks_door.route("", methods=["POST"])
@needs(Permission.SEE_TASKS)
def move() -> Reply:
    me = actor()
    form = MoveForm()
    moved = form.submit(boards.move_by_code, me)
    if form.told is None:
        return _board(form)
    code = form.told["code"]
    if not moved:
        return _show(code, moving=form)
    if form.here.data:
        return see_other("staff.tasks.show", code=code, said=MOVED)
    return see_other("staff.tasks.board", **_view(FilterForm(me)), _anchor=code)


@tasks_door.route("/<code>/selesai", methods=["POST"])
@needs(Permission.SEE_TASKS)
def finish(code: str) -> Reply:
    me = actor()
    form = FinishForm()
    task_id = tasks.id_of(me, code)
    form.reason.offered = _reasons()
    form.outcome.data = form.outcome.data or Outcome.DONE.value
    if form.submit(boards.finish, me, task_id):
        return see_other("staff.tasks.show", code=code, said=ENDED)
    return _show(code, finishing=form)


@tasks_door.route("/<code>/arsip", methods=["POST"])
@needs(Permission.SEE_TASKS)
def archive(code: str) -> Reply:
    me = actor()
    form = ArchiveForm()
    task_id = tasks.id_of(me, code)
    back = form.back.data
    (boards.restore if back else boards.archive)(me, task_id, version=form.version.data)
    return see_other("staff.tasks.show", code=code, said=BACK if back else AWAY)
