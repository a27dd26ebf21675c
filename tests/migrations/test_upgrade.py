"""Bringing a database forward: from nothing, again, after a cut, and never backwards."""

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask

from pepa.cli import migrations, upgrade
from pepa.config import Config
from pepa.db import db
from pepa.domain import reports
from pepa.domain.installation import SchemaRefused
from pepa.models import TABLES
from tests.installations import opened, planted
from tests.people import member, tell

pytestmark = pytest.mark.both


def revision() -> str | None:
    with db.engine.connect() as connection:
        return connection.scalar(sa.text("select version_num from alembic_version"))


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names())


def test_from_nothing_twice(empty_config: Config) -> None:
    with opened(empty_config) as app, app.app_context():
        upgrade()
        assert tables() == {*TABLES, "alembic_version"}
        before = revision()
        upgrade()
        assert revision() == before == ScriptDirectory.from_config(migrations()).get_current_head()
    planted(empty_config)
    with opened(empty_config) as app, app.app_context():
        upgrade()
        assert tell("Isi")
        assert member("ratna")


def test_what_is_there_stays(context: Flask) -> None:
    reporter = tell("Isi")
    db.session.remove()
    upgrade()
    assert reports.open_for(member("ratna"), reporter.report_id).told.what == "Isi"


@pytest.mark.parametrize("target", ["base", "-1"])
def test_backwards_is_refused(context: Flask, target: str) -> None:
    """A backup goes back, a schema does not."""
    reporter, before = tell("Isi"), revision()
    db.session.remove()
    with pytest.raises(AttributeError, match="downgrade"):
        command.downgrade(migrations(), target)
    assert revision() == before
    assert tables() == {*TABLES, "alembic_version"}
    assert reports.open_for(member("ratna"), reporter.report_id).told.what == "Isi"


def test_a_database_of_a_newer_program_is_left_alone(config: Config, context: Flask) -> None:
    """An older program neither migrates it nor serves it, and says in a sentence what to do."""
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(SchemaRefused, match="9999, which this version of Pepa does not know"):
        upgrade()
    with pytest.raises(SchemaRefused, match="go back to the copy"), opened(config):
        raise AssertionError("it opened")
    assert revision() == "9999"


def test_every_migration_goes_one_way(database: str) -> None:
    script = ScriptDirectory.from_config(migrations())
    assert len(script.get_heads()) == 1
    for one in script.walk_revisions():
        assert not hasattr(one.module, "downgrade"), f"{one.revision}: downgrades are refused"
        assert one.doc, f"{one.revision} does not say what changes"
