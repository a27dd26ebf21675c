"""Today: limits of answers, who was told that they are over, numbers for SMS"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


SHOWN = ("channel", "kecamatan", "held_by_id", "read_at", "withdrawn_at", "continued_at", "answer_due_at")


def upgrade() -> None:
    op.add_column("people", sa.Column("phone", sa.String(), nullable=True))
    op.add_column("people", sa.Column("has_sound", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("outbox", sa.Column("report_id", sa.Uuid(), nullable=True))
    op.add_column("reports", sa.Column("answer_due_at", pepa.db.Instant(timezone=True), nullable=True))
    op.create_index("ix_reports_answer_due_at", "reports", ["answer_due_at"])
    op.drop_index("ix_reports_all", "reports")
    op.drop_index("ix_reports_worklist", "reports")
    by_limit, by_urgency = ["read_due_at", "received_at", "id"], ["urgency", "received_at", "id"]
    op.create_index("ix_reports_worklist", "reports", ["holder_id", "is_aside", "stage", *by_limit, "urgency", *SHOWN])
    everything = ["holder_id", "is_aside", *by_urgency, "stage", "read_due_at", *SHOWN]
    op.create_index("ix_reports_all", "reports", everything)
    op.create_table(
        "tellings",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("limit", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("has_superior", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_tellings_report_id_reports")),
        sa.PrimaryKeyConstraint("report_id", "limit", "step", name=op.f("pk_tellings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("until_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("begun_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("begun_by_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("body_epoch", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_callbacks_report_id_reports")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_callbacks_person_id_people")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["people.id"], name=op.f("fk_callbacks_begun_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
        sqlite_with_rowid=False,
    )
    still_open = sa.text("done_at is null")
    op.create_index(
        "ix_callbacks_open",
        "callbacks",
        ["report_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index("ix_callbacks_when", "callbacks", ["until_at"])
    op.create_table(
        "police_clocks",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("begun_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("body_epoch", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_police_clocks_report_id_reports")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["people.id"], name=op.f("fk_police_clocks_begun_by_id_people")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_police_clocks_ended_by_id_people")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_police_clocks")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "swaps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_of_id", sa.Uuid(), nullable=False),
        sa.Column("gave_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("decided_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_swaps_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_swaps_shift_id_shifts"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_swaps_asked_by_id_people")),
        sa.ForeignKeyConstraint(["asked_of_id"], ["people.id"], name=op.f("fk_swaps_asked_of_id_people")),
        sa.ForeignKeyConstraint(["gave_id"], ["people.id"], name=op.f("fk_swaps_gave_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swaps")),
    )
    op.create_index(op.f("ix_swaps_organisation_id"), "swaps", ["organisation_id"])
    asked = sa.text("state = 'asked'")
    op.create_index("ix_swaps_open", "swaps", ["shift_id"], unique=True, sqlite_where=asked, postgresql_where=asked)
    op.create_table(
        "handovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_for_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("confirmed_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_handovers_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["people.id"], name=op.f("fk_handovers_written_by_id_people")),
        sa.ForeignKeyConstraint(["written_for_id"], ["people.id"], name=op.f("fk_handovers_written_for_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_handovers_newest", "handovers", ["organisation_id", "written_at"])
