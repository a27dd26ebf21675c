"""The pages: what happens is said before it does; who stepped back finds nothing by any way that they knew."""

import re
from uuid import UUID

from flask import Flask

from tests import cast
from tests.client import Page
from tests.duty.rosters import person


def told(app: Flask, **more: object) -> str:
    with app.app_context():
        return f"/petugas/laporan/{cast.tell('Isi', **more).report_id}"


def bare(page: Page) -> str:
    """A page without what is drawn anew for each."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page.body.decode())


def test_it_is_asked_on_a_page_of_its_own(app: Flask) -> None:
    here, ratna = told(app, urgency="now"), cast.at_work(app, "ratna")
    ratna.open(here)
    asked = ratna.click("Saya kenal orangnya")
    assert asked.has("Anda tidak bisa menariknya sendiri.", "adalah program, bukan kunci")
    form, _ = asked.form("Ya, lepaskan laporan ini")
    once = str(form.select_one("[name=once]")["value"])  # type: ignore[index]
    token = str(form.select_one("[name=csrf_token]")["value"])  # type: ignore[index]
    desk = ratna.submit("Ya, lepaskan laporan ini", reason="Sepupu")
    assert desk.has("SUDAH dilepas.")
    assert here.rpartition("/")[2] not in desk.body.decode()
    again = ratna.post(f"{here}/kenal", {"once": once, "csrf_token": token, "reason": "Sepupu", "end": "1"})
    assert again.status == 303, "sent twice, it is done once"
    for path in ("", "/kenal", "/pilah", "/catatan", "/telepon-balik", "/lapor-polisi", "/serahkan", "/laporan-lain"):
        assert ratna.get(here + path).status == 404, path


def test_whoever_leads_reads_why_and_lifts_it(app: Flask) -> None:
    here, ratna, wulan = told(app), cast.at_work(app, "ratna"), cast.at_work(app, "wulan")
    ratna.open(f"{here}/kenal")
    ratna.submit("Ya, lepaskan laporan ini", reason="Sepupu saya")
    assert cast.at_work(app, "bayu").open(here).has("Jangan bicarakan laporan ini dengan: Ratna Contoh.")
    wulan.open(here)
    assert wulan.click("Benturan kepentingan").has("Ratna Contoh", "Sepupu saya")
    wulan.click("Cabut Ratna Contoh")
    assert wulan.submit("Cabut", reason="").has("Tulis alasannya.")
    assert wulan.submit("Cabut", reason="Salah orang").has("SUDAH dicabut.", "Salah orang")
    assert ratna.get(here).status == 200


def test_whoever_leads_names_somebody(app: Flask) -> None:
    here, wulan = told(app), cast.at_work(app, "wulan")
    with app.app_context():
        head, bayu = person("hadi"), person("bayu")
    wulan.open(f"{here}/benturan")
    wulan.click("Nyatakan orang atau lembaga")
    refused = wulan.submit("Nyatakan", named_id=str(head), reason="Adiknya")
    assert refused.has("Serahkan laporan ini ke pemegang mandiri.")
    assert refused.value("reason") == "Adiknya"
    assert wulan.submit("Nyatakan", named_id=str(bayu), reason="Adiknya").has("SUDAH dinyatakan.", "Bayu Contoh")
    assert cast.at_work(app, "bayu").get(here).status == 404


def test_an_officer_hands_it_on(app: Flask) -> None:
    here, ratna, intan = told(app), cast.at_work(app, "ratna"), cast.at_work(app, "intan")
    ratna.open(f"{here}/kenal")
    ratna.click("Serahkan ke pemegang mandiri")
    assert ratna.submit("Ya, serahkan", reason="").has("Tulis alasannya.")
    assert ratna.submit("Ya, serahkan", reason="Terlapor bekerja di sini").has("SUDAH diserahkan.")
    for login in ("ratna", "bayu", "wulan"):
        assert cast.at_work(app, login).get(here).status == 404
    assert intan.open(f"{here}/benturan").has("Terlapor bekerja di sini")
    assert intan.open(f"{here}/serahkan").has("Tidak ada tempat lain.")


def test_nothing_tells_that_there_is_a_conflict(app: Flask) -> None:
    """Hidden, another office's, never there: one answer on every page about conflicts, whoever asks for it."""
    here, wulan = told(app), cast.at_work(app, "wulan")
    wulan.open(f"{here}/kenal")
    wulan.submit("Ya, lepaskan laporan ini")
    never = f"/petugas/laporan/{UUID(int=7)}"  # the page names the address that was asked for
    for path in ("/kenal", "/serahkan", "/benturan", "/benturan/tambah", f"/benturan/{UUID(int=7)}/cabut"):
        hidden, nothing = wulan.get(here + path), wulan.get(never + path)
        assert hidden.status == nothing.status == 404, path
        assert bare(hidden).replace(here, never) == bare(nothing), path
