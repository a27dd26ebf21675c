"""A title is found by the words that people type: forms, slips, abbreviations, signs (cases/education 13-21)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.domain import finding
from pepa.domain.finding import Index, Text
from pepa.domain.vocabulary import BROADER, ROOTS, SAME
from pepa.seeds import titles

HOME, SCHOOL, BODY, MARRY, HELP, RIGHTS, WORK, LAW = range(1, 9)
TEXTS = (
    Text(HOME, "Apa itu kekerasan?", "Empat bentuk", "Hukum menyebut kekerasan dalam rumah tangga. Suami memukul."),
    Text(SCHOOL, "Kalau teman dirundung", "Lihat, temani, ceritakan", "Perundungan terjadi di sekolah dan di grup."),
    Text(BODY, "Tubuhku milikku", "Rahasia anak-anak", "Badanku milikku. Ada bagian yang pribadi. Mirip 5 jari."),
    Text(MARRY, "Menikah setelah 19", "Umur anak", "Menikahkan anak sebelum 19 tahun dilarang. KUA menolak."),
    Text(HELP, "Tetangga boleh ikut campur", "Ketua RT menolong", "Ketua RT dan ibu PKK menolong. Telepon sapa 129."),
    Text(RIGHTS, "Hak yang disakiti", "Didampingi", "UPTD PPA mendampingi. Kekerasan seksual, lapor. Jumlah."),
    Text(WORK, "Janji kerja di luar kota", "Tanda", "Perdagangan orang dan kekerasan."),
    Text(LAW, "Anak berhadapan dengan hukum", "", "Anak ditemani pengacara. Kekerasan bukan jalan."),
)  # fmt: skip
INDEX = Index(TEXTS)
# Every form that Snowball alone gets wrong, and forms that it gets right (library.md, Libraries that were tried).
FORMS = {
    "rundung": "perundungan dirundung merundung perundung",
    "nikah": "menikah menikahkan dinikahkan pernikahan menikahi",
    "kawin": "mengawinkan dikawinkan perkawinan kawin",
    "tolong": "menolong penolong ditolong pertolongan",
    "nafkah": "menafkahi dinafkahi nafkahnya",
    "keras": "mengerasi kekerasan keras pengerasan",
    "pukul": "memukul dipukul pemukulan pukulan dipukuli",
    "leceh": "pelecehan melecehkan dilecehkan",
    "lapor": "melapor laporan pelaporan dilaporkan melaporkan",
    "tipu": "menipu ditipu penipuan penipu",
    "sebar": "menyebarkan disebar penyebaran menyebar",
    "hukum": "menghukum hukuman dihukum penghukuman",
}


def first(query: str) -> int | None:
    return next(iter(INDEX.search(query).ids), None)


@pytest.mark.parametrize(("root", "forms"), FORMS.items())
def test_every_form_of_a_word_is_the_same_word(root: str, forms: str) -> None:
    assert {finding.stem(form) for form in forms.split()} == {root}


def test_no_root_of_ours_is_taken_for_another() -> None:
    assert {root: finding.stem(root) for root in ROOTS} == {root: root for root in ROOTS}


def test_rows_of_meanings_begin_with_what_wider_words_name() -> None:
    assert {*BROADER} <= {row[0] for row in SAME}
    assert all(len(row) > 1 for row in SAME)


@pytest.mark.parametrize(
    "query", ["kekérasan", "KEKERASAN", "Kekerasan?", "“kekerasan”", "kekerasan,", "\u202ekekerasan"]
)
def test_accents_capitals_and_signs_are_folded_on_both_sides(query: str) -> None:
    assert INDEX.search(query) == INDEX.search("kekerasan")
    assert first(query) == HOME
    accented = Index([Text(1, "Kekérasan di rumah")])
    assert accented.search("kekerasan").ids == (1,)


@pytest.mark.parametrize("query", ["anak-anak", "anak anak", "anak2", "anak–anak", "Anak-Anak", "anak"])
def test_a_word_said_twice_is_one_word(query: str) -> None:
    assert INDEX.search(query) == INDEX.search("anak")
    assert {BODY, MARRY, LAW} == {*INDEX.search(query).ids}


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("KDRT", HOME),
        ("kekerasan dalam rumah tangga", HOME),
        ("TPKS", RIGHTS),
        ("UU TPKS", RIGHTS),
        ("ABH", LAW),
        ("P2TP2A", RIGHTS),
        ("UPTD PPA", RIGHTS),
        ("SAPA", HELP),
        ("129", HELP),
        ("RT", HELP),
        ("ibu RT", HELP),
        ("KUA", MARRY),
        ("tppo", WORK),
        ("lbh", LAW),
    ],
)
def test_abbreviations_and_short_words_are_found_with_what_they_stand_for(query: str, title: int) -> None:
    found = INDEX.search(query)
    assert found.ids[0] == title
    assert not found.shown_for


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("dipukul", HOME),
        ("dipukuli suami", HOME),
        ("digebuk", HOME),
        ("bully", SCHOOL),
        ("dibully", SCHOOL),
        ("bullying di sekolah", SCHOOL),
        ("nikah dini", MARRY),
        ("mengawinkan", MARRY),
        ("tolong", HELP),
        ("trafficking", WORK),
        ("pelecehan seksual", RIGHTS),
    ],
)
def test_what_people_say_finds_what_is_written(query: str, title: int) -> None:
    assert first(query) == title


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kekersan", "kekerasan"),
        ("perundugan", "perundungan"),
        ("tetanga", "tetangga"),
        ("lapro", "lapor"),
        ("kekersan seksual", "kekerasan seksual"),
        ("sekolha", "sekolah"),
    ],
)
def test_a_slip_of_the_pen_is_shown_as_what_it_was_taken_for(typed: str, meant: str) -> None:
    assert INDEX.search(typed).shown_for == meant
    assert INDEX.search(typed).ids == INDEX.search(meant).ids


@pytest.mark.parametrize("query", ["jumat", "xyzzy", "taklimat", "bcd", "rtt"])
def test_what_is_near_to_nothing_is_taken_for_nothing(query: str) -> None:
    """Jumat has half of the trigrams of jumlah, and is two letters away; short words are near to too many."""
    assert INDEX.search(query) == finding.Found(())


@pytest.mark.parametrize(
    "query", ["-kekerasan", '"kekerasan', "kekerasan*", "title:kekerasan", "(kekerasan", "kekerasan AND"]
)
def test_a_sign_means_nothing(query: str) -> None:
    assert INDEX.search(query).ids == INDEX.search("kekerasan").ids


@pytest.mark.parametrize("query", ["", " ", '"', "*", "-", "''", "…", "😊", "\x00", "%"])
def test_where_no_word_is_typed_every_title_is_found(query: str) -> None:
    assert INDEX.search(query).ids == tuple(text.id for text in TEXTS)


def test_words_that_stand_everywhere_find_titles_that_are_called_so() -> None:
    assert INDEX.search("yang").ids == (RIGHTS,)
    assert INDEX.search("di").ids == (WORK,)
    assert INDEX.search("apa").ids == (HOME,)
    assert INDEX.search("AND").ids == ()


def test_no_word_is_dropped_because_its_stem_is_a_common_one() -> None:
    """cases/education 14: "seadanya" comes from "ada"."""
    index = Index([Text(1, "Seadanya saja"), Text(2, "Ada yang lain")])
    assert index.search("seadanya").ids == (1,)


def test_a_title_tells_more_than_a_heading_and_that_more_than_the_text() -> None:
    index = Index(
        [Text(1, "Satu", "", "pacar"), Text(2, "Dua", "pacar", ""), Text(3, "Pacar", "", ""), Text(4, "Lain")]
    )
    assert index.search("pacar").ids == (3, 2, 1)


def test_the_word_itself_stands_before_its_other_forms_and_what_means_the_same() -> None:
    index = Index([Text(1, "Digebuk"), Text(2, "Memukul"), Text(3, "Dipukul")])
    assert index.search("dipukul").ids == (3, 2, 1)


def test_titles_with_all_words_are_found_alone_else_those_with_most() -> None:
    index = Index([Text(1, "Pacar"), Text(2, "Pacar dan sekolah"), Text(3, "Rumah")])
    assert index.search("pacar sekolah").ids == (2,)
    assert {*index.search("pacar rumah").ids} == {1, 2, 3}
    assert index.search("pacar qqq").ids == (1, 2)


def test_an_empty_library_finds_nothing_and_says_nothing() -> None:
    assert Index([]).search("kekerasan") == finding.Found(())


@given(st.text(max_size=300))
def test_nothing_that_is_typed_is_an_error(query: str) -> None:
    found = INDEX.search(query)
    assert {*found.ids} <= {text.id for text in TEXTS}
    assert len({*found.ids}) == len(found.ids)


@given(st.text(alphabet="aeioubdgklmnprst-2' ", max_size=60))
def test_it_makes_no_difference_on_which_side_something_is_folded(query: str) -> None:
    assert INDEX.search(query.upper()) == INDEX.search(query)
    assert INDEX.search("".join(f"{sign}\u0301" if sign in "aeiou" else sign for sign in query)) == INDEX.search(query)


@given(st.lists(st.sampled_from(("kekerasan", "rumah", "anak", "pribadi", "sekolah")), min_size=1, max_size=3))
def test_a_text_is_found_by_any_of_its_own_words(some: list[str]) -> None:
    index = Index([*TEXTS, Text(99, "Baru", "", " ".join(some))])
    assert 99 in index.search(" ".join(some)).ids


def test_a_withdrawn_title_is_not_in_the_next_index() -> None:
    without = Index([text for text in TEXTS if text.id != HOME])
    assert HOME not in without.search("kekerasan").ids
    assert HOME not in without.search("").ids


def test_every_seed_title_is_found_by_its_own_name_first() -> None:
    seeds = titles.every()
    index = Index([Text(each.front.id, each.front.title) for each in seeds])
    for each in seeds:
        assert index.search(each.front.title).ids[0] == each.front.id
