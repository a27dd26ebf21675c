from alembic import context

from pepa import models
from pepa.db import Base, db

assert models.TABLES, "the models must be imported before their tables are compared"

with db.engine.connect() as connection:
    writing = connection.execution_options(writes=True)
    context.configure(connection=writing, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
