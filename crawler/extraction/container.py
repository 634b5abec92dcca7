"""Where on a page the document stands.

First the containers that the vendors' editors write, then structure: walk down from the body as long as one child holds
nearly all of the prose. What is found is the core; sibling blocks that read like the document are added to it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.etree import _Element as Element

from crawler.extraction.dates import is_date_line
from crawler.extraction.labels import INFO_LABEL
from crawler.extraction.noise import has_noise_name, is_noise_line
from crawler.extraction.outline import BLOCKS, Outline
from crawler.extraction.pairs import find_tables
from crawler.extraction.text import render_lines

# Names that editors and vendors give to the body of an article (domain knowledge of the CMS families).
_KNOWN_NAME = re.compile(
    r"(?:^|\s)(?:ucap-?content|vsb_content\w*|v_news_content|trs_editor_view|trs_ueditor|trs_editor|"
    r"custom_unionstyle|zoom|zoomcon|bt_content|detailcont|ivs_content|article_content|article-content|"
    r"article_con|content-txt|wp_articlecontent|news_cont_d_wrap|pages_content|ewb-article-content|tsrc)(?:$|\s)",
    re.IGNORECASE,
)
_KNOWN_TAGS = frozenset({"ucapcontent", "article"})
_NO_CONTAINERS = frozenset({"p", "table", "thead", "tbody", "tr", "li", "h1", "h2", "h3"})
_FOOTER_MARK = re.compile(
    r"版权所有|ICP备|公网安备|网站标识码|(?:主办|承办)(?:单位)?[:：]|技术支持[:：]|copyright|地址[:：]|邮编[:：]|网站地图",
    re.IGNORECASE,
)
_FOOTER_NODES, _LARGEST_FOOTER, _FOOTER_HEAD = 400, 1500, 40
_DIALOG = re.compile("跳转到?第三方|即将离开|是否继续访问|不在本网站")
_LONGEST_INFO, _MOST_NODES = 120, 80
_MAJORITY = 0.5
_DOMINANT = 0.8
_LINK_FARM = 0.5
_SENTENCE = re.compile(r"[。！？]|[a-z][.!?](?:\s|$)")
_BODY_NAME = re.compile(
    r"(?:^|[\s_-])(?:content|article|text|txt|zhengwen|neirong|maintext|con|zw|nr)(?:$|[\s_-])", re.IGNORECASE
)
_SENTENCE_LENGTH = 30
_SIGNATURE_LENGTH = 30
_SIGNATURE = re.compile(r"(?:府|局|委|办|厅|会|院|部|处|室|中心|公司|支队|大队|署|社|团|校|大学|组)(?:办公室|（章）)?$")


@dataclass(frozen=True, slots=True)
class Core:
    """The place of the element that holds the document or most of it.

    ``found_by`` is ``name`` (a vendor's container), ``structure`` or ``page`` (nothing better than the whole page);
    ``tables`` are the places of the page's information tables.
    """

    place: int
    found_by: str
    tables: tuple[int, ...] = ()


def find_core(outline: Outline, titles: Iterable[str]) -> Core:
    """The element that holds the document or most of it.

    What is surely none of it (footers, information tables, lines of source and date, headings that repeat one of the
    ``titles``) is taken out of the outline's counts of prose.
    """
    body = next((i for i, e in enumerate(outline.nodes) if e.tag == "body"), 0)
    tables = tuple(find_tables(outline))
    discount_footers(outline, body)
    for place in (*tables, *_find_headings(outline, titles), *_find_info_lines(outline)):
        outline.discount(place)
    known = _find_known(outline, body)
    if known is not None:
        return Core(_tighten(outline, known), "name", tables)
    core = _descend(outline, body)
    return Core(core, "page" if core == body else "structure", tables)


def _find_headings(outline: Outline, titles: Iterable[str]) -> list[int]:
    """The blocks that print one of the titles and nothing else."""
    wanted = {"".join(title.split()) for title in titles}
    lengths = {len(title) for title in wanted if title}
    return [
        i
        for i, chars in enumerate(outline.chars)
        if chars in lengths
        and outline.prose[i]
        and outline.end[i] - i < _MOST_NODES
        and "".join(outline.text_of(i).split()) in wanted
    ]


def _find_info_lines(outline: Outline) -> list[int]:
    """The short blocks that begin with the label of a source or a date."""
    return [
        i
        for i, element in enumerate(outline.nodes)
        if outline.prose[i] and outline.chars[i] < _LONGEST_INFO and _is_page_text(element.text or "")
    ]


def _is_page_text(text: str) -> bool:
    return INFO_LABEL.match(text) is not None or _DIALOG.search(text) is not None


def discount_footers(outline: Outline, body: int) -> None:
    """Take away the prose of the page's footers: a short document stands above a footer longer than itself."""
    for i in range(len(outline.nodes) - 1, max(body, len(outline.nodes) - _FOOTER_NODES), -1):
        element = outline.nodes[i]
        if (
            outline.hidden[i]
            or not outline.prose[i]
            or not _FOOTER_MARK.search(f"{element.text or ''} {element.tail or ''}")
        ):
            continue
        top = i
        while (up := outline.parent[top]) > body and _is_all_footer(outline, up, i):
            top = up
        if _is_all_footer(outline, top, i):
            outline.discount(top)


def _is_all_footer(outline: Outline, top: int, mark: int) -> bool:
    """Whether a block begins with links and marks of a footer and holds nothing else."""
    if outline.chars[top] > _LARGEST_FOOTER:
        return False
    text = outline.text_of(top)
    found = _FOOTER_MARK.search(text)
    links = sum(outline.links[k] for k in range(top, mark) if outline.nodes[k].tag == "a")
    return found is not None and found.start() - links < _FOOTER_HEAD and "收悉" not in text


def _find_known(outline: Outline, body: int) -> int | None:
    """The vendor's container with the most prose, if it holds most of what the page has outside links."""
    found: int | None = None
    for i, element in enumerate(outline.nodes):
        if outline.hidden[i] or not outline.prose[i] or (found is not None and i < outline.end[found]):
            continue
        if has_known_name(element) and (found is None or outline.prose[i] > outline.prose[found]):
            found = i
    if found is None or outline.prose[found] < outline.prose[body] * _share_needed(outline, body):
        return None
    return found


def has_known_name(element: Element) -> bool:
    """Whether a vendor or an editor names the bodies of articles so."""
    names = element.get("class"), element.get("id")
    return element.tag in _KNOWN_TAGS or any(name and _KNOWN_NAME.search(name) for name in names)


def _share_needed(outline: Outline, body: int) -> float:
    """A short document stands on a page whose footer is longer than itself."""
    return 0.3 if outline.prose[body] > 2000 else 0.05  # noqa: PLR2004 - characters


def _tighten(outline: Outline, i: int) -> int:
    """From a wide container to a vendor's container inside it, or to the only child that holds its text."""
    best = i
    for j in range(i + 1, outline.end[i]):
        if outline.prose[j] < outline.prose[i] * _DOMINANT or outline.hidden[j]:
            continue
        element = outline.nodes[j]
        if has_known_name(element):
            best = j
    return _descend(outline, best)


def _name_of(outline: Outline, i: int) -> str:
    element = outline.nodes[i]
    return f"{element.get('class') or ''} {element.get('id') or ''}".strip()


def _descend(outline: Outline, start: int) -> int:
    """Walk down as long as one block child holds nearly all of the prose."""
    at = start
    while True:
        kids = [k for k in outline.children(at) if outline.prose[k] and not outline.hidden[k]]
        if not kids:
            return at
        best = _look_through(outline, max(kids, key=lambda k: outline.prose[k]))
        rest = sum(
            outline.prose[k] for k in kids if not k <= best < outline.end[k] and not is_furniture(outline, k, at)
        )
        own = outline.prose[at] - sum(outline.prose[k] for k in kids)
        is_likely = outline.nodes[best].tag == "td" or _BODY_NAME.search(_name_of(outline, best))
        needed = _MAJORITY if is_likely else _DOMINANT
        if not _holds_blocks(outline, best) or outline.prose[best] < needed * (outline.prose[best] + rest + own):
            return at
        at = best


def _look_through(outline: Outline, i: int) -> int:
    """For a table that lays out the page the cell that holds its prose; every other element is itself."""
    if outline.nodes[i].tag != "table":
        return i
    cells = [j for j in range(i + 1, outline.end[i]) if outline.nodes[j].tag in {"td", "th"}]
    least = outline.prose[i] * (_MAJORITY if _is_layout(outline, i) else _DOMINANT)
    wide = [j for j in cells if outline.prose[j] > least and _counts_blocks(outline, j)]
    return wide[0] if wide else i


def _is_layout(outline: Outline, table: int) -> bool:
    """Whether a table arranges a page: it holds a table, or no row of it has more than one cell with text."""
    inside = range(table + 1, outline.end[table])
    if any(outline.nodes[j].tag == "table" for j in inside):
        return True
    rows = (outline.children(j) for j in inside if outline.nodes[j].tag == "tr")
    return all(sum(1 for cell in row if outline.chars[cell]) < 2 for row in rows)  # noqa: PLR2004 - two are a row of data


def _holds_blocks(outline: Outline, i: int) -> bool:
    """Whether an element can be a container: it has more than one paragraph or line, or wraps what has."""
    return outline.nodes[i].tag not in _NO_CONTAINERS and _counts_blocks(outline, i)


def _counts_blocks(outline: Outline, i: int) -> bool:
    inside = range(i + 1, outline.end[i])
    return any(outline.nodes[j].tag in BLOCKS or outline.nodes[j].tag == "br" for j in inside)


def is_furniture(outline: Outline, i: int, around: int) -> bool:
    """Whether a block is furniture of the page: by its links, its name (when it is small) or its words."""
    chars = outline.chars[i]
    if not chars or outline.hidden[i]:
        return True
    if outline.links[i] > chars * _LINK_FARM:
        return True
    if has_noise_name(outline.nodes[i]) and chars < outline.chars[around] * _MAJORITY:
        return outline.prose[i] < _SENTENCE_LENGTH or not _SENTENCE.search(outline.text_of(i))
    return chars < 400 and is_noise_line(outline.text_of(i))  # noqa: PLR2004 - a longer text is no tool bar


def add_siblings(outline: Outline, core: int, start: int) -> tuple[int, ...]:
    """The core and the blocks around it that belong to the document, up to where the page's furniture begins.

    Only what stands behind the title counts, and behind the core only what comes before the first furniture.
    """
    places = [core]
    seen = {outline.text_of(core)}
    at = core
    while (up := outline.parent[at]) > 0 and outline.nodes[at].tag != "body":
        kids = [k for k in outline.children(up) if outline.chars[k] and not outline.hidden[k]]
        position = kids.index(at)
        above = [k for k in reversed(kids[:position]) if k > start]
        for kids_beside, is_above in ((kids[position + 1 :], False), (above, True)):
            for kid in kids_beside:
                text = outline.text_of(kid)
                if text in seen:
                    continue
                if is_furniture(outline, kid, up) or not _reads_like_document(
                    outline, kid, core, text, is_above=is_above
                ):
                    break
                seen.add(text)
                places.append(kid)
        if start > up:
            break
        at = up
    return tuple(sorted(places))


def _has_sentence(outline: Outline, i: int, text: str) -> bool:
    """Whether a block has a line that is a sentence of some length and no notice of the page."""
    if len(text) < _SENTENCE_LENGTH or not _SENTENCE.search(text):
        return False
    lines = (line.text for line in render_lines(outline.nodes[i], outline.concealed))
    return any(len(line) >= _SENTENCE_LENGTH and _SENTENCE.search(line) and not is_noise_line(line) for line in lines)


def _reads_like_document(outline: Outline, i: int, core: int, text: str, *, is_above: bool) -> bool:
    same_name = outline.nodes[i].get("class") and outline.nodes[i].get("class") == outline.nodes[core].get("class")
    if same_name or _has_sentence(outline, i, text):
        return True
    if is_above:  # a date above the text is the day of publication
        return False
    return len(text) <= _SIGNATURE_LENGTH and (is_date_line(text) or _SIGNATURE.search(text) is not None)
