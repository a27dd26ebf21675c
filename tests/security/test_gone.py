"""What was deleted is nowhere in the files once they were compacted (case B26)."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import boxes, installation, reporters, sessions, tickets
from pepa.models.boxes import Grant, HolderKind
from pepa.models.reports import Handle, Reading
from tests.intake.test_replay import lose
from tests.people import holder, member, office, tell
from tests.security.journey import journey


def raw(config: Config) -> bytes:
    """The database's file, and the log of what was written."""
    folder = Path(config.database_url.removeprefix("sqlite:///")).parent
    return b"".join(path.read_bytes() for path in sorted(folder.glob("pepa.sqlite*")))


def compact() -> None:
    db.session.remove()
    installation.compact()


def test_a_revoked_grant(context: Flask, config: Config) -> None:
    reporter, legal_aid = tell(), holder("legal_aid")
    box = boxes.open_for(member("ratna"), reporter.box_id)
    with transaction() as session:
        boxes.share(session, box, legal_aid)
    grant = db.session.scalars(sa.select(Grant).where(Grant.holder_id == legal_aid.id, Grant.box_id == reporter.box_id))
    sealed, tag = (row := grant.one()).key_sealed, row.mac
    compact()
    assert sealed in raw(config)
    assert tag in raw(config)
    with transaction() as session:
        boxes.revoke(session, box, HolderKind.ORGANISATION, legal_aid.id)
    compact()
    assert sealed not in raw(config)
    assert tag not in raw(config)
    assert boxes.open_for(member("ratna"), reporter.box_id).number == 2
    assert office("legal_aid") == legal_aid.id


def test_ways_in_that_were_left_used_or_cleared_away(context: Flask, config: Config) -> None:
    with clock.frozen(clock.now() - timedelta(days=4)):
        left, cleared = tell(), tell()
        handles = [reporters.handle(left.token), reporters.handle(cleared.token)]
    gone = list(db.session.scalars(sa.select(Handle.token_sealed))) + list(
        db.session.scalars(sa.select(Handle.handle_hash))
    )
    query = sa.select(Reading.secret_sealed).where(Reading.report_id.in_([left.report_id, cleared.report_id]))
    gone += list(db.session.scalars(query))
    gone += [tickets.token_hash(left.token), tickets.token_hash(cleared.token)]
    assert len(gone) == 8
    compact()
    kept = raw(config)
    assert [secret in kept for secret in gone] == [True] * 8
    reporters.leave(reporters.cookie(left.token))
    reporters.purge()
    compact()
    kept = raw(config)
    # The ticket's hash is the report's `once` and stays; the sealed keys are gone.
    assert [secret in kept for secret in gone[:6]] == [False] * 6
    assert all(reporters.by_handle(text) is None for text in handles)


def test_a_session_that_was_locked(context: Flask, config: Config) -> None:
    done = journey(config)
    mine = {"hash": done.officer.session_hash}
    row = db.session.execute(
        sa.text("select secret_sealed, id_hash from staff_sessions where id_hash = :hash"), mine
    ).one()
    compact()
    assert row.secret_sealed in raw(config)
    sessions.lock(done.officer)
    sessions.drop_draft(done.officer, f"/petugas/laporan/{done.reporter.report_id}")
    compact()
    assert row.secret_sealed not in raw(config)
    assert row.id_hash not in raw(config)


@pytest.mark.parametrize("rows", [300])
def test_freed_pages_are_given_back(context: Flask, config: Config, rows: int) -> None:
    gone = [tell("x" * 3000) for _ in range(rows)]
    compact()
    full = len(raw(config))
    lose(*gone)
    compact()
    assert len(raw(config)) < full / 2
    assert db.session.scalar(sa.text("pragma freelist_count")) == 0
