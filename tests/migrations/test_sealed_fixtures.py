"""A23: every released schema, with sealed content, comes forward and opens; what was cut half-way is finished."""

from base64 import b64decode
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import db
from pepa.domain import arrivals, audit, follow_up, keys, reporters, reports
from pepa.models.audit import Chain
from pepa.models.boxes import Epoch
from tests import fixtures, people
from tests.installations import opened


def test_there_is_one_for_each_release() -> None:
    assert fixtures.names()


@pytest.mark.parametrize("name", fixtures.names())
def test_everything_opens_after_coming_forward(name: str, tmp_path: Path) -> None:
    old = fixtures.unpacked(name, tmp_path / "old")
    with opened(old.config) as app, app.app_context():
        upgrade()
        assert keys.is_installed()
        waiting = [b64decode(story.waiting) for story in old.stories if story.waiting]
        assert [arrivals.take_in(content) for content in waiting] == [True] * len(waiting), "the spool's files, too"
        for story in old.stories:
            found = reports.open_for(people.member(story.reader), UUID(story.report_id))
            assert found.told.what == story.told
            assert [m.text for m in found.messages] == story.answers
        for story in old.stories:
            if story.waiting:
                continue
            reporter = reporters.by_token(reporters.open_code(story.code))
            assert reporter is not None
            assert reporter.report_id == UUID(story.report_id)
            assert [m.text for m in follow_up.following(reporter).messages] == story.answers
        assert {story.reader for story in old.stories} == {"ratna", "intan"}
        assert db.session.scalar(sa.select(sa.func.max(Epoch.number))) == 4, "a key that was turned three times"
        assert [audit.first_broken(chain) for chain in Chain] == [None, None]


@pytest.mark.parametrize("name", fixtures.names())
def test_another_installations_key_is_refused_before_anything_is_touched(name: str, tmp_path: Path) -> None:
    old = fixtures.unpacked(name, tmp_path / "old")
    whole = (old.config.instance / "pepa.sqlite").read_bytes()
    old.config.server_key_file.chmod(0o600)
    old.config.server_key_file.write_bytes(bytes(range(32)))
    with pytest.raises(keys.KeyRefused), opened(old.config):
        raise AssertionError("it opened")
    assert (old.config.instance / "pepa.sqlite").read_bytes() == whole


@pytest.mark.both
def test_what_was_cut_half_way_is_not_there_and_the_next_run_finishes(database: str, empty_config: Config) -> None:
    """A migration is one transaction: a kill in its middle leaves the schema that was there before."""
    with opened(empty_config) as app, app.app_context():
        seen = []

        def cut(_: object, __: object, statement: str, *___: object) -> None:
            seen.append(statement)
            if len([s for s in seen if "CREATE TABLE" in s]) == 12:
                raise KeyboardInterrupt

        sa.event.listen(db.engine, "before_cursor_execute", cut)
        with pytest.raises(KeyboardInterrupt):
            upgrade()
        sa.event.remove(db.engine, "before_cursor_execute", cut)
        assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        assert "reports" in sa.inspect(db.engine).get_table_names()
