"""Small list sites of every family, played from a dictionary: no network, no Scrapy."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import ceil
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.discovery.listing import ListSource, PageRequest
from crawler.discovery.reader import read_list
from crawler.discovery.walk import ListWalk
from storage.records import ListRow, Walk

NOW = datetime(2026, 3, 1, tzinfo=UTC)
UNITS = ("市教育局", "市民政局", "市水利局", "市卫生健康委员会")


@dataclass(frozen=True)
class Listed:
    """A reply as its list row should tell it."""

    path: str
    title: str
    day: str


@dataclass
class ListSite:
    """A host with one column: pages by path and query, and the rows that a reader should find."""

    url: str
    pages: dict[str, str]
    replies: list[Listed]
    declared: int
    family: str
    kind: str = "提案"
    asked: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """The host alone."""
        return urlsplit(self.url).netloc

    def answer(self, request: PageRequest) -> str | None:
        """The body of a page, None when there is no such page."""
        parts = urlsplit(request.url)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        self.asked.append(address)
        return self.pages.get(address)


def make_replies(count: int, name_path: Callable[[int, date], str]) -> list[Listed]:
    """Replies with long titles, some with a date in the title, newest first."""
    found = []
    for number in range(1, count + 1):
        day = date(2024, 12, 30) - timedelta(days=3 * number)
        year = f"2023年{number % 12 + 1}月15日会议上" if number % 7 == 0 else ""
        title = f"{UNITS[number % 4]}关于{year}第{number:03d}号“加强第{number}片区老旧小区改造”提案的答复"
        found.append(Listed(name_path(number, day), title, day.isoformat()))
    return found


def frame_page(content: str, pager: str = "", script: str = "") -> str:
    """A whole page: menu, breadcrumb, a side box with dated news, the column, links to friends."""
    menu = "".join(
        f'<li><a href="/{name}/">{text}</a></li>' for name, text in (("zwgk", "政务公开"), ("zmhd", "政民互动"))
    )
    side = "".join(
        f'<li><a href="/news/2024/content_{9000 + n}.html">本市召开第{n}次全市重点工作推进会议</a>'
        f"<span>2024-12-{n + 10}</span></li>"
        for n in range(8)
    )
    return f"""<!DOCTYPE html><html><head><title>政协提案</title><meta name="SiteName"content="某市人民政府">
<meta name="ColumnName"content="政协提案"></head><body>
<div class="header"><ul class="nav">{menu}</ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/jyta/">建议提案办理</a></div>
<div class="main"><div class="left"><h3>热点新闻</h3><ul class="hot-list">{side}</ul></div>
<div class="right">{content}{pager}</div></div>
<div class="footer"><a href="http://www.example.gov.cn/">某省人民政府门户网站</a>
<a href="/map.html">网站地图大全</a></div>
{script}</body></html>"""


def list_rows(replies: Iterable[Listed], style: str = "li") -> str:
    """Rows in one of the usual styles: list items, table rows, definition lists, cards."""
    build = {"li": _list_item, "tr": _table_row, "dl": _definition, "card": _card, "nested": _nested_item}[style]
    rows = "".join(build(reply) for reply in replies)
    wrap = {
        "tr": "<table><tbody><tr><th>标题</th><th>日期</th></tr>{}</tbody></table>",
        "dl": "<dl class='list'>{}</dl>",
    }
    return wrap.get(style, '<ul class="list">{}</ul>').format(rows)


def _list_item(reply: Listed) -> str:
    return f'<li><a href="{reply.path}" title="{reply.title}">{reply.title[:18]}…</a><span>{reply.day}</span></li>'


def _table_row(reply: Listed) -> str:
    return f'<tr><td><a href="{reply.path}">{reply.title}</a></td><td>[{reply.day}]</td></tr>'


def _definition(reply: Listed) -> str:
    return f'<dt><a href="{reply.path}">{reply.title}</a></dt><dd>{reply.day.replace("-", "/")}</dd>'


def _card(reply: Listed) -> str:
    year, month, day = reply.day.split("-")
    leaf = f'<div class="d"><b>{day}</b><i>{year}-{month}</i></div>'
    return f'<li><a href="{reply.path}">{leaf}<p>{reply.title}</p></a></li>'


def _nested_item(reply: Listed) -> str:
    address = f"/jd/{reply.day}/content_77.html"
    related = f'<ul class="jd"><li><a href="{address}">解读：一图读懂本项工作的全部内容和意义</a></li></ul>'
    return f'<li><a href="{reply.path}">{reply.title}</a> <span>{reply.day}</span>{related}</li>'


def split_pages(replies: list[Listed], size: int) -> list[list[Listed]]:
    """The replies by page."""
    return [replies[start : start + size] for start in range(0, len(replies), size)]


def number_pager(urls: Mapping[int, str], current: int) -> str:
    """Links by number, next and last page."""
    links = "".join(
        f"<span class='current'>{n}</span>" if n == current else f"<a href='{url}'>{n}</a>" for n, url in urls.items()
    )
    following = f"<a href='{urls[current + 1]}'>下一页</a>" if current + 1 in urls else ""
    return f"<div class='pager'>{links}{following}<a href='{urls[max(urls)]}'>尾页</a></div>"


def build_trs(count: int, size: int, dialect: str = "trs") -> ListSite:
    """``createPageHTML`` and its kin; ``dialect`` tells the call."""
    replies = make_replies(count, lambda n, d: f"./{d:%Y%m}/t{d:%Y%m%d}_{170000 + n}.html")
    chunks = split_pages(replies, size)
    total, base = len(chunks), 0 if dialect in {"trs", "comment", "chongqing", "count"} else 1
    calls = {
        "trs": '<script>createPageHTML({total}, {current}, "index", "html");</script>',
        "comment": "<!-- <script>createPageHTML({total}, {current}, 'index', 'html', 12, '');</script> -->",
        "chongqing": '<script>createPage({total}, {current}, "index", "html")</script>',
        "count": "<script>var currentPage = {current};//从0开始\nvar countPage = {total}//共多少页\n"
        'document.write("<a href=\\"index_"+(currentPage+1)+".html\\">");</script>',
        "hunan": "<script>createPageHTML('paging', {total}, {current}, 'index', 'html', {count});</script>",
        "ucap": "<script>createPageHTML('page_div', {total}, {current}, 'index', 'html', {count});</script>",
        "shanghai": '<script>$("#pg").pagination("setPage", {current}, {total});</script>',
    }
    pages = {}
    for place, chunk in enumerate(chunks):
        name = "index.html" if place == 0 else f"index_{place + base}.html"
        script = calls[dialect].format(total=total, current=place + base, count=count)
        pages[f"/jyta/zxta/{name}"] = frame_page(list_rows(chunk), script=script)
    pages["/jyta/zxta/"] = pages["/jyta/zxta/index.html"]
    family = {"ucap": "ucap", "shanghai": "trs"}.get(dialect, "trs")
    return ListSite(f"https://{dialect}.example.gov.cn/jyta/zxta/", pages, replies, total, family)


def build_links(count: int, size: int, family: str = "generic", style: str = "li") -> ListSite:
    """Families whose pager is links; the names of files and articles tell the family."""
    uuid = "0a1b2c3d-0000-4000-8000-{:012d}"
    paths: dict[str, Callable[[int, date], str]] = {
        "zhengzhou": lambda n, _d: f"/D1102X/{6000 + n}.jhtml",
        "ylcms": lambda n, _d: f"/cms/html/zsrmzf/{n:08d}/{n}.html",
        "sudy": lambda n, d: f"/{d:%Y/%m%d}/c101a{5000 + n}/page.htm",
        "hebei": lambda n, d: f"/columns/{uuid.format(1)}/{d:%Y%m/%d}/{uuid.format(100 + n)}.html",
        "henan": lambda n, d: f"/{d:%Y/%m-%d}/{30000 + n}.html",
        "shanghai": lambda n, d: f"/{d:%Y%m%d}/{n:032x}.html",
        "numbered": lambda n, _d: f"/show/{n}.html",
        "generic": lambda n, _d: f"/content_{n}",
    }
    names: dict[str, Callable[[int], str]] = {
        "zhengzhou": lambda p: f"/?a=path&d=&p=D1102X&page={p}",
        "ylcms": lambda p: "/cms/html/zta/index.html" if p == 1 else f"/cms/sitemanage/index.shtml?siteId=5&page={p}",
        "sudy": lambda p: "/101/list.htm" if p == 1 else f"/101/list{p}.htm",
        "hebei": lambda p: f"/columns/{uuid.format(1)}/index{'' if p == 1 else f'_{p}'}.html",
        "henan": lambda p: f"/zwgk/jyta/index{'' if p == 1 else f'_{p}'}.html",
        "shanghai": lambda p: f"/jytabl2/index{'' if p == 1 else f'_{p}'}.html",
        "numbered": lambda p: f"/jyta/page_{p}.html",
        "generic": lambda p: "/jyta/list.php" if p == 1 else f"/jyta/list.php?offset={p}0",
    }
    replies = make_replies(count, paths[family])
    chunks = split_pages(replies, size)
    urls = {place: names[family](place) for place in range(1, len(chunks) + 1)}
    pages = {}
    for place, chunk in enumerate(chunks, 1):
        rows = list_rows(chunk, style)
        pages[urls[place]] = frame_page(rows, number_pager(urls, place))
    return ListSite(f"https://{family}.example.gov.cn{urls[1]}", pages, replies, len(chunks), family)


def build_vsb(count: int, size: int) -> ListSite:
    """Pages numbered down; the pager shows only the neighbours."""
    replies = make_replies(count, lambda n, _d: f"/info/1042/{7000 + n}.htm")
    chunks = split_pages(replies, size)
    total = len(chunks)
    pages = {}
    for place, chunk in enumerate(chunks, 1):
        rows = "".join(
            f'<li id="line_u8_{n}"><a href="{r.path}" title="{r.title}">{r.title}</a><span>{r.day}</span></li>'
            for n, r in enumerate(chunk)
        )
        here = "/jyta/zxta.htm" if place == 1 else f"/jyta/zxta/{total - place + 1}.htm"
        follow = f'<span class="p_next p_fun"><a href="/jyta/zxta/{total - place}.htm">下页</a></span>'
        last = '<span class="p_last p_fun"><a href="/jyta/zxta/1.htm">尾页</a></span>'
        links = follow + last if place < total else ""
        pager = f'<div class="pb_sys_common"><span class="p_no_d">{place}</span>{links}</div>'
        pages[here] = frame_page(f"<ul>{rows}</ul>", pager)
    return ListSite("https://vsb.example.gov.cn/jyta/zxta.htm", pages, replies, total, "vsb")


class RangeSite(ListSite):
    """Hanweb's proxy: any range of records, the first ones embedded in the column page."""

    def answer(self, request: PageRequest) -> str | None:
        """The column page, or the records between two places."""
        parts = urlsplit(request.url)
        if "dataproxy.jsp" not in parts.path:
            return super().answer(request)
        self.asked.append(request.url)
        query = parse_qs(parts.query)
        if query["unitid"] != ["310641"] or query["columnid"] != ["78960"]:
            return None
        first, last = int(query["startrecord"][0]), int(query["endrecord"][0])
        return _datastore(self.replies[first - 1 : last], len(self.replies))


def _datastore(replies: Iterable[Listed], total: int) -> str:
    records = "".join(
        f'<record><![CDATA[<li><a href="{r.path}" title="{r.title}">{r.title[:10]}...</a>'
        f"<span>{r.day}</span></li>]]></record>"
        for r in replies
    )
    return f"<datastore><totalrecord>{total}</totalrecord><recordset>{records}</recordset></datastore>"


def build_hanweb(count: int, size: int) -> ListSite:
    """An embedded datastore, then the proxy."""
    replies = make_replies(count, lambda n, d: f"/art/{d.year}/{d.month}/{d.day}/art_78960_{10**6 + n}.html")
    script = (
        f'<div id="310641"><script type="text/xml">{_datastore(replies[:size], count)}</script></div>'
        f"<script>$('#310641').jpage({{perPage:{size},totalRecord:{count},proxyUrl:'/module/web/jpage/dataproxy.jsp',"
        "ajaxParam:{appid:1,webid:41,path:'/',columnid:78960,sourceContentType:1,unitid:'310641',permissiontype:0}});</script>"
    )
    pages = {"/col/col78960/index.html": frame_page(script)}
    declared = 1 + ceil((count - size) / (3 * size))
    return RangeSite("http://hanweb.example.gov.cn/col/col78960/index.html", pages, replies, declared, "hanweb")


class ServiceSite(ListSite):
    """A column page and a service that answers by page number; ``wrap`` builds the answer."""

    size: int = 15
    path: str = ""
    parameter: str = "page"

    def number_of(self, url: str) -> int:
        """The page number in a request."""
        value = parse_qs(urlsplit(url).query)[self.parameter][0]
        return int(json.loads(value)["pageNo"]) if self.parameter == "paramJson" else int(value)

    def wrap(self, chunk: list[Listed], place: int) -> str:
        """The answer with one page's replies."""
        raise NotImplementedError

    def answer(self, request: PageRequest) -> str | None:
        """The column page, or an answer of the service."""
        parts = urlsplit(request.url)
        if not parts.path.startswith(self.path):
            return super().answer(request)
        self.asked.append(request.url)
        place = max(self.number_of(request.url), 1)
        return self.wrap(self.replies[(place - 1) * self.size : place * self.size], place)


class UcapService(ServiceSite):
    """UCAP's list service."""

    path = "/searchList/"

    def wrap(self, chunk: list[Listed], place: int) -> str:
        """``data.results``."""
        results = [
            {
                "title": r.title,
                "url": r.path,
                "publishedTimeStr": f"{r.day} 10:00:00",
                "manuscriptId": "1",
                "resList": [{"name": "附件名称", "url": "/files/1.pdf"}],
            }
            for r in chunk
        ]
        data = {"total": len(self.replies), "page": place, "rows": self.size, "results": results}
        return json.dumps({"data": data})


class JpaasService(ServiceSite):
    """The publish server of jpaas, without a total."""

    path = "/api-gateway/jpaas-publish-server/"
    parameter = "paramJson"

    def wrap(self, chunk: list[Listed], place: int) -> str:
        """``data.html``."""
        assert place
        return json.dumps({"code": "200", "data": {"html": list_rows(chunk) if chunk else "<ul></ul>"}})


class GkmlptService(ServiceSite):
    """The API of gkmlpt; times are time stamps."""

    path = "/gkmlpt/api/all/4321"

    def wrap(self, chunk: list[Listed], place: int) -> str:
        """``articles``."""
        assert place
        articles = [
            {
                "id": n,
                "title": r.title,
                "url": f"https://gkmlpt.example.gov.cn{r.path}",
                "date": int(datetime.fromisoformat(f"{r.day}T09:00:00+08:00").timestamp()),
                "attachment": [{"name": "附件一", "url": "https://gkmlpt.example.gov.cn/a.pdf"}],
            }
            for n, r in enumerate(chunk)
        ]
        return json.dumps({"articles": articles, "total": len(self.replies)})


class AnhuiService(ServiceSite):
    """The label service, without a total."""

    path = "/site/label/8888"
    parameter = "pageIndex"

    def wrap(self, chunk: list[Listed], place: int) -> str:
        """``data``."""
        assert place
        return json.dumps({"data": [{"title": r.title, "link": r.path, "publishDate": r.day} for r in chunk]})


def _fill_service(site: ServiceSite, size: int) -> ListSite:
    site.size = size
    site.declared = ceil(len(site.replies) / size)
    return site


def build_ucap_json(count: int, size: int) -> ListSite:
    """A column page without rows, with a channel."""
    replies = make_replies(count, lambda n, _d: f"/csrc/c101800/c{10**6 + n}/content.shtml")
    page = frame_page("<div id='list'></div>").replace("<head>", '<head><meta name="channelid" content="a1b2c3d4">')
    pages = {"/csrc/c101800/zfxxgk_zdgk.shtml": page}
    url = "http://ucap.example.gov.cn/csrc/c101800/zfxxgk_zdgk.shtml"
    return _fill_service(UcapService(url, pages, replies, 0, "ucap"), size)


def build_jpaas(count: int, size: int) -> ListSite:
    """A column page with a list unit and another one."""
    replies = make_replies(count, lambda n, d: f"/art/{d.year}/art_{n:032x}.html")
    unit = (
        "{'webId':'3637','pageId':'12295','parseType':'bulidstatic','pageType':'column','tagId':'%s','tplSetId':'%s'%s}"
    )
    listed = unit % ("信息列表", "tpl1", f",'paramJson':'{{pageSize:{size}}}'")
    content = f'<div queryData="{unit % ("页头", "tpl0", "")}"></div><div queryData="{listed}"></div>'
    script = '<script src="/api-gateway/jpaas-publish-server/front/page/build/unit.js"></script>'
    pages = {"/col/col12295/index.html": frame_page(content, script=script)}
    url = "https://jpaas.example.gov.cn/col/col12295/index.html"
    return _fill_service(JpaasService(url, pages, replies, 0, "jpaas"), size)


def build_gkmlpt(count: int, size: int) -> ListSite:
    """An index page with a tree of categories."""
    replies = make_replies(count, lambda n, _d: f"/gkmlpt/content/8/8123/post_{8000000 + n}.html")
    tree = [
        {"id": 1, "name": "机构概况", "children": []},
        {
            "id": 40,
            "name": "建议提案办理",
            "children": [
                {"id": 4320, "name": "人大建议", "children": []},
                {"id": 4321, "name": "政协提案", "children": []},
            ],
        },
    ]
    script = f"<script>window._CONFIG = {{ SID: '755041', TREE: {json.dumps(tree)}, OTHER: 1 }};</script>"
    pages = {"/gkmlpt/index": frame_page("<div id='app'></div>", script=script)}
    return _fill_service(GkmlptService("https://gkmlpt.example.gov.cn/gkmlpt/index", pages, replies, 0, "gkmlpt"), size)


def build_anhui(count: int, size: int) -> ListSite:
    """The service's own address as the column."""
    replies = make_replies(count, lambda n, _d: f"/public/20261/{5000 + n}.html")
    query = "labelName=publicInfoList&siteId=6784341&organId=20261&pageSize=10&pageIndex=1&isJson=true&catId=67"
    url = f"https://anhui.example.gov.cn/site/label/8888?{query}"
    return _fill_service(AnhuiService(url, {}, replies, 0, "anhui"), size)


BUILDERS: dict[str, Callable[[int, int], ListSite]] = {
    "zhengzhou": lambda n, s: build_links(n, s, "zhengzhou"),
    "trs": build_trs,
    "trs-comment": lambda n, s: build_trs(n, s, "comment"),
    "trs-chongqing": lambda n, s: build_trs(n, s, "chongqing"),
    "trs-count": lambda n, s: build_trs(n, s, "count"),
    "trs-hunan": lambda n, s: build_trs(n, s, "hunan"),
    "ucap": lambda n, s: build_trs(n, s, "ucap"),
    "ucap-json": build_ucap_json,
    "hanweb": build_hanweb,
    "jpaas": build_jpaas,
    "vsb": build_vsb,
    "gkmlpt": build_gkmlpt,
    "shanghai-call": lambda n, s: build_trs(n, s, "shanghai"),
    "shanghai": lambda n, s: build_links(n, s, "shanghai"),
    "hebei": lambda n, s: build_links(n, s, "hebei"),
    "henan": lambda n, s: build_links(n, s, "henan"),
    "anhui": build_anhui,
    "ylcms": lambda n, s: build_links(n, s, "ylcms"),
    "sudy": lambda n, s: build_links(n, s, "sudy"),
    "numbered": lambda n, s: build_links(n, s, "numbered"),
    "generic": lambda n, s: build_links(n, s, "generic"),
    "generic-tr": lambda n, s: build_links(n, s, "generic", "tr"),
    "generic-dl": lambda n, s: build_links(n, s, "generic", "dl"),
    "generic-card": lambda n, s: build_links(n, s, "generic", "card"),
    "generic-nested": lambda n, s: build_links(n, s, "generic", "nested"),
}


@dataclass
class Walked:
    """A finished walk with what it brought on the way."""

    record: Walk
    family: str
    streamed: list[ListRow]
    walk: ListWalk


def walk_site(
    site: ListSite, *, cms: str = "auto", known: frozenset[str] | None = None, failures: Mapping[int, str] | None = None
) -> Walked:
    """Walk a site's column as a crawl would: ask, read, accept; absent pages are gone, ``failures`` by page number."""
    walk = ListWalk(
        site="example",
        column="提案",
        url=site.url,
        hosts=(site.host,),
        started_at=NOW,
        cms=cms,
        is_known=known.__contains__ if known is not None else None,
    )
    request: PageRequest | None = walk.start()
    streamed: list[ListRow] = []
    while request:
        body = site.answer(request)
        reason = (failures or {}).get(request.number or 0)
        if reason or body is None:
            step = walk.fail(request, reason or "gone")
        else:
            source = ListSource(url=request.url.partition("#")[0], text=body, requested=request, kind=site.kind)
            step = walk.accept(read_list(source, walk.family), request)
        streamed.extend(step.rows)
        request = step.request
    return Walked(walk.finish(NOW + timedelta(minutes=1)), walk.family, streamed, walk)


@pytest.fixture
def sites() -> Mapping[str, Callable[[int, int], ListSite]]:
    """Builders of list sites by name: number of replies, rows a page."""
    return BUILDERS


@pytest.fixture
def walk_list() -> Callable[..., Walked]:
    """Walks a site."""
    return walk_site
