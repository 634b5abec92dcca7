"""Lists that are walked by due time: what they cost, which pages they lost, and which of their rows look otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# The pages that a list's last trusted walk lacked and the one before it showed.
LOST = """
SELECT listings.page_id, last.id FROM listings
JOIN (SELECT column_id, max(id) AS id FROM walks WHERE is_complete AND is_full AND is_healthy GROUP BY column_id) AS last
    ON last.column_id = listings.column_id
WHERE listings.through_walk_id < last.id AND listings.through_walk_id >= (
    SELECT max(before.id) FROM walks AS before
    WHERE before.column_id = last.column_id AND before.id < last.id
        AND before.is_complete AND before.is_full AND before.is_healthy)
"""


def upgrade() -> None:
    """Add what walks leave behind; only pages that fell out of a list with its last walk are touched."""
    link = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("columns", sa.Column("cost", sa.Double(), nullable=True))
    op.add_column("pages", sa.Column("lost_walk_id", link, nullable=True))
    op.add_column("listings", sa.Column("altered_walk_id", link, nullable=True))
    connection = op.get_bind()
    for page_id, walk_id in connection.execute(sa.text(LOST)).all():
        mark = sa.text("UPDATE pages SET lost_walk_id = :walk_id WHERE id = :page_id")
        connection.execute(mark, {"walk_id": walk_id, "page_id": page_id})
    op.create_index("ix_columns_due", "columns", ["next_due_at"])
    create_partial("ix_pages_doubted", "pages", ["site_key", "next_due_at"], "(has_doubt OR lost_walk_id IS NOT NULL)")
    create_partial("ix_pages_lost", "pages", ["lost_walk_id"], "lost_walk_id IS NOT NULL")
    create_partial("ix_listings_altered", "listings", ["altered_walk_id"], "altered_walk_id IS NOT NULL")
    if connection.dialect.name == "sqlite":  # which uses it only for the condition as statements spell it
        op.drop_index("ix_pages_stale", "pages")
        create_partial("ix_pages_stale", "pages", ["site_key"], "is_stale = 1")


def create_partial(name: str, table: str, columns: list[str], condition: str) -> None:
    """An index of some rows only."""
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
