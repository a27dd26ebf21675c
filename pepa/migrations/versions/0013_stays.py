"""Those who must not meet, and what their stays hold; calendars that somebody's own program fetches"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "apart_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("label_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_apart_groups_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apart_groups")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_apart_groups_organisation_id"), "apart_groups", ["organisation_id"])
    op.create_table(
        "stays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("entrance", sa.String(), nullable=False),
        sa.Column("starts_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("ends_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("is_elsewhere", sa.Boolean(), nullable=False),
        sa.Column("must_move", sa.Boolean(), nullable=False),
        sa.Column("arrived_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("left_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("cancelled_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("side in ('a', 'b')", name=op.f("ck_stays_side")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_stays_forwards")),
        sa.ForeignKeyConstraint(["group_id"], ["apart_groups.id"], name=op.f("fk_stays_group_id_apart_groups")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_stays_made_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stays")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_stays_group_id_starts_at", "stays", ["group_id", "starts_at"])
    op.create_index("ix_stays_starts_at", "stays", ["starts_at"])
    op.create_table(
        "presence_cells",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("refs", sa.Integer(), nullable=False),
        sa.CheckConstraint("refs >= 1", name=op.f("ck_presence_cells_refs")),
        sa.CheckConstraint("side in ('a', 'b')", name=op.f("ck_presence_cells_side")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["apart_groups.id"], name=op.f("fk_presence_cells_group_id_apart_groups")
        ),
        sa.PrimaryKeyConstraint("group_id", "cell", name=op.f("pk_presence_cells")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feeds",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_feeds_membership_id_memberships")),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feeds_token_hash")),
        sqlite_with_rowid=False,
    )
    op.add_column("outbox", sa.Column("booking_id", sa.Uuid(), nullable=True))
    op.create_index(
        "uq_outbox_booking",
        "outbox",
        ["booking_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("sent_at is null and booking_id is not null"),
        postgresql_where=sa.text("sent_at is null and booking_id is not null"),
    )
