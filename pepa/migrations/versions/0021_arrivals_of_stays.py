"""Arrivals of stays: until when somebody is to come in"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stays", sa.Column("expected_until", pepa.db.Instant(timezone=True), nullable=True))
