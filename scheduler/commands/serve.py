"""``replywatch serve``: the reading room."""

import ipaddress
import logging
import threading
import time
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import click
import uvicorn

from review.users import UsersFile
from review.web.access import Access
from review.web.application import create_application
from storage.addresses import refresh_addresses
from storage.changes import count_stale, derive_changes
from storage.configuration import Configuration
from storage.database import Database, DatabaseError, open_database
from storage.incidents.derivation import update_incidents
from storage.incidents.standing import note_standing
from storage.search.index import index_versions

logger = logging.getLogger(__name__)
LEAST_TOKEN = 20  # characters
PAUSE = 10  # seconds between two looks for news
MOST_INDEXED = 10_000  # texts that are put into the search index between two looks


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 takes any.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with a token, 20 characters or more, that everybody must give; beside --users for programs alone.",
)
@click.option(
    "--users",
    "users_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file of those who may sign in, made by replywatch users add.",
)
@click.option("--public-url", default="", help="Where others reach it; cookies are for https alone when this is https.")
@click.option(
    "--proxy", default="127.0.0.1", show_default=True, help="Whose X-Forwarded-For is believed; commas between."
)
@click.pass_obj
def command(
    configuration: Configuration,
    host: str,
    port: int,
    token_file: Path | None,
    users_file: Path | None,
    public_url: str,
    proxy: str,
) -> None:
    """Open the reading room in a browser: changes by rank, their evidence, the archive, search.

    It compares first, and again whenever something new was seen. It listens on this machine alone, unless --host says
    otherwise; then users (or a token) are needed. Put a reverse proxy with TLS in front, and say --public-url.
    """
    access = Access(
        token=read_token(token_file) if token_file else "",
        users=read_file(users_file) if users_file else None,
        is_secure=public_url.startswith("https://"),
    )
    public = read_host(public_url) if public_url else ""
    if access.is_open and not (is_loopback(host) and is_loopback(public or host)):
        place = f"--public-url {public_url}" if public else f"--host {host}"
        raise click.UsageError(f"{place} would let anybody in: give --users or --token-file, or listen on 127.0.0.1")
    database = open_database(configuration.database_url)
    compare(configuration, database)
    note_news(configuration, database)
    click.echo(f"{public_url or f'http://{host}:{port}/'}  (Ctrl-C ends it)", err=True)
    if not is_loopback(host) and not access.is_secure:
        click.echo("What is typed can be read on the way: use TLS, and say --public-url https://…", err=True)
    threading.Thread(target=keep_comparing, args=(configuration, database), daemon=True).start()
    application = create_application(configuration, database, hosts=list_hosts(host, public), access=access)
    uvicorn.run(application, host=host, port=port, log_level="warning", forwarded_allow_ips=proxy, server_header=False)


def list_hosts(host: str, public: str) -> frozenset[str] | None:
    """The names under which the room answers; None is any, where it listens to others and no name was said."""
    if public:
        return frozenset({public, host})
    return frozenset() if is_loopback(host) else None


def read_host(url: str) -> str:
    """The host of a public address.

    Raises:
        click.UsageError: it is none of the web, or has a path: the room is at the root of its host.
    """
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and not (parts.path.strip("/") or parts.query or parts.username)
        if is_whole and parts.hostname:
            return parts.hostname
    except ValueError:
        pass
    raise click.UsageError(f"--public-url {url}: use an address such as https://room.example.org")


def read_file(path: Path) -> UsersFile:
    """The users of a file.

    Raises:
        click.UsageError: it cannot be understood, or nobody is in it.
    """
    users = UsersFile(path)
    if not users.read():
        raise click.UsageError(users.fault or f"{path}: nobody is in it; replywatch users add NAME --file {path}")
    return users


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


def note_news(configuration: Configuration, database: Database) -> None:
    """Derive incidents from what was recorded, and addresses, and keep the incidents of the present.

    The pages only show them: looking writes nothing.
    """
    refresh_addresses(database)
    update_incidents(database)
    note_standing(configuration, database)


def keep_comparing(configuration: Configuration, database: Database) -> None:
    """Derive changes whenever a crawl brought news, incidents and addresses, and fill the search index.

    A fault is logged, and tried again.
    """
    while True:
        try:
            if count_stale(database):
                compare(configuration, database)
            note_news(configuration, database)
            deque(index_versions(database, MOST_INDEXED), maxlen=0)
        except DatabaseError as error:
            logger.warning("not compared: %s", error)
        time.sleep(PAUSE)
