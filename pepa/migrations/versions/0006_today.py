"""Today: limits of answers, who was told that they are over, numbers for SMS"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


SHOWN = ("channel", "kecamatan", "held_by_id", "read_at", "withdrawn_at", "continued_at", "answer_due_at")


def upgrade() -> None:
    op.add_column("people", sa.Column("phone", sa.String(), nullable=True))
    op.add_column("people", sa.Column("has_sound", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("outbox", sa.Column("report_id", sa.Uuid(), nullable=True))
    op.add_column("reports", sa.Column("answer_due_at", pepa.db.Instant(timezone=True), nullable=True))
    op.create_index("ix_reports_answer_due_at", "reports", ["answer_due_at"])
    op.drop_index("ix_reports_all", "reports")
    op.drop_index("ix_reports_worklist", "reports")
    by_limit, by_urgency = ["read_due_at", "received_at", "id"], ["urgency", "received_at", "id"]
    op.create_index("ix_reports_worklist", "reports", ["holder_id", "is_aside", "stage", *by_limit, "urgency", *SHOWN])
    everything = ["holder_id", "is_aside", *by_urgency, "stage", "read_due_at", *SHOWN]
    op.create_index("ix_reports_all", "reports", everything)
    op.create_table(
        "tellings",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("limit", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("has_superior", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_tellings_report_id_reports")),
        sa.PrimaryKeyConstraint("report_id", "limit", "step", name=op.f("pk_tellings")),
        sqlite_with_rowid=False,
    )
