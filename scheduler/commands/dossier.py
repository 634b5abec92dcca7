"""``replywatch dossier``: chosen changes with their evidence as one ZIP file that opens offline."""

import sys
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import click
from tqdm import tqdm

from review.dossier import Frame
from review.dossier_file import Archive, PublishedRoot, write_dossier
from scheduler.commands.compare import compare_all
from scheduler.commands.since import Since
from scheduler.roots import read_root, write_proof
from storage.clock import format_instant
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.dossiers import find_hidden, list_chosen
from storage.inbox import Selection
from storage.records import ChangeKind
from storage.roots import prove_captures
from storage.sites import list_sites
from storage.verdicts import Verdict

MOST = 20_000  # changes; a list of more is no dossier, and its pages would not open in a browser
VERDICTS = {"any": None, "unread": Verdict.UNREAD} | {one.value: one for one in Verdict if one}


@click.command("dossier")
@click.argument("changes", nargs=-1, metavar="[CHANGE]…")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The ZIP file to write.")
@click.option("--since", type=Since(), help="Only changes detected since: 7d, a date, or a time with an offset.")
@click.option("--until", type=Since(), help="Only changes detected before that.")
@click.option("--site", default="", metavar="KEY", help="Only this site.")
@click.option("--region", default="", help="Only sites of this region.")
@click.option("--kind", type=click.Choice([one.value for one in ChangeKind]), help="Only this kind of change.")
@click.option("--score", type=click.FloatRange(0, 1), default=0.0, help="Only changes with this score or more.")
@click.option("--verdict", type=click.Choice(list(VERDICTS)), default="any", show_default=True, help="Only those.")
@click.option("--verdicts", "has_verdicts", is_flag=True, help="Say what reviewers said, with names and notes.")
@click.option("--wacz", is_flag=True, help="Add the archived pages as they were published: nothing is covered there.")
@click.option("--root", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Add a root, to check with.")
@click.option("--unmasked", is_flag=True, help="Keep clerks' telephone numbers and names in contact lines.")
@click.pass_obj
def command(  # noqa: PLR0913 - one argument an option
    configuration: Configuration,
    *,
    changes: tuple[str, ...],
    output: Path,
    since: datetime | None,
    until: datetime | None,
    site: str,
    region: str,
    kind: str | None,
    score: float,
    verdict: str,
    has_verdicts: bool,
    wacz: bool,
    root: Path | None,
    unmasked: bool,
) -> None:
    """Put changes, with both texts and the evidence, into one ZIP file whose pages open without a network.

    CHANGE is the id of a change, as in report --format json; without any, all that the options choose. What ignore
    rules hide is left out, unless its id is given; so are pages that are withheld. Compares first.
    """
    if str(output) == "-":
        raise click.UsageError("--output -: a dossier goes to a file")
    database = open_database(configuration.database_url)
    compare_all(configuration, database)
    check_site(database, site)
    selection = Selection(
        verdict=VERDICTS[verdict], site=site, region=region, kind=kind or "", min_score=score, since=since, until=until
    )
    ids = list_chosen(database, selection, changes, MOST)
    if missing := [one for one in changes if one not in ids]:
        raise click.UsageError(f"{missing[0]}: no such change, or the options leave it out")
    if len(ids) > MOST:
        raise click.UsageError(f"more than {MOST} changes: choose fewer, such as with --since or --score")
    hidden = set() if changes else find_hidden(database, ids)
    ids = [one for one in ids if one not in hidden]
    frame = Frame(
        made_at=configuration.clock.now(),
        timezone=configuration.timezone,
        selection=tell_selection(selection, verdict, len(changes)),
        hidden=len(hidden),
        is_masked=not unmasked,
        has_verdicts=has_verdicts,
    )
    published = read_published(database, root) if root else None
    output.parent.mkdir(parents=True, exist_ok=True)
    archive = Archive(directory=configuration.archive_dir, software=configuration.user_agent.split(" ")[0])
    steps = write_dossier(
        output,
        database,
        ids,
        frame,
        archive=archive if wacz else None,
        root=published,
    )
    for _ in tqdm(steps, total=len(ids), desc="dossier", disable=not sys.stderr.isatty()):
        pass
    click.echo(f"{output}: {len(ids)} changes")


def read_published(database: Database, path: Path) -> PublishedRoot:
    """A root's file, and how to prove that captures are in it.

    Raises:
        click.UsageError: it is no root; later, when it proves: the captures do not give it.
    """
    root = read_root(path)

    def prove(record_ids: Collection[str]) -> dict[str, bytes]:
        proofs = prove_captures(database, root, record_ids)
        if proofs is None:
            raise click.UsageError(f"{path}: the captures do not give this root; ask replywatch verify --root {path}")
        return {record_id: write_proof(proof).encode() for record_id, proof in proofs.items()}

    return PublishedRoot(path.read_bytes(), prove)


def check_site(database: Database, site: str) -> None:
    """Refuse a key that no site has: an empty dossier looks as if nothing had changed.

    Raises:
        click.UsageError: there is no such site.
    """
    with database.read() as session:
        known = list_sites(session)
    if site and site not in known:
        there = f"there are {', '.join(known)}" if known else "there are none yet"
        raise click.UsageError(f"--site {site}: no such site; {there}")


def tell_selection(selection: Selection, verdict: str, count: int) -> tuple[tuple[str, str], ...]:
    """How the changes were chosen, for the reader of the dossier."""
    values = {
        "changes": str(count) if count else "",
        "since": format_instant(selection.since) if selection.since else "",
        "until": format_instant(selection.until) if selection.until else "",
        "site": selection.site,
        "region": selection.region,
        "kind": selection.kind,
        "score": str(selection.min_score) if selection.min_score else "",
        "verdict": "" if selection.verdict is None else verdict,
    }
    return tuple((name, value) for name, value in values.items() if value)
