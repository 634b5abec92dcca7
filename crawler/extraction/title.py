"""The title of a document: what the page prints above the text, checked against what its meta tags say."""

import re
from dataclasses import dataclass

from crawler.extraction.labels import INFO_LABEL, clean_value, split_pairs
from crawler.extraction.noise import is_noise_line
from crawler.extraction.outline import BLOCKS, Outline
from crawler.extraction.reference import split_reference
from crawler.extraction.text import join_lines, render_lines

_HEADINGS = frozenset({"h1", "h2", "h3"})
_TITLE_NAME = re.compile(
    r"(?:^|[\s_-])(?:\w*title\d?|tit\w?|\w*[_-]?bt|biaoti|headline|heading|\w*tit|\w*-tt)(?:$|[\s_-])", re.IGNORECASE
)
# Names of sites and columns, which stand in headers and in the window's title.
_SITE_LIKE = re.compile(r"[^关对的\d]{2,18}(?:局|网|政府|委员会|委|厅|办公室|网站|门户|平台)")
_SHORTEST, _LONGEST, _LONGEST_WINDOW = 4, 260, 600
_LONG_ENOUGH = 8
_MOST_NODES = 80
_LEAST, _SURE, _KNOWN = 2, 3, 10
_BOLD_OR_BLOCK = BLOCKS | {"b", "strong"}
_SPACE = re.compile(r"[\s\u200b\ufeff\u3000\xa0]+")
_SUFFIX = re.compile(r"\s*[_|｜]\s*|\s+[-–—]+\s+|\s*--+\s*|\s*-\s*(?=[^\d\s])")


@dataclass(frozen=True, slots=True)
class Title:
    """``text`` without a reference line, ``reference`` that line when there is one, ``place`` of the heading, if shown.

    ``is_confirmed`` when the printed heading agrees with a meta tag or the window's title.
    """

    text: str | None = None
    reference: str | None = None
    place: int | None = None
    is_confirmed: bool = False


def find_title(outline: Outline, core: int, tables: tuple[int, ...], meta: list[str], others: list[str]) -> Title:
    """The title printed nearest above the document's ``core``, else the one that the meta tags give.

    What stands in one of the information ``tables`` is a value, not a heading. ``meta`` are the values of
    ArticleTitle, ``others`` the names of site and column, which are nobody's title.
    """
    window = read_window_title(outline)
    wanted = {_squeeze(text) for text in (*meta, *split_window(window))} - {_squeeze(text) for text in others}
    values = {i for table in tables for i in range(table, outline.end[table])}
    best: tuple[int, Title] | None = None
    for i in range(outline.end[core]):
        if i in values:
            continue
        if i > core and best is not None and best[0] > _KNOWN:
            break
        rank = _rank_candidate(outline, i)
        if rank == 0:
            continue
        title = _read_heading(outline, i)
        if title.text is None:
            continue
        is_known = not _SITE_LIKE.fullmatch(title.text) and (
            _squeeze(title.text) in wanted or _is_part(title.text, window)
        )
        score = (_KNOWN if is_known else 0) + rank
        # Above the text the nearest heading counts, inside it the first.
        least = _LEAST if best is None else best[0] + (i > core)
        if score >= least:
            best = score, Title(title.text, title.reference, i, is_known)
    if best is None or best[0] < _SURE:
        above = _find_above_info(outline, outline.end[core])
        title = _read_heading(outline, above) if above is not None else Title()
        if title.text and (best is None or not meta):
            return Title(title.text, title.reference, above)
    return best[1] if best else _fall_back(meta, window, others)


def _find_above_info(outline: Outline, end: int) -> int | None:
    """The block printed right above the first line of source and date: a heading that nothing names one."""
    last: int | None = None
    for i in range(end):
        text = outline.nodes[i].text
        if not outline.hidden[i] and text and outline.chars[i] <= _LONGEST and INFO_LABEL.match(text):
            return last
        if _is_heading_sized(outline, i) and outline.nodes[i].tag in _BOLD_OR_BLOCK and not _is_page_line(outline, i):
            last = i
    return None


def _is_heading_sized(outline: Outline, i: int) -> bool:
    is_small = _SHORTEST <= outline.chars[i] <= _LONGEST and outline.end[i] - i <= _MOST_NODES
    return is_small and not outline.hidden[i] and outline.links[i] * 2 <= outline.chars[i]


def _is_page_line(outline: Outline, i: int) -> bool:
    text = outline.text_of(i)
    return is_noise_line(text) or bool(split_pairs(text))


def _rank_candidate(outline: Outline, i: int) -> int:
    """0: no heading; 1: any small block; 2: named like a title; 3: h2, h3; 4: h1."""
    if not _is_heading_sized(outline, i):
        return 0
    element = outline.nodes[i]
    if element.tag in _HEADINGS:
        return 4 if element.tag == "h1" else 3
    if element.tag in {"a", "li", "ul", "option", "html", "body"} or outline.links[i] * 2 > outline.chars[i]:
        return 0
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(name) > 1 and _TITLE_NAME.search(name):
        return 2
    is_wrapper = i + 1 < outline.end[i] and outline.chars[i + 1] == outline.chars[i]
    return 0 if is_wrapper else 1


def _read_heading(outline: Outline, i: int) -> Title:
    lines = render_lines(outline.nodes[i], outline.concealed)
    text = join_lines(lines)
    if not text or is_noise_line(text):
        return Title()
    for k in range(1, len(lines)):
        if split_reference(whole := join_lines(lines[k:])) == (None, whole):
            return Title(join_lines(lines[:k]), whole)
    title, reference = split_reference(text)
    return Title(title or text, reference if title else None)


def read_window_title(outline: Outline) -> str:
    """The text of the first title element that has one."""
    titles = (" ".join((e.text or "")[:_LONGEST_WINDOW].split()) for e in outline.nodes if e.tag == "title")
    return next((text for text in titles if text), "")


def split_window(window: str) -> list[str]:
    """The window's title as a whole and without what follows each separator: the site's and the column's names."""
    cuts = [match.start() for match in _SUFFIX.finditer(window)]
    return [window, *(window[:cut].strip() for cut in cuts if cut >= _SHORTEST)]


def _is_part(text: str, window: str) -> bool:
    bare = _squeeze(text)
    whole = _squeeze(window)
    return len(bare) >= _LONG_ENOUGH and (whole.startswith(bare) or whole.endswith(bare))


def _fall_back(known: list[str], window: str, others: list[str]) -> Title:
    pieces = split_window(window)
    text = known[0] if known else clean_value(pieces[1] if len(pieces) > 1 else window)
    if text is None or (not known and (text in others or _SITE_LIKE.fullmatch(text))):
        return Title()
    title, reference = split_reference(text)
    return Title(title or text, reference if title else None)


def _squeeze(text: str) -> str:
    return _SPACE.sub("", text)
