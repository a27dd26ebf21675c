"""The doors: noted by whoever reads, decided and ended by the supervisor, said at the top of the report."""

from flask import Flask

from pepa import clock
from pepa.models.reports import reference_of
from tests.cast import at_work
from tests.people import tell
from tests.uploads.test_add import PHOTO, send
from tests.viewings.test_take import words

HOW, WHY = "Pelapor sendiri, lewat pesan", "Ia minta dibuka"


def test_the_whole_way(app: Flask) -> None:
    with app.app_context():
        reporter = tell("Isi")
        (file_id,), _ = send(reporter, PHOTO)
        phrase = words("ratna")
    report, code = f"/petugas/laporan/{reporter.report_id}", reference_of(reporter.report_id)
    ratna = at_work(app, "ratna")
    ratna.open(report)
    page = ratna.click("Minta dibatasi")
    assert page.has("UU 27/2022 pasal 41")
    page = ratna.submit("Catat permintaan", asked_at="1/1/2020 08.00", how=HOW)
    assert (page.status, page.has("Betulkan tahunnya", HOW)) == (422, True)
    from_now = page.address
    page = ratna.submit("Catat permintaan", asked_at=_now(), how=HOW)
    assert page.has("SUDAH dicatat. Hitungan 3×24 jam berjalan.", HOW, "Minta dibatasi: sisa")
    assert not page.has("Catat keputusan"), "a supervisor decides"
    assert ratna.open(report).has("Minta dibatasi: sisa", "Minta dibatasi, dicatat Ratna Contoh")
    wulan = at_work(app, "wulan")
    assert wulan.open("/petugas/kabar").has(f"Permintaan tentang {code} menunggu keputusan.")
    assert not ratna.open("/petugas/hari-ini").has("Minta dibatasi")
    assert wulan.open("/petugas/hari-ini").has(code, "Minta dibatasi: sisa")
    wulan.open(wulan.page.tree.find("a", string=code)["href"])
    page = wulan.submit("Catat keputusan", decision="refused")
    assert (page.status, page.has("Tulis alasannya.")) == (422, True)
    page = wulan.submit("Catat keputusan", decision="restricted")
    assert page.has("Keputusan SUDAH dicatat.", "Diputuskan oleh", "Wulan Contoh")
    assert not wulan.open("/petugas/hari-ini").has("Minta dibatasi")
    assert ratna.open(report).has("Data laporan ini dibatasi", "Sejak", "Wulan Contoh", "Data dibatasi, Wulan Contoh")
    ratna.open(f"{report}/file/{file_id}")
    page = ratna.submit("Ambil asli", reason="Diminta", passphrase=phrase)
    assert page.has("Data laporan ini dibatasi. TIDAK ada yang keluar")
    wulan.open(from_now)
    assert wulan.submit("Buka lagi", reason=WHY).has("SUDAH dibuka lagi.", WHY, "Catat permintaan")
    page = ratna.open(report)
    assert page.has("Data dibuka lagi, Wulan Contoh")
    assert not page.has("Data laporan ini dibatasi")
    trail = wulan.open(f"/petugas/jejak?laporan={code}")
    assert trail.has("Mencatat permintaan pembatasan data", "Membatasi data laporan", "Membuka lagi data laporan")


def _now() -> str:
    return clock.now().astimezone(clock.JAKARTA).strftime("%d/%m/%Y %H.%M")
