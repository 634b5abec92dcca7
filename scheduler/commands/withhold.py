"""``replywatch withhold``: keep one page out of public views, without touching the archive."""

import click

from crawler.discovery.urls import document_key
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.withholding import read_withheld, release_page, withhold_page


@click.command("withhold")
@click.argument("url", required=False)
@click.option("--reason", default="", help="Why: for whoever reads the list. Needed, but with --undo.")
@click.option("--undo", is_flag=True, help="Show the page again.")
@click.pass_obj
def command(configuration: Configuration, url: str | None, reason: str, *, undo: bool) -> None:
    """Keep the page at URL out of reports, feeds, the reading room, search and exports of derived text.

    Without URL: list the withheld pages. The archive is not touched: the page is still visited and compared, its
    captures stay, and exports of the archive itself (warc, wacz, cdxj) still hold them. `replywatch status` counts the
    withheld pages. A page that has moved to a new address is another page there.
    """
    database = open_database(configuration.database_url)
    if url is None:
        if undo or reason:
            raise click.UsageError("say which page: replywatch withhold URL")
        list_pages(configuration, database)
        return
    key = read_key(url)
    if undo:
        if not release_page(database, key):
            raise click.UsageError(f"{url} is not withheld")
        click.echo(f"{url} is shown again")
        return
    if not reason.strip():
        raise click.UsageError("say why, with --reason")
    if withhold_page(database, key, reason.strip(), configuration.clock.now()) is None:
        raise click.UsageError(f"no page that is watched has the address {url}")
    click.echo(f"{url} is withheld")


def read_key(url: str) -> str:
    """The document key of an address."""
    try:
        return document_key(url)
    except ValueError as error:
        raise click.UsageError(f"{url} is no address of a page") from error


def list_pages(configuration: Configuration, database: Database) -> None:
    """One line a page: since when, where, why."""
    for page in read_withheld(database):
        since = page.made_at.astimezone(configuration.zone)
        click.echo(f"{since:%Y-%m-%d %H:%M}  {page.url or page.document_key}  {page.reason}")
