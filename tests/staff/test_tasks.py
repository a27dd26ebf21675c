"""Tugas on the screen: a board that works by forms, lists, one task with its text, two texts where two wrote."""

import re
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import boards, columns, tasks
from pepa.models.tasks import Column, Deed, Task
from tests import cast
from tests.client import Client, Page
from tests.counting import BESIDES, own_questions
from tests.people import office
from tests.staff.test_weight import FIRST, PART, weight
from tests.tasks.board import NOW, TEXT, day, made, move, read

BOARD = "/petugas/tugas"


@pytest.fixture(autouse=True)
def _now() -> object:  # type: ignore[misc]
    with clock.frozen(NOW):
        yield


@pytest.fixture
def client(app: Flask) -> Client:
    return cast.at_work(app, "ratna")


def lane(page: Page, column: str) -> list[str]:
    """The codes of a column, from the top."""
    section = page.tree.find("section", attrs={"data-column": column})
    return [str(card["id"]) for card in section.find_all("li", class_="card")]  # type: ignore[union-attr]


def press(client: Client, code: str, word: str) -> Page:
    """A button of one card."""
    page = client.open(BOARD)
    card, form = page.tree.find("li", id=code), page.tree.find("form", id="moves")
    button = next(b for b in card.find_all("button") if b.text.strip() == word)  # type: ignore[union-attr]
    fields = {i["name"]: i["value"] for i in form.find_all("input")} | {"to": button["value"]}  # type: ignore[union-attr]
    return client.post(str(form["action"]), fields)  # type: ignore[index, arg-type]


def code_of(task_id: UUID) -> str:
    return read(task_id).code


def many(n: int, login: str = "ratna") -> None:
    """Cards by the thousand, straight into the table."""
    me, now = cast.member(login), clock.now()
    rows = [
        {
            "id": uuid4(),
            "code": f"T-X{i:04}",
            "deed": list(Deed)[i % 20].value,
            "organisation_id": me.organisation_id,
            "person_id": me.person_id if i % 3 else None,
            "maker_id": me.organisation_id,
            "made_by_id": me.person_id,
            "made_at": now,
            "due_on": day(i % 30 - 5),
            "column": list(Column)[i % 4].value,
            "column_at": now,
            "rank": i * 1024,
            "version": 1,
            "wording": 1,
            "outcome": "done" if i % 4 == 3 else None,
            "is_archived": False,
        }
        for i in range(n)
    ]
    with transaction() as session:
        session.execute(sa.insert(Task), rows)


def test_a_task_is_made_and_stands_on_the_board(client: Client) -> None:
    client.open(BOARD)
    client.click("Tugas baru")
    page = client.submit("Simpan tugas", deed="visit", due_on="27/11/2026", text=TEXT)
    assert page.has("Tugas SUDAH dibuat.", "Kunjungi", "Ratna Contoh", "Jumat 27 Nov", TEXT)
    code = page.address.rpartition("/")[2]
    board = client.open(BOARD)
    assert lane(board, "before") == [code]
    assert not board.has(TEXT)


def test_what_is_missing_is_said_beside_its_field(client: Client) -> None:
    client.open(f"{BOARD}/baru")
    page = client.submit("Simpan tugas", due_on="besok", text=TEXT)
    assert page.status == 422
    assert page.has("Pilih dulu apa yang dikerjakan.", "Tulis hari seperti ini: 25/11/2026.", TEXT)


def test_cards_go_up_and_down_and_over_without_a_script(app: Flask, client: Client) -> None:
    with app.app_context():
        ids = [made("ratna") for _ in range(3)]
        codes = [read(one).code for one in ids]
    page = press(client, codes[2], "Naik")
    assert (page.status, page.location) == (303, f"{BOARD}#{codes[2]}")
    assert lane(client.open(BOARD), "before") == [codes[0], codes[2], codes[1]]
    press(client, codes[2], "Naik")
    press(client, codes[0], "Turun")
    assert lane(client.open(BOARD), "before") == [codes[2], codes[1], codes[0]]
    press(client, codes[1], "ke Dikerjakan")
    press(client, codes[0], "ke Selesai")
    page = client.open(BOARD)
    assert (lane(page, "before"), lane(page, "doing"), lane(page, "done")) == ([codes[2]], [codes[1]], [codes[0]])
    assert page.has("Selesai hari ini", "pekan ini 1")


def test_the_first_goes_no_higher_and_the_last_no_lower(app: Flask, client: Client) -> None:
    with app.app_context():
        for _ in range(2):
            made("ratna")
    cards = client.open(BOARD).tree.find_all("li", class_="card")
    words = [{button.text.strip() for button in card.find_all("button")} for card in cards]
    assert ["Naik" in one for one in words] == [False, True]
    assert ["Turun" in one for one in words] == [True, False]


def test_a_stale_card_is_said_and_stays_where_it_is(app: Flask, client: Client) -> None:
    with app.app_context():
        task_id = made("ratna")
        code = code_of(task_id)
        move("bayu", task_id, "doing")
    page = client.open(BOARD)
    token = page.value("csrf_token")
    fields = {"to": f"{code} 1 waiting", "csrf_token": token, "end": "1"}
    page = client.post(f"{BOARD}", fields)
    assert page.status == 422
    assert page.has("Orang lain memindah tugas ini lebih dulu.")
    with app.app_context():
        assert read(task_id).column == "doing"


@pytest.mark.parametrize("to", ["", "x", "{} 1 nowhere", "{} x doing", "{} 1 doing T-00X", "{} 1 doing ;", "{} 1"])
def test_an_odd_place_moves_nothing(app: Flask, client: Client, to: str) -> None:
    with app.app_context():
        task_id = made("ratna")
        code = code_of(task_id)
    token = client.open(BOARD).value("csrf_token")
    page = client.post(f"{BOARD}", {"to": to.format(code), "csrf_token": token, "end": "1"})
    assert page.status == 422
    with app.app_context():
        assert read(task_id).version == 1


def test_a_stranger_s_card_is_not_there_to_be_moved(app: Flask, client: Client) -> None:
    with app.app_context():
        task_id = made("melati")
        code = code_of(task_id)
    token = client.open(BOARD).value("csrf_token")
    page = client.post(f"{BOARD}", {"to": f"{code} 1 doing", "csrf_token": token, "end": "1"})
    assert page.status == 404
    with app.app_context():
        assert read(task_id).column == "before"


def test_two_who_wrote_read_both_texts(app: Flask, client: Client) -> None:
    with app.app_context():
        task_id = made("ratna", text=TEXT)
        code = code_of(task_id)
    client.open(f"{BOARD}/{code}/ubah")
    with app.app_context():
        tasks.change(
            cast.member("bayu"), task_id, deed="contact", due_on=day(1), wording=1, text="Ia sudah <b>pulang</b>."
        )
    page = client.submit("Simpan tugas", text="Ia menunggu di loket.")
    assert page.status == 409
    assert page.has("Ia menunggu di loket.", "Ia sudah <b>pulang</b>.", "Yang tersimpan sekarang")
    page = client.submit("Simpan ketikan saya")
    assert page.has("Tugas SUDAH diubah.", "Ia menunggu di loket.")


def test_the_text_opens_on_its_own_page_alone(app: Flask, client: Client) -> None:
    with app.app_context():
        task_id = made("ratna", to="ratna", due=0, text=TEXT)
        code = code_of(task_id)
    for path in (BOARD, f"{BOARD}/daftar?tab=saya", f"{BOARD}/daftar?tab=before", "/petugas/hari-ini"):
        assert TEXT not in client.open(path).text, path
    assert client.open(f"{BOARD}/{code}").has(TEXT, "Dibuat", "Oleh Ratna Contoh")


def test_a_task_handed_to_a_partner_opens_there(app: Flask, client: Client) -> None:
    with app.app_context():
        task_id, partner = made("ratna", text=TEXT), office("legal_aid")
        code = code_of(task_id)
    client.open(f"{BOARD}/{code}")
    page = client.submit("Serahkan", holder_id=str(partner))
    assert page.has("Tugas SUDAH diserahkan.", "LBH Teratai Contoh")
    theirs = cast.at_work(app, "nadia")
    assert theirs.open(f"{BOARD}/{code}").has(TEXT)
    theirs.submit("Serahkan", holder_id=str(_person(app, "tegar")))
    assert client.open(BOARD).has("LBH Teratai Contoh, Tegar Contoh")
    assert cast.at_work(app, "melati").open(f"{BOARD}/{code}").status == 404


def _person(app: Flask, login: str) -> UUID:
    with app.app_context():
        return cast.member(login).person_id


def test_what_a_partner_hands_to_a_third_one_it_sees_no_more(app: Flask) -> None:
    with app.app_context():
        task_id, third = made("ratna", to=office("legal_aid")), office("psychologist")
        code = code_of(task_id)
    theirs = cast.at_work(app, "nadia")
    theirs.open(f"{BOARD}/{code}")
    page = theirs.submit("Serahkan", holder_id=str(third))
    assert (page.status, page.h1) == (200, "Tugas")
    assert theirs.open(f"{BOARD}/{code}").status == 404


def test_how_it_ended_is_chosen_from_a_list(app: Flask, client: Client) -> None:
    with app.app_context():
        task_id = made("ratna")
        code = code_of(task_id)
    client.open(f"{BOARD}/{code}")
    assert client.submit("Tidak bisa").has("Pilih sebabnya.")
    page = client.submit("Tidak bisa", reason="away")
    assert page.has("Tugas SUDAH selesai.", "Tidak bisa: pindah kota")
    assert client.submit("ke Belum mulai").has("Tugas SUDAH dipindah.", "Dibuka lagi")


def test_an_archived_task_is_found_in_the_archive(app: Flask, client: Client) -> None:
    with app.app_context():
        task_id = made("ratna")
        code = code_of(task_id)
        code = read(task_id).code
    client.open(f"{BOARD}/{code}")
    assert client.submit("Simpan ke arsip").has("Tugas SUDAH di arsip.")
    assert code not in client.open(BOARD).text
    assert client.open(f"{BOARD}/daftar?tab=arsip").has(code)
    client.open(f"{BOARD}/{code}")
    assert client.submit("Kembalikan ke papan").has("Tugas SUDAH kembali ke papan.")


def test_the_board_is_narrowed_by_its_address(app: Flask, client: Client) -> None:
    with app.app_context():
        mine, hers, nobodys = made("ratna", to="ratna"), made("ratna", to="bayu"), made("ratna")
        theirs, partner, office_id = made("ratna", to=office("legal_aid")), office("legal_aid"), office()
        codes = {task_id: read(task_id).code for task_id in (mine, hers, nobodys, theirs)}
    for query, wanted in (
        ("orang=saya", [mine]),
        (f"orang={_person(app, 'bayu')}", [hers]),
        ("orang=kosong", [nobodys, theirs]),
        (f"lembaga={partner}", [theirs]),
        ("orang=x&lembaga=y", [mine, hers, nobodys, theirs]),
    ):
        page = client.open(f"{BOARD}?{query}")
        assert lane(page, "before") == [codes[one] for one in wanted], query
    client.open(BOARD)
    client.click("Saring")
    page = client.submit("Saring", orang="saya", lembaga=str(office_id))
    assert page.has("Saya, Kantor Contoh")
    page = client.open(f"{BOARD}?orang=saya")
    assert client.submit("ke Dikerjakan").address.startswith(f"{BOARD}?orang=saya#")


def test_limits_are_set_by_whoever_keeps_the_board(app: Flask, client: Client) -> None:
    assert "Batas kolom" not in client.open(BOARD).text
    lead = cast.at_work(app, "wulan")
    lead.open(BOARD)
    lead.click("Batas kolom")
    assert lead.submit("Simpan, cukup diberi tahu", column="doing", most="nol").has("Tulis angka, paling sedikit 1.")
    assert lead.submit("Simpan, cukup diberi tahu", column="doing", most="1").has(
        "Batas kolom SUDAH disimpan.", "0 dari 1"
    )
    with app.app_context():
        for _ in range(2):
            move("ratna", made("ratna"), "doing")
    assert client.open(BOARD).has("2 dari 1, terlalu banyak")
    lead.open(f"{BOARD}/batas")
    lead.submit("Simpan, yang lebih ditolak", column="doing", most="1")
    with app.app_context():
        task_id = made("ratna")
        code = code_of(task_id)
    page = press(client, code, "ke Dikerjakan")
    assert page.status == 422
    assert page.has("Kolom ini sudah penuh.")


def test_the_menu_counts_what_is_due_and_today_shows_it(app: Flask, client: Client) -> None:
    with app.app_context():
        late, today = made("ratna", "fetch", to="ratna", due=-2), made("ratna", "bring", to="ratna", due=0)
        made("ratna", to="ratna", due=3)
        made("ratna", to="bayu", due=0)
        codes = [read(task_id).code for task_id in (late, today)]
    page = client.open("/petugas/hari-ini")
    assert page.has("Tugas saya", f"Jemput {codes[0]}", "Terlambat 2 hari", f"Antar {codes[1]}")
    assert re.search("Tugas ?2 ?jatuh tempo", page.text)


def test_lists_say_since_when_something_waits(app: Flask, client: Client) -> None:
    with app.app_context():
        task_id = made("ratna", to=office("police"), due=4)
        with clock.frozen(NOW + (day(-2) - day(0))):
            move("ratna", task_id, "waiting")
    assert client.open(f"{BOARD}/daftar?tab=menunggu").has("Menunggu sejak Senin", "Unit PPA Contoh")
    assert client.open(f"{BOARD}/daftar?tab=tempo").has("Tidak ada tugas di sini.")


def test_markup_in_a_text_is_shown_as_it_was_typed(app: Flask, client: Client) -> None:
    text = "<img src=x onerror=alert(1)> dan <pers>"
    with app.app_context():
        task_id = made("ratna", text=text)
        code = code_of(task_id)
    page = client.open(f"{BOARD}/{code}")
    assert page.has(text)
    assert not page.tree.find("img")


# ---- two thousand cards ----


def test_a_full_board_is_light_says_how_many_more_and_asks_little(app: Flask, client: Client) -> None:
    with app.app_context():
        columns.set_limit(cast.member("wulan"), column=Column.DOING, most=6)
        for n in range(2):
            made("ratna", to="ratna", due=n)
    few = len(own_questions(app, client, BOARD))
    with app.app_context():
        many(2000)
    page = client.open(BOARD)
    assert len(page.tree.find_all("li", class_="card")) == 3 * boards.SHOWN + boards.SHOWN_DONE
    assert page.has("495 lagi di bawahnya", "493 lagi di bawahnya", "496 lagi di bawahnya")
    asked = own_questions(app, client, BOARD)
    assert len(asked) == few
    assert len(asked) <= 3 + BESIDES
    html = page.body.decode()
    fetched = set(re.findall(r'(?:<script src|<link rel="(?:icon|stylesheet)" href)="([^"]+)"', html))
    weights = {one: weight(client, one) for one in (BOARD, *fetched)}
    assert sum(weights.values()) <= FIRST, weights
    part = {"HX-Request": "true", "HX-Target": "section#board"}
    assert weight(client, BOARD, **part) <= PART


def test_the_wide_board_has_more_and_stays_wide(app: Flask, client: Client) -> None:
    with app.app_context():
        many(4 * 60)
    client.open(BOARD)
    page = client.click("Papan lebar")
    assert {column: len(lane(page, column)) for column in ("before", "done")} == {"before": 50, "done": 50}
    page = client.submit("ke Dikerjakan")
    assert page.address.startswith(f"{BOARD}?luas=1#")
    assert len(lane(page, "doing")) == 50


def test_what_is_not_shown_on_the_board_is_a_page_away(app: Flask, client: Client) -> None:
    with app.app_context():
        many(4 * 60)
    client.open(BOARD)
    page = client.click("53 lagi di bawahnya")
    assert page.h1 == "Tugas: Belum mulai"
    first = re.findall(r"T-X\d+", page.text)
    page = client.click("Berikutnya")
    assert len(set(first + re.findall(r"T-X\d+", page.text))) == 60


def test_the_last_card_that_is_shown_goes_down_behind_one_that_is_not(app: Flask, client: Client) -> None:
    with app.app_context():
        ids = [made("ratna") for _ in range(boards.SHOWN + 2)]
        code = code_of(ids[boards.SHOWN - 1])
    press(client, code, "Turun")
    with app.app_context():
        db.session.rollback()
        order = [task.id for task in boards.column(cast.member("ratna"), Column.BEFORE)]
    at = boards.SHOWN
    assert order[at - 1 : at + 2] == [ids[at], ids[at - 1], ids[at + 1]]


def test_what_is_too_long_says_how_much_fits(client: Client) -> None:
    client.open(f"{BOARD}/baru")
    page = client.submit("Simpan tugas", deed="contact", text="x" * (tasks.LONGEST + 1))
    assert (page.status, page.has("Terlalu panjang. Ringkas sampai 20.000 huruf.")) == (422, True)
