"""Bahasa: what a title says in other languages, written beside the Indonesian text."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint

from pepa.domain import editions, manuscripts, translations
from pepa.domain.translations import Told
from pepa.errors import Failure
from pepa.models.titles import State
from pepa.policy import Permission, can
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import LineField, TextField, VersionField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

translations_door = Blueprint("translations", __name__, url_prefix="/pustaka/naskah/<uuid:edition_id>/bahasa")
SAVED = N_("Terjemahan SUDAH disimpan. Pembaca melihatnya setelah disetujui orang lain.")
APPROVED = N_("Terjemahan SUDAH disetujui. Pembaca sekarang melihatnya.")
WITHDRAWN = N_("Terjemahan SUDAH ditarik. Pembaca tidak melihatnya lagi.")
notices(SAVED, APPROVED, WITHDRAWN)


class TranslationForm(Form):
    title = LineField(N_("Judul"), longest=300)
    body = TextField(N_("Isi"))
    whatsapp = TextField(N_("Teks WhatsApp"))
    sms = TextField(N_("Teks SMS"))
    version = VersionField()

    def values(self) -> dict[str, Any]:
        return {"told": self.told(), "version": self.version.data}

    def told(self) -> Told:
        return Told(**{name: self[name].data or "" for name in asdict(Told())})

    def show(self, told: Told) -> None:
        for name, value in asdict(told).items():
            self[name].data = value

    def refuse(self, failure: Failure) -> None:
        for fault in failure.faults if isinstance(failure, manuscripts.Faulty) else (failure,):
            super().refuse(fault)


class VersionForm(Form):
    version = VersionField()


@translations_door.route("")
@needs(Permission.SEE_LIBRARY)
def show(edition_id: UUID) -> Reply:
    edition = editions.get_for(actor(), edition_id)
    begun = translations.of(actor(), edition_id)
    return page("staff/translations/list.html", edition=edition, state=State(edition.state), begun=begun)


@translations_door.route("/<language>", methods=["GET", "POST"])
@needs(Permission.SEE_LIBRARY)
def write(edition_id: UUID, language: str) -> Reply:
    """Read by everybody here; written by those who write titles."""
    form = TranslationForm()
    if form.submit(translations.translate, actor(), edition_id, language):
        drafts.done()
        return see_other("staff.translations.write", edition_id=edition_id, language=language, said=SAVED)
    return _page(form, edition_id, language)


def _page(form: TranslationForm, edition_id: UUID, language: str, wrong: Form | None = None) -> Reply:
    edition = editions.get_for(actor(), edition_id)
    begun = translations.get_for(actor(), edition_id, language)
    row, draft, theirs = begun.row, None, None
    version = row.version if row else 0
    if not form.is_submitted() or wrong:
        form.show(Told.of(row or edition))
        form.version.data = version
        draft = None if wrong else drafts.offered(form)
    else:
        theirs = row if form.version.data != version and form.form_errors else None
        form.version.data = version
    may_approve = row is not None and row.approved_at is None and can(actor(), Permission.PUBLISH_TITLE)
    return page(
        "staff/translations/write.html",
        status=409 if theirs else 200,
        form=wrong or form,
        typed=form,
        edition=edition,
        state=State(edition.state),
        begun=begun,
        draft=draft,
        theirs=theirs,
        may_approve=may_approve and row is not None and not translations.has_written(actor(), row.id),
        may_write=edition.state == State.PUBLISHED and can(actor(), Permission.WRITE_TITLE),
    )


@translations_door.route("/<language>/setuju", methods=["POST"])
@needs(Permission.PUBLISH_TITLE)
def approve(edition_id: UUID, language: str) -> Reply:
    form = VersionForm()
    if form.submit(translations.approve, actor(), edition_id, language):
        return see_other("staff.translations.write", edition_id=edition_id, language=language, said=APPROVED)
    return _page(TranslationForm(formdata=None), edition_id, language, wrong=form)


@translations_door.route("/<language>/tarik", methods=["POST"])
@needs(Permission.WITHDRAW_TITLE)
def withdraw(edition_id: UUID, language: str) -> Reply:
    form = Form()
    if form.submit(translations.withdraw, actor(), edition_id, language):
        return see_other("staff.translations.write", edition_id=edition_id, language=language, said=WITHDRAWN)
    return _page(TranslationForm(formdata=None), edition_id, language, wrong=form)
