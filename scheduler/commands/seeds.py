"""``replywatch seeds``: check the seed files, look at their columns, add one."""

import re
from pathlib import Path

import click

from crawler.contact import demand_contact
from crawler.discovery.urls import is_document_url
from scheduler.probing import (
    Probe,
    ProbeError,
    is_web_address,
    probe_sites,
    probe_url,
    propose_key,
    propose_seed,
    quote,
)
from seeds.catalog import CatalogError, check_files, load_catalog
from seeds.models import host_of
from storage.configuration import Configuration, ConfigurationError

HOSTS = re.compile(r"^(hosts\s*=\s*\[)([^\]]*)(\])", re.MULTILINE)


@click.group("seeds")
def command() -> None:
    """The seed files: which sites and columns to watch."""


@command.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def check(configuration: Configuration, files: tuple[Path, ...]) -> None:
    """Check FILEs, or all seed files; a line for each fault, and exit code 1 if there is one."""
    if not files and not configuration.seeds_dir.is_dir():
        raise ConfigurationError(f"{configuration.seeds_dir}: no such folder; set REPLYWATCH_SEEDS_DIR")
    try:
        faults = list(check_files(files) if files else ())
        catalog = None if files else load_catalog(configuration.seeds_dir)
    except CatalogError as error:
        faults, catalog = list(error.faults), None
    for fault in faults:
        click.echo(str(fault))
    if faults:
        raise SystemExit(1)
    if catalog is None:
        click.echo(f"{len(files)} seed files, no fault")
    else:
        columns = sum(len(site.columns) for site in catalog.sites.values())
        click.echo(f"{len(catalog.sites)} sites, {columns} columns, no fault")


@command.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.pass_obj
def probe(configuration: Configuration, keys: tuple[str, ...]) -> None:
    """Visit the first page of each column of the sites KEY (of all when none is given) once, and say what it showed.

    As polite as a crawl; nothing is kept. A host that a crawl left resting is not asked before that rest is over.
    Exit code 1 if a column did not show rows.
    """
    catalog = load_catalog(configuration.seeds_dir)
    sites = catalog.choose_sites(keys).sites.values()
    demand_contact(configuration, [host for site in sites for host in site.hosts])
    is_good = True
    try:
        for seen in probe_sites(configuration, keys):
            is_good = is_good and bool(seen["rows"])
            click.echo(describe_probe(seen))
    except ProbeError as error:
        raise SystemExit(error.code) from None
    if not is_good:
        raise SystemExit(1)


@command.command()
@click.argument("url")
@click.option("--key", help="The site's key; a proposal is made from the host.")
@click.pass_obj
def add(configuration: Configuration, url: str, key: str | None) -> None:
    """Look at the list page URL, propose family, kind and name, and write SEEDS_DIR/KEY.toml.

    An existing file is never changed. Read the proposal before you crawl with it.
    """
    key = key or propose_key(url)
    path = configuration.seeds_dir / f"{key}.toml"
    if path.exists():
        raise ConfigurationError(f"{path} is there already; add a [[columns]] to it, or choose another --key")
    if not is_web_address(url):
        raise ConfigurationError(f"{url}: use the address of a list page, http://… or https://…")
    if is_document_url(url):
        raise ConfigurationError(f"{url}: this is the address of a document; use that of the list that leads to it")
    demand_contact(configuration, [host_of(url)])
    try:
        seen = probe_url(configuration, url)
    except ProbeError as error:
        raise SystemExit(error.code) from None
    if seen is None or not seen["rows"]:
        click.echo(describe_probe({**seen, "site": key, "column": ""}) if seen else f"{url}: not reached", err=True)
        raise SystemExit(1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(propose_seed(url, seen, key), encoding="utf-8")
    if faults := check_files([path]):
        path.unlink()
        raise CatalogError(tuple(faults))
    click.echo(describe_probe({**seen, "site": key, "column": ""}))
    click.echo(path.read_text(encoding="utf-8"))
    click.echo(f"written to {path}")


@command.command("add-host")
@click.argument("key")
@click.argument("host")
@click.pass_obj
def add_host(configuration: Configuration, key: str, host: str) -> None:
    """Admit HOST (or HOST:PORT) to the allow-list of the site KEY."""
    site = load_catalog(configuration.seeds_dir).pick_sites([key]).sites[key]
    path = configuration.seeds_dir / f"{key}.toml"
    if host.lower() in site.hosts:
        click.echo(f"{path}: {host} is on the list already")
        return
    text = path.read_text(encoding="utf-8")
    changed = HOSTS.sub(
        lambda found: f"{found[1]}{found[2].rstrip().rstrip(',')}, {quote(host.lower())}{found[3]}", text, 1
    )
    path.write_text(changed, encoding="utf-8")
    if faults := check_files([path]):
        path.write_text(text, encoding="utf-8")
        raise CatalogError(tuple(faults))
    click.echo(f"{path}: {', '.join((*site.hosts, host.lower()))}")


def describe_probe(seen: Probe) -> str:
    """One line for a person."""
    head = f"{' '.join(filter(None, (str(seen['site']), str(seen['column']))))} {seen['url']}: {seen['outcome']}"
    if seen["outcome"] != "ok":
        return f"{head} {seen['detail'] or ''}".rstrip()
    pages = seen["declared_pages"] or "an unknown number of"
    return f"{head}, family {seen['family']}, {seen['rows']} rows on the first of {pages} pages"
