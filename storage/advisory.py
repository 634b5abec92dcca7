"""Locks between machines: PostgreSQL's advisory locks, which the server lets go of when a process or its machine dies.

SQLite knows one machine only, where locked files do the same (`crawler.locks`): there, every lock can be had.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, DatabaseError, create_database_engine, first_line, mask_url

# A machine that loses its power says no goodbye: after this silence (seconds) both sides give the connection up.
IDLE, INTERVAL, COUNT = 10, 5, 3
KEPT_ALIVE = {"keepalives_idle": IDLE, "keepalives_interval": INTERVAL, "keepalives_count": COUNT}
SERVER_SIDE = f"-c tcp_keepalives_idle={IDLE} -c tcp_keepalives_interval={INTERVAL} -c tcp_keepalives_count={COUNT}"


def number_lock(name: str) -> int:
    """The number that stands for a name: 64 bits with a sign, as PostgreSQL wants them."""
    return int.from_bytes(hashlib.sha256(f"replywatch:{name}".encode()).digest()[:8], "big", signed=True)


@dataclass(slots=True)
class SharedLocks:
    """Locks that this process holds in one database, by name, on a connection of their own.

    The connection opens with the first lock and closes with the last; when it breaks, all are lost (`check`).
    """

    database: Database
    _held: set[str] = field(default_factory=set)
    _connection: Connection | None = None
    _lost: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether the database keeps locks for several machines."""
        return self.database.engine.dialect.name == "postgresql"

    def take(self, name: str) -> bool:
        """Lock a name; says whether nobody else had, this process included.

        Raises:
            DatabaseError: the database is out of reach.
        """
        if not self.is_shared:
            return True
        if name in self._held:
            return False
        if not self._ask("SELECT pg_try_advisory_lock(:key)", number_lock(name)):
            self._close_unused()
            return False
        self._held.add(name)
        return True

    def release(self, name: str) -> None:
        """Let go of a name.

        Raises:
            DatabaseError: the database is out of reach; the server lets go by itself then.
        """
        if name in self._held:
            self._held.discard(name)
            if self._connection is not None:
                self._ask("SELECT pg_advisory_unlock(:key)", number_lock(name))
        self._close_unused()

    def check(self) -> None:
        """Make sure that all is still held: who lost its locks must not go on.

        Raises:
            DatabaseError: the connection broke, and the locks with it.
        """
        if self._lost:
            raise DatabaseError(self._lost)
        if self._held:
            self._ask("SELECT :key", 1)

    def _ask(self, statement: str, key: int) -> bool:
        try:
            if self._connection is None:
                self._connection = self._connect()
            return bool(self._connection.execute(text(statement), {"key": key}).scalar())
        except SQLAlchemyError as error:
            self._lost = f"{mask_url(str(self.database.engine.url))}: locks are lost: {first_line(error)}"
            if self._connection is not None:
                self._connection.invalidate()
                self._connection.close()
                self._connection = None
            raise DatabaseError(self._lost) from error

    def _connect(self) -> Connection:
        arguments = {**KEPT_ALIVE, "options": SERVER_SIDE}
        engine = create_engine(
            self.database.engine.url, poolclass=NullPool, connect_args=arguments, isolation_level="AUTOCOMMIT"
        )
        return engine.connect()

    def _close_unused(self) -> None:
        if self._connection is not None and not self._held:
            self._connection.close()
            self._connection = None


@cache
def share_locks(database_url: str) -> SharedLocks:
    """The locks of this process in a database: whoever checks them checks all."""
    return SharedLocks(Database(create_database_engine(database_url)))


def is_taken(database: Database, name: str) -> bool:
    """Whether any process holds a lock of this name; asking takes nothing. Never so on SQLite."""
    if database.engine.dialect.name != "postgresql":
        return False
    key = number_lock(name) & 0xFFFF_FFFF_FFFF_FFFF
    query = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
        " AND classid::bigint = :high AND objid::bigint = :low"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with database.read() as session:
        return bool(session.scalar(query, {"high": key >> 32, "low": key & 0xFFFF_FFFF}))
