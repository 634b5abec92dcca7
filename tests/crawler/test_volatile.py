"""What may differ between two bodies of a page and says nothing, and what says something though it looks alike."""

import re
from html import unescape

import pytest

from crawler.volatile import is_volatile

PAGE = (
    '<html><head><script src="/a.js?v=1"></script><meta name="csrf-token" content="aaaabbbbcccc"></head><body>'
    "<div>今天是2026年3月2日 星期一</div><!-- made 10:00 -->"
    '<h1>关于路灯的答复</h1><div class="tools">来源：市政府 浏览次数：<span id="n">128</span> 次</div>'
    '<p>已拨付120万元，安装路灯128盏。</p><p>点击“申请”即可，共3步。</p><b class="hits">7</b>'
    '<a href="/f.pdf?v=1">附件</a><img src="/captcha.jsp?t=1"><input type="hidden" name="k" value="abcdefgh12345678">'
    "</body></html>"
)


def change(old: str, new: str) -> tuple[bytes, bytes]:
    """The page and the page with one passage changed."""
    assert old in PAGE
    return PAGE.encode(), PAGE.replace(old, new).encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"n">128<', '"n">1290<'),
        ('"hits">7<', '"hits">8<'),
        ("captcha.jsp?t=1", "captcha.jsp?t=99"),
        ("a.js?v=1", "a.js?v=2"),
        ('value="abcdefgh12345678"', 'value="zyxwvuts87654321"'),
        ("aaaabbbbcccc", "ddddeeeeffff"),
        ("今天是2026年3月2日 星期一", "今天是2026年3月13日 星期五"),
        ("made 10:00", "made 10:05"),
        ("关于路灯", "关于路灯"),
    ],
)
def test_what_changes_by_itself_says_nothing(old: str, new: str) -> None:
    """Counters behind their label or of their name, captchas, tokens, the date of today, comments."""
    assert is_volatile(*change(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("120万元", "90万元"),
        ("路灯128盏", "路灯129盏"),
        ("共3步", "共4步"),
        ("附件</a>", "附件2</a>"),
        ("/f.pdf?v=1", "/f.pdf?v=2"),
        ("captcha.jsp?t=1", "other.jsp?t=1"),
        ("关于路灯的答复", "关于路灯的复函"),
        ("<b class", "<i></i><b class"),
        ("浏览次数：", "浏览人数：："),
        ('"n">128<', '"n">一百二十八<'),
        ("<!-- made 10:00 -->", "<!-- made 10:00 --> 附注"),
        ('value="abcdefgh12345678"', 'value="全文已经删除，请见新文件"'),
    ],
)
def test_whatever_a_reader_may_see_says_something(old: str, new: str) -> None:
    """Numbers without a counter's label, words, links and structure are read again."""
    assert not is_volatile(*change(old, new))


def test_a_page_in_gbk_is_understood() -> None:
    """The label of a counter is read in the page's own encoding."""
    old, new = (PAGE.replace('"n">128', f'"n">{count}').encode("gb18030") for count in (128, 129))
    assert is_volatile(old, new)


def test_many_differences_are_another_page() -> None:
    """A page that differs in dozens of places is read, whatever they are."""
    pages = ["<i>" + "".join(f"浏览次数：<b>{number}</b>" for _ in range(60)) for number in (1, 2)]
    assert not is_volatile(pages[0].encode(), pages[1].encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p>全年网站访问量120万次，公开文件30件。</p>", "<p>全年网站访问量12万次，公开文件30件。</p>"),
        ("<td>网站总访问量</td><td>8800</td>", "<td>网站总访问量</td><td>880</td>"),
        ("<tr><th>浏览次数</th><td>1</td></tr>", "<tr><th>浏览次数</th><td>2</td></tr>"),
    ],
)
def test_a_document_may_speak_of_visits(old: str, new: str) -> None:
    """In a sentence or a table, a number of visits may be what the document is about."""
    page = f"<html><body><div>{{}}</div>{PAGE}</body></html>"
    assert not is_volatile(page.format(old).encode(), page.format(new).encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<li>网站年访问量：1200万人次</li>", "<li>网站年访问量：120万人次</li>"),
        ("<h3>二、门户网站访问量１２００万次</h3>", "<h3>二、门户网站访问量３２００万次</h3>"),
        ("<p>公示牌打开率85%</p>", "<p>公示牌打开率35%</p>"),
        ("<p>平台访问人数<strong>3200</strong>人。</p>", "<p>平台访问人数<strong>32</strong>人。</p>"),
        ('<p>公开文件<span class="hits">26</span>份。</p>', '<p>公开文件<span class="hits">62</span>份。</p>'),
        ("<p>群众的阅读率<b>85</b>%。</p>", "<p>群众的阅读率<b>35</b>%。</p>"),
        ('<p><b class="hits">26</b></p>', '<p><b class="hits">62</b></p>'),
    ],
)
def test_what_stands_in_the_document_is_read(old: str, new: str) -> None:
    """A number of visits that the document itself tells is its text, however it is marked up; the page's is not."""
    page = f"<html><body><div>{{}}</div>{PAGE}</body></html>"
    before, after = (page.format(each).encode() for each in (old, new))
    text = unescape(re.sub("<[^>]*>", "", old))
    assert not is_volatile(before, after, lambda: text)
    assert is_volatile(before, after, lambda: "路灯已经修好。")
    assert is_volatile(*change('"n">128<', '"n">1290<'), lambda: text)
