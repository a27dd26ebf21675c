"""What she adds after the code: when and where, who and which dangers, how she may be called. Steps, no addresses."""

from collections.abc import Callable
from typing import ClassVar

from flask import Response, make_response, render_template

from pepa.db import DatabaseFault, db
from pepa.domain import additions, keys, onces, reporters
from pepa.errors import Busy
from pepa.models.additions import Ago, Answer, Cover, Reach
from pepa.policy import Reporter
from pepa.web import steps
from pepa.web.fields import ChoiceField, CodeField, LineField, OnceField, PhoneField
from pepa.web.forms import Form
from pepa.web.steps import Here, Step
from pepa.words import N_

LONGEST = 5000  # letters of a line
ABOUT_HER = (Answer.YES, Answer.NO, Answer.UNKNOWN)
UNSTYLED = (".code", ".thread", ".calls", "table", "th", "td", ".doors", "summary")


class AdditionForm(Form):
    """One page of questions, named like what its answers are kept as. code: where no way in is open any more."""

    answers: ClassVar[type[additions.Answers]]
    template: ClassVar[str]
    code = CodeField(N_("Kode"))
    once = OnceField()

    def values(self) -> dict[str, object]:
        told = super().values()
        told.pop("code")
        return {"once": told.pop("once") or onces.new(), "answers": self.answers(**told)}


class WhenForm(AdditionForm):
    answers, template = additions.When, "citizen/additions/when.html"
    ago = ChoiceField(N_("Kapan terjadi?"), Ago)
    place = LineField(N_("Terjadi di mana?"), longest=LONGEST)
    home = LineField(N_("Yang mengalami tinggal di mana?"), longest=LONGEST)


class WhoForm(AdditionForm):
    answers, template = additions.Who, "citizen/additions/who.html"
    hurt = LineField(N_("Siapa yang disakiti?"), longest=LONGEST)
    hurting = LineField(N_("Siapa yang menyakiti?"), longest=LONGEST)
    lives_in = ChoiceField(N_("Apakah orang itu tinggal serumah?"), Answer)
    children = ChoiceField(N_("Ada anak di rumah itu sekarang?"), Answer)
    weapon = ChoiceField(N_("Ada senjata, atau benda yang dipakai mengancam?"), Answer)
    strangled = ChoiceField(N_("Pernah dicekik?"), Answer)
    threatened = ChoiceField(N_("Pernah diancam dibunuh?"), Answer)
    suicidal = ChoiceField(N_("Terpikir mengakhiri hidup?"), Answer)


class ContactForm(AdditionForm):
    answers, template = additions.Contact, "citizen/additions/contact.html"
    reach = ChoiceField(N_("Bolehkah kami menghubungi Anda?"), Reach)
    phone = PhoneField(N_("Nomor"))
    hours = LineField(N_("Hari dan jam aman"), longest=LONGEST)
    word = LineField(N_("Kata aman"), longest=LONGEST)
    others = LineField(N_("Siapa lagi yang mungkin mengangkat?"), longest=LONGEST)
    message = ChoiceField(N_("Boleh tinggalkan pesan?"), Answer, only=ABOUT_HER)
    cover = ChoiceField(N_("Kalau orang lain yang mengangkat, kami bilang:"), Cover)
    cover_words = LineField(N_("Kata lain"), longest=LONGEST)


def _step(name: str, brings: str, form_of: type[AdditionForm], says: Callable[[additions.Answers], str]) -> Step:
    """A step of one such form. says: what its answers make the next page say."""

    def show(_: Reporter, here: Here) -> Response:
        form = form_of(formdata=None)
        form.once.data = onces.new()
        if isinstance(form, ContactForm):
            form.reach.data = Reach.NEVER.value  # the only thing that is ticked anywhere
        return _page(form, here)

    def take(reporter: Reporter | None, here: Here) -> Response:
        form = form_of()
        if here.fault:
            return _again(form, here, 503, fault=True)
        return _taken(form, reporter, here, says)

    return Step(name, brings, show, take)


def _taken(
    form: AdditionForm, reporter: Reporter | None, here: Here, says: Callable[[additions.Answers], str]
) -> Response:
    """To the next step, or the form again with all that was typed and what is wrong, or what is missing."""
    try:
        reporter = reporter or _by_code(form)
        if reporter is None:
            return _again(form, here, 422, timed_out=True)
        added = form.submit(additions.add, reporter)
        if form.errors:
            return _again(form, here, 422)
        return steps.onward(here, reporter, says(form.values()["answers"]) if added else "")  # type: ignore[arg-type]
    except reporters.CodeSlip as slip:
        form.refuse(slip)
        return _again(form, here, 422)
    except reporters.CodeUnknown:
        return _again(form, here, 404, unknown=True)
    except Busy as busy:
        return _again(form, here, 503, busy=busy.retry_after)
    except (DatabaseFault, keys.KeysUnsound, keys.Unopened):
        db.session.rollback()
        return _again(form, here, 503, fault=True)


def _by_code(form: AdditionForm) -> Reporter | None:
    """Her ten minutes are over: the code lets her in, once the page asked for it."""
    return reporters.by_token(reporters.open_code(form.code.data)) if form.code.data else None


def _page(form: AdditionForm, here: Here, status: int = 200, **state: bool | int) -> Response:
    html = render_template(form.template, form=form, here=here, unstyled=UNSTYLED, **state)
    response = make_response(html, status)
    response.unstyled = UNSTYLED  # type: ignore[attr-defined]
    return response


def _again(form: AdditionForm, here: Here, status: int, **state: bool | int) -> Response:
    """state: one of timed_out, unknown, busy (seconds) and fault, or none"""
    form.once.data = form.once.data or onces.new()
    response = _page(form, here, status, **state)
    response.keep_plain = True  # type: ignore[attr-defined]
    if status == 503:
        response.headers["Retry-After"] = str(state.get("busy") or 30)
    return response


def _health(answers: additions.Answers) -> str:
    assert isinstance(answers, additions.When)
    return steps.HEALTH if answers.may_be_recent else steps.ADDED


def _crisis(answers: additions.Answers) -> str:
    assert isinstance(answers, additions.Who)
    return steps.CRISIS if answers.suicidal == Answer.YES else steps.ADDED


WHEN = _step(N_("Kapan dan di mana"), N_("Membantu kami tahu apa yang perlu cepat."), WhenForm, _health)
WHO = _step(N_("Siapa, dan keadaan sekarang"), N_("Membantu kami tahu bahayanya."), WhoForm, _crisis)
CONTACT = _step(N_("Cara menghubungi Anda"), N_("Nomor, jam, dan kata aman."), ContactForm, lambda _: steps.ADDED)
