"""Where a URL's captures are found, and pages that say the same. Filled from the captures when it is first asked."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def link() -> sa.types.TypeEngine[int]:
    """A row number; SQLite numbers rows by itself only when the type is spelled INTEGER."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add two tables and two indexes; no row is touched."""
    op.create_table(
        "addresses",
        sa.Column("id", link(), nullable=False),
        sa.Column("key", sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_digest", sa.Text(), nullable=False),
        sa.Column("page_id", link(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("page_id", "url_digest", name=op.f("uq_addresses_page_id")),
    )
    op.create_index("ix_addresses_key", "addresses", ["key"], unique=False)
    op.create_table(
        "address_progress",
        sa.Column("id", link(), nullable=False),
        sa.Column("capture_id", link(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_progress")),
    )
    has_no_page = sa.text("page_id IS NULL")
    op.create_index(
        "ix_captures_bare",
        "captures",
        ["url"],
        sqlite_where=has_no_page,
        postgresql_where=has_no_page,
        postgresql_using="hash",
    )
    op.create_index("ix_pages_document", "pages", ["document_digest"], unique=False)
