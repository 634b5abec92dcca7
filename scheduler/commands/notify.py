"""``replywatch notify``: tell subscribers what is due."""

import click

from scheduler.commands.compare import compare_all
from scheduler.digest import preview_due, send_due, send_test
from scheduler.notify import check_subscribers, read_time
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.outbox import retry_all


@click.command("notify")
@click.option("--dry-run", is_flag=True, help="Print what would be written now; send nothing.")
@click.option("--test", "name", metavar="SUBSCRIBER", help="Send a test message to this subscriber.")
@click.option("--retry", is_flag=True, help="Also try again at once what failed, messages given up included.")
@click.pass_obj
def command(configuration: Configuration, *, dry_run: bool, name: str | None, retry: bool) -> None:
    """Send digests and alerts that are due to the subscribers in replywatch.toml. Compares first.

    The service does this by itself. A subscriber who is new is told what comes after the first call.
    """
    check_subscribers(configuration)
    if not configuration.subscribers:
        raise click.UsageError("no subscribers: write [[subscribers]] into replywatch.toml")
    database = open_database(configuration.database_url)
    if name is not None:
        show_counts(test_subscriber(configuration, database, name))
        return
    compare_all(configuration, database)
    if dry_run:
        preview(configuration, database)
        return
    if retry:
        retry_all(database, read_time())
    show_counts(send_due(configuration, database))


def test_subscriber(configuration: Configuration, database: Database, name: str) -> dict[str, int]:
    """Send a test message to the subscriber of that name."""
    found = [one for one in configuration.subscribers if one.name == name]
    if not found:
        known = ", ".join(one.name for one in configuration.subscribers)
        raise click.UsageError(f"no subscriber {name}; known are {known}")
    return send_test(configuration, database, found[0])


def preview(configuration: Configuration, database: Database) -> None:
    """Print the messages that are due."""
    for subscriber in configuration.subscribers:
        for message in preview_due(configuration, database, subscriber):
            click.echo(f"{subscriber.name}, address {message.target + 1}, part {message.part}: {message.subject}")
            click.echo(message.body + "\n")


def show_counts(counts: dict[str, int]) -> None:
    """Say what was done."""
    click.echo(", ".join(f"{name} {number}" for name, number in counts.items()))
