"""The desk: a shelf of index cards, phones that hand in"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
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
