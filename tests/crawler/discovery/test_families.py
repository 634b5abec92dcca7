"""Every family: recognised from its pages, and each reply found exactly once with its whole title and date."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

import pytest

from crawler.discovery.listing import ListSource
from crawler.discovery.reader import BY_NAME, UnknownFamilyError, choose_family, read_list
from crawler.discovery.urls import document_key
from seeds.models import CMS_NAMES

Sites = Mapping[str, Callable[[int, int], Any]]
NAMES = (
    *("zhengzhou", "trs", "trs-comment", "trs-chongqing", "trs-count", "trs-hunan", "ucap", "ucap-json", "hanweb"),
    *("jpaas", "vsb", "gkmlpt", "shanghai-call", "shanghai", "hebei", "henan", "anhui", "ylcms", "sudy", "numbered"),
    *("generic", "generic-tr", "generic-dl", "generic-card", "generic-nested"),
)
BROKEN = ("", "<html></html>", "404 Not Found", "{}", "[]", "null", '{"data": 3}', "\x00<a href='::'>")


def test_every_site_is_walked(sites: Sites) -> None:
    """No builder of a site is left out of the tests below."""
    assert set(NAMES) == set(sites)


def test_seeds_and_readers_know_the_same_families() -> None:
    """What a seed may name can be read, and what can be read may be named."""
    assert {"auto", *BY_NAME} == set(CMS_NAMES)


@pytest.mark.parametrize("count", [1, 3, 15, 46, 47, 61])
@pytest.mark.parametrize("name", NAMES)
def test_walk_finds_each_reply_once(name: str, count: int, sites: Sites, walk_list: Callable[..., Any]) -> None:
    """Nothing missed, nothing invented, whole titles and dates, in order, over as many pages as there are."""
    site = sites[name](count, 15)
    walked = walk_list(site)
    wanted = [(document_key(urljoin(site.url, r.path)), r.title, r.day) for r in site.replies]
    assert [(document_key(row.url), row.title, row.listed_on) for row in walked.record.rows] == wanted
    assert walked.streamed == list(walked.record.rows)
    assert walked.record.is_complete, walked.record.reason
    assert walked.record.is_full
    assert walked.record.served_pages == site.declared
    assert walked.record.declared_pages in {site.declared, None}
    assert walked.family == site.family
    assert len(site.asked) == len(set(site.asked))


@pytest.mark.parametrize("name", [name for name in NAMES if "-" not in name])
def test_family_named_by_the_seed_reads_the_same(name: str, sites: Sites, walk_list: Callable[..., Any]) -> None:
    """Naming the family in the seed gives what recognising it gives."""
    assert walk_list(sites[name](46, 15), cms=sites[name](1, 1).family).record == walk_list(sites[name](46, 15)).record


@pytest.mark.parametrize("cms", sorted(BY_NAME))
@pytest.mark.parametrize("text", BROKEN)
def test_empty_and_broken_pages_have_no_rows(cms: str, text: str) -> None:
    """No family invents a row or fails on a page that is none."""
    page = read_list(ListSource(url="https://a.gov.cn/gkmlpt/api/all/1?page=1", text=text), cms)
    assert page.rows == ()


def test_unknown_family_is_named_in_the_error() -> None:
    """The error carries the name and says which there are."""
    with pytest.raises(UnknownFamilyError, match="zhengzhou") as caught:
        choose_family(ListSource(url="https://a.gov.cn/", text=""), "wordpress")
    assert caught.value.cms == "wordpress"


def test_gkmlpt_category_behind_the_hash_is_taken(sites: Sites, walk_list: Callable[..., Any]) -> None:
    """A seed may name the category itself; the tree is not consulted."""
    site = sites["gkmlpt"](20, 15)
    site.url += "#4321"
    site.kind = "建议"
    assert len(walk_list(site).record.rows) == 20


def test_zhengzhou_card_list_and_its_mobile_twin_are_one_list() -> None:
    """In the older template each link is followed by a card and printed again for phones."""
    text = """<html><body><ul class="page-list">
    <a class="list_item_pubinfo_a" href="/D1102X/7.jhtml" title="关于增设公交站点的提案的答复">关于增设公交…</a>
    <ul class="pubinfo-card"><li><i title="索引号"></i><em>123/2021-7</em></li>
    <li><i title="发布日期"></i><em>2021-09-22</em></li></ul>
    <a class="list_item_pubinfo_a" href="/D1102X/8.jhtml">关于修缮古城墙的提案的答复</a>
    <ul class="pubinfo-card"><li><i title="发布日期"></i><em>2021-09-20</em></li>
    <li><i title="成文日期"></i><em>2021-08-01</em></li></ul></ul>
    <ul class="page-list" style="display:none"><li><a href="/D1102X/7.jhtml">关于增设公交…</a></li>
    <li><a href="/D1102X/8.jhtml">关于修缮古…</a></li></ul>
    <div class="page-tile"><a href="?a=path&d=&p=D1102X&page=1">1</a></div></body></html>"""
    page = read_list(ListSource(url="https://public.a.gov.cn/?a=path&p=D1102X&page=1", text=text))
    assert page.family == "zhengzhou"
    assert [(row.title, row.listed_on) for row in page.rows] == [
        ("关于增设公交站点的提案的答复", "2021-09-22"),
        ("关于修缮古城墙的提案的答复", "2021-09-20"),
    ]
    assert page.next_requests == ()
