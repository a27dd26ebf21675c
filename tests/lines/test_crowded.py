"""A17, small: typed codes and log-ins without end hold up nobody who reports, and are told so at once."""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack
from threading import Barrier

import pytest
from flask import Flask

from pepa.config import Config
from pepa.db import db
from pepa.domain import keys, reporters
from pepa.errors import Busy
from tests.citizen.walks import STORY, digits, enter
from tests.client import Client
from tests.people import tell

BOGUS = "1234 5678 9012 3456 7888"  # its check digits are right
WAITING = Config.typed_queue - 1


@pytest.fixture
def crowded(app: Flask) -> Iterator[Flask]:
    """Every place in the queues for typed codes and log-ins is taken, and none comes free."""
    here = keys.here()
    with ExitStack() as held:
        for pool, queue in ((here.typed, Config.typed_queue), (here.login, Config.login_queue)):
            assert pool._queue
            for _ in range(queue):
                assert pool._queue.acquire(blocking=False)
                held.callback(pool._queue.release)
        yield app


def test_a_report_and_its_code_go_through_at_once(crowded: Flask) -> None:
    client = Client(crowded)
    client.open("/lapor")
    assert len(digits(client.submit("Kirim", what=STORY))) == 20


def test_one_more_code_is_told_at_once_that_there_are_many(crowded: Flask) -> None:
    page = enter(Client(crowded), BOGUS)
    assert page.status == 503
    assert page.headers["Retry-After"] == "20"
    assert page.has("Sedang ramai. Kode Anda tetap berlaku. Coba lagi 20 detik lagi.")


def test_a_slip_is_told_all_the_same(crowded: Flask) -> None:
    assert enter(Client(crowded), "1234").status == 422


def test_one_more_log_in_is_told_at_once(crowded: Flask) -> None:
    client = Client(crowded)
    client.open("/petugas/masuk")
    assert client.submit("Masuk", login="ratna", passphrase="salah sama sekali", code="123456").status == 503


def test_of_many_at_once_no_more_than_the_queue_waits(app: Flask) -> None:
    """Sixteen threads type a code while nobody gets a slot: few wait, the others are told at once."""
    start, here = Barrier(16), keys.here()

    def type_one(_: int) -> str:
        with app.app_context():
            start.wait(10)
            try:
                reporters.open_code(BOGUS)
            except Busy:
                return "told"
            except reporters.CodeUnknown:
                return "looked up"
            finally:
                db.session.remove()
            return "opened"

    with ThreadPoolExecutor(16) as pool, here.typed.take(5):  # one of the places is taken by whoever holds
        answers = [pool.submit(type_one, n) for n in range(16)]
        told, _ = wait(answers, return_when=FIRST_COMPLETED)
        while len(told) < 16 - WAITING:
            told |= wait([answer for answer in answers if answer not in told], return_when=FIRST_COMPLETED)[0]
        with app.app_context():
            assert reporters.code(tell()), "a report, and its code, beside them"
    said = sorted(answer.result() for answer in answers)
    assert said == ["looked up"] * WAITING + ["told"] * (16 - WAITING)
