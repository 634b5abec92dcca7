"""What reviewers keep and look up: verdicts, and what the inbox sorts and filters by."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the pages that are kept out of public views."""
    create_withheld()


def create_withheld() -> None:
    """The operator's pages out of public views."""
    op.create_table(
        "withheld",
        sa.Column("document_key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document_key", name=op.f("pk_withheld")),
    )
