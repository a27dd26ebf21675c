"""Two of three sheets, typed (case B15): every pair opens; what does not says why, and which word."""

from itertools import permutations

import pytest
from flask import Flask

from pepa.config import Config
from pepa.domain import keys, recovery
from pepa.errors import Failure
from pepa.vault.wordlist import WORDS
from tests.recovery.sets import confirmed, logs_in, typed


def said(*sheets: str) -> str:
    with pytest.raises(Failure) as caught:
        recovery.open_with(sheets)
    return caught.value.says % caught.value.values


def spoilt(sheet: str, place: int) -> str:
    """With another word of the list at a place that is counted from 1."""
    words = sheet.split()
    words[place - 1] = WORDS[(WORDS.index(words[place - 1]) + 1) % len(WORDS)]
    return " ".join(words)


def test_any_two_open(context: Flask, config: Config) -> None:
    pair = confirmed(config)
    for two in permutations(typed(pair), 2):
        assert recovery.open_with(two).secret == pair.secret


def test_one_sheet_opens_nothing(context: Flask, config: Config) -> None:
    one, *_ = typed(confirmed(config))
    assert said(one) == "Satu lembar tidak membuka apa-apa. Perlu dua."
    assert said(one, one) == "Ini lembar yang sama. Ambil lembar lain."
    assert said() == said(one)


def test_a_wrong_word_is_named(context: Flask, config: Config) -> None:
    one, other, _ = typed(confirmed(config))
    assert said(one, spoilt(other, 7)) == "Kata ke-7 tidak cocok."
    assert said(one, other.replace(other.split()[11], "qwertyu", 1)) == "Kata ke-12 tidak ada di daftar."
    assert said(one, " ".join(other.split()[:-2])) == "Kurang 2 kata. Satu lembar ada 28."
    assert said(one, f"{other} {WORDS[0]}") == "Lebih 1 kata. Satu lembar ada 28."
    assert said(one, spoilt(spoilt(other, 3), 20)).startswith("Beberapa kata tidak cocok.")


def test_a_line_says_it_at_once(context: Flask, config: Config) -> None:
    sheet = recovery.printed(confirmed(config))[0]
    line = [word[:4].upper() for word in sheet.lines[2]]
    assert recovery.read_line(" ".join(line), 3) == sheet.lines[2]
    with pytest.raises(recovery.WrongWord) as caught:
        recovery.read_line(f"{line[0]} qwer", 3)
    assert caught.value.n == 10


def test_sheets_of_two_sets_do_not_fit(context: Flask, config: Config) -> None:
    old, new = typed(confirmed(config)), typed(confirmed(config))
    assert said(old[0], new[1]) == "Lembar-lembar ini bukan satu set."


def test_printed_again_they_are_another_set_of_the_same_name(context: Flask, config: Config) -> None:
    """Shares of two askings do not go together, and are found out though set and key are the same."""
    pair = confirmed(config)
    assert said(typed(pair)[0], typed(pair)[1]) == "Lembar-lembar ini bukan satu set."


def test_sheets_of_another_installation_are_told(context: Flask, config: Config) -> None:
    confirmed(config)
    others = typed(keys.new_pair())
    assert said(others[0], others[1]) == "Lembar ini dari pemasangan lain."
    with pytest.raises(recovery.OtherSheets):
        recovery.look(recovery.read_sheet(others[0]))


def test_sheets_that_newer_ones_replaced_are_told(context: Flask, config: Config) -> None:
    old = confirmed(config)
    logs_in("ratna")
    new = confirmed(config)
    sheets = typed(old)
    assert recovery.open_with(sheets[:2]).secret == old.secret, "they still open the office's key"
    logs_in("bayu")
    assert said(*sheets[:2]) == "Lembar ini dari set lama. Sudah ada yang baru."
    assert recovery.open_with(typed(new)[:2]).secret == new.secret


def test_a_sheet_that_was_printed_and_not_confirmed_is_looked_at_already(context: Flask, config: Config) -> None:
    pair = recovery.make(config)
    recovery.look(recovery.read_sheet(typed(pair)[2]))


def test_before_there_is_a_database_they_give_their_key(config: Config) -> None:
    """As on a new machine, where all there is is a backup."""
    pair = keys.new_pair()
    one, _, other = (recovery.read_sheet(sheet) for sheet in typed(pair))
    assert recovery.pair_of([one, other]).secret == pair.secret
