"""The tables of the task queue: in a schema of their own, made and brought up to date by whoever comes first."""

from collections.abc import Mapping

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from storage.database import Database, DatabaseError, mask_url

SCHEMA = "replywatch_queue"
STATES = ("todo", "doing", "failed")  # of jobs that are not done
QUEUE_LOCK = 0x7175657565  # "queue": nodes that start together make the tables one after the other


def prepare_queue(database: Database, script: str, migrations: Mapping[str, str]) -> None:
    """Make the queue's tables by its ``script``, or apply the migrations (by name) that came since.

    The name of the last one stands in the schema's comment.

    Raises:
        DatabaseError: the database is not PostgreSQL, or it refused.
    """
    if database.engine.dialect.name != "postgresql":
        url = mask_url(str(database.engine.url))
        raise DatabaseError(f"{url}: several nodes need PostgreSQL: set DATABASE_URL to postgresql://USER@HOST/NAME")
    with database.write() as session:
        connection = session.connection(execution_options={"no_parameters": True})
        run_script(connection, f"SELECT pg_advisory_xact_lock({QUEUE_LOCK}); CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        run_script(connection, f"SET LOCAL search_path TO {SCHEMA}")
        known = connection.execute(text(f"SELECT obj_description('{SCHEMA}'::regnamespace)")).scalar()
        scripts = [script] if known is None else [migrations[name] for name in sorted(migrations) if name > known]
        for one in scripts:
            run_script(connection, one)
        if scripts:
            run_script(connection, f"COMMENT ON SCHEMA {SCHEMA} IS '{max(migrations)}'")


def count_jobs(session: Session) -> dict[str, int]:
    """How many jobs wait, are under way, or failed for good, by procrastinate's word for it; none without a queue."""
    if session.get_bind().dialect.name != "postgresql":
        return {}
    table = f"{SCHEMA}.procrastinate_jobs"
    if session.scalar(text("SELECT to_regclass(:table)"), {"table": table}) is None:
        return {}
    query = text(f"SELECT status::text, count(*) FROM {table} WHERE status::text = ANY(:states) GROUP BY 1")  # noqa: S608 - our own name
    return dict(session.execute(query, {"states": list(STATES)}).all())


def run_script(connection: Connection, script: str) -> None:
    """Run statements as they are."""
    connection.exec_driver_sql(script)


def name_server(database_url: str) -> str:
    """The URL of a PostgreSQL database as its own tools write it."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
