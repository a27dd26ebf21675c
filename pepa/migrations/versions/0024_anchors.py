"""Anchors: signed heads of the audit's chains, six words a day, openings outside of somebody's work"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anchors",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("staff", sa.BigInteger(), nullable=False),
        sa.Column("anonymous", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("staff >= 0 and anonymous >= 0", name=op.f("ck_anchors_numbers")),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_anchors")),
    )
    heads = op.create_table(
        "audit_heads",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("chain in ('staff', 'anonymous')", name=op.f("ck_audit_heads_chain")),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_heads")),
        sqlite_with_rowid=False,
    )
    op.bulk_insert(heads, [{"chain": chain, "number": 0, "mac": b""} for chain in ("staff", "anonymous")])
    op.create_index("ix_audit_entries_at", "audit_entries", ["at", "chain", "number"])
    with op.batch_alter_table("excesses", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.add_column(sa.Column("kind", sa.String(), server_default="hour", nullable=False))
        batch.add_column(sa.Column("report_id", sa.Uuid(), nullable=True))
        batch.create_check_constraint(op.f("ck_excesses_kind"), "kind in ('hour', 'day', 'outside')")
        batch.create_foreign_key(op.f("fk_excesses_report_id_reports"), "reports", ["report_id"], ["id"])
        batch.create_index(op.f("ix_excesses_report_id"), ["report_id"])
