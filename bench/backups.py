"""A copy of everything and its way back: ten thousand reports and some gigabytes of files, beside a plain copy.

PEPA_BENCH_GIGABYTES says how many gigabytes of files; it takes four times as much of the disk for temporary files.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

from flask import Flask

from bench.tables import Table, within
from pepa import disk, storage
from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import db
from pepa.domain import audit, backups, intake, keys, recovery, restores
from pepa.models.audit import Chain
from tests.installations import configured, opened, planted

REPORTS = 10_000
GIGABYTES = float(os.environ.get("PEPA_BENCH_GIGABYTES") or 5)
FILE = 1_000_000  # bytes of one, as a phone's photo
TEXT = "Contoh. " * 60
SMALL = 10  # times fewer of both, to see whether memory grows
MOST = 40.0  # MB that memory may grow by while a copy is made


def _filled(config: Config, reports: int, gigabytes: float) -> str:
    """An installation with so many reports and files; the secret of its sheets, in hex."""
    planted(config)
    with opened(config) as app, app.app_context():
        pair = recovery.make(config)
        recovery.confirm(pair)
        db.session.remove()
        with mock.patch.object(os, "fsync"), ThreadPoolExecutor(8) as pool:  # all of it is synced below
            list(pool.map(lambda _: _deliver(app), range(reports)))
        for _ in range(round(gigabytes * 1e9 / FILE)):
            name = uuid4().hex
            with disk.laid(disk.place(storage.files().folder, name), time.time()) as file:
                file.write(os.urandom(FILE))
        os.sync()
    return pair.secret.reveal().hex()


def _deliver(app: Flask) -> None:
    with app.app_context():
        intake.deliver(intake.mint_ticket(), what=TEXT)
        db.session.remove()


def _child(verb: str, folder: Path, *more: str) -> dict[str, Any]:
    """One verb in a process of its own, whose memory is its own."""
    command = [sys.executable, "-m", "bench.backups", verb, str(folder), *more]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _floor(config: Config, into: Path) -> float:
    """A plain copy of the same folders, synced."""
    os.sync()
    began = time.perf_counter()
    for folder in (config.instance, config.uploads, config.spool):
        shutil.copytree(folder, into / folder.name, dirs_exist_ok=True)
    os.sync()
    taken = time.perf_counter() - began
    shutil.rmtree(into)
    return taken


def measure() -> list[Table]:
    rows = []
    with tempfile.TemporaryDirectory(prefix="pepa-bench-") as name:
        base = Path(name)
        small, large = configured(base / "small"), configured(base / "large")
        secret = _filled(small, REPORTS // SMALL, GIGABYTES / SMALL)
        few = _child("make", base / "small", secret)
        shutil.rmtree(base / "small")
        secret = _filled(large, REPORTS, GIGABYTES)
        floor = _floor(large, base / "floor")
        made = _child("make", base / "large", secret)
        looked = _child("look", base / "large", secret, made["path"])
        found = _child("restore", base / "there", secret, made["path"])
    size = made["size"] / 1e6
    rate = f"{size / floor:.0f} MB/s"
    rows.append(["a plain copy of the same folders, synced", f"{floor:.1f} s", rate, "", ""])
    told = (
        ("backup: written, read again, its hash compared", made),
        ("drill: opened whole into nothing", looked),
        ("restore: opened whole, then put back", found),
    )
    for words, one in told:
        seconds, grown = one["seconds"], one["grown"]
        worth = f"{grown:.0f} MB, {within(grown, MOST, ' MB')}"
        rows.append([words, f"{seconds:.1f} s", f"{size / seconds:.0f} MB/s", f"{floor / seconds:.2f}", worth])
    note = (
        f"{made['reports']} reports, {made['rows']} rows, {GIGABYTES:g} GB in files of 1 MB; "
        f"{size / 1e3:.2f} GB sealed. With a tenth of both memory grew by {few['grown']:.0f} MB. "
        f"Files could not be dropped for {made['still']:.2f} s. "
        f"After the restore both audit chains were read, {found['check']:.1f} s."
    )
    head = ("", "seconds", "", "plain copy to it", "memory grows by at most")
    return [Table("A copy of everything, and back", head, rows, note)]


# In a process of its own


def _peak() -> float:
    """The most memory that this process has had, in MB. (`ru_maxrss` begins with what its parent had.)"""
    told = Path("/proc/self/status").read_text()
    return int(told.partition("VmHWM:")[2].split()[0]) / 1024


def _run(verb: str, folder: Path, secret: str, path: str = "") -> dict[str, Any]:
    config, pair = configured(folder), keys.pair_of_hex(secret)
    with opened(config) as app, app.app_context():
        before = _peak()
        return {**VERBS[verb](config, pair, path), "grown": _peak() - before}


def _make(config: Config, pair: keys.Pair, _: str) -> dict[str, Any]:
    made = backups.make(config, pair.public)
    counts = made.counts
    told = {"path": str(made.path), "size": made.size, "still": made.still, "seconds": made.seconds}
    return {**told, "rows": counts.all_rows, "reports": counts.rows["reports"]}


def _look(config: Config, pair: keys.Pair, path: str) -> dict[str, Any]:
    return {"seconds": restores.check(Path(path), pair).seconds}


def _restore(config: Config, pair: keys.Pair, path: str) -> dict[str, Any]:
    began = time.perf_counter()
    restores.restore(config, Path(path), pair, upgrade)
    seconds, began = time.perf_counter() - began, time.perf_counter()
    assert [audit.first_broken(chain) for chain in Chain] == [None, None]
    return {"seconds": seconds, "check": time.perf_counter() - began}


VERBS: dict[str, Callable[[Config, keys.Pair, str], dict[str, Any]]] = {
    "make": _make,
    "look": _look,
    "restore": _restore,
}

if __name__ == "__main__":
    verb, folder, *more = sys.argv[1:]
    print(json.dumps(_run(verb, Path(folder), *more)))
