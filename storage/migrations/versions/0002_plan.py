"""The plan of visits: what it needs to know of a page stands in the page's row."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def link() -> sa.types.TypeEngine[int]:
    """A row number; SQLite numbers rows by itself only when the type is spelled INTEGER."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what is kept between visits; columns are added in place, no table is copied."""
    for name in ("born_day", "seen_day", "changed_day", "gone_day", "own_events", "own_days", "demand"):
        op.add_column("pages", sa.Column(name, sa.Double(), nullable=True))
    op.add_column("pages", sa.Column("gone_tries", sa.Integer(), nullable=True))
    op.add_column("pages", sa.Column("planned_version", sa.Integer(), nullable=True))
    op.add_column("pages", sa.Column("due_reason", sa.String(length=30), nullable=True))
    for name in ("news", "news_days", "walked_day"):
        op.add_column("columns", sa.Column(name, sa.Double(), nullable=True))
    op.add_column("columns", sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "plan",
        sa.Column("id", link(), nullable=False),
        sa.Column("capture_id", link(), nullable=False),
        sa.Column("walk_id", link(), nullable=False),
        sa.Column("priced_day", sa.Double(), nullable=False),
        sa.Column("price", sa.Double(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_table(
        "site_plans",
        sa.Column("site_key", sa.String(length=100), nullable=False),
        sa.Column("clock", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["site_key"], ["sites.key"], name=op.f("fk_site_plans_site_key_sites")),
        sa.PrimaryKeyConstraint("site_key", name=op.f("pk_site_plans")),
    )
