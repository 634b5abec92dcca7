"""What the background service keeps: leases, hosts, incidents, the outbox, witnesses."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
