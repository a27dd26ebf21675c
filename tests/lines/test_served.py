"""A16, small: the program as it is shipped, with slow lines on every side. (Two thousand of them: `bench/flood.py`.)"""

import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from pepa.config import ROOT, Config
from tests.e2e.test_killed_workers import Line, served
from tests.lines.gunicorns import Caller

HALF_HEAD = b"GET /lapor HTTP/1.1\r\nHost: loc"
HALF_BODY = b"POST /lapor HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nticket="
MANY = 200  # there are 32 threads


@pytest.fixture
def line(config: Config) -> Iterator[Line]:
    with served(config) as (port, _):
        yield Line(port)


def test_folders_are_the_owner_s_alone_from_the_start(tmp_path: Path) -> None:
    """The program is loaded, and makes its folders, before there are workers, which gunicorn's own setting is for."""
    load = "import pathlib, runpy, sys; runpy.run_path('deploy/gunicorn.conf.py'); pathlib.Path(sys.argv[1]).mkdir()"
    subprocess.run([sys.executable, "-c", load, str(tmp_path / "spool")], cwd=ROOT, check=True)
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) == 0o700


def test_a_report_arrives_beside_slow_lines(line: Line) -> None:
    line.ask("GET", "/healthz")  # tried until it is there
    line.broken.clear()
    with ExitStack() as open_lines:
        slow = [
            open_lines.enter_context(closing(Caller(line.port))).say(HALF_BODY if n % 2 else HALF_HEAD)
            for n in range(MANY)
        ]
        _, page, _ = line.ask("GET", "/lapor")
        found = re.search(r'name="ticket" value="([^"]+)"', page)
        assert found
        for one in slow:
            one.say(b"x")
        status, _, headers = line.ask("POST", "/lapor", f"ticket={found[1]}&what=Tolong&end=1")
        assert status == 303
        _, page, _ = line.ask("GET", "/lapor", cookie=headers["Set-Cookie"].split(";")[0])
        assert len(re.findall(r"<li>\d{4}</li>", page)) == 5
        assert not line.broken
