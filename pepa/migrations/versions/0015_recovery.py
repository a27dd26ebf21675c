"""Recovery: sets of sheets, and what is sealed to them"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recovery_keys",
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("confirmed_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("drilled_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("server_key_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_recovery_keys")),
    )
    op.create_table(
        "recovery_wraps",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("recovery_generation", sa.Integer(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_recovery_wraps_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["recovery_generation"],
            ["recovery_keys.generation"],
            name=op.f("fk_recovery_wraps_recovery_generation_recovery_keys"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "generation", "recovery_generation", name=op.f("pk_recovery_wraps")),
        sqlite_with_rowid=False,
    )
