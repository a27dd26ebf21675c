"""Emergencies: somebody of an office reads a report that is not theirs, for some hours and with a reason"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emergencies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("until_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("begun_at < until_at", name=op.f("ck_emergencies_forwards")),
        sa.CheckConstraint("(ended_at is null) = (ended_by_id is null)", name=op.f("ck_emergencies_ended")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_emergencies_ended_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_emergencies_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_emergencies_person_id_people")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_emergencies_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergencies")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_emergencies_report_id"), "emergencies", ["report_id"])
    op.create_index("ix_emergencies_of", "emergencies", ["person_id", "until_at"])
