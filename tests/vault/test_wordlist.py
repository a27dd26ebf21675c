"""The word list holds its rules: people read these words to each other, on a bad line, on a bad day."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.vault import wordlist
from pepa.vault.wordlist import WORDS, words_of

FILE = Path(wordlist.__file__).with_name("wordlist.txt")

# Nothing that frightens, wounds or shames, of bodies and crimes, of kin and marriage; nothing that survivors are told
# too often; no number and no word of dictation, which would be taken for a part of the code.
NEVER = re.findall(
    "[a-z]+",
    """
    aborsi aib ajal ancam anal aniaya anjing ayah babi bajingan bakar bangkai banting bapak begal benci berahi bibir
    bodoh bohong bom bugil bunga bunuh cabul cambuk celaka cekik cerai cium cinta culik cumbu curi dada damai darah
    dendam derita diam dosa duda duka duri dusta gadis gagal gagap gelap gempa gendut genit germo gigit gila
    gugat gunting
    haid hamil hancur hantam hantu hina hukum hutang ibu ikhlas iblis istri jahat janda jebak jelek jerat jijik jodoh
    judi kafan kakak kamar kapak kasar kasur kawin kebal kecewa kejam kejar kelahi keluarga kencing keras keris kesal
    khilaf kode kondom korban kotor kriminal kubur kuburan kurung kutuk lapor laporan lacur laknat lecet leceh ledak
    leher
    lelaki lemah lesbian liar luka lumpuh maaf mabuk maki malu mandul marah mati mayat memar mertua mesra mesum miskin
    monyet mulut mumi munafik musnah musuh najis nafsu nakal neraka nikah nista nyawa obat oknum orgasme paksa pacar
    paha palsu panik pantat pasung patuh pelaku pelacur penis penjara perang perawan perih perkosa perut pisau pistol
    polisi porno pukul puting racun ranjang ranjau rabies resah rintih rudal rusak sabar sabit sadis sakit salah sandera
    santet sayat sedih seks seksi selingkuh senjata sepi serang setan setubuh siksa sodomi suami sumpah sundal sunyi
    susah tabah takut tampar tangis telanjang tembak tetek tewas tikam tikus tinju tiri tuduh tuhan ular usir utang
    vagina waria wanita zina
    satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas belas puluh ratus ribu juta angka nol kosong
    titik koma strip spasi garing
    mawar melati
    """,
)
# What no page for citizens says (words.md): a code in words is shown on one.
NOT_ON_A_PAGE = re.findall(
    "[a-z]+",
    """
    korban penyintas pelaku terlapor tersangka oknum diduga mengaku aib damai musyawarah harus seharusnya kenapa mohon
    dimohon berhasil sukses gagal valid error sistem server tiket submit klik login asesmen rujukan intervensi terminasi
    segera terjamin wajib
    """,
)


def test_one_word_a_line_sorted() -> None:
    text = FILE.read_text("ascii")
    assert text.endswith("\n")
    assert text.splitlines() == sorted(text.split()) == list(WORDS)


def test_2048_words_of_11_bits() -> None:
    assert len(WORDS) == 2048 == 1 << wordlist.BITS


def test_the_first_four_letters_tell_words_apart() -> None:
    assert len({word[:4] for word in WORDS}) == 2048


def test_four_to_eight_plain_letters() -> None:
    assert [word for word in WORDS if not re.fullmatch("[a-z]{4,8}", word)] == []


def test_calm() -> None:
    assert sorted(set(WORDS) & set(NEVER)) == []
    assert sorted(set(WORDS) & set(NOT_ON_A_PAGE)) == []


def test_no_two_spellings_of_one_word() -> None:
    """Who hears the one may write the other, and then another word is meant, or none."""
    pairs = ["nafas napas", "jamrud zamrud", "objek obyek", "subjek subyek", "oasis oase", "proyek projek", "izin ijin"]
    pairs += ["asyik asik", "merek merk", "rezeki rejeki", "cokelat coklat", "camilan cemilan", "lemari almari"]
    pairs += ["terompet trompet", "seprai sprei", "krim krem", "fondasi pondasi", "atlet atlit", "saksama seksama"]
    for pair in pairs:
        assert len(set(pair.split()) & set(WORDS)) < 2, pair


# ---- words for bits ----


def test_known_words() -> None:
    assert words_of(bytes(6), 4) == [WORDS[0]] * 4
    assert words_of(b"\xff" * 6, 4) == [WORDS[2047]] * 4


@given(numbers=st.lists(st.integers(0, 2047), min_size=1, max_size=12))
def test_the_first_bits_in_their_order(numbers: list[int]) -> None:
    bits = "".join(f"{number:011b}" for number in numbers)
    raw = int(bits.ljust(-(-len(bits) // 8) * 8, "1"), 2).to_bytes(-(-len(bits) // 8), "big")
    assert words_of(raw, len(numbers)) == [WORDS[number] for number in numbers]


@pytest.mark.parametrize(("size", "count"), [(0, 1), (1, 1), (5, 4), (16, 12)])
def test_too_few_bits(size: int, count: int) -> None:
    with pytest.raises(ValueError, match="bits"):
        words_of(bytes(size), count)
