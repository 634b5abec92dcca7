"""What a crawl costs, against what users have without this project.

    python -m tests.benchmarks.bench_crawl [--quick] [--runs N] [--pages N] [--json FILE] [CASE …]

Everything runs in turn in one go, on one server of unchanging pages: ``scrapy crawl replies`` with a real archive and
SQLite, a bare Scrapy spider with default settings that does nothing with the pages, and a spider that calls trafilatura
in its callback. The main figure is the CPU of the crawling process, user and system, its children included, less what
it costs to start and, of a round, to walk the lists, which the others do not (given apart); figures are medians. A
ratio is that of what a core does in a second.
"""

import argparse
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.fast_server import FastServer, run_server
from tests.benchmarks.measurement import Cost, RunError, format_table, measure_command, take_median

Figures = dict[str, dict[str, float]]

HOSTS = 16
FIRST, LATER = "2026-03-02T09:00:00+08:00", "2026-03-05T09:00:00+08:00"
SCRAPY = str(Path(sys.executable).with_name("scrapy"))
UNARCHIVED = "tests.benchmarks.unarchived"
WITHOUT_WRITING = {
    f"{UNARCHIVED}.UnarchivedPipeline": 100,
    "crawler.pipelines.ExtractPipeline": 200,
    "crawler.pipelines.RecordPipeline": 300,
}
WITHOUT_CAPTURE = dict.fromkeys(("http", "https"), f"{UNARCHIVED}.PlainDownloadHandler")


@dataclass(frozen=True, slots=True)
class Variant:
    """One command under measurement. ``mode`` is the server's, ``expected`` the outcomes of all its pages."""

    name: str
    mode: str
    words: tuple[str, ...] = ()
    expected: str = ""
    is_first: bool = False
    other: str = ""


OURS_304 = Variant("304, ours", "conditional", expected="not_modified")
OURS_200 = Variant("200 same, ours", "plain", expected="ok")
NOISE = Variant("noise, ours", "noise", expected="ok")
EDITED = Variant("edited, ours", "edited", expected="ok")
UNWRITTEN = Variant(
    "200 same, nothing written", "plain", ("-s", f"ITEM_PIPELINES={json.dumps(WITHOUT_WRITING)}"), expected="ok"
)
UNCAPTURED = Variant(
    "200 same, nothing captured",
    "plain",
    (*UNWRITTEN.words, "-s", f"DOWNLOAD_HANDLERS={json.dumps(WITHOUT_CAPTURE)}"),
    expected="ok",
)
NEW = Variant("first crawl, ours", "plain", expected="ok", is_first=True)
NEW_UNWRITTEN = Variant("first crawl, nothing written", "plain", UNWRITTEN.words, expected="ok", is_first=True)
BARE_200 = Variant("200, bare Scrapy", "plain", other="bare")
BARE_304 = Variant("304, bare Scrapy", "spared", other="bare")
TRAFILATURA = Variant("first crawl, trafilatura", "plain", other="trafilatura")
CASES = {
    "unchanged": (BARE_200, BARE_304, OURS_304, OURS_200),
    "noise": (NOISE,),
    "edited": (EDITED,),
    "archive": (UNWRITTEN, UNCAPTURED),
    "first": (TRAFILATURA, NEW, NEW_UNWRITTEN),
}


@dataclass(slots=True)
class Bench:
    """Runs variants against a server in a folder; ``pages`` a round, ``new_pages`` in a first crawl."""

    server: FastServer
    folder: Path
    pages: int
    new_pages: int
    costs: dict[str, list[Cost]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, dict[str, float]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Seeds, lists of addresses, and the state after a first crawl, from which each round starts."""
        share = self.pages // HOSTS
        for name, ports in (("seeds", self.server.ports), ("none", self.server.ports[:1])):
            folder = self.folder / name
            folder.mkdir()
            for place, port in enumerate(ports):
                path = "robots.txt" if name == "none" else "jyta/list.html"
                (folder / f"site{place:02d}.toml").write_text(write_seed(place, port, path), encoding="utf-8")
        (self.folder / "urls.txt").write_text("\n".join(self.server.urls), encoding="utf-8")
        (self.folder / "few-urls.txt").write_text("\n".join(self.server.urls[: self.new_pages]), encoding="utf-8")
        (self.folder / "no-urls.txt").write_text("", encoding="utf-8")
        self.server.set_mode("plain")
        log = self.folder / "prepare.log"
        measure_command((SCRAPY, "crawl", "replies"), self.environment("base", FIRST), log)
        self.expect_outcomes(self.folder / "base", "ok", share * HOSTS, log)

    def environment(self, data: str, now: str, seeds: str = "seeds") -> dict[str, str]:
        """The environment of one of our crawls."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLYWATCH_")}
        return kept | {
            "REPLYWATCH_DATA_DIR": str(self.folder / data),
            "REPLYWATCH_SEEDS_DIR": str(self.folder / seeds),
            "REPLYWATCH_CONTACT": "bench@example.org",
            "REPLYWATCH_ALLOW_PRIVATE_HOSTS": "true",
            "REPLYWATCH_NOW": now,
            "PYTHONUTF8": "1",
        }

    def measure_start(self) -> None:
        """What each program costs without pages."""
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        environment = self.environment("data", FIRST)
        for kind in ("bare", "trafilatura"):
            self._note(f"start {kind}", self._run_other(kind, "no-urls.txt", environment))
        environment = self.environment("data", FIRST, "none")
        self._note("start ours", measure_command((SCRAPY, "crawl", "replies"), environment, self.folder / "run.log"))
        shutil.rmtree(data)
        shutil.copytree(self.folder / "base", data)
        self.server.set_mode("plain")
        lists = (SCRAPY, "crawl", "replies", "-a", "recheck=none")
        self._note("lists ours", measure_command(lists, self.environment("data", LATER), self.folder / "run.log"))

    def measure(self, variant: Variant) -> None:
        """One run of a variant, checked for having done what it should."""
        data, log = self.folder / "data", self.folder / "run.log"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        if not (variant.other or variant.is_first):
            shutil.copytree(self.folder / "base", data, dirs_exist_ok=True)
        self.server.set_mode(variant.mode)
        if variant.other:
            urls = "few-urls.txt" if variant.other == "trafilatura" else "urls.txt"
            self._note(variant.name, self._run_other(variant.other, urls, self.environment("data", FIRST)))
            return
        before = read_sizes(data)
        environment = self.environment("data", FIRST if variant.is_first else LATER)
        limit = ("-a", f"limit={self.new_pages}") if variant.is_first else ()
        cost = measure_command((SCRAPY, "crawl", "replies", *limit, *variant.words), environment, log)
        self._note(variant.name, cost)
        count = self.new_pages if variant.is_first else self.pages
        versions = self.expect_outcomes(data, variant.expected, count, log)
        if variant.mode != "edited" and versions != count:
            raise RunError(f"{variant.name}: {versions} versions of {count} pages", log)
        after = read_sizes(data)
        self.sizes[variant.name] = {key: (after[key] - before.get(key, 0)) / count for key in after}

    def expect_outcomes(self, data: Path, outcome: str, count: int, log: Path) -> int:
        """Hold the last run's captures of pages against what they should be; gives the number of versions.

        Raises:
            RunError: it was something else.
        """
        with closing(sqlite3.connect(data / "replywatch.sqlite3")) as connection:
            query = "SELECT outcome, count(*) FROM captures WHERE role = 'page' AND run_id = (SELECT max(id) FROM runs)"
            seen = dict(connection.execute(query + " GROUP BY outcome").fetchall())
            versions = connection.execute("SELECT count(*) FROM versions").fetchone()[0]
        if seen != {outcome: count}:
            raise RunError(f"expected {count} {outcome}, saw {seen}", log)
        return int(versions)

    def _run_other(self, kind: str, urls: str, environment: dict[str, str]) -> Cost:
        database = self.folder / "other.sqlite3"
        database.unlink(missing_ok=True)
        words = (sys.executable, "-m", "tests.benchmarks.other_spiders", kind, str(self.folder / urls), str(database))
        return measure_command(words, environment, self.folder / "run.log")

    def _note(self, name: str, cost: Cost) -> None:
        self.costs[name].append(cost)
        sys.stderr.write(f"{name}: {cost.cpu:.2f} s CPU, {cost.wall:.2f} s\n")


def write_seed(place: int, port: int, path: str) -> str:
    """A site of one host and one list, without a delay."""
    return (
        f'key = "site{place:02d}"\nname = "第{place}市"\nhosts = ["127.0.0.1:{port}"]\ncms = "generic"\ndelay = 0\n'
        f'[[columns]]\nkind = "提案"\nname = "政协提案答复"\nurl = "http://127.0.0.1:{port}/{path}"\n'
    )


def read_sizes(data: Path) -> dict[str, float]:
    """Bytes of the archive, of the database, and of each of its tables with its indexes."""
    archive = sum(path.stat().st_size for path in (data / "archive").glob("*"))
    sizes: dict[str, float] = {"archive": archive}
    database = data / "replywatch.sqlite3"
    if not database.exists():
        return sizes
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes["database"] = database.stat().st_size
        try:
            rows = connection.execute("SELECT name, sum(payload) FROM dbstat GROUP BY name").fetchall()
        except sqlite3.OperationalError:  # this SQLite was built without the table of its own pages
            rows = []
        sizes |= {f"db {name}": payload for name, payload in rows if not name.startswith("sqlite_schema")}
    return sizes


def run_benchmark(bench: Bench, variants: Sequence[Variant], runs: int) -> None:
    """Every variant in turn, so many times, so that a slow minute of the machine hits all."""
    bench.prepare()
    for _ in range(runs):
        bench.measure_start()
        for variant in variants:
            bench.measure(variant)


def summarize(bench: Bench, variants: Sequence[Variant]) -> Figures:
    """For each variant what a page costs, in milliseconds, and how many a second a core does.

    Of a round, the lists and robots.txt are taken off with the start, which others do not fetch; ``_with_start`` has
    everything.
    """
    kinds = ("ours", "bare", "trafilatura")
    starts = {kind: take_median(bench.costs[f"start {kind}"]).cpu for kind in kinds}
    lists = take_median(bench.costs["lists ours"]).cpu
    figures: Figures = {}
    for variant in variants:
        cost = take_median(bench.costs[variant.name])
        count = bench.new_pages if variant.is_first or variant.other == "trafilatura" else bench.pages
        start = starts[variant.other] if variant.other else starts["ours"] if variant.is_first else lists
        net = cost.cpu - start
        figures[variant.name] = {
            "pages": count,
            "cpu_ms_a_page": net / count * 1000,
            "cpu_ms_a_page_with_start": cost.cpu / count * 1000,
            "start_cpu_s": start,
            "pages_a_second_a_core": count / net,
            "wall_pages_a_second": count / cost.wall,
            "memory_mb": cost.memory,
        }
    return figures


@dataclass(frozen=True, slots=True)
class Comparison:
    """A ratio of two variants' figures, or one variant's figure, and the target that it is to meet."""

    name: str
    target: str
    read: Callable[[Figures], float]


def compare_rates(mine: Variant, theirs: Variant, key: str = "pages_a_second_a_core") -> Callable[[Figures], float]:
    """The ratio of two rates."""
    return lambda figures: figures[mine.name][key] / figures[theirs.name][key]


COMPARISONS = (
    Comparison("304 against bare Scrapy (200)", ">= 1.7", compare_rates(OURS_304, BARE_200)),
    Comparison("304 against bare Scrapy answered 304", "", compare_rates(OURS_304, BARE_304)),
    Comparison("200 same against bare Scrapy (200)", ">= 1.4", compare_rates(OURS_200, BARE_200)),
    Comparison("noise, CPU ms a page", "<= 6", lambda figures: figures[NOISE.name]["cpu_ms_a_page"]),
    Comparison("first crawl against trafilatura, wall", ">= 5", compare_rates(NEW, TRAFILATURA, "wall_pages_a_second")),
    Comparison("first crawl against trafilatura, CPU", "", compare_rates(NEW, TRAFILATURA)),
    Comparison(
        "writing the archive, CPU ms a page (200 same)",
        "",
        lambda figures: figures[OURS_200.name]["cpu_ms_a_page"] - figures[UNWRITTEN.name]["cpu_ms_a_page"],
    ),
    Comparison(
        "capturing the wire, CPU ms a page (200 same)",
        "",
        lambda figures: figures[UNWRITTEN.name]["cpu_ms_a_page"] - figures[UNCAPTURED.name]["cpu_ms_a_page"],
    ),
    Comparison(
        "writing the archive, CPU ms a page (new)",
        "",
        lambda figures: figures[NEW.name]["cpu_ms_a_page"] - figures[NEW_UNWRITTEN.name]["cpu_ms_a_page"],
    ),
)


def compare_figures(figures: Figures) -> Iterator[tuple[Comparison, float]]:
    """Those comparisons whose variants were measured."""
    for comparison in COMPARISONS:
        try:
            yield comparison, comparison.read(figures)
        except KeyError:
            continue


def tell_figures(bench: Bench, figures: Figures) -> None:
    """Print the tables."""
    heads = ("", "CPU ms/page", "with start", "pages/s/core", "pages/s wall", "MB")
    keys = ("cpu_ms_a_page", "cpu_ms_a_page_with_start", "pages_a_second_a_core", "wall_pages_a_second", "memory_mb")
    rows = [(name, *(f"{values[key]:.2f}" for key in keys)) for name, values in figures.items()]
    compared = [(each.name, f"{value:.2f}", each.target) for each, value in compare_figures(figures)]
    sizes = [
        (name, f"{size['archive']:.0f}", f"{size.get('database', 0):.0f}", name_largest(size))
        for name, size in bench.sizes.items()
    ]
    for table in (
        format_table(heads, rows),
        format_table(("", "figure", "target"), compared),
        format_table(("bytes a visit", "archive", "database", "where in the database"), sizes),
    ):
        sys.stdout.write(table + "\n\n")


def name_largest(size: dict[str, float]) -> str:
    """The tables and indexes that grew most."""
    parts = sorted(((value, key[3:]) for key, value in size.items() if key.startswith("db ")), reverse=True)
    return ", ".join(f"{name} {value:.0f}" for value, name in parts[:7] if value >= 1)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_crawl", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; all without")
    parser.add_argument("--quick", action="store_true", help="fewer pages and runs")
    parser.add_argument("--runs", type=int, default=0, help="runs of each (default 5, with --quick 3)")
    parser.add_argument("--pages", type=int, default=0, help="pages a round (default 1600, with --quick 640)")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--folder", type=Path, help="work here and leave everything")
    options = parser.parse_args()
    pages = (options.pages or (640 if options.quick else 1600)) // HOSTS * HOSTS
    runs = options.runs or (3 if options.quick else 5)
    variants = [variant for case in options.cases or CASES for variant in CASES[case]]
    with tempfile.TemporaryDirectory() as temporary, run_server(pages, HOSTS) as server:
        folder = options.folder or Path(temporary)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        bench = Bench(server, folder, pages, new_pages=pages // 2 // HOSTS * HOSTS)
        run_benchmark(bench, variants, runs)
        figures = summarize(bench, variants)
        tell_figures(bench, figures)
        if options.json:
            compared = {each.name: {"figure": value, "target": each.target} for each, value in compare_figures(figures)}
            costs = {name: [[cost.cpu, cost.wall, cost.memory] for cost in runs] for name, runs in bench.costs.items()}
            values = {"figures": figures, "comparisons": compared, "bytes": bench.sizes, "runs": costs}
            options.json.write_text(json.dumps(values, indent=1), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except RunError as error:
        sys.stderr.write(f"{error}\n{error.log.read_text(errors='replace')[-3000:] if error.log.exists() else ''}")
        sys.exit(1)
