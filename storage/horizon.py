"""How far captures and walks can be read without passing one by that is committed later.

PostgreSQL gives out numbers before it commits, so a lower one may appear after a higher one. Whoever inserts rows holds
a shared lock until its end; whoever reads by number waits for a moment in which nobody does, and reads up to there.
SQLite has one writer at a time, so what is committed is without holes.
"""

from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.database import Database

INSERTION_LOCK = 0x696E73657274
PATIENCE = "500ms"  # less than PostgreSQL waits before it looks for deadlocks, so no writer is ever sacrificed


def announce_rows(session: Session) -> None:
    """To be called before captures or walks are inserted, early in the transaction."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": INSERTION_LOCK})


def find_horizon(database: Database, *numbers: InstrumentedAttribute[int]) -> tuple[int, ...] | None:
    """The last number of each column below which no row will appear any more; 0 for an empty table.

    None when somebody was inserting for as long as we were ready to wait: then is nothing to be read, and later all.
    """
    with database.read() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            try:
                connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": INSERTION_LOCK})
            except OperationalError:
                return None
        return tuple(session.scalar(select(func.max(number))) or 0 for number in numbers)
