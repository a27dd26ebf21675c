"""The library's desk in a browser: nothing overflows, axe finds no fault, at both sizes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from pepa.domain import editions
from pepa.domain.manuscripts import Manuscript
from tests import cast, writing
from tests.e2e.test_look import SIZES, check
from tests.staff.test_scripts import desk

PUSTAKA = "/petugas/pustaka"


@pytest.mark.parametrize(("width", "height"), SIZES[1:])
def test_every_page_of_the_library_s_desk(
    app: Flask, phone: Callable[..., BrowserContext], width: int, height: int
) -> None:
    with app.app_context():
        me = cast.member("ratna")
        waits = editions.draft_edition(me, 1)
        typed = Manuscript.of(writing.row(waits))
        changed = replace(typed, title="Apa itu kekerasan di rumah?", changes="Judulnya.")
        editions.revise(me, waits, manuscript=changed, version=1)
        editions.propose(me, waits, version=2)
        draft, out = writing.draft(title="x" * 120), editions.of(me, 6)[0].id
    page = desk(phone, app, "wulan", width=width, height=height)
    for path in (
        "", "?antrean=terbit", "/sumber", "/1", "/judul-baru", "/6/gambar", "/nomor/kantor",
        f"/naskah/{waits}", f"/naskah/{waits}/tinjau", f"/naskah/{draft}/tulis",
        f"/naskah/{out}", f"/naskah/{out}/tarik", f"/naskah/{out}/bahasa",
        f"/naskah/{out}/bahasa/jv-x-serang",
    ):  # fmt: skip
        page.goto(PUSTAKA + path)
        check(page, path)
    page.goto(f"{PUSTAKA}/naskah/{draft}/tulis")
    page.get_by_label("Isi", exact=True).fill("# Satu")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Baris 1")
    check(page, "what is wrong with a text")
