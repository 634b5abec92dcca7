"""Indexes that hold all that the inbox, the status and a site's page ask for, so that these read no rows.

The inbox walks its changes in order and passes over those of groups that it has met: by their keys, which now stand in
the index, with the pages by which withheld changes are left out. What is assigned to somebody has an index of its own.
The one of attachments leaves out the articles, so that SQLite does not take it for a way to find these.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FOLDED = ("group_key", "page_id")
CHANGES = {
    "ix_changes_inbox": ("is_baseline", "verdict", "score", "detected_at", "id", *FOLDED),
    "ix_changes_latest": ("is_baseline", "verdict", "detected_at", "id", *FOLDED),
    "ix_changes_rank": ("is_baseline", "score", "detected_at", "id", *FOLDED),
    "ix_changes_time": ("is_baseline", "detected_at", "id", *FOLDED),
    "ix_changes_kind": ("kind", "is_baseline", "score", "detected_at", "id", *FOLDED),
    "ix_changes_group": ("group_key", "is_baseline", "verdict", "score", "detected_at", "page_id"),
}
ASSIGNED = ("assignee", "is_baseline", "score", "detected_at", "id", *FOLDED)
ANALYSED = 1_000  # rows of an index that SQLite looks at to know how it is made up: that takes no time in any database
DUE = ("site_key", "next_due_at", "column_id", "last_visit_at", "has_doubt", "gone_tries", "due_reason")


def upgrade() -> None:
    """Make each index anew; no row is altered."""
    for name, columns in CHANGES.items():
        op.drop_index(name, "changes")
        op.create_index(name, "changes", list(columns))
    is_assigned, is_article = sa.text("assignee <> ''"), sa.text("parent_id IS NULL")
    op.create_index(
        "ix_changes_assigned", "changes", list(ASSIGNED), sqlite_where=is_assigned, postgresql_where=is_assigned
    )
    op.drop_index("ix_pages_due", "pages")
    op.create_index("ix_pages_due", "pages", list(DUE), sqlite_where=is_article, postgresql_where=is_article)
    is_file = sa.text("parent_id IS NOT NULL")
    op.drop_index("ix_pages_parent_id", "pages")
    op.create_index("ix_pages_parent_id", "pages", ["parent_id"], sqlite_where=is_file, postgresql_where=is_file)
    op.create_index("ix_captures_column", "captures", ["column_id", "captured_at"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"PRAGMA analysis_limit = {ANALYSED}")
        for table in ("changes", "pages", "captures"):  # it would not know what the new indexes are good for
            op.execute(f"ANALYZE {table}")
