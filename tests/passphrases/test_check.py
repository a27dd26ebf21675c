"""What somebody may lock their key with: long enough, twice the same, and nothing that everybody tries first."""

import random

import pytest

from pepa.domain import passphrases
from pepa.vault import wordlist

GUESSED = [
    "kota serang banten",
    "KotaSerang123456789",
    "dp3akb kota serang 2026",
    "D P 3 A K B kota serang",
    "UPTD PPA Kota Serang 129",
    "p4ssw0rd r4h4s14 k0t4",
    "passwordpassword",
    "rahasia rahasia rahasia",
    "aaaaaaaaaaaaaaaaaaaa",
    "abababababababababab",
    "kuda kuda kuda kuda kuda",
    "12345678901234567",
    "081234567890 081234567891",
    "qwertyuiopasdfghjkl",
    "1q2w3e4r5t6y7u8i9o",
    "mnbvcxzlkjhgfdsa",
    "abcdefghijklmnopq",
    "senin selasa rabu kamis",
    "januari februari maret",
    "siti nurul aisyah putri",
    "bismillah bismillah 2026",
    "assalamualaikum 123",
    "muhammad abdullah 1990",
    "satu dua tiga empat lima",
    "kantor perempuan dan anak",
    "P3rs1b P3rs1j4 2026!!",
    "ｋｏｔａ ｓｅｒａｎｇ ｂａｎｔｅｎ",
]


@pytest.mark.parametrize("words", GUESSED)
def test_what_everybody_tries_first_is_refused(words: str) -> None:
    with pytest.raises(passphrases.Guessable):
        passphrases.check(words, words)


@pytest.mark.parametrize(
    "words",
    [
        "kambing makan pepaya di loteng",
        "hujan turun pelan lalu berhenti",
        "Sepeda biru itu milik tetangga?",
        "brave turtles never skip lunch",
        "tangga kayu licin sekali",
    ],
)
def test_a_sentence_of_one_s_own_is_taken(words: str) -> None:
    passphrases.check(words, words)


@pytest.mark.parametrize("words", ["", "pendek", "kambing pepaya", "a  b  c  d  e  f   g", " kambing pepay  "])
def test_what_is_short_is_refused(words: str) -> None:
    with pytest.raises(passphrases.TooShort):
        passphrases.check(words, words)


def test_what_others_know_of_one_is_nothing_to_lock_with() -> None:
    words = "zulkarnaen hermansyah"
    passphrases.check(words, words)
    with pytest.raises(passphrases.Guessable):
        passphrases.check(words, words, "zulhermansyah", "Zulkarnaen Hermansyah")
    with pytest.raises(passphrases.Guessable):
        passphrases.check("teratai-contoh-teratai", "teratai-contoh-teratai", "LBH Teratai Contoh")


def test_both_have_to_be_the_same_however_the_keyboard_writes_them() -> None:
    with pytest.raises(passphrases.NotTheSame):
        passphrases.check("kambing makan pepaya", "kambing makan pepaye")
    with pytest.raises(passphrases.NotTheSame):
        passphrases.check("kambing makan pepaya", "Kambing makan pepaya")
    passphrases.check("kambing  makan pepaya ", "kambing makan\u00a0pepaya")


def test_six_words_of_ours_are_never_refused() -> None:
    drawn = random.Random(7)
    for _ in range(3000):
        words = " ".join(drawn.choice(wordlist.WORDS) for _ in range(6))
        assert passphrases.left(words) >= passphrases.LEFT, words
