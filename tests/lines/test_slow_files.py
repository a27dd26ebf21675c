"""Slow uploads against the program as it is shipped: they arrive, and nobody waits for them (cases/citizen 33).

(1.5 MB at 32 kbit/s, six minutes of it: `bench/files.py`.)
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from pepa.config import Config
from pepa.domain import reporters
from tests.e2e.test_killed_workers import Line, served
from tests.installations import opened
from tests.lines.gunicorns import Caller
from tests.people import tell
from tests.security.test_uploading import body, head
from tests.uploads.test_add import bytes_of, found

SHORT, LONG = b"\xff\xd8\xff" + bytes(150_000), b"\xff\xd8\xff" + bytes(2_500_000)  # read in the loop; by a thread
MANY = 40  # there are 32 threads


@pytest.fixture
def line(config: Config) -> Iterator[Line]:
    with served(config) as (port, _):
        line = Line(port)
        line.ask("GET", "/healthz")  # tried until it is there
        line.broken.clear()
        yield line


def report(line: Line) -> str:
    """Somebody tells meanwhile; the cookie of whoever did."""
    _, page, _ = line.ask("GET", "/lapor")
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    status, _, headers = line.ask("POST", "/lapor", f"ticket={ticket[1]}&what=Tolong&end=1")
    assert status == 303
    cookie = headers["Set-Cookie"].split(";")[0]
    _, page, _ = line.ask("GET", "/lapor", cookie=cookie)
    assert len(re.findall(r"<li>\d{4}</li>", page)) == 5
    return cookie


def test_they_arrive_while_others_are_served(line: Line, config: Config) -> None:
    contents = (SHORT, LONG)
    with opened(config) as app, app.app_context():
        people = [tell("Satu."), tell("Dua.")]
        cookies = [reporters.cookie(one.token) for one in people]
    forms = [body(content) for content in contents]
    with ExitStack() as lines:
        slow = []
        for cookie, form in zip(cookies, forms, strict=True):
            phone = lines.enter_context(closing(Caller(line.port)))
            phone.say(head(cookie, len(form)) + form[:-60_000])
            slow.append(phone)
        for left in range(60_000, 0, -6_000):
            for phone, form in zip(slow, forms, strict=True):
                phone.say(form[len(form) - left : len(form) - left + 6_000])
            time.sleep(0.1)
            if left % 12_000 == 0:
                report(line)
        assert not line.broken, "others were served meanwhile"
        for phone in slow:
            assert phone.hear().startswith("HTTP/1.1 303")
    with opened(config) as app, app.app_context():
        assert [bytes_of(one) for person in people for one in found(person)] == list(contents)


def test_a_report_arrives_beside_more_of_them_than_there_are_threads(line: Line, config: Config) -> None:
    with opened(config) as app, app.app_context():
        cookies = [reporters.cookie(tell(str(number)).token) for number in range(MANY)]
    form = body(LONG)
    with ExitStack() as lines:
        for cookie in cookies:
            phone = lines.enter_context(closing(Caller(line.port)))
            phone.say(head(cookie, len(form)) + form[:100_000])
        time.sleep(0.5)
        for _ in range(3):
            report(line)
        assert not line.broken
