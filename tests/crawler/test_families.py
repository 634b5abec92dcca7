"""``scrapy crawl replies`` over a replica of every family at once, and over lists that set the traps known of them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.reader import choose_family
from tests.site.answers import Request
from tests.site.audit import audit_report
from tests.site.families.catalog import PORTALS, build_site, build_twins
from tests.site.families.crawls import DELAY, DELAYS, MONDAY, WEEK, Round, begin_round, tell_week
from tests.site.families.traps import Traps
from tests.site.manners import count_concurrent, list_gaps
from tests.site.model import Article

FAMILIES = ("zhengzhou", *PORTALS)
# One of each template of articles, and of each way in which the numbers of pages move when replies are added.
REVISITED = ("zhengzhou", "trs-editor", "ucap-json", "hanweb", "jpaas", "vsb", "sudy", "gkmlpt", "anhui", "generic")
REPLIES, ROWS = 47, 12  # of each family, on a page
LATER = 2  # replies published in the week that follows
FEWER, FEWER_ROWS = 23, 6  # of each trap: four pages


@dataclass(frozen=True, slots=True)
class Case:
    """A list with a trap: its family, how many of its rows can be found, and what the walk says when it is partial."""

    family: str
    traps: Traps
    served: int = FEWER
    reason: str = ""
    rows: int = FEWER_ROWS


CASES = {
    "declared-and-gone": Case("trs", Traps(missing_from=3), 12, r"page 3: gone; page 4: gone; 2 of 4 declared pages"),
    "declared-and-gone-ucap": Case("ucap", Traps(missing_from=4), 18, r"page 4: gone"),
    "one-page-fails": Case("trs", Traps(broken=2), 17, r"page 2: server_error"),
    "stubs": Case("trs", Traps(stubs_from=3), 12, r"page 3: stub"),
    "shells": Case("numbered", Traps(shells_from=3), 12, r"page 3: stub"),
    "stubs-uncounted": Case("unlinked", Traps(stubs_from=3), 12, r"page 3: stub"),
    "stubs-of-a-service": Case("anhui", Traps(shells_from=3), 12, r"page 3: stub"),
    "stubs-of-a-proxy": Case("hanweb", Traps(stubs_from=5), 12, r"page 3: stub", rows=3),
    "notices": Case("trs", Traps(notices_from=3), 12, r"page 3: gone_soft"),
    "empty-frames": Case("trs", Traps(empties_from=3), 12, r"page 3: stub"),
    "blocked": Case("trs", Traps(blocked_from=3), 12, r"page 3: blocked"),
    "page-ignored": Case("numbered", Traps(is_page_ignored=True), 6, r"page 2: repeats page 1"),
    "page-ignored-service": Case("ucap-json", Traps(is_page_ignored=True), 6, r"page 2: repeats page 1"),
    "page-ignored-uncounted": Case("unlinked", Traps(is_page_ignored=True), 12, r"page 2: repeats page 1", rows=12),
    "capped-and-counted": Case("ucap", Traps(cap=2), 12, r"12 of 23 declared rows"),
    "capped-in-words": Case("numbered", Traps(cap=2, is_counting=True), 12, r"12 of 23 declared rows"),
    "capped-in-silence": Case("trs", Traps(cap=2), 12),
    "pinned": Case("trs", Traps(pinned=3)),
    "pinned-vsb": Case("vsb", Traps(pinned=3)),
    "pinned-service": Case("gkmlpt", Traps(pinned=3)),
    "pinned-jpaas": Case("jpaas", Traps(pinned=3)),
    "readings": Case("trs-hunan", Traps(has_readings=True)),
    "readings-table": Case("numbered", Traps(has_readings=True)),
    "cut": Case("trs", Traps(is_title_cut=True)),
    "cut-sudy": Case("sudy", Traps(is_title_cut=True)),
    "doubled": Case("trs", Traps(is_doubled=True)),
    "doubled-generic": Case("generic", Traps(is_doubled=True)),
    "glued": Case("ucap", Traps(is_meta_glued=True)),
    "all-at-once": Case(
        "trs",
        Traps(pinned=2, has_readings=True, is_title_cut=True, is_doubled=True, is_meta_glued=True, missing_from=4),
        20,
        r"page 4: gone",
    ),
    "undated": Case("numbered", Traps(is_undated=True)),
    "redirected": Case("trs", Traps(is_redirected=True)),
    "clamped": Case("unlinked", Traps(is_clamped=True)),
    "endless": Case("calendar", Traps()),
}


TRAPPED_AGAIN = ("declared-and-gone", "stubs", "page-ignored", "capped-in-silence", "capped-and-counted", "pinned")


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    """Every family, crawled at once."""
    built = {name: build_site(name, count=REPLIES, page_size=ROWS, later=LATER, day=WEEK) for name in FAMILIES}
    with ExitStack() as stack:
        yield begin_round(stack, built, tmp_path_factory.mktemp("families"))


@pytest.fixture(scope="module")
def report(families: Round) -> list[dict[str, Any]]:
    """The changes told after a week in which every site published two replies."""
    return tell_week(families, REVISITED)


@pytest.fixture(scope="module")
def trapped_report(trapped: Round) -> list[dict[str, Any]]:
    """The same of some lists that set traps."""
    return tell_week(trapped, TRAPPED_AGAIN)


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    """Every trap, crawled at once."""
    built = {
        name: build_site(
            case.family, count=FEWER, page_size=case.rows, traps=case.traps, key=name, later=LATER, day=WEEK
        )
        for name, case in CASES.items()
    }
    with ExitStack() as stack:
        yield begin_round(stack, built | {"twins": build_twins(FEWER, FEWER_ROWS)}, tmp_path_factory.mktemp("traps"))


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_reply_is_found_once(families: Round, name: str) -> None:
    """None missed, none invented, none twice; the list's titles are whole, and the walk says that it was complete."""
    crawled = families.crawled[name]
    assert Counter(crawled.found) == Counter((url, article.title) for url, article in crawled.published.items())
    (walk,) = crawled.walks
    assert (walk.is_complete, walk.is_full, walk.row_count, walk.reason) == (True, True, REPLIES, "")
    assert walk.declared_pages in (None, walk.served_pages)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_reply_is_read_as_published(families: Round, name: str) -> None:
    """Title, text, day and attachments of every article equal what was published, in every family's template."""
    crawled = families.crawled[name]
    told = {
        url: (read["title"], read["text"], read["published_at"][:10], [file["name"] for file in read["attachments"]])
        for url, read in crawled.documents.items()
    }
    assert told == {
        url: (article.title, article.text, article.published_on, [file.title for file in article.files])
        for url, article in crawled.published.items()
    }
    assert len(crawled.files) == sum(len(article.files) for article in crawled.published.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_host_is_visited_politely(families: Round, name: str) -> None:
    """One request at a time, the delay between any two, no address asked twice, robots.txt first; nothing missing."""
    log = families.crawled[name].log
    assert count_concurrent(log) == 1
    assert min(list_gaps(log)) >= DELAYS.get(name, DELAY) / 2  # by the clock of a server that has to wait for its turn
    assert max(Counter(seen.target for seen in log).values()) == 1
    assert log[0].target == "/robots.txt"
    assert {seen.status for seen in log} == {200}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_traps_lose_and_invent_nothing(trapped: Round, name: str) -> None:
    """Whatever a served page lists is found once with its whole title, and what was not served is told."""
    crawled, case = trapped.crawled[name], CASES[name]
    served = list_served(crawled.published, case)
    assert Counter(crawled.found) == Counter((url, article.title) for url, article in served.items())
    (walk,) = crawled.walks
    assert (walk.is_complete, walk.row_count) == (not case.reason, len(served))
    assert re.match(case.reason or "$", walk.reason), walk.reason
    told = {url: (read["title"], read["text"]) for url, read in crawled.documents.items()}
    assert told == {url: (article.title, article.text) for url, article in served.items()}


def list_served(published: Mapping[str, Article], case: Case) -> dict[str, Article]:
    """The replies on the list's served pages: the first ones but for a broken page's, and the pinned ones."""
    rows, pinned = list(published.items()), case.traps.pinned
    if case.traps.broken:
        end = case.traps.broken * FEWER_ROWS
        return dict(rows[: end - FEWER_ROWS] + rows[end:])
    return dict(rows[: case.served - pinned] + rows[len(rows) - pinned :])


@pytest.mark.slow
@pytest.mark.parametrize("name", REVISITED)
def test_a_week_later_only_new_replies_are_told(families: Round, report: list[dict[str, Any]], name: str) -> None:
    """Counters, neighbours and shifted pages are no news in any family's template."""
    site = families.sites[name]
    told = [change for change in report if change["site"] == name]
    audit = audit_report(told, site.expected_events((0, WEEK)), first_day=MONDAY.date())
    assert (audit.missed, audit.false, len(audit.found)) == ((), (), LATER)


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAPPED_AGAIN)
def test_rows_beyond_the_served_pages_are_not_called_removed(trapped_report: list[dict[str, Any]], name: str) -> None:
    """Two new replies push two old ones off the last page that is served: nothing but the new ones is told."""
    told = [(change["kind"], change["baseline"]) for change in trapped_report if change["site"] == name]
    assert {kind for kind, _ in told} == {"new"}
    if not CASES[name].reason:  # a list that was never whole has no baseline yet
        assert told.count(("new", False)) == LATER


@pytest.mark.slow
def test_one_reply_in_two_columns_is_one_document(trapped: Round) -> None:
    """Two columns that list the same ids in folders of their own: each reply is fetched once, both walks are whole."""
    crawled = trapped.crawled["twins"]
    assert len(crawled.found) == len(crawled.documents) == FEWER
    assert sum("/t20" in seen.target for seen in crawled.log) == FEWER
    assert [(walk.is_complete, walk.row_count) for walk in crawled.walks] == [(True, FEWER)] * 2


@pytest.mark.parametrize("name", FAMILIES)
def test_family_is_recognised(name: str) -> None:
    """The first list page alone tells the family."""
    site = build_site(name, count=REPLIES, page_size=ROWS)
    address = site.family.place_list(site.plan.columns[0].code)
    parts = urlsplit(address)
    answer = site.respond(Request(method="GET", path=parts.path, query=dict(parse_qsl(parts.query)), headers={}))
    url = f"http://127.0.0.1:8000{address}"
    source = ListSource(url=url, text=answer.body.decode(), requested=PageRequest(url=url, number=1))
    assert choose_family(source).name == site.family.cms
