"""A search index over the text of all versions. Those that are there wait to be indexed, as new ones will."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def link() -> sa.types.TypeEngine[int]:
    """A row number; SQLite numbers rows by itself only when the type is spelled INTEGER."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add three tables; what is in the others is only counted off."""
    op.create_table(
        "search_entries",
        sa.Column("id", link(), nullable=False),
        sa.Column("version_id", link(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("version_id", name=op.f("uq_search_entries_version_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "search_waiting",
        sa.Column("id", link(), nullable=False),
        sa.Column("version_id", link(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_waiting")),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_grams"
            " USING fts5(grams, content='', columnsize=0, detail=none, tokenize='ascii')"
        )
    else:
        op.execute("CREATE TABLE search_grams (entry_id BIGINT PRIMARY KEY, grams INTEGER[] NOT NULL)")
        op.execute("CREATE INDEX ix_search_grams_grams ON search_grams USING gin (grams)")
    op.execute("INSERT INTO search_waiting (version_id) SELECT id FROM versions ORDER BY id")
