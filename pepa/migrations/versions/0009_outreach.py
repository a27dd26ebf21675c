"""Outreach: parts of a kelurahan, cadres and their cards, plans, sessions with their counts, invitations"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "periods",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("closed_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by_id"], ["people.id"], name=op.f("fk_periods_closed_by_id_people")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_periods")),
    )
    op.create_table(
        "areas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kelurahan_code", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint("level in ('lingkungan', 'rw', 'rt')", name=op.f("ck_areas_level")),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from", name=op.f("ck_areas_forwards")),
        sa.ForeignKeyConstraint(["kelurahan_code"], ["kelurahan.code"], name=op.f("fk_areas_kelurahan_code_kelurahan")),
        sa.ForeignKeyConstraint(["parent_id"], ["areas.id"], name=op.f("fk_areas_parent_id_areas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
    )
    op.create_index("ix_areas_kelurahan", "areas", ["kelurahan_code", "level"])
    op.create_index(op.f("ix_areas_parent_id"), "areas", ["parent_id"])
    op.create_table(
        "targets",
        sa.Column("kelurahan_code", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("rts", sa.Integer(), nullable=False),
        sa.Column("set_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("rts >= 0", name=op.f("ck_targets_rts")),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["kelurahan.code"], name=op.f("fk_targets_kelurahan_code_kelurahan")
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name=op.f("fk_targets_set_by_id_people")),
        sa.PrimaryKeyConstraint("kelurahan_code", "period", name=op.f("pk_targets")),
    )
    op.create_table(
        "area_changes",
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["areas.id"], name=op.f("fk_area_changes_from_id_areas")),
        sa.ForeignKeyConstraint(["to_id"], ["areas.id"], name=op.f("fk_area_changes_to_id_areas")),
        sa.PrimaryKeyConstraint("from_id", "to_id", name=op.f("pk_area_changes")),
    )
    op.create_table(
        "cadres",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kelurahan_code", sa.String(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("pin_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("until_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_cadres_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["kelurahan.code"], name=op.f("fk_cadres_kelurahan_code_kelurahan")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_cadres_made_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_cadres_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadres")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_cadres_token_hash")),
    )
    op.create_index(op.f("ix_cadres_organisation_id"), "cadres", ["organisation_id"])
    op.create_table(
        "cadre_sessions",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("cadre_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("seen_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_cadre_sessions_cadre_id_cadres")),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_cadre_sessions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_cadre_sessions_cadre_id"), "cadre_sessions", ["cadre_id"])
    op.create_table(
        "certificates",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cadre_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_certificates_cadre_id_cadres")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["people.id"], name=op.f("fk_certificates_issued_by_id_people")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificates")),
    )
    op.create_index(op.f("ix_certificates_cadre_id"), "certificates", ["cadre_id"])
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("edition_number", sa.Integer(), nullable=False),
        sa.Column("kelurahan_code", sa.String(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("hour", sa.String(), nullable=False),
        sa.Column("cadre_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("cancelled_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_plans_area_id_areas")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_plans_cadre_id_cadres")),
        sa.ForeignKeyConstraint(["kelurahan_code"], ["kelurahan.code"], name=op.f("fk_plans_kelurahan_code_kelurahan")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_plans_person_id_people")),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name=op.f("fk_plans_title_id_titles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("token", name=op.f("uq_plans_token")),
    )
    op.create_index(op.f("ix_plans_cadre_id"), "plans", ["cadre_id"])
    op.create_index(op.f("ix_plans_on"), "plans", ["on"])
    op.create_index(op.f("ix_plans_person_id"), "plans", ["person_id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("kelurahan_code", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("is_aside", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state != 'dated' or plan_id is not null", name=op.f("ck_invitations_dated")),
        sa.CheckConstraint("state in ('asked', 'dated', 'declined', 'cancelled')", name=op.f("ck_invitations_state")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["people.id"], name=op.f("fk_invitations_answered_by_id_people")),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["kelurahan.code"], name=op.f("fk_invitations_kelurahan_code_kelurahan")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_invitations_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_invitations_plan_id_plans")),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name=op.f("fk_invitations_title_id_titles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_invitations_asked_on"), "invitations", ["asked_on"])
    op.create_table(
        "teachings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("edition_number", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("manner", sa.String(), nullable=False),
        sa.Column("kelurahan_code", sa.String(), nullable=False),
        sa.Column("cadre_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("typed_by_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("logged_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("told_withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("manner in ('meeting', 'doors', 'group', 'sermon')", name=op.f("ck_teachings_manner")),
        sa.CheckConstraint("standing in ('logged', 'confirmed', 'set_aside')", name=op.f("ck_teachings_standing")),
        sa.CheckConstraint("(cadre_id is null) != (person_id is null)", name=op.f("ck_teachings_who")),
        sa.CheckConstraint("minutes between 1 and 600", name=op.f("ck_teachings_minutes")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_teachings_cadre_id_cadres")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_teachings_decided_by_id_people")),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["kelurahan.code"], name=op.f("fk_teachings_kelurahan_code_kelurahan")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_teachings_person_id_people")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_teachings_plan_id_plans")),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name=op.f("fk_teachings_title_id_titles")),
        sa.ForeignKeyConstraint(["typed_by_id"], ["people.id"], name=op.f("fk_teachings_typed_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teachings")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_teachings_cadre_id"), "teachings", ["cadre_id"])
    op.create_index("ix_teachings_kelurahan", "teachings", ["kelurahan_code", "standing", "on"])
    op.create_index("ix_teachings_on", "teachings", ["on", "id"])
    op.create_index(
        "ix_teachings_period",
        "teachings",
        ["period", "standing", "manner", "kelurahan_code", "title_id", "edition_number", "id"],
    )
    op.create_index(op.f("ix_teachings_person_id"), "teachings", ["person_id"])
    op.create_index(op.f("ix_teachings_plan_id"), "teachings", ["plan_id"])
    op.create_index("ix_teachings_standing", "teachings", ["standing", "on", "id"])
    op.create_index(op.f("ix_teachings_title_id"), "teachings", ["title_id"])
    op.create_table(
        "counts",
        sa.Column("teaching_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("f_child", sa.Integer(), nullable=False),
        sa.Column("f_teen", sa.Integer(), nullable=False),
        sa.Column("f_adult", sa.Integer(), nullable=False),
        sa.Column("f_elder", sa.Integer(), nullable=False),
        sa.Column("m_child", sa.Integer(), nullable=False),
        sa.Column("m_teen", sa.Integer(), nullable=False),
        sa.Column("m_adult", sa.Integer(), nullable=False),
        sa.Column("m_elder", sa.Integer(), nullable=False),
        sa.Column("uncounted", sa.Integer(), nullable=False),
        sa.Column("disabled", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("by_cadre_id", sa.Uuid(), nullable=True),
        sa.Column("by_person_id", sa.Uuid(), nullable=True),
        sa.Column("at", pepa.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_cadre_id"], ["cadres.id"], name=op.f("fk_counts_by_cadre_id_cadres")),
        sa.ForeignKeyConstraint(["by_person_id"], ["people.id"], name=op.f("fk_counts_by_person_id_people")),
        sa.ForeignKeyConstraint(["teaching_id"], ["teachings.id"], name=op.f("fk_counts_teaching_id_teachings")),
        sa.PrimaryKeyConstraint("teaching_id", "number", name=op.f("pk_counts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_counts_period", "counts", ["period", "number"])
    op.create_table(
        "photos",
        sa.Column("teaching_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_photos_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["teaching_id"], ["teachings.id"], name=op.f("fk_photos_teaching_id_teachings")),
        sa.PrimaryKeyConstraint("teaching_id", name=op.f("pk_photos")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_photos_on"), "photos", ["on"])
    op.create_table(
        "teaching_places",
        sa.Column("teaching_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_teaching_places_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["teaching_id"], ["teachings.id"], name=op.f("fk_teaching_places_teaching_id_teachings")
        ),
        sa.PrimaryKeyConstraint("teaching_id", "area_id", name=op.f("pk_teaching_places")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_teaching_places_area", "teaching_places", ["area_id"])
