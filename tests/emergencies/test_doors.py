"""The doors: typed by the case manager, seen and ended by whoever has the report."""

from flask import Flask

from pepa.domain import additions
from pepa.models.reports import reference_of
from tests.cast import at_work
from tests.citizen.walks import STORY
from tests.emergencies.test_begin import WHY, held
from tests.people import tell


def test_the_whole_way(app: Flask) -> None:
    with app.app_context():
        report_id = held(STORY, phone="0812-0000-9191")
    sekar = at_work(app, "sekar")
    assert sekar.open("/petugas/").has("Buka darurat")
    page = sekar.open("/petugas/darurat")
    assert page.has("Pemilik dan atasan diberi tahu sekarang.", "selama 8 jam")
    assert not page.has("Sedang terbuka")
    page = sekar.submit("Buka darurat, 8 jam", code="l 4k7 q2m", reason=WHY)
    assert (page.status, page.has("Kode ini tidak ada. Contoh: L-4K7Q2M atau K-4K7Q2M.", WHY)) == (422, True)
    page = sekar.submit("Buka darurat, 8 jam", code=reference_of(report_id), reason=WHY)
    assert page.has(STORY, "Tertutup sendiri", "Pemilik dan atasan tahu.", "0812-0000-9191")
    address = page.address
    assert sekar.open("/petugas/darurat").has("Sedang terbuka", reference_of(report_id))
    gone = sekar.get(f"/petugas/laporan/{report_id}")
    assert (gone.status, gone.has("Buka darurat")) == (404, True), "no other door opens by it"
    bayu = at_work(app, "bayu")
    page = bayu.open(f"/petugas/laporan/{report_id}")
    assert page.has("Pembukaan darurat", "Sekar Contoh", WHY, "Dibuka darurat, Sekar Contoh")
    assert bayu.submit("Akhiri sekarang Sekar Contoh").has("SUDAH diakhiri.", "Pembukaan darurat diakhiri, Bayu Contoh")
    assert sekar.get(address).status == 404
    trail = at_work(app, "wulan").open(f"/petugas/jejak?laporan={reference_of(report_id)}")
    assert trail.has("Membuka laporan dalam keadaan darurat", "Mengakhiri pembukaan darurat", "pembukaan darurat")


def test_what_was_added_and_how_to_call_and_ending_it_oneself(app: Flask) -> None:
    with app.app_context():
        reporter = tell(STORY)
        additions.add(reporter, answers=additions.Who(weapon="yes"), once="a")
        plan = additions.Contact(reach="back", phone="0813-0000-9292", hours="Senin-Jumat 09.00-10.00", word="mangga")
        additions.add(reporter, answers=plan, once="b")
    sekar = at_work(app, "sekar")
    sekar.open("/petugas/darurat")
    page = sekar.submit("Buka darurat, 8 jam", code=reference_of(reporter.report_id), reason=WHY)
    assert page.has("Senjata", "mangga", "0813-0000-9292", "tetap belum dibaca")
    assert sekar.submit("Akhiri sekarang").has("SUDAH diakhiri.", "Buka darurat")


def test_nobody_else_is_offered_it(app: Flask) -> None:
    for login in ("ratna", "hadi", "nadia"):
        client = at_work(app, login)
        assert not client.get("/petugas/tidak-ada").has("Buka darurat")
        assert client.get("/petugas/darurat").status == 404
        assert not client.open("/petugas/").has("Buka darurat")
