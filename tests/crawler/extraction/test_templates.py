"""One letter in many templates: whatever stands around it, the same text and the same fields come out.

The templates are put together from parts that government sites are made of, under names that no rule knows.
"""

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extraction import extract_document, parse_page
from crawler.extraction.outline import squeeze_space
from storage.records import Document

TITLE = "关于加强乡村医生队伍建设的提案的答复"
UNIT = "青川市卫生健康委员会"
LETTERS = (
    (
        "张三委员：",
        "您提出的《关于加强乡村医生队伍建设的提案》收悉，现答复如下：",
        "今年定向培养乡村医生26名。",
        UNIT,
        "2023年5月8日",
    ),
    ("张三委员：", "您的提案收悉，我委同意，已经落实。", "2023年5月8日"),
    ("现将有关情况说明如下。",),
)
TABLE = (
    ("索引号", "000123456/2023-00417"),
    ("发布机构", UNIT),
    ("文号", "青卫函〔2023〕56号"),
    ("成文日期", "2023-05-08"),
)
NAV = '<ul><li><a href="/">首页</a></li><li><a href="/a">政务公开</a></li><li><a href="/b">互动交流</a></li></ul>'
ROWS = '<li><a href="/1">关于湿地保护的提案的答复</a><span>2023-01-02</span></li>' * 5


@dataclass(frozen=True)
class Template:
    """One choice of each part; every part is a format with its content's place."""

    paragraph: str
    heading: str
    line: str
    table: str
    body: str
    frame: str
    above: str
    below: str


PARAGRAPHS = (
    "<p>{}</p>",
    "<div>　　{}</div>",
    "&nbsp;&nbsp;{}<br/>\n",
    '<p class="MsoNormal"><span>{}</span><o:p></o:p></p>',
)
HEADINGS = (
    "<h1>{}</h1>",
    "<h3>{}</h3>",
    '<div class="k8">{}</div>',
    '<table><tr><td align="center"><b>{}</b></td></tr></table>',
)
LINES = (
    "<div>发布时间：2023-06-01 来源：" + UNIT + " 浏览次数：<span>12</span> 字号：[大 中 小]</div>",
    "<p><span>来源：" + UNIT + "</span><span>日期：2023-06-01</span><span>点击：33次</span></p>",
    "<div><i>时间：</i><em>2023-06-01</em> <i>来源：</i><em>" + UNIT + "</em></div>",
    "<ul><li>发布日期：2023-06-01</li><li>信息来源："
    + UNIT
    + '</li><li><a href="javascript:print()">打印</a></li></ul>',
)
TABLES = (
    "".join(f"<tr><td>{label}：</td><td>{value}</td></tr>" for label, value in TABLE).join(("<table>", "</table>")),
    "".join(f"<li><b>{label}：</b>{value}</li>" for label, value in TABLE).join(("<ul>", "</ul>")),
    "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in TABLE).join(("<dl>", "</dl>")),
    "".join(f"<div><span>{a}</span><span>{b}</span></div>" for a, b in TABLE).join(("<div>", "</div>")),
    "".join(f'<li><i title="{a}"></i><em>{b}</em></li>' for a, b in TABLE).join(("<ul>", "</ul>")),
)
BODIES = ("<div>{}</div>", '<div class="q1">{}</div>', '<div id="zoom">{}</div>', "<table><tr><td>{}</td></tr></table>")
FRAMES = ("{}", "<div><div>{}</div></div>", "<table><tr><td>{}</td></tr></table>", "<form>{}</form>")
ABOVE = ("", f"<div>{NAV}</div>", f"<header>{NAV}</header><div>当前位置：<a href='/'>首页</a> &gt; 提案答复</div>")
BELOW = (
    "",
    "<div>责任编辑：王五</div><div>主办单位：青川市人民政府　地址：人民路1号　邮编：628000<br>ICP备00000000号</div>",
    f"<p>上一篇：<a href='a'>关于湿地保护的提案的答复</a></p><div><h3>相关文章</h3><ul>{ROWS}</ul></div>",
    (
        "<div><a href='javascript:print()'>打印本页</a> <a href='#'>关闭窗口</a></div>"
        "<footer>版权所有：青川市人民政府</footer>"
    ),
)
templates = st.builds(
    Template,
    paragraph=st.sampled_from(PARAGRAPHS),
    heading=st.sampled_from(HEADINGS),
    line=st.sampled_from(LINES),
    table=st.sampled_from(TABLES),
    body=st.sampled_from(BODIES),
    frame=st.sampled_from(FRAMES),
    above=st.sampled_from(ABOVE),
    below=st.sampled_from(BELOW),
)


def render_page(template: Template, letter: tuple[str, ...]) -> bytes:
    """The whole page of a letter in a template."""
    body = template.body.format("".join(template.paragraph.format(line) for line in letter))
    inner = template.frame.format(template.table + template.heading.format(TITLE) + template.line + body)
    head = f'<head><meta charset="utf-8"><title>{TITLE}_青川市人民政府</title></head>'
    return f"<!DOCTYPE html><html>{head}<body>{template.above}{inner}{template.below}</body></html>".encode()


def read_page(template: Template, letter: tuple[str, ...]) -> Document:
    """The document that the page shows."""
    return extract_document(parse_page(render_page(template, letter)))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(templates, st.sampled_from(LETTERS))
def test_letter_comes_out_of_any_template(template: Template, letter: tuple[str, ...]) -> None:
    """Text, title and fields are the letter's, nothing of the template's."""
    document = read_page(template, letter)
    assert document.text == "\n".join(map(squeeze_space, letter))
    assert document.title == TITLE
    assert (document.index_number, document.publisher) == (TABLE[0][1], UNIT)
    assert (document.document_number, document.written_on) == (TABLE[2][1], "2023-05-08")
    assert (document.published_at, document.source) == ("2023-06-01", UNIT)
    assert document.attachments == ()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(templates, templates, st.sampled_from(LETTERS))
def test_redesign_is_no_edit(old: Template, new: Template, letter: tuple[str, ...]) -> None:
    """The same letter in a new template says the same."""
    before, after = read_page(old, letter), read_page(new, letter)
    assert (before.text, before.title, before.kind, before.reply) == (after.text, after.title, after.kind, after.reply)
