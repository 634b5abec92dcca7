"""Counts of rows that the database keeps itself, so that nobody has to pass over a table to know its size.

Triggers (migration 0009) keep them in the transaction that inserts or deletes the rows. Pages are articles without
their attachments, and so are the pages of the versions; ``pages`` and ``changes`` are counted by site.
"""

from sqlalchemy import BigInteger, String, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.tables import Base

# A row that a writer is adding to is passed over, so that nobody waits for it while he has others.
FOLD = """
WITH folded AS (
    DELETE FROM figures WHERE (name, site_key, slot) IN (
        SELECT name, site_key, slot FROM figures WHERE slot <> 0 FOR UPDATE SKIP LOCKED
    ) RETURNING name, site_key, amount
)
INSERT INTO figures (name, site_key, slot, amount) SELECT name, site_key, 0, sum(amount) FROM folded GROUP BY 1, 2
ON CONFLICT (name, site_key, slot) DO UPDATE SET amount = figures.amount + excluded.amount
"""


class FigureRow(Base):
    """A part of a count: all parts of a name and site together are the count, a single one may be below nought.

    ``site_key`` is empty where sites are not told apart; ``slot`` is the connection that counted, 0 on SQLite.
    """

    __tablename__ = "figures"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    site_key: Mapped[str] = mapped_column(String(100), primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)


def read_counts(session: Session) -> dict[tuple[str, str], int]:
    """All counts by name (``pages``, ``captures``, ``versions``, ``changes``) and key of the site."""
    total = func.sum(FigureRow.amount)
    query = select(FigureRow.name, FigureRow.site_key, total).group_by(FigureRow.name, FigureRow.site_key)
    return {(name, site): int(amount) for name, site, amount in session.execute(query)}


def fold_counts(session: Session) -> None:
    """Let each count be one row again; only on PostgreSQL there are ever more."""
    session.execute(text(FOLD))
