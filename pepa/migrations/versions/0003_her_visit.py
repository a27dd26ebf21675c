"""Her visit: additions, files, drafts, cancelling, what is put aside"""

import sqlalchemy as sa
from alembic import op

import pepa.db
from pepa import clock

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SHOWN = ("channel", "kecamatan", "held_by_id", "read_due_at", "read_at", "withdrawn_at")


def upgrade() -> None:
    for name in ("additions", "attachments"):
        op.create_table(
            name,
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("report_id", sa.Uuid(), nullable=False),
            sa.Column("sent_at", pepa.db.Instant(timezone=True), nullable=False),
            sa.Column("body_epoch", sa.Integer(), nullable=False),
            sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f(f"fk_{name}_report_id_reports")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            sqlite_with_rowid=False,
        )
        op.create_index(op.f(f"ix_{name}_report_id"), name, ["report_id"])
    op.create_table(
        "tombstones",
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_tombstones")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "clearing",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("looked_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("wary_until", pepa.db.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearing")),
    )
    op.add_column("readings", sa.Column("before_at", pepa.db.Instant(timezone=True), nullable=True))
    op.add_column("reporter_keys", sa.Column("opened_at", pepa.db.Instant(timezone=True), nullable=True))
    op.add_column("onces", sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=True))
    onces = sa.table("onces", sa.column("made_at", pepa.db.Instant(timezone=True)))
    op.execute(sa.update(onces).values(made_at=clock.hour(clock.now())))  # as if sent now: when they were is not known
    with op.batch_alter_table("onces", table_kwargs={"sqlite_with_rowid": False}) as changed:
        changed.alter_column("made_at", existing_type=pepa.db.Instant(timezone=True), nullable=False)
    op.drop_index("ix_reports_all", "reports")
    op.drop_index("ix_reports_worklist", "reports")
    with op.batch_alter_table("reports", table_kwargs={"sqlite_with_rowid": False}) as reports:
        reports.add_column(sa.Column("is_aside", sa.Boolean(), nullable=False, server_default=sa.false()))
        reports.add_column(sa.Column("confirmed_at", pepa.db.Instant(timezone=True), nullable=True))
        reports.add_column(sa.Column("confirmed_by_id", sa.Uuid(), nullable=True))
        reports.add_column(sa.Column("withdrawn_at", pepa.db.Instant(timezone=True), nullable=True))
        reports.add_column(sa.Column("destroy_at", pepa.db.Instant(timezone=True), nullable=True))
        reports.alter_column("holder_id", existing_type=sa.Uuid(), nullable=True)
        reports.create_foreign_key(op.f("fk_reports_confirmed_by_id_people"), "people", ["confirmed_by_id"], ["id"])
        reports.create_check_constraint(op.f("ck_reports_holder"), "holder_id is not null or stage = 'draft'")
    worklist = ["holder_id", "is_aside", "stage", "urgency", "received_at", "id", *SHOWN]
    op.create_index("ix_reports_worklist", "reports", worklist)
    everything = ["holder_id", "is_aside", "urgency", "received_at", "id", "stage", *SHOWN]
    op.create_index("ix_reports_all", "reports", everything)
    op.create_index("ix_reports_destroy_at", "reports", ["destroy_at"])
