"""Where a notice goes instead: to the address that somebody had before it was changed"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("address", sa.String(), nullable=True))
