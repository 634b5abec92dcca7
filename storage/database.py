"""Engine and sessions: SQLite in WAL mode by default, PostgreSQL by its URL. The schema upgrades itself on opening."""

import logging
import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from storage.engines import SharedEngines
from storage.figure_tables import fold_counts

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0010"  # the newest file in migrations/versions; known here so that opening costs one query, not a folder walk
logging.getLogger("alembic.runtime").setLevel(logging.WARNING)  # an upgrade at the first start is no news
UPGRADE_LOCK = 0x7265706C79  # "reply": two processes that start together on PostgreSQL upgrade one after the other
BUSY_TIMEOUT = 60.0  # seconds that SQLite waits for another writer

_engines = SharedEngines()


class DatabaseError(Exception):
    """The database cannot be used; the message says which one, why, and what to do."""


class DatabaseBusyError(DatabaseError):
    """Another process has kept SQLite's write lock for longer than we were ready to wait."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database of the newest schema."""

    engine: Engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and changes nothing.

        Raises:
            DatabaseError: the database is out of reach or broken.
        """
        with self._name_failure(), Session(self.engine, autoflush=False) as session:
            yield session
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or nothing if the block raises.

        On SQLite it takes the write lock at once: a transaction that reads first and writes later would fail when
        another one wrote in between.

        Raises:
            DatabaseError: the database is out of reach, broken, full, or locked by another for too long.
        """
        engine = self.engine.execution_options(is_writing=True)
        with self._name_failure(), Session(engine) as session, session.begin():
            yield session

    @contextmanager
    def _name_failure(self) -> Iterator[None]:
        """A disk that is full or a server that went away is a `DatabaseError`; faults of ours stay what they are."""
        try:
            yield
        except OperationalError as error:
            kind = DatabaseBusyError if is_busy(error) else DatabaseError
            raise kind(f"{mask_url(str(self.engine.url))}: {first_line(error)}") from error

    def optimize(self) -> None:
        """Let SQLite renew the statistics that its plans rest on; on PostgreSQL, fold the counts."""
        with self.write() as session:
            if self.engine.dialect.name == "sqlite":
                session.execute(text("PRAGMA optimize"))
            else:
                fold_counts(session)

    def close(self) -> None:
        """Let go of all connections, unless somebody else in this process has the database open."""
        _engines.give_back(self.engine)


def open_database(url: str, patience: float | None = None) -> Database:
    """Open, create or upgrade the database at an SQLAlchemy URL.

    ``patience`` (seconds) bounds each wait for a lock, a connection or an answer; without it, SQLite's locks are waited
    for as long as `BUSY_TIMEOUT`, and PostgreSQL as long as its own settings say.

    Raises:
        DatabaseError: the URL is wrong, the database is out of reach, or it was made by a newer replywatch.
    """
    engine = create_database_engine(url, patience) if is_passing(url) else share_engine(url, patience)
    try:
        upgrade_schema(engine)
    except Exception as error:
        _engines.give_back(engine)
        if isinstance(error, SQLAlchemyError):
            kind = DatabaseBusyError if is_busy(error) else DatabaseError
            raise kind(f"{mask_url(url)}: {first_line(error)}") from error
        raise
    return Database(engine)


def has_database(url: str) -> bool:
    """Whether there may be a database at a URL, for who looks without making one: a file must be there."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return True  # opening it will say what is wrong
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return not is_file or Path(str(parsed.database)).exists()


def share_engine(url: str, patience: float | None = None) -> Engine:
    """The engine of this process for a database, whose schema is not looked at; `Database.close` gives it back."""
    return _engines.take((url, patience), partial(create_database_engine, url, patience))


def is_passing(url: str) -> bool:
    """Whether each opening is to have a database of its own: SQLite in memory."""
    return url.startswith("sqlite") and url.rstrip("/:") in ("sqlite", "sqlite:///:memory")


def create_database_engine(url: str, patience: float | None = None) -> Engine:
    """An engine with the pragmas that SQLite needs; ``postgresql://`` means psycopg 3. See `open_database`."""
    hint = "use sqlite:///PATH or postgresql://USER@HOST/NAME"
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise DatabaseError(f"DATABASE_URL {mask_url(url)}: {hint}")
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        is_server = parsed.get_backend_name() != "sqlite"
        limits = limit_waits(patience) if is_server and patience is not None else {}
        engine = create_engine(parsed, pool_pre_ping=is_server, connect_args=limits)
    except (ArgumentError, NoSuchModuleError):
        raise DatabaseError(f"DATABASE_URL {mask_url(url)}: {hint}") from None
    except ModuleNotFoundError as error:
        raise DatabaseError(f"DATABASE_URL {mask_url(url)}: pip install 'replywatch[postgres]' ({error})") from None
    if not is_server:
        create_folder(parsed.database)
        timeout = BUSY_TIMEOUT if patience is None else patience
        event.listen(engine, "connect", partial(prepare_sqlite, round(timeout * 1000)))
        event.listen(engine, "begin", begin_sqlite)
    return engine


def limit_waits(seconds: float) -> dict[str, object]:
    """What to tell psycopg, so that neither a lock nor a server that went silent is waited for any longer.

    libpq takes no connection time-out below two seconds.
    """
    milliseconds = max(1, round(seconds * 1000))
    return {
        "connect_timeout": max(2, math.ceil(seconds)),
        "tcp_user_timeout": milliseconds,
        "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
    }


def create_folder(path: str | None) -> None:
    """Make the folder of an SQLite file."""
    if path and path != ":memory:":
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"{path}: {error.strerror}") from error


def prepare_sqlite(timeout: int, connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    """Set up one connection: SQLAlchemy begins transactions itself, WAL lets readers and one writer work at once.

    A lock is waited for as long as ``timeout`` (milliseconds). ``synchronous=FULL`` keeps a commit through a power
    loss, as the archive's fdatasync keeps its records.
    """
    connection.isolation_level = None
    for pragma in (f"busy_timeout={timeout}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def begin_sqlite(connection: Connection) -> None:
    """Begin with the write lock when the session is going to write."""
    is_writing = connection.get_execution_options().get("is_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def upgrade_schema(engine: Engine) -> None:
    """Bring the schema to `HEAD`; two processes that try at once do it one after the other."""
    if read_revision(engine) == HEAD:
        return
    with engine.execution_options(is_writing=True).begin() as connection:
        lock_transaction(connection, UPGRADE_LOCK)
        revision = read_revision(connection)
        if revision is not None and revision > HEAD:
            raise DatabaseError(
                f"{mask_url(str(engine.url))}: made by a newer replywatch (schema {revision}, this one knows {HEAD}); "
                "upgrade replywatch, a downgrade is not possible"
            )
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def lock_transaction(connection: Connection, key: int) -> None:
    """Let transactions that share a key go one after the other; on SQLite those that write do so anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def read_revision(bind: Engine | Connection) -> str | None:
    """The schema's revision; None in an empty database."""
    if isinstance(bind, Engine):
        with bind.connect() as connection:
            return read_revision(connection)
    if not inspect(bind).has_table("alembic_version"):
        return None
    return bind.execute(text("SELECT version_num FROM alembic_version")).scalar()


def mask_url(url: str) -> str:
    """A database URL without its password, fit for a message."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url


def is_busy(error: SQLAlchemyError) -> bool:
    """Whether SQLite gave up waiting for another process's lock."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY


def first_line(error: SQLAlchemyError) -> str:
    """What the driver said, without SQLAlchemy's trailer; with a hint where SQLite does not say what it lacks."""
    origin = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) and error.orig else error
    code = getattr(origin, "sqlite_errorcode", 0) & 0xFF
    is_closed = code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
    hint = " (is its folder there, and may it be written to? is the disk mounted read-only?)" if is_closed else ""
    return str(origin).strip().splitlines()[0] + hint
