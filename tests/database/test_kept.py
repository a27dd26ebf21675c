"""What every page needs is kept for some seconds, and serves on while the database does not answer."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import Kept


@pytest.fixture
def made(context: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(Kept, "_all", [])
    monkeypatch.setattr(Kept, "seconds", 10.0)
    return []


def _next(made: list[int]) -> int:
    made.append(len(made))
    return made[-1]


def test_read_once_until_it_is_old(made: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    kept = Kept(lambda: _next(made))
    assert [kept(), kept()] == [0, 0]
    now = 109.9
    assert kept() == 0
    now = 110.0
    assert kept() == 1


def test_forgotten_it_is_read_anew(made: list[int]) -> None:
    kept = Kept(lambda: _next(made))
    assert kept() == 0
    Kept.forget()
    assert kept() == 1


def test_the_last_value_serves_while_the_database_is_away(made: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kept, "seconds", 0.0)
    answers: list[int | Exception] = [1, sa.exc.OperationalError("select", {}, Exception("away")), 3]

    def read() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept = Kept(read)
    assert [kept(), kept(), kept()] == [1, 1, 3]


def test_without_a_last_value_it_fails(made: list[int]) -> None:
    def away() -> int:
        raise sa.exc.OperationalError("select", {}, Exception("away"))

    with pytest.raises(sa.exc.OperationalError):
        Kept(away)()


def test_a_fault_of_ours_is_not_hidden(made: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kept, "seconds", 0.0)
    answers: list[object] = [1, None]
    kept = Kept(lambda: int(answers.pop(0)))  # type: ignore[call-overload]
    assert kept() == 1
    with pytest.raises(TypeError):
        kept()
