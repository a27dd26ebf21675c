"""Notices: a list inside the program, in whose name each was told, channels and quiet hours"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# In whose name what is there already was told, as far as that can be known: of a report, of a booking, and where
# somebody works in one place alone. What was about the person alone stays so.
DERIVED = """
update outbox set organisation_id = coalesce(
    (select reports.holder_id from reports where reports.id = outbox.report_id),
    (select bookings.organisation_id from bookings where bookings.id = outbox.booking_id),
    (select memberships.organisation_id from memberships
     where memberships.person_id = outbox.person_id and memberships.is_active
     and not exists (select 1 from memberships as other where other.person_id = memberships.person_id
                     and other.is_active and other.id <> memberships.id))
)
where notice not in ('account', 'link', 'tasks')
"""

OUTBOX = sa.table(
    "outbox",
    sa.column("id", sa.Uuid()),
    sa.column("channel", sa.String()),
    sa.column("notice", sa.String()),
    sa.column("person_id", sa.Uuid()),
    sa.column("organisation_id", sa.Uuid()),
    sa.column("report_id", sa.Uuid()),
    sa.column("event", sa.Uuid()),
    sa.column("due_at", pepa.db.Instant(timezone=True)),
)


def upgrade() -> None:
    notices = op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.Uuid(), nullable=True),
        sa.Column("told_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("is_read", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("event", "person_id", name=op.f("uq_notices_event_person_id")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notices_of", "notices", ["person_id", "told_at", "id"])
    op.create_index("ix_notices_report_id", "notices", ["report_id"])
    op.add_column("people", sa.Column("has_mail", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("people", sa.Column("has_sms", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("people", sa.Column("quiet_from", sa.Integer(), nullable=True))
    op.add_column("people", sa.Column("quiet_until", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("organisation_id", sa.Uuid(), nullable=True))
    op.execute(sa.text(DERIVED))
    # What is told once was told: the list is what remembers that from now on.
    once = sa.select(OUTBOX).where(OUTBOX.c.event.is_not(None), OUTBOX.c.channel == "mail")
    for row in op.get_bind().execute(once).mappings().all():
        told = {name: row[name] for name in ("id", "notice", "person_id", "organisation_id", "report_id", "event")}
        told_at = row["due_at"].replace(minute=0, second=0, microsecond=0)
        op.execute(notices.insert().values(**told, told_at=told_at, is_read=True))
