"""Capacities: what organisations offer, how they are reached, how many places are free"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offers",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("aid", sa.String(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("told_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("told_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("places between 0 and 999", name=op.f("ck_offers_places")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_offers_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["told_by_id"], ["people.id"], name=op.f("fk_offers_told_by_id_people")),
        sa.PrimaryKeyConstraint("organisation_id", "aid", name=op.f("pk_offers")),
    )
    op.create_table(
        "reaches",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("changed_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["people.id"], name=op.f("fk_reaches_changed_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_reaches_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_reaches")),
    )
