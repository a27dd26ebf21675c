"""Who may send files now: at most half of a worker's threads, so that texts always find one."""

import io

import pytest
from werkzeug.wsgi import LimitedStream

from pepa.config import ROOT, Config
from pepa.web import bodies, gates
from tests.citizen.test_files import BIG, CUT, FULL, SEND, begin, on_disk
from tests.client import Client


def test_at_most_half_of_the_threads(client: Client, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(client)
    taken = [gates._reading.acquire(blocking=False) for _ in range(gates.AT_ONCE)]
    try:
        assert all(taken)
        page = client.send_files(SEND, ("a.jpg", BIG))
        assert page.has(FULL)
        assert on_disk(config) == []
        client.open("/pantau")
        assert client.submit("Kirim pesan", text="Teks.").has("Pesan SUDAH sampai.")
    finally:
        for _ in taken:
            gates._reading.release()
    client.submit(SEND)
    for _ in range(gates.AT_ONCE + 1):
        assert client.send_files(SEND, ("a.jpg", BIG)).has("SUDAH sampai: 1 file."), "each gives its place back"


def test_whoever_is_turned_away_is_read_for_a_while_only(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """And beyond two at once not at all."""
    read: list[int] = []

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            read.append(size)
            return bytes(size)

    monkeypatch.setattr(bodies, "DRAIN", 0.05)
    bodies.drain(Endless())  # type: ignore[arg-type]
    assert read
    read.clear()
    held = [bodies._leaving.acquire(blocking=False) for _ in range(bodies.LEAVING)]
    try:
        assert all(held)
        bodies.drain(Endless())  # type: ignore[arg-type]
        assert read == []
    finally:
        for _ in held:
            bodies._leaving.release()


@pytest.mark.parametrize(("pace", "arrives"), [(2.0, True), (200.0, False)])
def test_slow_is_no_fault_but_standing_still_is(
    client: Client, config: Config, monkeypatch: pytest.MonkeyPatch, pace: float, arrives: bool
) -> None:
    """pace: seconds that each 64 KiB take, of a clock that the test moves: 32 KB a second, or 300 bytes."""
    now = [0.0]

    def come(self: io.RawIOBase, size: int) -> bytes:
        now[0] += pace
        return read(self, size)

    begin(client)
    read = LimitedStream.read
    monkeypatch.setattr(LimitedStream, "read", come)
    monkeypatch.setattr(bodies.clock, "monotonic", lambda: now[0])
    page = client.send_files(SEND, ("a.jpg", BIG))
    assert page.has("SUDAH sampai: 1 file." if arrives else CUT)
    assert len(on_disk(config)) == arrives


def test_half_of_the_threads_that_are_shipped() -> None:
    threads = next(
        int(line.partition("=")[2])
        for line in (ROOT / "deploy/gunicorn.conf.py").read_text().splitlines()
        if line.startswith("threads =")
    )
    assert threads // 2 == gates.AT_ONCE + gates.AT_THE_DESK + bodies.LEAVING
