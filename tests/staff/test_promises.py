"""The doors of call-backs, the police clock, swaps and handing over: their words, their faults, their ways back."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import additions, callbacks, duty, withdrawals
from pepa.models.reports import reference_of
from tests import cast
from tests.account.own import secrets_of
from tests.client import Client, words

HOUR = timedelta(hours=1)
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def typed(at: object) -> str:
    return at.astimezone(clock.JAKARTA).strftime("%d/%m/%Y %H.%M")  # type: ignore[attr-defined]


@pytest.fixture
def report_id(app: Flask) -> UUID:
    """A report whose writer may be called, at hours that she put in her own words."""
    with app.app_context():
        reporter = cast.tell()
        plan = additions.Contact(reach="back", phone="0812-0000-1111", hours="kalau sepi", word="pesanan beras")
        additions.add(reporter, answers=plan, once="p")
        return reporter.report_id


def promised(app: Flask, report_id: UUID, **when: object) -> str:
    with app.app_context():
        me, now = cast.member("ratna"), clock.now()
        times = {"from_at": now - HOUR / 60, "until_at": now + HOUR} | when
        made = callbacks.promise(me, report_id, person_id=me.person_id, reason="Ia minta", once="a", **times)
    return f"/petugas/laporan/{report_id}/telepon-balik/{made}"


# Call-backs


def test_the_plan_is_read_before_the_number(app: Flask, report_id: UUID) -> None:
    client = cast.at_work(app, "ratna")
    page = client.open(f"/petugas/laporan/{report_id}/telepon-balik")
    assert page.has("Baca rencana kontak dulu.", "kalau sepi", "pesanan beras")
    assert not page.has("0812-0000-1111")
    page = client.open(promised(app, report_id))
    assert not page.has("0812-0000-1111")
    page = client.submit("Sudah saya baca, buka nomor")
    assert page.has("0812-0000-1111", "pesanan beras")
    assert page.tree.select_one("a[href='tel:081200001111']")
    assert page.text.index("pesanan beras") < page.text.index("0812-0000-1111")
    page = client.submit("Catat hasil", outcome="no_answer", found="Dicoba dua kali.")
    assert page.h1 == "Janji hari ini"
    assert page.has("Hasil telepon SUDAH dicatat.")
    page = client.open(f"/petugas/laporan/{report_id}/telepon-balik")
    assert page.has("Telepon sebelumnya", "Tidak diangkat", "Dicoba dua kali.")


def test_a_promise_is_typed_kept_and_refused_with_what_was_typed(app: Flask, report_id: UUID) -> None:
    client = cast.at_work(app, "ratna")
    client.open(f"/petugas/laporan/{report_id}/telepon-balik")
    begins = clock.now() + HOUR
    fields = {"from_at": typed(begins), "until_at": typed(begins + HOUR), "note": "Tanya apakah aman."}
    page = client.submit("Janjikan telepon", **fields)
    assert page.status == 422
    assert page.has("Jam aman ditulis dengan kata sendiri.", "Belum tersimpan.")
    assert page.value("note") == "Tanya apakah aman."
    page = client.submit("Janjikan telepon", **fields, reason="Ia minta lewat pesan.")
    assert page.has("Janji telepon SUDAH dicatat.", f"Telepon balik {reference_of(report_id)}")
    page = client.open(f"/petugas/laporan/{report_id}/telepon-balik")
    assert page.has("Ratna Contoh sudah berjanji menelepon")


@pytest.mark.parametrize("begins", ["23.30", "00.30"])
def test_the_day_that_was_typed_is_the_day_that_is_kept(app: Flask, report_id: UUID, begins: str) -> None:
    """B6: near midnight, with the server's clock in UTC."""
    day = clock.today() + timedelta(days=3)
    client = cast.at_work(app, "ratna")
    client.open(f"/petugas/laporan/{report_id}/telepon-balik")
    fields = {"from_at": f"{day:%d/%m/%Y} {begins}", "until_at": f"{day:%d/%m/%Y} {begins[:2]}.59"}
    page = client.submit("Janjikan telepon", **fields, reason="Ia yang minta malam.")
    assert page.has("Janji telepon SUDAH dicatat.")
    with app.app_context():
        stands = callbacks.standing(cast.member("ratna"), report_id)
        assert stands
        assert {at.astimezone(clock.JAKARTA).date() for at in (stands.from_at, stands.until_at)} == {day}


def test_before_the_hour_a_reason_is_asked_for(app: Flask, report_id: UUID) -> None:
    now = clock.now()
    client = cast.at_work(app, "ratna")
    client.open(promised(app, report_id, from_at=now + HOUR, until_at=now + 2 * HOUR))
    page = client.submit("Sudah saya baca, buka nomor")
    assert page.status == 422
    assert page.has("Belum jam yang dijanjikan. Telepon tetap? Tulis alasan.")
    assert not page.has("0812-0000-1111")
    assert client.submit("Sudah saya baca, buka nomor", reason="Ia menelepon lebih dulu.").has("0812-0000-1111")


def test_what_was_cancelled_by_its_code_says_so_before_anybody_calls(app: Flask) -> None:
    with app.app_context():
        reporter = cast.tell(phone="0812-0000-1111")
    address = promised(app, reporter.report_id)
    with app.app_context():
        withdrawals.withdraw(reporter, came_by=())
    client = cast.at_work(app, "ratna")
    assert client.open("/petugas/hari-ini").has("Telepon balik", "Dibatalkan lewat kode")
    assert client.open(address).has("Dibatalkan lewat kode. Mungkin dipaksa.")
    page = client.submit("Sudah saya baca, buka nomor")
    assert page.status == 422
    assert page.has("Laporan ini sudah dibatalkan lewat kode. Telepon tetap? Tulis alasan.")
    assert client.submit("Sudah saya baca, buka nomor", reason="Ia minta lewat kakaknya.").has("0812-0000-1111")


def test_the_second_officer_is_told_who_calls(app: Flask, report_id: UUID) -> None:
    address = promised(app, report_id)
    first, second = cast.at_work(app, "ratna"), cast.at_work(app, "bayu")
    second.open(address)
    first.open(address)
    first.submit("Sudah saya baca, buka nomor")
    page = second.submit("Sudah saya baca, buka nomor")
    assert page.status == 422
    assert page.has("Ratna Contoh sedang menelepon sejak")
    assert not page.has("0812-0000-1111")


def test_whoever_notes_a_result_second_loses_no_word(app: Flask, report_id: UUID) -> None:
    address = promised(app, report_id)
    first, second = cast.at_work(app, "ratna"), cast.at_work(app, "bayu")
    second.open(address)
    first.open(address)
    first.submit("Catat hasil", outcome="dropped", found="Ia datang sendiri.")
    page = second.submit("Catat hasil", outcome="dropped", found="Sudah di kantor.")
    assert page.status == 422
    assert page.has("Ratna Contoh sudah mencatat hasil telepon ini.", "Ia datang sendiri.")
    assert page.value("found") == "Sudah di kantor."


def test_whoever_wants_no_call_is_promised_none(app: Flask) -> None:
    with app.app_context():
        reporter = cast.tell(phone="0812-0000-1111")
        additions.add(reporter, answers=additions.Contact(reach="none"), once="p")
    page = cast.at_work(app, "ratna").open(f"/petugas/laporan/{reporter.report_id}/telepon-balik")
    assert page.has("Pelapor tidak mau dihubungi.")
    assert not page.has("Janjikan telepon")
    assert not page.has("0812-0000-1111")


@pytest.mark.parametrize(("named", "is_her_hour"), [("now", True), ("tomorrow", False)])
def test_on_the_report_s_page_no_number_stands(app: Flask, named: str, is_her_hour: bool) -> None:
    day = (clock.today() + timedelta(days=named == "tomorrow")).weekday()
    with app.app_context():
        reporter = cast.tell(phone="0812-0000-2222")
        plan = additions.Contact(reach="back", phone="0812-0000-1111", hours=f"{DAYS[day]} 00.00-23.59", word="beras")
        additions.add(reporter, answers=plan, once="p")
    page = cast.at_work(app, "ratna").open(f"/petugas/laporan/{reporter.report_id}")
    assert page.has("Baca rencana kontak dulu.", "beras")
    assert not page.has("0812-0000")
    assert page.has("Sekarang di luar jam aman.") != is_her_hour
    assert page.has("Nomornya dibuka lewat Telepon balik.") == is_her_hour


def test_an_hour_from_now_is_proposed_and_leads_on_to_the_call(app: Flask) -> None:
    with clock.frozen(clock.now().replace(hour=3, minute=30)):  # half past ten
        with app.app_context():
            reporter = cast.tell(phone="0812-0000-1111")
        client = cast.at_work(app, "ratna")
        client.open(f"/petugas/laporan/{reporter.report_id}")
        client.click("Telepon balik")
        page = client.submit("Janjikan telepon")
        assert page.has("Janji telepon SUDAH dicatat.")
        assert client.submit("Sudah saya baca, buka nomor").has("0812-0000-1111")


# The police clock


def test_the_clock_is_started_shown_and_ended(app: Flask, report_id: UUID) -> None:
    client = cast.at_work(app, "ratna")
    report = f"/petugas/laporan/{report_id}"
    assert client.open(f"{report}/lapor-polisi").has("Laporan saksi tidak memulai hitungan ini.")
    assert client.submit("Mulai hitungan").status == 422
    page = client.submit("Mulai hitungan", told_by="survivor")
    assert page.has(
        "Hitungan 3×24 jam SUDAH berjalan.", "Lapor polisi (UU 12/2022 ps 41): sisa 7", "Libur ikut dihitung."
    )
    assert client.open(report).has("Lapor polisi: sisa 7")
    client.open(f"{report}/lapor-polisi")
    page = client.submit("Catat selesai", ending="reported", on="1 Des 2026")
    assert page.status == 422
    assert page.value("on") == "1 Des 2026"
    page = client.submit("Catat selesai", ending="reported", on="1 Des 2026", number="LP/12/XII/2026")
    assert page.has("SUDAH dicatat selesai.", "LP/12/XII/2026", "Sudah dilaporkan")
    assert not client.open(report).has("Lapor polisi: sisa")


def test_the_head_s_decision_is_noted_by_a_supervisor(app: Flask, report_id: UUID) -> None:
    address = f"/petugas/laporan/{report_id}/lapor-polisi"
    ratna, wulan = cast.at_work(app, "ratna"), cast.at_work(app, "wulan")
    ratna.open(address)
    page = ratna.submit("Mulai hitungan", told_by="health")
    assert not page.has("Keputusan tertulis kepala ")
    wulan.open(address)
    page = wulan.submit("Catat selesai", ending="decided", details="Surat kepala nomor 7")
    assert page.has("Keputusan tertulis kepala", "Surat kepala nomor 7", "Wulan Contoh")


# What was typed and not sent


def keep(client: Client, path: str, **typed: str) -> None:
    """What the script sends while somebody types on a page."""
    fields = {f"typed.{name}": text for name, text in typed.items()}
    token = client.open("/petugas/").value("csrf_token")
    client.post("/petugas/ketikan/simpan", {**fields, "typed_at": path, "csrf_token": token, "end": "1"})


def test_a_note_that_was_typed_when_the_screen_locked_is_offered_again(app: Flask, report_id: UUID) -> None:
    address = promised(app, report_id)
    client = cast.at_work(app, "ratna")
    token = client.open(address).value("csrf_token")
    with clock.frozen(clock.now() + HOUR):
        fields = {"outcome": "dropped", "found": "Panjang sekali.", "csrf_token": token, "end": "1"}
        client.post(f"{address}/hasil", fields)
    client = cast.at_work(app, "ratna")
    assert client.open("/petugas/").has("Ketikan yang belum dikirim", reference_of(report_id))
    client.open(address)
    page = client.click("Pakai")
    assert page.value("found") == "Panjang sekali."
    client.submit("Catat hasil", outcome="dropped")
    assert not client.open("/petugas/").has("Ketikan yang belum dikirim")


def test_what_the_head_decided_is_offered_again(app: Flask, report_id: UUID) -> None:
    address = f"/petugas/laporan/{report_id}/lapor-polisi"
    client = cast.at_work(app, "wulan")
    client.open(address)
    client.submit("Mulai hitungan", told_by="survivor")
    keep(client, f"{address}/selesai", details="Surat kepala nomor 7")
    client.open(address)
    assert client.click("Pakai").value("details") == "Surat kepala nomor 7"
    client.submit("Catat selesai", ending="decided")
    assert not client.open("/petugas/").has("Ketikan yang belum dikirim")


def test_what_is_handed_over_is_offered_again(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    keep(client, "/petugas/piket/serah-terima", note="Panjang sekali.")
    assert client.open("/petugas/").has("Ketikan yang belum dikirim", "Serah terima piket")
    client.open("/petugas/piket/serah-terima")
    assert client.click("Pakai").value("note") == "Panjang sekali."


# Swaps and handing over


def own_shift(app: Flask, login: str) -> UUID:
    with app.app_context():
        me = cast.member(login)
        return next(one.id for one in duty.roster_for(me) if one.person_id == me.person_id)


def ask(app: Flask, client: Client, of: str) -> None:
    with app.app_context():
        asked = str(cast.member(of).person_id)
    client.open(f"/petugas/piket/{own_shift(app, 'ratna')}/tukar")
    page = client.submit("Minta tukar", person_id=asked)
    assert page.has("Permintaan SUDAH dikirim.", "Tarik kembali")


def test_a_colleague_declines_and_takes_the_next_one(app: Flask) -> None:
    ratna, bayu = cast.at_work(app, "ratna"), cast.at_work(app, "bayu")
    ask(app, ratna, "bayu")
    bayu.open("/petugas/piket")
    assert bayu.submit("Tolak").has("Ditolak. Piket tetap milik rekan.")
    ask(app, ratna, "bayu")
    bayu.open("/petugas/hari-ini")
    assert bayu.submit("Terima").has("Piket ini sekarang milik Anda.")
    wulan = cast.at_work(app, "wulan")
    assert wulan.open("/petugas/piket").has("Batalkan tukar")
    assert wulan.page
    (undo,) = [words(one) for one in wulan.page.tree.find_all("button") if words(one).startswith("Batalkan tukar")]
    page = wulan.submit(undo)
    assert page.has("Dibatalkan. Piket kembali ke semula.")


def test_whoever_answers_late_is_told_so(app: Flask) -> None:
    ratna, bayu = cast.at_work(app, "ratna"), cast.at_work(app, "bayu")
    ask(app, ratna, "bayu")
    bayu.open("/petugas/piket")
    assert ratna.submit("Tarik kembali").has("Permintaan ditarik kembali.")
    assert bayu.submit("Terima").has("Permintaan ini sudah dijawab.")


def test_what_is_handed_over_is_read_and_said_to_be_read(app: Flask) -> None:
    with app.app_context():
        bayu_id = str(cast.member("bayu").person_id)
    ratna, bayu = cast.at_work(app, "ratna"), cast.at_work(app, "bayu")
    ratna.open("/petugas/piket/serah-terima")
    assert ratna.submit("Serahkan piket", person_id=bayu_id).status == 422
    page = ratna.submit("Serahkan piket", person_id=bayu_id, note="Hubungi lewat kakaknya.", out="Wulan, mobil 2")
    assert page.has("SUDAH diserahkan.", "Hubungi lewat kakaknya.", "Belum dibaca.")
    assert bayu.open("/petugas/hari-ini").has("Serah terima dari Ratna Contoh", "Wulan, mobil 2")
    assert bayu.submit("Sudah saya baca").has("Dicatat: SUDAH Anda baca.")
    assert ratna.open("/petugas/piket/serah-terima").has("Dibaca ")


# How somebody is alarmed


def test_sound_and_number_are_each_person_s_own(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    page = client.open("/petugas/piket/tanda")
    alarms = page.tree.select_one("#alarms")
    assert alarms
    assert alarms["data-sound"] == "on"
    page = client.submit("Matikan bunyi")
    assert page.has("Bunyi mati. SMS dan email tetap jalan.", "Nyalakan bunyi")
    alarms = page.tree.select_one("#alarms")
    assert alarms
    assert alarms["data-sound"] == "off"
    assert client.submit("Nyalakan bunyi").has("Bunyi menyala.")
    with app.app_context():
        secret = secrets_of("ratna").passphrase
    client.click("Ubah email dan nomor")
    typed = {"phone": "0812-0000-2222", "passphrase": secret}
    assert client.submit("Simpan", **{**typed, "phone": "12"}).status == 422
    assert client.submit("Simpan", **typed).has("Email dan nomor SUDAH disimpan.")
    assert client.open("/petugas/piket/tanda").has("SMS dikirim ke 0812-0000-2222.")
    assert cast.at_work(app, "bayu").open("/petugas/piket/tanda").has("Nomor BELUM ada")
