"""A text kept over a lock comes back with the version that its writer saw: what a colleague stored is not lost."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from pepa.domain import editions, notes, sessions, tasks, translations
from pepa.domain.translations import Told
from tests import cast, writing
from tests.tasks.board import day, made, read

MINE, THEIRS = "Ketikan saya", "Penting dari rekan"
Stale = tuple[str, str, dict[str, str], str, Callable[[], str]]


def task() -> Stale:
    """Where it is typed, the field, what else stood in the form, the button, what is stored in the end."""
    task_id, due = made("ratna", text="Awal"), day(1)
    tasks.change(cast.member("bayu"), task_id, deed="contact", due_on=due, text=THEIRS, wording=1)
    seen = {"deed": "contact", "due_on": due.strftime("%d/%m/%Y"), "wording": "1"}

    def stored() -> str:
        return tasks.open_for(cast.member("ratna"), task_id).text or ""

    return f"/petugas/tugas/{read(task_id).code}/ubah", "text", seen, "Simpan tugas", stored


def note() -> Stale:
    report_id = cast.tell().report_id
    note_id = notes.add(cast.member("ratna"), report_id, note="Awal", once="a")
    notes.change(cast.member("bayu"), report_id, note_id, note=THEIRS, version=1)

    def stored() -> str:
        return notes.get_for(cast.member("ratna"), report_id, note_id).text or ""

    return f"/petugas/laporan/{report_id}/catatan/{note_id}", "note", {"version": "1"}, "Simpan catatan", stored


def edition() -> Stale:
    edition_id = writing.draft()
    seen = writing.row(edition_id).version
    theirs = replace(writing.TYPED, checks=THEIRS)
    editions.revise(cast.member("sekar"), edition_id, manuscript=theirs, version=seen)

    def stored() -> str:
        return writing.row(edition_id).checks

    return f"/petugas/pustaka/naskah/{edition_id}/tulis", "checks", {"version": str(seen)}, "Simpan", stored


def translation() -> Stale:
    edition_id, told = writing.published(), Told(title="A home", body="Safe", sms=THEIRS)
    translations.translate(cast.member("sekar"), edition_id, "en", told=told, version=0)

    def stored() -> str:
        row = translations.get_for(cast.member("ratna"), edition_id, "en").row
        return row.sms if row else ""

    return f"/petugas/pustaka/naskah/{edition_id}/bahasa/en", "sms", {"version": "0"}, "Simpan terjemahan", stored


@pytest.mark.parametrize("of", [task, note, edition, translation])
def test_what_a_colleague_stored_is_not_written_over(app: Flask, of: Callable[[], Stale]) -> None:
    with app.app_context():
        path, name, seen, button, stored = of()
        sessions.keep_draft(cast.cookie_of("ratna"), path, {name: MINE, **seen})
    client = cast.at_work(app, "ratna")
    client.open(path)
    page = client.click("Pakai")
    assert page.value(name).strip() == MINE
    page = client.submit(button)
    assert (page.status, page.has(THEIRS), page.value(name).strip()) == (409, True, MINE)
    with app.app_context():
        assert stored() == THEIRS
