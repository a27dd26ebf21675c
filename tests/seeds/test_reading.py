"""Reading the seed files: a row that is wrong is refused, with its place."""

from pathlib import Path

import pytest

from pepa.seeds import reading
from pepa.seeds.reading import Malformed

HOLIDAY = "on,name,kind,source,mark\n"
SETTING = '[[setting]]\ncode = "a"\nlabel = "A"\nkind = "line"\ndefault = ""\nblocks = true\nnote = ""\nmark = "U"\n'


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reading, "DATA", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2026-02-30,Hari,national,SKB,V2", "line 2"),
        ("2026-01-01,Hari,holiday,SKB,V2", "holiday"),
        ("2026-01-01,Hari,national,SKB,V9", "V9"),
        ("2026-01-01,Hari,national,SKB", "line 2"),
        ("2026-01-01,Hari,national,SKB,V2,more", "line 2"),
        ('2026-01-01,"Hari"x,national,SKB,V2', "line 2"),
    ],
)
def test_a_wrong_row_of_a_csv_file(data: Path, row: str, told: str) -> None:
    (data / "holidays.csv").write_text(f"{HOLIDAY}{row}\n")
    with pytest.raises(Malformed, match=told):
        reading.holidays()


def test_a_csv_file_needs_its_very_header(data: Path) -> None:
    (data / "holidays.csv").write_text("on,name,kind,mark,source\n")
    with pytest.raises(Malformed, match="on,name,kind,source,mark"):
        reading.holidays()


def test_a_whole_number_is_digits(data: Path) -> None:
    (data / "kecamatan.csv").write_text("code,name,kelurahan,source,mark\n36.73.01,Serang,-12,x,V\n")
    with pytest.raises(Malformed, match="-12"):
        reading.kecamatan()


def test_a_setting_as_it_stands(data: Path) -> None:
    (data / "settings.toml").write_text(SETTING + 'word = "w"\n')
    (row,) = reading.settings()
    assert (row.code, row.blocks, row.word, row.unit) == ("a", True, "w", "")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("blocks = true", "blocks = 1"), "blocks"),
        (("blocks = true\n", ""), "missing"),
        (("note =", "nota ="), "nota"),
        (('kind = "line"', 'kind = "colour"'), "colour"),
        (("[[setting]]", "[[settings]]"), "settings"),
        (("[[setting]]", "[setting]"), "setting 1"),
        (('code = "a"', "code = "), "settings.toml"),
    ],
)
def test_a_wrong_table_of_a_toml_file(data: Path, change: tuple[str, str], told: str) -> None:
    (data / "settings.toml").write_text(SETTING.replace(*change))
    with pytest.raises(Malformed, match=told):
        reading.settings()


def test_a_list_of_roles_holds_words_alone(data: Path) -> None:
    member = '[[organisation.member]]\nlogin = "a"\nname = "A"\nroles = [1]\n'
    (data / "organisations.toml").write_text(
        f'[[organisation]]\ncode = "o"\nname = "O"\nkind = "intake"\nnote = ""\n{member}'
    )
    with pytest.raises(Malformed, match="roles"):
        reading.cast()
