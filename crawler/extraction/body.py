"""The document's own lines out of its container: head and tail of the page cut, styles and scripts taken out."""

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element

from crawler.extraction.attachments import file_type
from crawler.extraction.container import Core, is_furniture
from crawler.extraction.dates import read_moment
from crawler.extraction.labels import split_pairs
from crawler.extraction.noise import (
    has_noise_name,
    is_file_heading,
    is_footer_line,
    is_noise_line,
    is_tail_heading,
    is_tail_line,
    is_validity_banner,
)
from crawler.extraction.outline import BLOCKS, Outline, squeeze_space
from crawler.extraction.text import Line, render_cells, render_lines
from crawler.extraction.title import Title

_HEAD_LEAVES = 60
_LONGEST_HEAD = 300
_PROSE_LINE = 60
_STRONG = 2
_MOST_PASSED = 4
_LONGEST_DATE = 30
# The first line of a letter: whatever looks like a line of source behind it is the letter's own.
_LETTER_LINE = re.compile(r"(?:委员|代表|同志|会|局|委)\w{0,2}\s*[:：]\s*$|收悉|[。；]")
_LONGEST_INFO = 260
_SMALL_PART = 0.3
_TAIL_LINES = 40
_SHORTEST_TWIN, _TWIN_CHARS = 2, 40
_CSS_COMMENT = re.compile(r"/\*[^*]{0,400}\*/")
_CSS_RULE = re.compile(
    r"(?:@[\w-]{3,30}[^{}\n\u3400-\u9fff]{0,80}|[a-zA-Z.#*][\w.#\-\s,>:*+~\[\]=\"'()]{0,200})\{[^{}]{0,3000}\}",
    re.ASCII,
)
_CSS_BODY = re.compile(r"\{\s*\}|\{[^{}]*[\w-]+\s*:[^{}]*\}")
_WORD_LINE = re.compile(
    r"(?:Normal\s+0\b|(?:false|true)(?:\s+(?:false|true))+\b|EN-US\s+ZH-CN).{0,200}|MicrosoftInternetExplorer\d",
    re.IGNORECASE,
)
_SCRIPT_LINE = re.compile(r"(?:^|\s)(?:var\s+\w+\s*=|function\s*\w*\s*\(|document\.\w+|window\.\w+\s*=|\$\(|jQuery\()")
_CJK_RUN = re.compile(r"[\u3400-\u9fff]{12}")
_NEIGHBOUR = re.compile(r"^[【\[（(]?\s*(?:上一?[篇条页]|下一?[篇条页]|前一篇|后一篇)\s*[】\]）)]?\s*(?:[:：]|$)")


def find_start(outline: Outline, places: tuple[int, ...], title: Title, core: Core) -> int:
    """The place at which the text begins: behind the title and the line of source and date, where they stand inside.

    In a vendor's container a title without a line of source behind it is the text's own first line.
    """
    first = places[0]
    end = outline.end[first]
    inside = title.place if title.place is not None and first < title.place < end else None
    head = first if inside is None else outline.end[inside]
    start = _pass_tables(outline, core.tables, head, end)
    passed = 0
    for text, behind in _head_lines(outline, start, end):
        strength = _weigh_info(text, has_title=start > first)
        if behind is not None and (strength == _STRONG or (strength and not passed)):
            start, passed = behind, 0
        elif strength == 0:
            passed += 1
            if passed > _MOST_PASSED or _is_first_line(text):
                break
    is_own_line = inside is not None and core.found_by == "name" and not _is_heading(outline, inside)
    return first if start == head and is_own_line else start


def _pass_tables(outline: Outline, tables: tuple[int, ...], start: int, end: int) -> int:
    """Behind the information tables that stand at the head."""
    for table in tables:
        if start <= table < end and outline.chars_between(start, table) <= _LONGEST_HEAD:
            start = outline.end[table]
    return start


def _is_first_line(text: str) -> bool:
    """Whether a line surely is the document's own: the salutation, a sentence, a file."""
    bare = text.replace("\x00", "")
    return _LETTER_LINE.search(bare) is not None or "附件" in bare or file_type("", bare) is not None


def _head_lines(outline: Outline, start: int, end: int) -> Iterator[tuple[str, int | None]]:
    """The lines from a place on, up to the first that reads like prose, each with the place behind its block.

    Loose text between blocks has no such place.
    """
    i, seen = start, 0
    while i < end and seen < _HEAD_LEAVES:
        if outline.hidden[i] or not outline.chars[i]:
            i = outline.end[i]
        elif _is_leaf(outline, i):
            text = " ".join(line.text for line in render_cells(outline.nodes[i], outline.concealed))
            if _is_prose(text):
                return
            seen += 1
            yield text, outline.end[i]
            i = outline.end[i]
        else:
            if loose := squeeze_space(_read_loose(outline, i)):
                if _is_prose(loose):
                    return
                yield loose, None
            i += 1


def _read_loose(outline: Outline, i: int) -> str:
    """The text that stands in an element itself, not in a block inside it, where it is no part of a line of its own."""
    element = outline.nodes[i]
    tails = [child.tail or "" for child in element]
    return f"{element.text or ''} {' '.join(tails)}" if element.tag in BLOCKS else ""


def _is_prose(text: str) -> bool:
    return len(text) > _LONGEST_INFO or ("。" in text and len(text) > _PROSE_LINE)


def _is_heading(outline: Outline, i: int) -> bool:
    element = outline.nodes[i]
    return element.tag in {"h1", "h2", "h3"} or "tit" in f"{element.get('class')} {element.get('id')}".lower()


def _is_leaf(outline: Outline, i: int) -> bool:
    if outline.nodes[i].tag not in BLOCKS or not outline.chars[i] or outline.chars[i] > _LONGEST_INFO * 2:
        return False
    return not any(outline.nodes[j].tag in BLOCKS and outline.chars[j] for j in range(i + 1, outline.end[i]))


def _weigh_info(text: str, *, has_title: bool) -> int:
    """0: a line of the document; 1: a tool, or a line of source or date; 2: surely a line of source and date."""
    pairs = split_pairs(text)
    bare = text.replace("\x00", "")
    moment = read_moment(bare)
    if len(pairs) > 1 or (pairs and moment and has_title):
        return _STRONG
    if (pairs and has_title) or is_noise_line(bare):
        return 1
    return int(has_title and moment is not None and len(bare) <= _LONGEST_DATE and "年" not in bare)


def collect_lines(outline: Outline, places: tuple[int, ...], start: int, *, is_named: bool) -> list[Line]:
    """The lines of the document from ``start`` on."""
    lines: list[Line] = []
    for place in places:
        lines.extend(render_lines(outline.nodes[place], _find_skipped(outline, place, start)))
    return trim_tail(drop_twin(trim_head(lines)), is_named=is_named)


def drop_twin(lines: list[Line]) -> list[Line]:
    """Without the second copy of a document that is printed twice, for two kinds of screen."""
    spoken = [k for k, line in enumerate(lines) if not is_noise_line(line.text)]
    texts = [lines[k].text for k in spoken]
    for k in range(_SHORTEST_TWIN, len(texts) // 2 + 1):
        if texts[k] == texts[0] and texts[k : 2 * k] == texts[:k] and sum(map(len, texts[:k])) >= _TWIN_CHARS:
            behind = spoken[2 * k] if 2 * k < len(spoken) else len(lines)
            return [*lines[: spoken[k]], *lines[behind:]]
    return lines


def _find_skipped(outline: Outline, place: int, start: int) -> set[Element]:
    skipped: set[Element] = set(outline.concealed)
    whole = outline.chars[place]
    i = place + 1
    while i < outline.end[place]:
        element = outline.nodes[i]
        is_before = outline.end[i] <= start
        if is_before or _is_noise_block(outline, i, place, whole):
            skipped.add(element)
            i = outline.end[i]
        else:
            i = outline.end[i] if element.tag == "p" and i >= start else i + 1
    return skipped


def _is_noise_block(outline: Outline, i: int, place: int, whole: int) -> bool:
    chars = outline.chars[i]
    if not chars or chars > whole * _SMALL_PART or outline.nodes[i].tag not in BLOCKS | {"span"}:
        return False
    return has_noise_name(outline.nodes[i]) and is_furniture(outline, i, place)


def trim_head(lines: list[Line]) -> list[Line]:
    """Without the tools that stand above the first line of the document."""
    first = 0
    while first < len(lines) and (is_noise_line(lines[first].text) or is_validity_banner(lines[first].text)):
        first += 1
    return lines[first:]


def trim_tail(lines: list[Line], *, is_named: bool) -> list[Line]:
    """Without the editors' lines, tools, neighbours and boxes of related links below the document.

    Where the container is not surely the document's own, footers and lines that are links go too.
    """
    lines = _cut_tools(_cut_neighbours(lines), is_named=is_named)
    return lines if is_named else _cut_tools(_cut_files(lines), is_named=is_named)


def _cut_tools(lines: list[Line], *, is_named: bool) -> list[Line]:
    end = len(lines)
    while end and (is_tail_line(lines[end - 1].text) or (not is_named and _is_page_line(lines[end - 1]))):
        end -= 1
    return lines[:end]


def _cut_files(lines: list[Line]) -> list[Line]:
    """Without the list of files that stands in a box of its own below the text."""
    end = len(lines)
    while end and (is_file_heading(lines[end - 1].text) or file_type("", lines[end - 1].text) is not None):
        end -= 1
    if end in {0, len(lines)}:
        return lines
    heads_box = lines[end].element in lines[-1].element.iterancestors()
    box = lines[end].element if heads_box else lines[end].element.getparent()
    holds_text = any(box in (line.element, *line.element.iterancestors()) for line in lines[:end])
    return lines if holds_text else lines[:end]


def _is_page_line(line: Line) -> bool:
    return is_linked(line) or is_footer_line(line.text)


def _cut_neighbours(lines: list[Line]) -> list[Line]:
    for k in range(max(0, len(lines) - _TAIL_LINES), len(lines)):
        text = lines[k].text
        if _NEIGHBOUR.match(text) and lines[k].linked:
            return lines[:k]
        if (
            k
            and is_tail_heading(text)
            and text.strip("：: ") != "附件"
            and all(is_linked(line) for line in lines[k + 1 :])
        ):
            return lines[:k]
    return lines


def is_linked(line: Line) -> bool:
    """Whether most of a line is a link, or it is one of the page's tools."""
    return line.linked * 2 > len("".join(line.text.split())) or is_noise_line(line.text)


def join_text(lines: list[str]) -> str:
    """The lines as one text, without styles and scripts that stand in it as text."""
    text = "\n".join(lines)
    if "{" in text and "}" in text:
        text = _drop_styles(text)
    kept = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in kept if line and not _is_code(line))


def _drop_styles(text: str) -> str:
    found = _CSS_RULE.findall(text)
    if not any(_CSS_BODY.search(rule) for rule in found):
        return text
    text = _CSS_COMMENT.sub("", text)
    text = text.replace("<!--", "").replace("-->", "") if "<!--" in text else text
    return _CSS_RULE.sub(lambda match: "" if _CSS_BODY.search(match[0]) else match[0], text)


def _is_code(line: str) -> bool:
    if _WORD_LINE.fullmatch(line):
        return True
    return _SCRIPT_LINE.search(line) is not None and _CJK_RUN.search(line) is None and any(c in line for c in ";{}(")
