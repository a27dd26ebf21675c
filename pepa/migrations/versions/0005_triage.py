"""Triage: judgements, cases, inner notes, links, openings without end"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _belongs(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    instant = pepa.db.Instant(timezone=True)
    op.create_table(
        "triages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("body_epoch", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        _belongs("triages", "report_id", "reports"),
        _belongs("triages", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triages")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_triages_report_id_number")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", instant, nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state in ('opened')", name=op.f("ck_cases_state")),
        _belongs("cases", "organisation_id", "organisations"),
        _belongs("cases", "opened_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cases_opened", "cases", ["organisation_id", "opened_at", "id"])
    op.create_table(
        "case_reports",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        _belongs("case_reports", "report_id", "reports"),
        _belongs("case_reports", "case_id", "cases"),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_case_reports")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_reports_case_id"), "case_reports", ["case_id"])
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", instant, nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", instant, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        _belongs("notes", "report_id", "reports"),
        _belongs("notes", "organisation_id", "organisations"),
        _belongs("notes", "person_id", "people"),
        _belongs("notes", "changed_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_notes_report_id"), "notes", ["report_id"])
    op.create_table(
        "links",
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", instant, nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_links_order")),
        _belongs("links", "one_id", "reports"),
        _belongs("links", "other_id", "reports"),
        _belongs("links", "person_id", "people"),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_links")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_links_other_id"), "links", ["other_id"])
    op.create_table(
        "excesses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", instant, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", instant, nullable=True),
        sa.Column("seen_by_id", sa.Uuid(), nullable=True),
        _belongs("excesses", "organisation_id", "organisations"),
        _belongs("excesses", "person_id", "people"),
        _belongs("excesses", "seen_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excesses")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_excesses_of", "excesses", ["organisation_id", "seen_at", "begun_at"])
    op.create_index("ix_audit_entries_person", "audit_entries", ["person_id", "at"])
