"""Stays in rooms: who is kept apart goes where their booking goes"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stays", sa.Column("booking_id", sa.Uuid(), nullable=True))
    op.create_index("uq_stays_booking_id", "stays", ["booking_id"], unique=True)
