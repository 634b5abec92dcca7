"""What the background service keeps: leases, incidents, the outbox, witnesses."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def link() -> sa.types.TypeEngine[int]:
    """A row number; SQLite numbers rows by itself only when the type is spelled INTEGER."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add tables."""
    create_leases()
    create_notices()
    create_incidents()
    create_witnesses()


def create_leases() -> None:
    """Who leads the service."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def create_notices() -> None:
    """What is news to subscribers, how far each was told, and what is on its way; what was told before is numbered."""
    unnumbered = sa.text("position IS NULL")
    op.create_table(
        "notices",
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_notices")),
        sa.UniqueConstraint("position", name=op.f("uq_notices_position")),
    )
    op.create_index(
        "ix_notices_unnumbered", "notices", ["change_id"], sqlite_where=unnumbered, postgresql_where=unnumbered
    )
    op.execute(
        "INSERT INTO notices (change_id, position) "
        "SELECT id, row_number() OVER (ORDER BY detected_at, id) FROM changes WHERE NOT is_baseline"
    )
    op.create_table(
        "subscriptions",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest_position", sa.BigInteger(), nullable=False),
        sa.Column("alert_position", sa.BigInteger(), nullable=False),
        sa.Column("capture_id", link(), nullable=False),
        sa.Column("digest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", link(), nullable=False),
        sa.Column("subscriber", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_html", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("subscriber", "key", "target", "part", name=op.f("uq_outbox_subscriber")),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "next_try_at"])


def create_incidents() -> None:
    """What keeps us from seeing, and how far its derivation has read."""
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_source", "incidents", ["source", "site", "subject"])
    op.create_index("ix_incidents_closed_at", "incidents", ["closed_at"])
    op.create_table(
        "incident_series",
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=320), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "subject", name=op.f("pk_incident_series")),
    )
    op.create_table(
        "incident_cursors",
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("last_id", link(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_incident_cursors")),
    )


def create_witnesses() -> None:
    """What outside archives were asked to keep."""
    op.create_table(
        "witnesses",
        sa.Column("change_id", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_witnesses_change_id_changes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_witnesses")),
    )
    op.create_index(op.f("ix_witnesses_due_at"), "witnesses", ["due_at"])
