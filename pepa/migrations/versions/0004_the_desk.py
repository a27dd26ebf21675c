"""The desk: a shelf of index cards"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_cards_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_cards_report_id_reports")),
        sa.PrimaryKeyConstraint("organisation_id", "report_id", name=op.f("pk_cards")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cards_waiting", "cards", ["organisation_id", "generation"])
    columns = ["organisation_id", "report_id", "generation", "body_sealed"]
    cards = sa.table("cards", *(sa.column(name) for name in columns))
    reports = sa.table("reports", sa.column("id"), sa.column("holder_id"))
    there = sa.select(reports.c.holder_id, reports.c.id, sa.literal(0), sa.literal(b"", sa.LargeBinary()))
    op.execute(sa.insert(cards).from_select(columns, there.where(reports.c.holder_id.is_not(None))))
