"""Other processes on the same installation: what two workers do at once, which threads of one process cannot show.

both(config, writers.count, 4) runs writers.count(4) in two processes at once, each with the program open.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from pepa.config import Config

ROOT = Path(__file__).parent.parent
PATIENCE = 50  # seconds


def both(config: Config, what: Callable[..., Any], *args: Any) -> list[Any]:
    """Run a function of a test module in two processes that begin together; what each returned (JSON)."""
    return run([(config, what, args)] * 2)


def run(calls: list[tuple[Config, Callable[..., Any], tuple[Any, ...]]]) -> list[Any]:
    """Run each call in a process of its own; they begin when all of them are ready."""
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.processes"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in calls
    ]
    try:
        for child, (config, what, args) in zip(started, calls, strict=True):
            asked = {"config": asdict(config), "module": what.__module__, "name": what.__qualname__, "args": args}
            assert child.stdin
            child.stdin.write(json.dumps(asked, default=str) + "\n")
            child.stdin.flush()
        for child in started:
            assert child.stdout
            assert child.stdout.readline() == "ready\n"
        for child in started:
            assert child.stdin
            child.stdin.write("go\n")
            child.stdin.flush()
        said = [child.communicate(timeout=PATIENCE)[0] for child in started]
    finally:
        for child in started:
            child.kill()
            child.communicate()
    assert [child.returncode for child in started] == [0] * len(started), said
    return [json.loads(text) for text in said]


def main() -> None:
    from tests.installations import opened

    asked = json.loads(sys.stdin.readline())
    paths = {name: Path(asked["config"][name]) for name in ("instance", "server_key_file", "spool")}
    what = getattr(import_module(asked["module"]), asked["name"])
    with opened(Config(**asked["config"] | paths)) as app, app.app_context():
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(what(*asked["args"]), default=str))


if __name__ == "__main__":
    main()
