"""Sheets typed line by line: a slip is told at its line, and only that line is asked again."""

from collections.abc import Iterator

import pytest
from flask import Flask

from pepa.config import Config
from pepa.domain import keys, recovery
from pepa.domain.retyping import Retyping, ShortLine, said
from pepa.errors import Failure
from pepa.vault.wordlist import WORDS
from tests.recovery.sets import confirmed, typed


def lines(sheet: str) -> Iterator[str]:
    return iter(sheet.split("\n"))


def fed(typing: Retyping, *sheets: str) -> Retyping:
    for sheet in sheets:
        for line in lines(sheet):
            typing.take(line)
    return typing


def refusal(typing: Retyping, line: str) -> str:
    with pytest.raises(Failure) as caught:
        typing.take(line)
    return said(caught.value)


def other(word: str) -> str:
    return WORDS[(WORDS.index(word) + 1) % len(WORDS)]


def test_line_by_line(context: Flask, config: Config) -> None:
    pair = confirmed(config)
    typing, asked = Retyping(2), []
    for line in [line for sheet in typed(pair)[1:] for line in lines(sheet)]:
        asked.append(typing.next)
        typing.take(line)
    assert asked == [(sheet, line) for sheet in (1, 2) for line in range(1, 8)]
    assert typing.next is None
    assert typing.pair().secret == pair.secret
    with pytest.raises(ValueError, match="all sheets are there"):
        typing.take("satu lagi")


def test_a_line_has_four_words_of_the_list(context: Flask, config: Config) -> None:
    sheet = typed(confirmed(config))[0]
    typing = Retyping(2)
    first, second, *_ = lines(sheet)
    typing.take(first)
    with pytest.raises(ShortLine):
        typing.take(" ".join(second.split()[:3]))
    with pytest.raises(ShortLine):
        typing.take(f"{second} {first}")
    assert refusal(typing, second.replace(second.split()[2], "qwerty", 1)) == "Kata ke-7 tidak ada di daftar."
    assert typing.next == (1, 2), "it is asked again"


@pytest.mark.parametrize("line", [1, 4, 7])
def test_only_the_line_with_the_wrong_word_is_asked_again(context: Flask, config: Config, line: int) -> None:
    pair = confirmed(config)
    one, two, _ = typed(pair)
    typing, right = Retyping(2), list(lines(one))
    words = right[line - 1].split()
    wrong = " ".join([words[0], other(words[1]), *words[2:]])
    typed_so = [*right[: line - 1], wrong, *right[line:]]
    for each in typed_so[:-1]:
        typing.take(each)
    assert refusal(typing, typed_so[-1]) == f"Kata ke-{(line - 1) * 4 + 2} tidak cocok."
    assert typing.next == (1, line)
    typing.take(right[line - 1])
    assert typing.whole == 1
    assert fed(typing, two).pair().secret == pair.secret


def test_words_that_changed_places_across_two_lines(context: Flask, config: Config) -> None:
    sheet = typed(confirmed(config))[0]
    words = sheet.split()
    words[3], words[4] = words[4], words[3]
    swapped = [" ".join(words[at : at + 4]) for at in range(0, 28, 4)]
    typing = Retyping(2)
    for line in swapped[:-1]:
        typing.take(line)
    assert refusal(typing, swapped[-1]) == "Kata ke-4 dan kata sesudahnya tertukar."
    assert typing.next == (1, 1)
    right = list(lines(sheet))
    typing.take(right[0])
    assert typing.next == (1, 2)
    typing.take(right[1])
    assert typing.whole == 1


def test_with_more_wrong_than_that_the_sheet_is_asked_again(context: Flask, config: Config) -> None:
    sheet = typed(confirmed(config))[0]
    words = sheet.split()
    words[3], words[20] = other(words[3]), other(words[20])
    typing = Retyping(2)
    for at in range(0, 24, 4):
        typing.take(" ".join(words[at : at + 4]))
    assert refusal(typing, " ".join(words[24:])).startswith("Beberapa kata tidak cocok.")
    assert typing.next == (1, 1)
    assert fed(typing, sheet).whole == 1


def test_a_sheet_of_elsewhere_is_told_at_once(context: Flask, config: Config) -> None:
    sheet = typed(confirmed(config))[0]
    stranger = list(lines(typed(keys.new_pair())[0]))
    typing = Retyping(2)
    for line in stranger[:-1]:
        typing.take(line)
    assert refusal(typing, stranger[-1]) == "Lembar ini dari pemasangan lain."
    assert typing.next == (1, 1)
    assert fed(typing, sheet).whole == 1


def test_the_same_sheet_twice(context: Flask, config: Config) -> None:
    one, two, _ = typed(confirmed(config))
    typing = fed(Retyping(2), one)
    again = list(lines(one))
    for line in again[:-1]:
        typing.take(line)
    assert refusal(typing, again[-1]) == "Ini lembar yang sama. Ambil lembar lain."
    assert typing.next == (2, 1)
    assert fed(typing, two).next is None


def test_before_there_is_a_database_any_set_is_taken(empty_config: Config) -> None:
    pair = keys.new_pair()
    assert fed(Retyping(2, known=False), *typed(pair)[:2]).pair().secret == pair.secret


def test_too_few_give_nothing() -> None:
    with pytest.raises(recovery.NoSet):
        Retyping(2).pair()
