"""Breaches: registers of disclosures and of breaches, and what could be opened once"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("noted_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("noted_by_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "basis in ('consent', 'legal_duty', 'vital_interest', 'public_task')", name=op.f("ck_disclosures_basis")
        ),
        sa.ForeignKeyConstraint(["noted_by_id"], ["people.id"], name=op.f("fk_disclosures_noted_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_disclosures_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_disclosures_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_disclosures_on", "disclosures", ["organisation_id", "on", "id"])
    op.create_index(op.f("ix_disclosures_report_id"), "disclosures", ["report_id"])
    op.create_table(
        "breaches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("noted_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("noted_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state in ('open', 'notified', 'decided')", name=op.f("ck_breaches_state")),
        sa.CheckConstraint(
            "(state in ('notified', 'decided')) = (ended_at is not null)", name=op.f("ck_breaches_ended")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_breaches_ended_by_id_people")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["people.id"], name=op.f("fk_breaches_noted_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_breaches_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaches")),
    )
    op.create_index("ix_breaches_of", "breaches", ["organisation_id", "found_at", "id"])
    op.create_table(
        "holdings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("from_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("until_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["holder_id"], ["organisations.id"], name=op.f("fk_holdings_holder_id_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_holdings_box", "holdings", ["box_id", "holder_id", "generation"])
    op.create_index("ix_holdings_holder", "holdings", ["holder_id", "until_at"])
    op.create_table(
        "past_wraps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("until_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_past_wraps_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_past_wraps_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_wraps")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_past_wraps_person", "past_wraps", ["person_id", "until_at"])
