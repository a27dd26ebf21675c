"""The spool brings home what the database has not: the same insert, whatever happened to the database."""

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import storage
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import arrivals, audit, boxes, keys, reporters, reports, tickets
from pepa.models import TABLES
from pepa.models.audit import AuditEntry, Chain
from pepa.models.reports import Exclusion, Report
from pepa.policy import Reporter
from tests.people import member, office, tell


def lose(*gone: Reporter) -> None:
    """Delete every row of these reports, as a database that was rolled back would have none."""
    report_ids, box_ids = [one.report_id for one in gone], [one.box_id for one in gone]
    with transaction() as session:
        hanging = ("cards", "messages", "readings", "reporter_keys", "exclusions", "triages", "notes", "case_reports")
        hanging += ("restrictions",)
        for name in hanging:
            table = TABLES[name]
            session.execute(sa.delete(table).where(table.c.report_id.in_(report_ids)))
        session.execute(sa.delete(Report).where(Report.id.in_(report_ids)))
        for name in ("grants", "epochs"):
            session.execute(sa.delete(TABLES[name]).where(TABLES[name].c.box_id.in_(box_ids)))
        session.execute(sa.delete(TABLES["boxes"]).where(TABLES["boxes"].c.id.in_(box_ids)))


@pytest.mark.both
def test_nothing_to_bring(context: Flask) -> None:
    tell()
    assert arrivals.replay() == 0


@pytest.mark.both
def test_deleted_rows_come_back_with_their_ids_and_their_code(context: Flask) -> None:
    first, second = tell("Satu", phone="0812"), tell("Dua", about="partner", about_partner=office("hospital"))
    codes = [reporters.code(first), reporters.code(second)]
    cookies = [reporters.cookie(first.token), reporters.cookie(second.token)]
    lose(first, second)
    assert reporters.by_token(first.token) is None
    assert arrivals.replay() == 2
    assert arrivals.replay() == 0
    for reporter, what in ((first, "Satu"), (second, "Dua")):
        assert reports.open_for(member("ratna"), reporter.report_id).told.what == what
    assert db.session.get(Exclusion, (second.report_id, office("hospital")))
    again = [reporters.by_cookie(cookie) for cookie in cookies]
    assert [reporter and reporters.code(reporter) for reporter in again] == codes
    assert codes[0]
    found = reporters.by_token(reporters.open_code(codes[0]))
    assert found
    assert found.report_id == first.report_id


@pytest.mark.both
def test_what_stood_in_the_spool_is_what_was_in_the_rows(context: Flask) -> None:
    reporter = tell("Isi", urgency="now", about="partner", about_partner=office("hospital"))

    def rows() -> dict[str, list[object]]:
        found: dict[str, list[object]] = {}
        for name, column, value in (
            ("reports", "id", reporter.report_id),
            ("reporter_keys", "report_id", reporter.report_id),
            ("readings", "report_id", reporter.report_id),
            ("exclusions", "report_id", reporter.report_id),
            ("boxes", "id", reporter.box_id),
            ("epochs", "box_id", reporter.box_id),
            ("grants", "box_id", reporter.box_id),
        ):
            table = TABLES[name]
            query = sa.select(table).where(table.c[column] == value)
            found[name] = sorted(map(repr, db.session.execute(query).all()))
        return found

    before = rows()
    lose(reporter)
    assert arrivals.replay() == 1
    assert rows() == before


def test_an_older_copy_of_the_database_loses_no_report(context: Flask, config: Config, tmp_path: Path) -> None:
    """Restored from yesterday's file: what came since stands in the spool."""
    before = tell("Sebelum salinan")
    db.session.remove()
    db.engine.dispose()
    file = Path(config.database_url.removeprefix("sqlite:///"))
    shutil.copy(file, tmp_path / "yesterday")
    after = [tell(f"Sesudah {n}") for n in range(3)]
    db.session.remove()
    db.engine.dispose()
    shutil.copy(tmp_path / "yesterday", file)
    assert arrivals.replay() == 3
    for n, reporter in enumerate(after):
        assert reports.open_for(member("ratna"), reporter.report_id).told.what == f"Sesudah {n}"
    assert reports.open_for(member("ratna"), before.report_id).told.what == "Sebelum salinan"
    assert audit.first_broken(Chain.ANONYMOUS) is None


@pytest.mark.both
def test_what_comes_home_is_recorded_by_the_hour(context: Flask) -> None:
    reporter = tell()
    lose(reporter)
    arrivals.replay()
    query = sa.select(AuditEntry).where(AuditEntry.thing_id == reporter.report_id).order_by(AuditEntry.number)
    entries = list(db.session.scalars(query))
    assert [(entry.chain, entry.act) for entry in entries] == [("anonymous", "report.delivered")] * 2
    assert audit.first_broken(Chain.ANONYMOUS) is None


SPOILT = {
    "empty": b"",
    "no json": b"\x00\xffnot json",
    "cut": b'[["boxes",{"id":{"u":"',
    "other": b"[]",
    "a list": b"7",
    "unknown table": json.dumps([["people", {"id": 1}]]).encode(),
    "unknown kind": json.dumps([["boxes", {"id": {"q": "x"}}]]).encode(),
}


@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_file_does_not_keep_the_others_away(
    context: Flask, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Whichever comes first in the folder: names begin before and after the lost one's."""
    reporter = tell("Isi")
    lose(reporter)
    storage.spool().put("0" * 64, content)
    storage.spool().put("f" * 64, content)
    assert arrivals.replay() == 1
    assert caplog.text.count("cannot be read") == 2
    assert reports.open_for(member("ratna"), reporter.report_id).told.what == "Isi"


@pytest.mark.both
def test_a_file_whose_office_is_unknown_here_does_not_keep_the_others_away(context: Flask) -> None:
    """As after a restore from before the office was made."""
    lost, reporter = tell("Tanpa kantor"), tell("Isi")
    name = tickets.token_hash(lost.token).hex()
    content = storage.spool().get(name)
    assert content
    lose(lost, reporter)
    storage.spool().drop(name)
    storage.spool().put(name, content.replace(office().hex.encode(), b"0" * 32))
    assert arrivals.replay() == 1
    assert db.session.get(Report, reporter.report_id)
    assert db.session.get(Report, lost.report_id) is None


def test_what_somebody_planted_in_the_spool_opens_nothing(context: Flask) -> None:
    """A file with rows of an attacker's making comes in and is found out when it is opened."""
    reporter = tell("Asli")
    name = tickets.token_hash(reporter.token).hex()
    content = storage.spool().get(name)
    assert content
    lose(reporter)
    storage.spool().drop(name)
    planted = json.loads(content)
    for table, values in planted:
        if table == "grants":
            values["epoch"] = 2
        if table in ("boxes", "epochs"):
            values["epoch" if table == "boxes" else "number"] = 2
    storage.spool().put(name, json.dumps(planted).encode())
    assert arrivals.replay() == 1
    with pytest.raises(keys.KeysUnsound):
        reports.open_for(member("ratna"), reporter.report_id)
    with pytest.raises(keys.KeysUnsound):
        boxes.open_for(reporter, reporter.box_id)
