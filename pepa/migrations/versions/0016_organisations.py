"""Organisations: agreements, who left when, who was approved by whom, who stands in for whom"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    at = pepa.db.Instant(timezone=True)
    with op.batch_alter_table("organisations") as table:
        table.add_column(sa.Column("agreement", sa.String(), server_default="", nullable=False))
        table.add_column(sa.Column("agreed_until_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("ended_at", at, nullable=True))
        table.add_column(sa.Column("rekey_due", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("memberships") as table:
        table.add_column(sa.Column("left_at", at, nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("key_wraps", sa.Column("made_at", at, nullable=True))
    op.add_column("reaches", sa.Column("person", sa.String(), server_default="", nullable=False))
    op.create_table(
        "approvals",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("at", at, nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["people.id"], name=op.f("fk_approvals_first_id_people")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_approvals_membership_id_memberships")
        ),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("pk_approvals")),
    )
    op.create_table(
        "stand_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("absent_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", at, nullable=False),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_stand_ins_forwards")),
        sa.CheckConstraint("absent_id <> person_id", name=op.f("ck_stand_ins_another")),
        sa.ForeignKeyConstraint(["absent_id"], ["people.id"], name=op.f("fk_stand_ins_absent_id_people")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_stand_ins_made_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_stand_ins_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_stand_ins_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_ins")),
    )
    op.create_index("ix_stand_ins_when", "stand_ins", ["absent_id", "until_on"])
