"""First schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def link() -> sa.types.TypeEngine[int]:
    """A row number; SQLite numbers rows by itself only when the type is spelled INTEGER."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create all tables."""
    op.create_table(
        "files",
        sa.Column("id", link(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("name", name=op.f("uq_files_name")),
    )
    op.create_table(
        "rules",
        sa.Column("id", link(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("site_key", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
    )
    op.create_table(
        "runs",
        sa.Column("id", link(), nullable=False),
        sa.Column("token", sa.String(length=300), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("token", name=op.f("uq_runs_token")),
    )
    op.create_table(
        "sites",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sites")),
    )
    op.create_table(
        "columns",
        sa.Column("id", link(), nullable=False),
        sa.Column("site_key", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("baseline_walk_id", link(), nullable=True),
        sa.ForeignKeyConstraint(["site_key"], ["sites.key"], name=op.f("fk_columns_site_key_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_columns")),
        sa.UniqueConstraint("site_key", "key", name=op.f("uq_columns_site_key")),
    )
    op.create_table(
        "pages",
        sa.Column("id", link(), nullable=False),
        sa.Column("document_key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetch_url", sa.Text(), nullable=True),
        sa.Column("site_key", sa.String(length=100), nullable=False),
        sa.Column("column_id", link(), nullable=False),
        sa.Column("parent_id", link(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_walk_id", link(), nullable=True),
        sa.Column("last_visit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("entity_digest", sa.String(length=64), nullable=True),
        sa.Column("body_digest", sa.String(length=64), nullable=True),
        sa.Column("original_id", link(), nullable=True),
        sa.Column("version_number", sa.Integer(), nullable=True),
        sa.Column("document_digest", sa.String(length=64), nullable=True),
        sa.Column("extractor", sa.String(length=100), nullable=True),
        sa.Column("has_doubt", sa.Boolean(), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["column_id"], ["columns.id"], name=op.f("fk_pages_column_id_columns")),
        sa.ForeignKeyConstraint(["parent_id"], ["pages.id"], name=op.f("fk_pages_parent_id_pages")),
        sa.ForeignKeyConstraint(["site_key"], ["sites.key"], name=op.f("fk_pages_site_key_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("document_key", name=op.f("uq_pages_document_key")),
    )
    op.create_index("ix_pages_due", "pages", ["site_key", "next_due_at"], unique=False)
    op.create_index(op.f("ix_pages_next_due_at"), "pages", ["next_due_at"], unique=False)
    op.create_index(op.f("ix_pages_parent_id"), "pages", ["parent_id"], unique=False)
    op.create_index(
        "ix_pages_stale",
        "pages",
        ["site_key"],
        unique=False,
        sqlite_where=sa.text("is_stale"),
        postgresql_where=sa.text("is_stale"),
    )
    op.create_table(
        "walks",
        sa.Column("id", link(), nullable=False),
        sa.Column("column_id", link(), nullable=False),
        sa.Column("run_id", link(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_pages", sa.Integer(), nullable=True),
        sa.Column("served_pages", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.Column("is_healthy", sa.Boolean(), nullable=False),
        sa.Column("fresh_rows", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("away", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["column_id"], ["columns.id"], name=op.f("fk_walks_column_id_columns")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_walks_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walks")),
    )
    op.create_index("ix_walks_column", "walks", ["column_id", "id"], unique=False)
    op.create_table(
        "captures",
        sa.Column("id", link(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("page_id", link(), nullable=True),
        sa.Column("column_id", link(), nullable=True),
        sa.Column("run_id", link(), nullable=True),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("vendor", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("payload_digest", sa.Text(), nullable=True),
        sa.Column("entity_digest", sa.String(length=64), nullable=True),
        sa.Column("body_digest", sa.String(length=64), nullable=True),
        sa.Column("file_id", link(), nullable=True),
        sa.Column("offset", sa.BigInteger(), nullable=True),
        sa.Column("length", sa.BigInteger(), nullable=True),
        sa.Column("is_revisit", sa.Boolean(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=True),
        sa.Column("new_url", sa.Text(), nullable=True),
        sa.Column("new_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["column_id"], ["columns.id"], name=op.f("fk_captures_column_id_columns")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_captures_file_id_files")),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_captures_page_id_pages")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_captures_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("record_id", name=op.f("uq_captures_record_id")),
    )
    op.create_index("ix_captures_outcome", "captures", ["column_id", "outcome"], unique=False)
    op.create_index("ix_captures_page", "captures", ["page_id", "captured_at"], unique=False)
    op.create_index("ix_captures_place", "captures", ["file_id", "offset"], unique=False)
    op.create_index("ix_captures_run", "captures", ["run_id", "column_id"], unique=False)
    op.create_table(
        "changes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("page_id", link(), nullable=False),
        sa.Column("site_key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("is_baseline", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_changes_page_id_pages")),
        sa.ForeignKeyConstraint(["site_key"], ["sites.key"], name=op.f("fk_changes_site_key_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_detected_at"), "changes", ["detected_at"], unique=False)
    op.create_index("ix_changes_page", "changes", ["page_id"], unique=False)
    op.create_table(
        "listings",
        sa.Column("id", link(), nullable=False),
        sa.Column("column_id", link(), nullable=False),
        sa.Column("page_id", link(), nullable=False),
        sa.Column("from_walk_id", link(), nullable=False),
        sa.Column("through_walk_id", link(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("listed_on", sa.String(length=20), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["column_id"], ["columns.id"], name=op.f("fk_listings_column_id_columns")),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_listings_page_id_pages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
    )
    op.create_index("ix_listings_column", "listings", ["column_id", "through_walk_id"], unique=False)
    op.create_index("ix_listings_page", "listings", ["page_id"], unique=False)
    op.create_table(
        "traits",
        sa.Column("page_id", link(), nullable=False),
        sa.Column("key", sa.String(length=600), nullable=False),
        sa.Column("site_key", sa.String(length=100), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_traits_page_id_pages")),
        sa.ForeignKeyConstraint(["site_key"], ["sites.key"], name=op.f("fk_traits_site_key_sites")),
        sa.PrimaryKeyConstraint("page_id", "key", name=op.f("pk_traits")),
    )
    op.create_index("ix_traits_key", "traits", ["site_key", "key"], unique=False)
    op.create_table(
        "versions",
        sa.Column("id", link(), nullable=False),
        sa.Column("page_id", link(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("capture_id", link(), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("document_digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_versions_capture_id_captures")),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_versions_page_id_pages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("page_id", "number", name=op.f("uq_versions_page_id")),
    )
