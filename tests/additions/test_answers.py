"""What answers mean: which dangers they name, how soon they ask to be read, what is said to somebody else."""

import pytest

from pepa.domain import additions
from pepa.models.additions import ASKED, Answer, RedFlag
from pepa.models.reports import Urgency


def test_each_yes_is_a_flag_and_no_other_answer() -> None:
    for question, flag in ASKED.items():
        told = {answer: additions.Who(**{question: answer.value}).flags for answer in Answer}
        assert told == {answer: {flag} if answer is Answer.YES else set() for answer in Answer}
    assert additions.When(ago="recent").flags == {RedFlag.WITHIN_72H}
    assert not additions.When(ago="unknown").flags
    assert {*ASKED.values(), RedFlag.WITHIN_72H} == set(RedFlag)


def test_how_soon_flags_ask_to_be_read() -> None:
    assert additions.urgency_of(frozenset()) is None
    assert additions.urgency_of(frozenset({RedFlag.WITHIN_72H})) is Urgency.TODAY
    for flag in ASKED.values():
        assert additions.urgency_of(frozenset({flag})) is Urgency.NOW
        assert additions.urgency_of(frozenset({flag, RedFlag.WITHIN_72H})) is Urgency.NOW


@pytest.mark.parametrize(
    ("ago", "recent"),
    [("recent", True), ("unknown", True), ("often", True), (None, True), ("days", False), ("older", False)],
)
def test_an_unknown_time_counts_as_now(ago: str | None, recent: bool) -> None:
    assert additions.When(ago=ago, place="Pasar").may_be_recent == recent


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ({"word": "beras", "cover": "meeting"}, '"Mau mengundang rapat PKK."'),
        ({"word": "beras", "cover": "silent"}, "Tutup tanpa bicara"),
        ({"word": "beras", "cover": "other", "cover_words": "dari toko"}, "dari toko"),
        ({"word": "beras", "cover_words": "dari toko"}, "dari toko"),
        ({"word": "beras", "cover": "meeting", "cover_words": "dari toko"}, '"Mau mengundang rapat PKK."'),
        ({"word": "beras", "cover": "other"}, '"Maaf, salah sambung."'),
        ({"word": "beras"}, '"Maaf, salah sambung."'),
        ({"cover": "meeting", "cover_words": "dari toko"}, '"Maaf, salah sambung."'),
    ],
)
def test_what_we_say_to_somebody_else(plan: dict[str, str], says: str) -> None:
    """The page promises: without a safe word it is a wrong number."""
    told = additions.Contact(reach="back", **plan)
    assert (told.own_words or told.says.label) == says
