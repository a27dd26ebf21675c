"""The locks: hashes for everything, an address for nothing."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-boot.lock"]
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def _names(requirements: str) -> set[str]:
    lines = (line.split("#")[0].strip() for line in requirements.splitlines())
    return {re.split(r"[\s\[<>=!~;]", line)[0].lower() for line in lines if line}


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address(lock: str) -> None:
    found = [line for line in (ROOT / lock).read_text().splitlines() if "://" in line or "index-url" in line]
    assert not found, f"{lock} names a host; compile it as CONTRIBUTING.md says: {found}"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes(lock: str) -> None:
    packages = re.split(r"^(?=\S)", (ROOT / lock).read_text(), flags=re.MULTILINE)
    without = [package.strip() for package in packages if package.strip() and "--hash=sha256:" not in package]
    assert not without, f"{lock} pins without a hash: {without}"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_what_is_asked_for(lock: str) -> None:
    asked = _names((ROOT / lock).with_suffix(".in").read_text())
    locked = {name for name, _ in PINNED.findall((ROOT / lock).read_text())}
    assert asked <= locked, f"compile {lock} again, it lacks {sorted(asked - locked)}"


def test_the_tests_run_what_the_program_runs() -> None:
    run = dict(PINNED.findall((ROOT / "requirements.lock").read_text()))
    dev = dict(PINNED.findall((ROOT / "requirements-dev.lock").read_text()))
    apart = {name: (run[name], dev[name]) for name in run.keys() & dev.keys() if run[name] != dev[name]}
    assert not apart, f"compile requirements-dev.lock with -c requirements.lock: {apart}"


def test_no_lock_that_records_hosts_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert not {"uv.lock", "pylock.toml"} & {Path(name).name for name in tracked}
