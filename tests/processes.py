"""Other processes on the same installation: what two workers do at once, which threads of one process cannot show.

both(config, writers.count, 4) runs writers.count(4) in two processes at once, each with the program open.
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from pepa.config import Config

PATIENCE = 50  # seconds
# Children are forked from a process that has loaded the program and nothing else: it costs a second, once.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.installations", "tests.people"])


def both(config: Config, what: Callable[..., Any], *args: Any) -> list[Any]:
    """Run a function of a module in two processes that begin together; what each returned."""
    start = _context.Barrier(2)
    lines = [_context.Pipe(duplex=False) for _ in range(2)]
    started = [
        _context.Process(target=_run, args=(sends, start, config, what.__module__, what.__name__, args))
        for _, sends in lines
    ]
    try:
        for child, (_, sends) in zip(started, lines, strict=True):
            child.start()
            sends.close()
        answers = [hears.recv() if hears.poll(PATIENCE) else ("silent", None) for hears, _ in lines]
    finally:
        for child in started:
            child.join(5)
            child.kill()
            child.join()
            child.close()
        for hears, _ in lines:
            hears.close()
    assert [how for how, _ in answers] == ["done"] * 2, answers
    return [said for _, said in answers]


def _run(sends: Connection, start: Barrier, config: Config, module: str, name: str, args: tuple[Any, ...]) -> None:
    from importlib import import_module

    from tests.installations import opened

    try:
        what = getattr(import_module(module), name)
        with opened(config) as app, app.app_context():
            start.wait(PATIENCE)
            said = what(*args)
        sends.send(("done", said))
    except BaseException as error:
        sends.send(("failed", repr(error)))
