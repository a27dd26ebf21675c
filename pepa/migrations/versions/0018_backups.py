"""Backups: copies that were made, days that a restore may lack, what waits for somebody to look after one"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("verified_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("drilled_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("backup_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("until_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("until_at >= from_at", name=op.f("ck_incidents_forwards")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_incidents_ended_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.add_column("outbox", sa.Column("is_held", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("organisations", sa.Column("confirm_due", sa.Boolean(), server_default=sa.false(), nullable=False))
