"""What reviewers keep and look up: verdicts, and what the inbox sorts and filters by."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
