"""Slow lines hold no thread: a request is handed on once it is whole (cases/security A16)."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.lines.gunicorns import Caller, gunicorn

GET = b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /text HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
MANY = 60
Call = Callable[[], Caller]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with gunicorn("-k", "patience.PatientWorker") as port:
        yield port


@pytest.fixture
def call(port: int) -> Iterator[Call]:
    """New connections, closed at the end."""
    yield from calling(port)


def calling(port: int) -> Iterator[Call]:
    made: list[Caller] = []

    def call() -> Caller:
        made.append(Caller(port))
        return made[-1]

    yield call
    for one in made:
        one.close()


def said(method: str, path: str, body: bytes = b"") -> str:
    return f"{method} /{path} {len(body)} {hashlib.sha256(body).hexdigest()}"


@pytest.mark.parametrize(
    "half",
    [b"", b"G", GET[:-2] % b"slow", POST % 1000 + b"a", POST % 1_000_000 + b"a" * 300_000],
    ids=["nothing", "a byte", "a head", "a short body", "a long text"],
)
def test_whoever_sends_half_holds_nobody_up(call: Call, half: bytes) -> None:
    slow = [call().say(half) for _ in range(MANY)]
    assert call().say(GET % b"quick").hear() == said("GET", "quick")
    for one in slow[::10]:
        one.say(half and b"x")
    assert call().say(POST % 4 + b"text").hear() == said("POST", "text", b"text")


def test_bodies_too_long_to_keep_leave_threads_free(call: Call) -> None:
    for _ in range(MANY):
        call().say(POST % 5_000_000 + b"a" * 1000)
    assert call().say(GET % b"quick").hear() == said("GET", "quick")


def test_a_body_too_long_to_keep_arrives(call: Call) -> None:
    body = b"0123456789" * 300_000
    one = call().say(POST % len(body) + body[:70_000])
    assert call().say(GET % b"quick").hear() == said("GET", "quick")
    assert one.say(body[70_000:]).hear() == said("POST", "text", body)


def test_long_ones_take_turns(call: Call) -> None:
    """More than may have a thread at once: the others wait for theirs."""
    body = b"a" * 2_200_000
    callers = [call().say(POST % len(body) + body[:10]) for _ in range(6)]
    for one in callers:
        one.say(body[10:])
    assert [one.hear() for one in callers] == [said("POST", "text", body)] * 6


def test_in_pieces_it_is_the_same(call: Call) -> None:
    one, whole = call(), POST % 12 + b"dua belas\r\n\r"
    for at in range(len(whole)):
        one.say(whole[at : at + 1])
        time.sleep(0.001)
    assert one.hear() == said("POST", "text", b"dua belas\r\n\r")


def test_one_after_the_other_on_one_line(call: Call) -> None:
    one = call()
    for name in (b"one", b"two", b"three"):
        assert one.say(GET % name).hear() == said("GET", name.decode())


def test_together_in_one_piece(call: Call) -> None:
    last = GET % b"four"
    one = call().say(GET % b"one" + POST % 3 + b"two" + GET % b"three" + last[:10])
    assert [one.hear() for _ in range(3)] == [said("GET", "one"), said("POST", "text", b"two"), said("GET", "three")]
    assert one.say(last[10:]).hear() == said("GET", "four")


def test_the_beginning_of_a_next_request_holds_no_thread(call: Call) -> None:
    for _ in range(MANY):
        assert call().say(GET % b"one" + b"GET /").hear() == said("GET", "one")
    assert call().say(GET % b"quick").hear() == said("GET", "quick")


def test_a_body_whose_length_nobody_says(call: Call) -> None:
    one = call().say(b"POST /text HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    assert one.say(b"2\r\nde\r\n0\r\n\r\n").hear() == said("POST", "text", b"abcde")


def test_a_body_that_waits_to_be_asked_for(call: Call) -> None:
    one = call().say(b"POST /text HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    assert one.socket.recv(100).startswith(b"HTTP/1.1 100")
    assert one.say(b"abc").hear() == said("POST", "text", b"abc")


def test_whoever_does_not_hang_up_holds_nobody_up(call: Call) -> None:
    """Answers that end a line: the other side may leave it open, and is waited for beside everything else."""
    ended = [call().say(b"GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") for _ in range(20)]
    assert {one.hear() for one in ended} == {said("GET", "last")}
    assert call().say(GET % b"quick").hear() == said("GET", "quick")
    assert all(one.is_closed(1) for one in ended)


NONSENSE = [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"\r\n" * 4]


@pytest.mark.parametrize("words", NONSENSE)
def test_what_is_no_request_ends_there(call: Call, words: bytes) -> None:
    one = call().say(words)
    assert b"HTTP/1.1 400" in one.socket.recv(1000) or one.is_closed(1)
    assert call().say(GET % b"quick").hear() == said("GET", "quick")


def test_a_head_without_end_is_let_go(call: Call) -> None:
    one = call()
    with suppress(ConnectionError):
        for _ in range(100):
            one.say(b"a" * 4096)
            time.sleep(0.002)
    assert one.is_closed(1) or b" 431 " in one.socket.recv(1000)
    assert call().say(GET % b"quick").hear() == said("GET", "quick")


@pytest.fixture(scope="module")
def hasty() -> Iterator[int]:
    """Little patience."""
    with gunicorn("-k", "tests.lines.echo.HastyWorker") as port:
        yield port


@pytest.fixture
def call_hasty(hasty: int) -> Iterator[Call]:
    yield from calling(hasty)


def test_too_slow_it_is_let_go(call_hasty: Call) -> None:
    slow = [call_hasty().say(half) for half in (b"", b"GET", POST % 1000 + b"a")]
    assert all(one.is_closed(20) for one in slow)


def test_slow_and_steady_arrives(call_hasty: Call) -> None:
    """Longer than a head may take, longer than a body may take that does not grow."""
    body = b"a" * 3000
    one = call_hasty().say(POST % len(body))
    for at in range(0, len(body), 300):
        one.say(body[at : at + 300])
        time.sleep(0.13)
    assert one.hear() == said("POST", "text", body)


@pytest.fixture(scope="module")
def narrow() -> Iterator[int]:
    """Room for forty."""
    with gunicorn("-k", "patience.PatientWorker", "--worker-connections", "40") as port:
        yield port


@pytest.fixture
def call_narrow(narrow: int) -> Iterator[Call]:
    yield from calling(narrow)


def test_whoever_comes_last_has_room(call_narrow: Call) -> None:
    slow = [call_narrow().say(POST % 1_000_000 + b"a" * 50_000) for _ in range(60)]
    assert call_narrow().say(GET % b"quick").hear() == said("GET", "quick")
    assert slow[0].is_closed(20), "the slowest made room"
    assert not slow[-1].is_closed(0.1)
