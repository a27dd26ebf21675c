"""Taking in: when an unsent text was kept, so that an old one goes"""

import sqlalchemy as sa
from alembic import op

import pepa.db
from pepa import clock

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("drafts", sa.Column("kept_at", pepa.db.Instant(timezone=True), nullable=True))
    drafts = sa.table("drafts", sa.column("kept_at", pepa.db.Instant(timezone=True)))
    op.execute(drafts.update().values(kept_at=clock.hour(clock.now())))
