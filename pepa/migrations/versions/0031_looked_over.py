"""After a copy was put back: each root holder compares its own people; whether a spool was there"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisations", sa.Column("compare_due", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("incidents", sa.Column("had_spool", sa.Boolean(), server_default=sa.true(), nullable=False))
