"""Appointments: what is put aside holds no table"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

HOLDS = "state in ('booked', 'came') and not is_aside"


def upgrade() -> None:
    op.execute(sa.text("update appointments set is_aside = false where state = 'came'"))
    op.drop_index("uq_appointments_place", table_name="appointments")
    op.create_index(
        "uq_appointments_place",
        "appointments",
        ["visit_id", "slot", "seat"],
        unique=True,
        sqlite_where=sa.text(HOLDS),
        postgresql_where=sa.text(HOLDS),
    )
