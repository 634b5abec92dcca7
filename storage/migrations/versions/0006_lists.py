"""Which lists brought a row that looks otherwise: the pages behind it are due."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
