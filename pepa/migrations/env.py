from typing import Any

from alembic import context

from pepa import models
from pepa.db import Base, db

assert models.TABLES, "the models must be imported before their tables are compared"


def hold_foreign_keys(connection: Any, on: bool) -> None:
    """SQLite changes a table by making it anew: its children must not see the old one go. Only outside a transaction."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"pragma foreign_keys={int(on)}")


with db.engine.connect() as connection:
    writing = connection.execution_options(writes=True)
    hold_foreign_keys(connection, on=False)
    try:
        context.configure(connection=writing, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite":
                orphans = connection.exec_driver_sql("pragma foreign_key_check").fetchall()
                assert not orphans, f"a migration left rows without their parents: {orphans[:3]}"
        connection.commit()
    finally:
        connection.rollback()
        hold_foreign_keys(connection, on=True)
