"""Migrations end where the models are. Alembic's own comparison does not see CHECKs, nor tables without row ids."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import Base, db
from pepa.models import TABLES
from tests.installations import opened

Constraints = dict[str, set[tuple[object, ...]]]


def _constraints() -> Constraints:
    """What each table insists on, as the database itself tells it."""
    inspector = sa.inspect(db.engine)
    found: Constraints = {}
    for table in TABLES:
        found[table] = {
            *(("check", c["name"], c["sqltext"]) for c in inspector.get_check_constraints(table)),
            *(("unique", u["name"], *u["column_names"]) for u in inspector.get_unique_constraints(table)),
            *(
                ("foreign", f["name"], f["referred_table"], str(f["options"]))
                for f in inspector.get_foreign_keys(table)
            ),
            *(("index", i["name"], bool(i["unique"]), *i["column_names"]) for i in inspector.get_indexes(table)),
            *(("column", c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)),
        }
    if db.engine.dialect.name == "sqlite":
        for row in db.session.execute(sa.text("pragma table_list")).mappings():
            if row["name"] in found:
                found[row["name"]].add(("without rowid", bool(row["wr"])))
    db.session.rollback()
    return found


@pytest.mark.both
def test_migrated_tables_are_those_of_the_models(empty_config: Config) -> None:
    with opened(empty_config) as app, app.app_context():
        upgrade()
        migrated = _constraints()
        with db.engine.begin() as connection:
            connection.execute(sa.text("drop table alembic_version"))
            Base.metadata.drop_all(connection)
        Base.metadata.create_all(db.engine)
        modelled = _constraints()
    for table in TABLES:
        missing, strange = modelled[table] - migrated[table], migrated[table] - modelled[table]
        assert not missing | strange, (
            f"{table}: the migrations lack {missing} and have {strange}; mend it by a migration"
        )


@pytest.mark.both
def test_no_migration_is_missing(context: Flask) -> None:
    with db.engine.connect() as connection:
        changes = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert not changes, "the models have changed: make migration M='…'"


@pytest.mark.both
def test_upgrading_twice_changes_nothing(context: Flask) -> None:
    rows = {name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) for name, table in TABLES.items()}
    db.session.remove()
    upgrade()
    assert rows == {
        name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) for name, table in TABLES.items()
    }
    assert rows["people"], "the cast is there"
