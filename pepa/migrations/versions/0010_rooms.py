"""Rooms: who has which when, opening hours, closures; holidays that somebody approved"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening_sets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_sets")),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("features", sa.String(), nullable=False),
        sa.Column("turnaround", sa.Integer(), nullable=False),
        sa.Column("is_child", sa.Boolean(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("closed_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_rooms_seats")),
        sa.CheckConstraint("turnaround between 0 and 120 and turnaround % 15 = 0", name=op.f("ck_rooms_turnaround")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("name", name=op.f("uq_rooms_name")),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("needs", sa.String(), nullable=False),
        sa.Column("companion", sa.String(), nullable=True),
        sa.Column("starts_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("ends_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("held_until", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("next_room_id", sa.Uuid(), nullable=True),
        sa.Column("next_starts_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("next_ends_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("turnaround", sa.Integer(), nullable=False),
        sa.Column("displaced_for", sa.String(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("arrived_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("left_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('requested', 'confirmed', 'in_use', 'ended', 'cancelled', 'rejected', 'expired', 'released')",
            name=op.f("ck_bookings_state"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_bookings_forwards")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_bookings_decided_by_id_people")),
        sa.ForeignKeyConstraint(["next_room_id"], ["rooms.id"], name=op.f("fk_bookings_next_room_id_rooms")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_bookings_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_bookings_person_id_people")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_bookings_room_id_rooms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    op.create_index(
        "ix_bookings_next_starts_at",
        "bookings",
        ["next_starts_at"],
        sqlite_where=sa.text("next_starts_at is not null"),
        postgresql_where=sa.text("next_starts_at is not null"),
    )
    op.create_index("ix_bookings_person", "bookings", ["person_id", "starts_at"])
    op.create_index("ix_bookings_room", "bookings", ["room_id", "starts_at"])
    op.create_index("ix_bookings_state", "bookings", ["state", "starts_at"])
    op.create_index("ix_bookings_starts", "bookings", ["starts_at", "id"])
    op.create_table(
        "closures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("ends_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_closures_forwards")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_closures_made_by_id_people")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_closures_room_id_rooms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    op.create_index(op.f("ix_closures_starts_at"), "closures", ["starts_at"])
    op.create_table(
        "opening_hours",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.CheckConstraint("opens < closes and opens >= 0 and closes <= 1440", name=op.f("ck_opening_hours_forwards")),
        sa.ForeignKeyConstraint(["set_id"], ["opening_sets.id"], name=op.f("fk_opening_hours_set_id_opening_sets")),
        sa.PrimaryKeyConstraint("set_id", "weekday", name=op.f("pk_opening_hours")),
    )
    op.create_table(
        "booking_cells",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_booking_cells_booking_id_bookings")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_booking_cells_room_id_rooms")),
        sa.PrimaryKeyConstraint("room_id", "cell", name=op.f("pk_booking_cells")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_booking_cells_booking", "booking_cells", ["booking_id"])
    with op.batch_alter_table("holidays") as changed:
        changed.add_column(sa.Column("approved_at", pepa.db.Instant(timezone=True), nullable=True))
        changed.add_column(sa.Column("approved_by_id", sa.Uuid(), nullable=True))
        changed.create_foreign_key(op.f("fk_holidays_approved_by_id_people"), "people", ["approved_by_id"], ["id"])
