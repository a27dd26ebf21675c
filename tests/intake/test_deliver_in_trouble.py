"""When something fails while a report comes in: kept and brought home later, or refused with nothing stored.

Cases A06, A24; citizen 64, 65.
"""

import errno
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import db as database
from pepa import storage
from pepa.config import Config
from pepa.db import Kept, db, transaction
from pepa.domain import arrivals, boxes, intake, keys, reporters, reports
from pepa.errors import Busy
from pepa.models.organisations import Organisation
from pepa.models.reports import Report
from pepa.vault.secret import Broken
from tests.intake.troubles import TROUBLES, file_of, locked
from tests.people import member, office
from tests.postgres import Server

MARK = "Kalimat yang tidak boleh bocor " * 2000  # more than the free pages of a database that is full


def reports_now() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Report)) or 0


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_report_waits_in_the_spool_and_comes_home(
    hasty: Flask, config: Config, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Case A06."""
    before, ticket = reports_now(), intake.mint_ticket()
    with TROUBLES[trouble](config):
        first = intake.deliver(ticket, what=MARK)
        again = intake.deliver(ticket, what=MARK)
        assert (first.stored, first.new, again.stored, again.new) == (False, True, False, False)
        assert first.report_id == again.report_id
        with pytest.raises(reporters.Waiting):
            arrivals.sender(first.token)
    assert reports_now() == before, "the database has it not yet"
    assert MARK[:30] not in caplog.text
    assert "waits in the spool" in caplog.text
    assert arrivals.replay() == 1
    assert arrivals.replay() == 0
    assert reports.open_for(member("ratna"), first.report_id).told.what == MARK
    third = intake.deliver(ticket, what=MARK)
    assert (third.report_id, third.stored, third.new) == (first.report_id, True, False)
    assert reports_now() == before + 1
    reporter = arrivals.sender(first.token)
    assert reporter
    assert reporters.code(reporter)


def test_her_own_visit_brings_it_home(hasty: Flask, config: Config) -> None:
    with locked(config):
        delivered = intake.deliver(intake.mint_ticket(), what=MARK)
    reporter = arrivals.sender(delivered.token)
    assert reporter
    assert reporter.report_id == delivered.report_id
    assert reporters.code(reporter)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_that_is_away(context: Flask, config: Config, postgres_server: Server) -> None:
    intake.state()
    before, name = reports_now(), sa.make_url(config.database_url).database
    intake.deliver(intake.mint_ticket(), what="Sebelum")  # what a process needs to seal, it knows by now
    db.session.remove()
    db.engine.dispose()
    with closing(psycopg.connect(f"host={postgres_server.base} user=pepa dbname=postgres", autocommit=True)) as admin:
        admin.execute(f'alter database "{name}" rename to away')
        delivered = intake.deliver(intake.mint_ticket(), what=MARK)
        assert (delivered.new, delivered.stored) == (True, False)
        admin.execute(f'alter database away rename to "{name}"')
    assert arrivals.replay() == 1
    assert reports_now() == before + 2
    assert reports.open_for(member("ratna"), delivered.report_id).told.what == MARK


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_writer_that_hangs_does_not_hang_everybody(hasty: Flask, config: Config, postgres_server: Server) -> None:
    name = sa.make_url(config.database_url).database
    with closing(psycopg.connect(f"host={postgres_server.base} user=pepa dbname={name}")) as other:
        other.execute("select pg_advisory_xact_lock(%s)", [database.WRITE_LOCK])
        assert intake.deliver(intake.mint_ticket(), what=MARK).stored is False
    assert arrivals.replay() == 1


def test_senders_in_a_row_do_not_add_up_their_waiting(hasty: Flask, config: Config) -> None:
    """Whoever waits is told with whoever waits for the lock: few of twelve wait for it, each for a patience."""
    asked: list[str] = []
    together = Barrier(12)

    @sa.event.listens_for(db.engine, "before_cursor_execute")
    def ask(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    def send(_: int) -> bool:
        with hasty.app_context():
            together.wait(20)
            stored = intake.deliver(intake.mint_ticket(), what="Isi").stored
            db.session.remove()
            return stored

    with locked(config), ThreadPoolExecutor(12) as pool:
        assert list(pool.map(send, range(12))) == [False] * 12
    assert 1 <= asked.count("BEGIN IMMEDIATE") < 12
    assert arrivals.replay() == 12


def test_a_spool_that_refuses_takes_nothing(
    context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = reports_now()

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, MARK)

    with monkeypatch.context() as patch:
        patch.setattr(storage.os, "link", refuse)
        ticket = intake.mint_ticket()
        with pytest.raises(Busy) as busy:
            intake.deliver(ticket, what=MARK)
    assert busy.value.retry_after > 0
    assert MARK[:30] not in str(busy.value)
    assert MARK[:30] not in caplog.text
    assert reports_now() == before, "no report that the spool has not"
    assert intake.deliver(ticket, what=MARK).new is True


def test_a_spool_s_folder_that_is_no_folder(context: Flask, config: Config) -> None:
    storage.use(config.instance / "demo.json", config.uploads, config.free_percent)
    before = reports_now()
    with pytest.raises(Busy):
        intake.deliver(intake.mint_ticket(), what=MARK)
    assert reports_now() == before
    storage.use(config.spool, config.uploads, config.free_percent)


@pytest.mark.both
def test_an_office_without_a_key_takes_nothing(context: Flask) -> None:
    """Citizen 65: words and numbers before anybody types, and nothing if somebody has typed already."""
    with transaction() as session:
        session.get_one(Organisation, office()).public_key = None
    before, files = reports_now(), len(list(storage.spool().names()))
    assert intake.state().open is False
    with pytest.raises(Busy):
        intake.deliver(intake.mint_ticket(), what=MARK)
    assert (reports_now(), len(list(storage.spool().names()))) == (before, files)
    assert intake.deliver(intake.mint_ticket(), what=MARK, about="office").stored, "the independent holder has its own"


@pytest.mark.both
@pytest.mark.parametrize("column", ["public_key", "key_mac", "generation"])
def test_a_key_that_is_not_ours_takes_nothing(context: Flask, column: str) -> None:
    """Case A24 while running; what is in flight is refused with its text, not sealed to a stranger."""
    ticket, before = intake.mint_ticket(), reports_now()
    with transaction() as session:
        setattr(
            session.get_one(Organisation, office()), column, 7 if column == "generation" else keys.new_pair().public
        )
    with pytest.raises(Busy):
        intake.deliver(ticket, what=MARK)
    assert reports_now() == before


def test_sealing_that_fails_keeps_nothing_in_the_clear(
    context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Citizen 64: no plain copy is kept anywhere when sealing raises."""

    def broken(*_: object) -> None:
        raise keys.KeysUnsound

    before, ticket = reports_now(), intake.mint_ticket()
    with monkeypatch.context() as patch:
        patch.setattr(boxes, "seal_body", broken)
        with pytest.raises(Busy):
            intake.deliver(ticket, what=MARK)
    assert reports_now() == before
    db.session.remove()
    db.engine.dispose()
    for path in config.instance.parent.rglob("*"):
        assert not path.is_file() or MARK[:30].encode() not in path.read_bytes(), path
    assert MARK[:30] not in caplog.text
    assert intake.deliver(ticket, what=MARK).stored


def test_a_library_that_fails_is_no_success(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise Broken("public key")

    before = reports_now()
    with monkeypatch.context() as patch:
        patch.setattr(boxes, "seal_to", broken)
        with pytest.raises(Busy):
            intake.deliver(intake.mint_ticket(), what=MARK)
    assert reports_now() == before


def test_the_keys_that_a_process_knows_serve_while_the_database_is_away(
    hasty: Flask, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers, roster and public keys are asked for with each report; a database that is gone must not lose one."""
    intake.deliver(intake.mint_ticket(), what="Sebelum")
    monkeypatch.setattr(Kept, "seconds", 0)
    db.session.remove()
    db.engine.dispose()
    aside = file_of(config).rename(config.instance / "aside")
    file_of(config).mkdir()  # whoever opens it now fails
    logging.getLogger("pepa.arrivals").setLevel(logging.CRITICAL)
    delivered = intake.deliver(intake.mint_ticket(), what=MARK)
    logging.getLogger("pepa.arrivals").setLevel(logging.NOTSET)
    assert delivered.stored is False
    db.session.remove()
    db.engine.dispose()
    file_of(config).rmdir()
    aside.rename(file_of(config))
    assert arrivals.replay() == 1
