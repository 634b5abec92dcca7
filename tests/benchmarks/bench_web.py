"""How long inbox and change page take over a hundred thousand changes and a million versions, on SQLite.

The rows are written by SQL; each page is asked for several times and the median printed.
"""
# ruff: noqa: S608 - the numbers in the statements are our own

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import text

from review.web.application import create_application
from storage.clock import format_instant
from storage.configuration import load_configuration
from storage.database import Database, open_database
from tests.benchmarks.measurement import format_table, make_parser, run_main, save_figures

EACH = 10  # versions a page; a change for each page
START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 20_000
ROUNDS = 7
PATHS = (
    "/",
    "/?verdict=any",
    "/?order=time",
    "/?verdict=any&order=time",
    "/?site=a&verdict=routine",
    "/?region=甲&kind=text&min_score=0.3",
    "/?verdict=any&kind=gone",
    "/changes/c500",
    "/changes/c501?verdict=any&order=time",
)


def fill(database: Database, versions: int) -> None:
    """Pages of ten versions each, and changes between their last two; nine in ten have a verdict."""
    pages = versions // EACH
    at = "2026-01-01 00:00:00.000000"
    with database.write() as session:
        session.execute(text("INSERT INTO sites (key, name, region) VALUES ('a', '甲市人民政府', '甲')"))
        session.execute(
            text("INSERT INTO columns (id, site_key, key, kind, name, url) VALUES (1,'a','c','提案','c','http://a/')")
        )
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {pages})"
        session.execute(
            text(
                "INSERT INTO pages (id, document_key, url, site_key, column_id, title, first_seen_at, next_due_at, "
                f"has_doubt, is_stale) {numbers} SELECT i, 'a/' || i, 'http://a/' || i, 'a', 1, '答复' || i, '{at}', "
                f"'{at}', 0, 0 FROM n"
            )
        )
        session.execute(
            text(
                "INSERT INTO captures (id, record_id, page_id, column_id, role, url, captured_at, outcome, detail, "
                "headers, "
                f"is_revisit, version_number) {numbers} SELECT i, 'urn:' || i, i, 1, 'page', 'x', "
                f"'{at}', 'ok', '', '[]', 0, 10 FROM n"
            )
        )
        words = "答复如下：投入资金100万元。" * 20
        session.execute(
            text(
                "INSERT INTO versions (page_id, number, capture_id, cause, document_digest, text, document) "
                f"{numbers.replace(str(pages), str(versions))} SELECT (i - 1) / 10 + 1, (i - 1) % 10 + 1, "
                "(i - 1) / 10 + 1, 'content', i, :words, '{}' FROM n"
            ),
            {"words": words},
        )
        for start in range(0, pages, BATCH):
            session.execute(
                text(INSERT), [build_row(number, pages) for number in range(start, min(start + BATCH, pages))]
            )


INSERT = (
    "INSERT INTO changes (id, page_id, site_key, kind, detected_at, score, is_baseline, content, group_key, verdict, "
    "assignee) VALUES (:id, :page, 'a', 'text', :at, :score, 0, json(:content), '', :verdict, '')"
)


def build_row(number: int, pages: int) -> dict[str, object]:
    """A change of a page."""
    moment = START + timedelta(minutes=number)
    page, score = number % pages + 1, number * 7919 % 1000 / 1000
    content = (
        f'{{"id": "c{number}", "document_key": "a/{page}", "url": "http://a/{page}", "site": "a", "column": "c", '
        f'"title": "答复{page}", "kind": "text", "detected_at": "{format_instant(moment)}", "record_id": "urn:{page}", '
        f'"from_version": 9, "to_version": 10, "difference": {{"changed": true, "kinds": ["text"], "score": {score}}}}}'
    )
    at = moment.strftime("%Y-%m-%d %H:%M:%S.%f")
    verdict = "" if number % 10 == 0 else "routine"
    return {"id": f"c{number}", "page": page, "at": at, "score": score, "content": content, "verdict": verdict}


def measure(client: TestClient, path: str) -> tuple[float, float]:
    """The median of some rounds and the slowest, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, path
    return statistics.median(times), max(times)


def main() -> None:
    """Fill a database and ask for pages."""
    parser = make_parser("bench_web", __doc__, quick="100,000 versions", runs=ROUNDS, quick_runs=ROUNDS)
    parser.add_argument("--versions", type=int, default=0, help="versions (default 1000000, with --quick 100000)")
    options = parser.read_options()
    versions = options.versions or (100_000 if options.quick else 1_000_000)
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/room.sqlite3")
        fill(database, versions)
        application = create_application(load_configuration(environment={}, folder=Path(folder)), database)
        deep = f"0.5~{format_instant(START + timedelta(days=30))}~c1"
        with TestClient(application, base_url="http://127.0.0.1") as client:
            for path in (*PATHS, f"/?verdict=any&after={deep}"):
                figures[path] = measure(client, path)
        database.close()
    rows = [(path, f"{usual:.1f}", f"{most:.1f}") for path, (usual, most) in figures.items()]
    sys.stdout.write(format_table((f"{versions:,} versions", "ms", "slowest"), rows) + "\n")
    save_figures(options, {"versions": versions, "milliseconds": figures})


if __name__ == "__main__":
    run_main(main)
