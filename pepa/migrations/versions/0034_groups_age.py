"""Since when somebody is kept apart, so that a group of which nobody comes is forgotten; older ones count from now"""

import sqlalchemy as sa
from alembic import op

from pepa import clock

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    made_on = sa.Column("made_on", sa.Date(), server_default=sa.text(f"'{clock.today()}'"), nullable=False)
    op.add_column("apart_groups", made_on)
