"""Tasks: who does what by when, what was done with each, limits of columns, the morning's mail"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_limits",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.CheckConstraint("most >= 1", name=op.f("ck_column_limits_most")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_column_limits_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "column", name=op.f("pk_column_limits")),
    )
    op.create_table(
        "digests",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_digests_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "on", name=op.f("pk_digests")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("column_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("box_id", sa.Uuid(), nullable=True),
        sa.Column("body_epoch", sa.Integer(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("\"column\" in ('before', 'doing', 'waiting', 'done')", name=op.f("ck_tasks_column")),
        sa.CheckConstraint("(\"column\" = 'done') = (outcome is not null)", name=op.f("ck_tasks_outcome")),
        sa.CheckConstraint("(body_sealed is null) = (box_id is null)", name=op.f("ck_tasks_text")),
        sa.ForeignKeyConstraint(["box_id"], ["boxes.id"], name=op.f("fk_tasks_box_id_boxes")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_tasks_made_by_id_people")),
        sa.ForeignKeyConstraint(["maker_id"], ["organisations.id"], name=op.f("fk_tasks_maker_id_organisations")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_tasks_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tasks_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("code", name=op.f("uq_tasks_code")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tasks_board", "tasks", ["column", "rank", "id"])
    op.create_index("ix_tasks_holder", "tasks", ["organisation_id", "column", "rank"])
    op.create_index("ix_tasks_maker", "tasks", ["maker_id", "column", "rank"])
    op.create_index("ix_tasks_person", "tasks", ["person_id", "column", "due_on"])
    op.create_table(
        "moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_moves_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_moves_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_moves_person_id_people")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_moves_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_moves_task", "moves", ["task_id", "at"])
