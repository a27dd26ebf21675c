"""Lists are read from their index alone"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SHOWN = ("channel", "kecamatan", "held_by_id", "read_due_at", "read_at")


def upgrade() -> None:
    op.drop_index("ix_reports_worklist", "reports")
    op.drop_index("ix_reports_all", "reports")
    op.create_index("ix_reports_worklist", "reports", ["holder_id", "stage", "urgency", "received_at", "id", *SHOWN])
    op.create_index("ix_reports_all", "reports", ["holder_id", "urgency", "received_at", "id", "stage", *SHOWN])
