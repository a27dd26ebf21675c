"""People come in: links, spare codes in the place of six digits, computers of the office"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("is_reset", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("until_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("used_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_enrolments_made_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_enrolments_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_enrolments_token_hash")),
    )
    op.create_index(op.f("ix_enrolments_organisation_id"), "enrolments", ["organisation_id"])
    op.create_index(op.f("ix_enrolments_person_id"), "enrolments", ["person_id"])
    op.create_table(
        "spares",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_spares_person_id_people")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_spares")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_spares_person_id"), "spares", ["person_id"])
    op.add_column("outbox", sa.Column("enrolment_id", sa.Uuid(), nullable=True))
    op.add_column("devices", sa.Column("is_computer", sa.Boolean(), server_default=sa.false(), nullable=False))
