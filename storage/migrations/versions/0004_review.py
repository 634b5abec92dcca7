"""What reviewers keep and look up: verdicts, and what the inbox sorts and filters by."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the pages that are kept out of public views, the verdicts, and what the inbox sorts and filters by."""
    create_withheld()
    create_verdicts()
    extend_changes()


def create_verdicts() -> None:
    """What reviewers said, a row each time."""
    op.create_table(
        "verdicts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("assignee", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )
    op.create_index("ix_verdicts_change", "verdicts", ["change_id", "id"])


def extend_changes() -> None:
    """What the inbox sorts and filters by; the group's key of older rows is taken out of their content by SQL."""
    op.add_column("changes", sa.Column("group_key", sa.Text(), nullable=False, server_default=""))
    op.add_column("changes", sa.Column("verdict", sa.String(length=12), nullable=False, server_default=""))
    op.add_column("changes", sa.Column("assignee", sa.String(length=200), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE changes SET group_key = content ->> 'group' WHERE content ->> 'group' IS NOT NULL")
    else:
        op.execute(
            "UPDATE changes SET group_key = json_extract(content, '$.group') "
            "WHERE json_extract(content, '$.group') IS NOT NULL"
        )
    op.create_index("ix_changes_inbox", "changes", ["is_baseline", "verdict", "score", "detected_at", "id"])
    op.create_index("ix_changes_latest", "changes", ["is_baseline", "verdict", "detected_at", "id"])
    op.create_index("ix_changes_time", "changes", ["is_baseline", "detected_at", "id"])
    op.create_index("ix_changes_unread", "changes", ["kind", "is_baseline", "verdict", "score", "detected_at", "id"])
    op.create_index("ix_changes_kind", "changes", ["kind", "is_baseline", "score", "detected_at", "id"])
    op.create_index("ix_changes_rank", "changes", ["is_baseline", "score", "detected_at", "id"])
    op.create_index("ix_changes_site", "changes", ["site_key", "is_baseline", "verdict", "score", "detected_at", "id"])
    op.create_index("ix_changes_group", "changes", ["group_key"])


def create_withheld() -> None:
    """The operator's pages out of public views."""
    op.create_table(
        "withheld",
        sa.Column("document_key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document_key", name=op.f("pk_withheld")),
    )
