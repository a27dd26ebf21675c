"""What was typed stands nowhere but sealed: not in database, log, spool, temporary files, logs, mails (B01, D18)."""

import base64
import logging
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from pepa.config import Config
from pepa.db import db
from pepa.domain import installation, tickets
from tests.delivery import smtp
from tests.postgres import Server
from tests.security import search
from tests.security.journey import TYPED, WHAT, Journey, journey


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of the test's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def by_mail(config: Config) -> Iterator[tuple[Config, smtp.Box]]:
    with smtp.serving() as box:
        yield replace(config, mail_url=f"smtp://127.0.0.1:{box.port}"), box


def looked_for(done: Journey) -> list[bytes | str]:
    """Everything that may stand nowhere."""
    groups = tickets.grouped(done.code)
    texts: list[bytes | str] = [*TYPED, done.code, " ".join(groups), "-".join(groups), done.ticket, done.handle]
    return [*texts, done.cookie, *done.secrets]


def held_open() -> Iterator[tuple[str, bytes]]:
    """Files that this process has open, deleted ones among them."""
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            name = str(handle.readlink())
            if name.startswith("/") and not name.startswith(("/dev/", "/proc/")):
                yield name, handle.read_bytes()


def test_the_search_finds_what_is_there() -> None:
    """Or the tests below would hold of anything."""
    for hidden in (
        WHAT.encode(),
        WHAT.encode("utf-16-le"),
        WHAT.encode("utf-16-be"),
        WHAT.encode().hex().encode(),
        WHAT.replace(" ", "+").encode(),
        search.packed("davor " + WHAT),
        zlib.compress(WHAT.encode() * 5),
        *(base64.b64encode(b"x" * before + WHAT.encode() + b"y" * after) for before in range(4) for after in range(4)),
        *(base64.urlsafe_b64encode(b"\xff" * before + WHAT.encode() + b"\xfe") for before in range(4)),
    ):
        assert search.places(WHAT, b"before\x00" + hidden + b"after"), hidden
    assert search.places(WHAT, os.urandom(100_000)) == []


def test_what_was_typed_is_in_no_file(
    context: Flask,
    by_mail: tuple[Config, smtp.Box],
    temporary: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    config, box = by_mail
    done = journey(config)
    words = looked_for(done)
    found = list(search.files(config.instance, config.spool, config.uploads, temporary))
    names = {path.name for path, _ in found}
    assert {"pepa.sqlite", "pepa.sqlite-wal"} <= names, (
        "the log of what was written is looked at before it is folded in"
    )
    assert any(len(name) == 64 for name in names), "and so is the spool"
    assert done.file.hex in names, "and the file"
    everything = [(str(path), raw) for path, raw in found if path.name != "demo.json"]
    everything += held_open()
    said = capfd.readouterr()
    everything += [("log", caplog.text.encode()), ("output", (said.out + said.err).encode())]
    everything += [(f"mail {n}", smtp.text_of(mail).encode()) for n, mail in enumerate(box.mails)]
    assert box.mails, "an alarm went out"
    wrong = [(place, word, how) for place, raw in everything for word in words if (how := search.places(word, raw))]
    assert not wrong, wrong
    installation.compact()
    for path, raw in search.files(config.instance, config.spool, config.uploads, temporary):
        if path.name != "demo.json":
            assert not [word for word in words if search.places(word, raw)], path


def test_names_of_people_are_no_part_of_the_logs(
    context: Flask, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    done = journey(config)
    for word in ("ratna", "Ratna", "@contoh.example", str(done.reporter.report_id), done.reporter.report_id.hex):
        assert word not in caplog.text
    db.session.remove()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_nor_in_postgresqls_files(context: Flask, config: Config, postgres_server: Server, temporary: Path) -> None:
    done = journey(config)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("checkpoint")
    words = [word for word in looked_for(done) if word != config.server_key_file.read_bytes()]
    looked_at = 0
    for path, raw in search.files(postgres_server.base):
        # Other tests of this run write the same words into databases of their own, sealed as well.
        looked_at += len(raw)
        assert not [word for word in words if search.writings(word)["bytes"] in raw], path
    assert looked_at > 10_000_000
