"""URLs: what is one page, what is one document, and above all what is not."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.urls import canonical_url, document_key, host_of, is_listed, resolve_link

HEX = "0123456789abcdef0123456789abcdef"
UUID = "0a1b2c3d-1111-4222-8333-0123456789ab"
SEGMENT = st.text(string.ascii_letters + string.digits + "-_.~%", min_size=1, max_size=8).map(
    lambda s: s.replace("%", "%e4")
)
PATH = st.lists(SEGMENT, max_size=4).map(lambda parts: "/" + "/".join(parts))
FIELD = st.tuples(st.sampled_from(["id", "a", "p", "page", "infoid", "d"]), st.integers(0, 99)).map(
    lambda f: f"{f[0]}={f[1]}"
)
QUERY = st.lists(FIELD, max_size=3).map("&".join)
HOST = st.sampled_from(["www.a.gov.cn", "public.b.gov.cn", "127.0.0.1:8001", "xxgk.c.gov.cn"])


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """Web addresses as they occur."""
    query = draw(QUERY)
    return f"{draw(st.sampled_from(['http', 'https']))}://{draw(HOST)}{draw(PATH)}{'?' if query else ''}{query}"


@pytest.mark.parametrize(
    "twins",
    [
        [
            "http://www.a.gov.cn/x/202109/t20210922_123.html",
            "https://WWW.A.gov.cn:443/y/z/202109/t20210922_123.html#top",
        ],
        [
            "https://www.a.gov.cn/gkmlpt/content/8/8123/post_8123456.html",
            "http://www.a.gov.cn/gkmlpt/content/8/8123/mpost_8123456.html",
        ],
        ["https://www.a.gov.cn/content/post_8123456.html", "https://m.a.gov.cn/gkmlpt/content/1/2/mpost_8123456.html"],
        ["https://a.gov.cn/art/2021/9/2/art_1_345.html", "https://www.a.gov.cn/art/2021/09/02/art_77_345.html"],
        [f"https://www.a.gov.cn/art/2024/art_{HEX}.html", f"http://www.a.gov.cn/x/art/2024/art_{HEX.upper()}.html"],
        [f"https://www.a.gov.cn/c1/202109/{HEX}.shtml", f"https://www.a.gov.cn/c2/202109/{HEX}.shtml"],
        [f"https://fgw.sh.gov.cn/a/20210922/{HEX}.html", f"https://fgw.sh.gov.cn/b/20210922/{HEX}.html"],
        [
            f"https://www.a.gov.cn/columns/{UUID}/202109/22/{UUID}.html",
            f"http://www.a.gov.cn/columns/{UUID[::-1]}/202109/22/{UUID}.html",
        ],
        ["https://public.a.gov.cn/D1102X/6400.jhtml", "http://public.a.gov.cn/D1101X/6400.jhtml"],
        ["http://a.gov.cn/info/1042/7001.htm", "http://a.gov.cn/info/1099/7001.htm"],
        ["http://a.gov.cn/2021/0922/c101a5001/page.htm", "https://a.gov.cn/2021/0922/c102a5001/page.htm"],
        ["https://a.gov.cn/s/c100/c1234567/content.shtml", "https://a.gov.cn/s/c101/c1234567/content.shtml"],
        ["https://a.gov.cn/show?id=3&type=2", "http://a.gov.cn/show?type=2&id=3&utm_source=x&spm=1.2#a"],
        [
            "https://a.gov.cn/x;jsessionid=0A1B.n1?id=3",
            "https://a.gov.cn/x?id=3&JSESSIONID=77",
            "https://a.gov.cn/x?id=3",
        ],
        ["https://a.gov.cn/a/./b/../c.html", "https://a.gov.cn/a/c.html"],
        ["https://a.gov.cn/%e5%85%ac/%7Ex.html", "https://a.gov.cn/公/~x.html"],
    ],
)
def test_twins_are_one_document(twins: list[str]) -> None:
    """Other columns, schemes, mobile twins, sessions and tracking do not make another document."""
    assert len({document_key(url) for url in twins}) == 1


@pytest.mark.parametrize(
    "others",
    [
        [
            "https://a.gov.cn/t20210922_123.html",
            "https://a.gov.cn/t20210922_124.html",
            "https://b.gov.cn/t20210922_123.html",
        ],
        ["https://a.gov.cn/t20210922_123.html", "https://a.gov.cn/t20190101_123.html"],
        [
            "https://a.gov.cn/x/1.html",
            "https://a.gov.cn/y/1.html",
            "https://www.a.gov.cn/x/1.html",
            "https://a.gov.cn/x/1.htm",
        ],
        ["https://a.gov.cn/2024/08-12/77.html", "https://a.gov.cn/2024/08-13/77.html"],
        ["https://a.gov.cn/s1/info/1042/7001.htm", "https://a.gov.cn/s2/info/1042/7001.htm"],
        [
            "https://a.gov.cn/show?id=3",
            "https://a.gov.cn/show?id=4",
            "https://a.gov.cn/show",
            "https://a.gov.cn/show?ID=3",
        ],
        ["https://a.gov.cn/show?id=3&id=4", "https://a.gov.cn/show?id=4&id=3"],
        ["https://a.gov.cn/api?sid=3", "https://a.gov.cn/api?sid=4"],
        ["https://a.gov.cn/?3", "https://a.gov.cn/?4"],
        ["http://127.0.0.1:8001/a/1.html", "http://127.0.0.1:8002/a/1.html"],
        ["https://a.gov.cn/x.jhtml?id=6", "https://a.gov.cn/x.jhtml?id=7"],
        ["https://a.gov.cn/d/5.jhtml", "https://a.gov.cn/d/5.jhtml?doc=9", "https://a.gov.cn/d/5.jhtml?doc=8"],
        ["https://a.gov.cn/art/2021/1/12/art_1_5.html", "https://a.gov.cn/art/2021/11/2/art_1_5.html"],
        [
            f"https://a.gov.cn/{HEX}.html",
            f"https://a.gov.cn/{HEX}.pdf",
            f"https://a.gov.cn/{HEX}/files/{HEX[::-1]}.html",
        ],
        [
            "https://a.gov.cn/post_12.html",
            "https://a.gov.cn/t12.html",
            "https://a.gov.cn/d/12.jhtml",
            "https://a.gov.cn/info/1/12.htm",
        ],
        ["https://a.gov.cn/a%2Fb.html", "https://a.gov.cn/a/b.html"],
        ["https://a.gov.cn/A.html", "https://a.gov.cn/a.html"],
    ],
)
def test_different_documents_never_share_a_key(others: list[str]) -> None:
    """Other ids, hosts, ports, folders and significant parameters are other documents."""
    assert len({document_key(url) for url in others}) == len(others)


@given(addresses())
def test_canonical_url_is_settled(url: str) -> None:
    """Doing it again changes nothing, and the document stays the same one."""
    settled = canonical_url(url)
    assert canonical_url(settled) == settled
    assert document_key(settled) == document_key(url)


@given(addresses(), st.text(string.ascii_letters, max_size=5))
def test_scheme_fragment_case_and_tracking_are_nothing(url: str, fragment: str) -> None:
    """One document, however it is linked."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    swapped = "http" if scheme == "https" else "https"
    mark = "&" if "?" in path else "?"
    other = f"{swapped.upper()}://{host.upper()}{slash}{path}{mark}utm_campaign=z#{fragment}"
    assert document_key(other) == document_key(url)
    assert canonical_url(other) == canonical_url(url)


@given(addresses(), addresses())
def test_pages_that_differ_in_path_or_parameters_are_different(one: str, other: str) -> None:
    """Unknown dialects share a key only when nothing but spelling differs."""
    if canonical_url(one) != canonical_url(other):
        assert document_key(one) != document_key(other)


@given(
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.sampled_from(["/a/post_{}.html", "/x/{}.jhtml", "/info/9/{}.htm", "/show/{}"]),
)
def test_ids_tell_documents_apart(one: int, other: int, form: str) -> None:
    """Two ids are two documents."""
    keys = {document_key(f"https://a.gov.cn{form.format(number)}") for number in (one, other)}
    assert len(keys) == len({one, other})


@given(st.text(max_size=40))
def test_any_link_is_resolved_or_refused(href: str) -> None:
    """No link of a page breaks the reading; what comes out has a key."""
    url = resolve_link("https://a.gov.cn/x/", href)
    if url is not None:
        assert document_key(url)
        assert "#" not in url


@pytest.mark.parametrize(
    "href",
    ["", "#", "#top", "javascript:void(0)", "mailto:a@b.cn", "tel:12345", "data:,x", "http://", "http://["],
)
def test_links_that_lead_nowhere_are_none(href: str) -> None:
    """Scripts, mail, anchors in the page and broken addresses."""
    assert resolve_link("https://a.gov.cn/x/", href) is None


def test_links_are_resolved_as_browsers_do() -> None:
    """White space and back slashes are mended, fragments dropped."""
    base = "https://a.gov.cn/x/y.html"
    assert resolve_link(base, " ./202109/\nt1.html#a ") == "https://a.gov.cn/x/202109/t1.html"
    assert resolve_link(base, "..\\z.html") == "https://a.gov.cn/z.html"
    assert resolve_link(base, "//b.gov.cn/z a.html") == "https://b.gov.cn/z%20a.html"


@pytest.mark.parametrize(
    ("url", "is_on_list"),
    [
        ("http://a.gov.cn/x", True),
        ("https://A.gov.cn:443/x", True),
        ("https://a.gov.cn:8443/x", False),
        ("https://b.gov.cn:8080/", True),
        ("https://b.gov.cn/", False),
        ("https://x.a.gov.cn/", False),
        ("https://a.gov.cn.evil.com/", False),
        ("https://a.gov.cn@evil.com/", False),
        ("ftp://a.gov.cn/", False),
        ("https://a.gov.cn:99999/", False),
        ("nonsense", False),
    ],
)
def test_allow_list_is_exact(url: str, *, is_on_list: bool) -> None:
    """Host and port must be named; nothing is implied for subdomains or other ports."""
    assert is_listed(url, ("a.gov.cn", "B.gov.cn:8080")) is is_on_list


def test_an_address_without_host_is_an_error() -> None:
    """Nothing is made up for what is no address."""
    with pytest.raises(ValueError, match="no host"):
        canonical_url("/x.html")
    assert host_of("https://甲.中国:444/") == "xn--tny.xn--fiqs8s:444"
