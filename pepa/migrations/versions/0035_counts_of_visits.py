"""Counts of visits: how many came stays known once their codes are forgotten"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("came", "missed"):
        op.add_column("visits", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
