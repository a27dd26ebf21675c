"""Events: what is told once, however often it is found"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("event", sa.Uuid(), nullable=True))
    op.create_index(
        "uq_outbox_event",
        "outbox",
        ["event", "person_id", "channel"],
        unique=True,
        sqlite_where=sa.text("event is not null"),
        postgresql_where=sa.text("event is not null"),
    )
