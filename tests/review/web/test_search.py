"""The search page: what it shows, keeps, refuses, and never tells."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from lxml import html

from review.web.application import create_application
from review.web.limits import Limiter
from review.web.search_form import LONGEST_QUERY
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.search.index import index_versions
from tests.storage.world import World

ENGLISH = {"Accept-Language": "en"}
MANY = 60


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A page that was edited, and many that were not."""
    opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('search')}/replywatch.sqlite3")
    world = World(opened)
    world.begin()
    page = world.add_page("1")
    world.visit(page, text="<script>alert(1)</script> 投入１００　万元。联系人：王芳 电话：13900001111")
    world.visit(page, text="<script>alert(2)</script> 投入二百万元。")
    for number in range(MANY):
        world.visit(world.add_page(f"n{number}"), text="公交")
    list(index_versions(opened))
    yield opened
    opened.close()


@pytest.fixture
def client(searched: Database, tmp_path: Path) -> Iterator[TestClient]:
    """A reader who has not asked yet."""
    application = create_application(Configuration(data_dir=tmp_path), searched, hosts=frozenset({"testserver"}))
    with TestClient(application, headers=ENGLISH) as opened:
        yield opened


def search(client: TestClient, query: str, **filters: str) -> html.HtmlElement:
    """The page for a query."""
    answer = client.get("/search", params={"q": query} | filters)
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def read_hits(page: html.HtmlElement) -> list[str]:
    """The addresses of the pages that were hit, an older version with its number."""
    return [str(link) for link in page.xpath("//ol[@class='hits']//h2/a/@href")]


def test_search_shows_where_words_stand(client: TestClient) -> None:
    """Marked as the text has them, escaped, beside the ways to compare; a query without a hit says so."""
    page = search(client, "投入100万元")
    assert page.xpath("//mark/text()") == ["１００　万元"] or page.xpath("//mark/text()") == ["投入１００　万元"]
    assert not page.xpath("//ol//script")
    assert "compare?from=1&to=2" in str(page.xpath("//ol//a/@href"))
    assert "Nothing found" in search(client, "丙丁").text_content()


def test_what_is_covered_is_not_told(client: TestClient) -> None:
    """A number or a name that the room covers has no hit, nor has a query that says it must be absent fewer."""
    assert read_hits(search(client, "13900001111")) == []
    assert read_hits(search(client, "王芳")) == []
    assert read_hits(search(client, "投入100万元 -13900001111")) == ["/pages/1?version=1"]
    assert "1111" not in search(client, "投入100万元").text_content()


def test_filters_are_kept_in_the_url(client: TestClient) -> None:
    """What follows is asked with the same words and filters, and shows what was not shown."""
    filters = {"site": "jia", "column": "1", "kind": "other", "field": "text", "since": "2026-01-01"}
    page = search(client, "公交", **filters)
    assert len(read_hits(page)) == 50
    following = urlsplit(page.xpath("//a[@rel='next']/@href")[0])
    kept = {name: values[0] for name, values in parse_qs(following.query).items()}
    assert kept.pop("before").isdecimal()
    assert kept == {"q": "公交"} | filters
    rest = html.fromstring(client.get(f"/search?{following.query}").text)
    assert len(read_hits(rest)) == MANY - 50
    assert not set(read_hits(rest)) & set(read_hits(page))
    assert read_hits(search(client, "100万", has="1", lacks="2")) == ["/pages/1?version=1"]
    assert read_hits(search(client, "万元", has="1", lacks="2")) == []
    assert read_hits(search(client, "投入", page="1")) == ["/pages/1", "/pages/1?version=1"]
    assert "关于1" in search(client, "投入", page="1").text_content()
    chosen = page.xpath("//option[@selected]/@value")
    assert {"jia", "1", "other", "text"} <= set(chosen)
    assert read_hits(search(client, "投入", fate="vanished")) == []
    assert read_hits(search(client, "100万", fate="vanished")) == ["/pages/1?version=1"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("  ", "Type the words"),
        ("-公交", "without -"),
        ("公" * (LONGEST_QUERY + 1), "too long"),
        ("公" * 201, "too long"),
        ("公 " * 11, "Too many words"),
    ],
)
def test_a_query_that_cannot_be_looked_for_says_why(client: TestClient, query: str, said: str) -> None:
    """What is wrong, in words; nothing is cut off in silence."""
    answer = client.get("/search", params={"q": query})
    assert answer.status_code == 422
    assert said in html.fromstring(answer.text).xpath("string(//*[@role='status'])")


def test_values_that_no_database_holds_do_no_harm(client: TestClient) -> None:
    """A cursor of any length, a column that is none, dates out of reach."""
    assert client.get("/search").status_code == 200
    odd = {"before": "9" * 5000, "column": "x", "since": "9999-12-31", "until": "0001-01-01", "fate": "?", "field": "?"}
    odd |= {"page": "9" * 5000, "has": "9" * 5000, "lacks": "x"}
    assert client.get("/search", params={"q": "公交"} | odd).status_code == 200


def test_who_asks_too_often_has_to_wait(client: TestClient) -> None:
    """After so many searches the answer is 429 with the time to wait; looking at the empty form is no search."""
    client.app.state.search_limit = Limiter(burst=2, rate=0.001)  # type: ignore[attr-defined]
    assert [client.get("/search", params={"q": "公交"}).status_code for _ in range(2)] == [200, 200]
    refused = client.get("/search", params={"q": "公交"})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert "try again" in refused.text
    assert client.get("/search").status_code == 200
