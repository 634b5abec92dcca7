"""How long the search takes in a million versions, on SQLite, and what the index costs: time and bytes a version.

Texts are made of words of two characters, some frequent and most rare, as language has them. A folder that is named is
kept, so that the questions can be asked again without filling it again.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from fastapi.testclient import TestClient
from sqlalchemy import insert, select, text

from review.web.application import create_application
from review.web.limits import Limiter
from storage.configuration import load_configuration
from storage.database import Database, open_database
from storage.search.index import count_waiting, index_versions
from storage.search.tables import WaitingRow
from storage.tables import CaptureRow, ColumnRow, PageRow, SiteRow, VersionRow
from tests.benchmarks.measurement import format_table, make_parser, run_main, save_figures
from tests.storage.world import MONDAY

EACH = 5  # versions a page
LENGTH = 60  # words a text
BATCH = 2_000  # pages a transaction
ROUNDS = 7
RARE, LOST = "量子纠缠", "专项整治"
QUESTIONS = {
    "rare word": {"q": RARE},
    "no such word": {"q": "魑魅魍魉"},
    "common word": {"q": "答复"},
    "one character": {"q": "复"},
    "one rare character": {"q": "纠"},
    "phrase in all": {"q": "现将办理情况答复如下"},
    "common grams, no such phrase": {"q": "如下答复情况"},
    "two common words": {"q": "答复 如下"},
    "a common word without another": {"q": "答复 -如下"},
    "number": {"q": "12345"},
    "deleted only": {"q": LOST, "fate": "vanished"},
    "deleted only, a word never deleted": {"q": "答复如下", "fate": "vanished"},
    "in the latest alone": {"q": "已完成", "fate": "appeared"},
    "in the title": {"q": "答复7777", "field": "title"},
    "between dates": {"q": "答复", "since": "2026-03-01", "until": "2026-03-02"},
    "outside dates": {"q": "答复", "until": "2025-03-02"},
}


def write_texts(dice: random.Random, pages: int) -> Iterator[list[str]]:
    """The versions of one page after another: each but the first differs from the one before it in some words."""
    characters = [chr(code) for code in dice.sample(range(0x4E00, 0x6E00), 3000)]
    words = ["".join(dice.choices(characters, k=2)) for _ in range(20_000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    pool = dice.choices(words, weights, k=1_000_000)
    for page in range(pages):
        start = dice.randrange(len(pool) - LENGTH)
        chosen = pool[start : start + LENGTH]
        versions = []
        for number in range(EACH):
            place = dice.randrange(LENGTH - 2)
            chosen[place : place + 2] = dice.choices(pool, k=2)
            added = [RARE] * (page % 10_000 == 0) + [LOST] * (page % 500 == 0 and number < EACH - 1)
            added += ["已完成"] * (page % 50 == 0 and number == EACH - 1)
            body = "".join([*chosen, *added])
            versions.append(f"现将办理情况答复如下：{body[:80]}，投入{page % 20_000}万元。\n{body[80:]}")
        yield versions


def fill(database: Database, versions: int) -> None:
    """Pages of some versions each, which wait for the index."""
    with database.write() as session:
        session.add(SiteRow(key="a", name="甲市人民政府"))
        session.flush()
        session.add(ColumnRow(id=1, site_key="a", key="c", kind="提案", name="c", url="http://a/"))
    texts = write_texts(random.Random(8), versions // EACH)  # noqa: S311 - not for secrets
    for start in range(1, versions // EACH + 1, BATCH):
        pages = range(start, min(start + BATCH, versions // EACH + 1))
        with database.write() as session:
            session.execute(insert(PageRow), [build_page(page) for page in pages])
            session.execute(insert(CaptureRow), [build_capture(page) for page in pages])
            rows = [build_version(page, number, words) for page in pages for number, words in enumerate(next(texts), 1)]
            session.execute(insert(VersionRow), rows)
    with database.write() as session:
        session.execute(insert(WaitingRow).from_select(["version_id"], select(VersionRow.id).order_by(VersionRow.id)))


def build_page(page: int) -> dict[str, object]:
    """A page's row."""
    at = {"first_seen_at": MONDAY, "next_due_at": MONDAY, "has_doubt": False, "is_stale": False}
    named = {"document_key": f"a/{page}", "url": f"http://a/{page}", "title": f"答复{page}"}
    return {"id": page, "site_key": "a", "column_id": 1, "version_number": EACH} | named | at


def build_capture(page: int) -> dict[str, object]:
    """The row of a page's capture."""
    told = {"outcome": "ok", "detail": "", "headers": [], "is_revisit": False, "captured_at": MONDAY, "role": "page"}
    return {"id": page, "record_id": f"urn:{page}", "page_id": page, "url": f"http://a/{page}"} | told


def build_version(page: int, number: int, words: str) -> dict[str, object]:
    """A version's row."""
    said = {"text": words, "document": {"title": f"关于{page}号提案的答复{page}", "kind": "reply"}}
    return {"page_id": page, "number": number, "capture_id": page, "cause": "content", "document_digest": ""} | said


def build_index(database: Database) -> dict[str, float]:
    """Fill the index; what that cost a version."""
    count, before, begun = count_waiting(database), count_bytes(database), time.perf_counter()
    slowest = 0.0
    step = begun
    for _ in index_versions(database):
        slowest, step = max(slowest, time.perf_counter() - step), time.perf_counter()
    took = time.perf_counter() - begun
    grown = count_bytes(database) - before
    return {"ms_a_version": took / count * 1e3, "bytes_a_version": grown / count, "longest_batch_s": slowest}


def count_bytes(database: Database) -> int:
    """The size of the database."""
    with database.read() as session:
        pages, size = (session.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size"))
        return int(pages * size)


def measure(client: TestClient, name: str, question: dict[str, str]) -> dict[str, float]:
    """The median of some rounds and the slowest, in milliseconds, and how many hits there were."""
    times, hits = [], 0
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = client.get(f"/search?{urlencode(question)}")
        times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, name
        hits = answer.text.count('<h2><a href="/pages/')
    return {"ms": statistics.median(times), "slowest_ms": max(times), "hits": hits}


def main() -> None:
    """Fill a database, unless it is there, and ask."""
    parser = make_parser("bench_search", __doc__, quick="50,000 versions", runs=ROUNDS, quick_runs=ROUNDS)
    parser.add_argument("--versions", type=int, default=0, help="versions (default 1000000, with --quick 50000)")
    parser.add_argument("--folder", type=Path, help="work here and leave the database")
    options = parser.read_options()
    versions = options.versions or (50_000 if options.quick else 1_000_000)
    index: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        is_new = not (folder / "search.sqlite3").exists()
        database = open_database(f"sqlite:///{folder}/search.sqlite3")
        if is_new:
            fill(database, versions)
        if count_waiting(database):
            index = build_index(database)
        application = create_application(load_configuration(environment={}, folder=folder), database)
        application.state.search_limit = Limiter(10**6, 10**6)
        with TestClient(application, base_url="http://127.0.0.1") as client:
            figures = {name: measure(client, name, question) for name, question in QUESTIONS.items()}
        database.close()
    rows = [(name, *(f"{figure:.1f}" for figure in found.values())) for name, found in figures.items()]
    sys.stdout.write(format_table((f"{versions:,} versions", "ms", "slowest", "hits"), rows) + "\n")
    sys.stdout.write("".join(f"{name}: {figure:.2f}\n" for name, figure in index.items()))
    save_figures(options, {"versions": versions, "index": index, "questions": figures})


if __name__ == "__main__":
    run_main(main)
