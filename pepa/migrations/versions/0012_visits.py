"""Konsultasi keliling: visits, who goes along, places that are held by a code"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kelurahan_code", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("starts_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("ends_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("offers", sa.String(), nullable=False),
        sa.Column("cancelled_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind = 'office' or kelurahan_code is not null", name=op.f("ck_visits_kelurahan")),
        sa.CheckConstraint("kind in ('kelurahan', 'office')", name=op.f("ck_visits_kind")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_visits_forwards")),
        sa.CheckConstraint("seats between 1 and 20", name=op.f("ck_visits_seats")),
        sa.CheckConstraint("slot_minutes between 15 and 120", name=op.f("ck_visits_slot_minutes")),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["kelurahan.code"], name=op.f("fk_visits_kelurahan_code_kelurahan")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_visits_made_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_visits_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_starts", "visits", ["starts_at", "id"])
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("is_aside", sa.Boolean(), nullable=False),
        sa.Column("needs", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state in ('booked', 'came', 'missed', 'cancelled')", name=op.f("ck_appointments_state")),
        sa.ForeignKeyConstraint(["after_id"], ["appointments.id"], name=op.f("fk_appointments_after_id_appointments")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_appointments_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_appointments_visit_id_visits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_appointments_code_hash"), "appointments", ["code_hash"])
    op.create_index(
        "uq_appointments_place",
        "appointments",
        ["visit_id", "slot", "seat"],
        unique=True,
        sqlite_where=sa.text("state in ('booked', 'came')"),
        postgresql_where=sa.text("state in ('booked', 'came')"),
    )
    op.create_table(
        "visit_crew",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_visit_crew_person_id_people")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_crew_visit_id_visits")),
        sa.PrimaryKeyConstraint("visit_id", "person_id", name=op.f("pk_visit_crew")),
    )
