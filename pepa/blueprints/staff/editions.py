"""Naskah: a title is begun, read as it will be read, written, sent to its reviewers, withdrawn."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint

from pepa import clock
from pepa.domain import documents, editions, library, manuscripts, markup, numbers, onces, proposals, reviews, titles
from pepa.domain.manuscripts import Manuscript
from pepa.errors import Failure, Invalid
from pepa.models.subjects import Audience, Topic
from pepa.models.titles import Edition, Field, Kind, State
from pepa.policy import Permission
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import (
    ChoiceField,
    ChoicesField,
    LineField,
    OnceField,
    PickField,
    TextField,
    TickField,
    VersionField,
)
from pepa.web.forms import Form, told
from pepa.web.pages import Reply, notices, page, see_other
from pepa.web.readings import Told
from pepa.words import N_

editions_door = Blueprint("editions", __name__, url_prefix="/pustaka")
TICKED, COUNTED = ("audience", "topics", "reviewers"), ("minutes", "due_months")
EDITION = "/naskah/<uuid:edition_id>"
SAVED, PROPOSED = N_("Naskah SUDAH disimpan."), N_("Naskah SUDAH dikirim untuk ditinjau.")
WITHDRAWN = N_("Judul ini SUDAH ditarik. Pembaca melihat alasannya.")
notices(SAVED, PROPOSED, WITHDRAWN)


class TitleForm(Form):
    title = LineField(N_("Judul"), needed=N_("Tulis judulnya."), longest=300)
    kind = ChoiceField(N_("Bentuk"), Kind)
    once = OnceField()

    def values(self) -> dict[str, Any]:
        values = super().values()
        return {**values, "kind": values["kind"] or Kind.ARTICLE.value}


class EditionForm(Form):
    """What an edition says. All that is wrong with it is told at once."""

    title = LineField(N_("Judul"), longest=300)
    audience = ChoicesField(N_("Untuk siapa"), Audience)
    topics = ChoicesField(N_("Tentang apa"), Topic)
    minutes = LineField(N_("Menit untuk membaca"), longest=4)
    body = TextField(N_("Isi"))
    guide = TextField(N_("Panduan fasilitator"))
    quiz = TextField(N_("Kuis"))
    script = TextField(N_("Naskah untuk dibacakan"))
    whatsapp = TextField(N_("Teks WhatsApp"))
    sms = TextField(N_("Teks SMS"))
    poster = TextField(N_("Poster"))
    card = TextField(N_("Kartu saku"))
    reviewers = ChoicesField(N_("Siapa yang meninjau"), Field)
    checks = TextField(N_("Yang perlu dicek sebelum terbit"))
    changes = LineField(N_("Apa yang berubah sejak versi lalu"), longest=400)
    due_months = LineField(N_("Ditinjau ulang setelah berapa bulan"), longest=3)
    version = VersionField()
    fill = TickField()

    def typed(self) -> Manuscript:
        """What stands in the form."""
        found: dict[str, Any] = {name: self[name].data for name in asdict(Manuscript())}
        found |= {name: " ".join(found[name] or ()) for name in TICKED}
        found |= {name: _whole(found[name]) for name in COUNTED}
        filled: dict[str, Any] = {name: "" if value is None else value for name, value in found.items()}
        return Manuscript(**filled)

    def show(self, typed: Manuscript) -> None:
        """Put a text into the form."""
        for name, value in asdict(typed).items():
            self[name].data = value.split() if name in TICKED else value

    def values(self) -> dict[str, Any]:
        return {"manuscript": self.typed(), "version": self.version.data}

    def refuse(self, failure: Failure) -> None:
        for fault in failure.faults if isinstance(failure, manuscripts.Faulty) else (failure,):
            super().refuse(fault)

    def refill(self, typed: Any) -> None:
        """Of what was ticked only one would come back: it stays as it is stored."""
        super().refill({name: text for name, text in typed.items() if name not in TICKED})


def _whole(typed: str | int | None) -> int:
    text = str(typed)
    return int(text) if text.isascii() and text.isdigit() else 0


class VersionForm(Form):
    version = VersionField()


class WithdrawForm(Form):
    reason = TextField(N_("Kenapa ditarik?"), needed=editions.NoReason.says)
    replacement_id = PickField(N_("Judul pengganti"))

    def values(self) -> dict[str, Any]:
        chosen = self.replacement_id.data
        return {"reason": self.reason.data, "replacement_id": int(chosen) if chosen else None}


@editions_door.route("/judul-baru", methods=["GET", "POST"])
@needs(Permission.WRITE_TITLE)
def begin() -> Reply:
    form = TitleForm()
    if edition_id := form.submit(editions.draft_title, actor()):
        return see_other("staff.editions.write", edition_id=edition_id)
    form.once.data = form.once.data or onces.new()
    return page("staff/editions/begin.html", form=form)


@editions_door.route(EDITION)
@needs(Permission.SEE_LIBRARY)
def show(edition_id: UUID) -> Reply:
    """An edition as its readers will have it, and where it stands."""
    return _shown(editions.get_for(actor(), edition_id))


def _shown(edition: Edition, form: Form | None = None) -> Reply:
    return page(
        "staff/editions/show.html",
        form=form,
        edition=edition,
        state=State(edition.state),
        lacks=[told(lack) for lack in _lacking(edition)],
        parts=_parts(edition),
        writers=list(editions.authors(edition.id).values()),
        is_due=edition.is_due(clock.today()),
    )


def _parts(edition: Edition) -> list[tuple[str, Told]]:
    """Its sources as they are read, each with its name; what is only for whoever leads is shown as well."""
    typed, held, drawn = Manuscript.of(edition), numbers.held(), titles.pictures(edition.title_id)
    claims = {claim.key: claim for claim in typed.claims()}
    named = (("body", N_("Isi")), ("guide", N_("Panduan fasilitator")), ("quiz", N_("Kuis")),
             ("script", N_("Naskah untuk dibacakan")))  # fmt: skip
    return [
        (label, Told(markup.parse(text), numbers=held, claims=claims, pictures=drawn, leads=True))
        for name, label in named
        if (text := getattr(typed, name))
    ]


def _lacking(edition: Edition) -> list[Invalid]:
    match edition.state:
        case State.DRAFT:
            return editions.lacking(edition)
        case State.IN_REVIEW:
            return reviews.lacking(edition)
    return []


@editions_door.route(f"{EDITION}/tulis", methods=["GET", "POST"])
@needs(Permission.WRITE_TITLE)
def write(edition_id: UUID) -> Reply:
    form = EditionForm()
    if form.is_submitted() and form.fill.data:
        return _writing(form, editions.get_for(actor(), edition_id), proposed=True)
    if form.submit(editions.revise, actor(), edition_id):
        drafts.done()
        return see_other("staff.editions.write", edition_id=edition_id, said=SAVED)
    return _writing(form, editions.get_for(actor(), edition_id))


def _writing(form: EditionForm, edition: Edition, *, proposed: bool = False) -> Reply:
    stored, draft, theirs = Manuscript.of(edition), None, None
    if proposed:
        _propose_texts(form, edition.title_id)
    elif not form.is_submitted():
        form.show(stored)
        form.version.data = edition.version
        draft = drafts.offered(form)
    else:
        theirs = stored if form.version.data != edition.version and form.form_errors else None
        form.version.data = edition.version
    return page(
        "staff/editions/write.html",
        status=409 if theirs else 200,
        form=form,
        edition=edition,
        draft=draft,
        theirs=asdict(theirs) if theirs else None,
        by=editions.writer(edition),
        counts=_counted(form.typed().tidy()),
        is_due=_is_due(edition.title_id),
        to_compare=_to_compare(edition),
    )


def _propose_texts(form: EditionForm, title_id: int) -> None:
    """What is still empty is filled with a draft. Nothing is stored by that."""
    try:
        found = proposals.proposed(form.typed().tidy(), title_id, numbers.held())
    except markup.Unreadable as wrong:
        form.refuse(markup.Unreadable(wrong.says, field="body", **wrong.values))
        return
    for name, text in found.items():
        if not (form[name].data or "").strip():
            form[name].data = text


def _to_compare(edition: Edition) -> list[str]:
    """The keys of the claims that nobody has compared yet, or that are due again: told beside the text."""
    looked = reviews.looked_at(edition, Manuscript.of(edition).claims())
    return [each.claim.key for each in looked if each.is_due_by(clock.today() + library.SOON)]


def _is_due(title_id: int) -> bool:
    """Whether what readers have is due again: an overdue title is written on like any other."""
    before = editions.published(title_id)
    return before is not None and before.is_due(clock.today())


@editions_door.route(f"{EDITION}/hitung", methods=["POST"])
@needs(Permission.WRITE_TITLE)
def count(edition_id: UUID) -> Reply:
    """How long the short texts are as they would be sent: a part, asked for while they are typed."""
    editions.get_for(actor(), edition_id)
    return page("staff/editions/counts.html", counts=_counted(EditionForm().typed().tidy()))


def _counted(typed: Manuscript) -> dict[str, int]:
    sent = typed.document(numbers.held())
    sms = documents.sms(sent)
    return {
        "title": len(typed.title),
        "whatsapp": len(documents.chat(sent)),
        "sms": len(sms),
        "parts": documents.sms_parts(sms),
        "poster": max(0, len(sent.poster) - 1),
        "card": len(sent.card),
    }


@editions_door.route(f"{EDITION}/ajukan", methods=["POST"])
@needs(Permission.WRITE_TITLE)
def propose(edition_id: UUID) -> Reply:
    form = VersionForm()
    if form.submit(editions.propose, actor(), edition_id):
        return see_other("staff.editions.show", edition_id=edition_id, said=PROPOSED)
    return _shown(editions.get_for(actor(), edition_id), form)


@editions_door.route(f"{EDITION}/tarik", methods=["GET", "POST"])
@needs(Permission.WITHDRAW_TITLE)
def withdraw(edition_id: UUID) -> Reply:
    edition = editions.get_for(actor(), edition_id)
    form = WithdrawForm()
    form.replacement_id.offered = [
        (str(number), f"{number}. {name}") for number, name in library.published(actor()) if number != edition.title_id
    ]
    if form.submit(editions.withdraw, actor(), edition_id):
        drafts.done()
        return see_other("staff.editions.show", edition_id=edition_id, said=WITHDRAWN)
    if not form.is_submitted():
        form.reason.data = edition.withdrawn_reason
        form.replacement_id.data = str(edition.replacement_id) if edition.replacement_id else None
    draft = None if form.is_submitted() else drafts.offered(form)
    return page("staff/editions/withdraw.html", form=form, edition=edition, draft=draft)
