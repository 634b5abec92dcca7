"""Counts that are kept as rows come and go, and indexes from which the rest of ``status`` is read.

The counts are kept by triggers, in the transaction that adds or deletes the rows, so that they are true after a crash
and whoever writes. On PostgreSQL each connection adds to rows of its own (``slot`` is its process), so that no two
writers wait for each other; `storage.figure_tables` sums and folds them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Name of the count, its table, the site of a row, and which rows count. ``one`` is the row.
COUNTS = (
    ("pages", "pages", "one.site_key", "one.parent_id IS NULL"),
    ("captures", "captures", "''", "1 = 1"),
    ("versions", "versions", "''", "(SELECT parent_id FROM pages WHERE pages.id = one.page_id) IS NULL"),
    ("changes", "changes", "one.site_key", "1 = 1"),
)
ADD = "ON CONFLICT (name, site_key, slot) DO UPDATE SET amount = figures.amount + excluded.amount"


def upgrade() -> None:
    """Count once what is there; from here on the triggers count."""
    op.create_table(
        "figures",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("site_key", sa.String(length=100), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "site_key", "slot", name=op.f("pk_figures")),
    )
    is_article = sa.text("parent_id IS NULL")
    op.drop_index("ix_pages_due", "pages")
    for name, column in (("ix_pages_due", "next_due_at"), ("ix_pages_visited", "last_visit_at")):
        op.create_index(name, "pages", ["site_key", column], sqlite_where=is_article, postgresql_where=is_article)
    add_triggers = add_postgresql if op.get_bind().dialect.name == "postgresql" else add_sqlite
    for name, table, site, counted in COUNTS:
        op.execute(
            f"INSERT INTO figures (name, site_key, slot, amount) SELECT '{name}', site, 0, count(*) "  # noqa: S608 - our names
            f"FROM (SELECT {site} AS site FROM {table} AS one WHERE {counted}) AS counted GROUP BY site"
        )
        add_triggers(name, table, site, counted)


def add_sqlite(name: str, table: str, site: str, counted: str) -> None:
    """A trigger for each row."""
    for word, event, row, amount in (("new", "INSERT", "NEW", 1), ("old", "DELETE", "OLD", -1)):
        where, key = (part.replace("one.", f"{row}.") for part in (counted, site))
        add = f"INSERT INTO figures (name, site_key, slot, amount) VALUES ('{name}', {key}, 0, {amount}) {ADD}"  # noqa: S608 - our names
        op.execute(f"CREATE TRIGGER count_{word}_{table} AFTER {event} ON {table} WHEN {where} BEGIN {add}; END")


def add_postgresql(name: str, table: str, site: str, counted: str) -> None:
    """A trigger for each statement, which counts all its rows at once."""
    op.execute(
        f"CREATE FUNCTION count_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608 - our names
        f"INSERT INTO figures (name, site_key, slot, amount) SELECT '{name}', site, pg_backend_pid(), "
        "sum(CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) "
        f"FROM (SELECT {site} AS site FROM touched AS one WHERE {counted}) AS counted GROUP BY site {ADD}; "
        "RETURN NULL; END $$"
    )
    for word, event, rows in (("new", "INSERT", "NEW"), ("old", "DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER count_{word}_{table} AFTER {event} ON {table} REFERENCING {rows} TABLE AS touched "
            f"FOR EACH STATEMENT EXECUTE FUNCTION count_{table}()"
        )
