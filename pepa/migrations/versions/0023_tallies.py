"""Tallies: what is left of bookings that are long over"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.CheckConstraint("bookings >= 1", name=op.f("ck_tallies_bookings")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_tallies_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_tallies_room_id_rooms")),
        sa.PrimaryKeyConstraint("month_on", "room_id", "organisation_id", "purpose", name=op.f("pk_tallies")),
    )
