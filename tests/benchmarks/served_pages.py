"""The pages that the benchmarks serve: official replies of about 40 KB, and lists of them.

Made of a vocabulary with the skew of a language, so that they compress about as real ones do, and all of one template:
meta tags, a navigation, an information table, paragraphs with inline styles as editors leave them, a footer.
"""

import random
from dataclasses import dataclass, field
from html import escape

PAGE_BYTES = 40_000
NAVIGATION = "".join(
    f'<li class="nav-item"><a href="/channel/{number}/index.html" title="栏目{number}">政务公开栏目{number}</a></li>\n'
    for number in range(60)
)
TOP = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="SiteName" content="云泽市人民政府"><meta name="SiteDomain" content="www.yunze.example">
<meta name="SiteIDCode" content="4190000001"><meta name="ColumnName" content="政协提案答复">
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day} 09:30">
<meta name="ContentSource" content="市政府办公室"><meta name="Keywords" content="提案,答复">
<title>{title}_云泽市人民政府</title>
<link rel="stylesheet" href="/static/site.css"><script src="/static/jquery.js"></script>
<style>.TRS_Editor P{{margin-top:5px}} .content-txt{{font-size:16px}}</style>
</head>
<body>
<div class="header"><img src="/static/logo.png"><form action="/search"><input name="q"></form></div>
<div class="nav"><ul>
"""
ARTICLE = """</ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/jyta/list.html">政协提案答复</a></div>
<div class="main">
<table class="info-table"><tr><td>索引号：</td><td>74744{number:04d}/2026-{number:05d}</td><td>发布机构：</td>
<td>市政府办公室</td></tr><tr><td>成文日期：</td><td>{day}</td><td>发布日期：</td><td>{day}</td></tr></table>
<h1 class="title">{title}</h1>
<div class="tools">来源：市政府办公室 发布时间：{day} 09:30 浏览次数：<span id="views">"""
TEXT = """</span></div>
<div class="content-txt" id="zoom">
<p style="text-indent:2em"><span style="font-family:仿宋_GB2312;font-size:16pt">王文{number}委员：</span></p>
<p style="text-indent:2em"><span style="font-family:仿宋_GB2312;font-size:16pt">您提出的关于加强第{number}片区\
公共服务的提案收悉，现答复如下：</span></p>
"""
EDITED = "本年度已落实资金{number}万元，较原计划有所调整。"
BOTTOM = """<p style="text-align:right"><span style="font-size:16pt">云泽市教育局</span></p>
<p style="text-align:right"><span style="font-size:16pt">{day}</span></p>
</div>
<div class="share">分享到：<a>微信</a><a>微博</a></div>
</div>
<div class="feedback"><form action="/feedback"><input name="code"><img src="/captcha.jsp?t="""
FOOTER = """"></form></div>
<div class="footer">主办：云泽市人民政府办公室 网站标识码：4190000001 <a href="/map">网站地图</a></div>
<script>$.get("/count?id={number}",function(d){{$("#views").text(d);}});</script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences of a made-up vocabulary; the same ones every time."""

    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - the same pages, no secret
    vocabulary: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=lambda: [1 / rank for rank in range(1, 1501)])

    def write_paragraphs(self, size: int) -> str:
        """Paragraphs of together about so many bytes."""
        if not self.vocabulary:
            for _ in self.weights:
                letters = (chr(self.chance.randint(0x4E00, 0x9FA5)) for _ in range(self.chance.randint(1, 4)))
                self.vocabulary.append("".join(letters))
        lines: list[str] = []
        left = size
        while left > 0:
            words = self.chance.choices(self.vocabulary, self.weights, k=60)
            sentence = "，".join("".join(words[start : start + 10]) for start in range(0, 60, 10))
            line = (
                '<p class="MsoNormal" style="text-indent:2em"><span style="font-family:仿宋_GB2312;font-size:16pt">'
                f"{sentence}。</span></p>\n"
            )
            lines.append(line)
            left -= len(line.encode())
        return "".join(lines)


@dataclass(frozen=True, slots=True)
class ServedPage:
    """One page in pieces: between them go the view counter, the edit and the number of the captcha."""

    number: int
    pieces: tuple[bytes, bytes, bytes, bytes]

    def render(self, counter: bytes = b"128", edit: bytes = b"", captcha: bytes = b"1") -> bytes:
        """The page as it is served."""
        head, text, middle, end = self.pieces
        return b"".join((head, counter, text, edit, middle, captcha, end))


def make_title(number: int) -> str:
    """The title of a reply."""
    return f"关于市政协十四届三次会议第{number:05d}号提案的答复"


def make_pages(count: int) -> list[ServedPage]:
    """So many different replies of about `PAGE_BYTES`."""
    words = Words()
    frame = len((TOP + NAVIGATION + ARTICLE + TEXT + BOTTOM + FOOTER).encode())
    texts = [words.write_paragraphs(PAGE_BYTES - frame) for _ in range(40)]
    return [make_page(number, texts[number % len(texts)]) for number in range(1, count + 1)]


def make_page(number: int, text: str) -> ServedPage:
    """One reply around a text."""
    values = {"title": make_title(number), "number": number, "day": f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}"}
    head = TOP.format(**values) + NAVIGATION + ARTICLE.format(**values)
    middle = text + BOTTOM.format(**values)
    pieces = (head, TEXT.format(**values), middle, FOOTER.format(**values))
    first, second, third, fourth = (piece.encode() for piece in pieces)
    return ServedPage(number, (first, second, third, fourth))


def make_list(numbers: range) -> bytes:
    """A list of one page that shows these replies."""
    rows = "".join(
        f'<li><a href="/jyta/{number}.jhtml" title="{escape(make_title(number))}">{make_title(number)}</a>'
        f"<span>2026-03-01</span></li>\n"
        for number in numbers
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>政协提案答复</title></head><body>'
        f'<div class="list"><ul>{rows}</ul></div></body></html>'
    ).encode()
