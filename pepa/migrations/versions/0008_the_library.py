"""The library: titles, their editions, who looked at them, what is made of them, what readers say"""

import sqlalchemy as sa
from alembic import op

import pepa.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "output_troubles",
        sa.Column("title_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("made_from", sa.LargeBinary(), nullable=False),
        sa.Column("at", pepa.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("title_id", name=op.f("pk_output_troubles")),
    )
    op.create_table(
        "outputs",
        sa.Column("title_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("edition_number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_from", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("title_id", "language", "format", name=op.f("pk_outputs")),
    )
    op.create_table(
        "titles",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_titles")),
        sa.UniqueConstraint("slug", name=op.f("uq_titles_slug")),
    )
    op.create_table(
        "uses",
        sa.Column("title_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("title_id", "format", "on", name=op.f("pk_uses")),
    )
    op.create_table(
        "claim_checks",
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_claim_checks_person_id_people")),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name=op.f("fk_claim_checks_title_id_titles")),
        sa.PrimaryKeyConstraint("title_id", "digest", name=op.f("pk_claim_checks")),
    )
    op.create_table(
        "editions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("topics", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("guide", sa.Text(), nullable=False),
        sa.Column("quiz", sa.Text(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("whatsapp", sa.Text(), nullable=False),
        sa.Column("sms", sa.String(), nullable=False),
        sa.Column("poster", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("reviewers", sa.String(), nullable=False),
        sa.Column("checks", sa.Text(), nullable=False),
        sa.Column("changes", sa.String(), nullable=False),
        sa.Column("due_months", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("published_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=False),
        sa.Column("replacement_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state != 'withdrawn' or withdrawn_reason != ''", name=op.f("ck_editions_withdrawn_reason")),
        sa.CheckConstraint(
            "state in ('draft', 'in_review', 'published', 'replaced', 'withdrawn')", name=op.f("ck_editions_state")
        ),
        sa.CheckConstraint(
            "state not in ('published', 'replaced') or published_at is not null", name=op.f("ck_editions_published_at")
        ),
        sa.ForeignKeyConstraint(["published_by_id"], ["people.id"], name=op.f("fk_editions_published_by_id_people")),
        sa.ForeignKeyConstraint(["replacement_id"], ["titles.id"], name=op.f("fk_editions_replacement_id_titles")),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name=op.f("fk_editions_title_id_titles")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["people.id"], name=op.f("fk_editions_withdrawn_by_id_people")),
        sa.ForeignKeyConstraint(["written_by_id"], ["people.id"], name=op.f("fk_editions_written_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("title_id", "number", name=op.f("uq_editions_title_id_number")),
    )
    op.create_index(
        "uq_editions_published",
        "editions",
        ["title_id"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "opinions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("edition_number", sa.Integer(), nullable=False),
        sa.Column("clarity", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("is_aside", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("clarity in ('yes', 'no', 'wrong')", name=op.f("ck_opinions_clarity")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_opinions_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name=op.f("fk_opinions_title_id_titles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_opinions_title_id"), "opinions", ["title_id"])
    op.create_table(
        "title_pictures",
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("svg", sa.Text(), nullable=True),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name=op.f("fk_title_pictures_title_id_titles")),
        sa.PrimaryKeyConstraint("title_id", "name", name=op.f("pk_title_pictures")),
    )
    op.create_table(
        "authors",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_authors_edition_id_editions")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_authors_person_id_people")),
        sa.PrimaryKeyConstraint("edition_id", "person_id", name=op.f("pk_authors")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", pepa.db.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("verdict in ('approved', 'sent_back')", name=op.f("ck_reviews_verdict")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_reviews_edition_id_editions")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reviews_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_edition_id"), "reviews", ["edition_id"])
    op.create_table(
        "translations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("whatsapp", sa.Text(), nullable=False),
        sa.Column("sms", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", pepa.db.Instant(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", pepa.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["people.id"], name=op.f("fk_translations_approved_by_id_people")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_translations_edition_id_editions")),
        sa.ForeignKeyConstraint(["written_by_id"], ["people.id"], name=op.f("fk_translations_written_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translations")),
        sa.UniqueConstraint("edition_id", "language", name=op.f("uq_translations_edition_id_language")),
    )
