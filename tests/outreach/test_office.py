"""The office's pages: confirm many, narrow the list, type from paper, paste one line of a chat, look at the picture."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from pepa import clock
from pepa.db import transaction
from pepa.domain import areas, chat_lines, teachings
from pepa.errors import Invalid
from pepa.models.areas import Area
from pepa.models.outreach import Manner, Standing
from tests import cast, shelf
from tests.client import Client
from tests.outreach.evenings import cadre, held, rts
from tests.people import member

WARD = "36.73.01.1001"


@pytest.fixture
def office(app: Flask) -> Client:
    with app.app_context():
        shelf.title()
    return cast.at_work(app, "dian")


def test_many_are_confirmed_and_the_filters_stay_in_the_address(app: Flask, office: Client) -> None:
    with app.app_context():
        card = cadre()
        made = [str(held(card, days_ago=day)) for day in (1, 2, 3)]
    page = office.open(f"/petugas/sesi?standing=logged&kelurahan_code={WARD}")
    assert page.has("Siti Contoh")
    token = page.value("csrf_token")
    fields = [("picked", made[0]), ("picked", made[1]), ("picked", "x"), ("as", "confirmed")]
    fields += [("kelurahan_code", WARD), ("standing", "logged"), ("csrf_token", token), ("end", "1")]
    answer = office.post("/petugas/sesi", fields)
    assert answer.location == f"/petugas/sesi?standing=logged&kelurahan_code={WARD}"
    page = office.open(answer.location or "")
    assert len(page.tree.select('input[name="picked"]')) == 1
    page = office.open("/petugas/sesi?standing=confirmed")
    assert len(page.tree.select('input[name="picked"]')) == 2
    assert page.has("Dikonfirmasi")
    with app.app_context():
        assert {one.standing for one in teachings.own(card)} == {Standing.CONFIRMED, Standing.LOGGED}


@pytest.mark.parametrize(
    "query",
    ["standing=else", "title_id=x", f"title_id={10**22}", "title_id=²", "from_on=kemarin", "at=azz", "manner=é", ""],
)
def test_a_spoiled_filter_is_none(office: Client, query: str) -> None:
    assert office.open(f"/petugas/sesi?{query}").status == 200


def test_nothing_picked_is_said(app: Flask, office: Client) -> None:
    with app.app_context():
        held(cadre())
    office.open("/petugas/sesi")
    assert office.submit("Konfirmasi yang dipilih").has("Belum ada yang dipilih.")


def test_typed_from_paper_in_somebody_s_name(app: Flask, office: Client) -> None:
    with app.app_context():
        card = cadre()
    office.open("/petugas/ketik")
    page = office.submit("Kirim", title_id="90", kelurahan_code=WARD, present="25", manner="meeting")
    assert page.has("Pilih dulu kader yang mengadakannya.")
    page = office.submit("Kirim", cadre_id=str(card.cadre_id))
    assert page.h1 == "Ketik dari kertas"
    assert page.has("SUDAH tercatat. Ketik yang berikutnya.")
    assert page.value("cadre_id") == str(card.cadre_id)
    with app.app_context():
        (logged,) = teachings.own(card)
    assert (logged.is_typed, logged.total) == (True, 25)
    assert office.open("/petugas/sesi").has("dicatat atas nama")


def test_one_line_of_a_chat_fills_the_form_in(app: Flask, office: Client) -> None:
    with app.app_context():
        rts("003", "004")
        card, name = cadre(), areas.ward(WARD).name
        kecamatan = areas.ward(WARD).kecamatan
    day = (clock.today() - timedelta(days=2)).strftime("%d/%m/%Y")
    line = (
        f"pepa # 90 # {day} # {name.upper()}, {kecamatan} # 3 004 # 25 # Tatap Muka # 45 # P 2 5 10 3 # L 0 1 4 0 # D 1"
    )
    office.open("/petugas/ketik")
    page = office.submit("Isikan ke formulir", line=line)
    assert page.status == 200
    assert (page.value("title_id"), page.value("present"), page.value("minutes")) == ("90", "25", "45")
    page = office.submit("Kirim", cadre_id=str(card.cadre_id))
    with app.app_context():
        (logged,) = teachings.own(card)
    assert logged.place.endswith("RT 003, RW 02, RT 004, RW 02")
    assert (logged.count.cells["f_teen"], logged.count.cells["m_adult"], logged.count.disabled) == (5, 4, 1)
    assert (logged.total, logged.teaching.minutes, logged.manner) == (25, 45, Manner.MEETING)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "Baris ini kurang lengkap."),
        ("PEPA#7#1/12/2026", "Baris ini kurang lengkap."),
        ("HALO#1#2#3#4#5#6#7", "Baris ini kurang lengkap."),
        ("PEPA#x#1/12/2026#{ward}#-#5#tatap", 'Bagian 1 tidak terbaca: "x".'),
        ("PEPA#7#31/2/2026#{ward}#-#5#tatap", 'Bagian 2 tidak terbaca: "31/2/2026".'),
        ("PEPA#7#1/12/2026#Entah#-#5#tatap", 'Bagian 3 tidak terbaca: "Entah".'),
        ("PEPA#7#1/12/2026#{ward}#099#5#tatap", 'Bagian 4 tidak terbaca: "099".'),
        ("PEPA#7#1/12/2026#{ward}#003#5#tatap", "RT 003 ada di beberapa RW."),
        ("PEPA#7#1/12/2026#{ward}#-#banyak#tatap", 'Bagian 5 tidak terbaca: "banyak".'),
        ("PEPA#7#1/12/2026#{ward}#-#5#nyanyi", 'Bagian 6 tidak terbaca: "nyanyi".'),
        ("PEPA#7#1/12/2026#{ward}#-#5#tatap#lama", 'Bagian 7 tidak terbaca: "lama".'),
        ("PEPA#7#1/12/2026#{ward}#-#5#tatap#60#P 1 2", 'Bagian 8 tidak terbaca: "P 1 2".'),
    ],
)
def test_what_cannot_be_read_of_a_line_is_named(app: Flask, office: Client, line: str, says: str) -> None:
    with app.app_context():
        rts("003")
        _another_rw("003")
    office.open("/petugas/ketik")
    page = office.submit("Isikan ke formulir", line=line.format(ward=WARD))
    assert page.status == 422
    assert page.has(says)
    assert page.value("line") == line.format(ward=WARD)


def _another_rw(name: str) -> None:
    since = clock.today() - timedelta(days=900)
    with transaction() as session:
        rw = Area(kelurahan_code=WARD, level="rw", name="03", valid_from=since)
        session.add(rw)
        session.flush()
        session.add(Area(kelurahan_code=WARD, level="rt", parent_id=rw.id, name=name, valid_from=since))


def test_the_rw_tells_two_rts_apart(context: Flask) -> None:
    rts("003")
    _another_rw("003")
    read = chat_lines.read(f"PEPA#7#1/12/2026#{WARD}#003/02 3/03#5#rumah")
    assert len(set(read.area_ids)) == 2


@given(line=st.text(max_size=200) | st.lists(st.text(max_size=12), max_size=12).map("#".join))
def test_any_other_line_is_refused_in_words(line: str) -> None:
    """Nothing but our own failures, whatever was pasted; no database is asked before the day could be read."""
    try:
        chat_lines.read(line)
    except Invalid:
        return
    except RuntimeError:  # a line that could be read so far needs the list of kelurahan
        assert len(line.split("#")) >= chat_lines.FEWEST


def test_only_the_office(app: Flask) -> None:
    asep = cast.at_work(app, "asep")
    for path in ("/petugas/sesi", "/petugas/ketik", "/petugas/undangan", "/petugas/kader"):
        assert asep.get(path).status == 404
    ratna = cast.at_work(app, "ratna")
    assert ratna.get("/petugas/ketik").status == 200
    assert ratna.get("/petugas/sesi").status == 404
    with app.app_context():
        assert member("ratna")
