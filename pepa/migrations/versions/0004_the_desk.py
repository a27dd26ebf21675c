"""The desk: a shelf of index cards, phones that hand in"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


SHOWN = ("channel", "kecamatan", "held_by_id", "read_at", "withdrawn_at", "continued_at")


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("emptied", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_cards_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_cards_report_id_reports")),
        sa.PrimaryKeyConstraint("organisation_id", "report_id", name=op.f("pk_cards")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cards_waiting", "cards", ["organisation_id", "generation"])
    columns = ["organisation_id", "report_id", "generation", "body_sealed"]
    cards = sa.table("cards", *(sa.column(name) for name in columns))
    reports = sa.table("reports", sa.column("id"), sa.column("holder_id"))
    there = sa.select(reports.c.holder_id, reports.c.id, sa.literal(0), sa.literal(b"", sa.LargeBinary()))
    op.execute(sa.insert(cards).from_select(columns, there.where(reports.c.holder_id.is_not(None))))
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("code_until", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_devices_made_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_devices_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_devices_secret_hash")),
    )
    op.create_index(op.f("ix_devices_organisation_id"), "devices", ["organisation_id"])
    op.add_column("reporter_keys", sa.Column("is_once", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("taken_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["kind"], ["call_types.code"], name=op.f("fk_calls_kind_call_types")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_calls_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_calls_recent", "calls", ["organisation_id", "taken_at"])
    limits = sa.table("reports", sa.column("stage"), sa.column("read_due_at"), sa.column("received_at"))
    without = sa.and_(limits.c.read_due_at.is_(None), limits.c.stage != "draft")
    op.execute(sa.update(limits).where(without).values(read_due_at=limits.c.received_at))
    op.drop_index("ix_reports_all", "reports")
    op.drop_index("ix_reports_worklist", "reports")
    with op.batch_alter_table("reports", table_kwargs={"sqlite_with_rowid": False}) as changed:
        changed.add_column(sa.Column("continued_at", pepa.db.Instant(timezone=True), nullable=True))
        changed.create_check_constraint(op.f("ck_reports_read_due_at"), "read_due_at is not null or stage = 'draft'")
    by_limit, by_urgency = ["read_due_at", "received_at", "id"], ["urgency", "received_at", "id"]
    worklist = ["holder_id", "is_aside", "stage", *by_limit, "urgency", *SHOWN]
    op.create_index("ix_reports_worklist", "reports", worklist)
    everything = ["holder_id", "is_aside", *by_urgency, "stage", "read_due_at", *SHOWN]
    op.create_index("ix_reports_all", "reports", everything)
