"""A copy of an earlier release is put back, brought forward, and an old report opens (citizen.md 68)."""

from pathlib import Path
from uuid import UUID

import pytest

from pepa.cli import upgrade
from pepa.domain import audit, backups, dumps, follow_up, installation, keys, reporters, reports
from pepa.models.audit import Chain
from tests import fixtures
from tests.backups.copies import made
from tests.installations import opened
from tests.people import member
from tests.restores.places import elsewhere, put_back, sheets

# The first that these verbs run on: every act they record signs the head of its chain.
FIRST = next(installation.MIGRATIONS.glob("versions/*_anchors.py")).name[:4]


@pytest.mark.parametrize("name", fixtures.names())
def test_it_comes_forward_and_opens(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of an older schema; what an earlier program wrote into it stands in the fixtures."""
    old = fixtures.unpacked(name, tmp_path / "old")
    monkeypatch.setattr(backups, "newest", lambda: FIRST)
    with opened(old.config) as app, app.app_context():
        upgrade(FIRST)
        assert keys.open_installation(old.config)
        pair = sheets(old.config)
        path = made(pair)
    monkeypatch.undo()
    there = elsewhere(old.config, tmp_path / "there")
    with put_back(there, path, pair) as (_, done):
        assert done.checked.opened.head.schema == FIRST
        with dumps.snapshot() as connection:
            assert dumps.schema(connection) == backups.newest() > FIRST
        for story in (story for story in old.stories if not story.waiting):
            found = reports.open_for(member(story.reader), UUID(story.report_id))
            assert (found.told.what, [m.text for m in found.messages]) == (story.told, story.answers)
            reporter = reporters.by_token(reporters.open_code(story.code))
            assert reporter
            assert [m.text for m in follow_up.following(reporter).messages] == story.answers
        assert [audit.first_broken(chain) for chain in Chain] == [None, None]
