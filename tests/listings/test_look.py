"""A list of RTs is looked over: what is new, known, wrong, gone. Nothing is stored by it."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepa import clock
from pepa.db import db
from pepa.domain import area_lines, areas, listings
from pepa.errors import Failure, NotAllowed
from pepa.models.areas import Area
from tests.people import member

A, B = "36.73.01.1001", "36.73.02.1001"
HEAD = "kode;kelurahan;lingkungan;rw;rt"
NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
GOOD = f"{HEAD}\n{A};Serang;;01;001\n{A};Serang;;01;002\n{A};Serang;Contoh;RW 02;RT 003\n"

pytestmark = pytest.mark.usefixtures("_at_noon")


@pytest.fixture
def _at_noon(context: Flask) -> object:
    with clock.frozen(NOW):
        yield


def look(text: str) -> listings.Looked:
    return listings.look(member("dian"), text)


def says(text: str) -> list[tuple[int, type[Failure]]]:
    return [(line.number, type(line.wrong)) for line in look(text).wrong]


def brought(raw: bytes) -> listings.Brought:
    upload = listings.Brought()
    part = upload.begin("daftar.csv")
    part.write(raw)
    part.end()
    return upload


@pytest.mark.parametrize("between", [";", ",", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_a_file_of_any_make_is_read(between: str, mark: bytes, line: str) -> None:
    raw = mark + GOOD.replace(";", between).replace("\n", line).encode()
    looked = look(listings.text_of(brought(raw), ""))
    assert [one.label for one in looked.new] == ["RT 001, RW 01", "RT 002, RW 01", "RT 003, RW 02, Lingkungan Contoh"]
    assert not looked.wrong
    assert not db.session.scalars(sa.select(Area)).all(), "looking stores nothing"


@pytest.mark.parametrize("cell", ["003", "'003", '"003"', '"=""003"""', " RT 003 ", "rt 003"])
def test_zeros_stay_however_a_spreadsheet_wraps_them(cell: str) -> None:
    (line,) = look(f"{HEAD}\n{A};;;;{cell}\n").new
    assert line.names[-1][1] == "003"


def test_a_name_alone_is_enough_where_there_is_one_such_kelurahan() -> None:
    (line,) = look("kelurahan,rt\nmesjid priyayi,001\n").new
    assert line.ward
    assert (line.ward.code, line.ward.kecamatan) == ("36.73.02.1002", "Kasemen")


@pytest.mark.parametrize(
    ("line", "failure"),
    [
        (";Sukawana;;;001", area_lines.PlacedTwice),
        (";Atlantis;;;001", area_lines.Unplaced),
        ("36.73.99.1001;;;;001", area_lines.Unplaced),
        (f"{A};Kasemen;;;001", area_lines.PlacedWrong),
        (f"{A};Serang;;01;001;lebih", area_lines.CellsWrong),
    ],
)
def test_a_wrong_line_is_named_with_its_number(line: str, failure: type[Failure]) -> None:
    assert says(f"{HEAD}\n\n{A};;;01;009\n{line}\n") == [(4, failure)]


@pytest.mark.parametrize("name", ["=1+1", "@x", "+3", "x" * 41])
def test_a_name_that_a_spreadsheet_would_run_is_wrong(name: str) -> None:
    assert len(says(f"{HEAD}\n{A};;;;{name}\n")) == 1


def test_the_same_rt_twice_is_wrong_with_zeros_or_without() -> None:
    looked = look(f"{HEAD}\n{A};;;01;003\n{A};;;1;3\n")
    (line,) = looked.wrong
    assert isinstance(line.wrong, listings.SaidBefore)
    assert line.wrong.values == {"n": 2}


def test_lines_that_say_nothing_are_passed_over() -> None:
    text = listings.blank().decode("utf-8-sig")
    assert text.count("\n") == 68
    assert look(text).lines == []


@pytest.mark.parametrize("text", ["a", "kode;rw\n", "rt\n001", "\n\n", f"{A};Serang;;01;001", '"\n' * 99])
def test_what_has_no_head_is_no_list(text: str) -> None:
    with pytest.raises(area_lines.HeadWrong):
        look(text)


def test_no_file_and_no_text_an_odd_file_and_one_too_long() -> None:
    with pytest.raises(listings.ListMissing):
        listings.text_of(listings.Brought(), " \n")
    with pytest.raises(listings.NotUtf8):
        listings.text_of(brought("Señor".encode("latin-1")), "")
    with pytest.raises(listings.ListTooLong):
        listings.text_of(brought(b"x" * (listings.LARGEST + 1)), "")
    with pytest.raises(listings.ListTooLong):
        look("x" * (listings.LONGEST + 1))


def test_a_list_names_what_is_gone_in_its_own_kelurahan_alone() -> None:
    dian = member("dian")
    listings.store(dian, text=GOOD + f"{B};;;01;001\n", on=clock.today(), ends_others=False)
    looked = look(f"{HEAD}\n{A};;;01;1\n{A};;;05;009\n")
    assert [line.label for line in looked.known] == ["RT 1, RW 01"]
    assert [line.label for line in looked.new] == ["RT 009, RW 05"]
    assert [part.label for part in looked.gone] == [
        "Lingkungan Contoh",
        "RW 02, Lingkungan Contoh",
        "RT 003, RW 02, Lingkungan Contoh",
        "RT 002, RW 01",
    ]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=200), st.lists(st.text(max_size=12), max_size=12).map(";".join)))
def test_no_text_breaks_it(text: str) -> None:
    for whole in (text, f"{HEAD}\n{text}", f"{HEAD}\n{A};;;{text}"):
        try:
            look(whole)
        except area_lines.HeadWrong:
            continue


@pytest.mark.parametrize("login", ["ratna", "hadi", "nadia", "asep"])
def test_others_look_at_none(login: str) -> None:
    with pytest.raises(NotAllowed):
        listings.look(member(login), GOOD)


def test_all_of_the_city_is_looked_over() -> None:
    lines = [f"{ward.code};;;{n % 9:02};{n:03}" for ward in areas.wards() for n in range(75)]
    assert len(look("\n".join([HEAD, *lines])).new) == 67 * 75
