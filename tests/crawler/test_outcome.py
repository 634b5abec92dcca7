"""What a fetch really saw: each sign of domain knowledge, and the documents that only look like one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.extraction import parse_page
from crawler.outcome import Expected, judge_exchange
from storage.records import Exchange, Outcome, Role

URL = "https://www.example.gov.cn/zwgk/202109/t20210922_123456.html"
HOSTS = ("www.example.gov.cn",)
KNOWN = Expected(url=URL, hosts=HOSTS)
LETTER = (
    "<p>霍传富委员：</p><p>您提出的关于加快同城化的提案已收悉。现答复如下：</p><p>我市积极推进同城化工作，编写了工作方案，"
    "并向省有关部门汇报衔接，推动建立体制机制，重点推进共同规划建设、基础设施同联、产业发展协同等工作。</p><p>2021年5月31日</p>"
)


def make_page(content: str, *, title: str = "关于加快同城化提案的答复", head: str = "") -> bytes:
    """A whole page around some content."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}<title>{title}</title></head><body>'
        f'<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a></div>{content}'
        '<div class="footer">主办单位：某市人民政府 版权所有 ICP备00000000号</div></body></html>'
    ).encode()


def make_document(letter: str = LETTER, head: str = "") -> bytes:
    """A page with a heading and a letter."""
    content = f'<h1>关于加快同城化提案的答复</h1><div>发布时间：2021-09-22</div><div class="c">{letter}</div>'
    return make_page(content, head=head)


def make_exchange(
    body: bytes = b"",
    *,
    status: int | None = 200,
    headers: tuple[tuple[str, str], ...] = (),
    url: str = URL,
    error: str | None = None,
    truncated: str | None = None,
) -> Exchange:
    """An exchange as the fetching room hands it on."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Exchange(
        url=url,
        started_at=now,
        request=b"GET",
        status=status,
        headers=headers,
        body=body,
        error=error,
        truncated=truncated,
    )


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("dns_error: no such host", Outcome.DNS_ERROR),
        ("timeout: no answer in time", Outcome.TIMEOUT),
        ("connect_error: refused", Outcome.CONNECT_ERROR),
        ("tls_error: BAD_ECPOINT", Outcome.TLS_ERROR),
        ("too_large: more than 1000 bytes", Outcome.TOO_LARGE),
        ("truncated: connection closed after 10 bytes", Outcome.TRUNCATED),
        ("something else", Outcome.CONNECT_ERROR),
    ],
)
def test_transport_comes_first(error: str, outcome: Outcome) -> None:
    """A fetch that got no answer, or half of one, is judged by its error whatever else came."""
    assert judge_exchange(make_exchange(make_document(), error=error), KNOWN).outcome is outcome


def test_truncated_record_is_truncated() -> None:
    """An exchange that the fetching room cut off is no document."""
    assert judge_exchange(make_exchange(make_document(), truncated="time"), KNOWN).outcome is Outcome.TRUNCATED


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "vendor"),
    [
        (200, (), Outcome.OK, None),
        (304, (), Outcome.NOT_MODIFIED, None),
        (404, (), Outcome.GONE, None),
        (410, (), Outcome.GONE, None),
        (429, (), Outcome.THROTTLED, None),
        (503, (("Retry-After", "120"),), Outcome.THROTTLED, None),
        (503, (), Outcome.SERVER_ERROR, None),
        (500, (), Outcome.SERVER_ERROR, None),
        (401, (), Outcome.CLIENT_ERROR, None),
        (400, (), Outcome.CLIENT_ERROR, None),
        (403, (), Outcome.BLOCKED, "generic"),
        (405, (), Outcome.BLOCKED, "generic"),
        (412, (), Outcome.BLOCKED, "ruishu"),
        (521, (), Outcome.BLOCKED, "knownsec"),
    ],
)
def test_status_is_judged(
    status: int, headers: tuple[tuple[str, str], ...], outcome: Outcome, vendor: str | None
) -> None:
    """Each status means what the table of outcomes says, even when a document comes with it."""
    finding = judge_exchange(make_exchange(make_document(), status=status, headers=headers), KNOWN)
    assert (finding.outcome, finding.vendor) == (outcome, vendor)


KNOWNSEC = (
    b"<script>document.cookie=('_')+('_')+('jsl_clearance_s')+('=')+(-~[]+'')+';path=/';"
    b"location.href=location.pathname+location.search</script>"
)
RUISHU = (
    b'<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="9DhefwqGPrzGxEp9hPaoag" content="{qYA;x" r="m">'
    b"<script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;</script></head><body></body></html>"
)
ADFWKEY = (
    '<html><head><meta charset="gb2312"><script>location.href="/x.html?adfwkey=ab12c";</script></head>'
    "<body>正在跳转</body></html>"
).encode("gb18030")


@pytest.mark.parametrize(
    ("body", "status", "headers", "vendor"),
    [
        (KNOWNSEC, 521, (("Set-Cookie", "__jsluid_h=abc; path=/"),), "knownsec"),
        (KNOWNSEC, 200, (("Set-Cookie", "__jsluid_s=abc; path=/"),), "knownsec"),
        (make_page("", title="知道创宇云防御-浏览器安全检查"), 200, (), "knownsec"),
        (b"<html><body><img src='/ks-waf-error.png'></body></html>", 403, (), "knownsec"),
        (RUISHU, 202, (), "ruishu"),
        (RUISHU, 400, (), "ruishu"),
        (RUISHU, 412, (), "ruishu"),
        (ADFWKEY, 200, (), "adfwkey"),
        (make_page("<p>系统维护中，请稍后访问</p>", title="系统维护"), 200, (), "generic"),
        (
            make_page("<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>", title="405"),
            200,
            (),
            "generic",
        ),
        (
            make_page(
                "<p>The requested URL was rejected. Please consult with your administrator.</p>",
                title="Request Rejected",
            ),
            200,
            (),
            "generic",
        ),
        (make_page("<p>Checking if the site connection is secure</p>", title="Just a moment"), 200, (), "generic"),
        (make_page("<p>您的IP不在允许范围内，本站仅限境内用户访问</p>", title="提示"), 200, (), "generic"),
        (make_page("<p>因工作需要，站点正在升级，给您带来不便敬请谅解</p>", title=""), 200, (), "generic"),
        (make_page("<h2>域名变更公告</h2><p>本网站已启用新域名。</p>", title="域名变更公告"), 200, (), "generic"),
        (
            make_page('<form><p>请输入验证码</p><input name="c"><img src="/c.png"></form>', title="访问验证"),
            200,
            (),
            "generic",
        ),
    ],
)
def test_vendor_is_named(body: bytes, status: int, headers: tuple[tuple[str, str], ...], vendor: str) -> None:
    """A challenge, a firewall's page or a notice instead of the document is a block of that vendor, at any status."""
    finding = judge_exchange(make_exchange(body, status=status, headers=headers), KNOWN)
    assert (finding.outcome, finding.vendor) == (Outcome.BLOCKED, vendor)


def test_geographic_block_is_suspected() -> None:
    """403 with reason:GeoBL says that the visitor's place is refused, not the page's end."""
    finding = judge_exchange(make_exchange(b"<html><body>reason:GeoBL</body></html>", status=403), KNOWN)
    assert (finding.outcome, finding.vendor) == (Outcome.GEO_SUSPECT, "wzws")


@pytest.mark.parametrize("cookie", ["HWWAFSESID=abc", "acw_tc=abc", "__jsluid_s=abc"])
def test_firewall_cookie_alone_is_harmless(cookie: str) -> None:
    """A cookie of a firewall beside a real document proves nothing."""
    exchange = make_exchange(make_document(), headers=(("Set-Cookie", cookie),))
    assert judge_exchange(exchange, KNOWN).outcome is Outcome.OK


def test_challenge_script_within_a_document_is_harmless() -> None:
    """Protected sites carry their script in good pages too: the document is there."""
    head = '<meta content="{qYA" r="m"><script>$_ts=window["$_ts"];$_ts.nsd=1;</script>'
    assert judge_exchange(make_exchange(make_document(head=head)), KNOWN).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("status", "location", "outcome", "detail"),
    [
        (301, "/zwgk/202109/t20210922_123456.shtml", Outcome.MOVED, "same document"),
        (301, "/new/column/t20210922_123456.html", Outcome.MOVED, "same document"),
        (302, "/new/column/t20210922_123456.html", Outcome.MOVED, "follow: same document"),
        (302, URL, Outcome.MOVED, "follow: itself"),
        (301, URL.replace("https:", "http:"), Outcome.MOVED, "follow: itself"),
        (302, "/zwgk/202109/t20210922_999999.html", Outcome.MOVED, "follow: another page"),
        (302, "/", Outcome.REDIRECTED_HOME, ""),
        (301, "https://www.example.gov.cn/index.html", Outcome.REDIRECTED_HOME, ""),
        (302, "https://www.example.gov.cn/portal/", Outcome.REDIRECTED_HOME, ""),
        (302, "https://casino.example.com/", Outcome.REDIRECTED_AWAY, ""),
        (302, "", Outcome.SERVER_ERROR, ""),
    ],
)
def test_redirect_is_judged_not_followed(status: int, location: str, outcome: Outcome, detail: str) -> None:
    """Home, away, the same document elsewhere, or another page of the site: the detail says what may be followed."""
    exchange = make_exchange(status=status, headers=(("Location", location),))
    finding = judge_exchange(exchange, replace(KNOWN, home_urls=("https://www.example.gov.cn/portal/",)))
    assert finding.outcome is outcome
    assert finding.detail.startswith(detail)


@pytest.mark.parametrize(
    ("jump", "outcome"),
    [
        ('<meta http-equiv="refresh" content="0;url=/">', Outcome.REDIRECTED_HOME),
        ("<script>window.location.href='/index.html';</script>", Outcome.REDIRECTED_HOME),
        ('<script>location.replace("https://other.example.com/")</script>', Outcome.REDIRECTED_AWAY),
        ("<script>top.location='/zwgk/202109/t20210922_999.html'</script>", Outcome.MOVED),
    ],
)
def test_jump_in_the_page_is_a_redirect(jump: str, outcome: Outcome) -> None:
    """A page without text that sends its visitor on is judged like a redirect."""
    body = f"<html><head>{jump}</head><body></body></html>".encode()
    assert judge_exchange(make_exchange(body), KNOWN).outcome is outcome


def test_refresh_of_a_document_is_harmless() -> None:
    """A document that loads itself again after minutes, or offers a link home in a script, is a document."""
    head = (
        f'<meta http-equiv="refresh" content="300;url={URL}"><script>function goHome(){{location.href="/";}}</script>'
    )
    assert judge_exchange(make_exchange(make_document(head=head)), KNOWN).outcome is Outcome.OK


@pytest.mark.parametrize(
    "body",
    [
        make_page("<p>您访问的页面不存在</p>", title="404"),
        make_page("<div>抱歉，您要查看的信息不存在或者还未通过审批！</div>", title="提示信息"),
        make_page("<div>该信息已被删除</div>", title="某市人民政府"),
        make_page("<h1>文章不存在或已删除</h1><a href='/'>返回首页</a>"),
        make_document("<p>抱歉，您访问的页面不存在或已被删除！</p>"),
        b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>",
        b"",
        b"<html><body></body></html>",
        make_page(
            '<div class="content"></div>', title="某市人民政府", head='<meta name="SiteName" content="某市人民政府">'
        ),
    ],
)
def test_soft_404_is_gone_soft(body: bytes) -> None:
    """A page that says with status 200 that there is no document, or that holds nothing, is softly gone."""
    assert judge_exchange(make_exchange(body), KNOWN).outcome is Outcome.GONE_SOFT


@pytest.mark.parametrize(
    "letter",
    [
        LETTER.replace(
            "同城化工作", "网站建设，您反映的页面不存在、信息已被删除等问题已经整改，系统维护期间的验证码登录也已恢复，"
        ),
        "<p>张三委员：</p><p>您的提案收悉，建议予以采纳。</p>",
        "<p>王五代表：您反映的“页面不存在”问题已修复，现答复完毕。</p>",
        "<p>同意您的意见，已经落实。谢谢！</p>",
        "<p>李四代表：</p><p>网站页面不存在的链接已经修复。</p><p>市大数据局</p>",
        "<p>经核实，该页面已删除，感谢监督。</p>",
        "<p>此文件已失效</p><p>第一条　为规范提案办理工作，制定本办法。</p>",
    ],
)
def test_document_that_speaks_of_lost_pages_is_ok(letter: str) -> None:
    """Words alone prove nothing, and a reply of two lines is a reply."""
    assert judge_exchange(make_exchange(make_document(letter)), KNOWN).outcome is Outcome.OK


def test_foreign_site_code_is_a_mismatch() -> None:
    """A page of another site under the address of ours is a clone, however alike."""
    body = make_document(head='<meta name="SiteIDCode" content="9900000001">')
    assert (
        judge_exchange(make_exchange(body), replace(KNOWN, site_id_code="4101000001")).outcome
        is Outcome.IDENTITY_MISMATCH
    )
    assert judge_exchange(make_exchange(body), replace(KNOWN, site_id_code="9900000001")).outcome is Outcome.OK
    assert judge_exchange(make_exchange(body), KNOWN).outcome is Outcome.OK


def test_other_number_and_title_are_a_mismatch() -> None:
    """Another number with another title is another document; a corrected number under the same title is an edit."""
    head = '<meta name="ArticleTitle" content="关于第888号建议办理情况的答复">'
    body = make_document(head=head).replace(
        "关于加快同城化提案的答复".encode(), "关于第888号建议办理情况的答复".encode()
    )
    known = "对市政协十四届二次会议第0120号提案《推进养老服务》的复函"
    assert judge_exchange(make_exchange(body), replace(KNOWN, title=known)).outcome is Outcome.IDENTITY_MISMATCH
    assert (
        judge_exchange(make_exchange(body), replace(KNOWN, title="关于第887号建议办理情况的答复")).outcome is Outcome.OK
    )


def test_host_off_the_list_is_a_mismatch() -> None:
    """An answer from a host that the seed does not name is not the site's."""
    assert (
        judge_exchange(make_exchange(make_document()), replace(KNOWN, hosts=("other.gov.cn",))).outcome
        is Outcome.IDENTITY_MISMATCH
    )


def test_list_instead_of_the_document_is_throttling() -> None:
    """After a burst some sites answer every article with the section's index."""
    rows = "".join(f'<li><a href="/t{n}.html">关于第{n}号提案的答复及其办理情况</a></li>' for n in range(30))
    body = make_page(f'<ul class="list">{rows}</ul>', title="提案办理")
    finding = judge_exchange(make_exchange(body), replace(KNOWN, title="对市政协二次会议第0120号提案的复函"))
    assert finding.outcome is Outcome.THROTTLED
    assert judge_exchange(make_exchange(body), replace(KNOWN, role=Role.LIST)).outcome is Outcome.OK


def test_page_cut_off_in_the_middle_is_truncated() -> None:
    """A page that began whole and stops within a tag or a block is not compared."""
    body = make_document(LETTER * 5)
    assert judge_exchange(make_exchange(body[: body.rindex("汇报".encode())]), KNOWN).outcome is Outcome.TRUNCATED


def test_undecodable_page_is_an_encoding_doubt() -> None:
    """Bytes in no known encoding are not stored as mojibake."""
    body = make_document().replace("积极推进".encode(), b"\xff\xfe\xff\xff\x80\x81" * 40)
    assert judge_exchange(make_exchange(body), KNOWN).outcome is Outcome.ENCODING_DOUBT


def test_file_is_judged_as_a_file() -> None:
    """An attachment's bytes are good as they are; a page in its stead is not the file."""
    url = "https://www.example.gov.cn/a.pdf"
    wanted = replace(KNOWN, url=url, role=Role.ATTACHMENT)
    assert judge_exchange(make_exchange(b"%PDF-1.7 ...", url=url), wanted).outcome is Outcome.OK
    assert judge_exchange(make_exchange(b"", url=url), wanted).outcome is Outcome.GONE_SOFT
    assert judge_exchange(make_exchange(make_document(), url=url), wanted).outcome is Outcome.GONE_SOFT


@pytest.mark.parametrize(
    "body",
    [
        b'{"code":500,"msg":"busy"}',
        b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>",
        "alert('文件不存在');history.back();".encode(),
        "<p>请登录</p>".encode("gb18030"),
    ],
)
def test_a_message_is_no_file(body: bytes) -> None:
    """What a program says instead of a file replaces none; the same bytes may be a file of data."""
    url = "https://www.example.gov.cn/a.pdf"
    wanted = replace(KNOWN, url=url, role=Role.ATTACHMENT)
    found = judge_exchange(make_exchange(body, url=url), wanted)
    assert not found.outcome.is_good
    data = replace(wanted, url="https://www.example.gov.cn/a.json")
    assert judge_exchange(make_exchange(b'{"rows":[]}', url=data.url), data).outcome is Outcome.OK


def test_page_parsed_before_is_used() -> None:
    """The caller's parsed page gives the same judgement as the bytes."""
    body = make_page("<p>您访问的页面不存在</p>")
    exchange = make_exchange(body)
    assert judge_exchange(exchange, KNOWN, parse_page(body)) == judge_exchange(exchange, KNOWN)


def test_json_list_is_ok() -> None:
    """A list that comes as JSON has no marks of a page and is not judged as one."""
    exchange = make_exchange(b'{"data":{"total":0,"results":[]}}', headers=(("Content-Type", "application/json"),))
    assert judge_exchange(exchange, replace(KNOWN, role=Role.LIST)).outcome is Outcome.OK


def test_a_page_nested_too_deeply_is_a_doubt_and_no_removal() -> None:
    """The parser gives up where browsers read on: what it lost has not been taken down."""
    words = "<p>您提出的提案收悉，现答复如下：今年以来已经投入资金320万元，完成改造项目26个。</p>" * 5
    body = f"<html><head><title>答复</title></head><body>{'<div>' * 5000}{words}</body></html>".encode()
    exchange = Exchange(
        url="http://a.example/1.html", started_at=datetime(2026, 3, 2, tzinfo=UTC), request=b"", status=200, body=body
    )
    assert judge_exchange(exchange, Expected(url=exchange.url)).outcome is Outcome.ENCODING_DOUBT
