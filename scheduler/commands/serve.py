"""``replywatch serve``: the reading room."""

import ipaddress
import logging
import threading
import time
from collections import deque
from pathlib import Path

import click
import uvicorn

from review.web.application import create_application
from storage.changes import count_stale, derive_changes
from storage.configuration import Configuration
from storage.database import Database, DatabaseError, open_database

logger = logging.getLogger(__name__)
LEAST_TOKEN = 20  # characters
PAUSE = 10  # seconds between two looks for news


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 takes any.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with the token, 20 characters or more, that everybody must give; needed for other hosts.",
)
@click.pass_obj
def command(configuration: Configuration, host: str, port: int, token_file: Path | None) -> None:
    """Open the reading room in a browser: changes by rank, their evidence, the archive, search.

    It compares first, and again whenever something new was seen. It listens on this machine alone, unless --host says
    otherwise; then a token is needed, which a browser asks for beside your name. Put a reverse proxy with TLS in front.
    """
    access = read_token(token_file) if token_file else ""
    if not (is_loopback(host) or access):
        raise click.UsageError(f"--host {host} would let anybody in: give --token-file, or listen on 127.0.0.1")
    database = open_database(configuration.database_url)
    compare(configuration, database)
    click.echo(f"http://{host}:{port}/  (Ctrl-C ends it)", err=True)
    threading.Thread(target=keep_comparing, args=(configuration, database), daemon=True).start()
    uvicorn.run(create_application(configuration, database, access=access), host=host, port=port, log_level="warning")


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_token(path: Path) -> str:
    """The token in a file.

    Raises:
        click.UsageError: it could be guessed.
    """
    token = path.read_text(encoding="utf-8").strip()
    if len(token) < LEAST_TOKEN:
        raise click.UsageError(f"{path}: the token has {len(token)} characters; {LEAST_TOKEN} are needed")
    return token


def compare(configuration: Configuration, database: Database) -> None:
    """Derive what is not yet derived."""
    deque(derive_changes(database, configuration.zone, configuration.weights), maxlen=0)


def keep_comparing(configuration: Configuration, database: Database) -> None:
    """Derive changes whenever a crawl brought news; a fault is logged, and tried again."""
    while True:
        time.sleep(PAUSE)
        try:
            if count_stale(database):
                compare(configuration, database)
        except DatabaseError as error:
            logger.warning("not compared: %s", error)
