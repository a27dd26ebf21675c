"""Adding after the code: one address, each page on its own, all of it skippable, safe at once."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import additions, reporters, reports
from pepa.models.additions import Addition
from tests import people
from tests.citizen.test_code import silent
from tests.citizen.test_texts import XSS
from tests.citizen.walks import MORNING, STORY, count, digits, enter, later, only, send, set_up
from tests.client import Client, Page

WHEN, WHO, CONTACT = "Kapan dan di mana", "Siapa, dan keadaan sekarang", "Cara menghubungi Anda"
FILES = "Foto, suara, atau surat"


def begin(client: Client, step: str = WHEN) -> Page:
    """From the code page to a step."""
    return client.submit(step)


def added(app: Flask, login: str = "ratna") -> list[additions.Answers]:
    """What was added to the only report, as an officer reads it."""
    report_id = only(app).id
    with app.app_context():
        officer = people.member(login)
        return [one.answers for one in additions.to(officer, reports.open_for(officer, report_id))]


def test_one_leads_to_the_next_and_the_last_to_the_code(app: Flask, client: Client) -> None:
    code = send(client)
    page = begin(client)
    assert (page.address, page.h1) == ("/lapor", WHEN)
    page = client.submit("Tambahkan", ago="older", place="Pasar lama", home="Gang Mawar, Cipocok")
    assert (page.address, page.h1) == ("/lapor", WHO)
    assert page.has("Ditambahkan.")
    page = client.submit("Tambahkan", hurt="Kakak saya", hurting="suaminya", lives_in="yes", weapon="no")
    assert (page.address, page.h1) == ("/lapor", FILES)
    page = client.submit("Lewati")
    assert (page.address, page.h1) == ("/lapor", CONTACT)
    page = client.submit("Tambahkan")
    assert digits(page) == code
    assert page.has("Ditambahkan.", "Baru sebagian, boleh ditambah")
    assert added(app) == [
        additions.When(ago="older", place="Pasar lama", home="Gang Mawar, Cipocok"),
        additions.Who(hurt="Kakak saya", hurting="suaminya", lives_in="yes", weapon="no"),
        additions.Contact(reach="never"),
    ]


def test_all_of_it_can_be_skipped(app: Flask, client: Client) -> None:
    code = send(client)
    assert begin(client).h1 == WHEN
    assert client.submit("Lewati").h1 == WHO
    assert client.submit("Lewati").h1 == FILES
    page = client.submit("Lewati")
    assert page.h1 == CONTACT
    assert "Ditambahkan." not in page.text
    assert not page.tree.select("button[name=go]:not([value=''])"), "after the last there is no next"
    assert digits(client.submit("Kode Anda")) == code
    assert count(app, Addition) == 0


def test_an_empty_page_is_a_skipped_one(app: Flask, client: Client) -> None:
    send(client)
    begin(client)
    page = client.submit("Tambahkan", place=" ")
    assert page.h1 == WHO
    assert "Ditambahkan." not in page.text
    assert count(app, Addition) == 0


def test_nothing_is_ticked_but_that_nobody_calls(client: Client) -> None:
    send(client)
    for step, ticked in ((WHEN, []), (WHO, []), (CONTACT, ["never"])):
        client.get("/lapor")
        page = begin(client, step)
        assert [control["value"] for control in page.tree.select("[checked]")] == ticked
        client.submit("Kode Anda")


def test_no_step_stands_in_an_address_or_a_title(client: Client) -> None:
    """D06: address and title of the whole walk."""
    send(client)
    seen = [client.post("/lapor", {"go": "1", "end": "1"})]
    for number in "123":
        page = client.get("/lapor")
        assert page.tree.title is not None
        assert page.tree.title.get_text() == "Info Warga"
        sent = {"step": number, "once": page.value("once"), "end": "1", "place": "Pasar", "hurt": "Adik"}
        seen.append(client.post("/lapor", sent))
    assert {page.location for page in seen} == {"/lapor"}


def test_reloading_stays_and_says_it_once(client: Client) -> None:
    """A camera may kill the browser: the page comes back (cases/citizen 21)."""
    send(client)
    begin(client)
    assert client.submit("Tambahkan", place="Pasar").has("Ditambahkan.")
    for _ in range(2):
        page = client.get("/lapor")
        assert page.h1 == WHO
        assert "Ditambahkan." not in page.text
    client.get("/pantau")
    assert digits(client.get("/lapor")), "another page in between: the code page again"


def test_never_what_was_sent(client: Client) -> None:
    send(client)
    begin(client)
    client.submit("Tambahkan", place="Pasar lama", ago="recent")
    client.submit("Kode Anda")
    page = begin(client)
    assert page.value("place") == ""
    assert not page.tree.select("[checked]")
    assert "Pasar lama" not in page.text + client.get("/pantau").text


def test_the_same_page_twice_is_kept_once_a_changed_one_beside_it(app: Flask, client: Client) -> None:
    """Back, reload, a reply that never came; and who goes back to mend something must not lose it."""
    send(client)
    page = begin(client)
    sent = {"step": "1", "once": page.value("once"), "place": "Pasar lama", "end": "1"}
    for _ in range(3):
        assert client.post("/lapor", sent).status == 303
    assert count(app, Addition) == 1
    client.post("/lapor", {**sent, "place": "Pasar baru"})
    assert added(app) == [additions.When(place="Pasar lama"), additions.When(place="Pasar baru")]


def test_a_cut_page_stores_nothing(app: Flask, client: Client) -> None:
    send(client)
    page = begin(client)
    cut = client.post("/lapor", {"step": "1", "once": page.value("once"), "place": "Pasar"})
    assert cut.status == 400
    assert cut.has("TIDAK ada yang disimpan.")
    assert count(app, Addition) == 0


def test_values_that_no_list_has(app: Flask, client: Client) -> None:
    send(client)
    for step, sent in (("1", {"ago": "x"}), ("2", {"weapon": "maybe"}), ("4", {"cover": "x"}), ("4", {"reach": "yes"})):
        page = client.post("/lapor", {"step": step, "end": "1", **sent})
        assert page.status == 422
        assert page.has("Perbaiki: Pilihan ini tidak ada di daftar. Pilih lagi, atau lewati.")
    assert count(app, Addition) == 0


def test_steps_that_there_are_not(client: Client) -> None:
    code = send(client)
    for sent in ({"step": "9"}, {"step": ""}, {"go": "9"}, {"go": "-1"}, {"go": "1" * 5000}, {"step": "١"}):
        assert client.post("/lapor", {**sent, "end": "1"}).location == "/lapor"
        assert digits(client.get("/lapor")) == code


# ---- how she may be called


def test_a_plan_is_kept_as_it_was_told(app: Flask, client: Client) -> None:
    send(client)
    begin(client, CONTACT)
    plan = {
        "phone": "0812-3456-7890", "hours": "Senin-Jumat, 09.00-11.00", "word": "pesanan beras", "others": "ibu mertua",
        "cover_words": "dari toko kain",
    }  # fmt: skip
    client.submit("Tambahkan", **plan, reach="back", message="no", cover="other")
    assert added(app) == [additions.Contact(reach="back", message="no", cover="other", **plan)]


def test_a_number_is_looked_at_like_the_first_one(app: Flask, client: Client) -> None:
    send(client)
    begin(client, CONTACT)
    page = client.submit("Tambahkan", phone="0812", reach="back", word="pesanan beras")
    assert page.status == 422
    assert page.has("Perbaiki: Nomor ini kurang panjang. Betulkan, atau kosongkan.")
    assert (page.value("phone"), page.value("word")) == ("0812", "pesanan beras")
    assert page.tree.select("input[value=back][checked]")
    assert count(app, Addition) == 0


def test_a_call_needs_a_number_and_a_number_a_choice(app: Flask, client: Client) -> None:
    send(client)
    begin(client, CONTACT)
    page = client.submit("Tambahkan", reach="back", hours="pagi")
    assert page.has('Perbaiki: Tulis dulu nomornya, atau pilih "Jangan hubungi saya".')
    page = client.submit("Tambahkan", reach="never", phone="0812-3456-7890")
    assert page.has('Perbaiki: Nomornya ada, tetapi pilihannya "Jangan hubungi saya".')
    assert (page.value("phone"), page.value("hours")) == ("0812-3456-7890", "pagi")
    assert count(app, Addition) == 0
    assert client.submit("Tambahkan", reach="back").h1 == "Kode Anda"


def test_the_number_of_the_report_is_enough(app: Flask, client: Client) -> None:
    send(client, phone="0812-3456-7890")
    begin(client, CONTACT)
    client.submit("Tambahkan", reach="back", hours="pagi")
    assert added(app) == [additions.Contact(reach="back", hours="pagi")]


def test_what_comes_back_is_shown_as_it_was_typed(client: Client) -> None:
    """C08"""
    for text in XSS:
        page = client.post(
            "/lapor", {"step": "4", "phone": "1", "reach": "back", "word": text, "code": text, "end": "1"}
        )
        assert page.status == 422
        assert (page.value("word"), page.value("code")) == (" ".join(text.split()), text)


# ---- without cookies, without a way in, by the code


def test_without_cookies_there_is_the_code_and_the_page_says_so(app: Flask, alone: Client) -> None:
    alone.get("/lapor")
    page = alone.submit("Kirim", what=STORY)
    assert page.has("Menambah keterangan tidak bisa.")
    assert not page.tree.select("[name=go]")
    assert alone.post("/lapor", {"go": "1", "end": "1"}).location == "/pantau"
    page = alone.post("/lapor", {"step": "1", "place": "Pasar", "end": "1"})
    assert page.status == 422
    assert count(app, Addition) == 0


def test_after_ten_minutes_the_code_is_asked_for_and_what_was_typed_stays(app: Flask, client: Client) -> None:
    """cases/citizen 41: nothing blank, no "session expired"."""
    for minutes in (11, 180):
        with clock.frozen(MORNING):
            code = send(client)
            begin(client)
        with clock.frozen(later(minutes)):
            page = client.submit("Tambahkan", place="Pasar lama", ago="older")
            assert page.status == 422
            assert page.has("Ketik kode sekali lagi. Tulisan tadi masih ada.")
            assert page.value("place") == "Pasar lama"
            assert page.tree.select("input[value=older][checked]")
            slip = client.submit("Tambahkan", code=code[:-1])
            assert slip.has("Kode ini kurang 1 angka.")
            page = client.submit("Tambahkan", code=code)
            assert (page.h1, page.address) == (WHO, "/lapor")
            assert page.has("Ditambahkan.")
            assert client.submit("Baca jawaban").h1 == "Baca jawaban"
        client.forget_cookies()
    assert count(app, Addition) == 2


def test_a_code_that_opens_nothing_keeps_what_was_typed(client: Client) -> None:
    page = client.post("/lapor", {"step": "1", "place": "Pasar", "code": "15111802843458342447", "end": "1"})
    assert page.status == 404
    assert page.has("Kode ini tidak membuka apa-apa.")
    assert page.value("place") == "Pasar"


def test_by_the_code_more_is_added_later(app: Flask, client: Client) -> None:
    code = send(client)
    client.get("/keluar")
    client.get("/")
    enter(client, code)
    page = client.post("/lapor", {"go": "4", "end": "1"})
    assert page.location == "/lapor"
    assert client.get("/lapor").h1 == CONTACT
    page = client.submit("Tambahkan", reach="never")
    assert (page.address, page.h1) == ("/pantau", "Baca jawaban")
    assert len(added(app)) == 1


def test_after_leaving_nothing_of_it_is_here(app: Flask, client: Client) -> None:
    send(client)
    page = begin(client)
    sent = {"step": "1", "once": page.value("once"), "place": "Pasar lama", "end": "1"}
    client.get("/keluar")
    again = client.post("/lapor", sent)
    assert (again.status, again.h1) == (422, "Belum terkirim.")
    assert "Pasar lama" not in str(again.tree), "what a form that is sent again holds is not shown"
    assert count(app, Addition) == 0


def test_two_reports_in_a_row_and_nothing_crosses(app: Flask, client: Client) -> None:
    """cases/citizen 36: Back, a new report, what hung on the old one stays with the old one."""
    send(client, "Yang pertama.")
    first = begin(client)
    sent = {"step": "1", "once": first.value("once"), "place": "Pasar lama", "end": "1"}
    client.post("/lapor", sent)
    send(client, "Yang kedua.")
    begin(client)
    client.submit("Tambahkan", place="Pasar baru")
    with app.app_context():
        officer = people.member("ratna")
        for row in db.session.scalars(sa.select(Addition)).all():
            opened = reports.open_for(officer, row.report_id)
            (one,) = additions.to(officer, opened)
            assert one.answers == additions.When(place="Pasar lama" if "pertama" in opened.told.what else "Pasar baru")


def test_where_the_database_does_not_answer_the_page_comes_back(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client)
    begin(client)
    with monkeypatch.context() as broken:
        broken.setattr(reporters, "by_token", silent)
        page = client.submit("Tambahkan", place="Pasar lama")
        assert page.status == 503
        assert page.has("Gangguan di pihak kami, bukan di HP Anda. Tulisan masih ada di bawah.")
        assert page.value("place") == "Pasar lama"
    assert client.submit("Tambahkan").h1 == WHO
    assert added(app) == [additions.When(place="Pasar lama")]


# ---- what follows from an answer


def test_where_it_may_be_recent_health_comes_first(client: Client) -> None:
    send(client)
    for ago, said in (("recent", True), ("", True), ("older", False)):
        client.post("/lapor", {"step": "1", "ago": ago, "place": "Pasar", "end": "1"})
        assert ("Obat pencegah HIV: mulai dalam 72 jam." in client.get("/lapor").text) == said
        assert "Obat pencegah HIV" not in client.get("/lapor").text, "it is said once"


def test_after_the_last_yes_there_is_somebody_to_call(app: Flask, client: Client) -> None:
    send(client)
    for number, sentence in (("", "jangan sendirian dulu. Telepon 119."), ("119 ext 8", "Telepon 119 ext 8 atau 119.")):
        set_up(app, crisis_number=number)
        client.post("/lapor", {"step": "2", "suicidal": "yes", "once": sentence, "end": "1"})
        page = client.get("/lapor")
        assert page.has("Terima kasih sudah bilang. Kalau bisa,", sentence)
        assert page.tree.select("a[href^='tel:119']")
    client.post("/lapor", {"step": "2", "suicidal": "unsaid", "end": "1"})
    page = client.get("/lapor")
    assert page.has("Ditambahkan.")
    assert "jangan sendirian" not in page.text
