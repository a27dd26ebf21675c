"""Conflicts: who may not hold a report, as officers tell it"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conflicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("excluded_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("act in ('declared', 'named', 'lifted', 'dismissed')", name=op.f("ck_conflicts_act")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_conflicts_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_conflicts_person_id_people")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_conflicts_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_conflicts_report_id"), "conflicts", ["report_id"])
    op.add_column("exclusions", sa.Column("conflict_id", sa.Uuid(), nullable=True))
    op.create_index("ix_exclusions_excluded", "exclusions", ["excluded_id"])
    # A card tells whoever hurts by a part of its own now: all are filled anew by whoever lists next.
    cards = sa.table("cards", sa.column("generation", sa.Integer()), sa.column("body_sealed", sa.LargeBinary()))
    op.execute(cards.update().values(generation=0, body_sealed=b""))
