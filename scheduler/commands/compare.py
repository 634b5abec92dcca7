"""``replywatch compare``: derive what is not yet derived."""

import sys

import click
from tqdm import tqdm

from scheduler.planning import plan_pages
from storage.changes import count_stale, derive_changes
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.incidents.derivation import update_incidents
from storage.search.index import count_waiting, index_versions, renew_index


@click.command("compare")
@click.option("--renew-search", is_flag=True, help="Empty the search index first; it is filled again.")
@click.pass_obj
def command(configuration: Configuration, renew_search: bool) -> None:  # noqa: FBT001 - click hands it over so
    """Derive changes from what was seen since the last time; prints how many. Running it again changes nothing.

    `report` and the service run it first, so it is seldom needed by hand. It also puts new texts into the search index.
    """
    database = open_database(configuration.database_url)
    click.echo(f"{compare_all(configuration, database)} changes")
    if renew_search:
        renew_index(database)
    index_all(database)


def compare_all(configuration: Configuration, database: Database) -> int:
    """Derive for every page that has news, with a bar on a terminal, and incidents, and plan the pages visited since.

    Returns the number of new or altered changes.
    """
    total = 0
    with tqdm(total=count_stale(database), unit=" pages", desc="compare", disable=not sys.stderr.isatty()) as bar:
        for step in derive_changes(database, configuration.zone, configuration.weights):
            total += step.changes
            bar.update(step.pages)
    update_incidents(database)
    plan_pages(configuration, database)
    return total


def index_all(database: Database) -> None:
    """Put all texts that wait for it into the search index, with a bar on a terminal. Ctrl-C loses nothing."""
    with tqdm(total=count_waiting(database), unit=" texts", desc="search", disable=not sys.stderr.isatty()) as bar:
        for taken in index_versions(database):
            bar.update(taken)
