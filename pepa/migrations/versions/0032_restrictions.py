"""Restrictions: somebody asked that the data of a report be used no further for now"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restrictions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("noted_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("noted_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body_epoch", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state in ('asked', 'restricted', 'refused', 'lifted')", name=op.f("ck_restrictions_state")),
        sa.CheckConstraint("(state = 'asked') = (decided_at is null)", name=op.f("ck_restrictions_decided")),
        sa.CheckConstraint("(state = 'lifted') = (lifted_at is not null)", name=op.f("ck_restrictions_lifted")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_restrictions_report_id_reports")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["people.id"], name=op.f("fk_restrictions_noted_by_id_people")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_restrictions_decided_by_id_people")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["people.id"], name=op.f("fk_restrictions_lifted_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restrictions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_restrictions_report_id"), "restrictions", ["report_id"])
