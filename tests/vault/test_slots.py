"""Slots, across threads and across processes."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Lock, Thread, Timer
from types import SimpleNamespace

import pytest

import pepa.vault.slots
from pepa.vault.slots import Full, Slots

ROOT = Path(__file__).parents[2]
# Holds a slot until its standard input ends.
HOLDER = """
import sys
from pathlib import Path
from pepa.vault.slots import Slots
with Slots(Path(sys.argv[1]), "kdf", int(sys.argv[2])).take(30):
    print("held", flush=True)
    sys.stdin.read()
print("left", flush=True)
sys.stdin.close()
"""


@contextmanager
def holder(folder: Path, count: int) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a slot."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), str(count)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_no_more_than_there_are(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "kdf", 2)
    with slots.take(0), slots.take(0), pytest.raises(Full), slots.take(0):
        pass
    with slots.take(0), slots.take(0):
        pass


def test_free_again_after_a_failure(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "kdf", 1)
    with pytest.raises(ZeroDivisionError), slots.take(0):
        raise ZeroDivisionError
    with slots.take(0):
        pass


def test_names_are_pools_of_their_own(tmp_path: Path) -> None:
    """A flood of typed codes takes no slot from the making of codes."""
    typed, made = Slots(tmp_path, "typed", 1), Slots(tmp_path, "made", 1)
    with typed.take(0), made.take(0), pytest.raises(Full), typed.take(0):
        pass


def test_two_objects_are_one_pool(tmp_path: Path) -> None:
    with Slots(tmp_path, "kdf", 1).take(0), pytest.raises(Full), Slots(tmp_path, "kdf", 1).take(0):
        pass


def test_the_folder_is_made_when_needed(tmp_path: Path) -> None:
    with Slots(tmp_path / "run" / "slots", "kdf", 1).take(0):
        assert [file.name for file in (tmp_path / "run" / "slots").iterdir()] == ["kdf.0"]


@pytest.mark.parametrize("count", [0, -1])
def test_at_least_one(tmp_path: Path, count: int) -> None:
    with pytest.raises(ValueError, match="one slot"):
        Slots(tmp_path, "kdf", count)


def test_waits_as_long_as_the_deadline_and_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(pepa.vault.slots, "time", SimpleNamespace(sleep=waited.append))
    monkeypatch.setattr(pepa.vault.slots, "monotonic", lambda: sum(waited))
    slots = Slots(tmp_path, "kdf", 1)
    with slots.take(0), pytest.raises(Full), slots.take(0.2):
        pass
    assert sum(waited) == pytest.approx(0.2)


def test_waits_for_one_to_become_free(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "kdf", 1)
    held, leave = Event(), Event()

    def hold() -> None:
        with slots.take(0):
            held.set()
            leave.wait(30)

    thread = Thread(target=hold)
    thread.start()
    assert held.wait(30)
    with pytest.raises(Full), slots.take(0.05):
        pass
    leave.set()
    with slots.take(30):
        pass
    thread.join()


def test_many_threads_all_get_their_turn(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "kdf", 2)
    lock, inside, most = Lock(), 0, 0

    def work(_: int) -> None:
        nonlocal inside, most
        with slots.take(30):
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.003)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(64)))
    assert most == 2
    assert inside == 0


def test_no_handle_is_left_open(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "kdf", 1)
    handles = Path("/proc/self/fd") if Path("/proc/self/fd").exists() else Path("/dev/fd")
    before = len(list(handles.iterdir()))
    for _ in range(20):
        with slots.take(0), pytest.raises(Full), slots.take(0):
            pass
    assert len(list(handles.iterdir())) == before


# ---- across processes ----


def test_another_process_counts(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "kdf", 2)
    with holder(tmp_path, 2) as other:
        with slots.take(0), pytest.raises(Full), slots.take(0):
            pass
        assert other.stdin is not None
        other.stdin.close()
        with slots.take(30), slots.take(30):
            pass


def test_a_killed_process_frees_its_slot(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "kdf", 1)
    with holder(tmp_path, 1) as other:
        with pytest.raises(Full), slots.take(0.05):
            pass
        other.kill()
        assert other.wait(30) == -9
        with slots.take(0):
            pass


def test_a_killed_process_lets_one_in_who_waits(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "kdf", 1)
    with holder(tmp_path, 1) as other:
        killer = Timer(0.1, other.kill)
        killer.start()
        with slots.take(30):
            assert other.wait(30) == -9
        killer.join()


def test_processes_together_hold_no_more_than_there_are(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "kdf", 3)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(holder(tmp_path, 3))
        with pytest.raises(Full), slots.take(0.05):
            pass


def test_whoever_is_one_too_many_is_told_at_once(tmp_path: Path) -> None:
    """A long wait would be no answer, and would hold a thread."""
    slots, entered = Slots(tmp_path, "kdf", 1, queue=2), Event()

    def wait() -> None:
        entered.set()
        with slots.take(30):
            pass

    with slots.take(0):
        second = Thread(target=wait)
        second.start()
        entered.wait(5)
        while slots._queue._value:  # type: ignore[union-attr]
            time.sleep(0.001)
        with pytest.raises(Full), slots.take(30):
            pass
    second.join(5)
    assert not second.is_alive()
    with slots.take(0):
        pass


def test_the_queue_is_left_after_a_failure(tmp_path: Path) -> None:
    slots = Slots(tmp_path, "kdf", 1, queue=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), slots.take(0):
            raise ZeroDivisionError
    with Slots(tmp_path, "kdf", 1).take(0):
        for _ in range(3):
            with pytest.raises(Full), slots.take(0):
                pass
    with slots.take(0):
        pass
