"""What is put aside: what a machine does and a person does not; nothing by an address, nothing that is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from pepa import clock
from pepa.domain import floods
from pepa.domain.floods import MANY, QUICK, SOME, SPAN, Watch

AT = datetime(2026, 3, 4, 3, 41, 27, tzinfo=UTC)
STORY = "Tadi malam pintu dibanting lagi dan saya takut pulang."


class Time:
    """The seconds that only go forward, as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(clock, "monotonic", lambda: self.now)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def odd(watch: Watch, n: int, text: str | None = None, *, seconds: float = 60, **more: bool | str) -> bool:
    """A report of its own ticket, and of its own text unless one is given."""
    return watch.is_odd(f"ticket {n}", f"{STORY} {n}" if text is None else text, seconds=seconds, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("seconds", "aside"), [(0, True), (1, True), (2, False), (3600, False), (-1, False)])
def test_under_two_seconds(time: Time, seconds: int, aside: bool) -> None:
    """Less than none: our clock was put back meanwhile, which says nothing of whoever sends."""
    assert odd(Watch(), 1, seconds=seconds) is aside


def test_a_field_that_nobody_sees(time: Time) -> None:
    assert odd(Watch(), 1, is_filled=True)
    assert not odd(Watch(), 1, is_filled=False)


@pytest.mark.parametrize("again", [STORY, f"  {STORY.upper()}\r\n", STORY.replace(" ", "\n\n")])
def test_the_same_text_again(time: Time, again: str) -> None:
    watch = Watch()
    assert not odd(watch, 1, STORY)
    assert odd(watch, 2, again)
    assert not odd(watch, 3, STORY + " Tolong.")


@pytest.mark.parametrize("text", ["tolong", "Tolong saya di pasar.", ""])
def test_few_words_are_many_people_s(time: Time, text: str) -> None:
    watch = Watch()
    assert [odd(watch, n, text) for n in range(5)] == [False] * 5


def test_tomorrow_it_is_another_text(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.frozen(AT):
        watch = Watch()
        odd(watch, 1, STORY)
        kept, key = set(watch._texts), watch._key
    with clock.frozen(AT + timedelta(days=1)):
        assert not odd(watch, 2, STORY)
    assert not kept & set(watch._texts), "the same text has another mark"
    assert key != watch._key


def test_memory_holds_marks_and_no_word(time: Time) -> None:
    watch = Watch()
    odd(watch, 1, STORY)
    assert "pintu" not in repr(vars(watch))


def test_whoever_presses_twice_sends_one(time: Time) -> None:
    """Two POSTs of one form under way at once: whichever is kept, the second is not "the same text again"."""
    watch = Watch()
    assert [odd(watch, 1, STORY) for _ in range(10)] == [False] * 10
    assert not odd(watch, 2, seconds=5), "nor does it count as many"


def test_quick_ones_over_what_is_normal(time: Time) -> None:
    watch = Watch()
    assert [odd(watch, n, seconds=QUICK - 1) for n in range(6)] == [False] * SOME + [True] * (6 - SOME)
    assert odd(watch, 10, seconds=QUICK - 1, urgency="now")
    assert not odd(watch, 11, seconds=QUICK), "whoever took as long as a person takes stays in the list"
    time.now += SPAN + 1
    assert not odd(watch, 12, seconds=QUICK - 1)


def test_it_does_not_end_before_the_flood_does(time: Time) -> None:
    watch = Watch()
    aside = 0
    for n in range(700):
        aside += odd(watch, n, seconds=10)
        time.now += 60 / 700
    assert aside == 700 - SOME


def test_very_many_that_take_their_time(time: Time) -> None:
    """Only what asks for help now stays in sight, and rings at most so often (`duty`)."""
    watch = Watch()
    assert not any(odd(watch, n, seconds=90) for n in range(MANY))
    assert odd(watch, 100, seconds=90, urgency="today")
    assert not odd(watch, 101, seconds=90, urgency="now")
    time.now += SPAN + 1
    assert not odd(watch, 102, seconds=90)


def test_twenty_a_minute_are_no_flood(time: Time) -> None:
    """Two processes share them: a campaign, a broadcast, a class that tries it out."""
    watch = Watch()
    for n in range(200):
        assert not odd(watch, n, seconds=45)
        time.now += 6


def test_memory_does_not_grow(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "MOST", 50)
    watch = Watch()
    for n in range(500):
        odd(watch, n)
        time.now += 10
    assert (len(watch._texts), len(watch._judged)) == (50, 50)
    assert odd(watch, 1000, f"{STORY} 499"), "the newest are remembered"
    assert not odd(watch, 1001, f"{STORY} 1")
    assert len(watch._times) <= MANY + 1
