"""Finds the two browsers of the tests: the headless shell for most of them, a whole Chromium for the back key.

`python -m tests.chromium` prints where they are, or says what to install and fails.
"""

import os
import shutil
import sys
from pathlib import Path

SHELL_NAMES = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome")
FULL_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where `playwright install chromium` leaves its own.
CACHES = (Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright")
SHELL_CACHED = ("chromium_headless_shell-*/*/headless_shell", "chromium_headless_shell-*/*/chrome-headless-shell")
FULL_CACHED = ("chromium-*/*/chrome", "chromium-*/*/*.app/Contents/MacOS/*")

MEND = (
    "Chromium is missing ({what}): apt-get install chromium chromium-headless-shell,"
    " or .venv/bin/playwright install chromium, or name it in {variable}."
)


class NoBrowser(Exception):
    """There is none. The message says what to install."""


def shell() -> str:
    """Path of a browser without windows: PEPA_CHROMIUM, or found. Raises NoBrowser."""
    return _find("headless shell", "PEPA_CHROMIUM", SHELL_NAMES, SHELL_CACHED)


def full() -> str:
    """Path of a whole Chromium, for its back key: PEPA_CHROMIUM_FULL, or found. Raises NoBrowser."""
    return _find("the whole browser", "PEPA_CHROMIUM_FULL", FULL_NAMES, FULL_CACHED)


def arguments() -> list[str]:
    """How both are started: no name but localhost resolves, so that nothing of a page can reach another host."""
    # Chromium refuses to sandbox itself for root.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [*root, "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]


def _find(what: str, variable: str, names: tuple[str, ...], cached: tuple[str, ...]) -> str:
    if named := os.environ.get(variable):
        if found := shutil.which(named):
            return found
        raise NoBrowser(f"{variable}={named} is no program.")
    for name in names:
        if found := shutil.which(name):
            return found
    for pattern in cached:
        for cache in CACHES:
            if builds := sorted(p for p in cache.glob(pattern) if os.access(p, os.X_OK)):
                return str(builds[-1])
    raise NoBrowser(MEND.format(what=what, variable=variable))


if __name__ == "__main__":
    try:
        print(shell(), full(), sep="\n")
    except NoBrowser as missing:
        sys.exit(str(missing))
