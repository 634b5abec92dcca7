"""``replywatch serve``: the reading room."""

import ipaddress

import click
import uvicorn

from review.web.application import create_application
from storage.changes import derive_changes
from storage.configuration import Configuration
from storage.database import open_database


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 takes any.")
@click.pass_obj
def command(configuration: Configuration, host: str, port: int) -> None:
    """Open the reading room in a browser: changes by rank, their evidence, the archive, search.

    It compares first what is not compared yet. It listens on this machine alone; put a reverse proxy with TLS and
    users in front of it for others.
    """
    if not is_loopback(host):
        raise click.UsageError(f"--host {host} would let anybody in; listen on 127.0.0.1")
    database = open_database(configuration.database_url)
    sum(step.changes for step in derive_changes(database, configuration.zone, configuration.weights))
    click.echo(f"http://{host}:{port}/  (Ctrl-C ends it)", err=True)
    uvicorn.run(create_application(configuration, database), host=host, port=port, log_level="warning")


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
