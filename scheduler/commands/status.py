"""``replywatch status``: what there is, what is due, how the last runs went."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import click

from storage.clock import format_instant
from storage.configuration import Configuration
from storage.database import open_database
from storage.hosts import HostState
from storage.incidents.standing import note_standing
from storage.overview import Overview, read_overview
from storage.plan.due import DuePage, read_due


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, times in UTC.")
@click.option("--due", "count", type=click.IntRange(min=0), default=0, help="List the next N pages, and why then.")
@click.pass_obj
def command(configuration: Configuration, *, as_json: bool, count: int) -> None:
    """Show pages, versions, changes, sites, what is due, the last runs and open incidents."""
    database = open_database(configuration.database_url)
    note_standing(configuration, database)
    overview = read_overview(database, configuration.clock.now())
    pages = read_due(database, count) if count else ()
    if as_json:
        values = asdict(overview) | ({"due_pages": [asdict(page) for page in pages]} if count else {})
        click.echo(json.dumps(values, ensure_ascii=False, indent=1, default=show_json))
    else:
        click.echo("\n".join([*describe(overview, configuration), *describe_due(pages, configuration)]))


def describe_due(pages: Sequence[DuePage], configuration: Configuration) -> list[str]:
    """The pages that are due next, with their reasons."""
    lines = [
        f"  {page.next_due_at.astimezone(configuration.zone):%Y-%m-%d %H:%M} {page.reason:<17} {page.url}"
        for page in pages
    ]
    return ["", "due next", *lines] if lines else []


def describe_hosts(hosts: Sequence[HostState], configuration: Configuration) -> list[str]:
    """How many hosts are well, and each that is not, with the end of its rest and its last trouble."""
    lines = []
    for host in hosts:
        until = f" until {host.until.astimezone(configuration.zone):%Y-%m-%d %H:%M}" if host.until else ""
        if host.state != "ok":
            lines.append(f"  {host.host} {host.state}{until}: {host.last_error}")
    return ["", f"hosts: {list_counts(Counter(host.state for host in hosts))}", *lines] if hosts else []


def list_counts(counts: Mapping[str, int]) -> str:
    """Counts with their names, the largest first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {name}" for name, count in ordered) or "none"


def show_json(value: object) -> str:
    """Times as all JSON has them."""
    return format_instant(value) if isinstance(value, datetime) else str(value)


def describe(overview: Overview, configuration: Configuration) -> list[str]:
    """The figures for a person, times in the operator's zone."""

    def local(instant: datetime | None) -> str:
        return f"{instant.astimezone(configuration.zone):%Y-%m-%d %H:%M}" if instant else "–"

    totals = (
        f"{overview.pages} pages, {overview.versions} versions, {overview.captures} captures, "
        f"{overview.changes} changes; {overview.due} pages due"
    )
    lines = [totals, f"due pages: {list_counts(overview.due_by_reason)}"]
    lines.append(f"due lists: {list_counts(Counter(one.reason for one in overview.due_lists))}")
    if overview.stale:
        lines.append(f"{overview.stale} pages have news that is not compared yet: replywatch compare")
    if overview.withheld:
        lines.append(f"{overview.withheld} pages are withheld from public views: replywatch withhold")
    lines += ["", f"{'site':<24} {'pages':>7} {'changes':>8} {'due':>6}  {'last visit':<16}  next"]
    lines += [
        f"{site.key:<24} {site.pages:>7} {site.changes:>8} {site.due:>6}  {local(site.last_visit_at):<16}  "
        f"{local(site.next_due_at)}"
        for site in overview.sites
    ]
    if overview.incidents:
        lines += ["", "incidents"]
    lines += [
        f"  {' '.join(filter(None, (incident.kind, incident.site, incident.subject)))} "
        f"since {local(incident.opened_at)}: {incident.detail}"
        for incident in overview.incidents
    ]
    lines += describe_hosts(overview.hosts, configuration)
    if overview.outbox:
        lines += ["", f"outbox: {list_counts(overview.outbox)}"]
    lines += ["", "last runs"]
    lines += [
        f"  {local(run.started_at)} {run.state:<11} "
        + " ".join(f"{name}={number}" for name, number in sorted(run.counts.items()))
        for run in overview.last_runs
    ] or ["  none yet: scrapy crawl replies"]
    return lines
