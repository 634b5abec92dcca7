"""Every ``label：value`` that a page prints around its document, in whatever layout.

The layouts seen: table rows, list items, definition lists, spans by position, labels in attributes, and unlabelled
values in a fixed order. All are read from the same sequence of leaf blocks.
"""

import re
from dataclasses import dataclass

from lxml.etree import _Element as Element

from crawler.extraction.dates import read_day
from crawler.extraction.labels import FIELDS, TABLE_FIELDS, clean_label, clean_value, split_pair, split_pairs
from crawler.extraction.noise import is_validity_banner
from crawler.extraction.outline import Outline
from crawler.extraction.text import render_cells

_LONGEST_CELL = 400
_GROUPS = frozenset({"table", "ul", "ol", "dl"})
_BOUNDS = frozenset({"html", "body", "form", "main"})
_LARGEST_GROUP = 1500
_INDEX_NUMBER = re.compile(r"[A-Za-z0-9][\w-]{3,}/\d{4}[-\d]*|\d{9,}")
_LONGEST_LABEL = 10
_LONGEST_VALUE = 120
_SURE_LABELS = frozenset(
    {
        label
        for label, field in TABLE_FIELDS.items()
        if field in {"index_number", "document_number", "publisher", "written_on", "openness"}
    }
)
_POSITIONS = ("索引号", "发布机构", "关键词", "成文日期", "发布日期")


@dataclass(frozen=True, slots=True)
class Pair:
    """A label (spaces and colon removed) and its value; ``value`` is None for a placeholder.

    ``place`` is the leaf block it stands in; ``in_table`` tells an information table from a line of source and date.
    """

    label: str
    value: str | None
    place: int
    in_table: bool = False


@dataclass(frozen=True, slots=True)
class _Leaf:
    place: int
    text: str


def collect_pairs(outline: Outline, excluded: list[range]) -> list[Pair]:
    """The pairs of a page in document order.

    ``excluded`` are the places that hold the document itself: what a letter says after a colon is no field.
    """
    leaves = _find_leaves(outline, excluded)
    pairs: list[Pair] = []
    unknown: list[Pair] = []
    k = 0
    while k < len(leaves):
        found, used = _read_leaf(outline, leaves, k)
        pairs.extend(found)
        if is_validity_banner(leaves[k].text):
            pairs.append(Pair("有效性", leaves[k].text, leaves[k].place, in_table=True))
        elif not found and (other := split_pair(leaves[k].text)) is not None:
            unknown.append(Pair(other[0], clean_value(other[1]), leaves[k].place))
        k += used
    pairs.extend(_read_attributes(outline, excluded))
    if not any(pair.label in TABLE_FIELDS for pair in pairs):
        pairs.extend(_read_positions(outline, leaves))
    tables = {g for pair in pairs if pair.label in TABLE_FIELDS for g in _groups_of(outline, pair.place)}
    known = set(pairs)
    members = [p for p in (*pairs, *unknown) if p in known or not tables.isdisjoint(_groups_of(outline, p.place))]
    members.sort(key=lambda pair: pair.place)
    marked = [Pair(p.label, p.value, p.place, not tables.isdisjoint(_groups_of(outline, p.place))) for p in members]
    return list(dict.fromkeys(marked))


def _find_leaves(outline: Outline, excluded: list[range]) -> list[_Leaf]:
    """The short lines and cells outside the document, in document order."""
    body = next((e for e in outline.nodes if e.tag == "body"), outline.nodes[0])
    skipped = _find_excluded(outline, excluded)
    lines = render_cells(body, skipped)
    return [_Leaf(outline.index[line.element], line.text) for line in lines if len(line.text) <= _LONGEST_CELL]


def _find_excluded(outline: Outline, excluded: list[range]) -> set[Element]:
    """The largest elements that lie inside the excluded places."""
    skipped: set[Element] = set(outline.concealed)
    for places in excluded:
        i = places.start
        while i < places.stop and i < len(outline.nodes):
            skipped.add(outline.nodes[i])
            i = outline.end[i]
    return skipped


def _read_leaf(outline: Outline, leaves: list[_Leaf], k: int) -> tuple[list[Pair], int]:
    """The pairs that a leaf begins, and how many leaves they take."""
    leaf = leaves[k]
    found = split_pairs(leaf.text)
    if found:
        *whole, (label, value) = found
        pairs = [Pair(name, clean_value(text), leaf.place) for name, text in whole]
        if value or (follower := _find_value(outline, leaves, k)) is None:
            return [*pairs, Pair(label, clean_value(value), leaf.place)], 1
        return [*pairs, Pair(label, clean_value(follower), leaf.place)], 2
    if (label := clean_label(leaf.text)) in FIELDS:
        follower = _find_value(outline, leaves, k)
        return ([Pair(label, clean_value(follower), leaf.place)], 2) if follower is not None else ([], 1)
    head, border, rest = leaf.text.partition("\x00")
    if border and (label := clean_label(head)) in TABLE_FIELDS:
        return [Pair(label, clean_value(rest), leaf.place)], 1
    return [], 1


def _find_value(outline: Outline, leaves: list[_Leaf], k: int) -> str | None:
    """The text of the next leaf when it stands beside this one and is no label itself."""
    if k + 1 >= len(leaves):
        return None
    here, after = leaves[k].place, leaves[k + 1]
    head = clean_label(after.text.partition("\x00")[0])
    is_label = head in FIELDS or split_pairs(after.text) or after.text.endswith(("：", ":"))
    return after.text if not is_label and _row_of(outline, here) == _row_of(outline, after.place) else None


def _row_of(outline: Outline, i: int) -> int:
    """The table row that a place lies in; outside tables the list item or definition, else the parent."""
    around = [i, *outline.ancestors(i)[:4]]
    for tags in ({"tr"}, {"li"}):
        if (row := next((up for up in around if outline.nodes[up].tag in tags), None)) is not None:
            return row
    inner = next((up for up in around[:3] if outline.nodes[up].tag in {"dd", "dt"}), i)
    return outline.parent[inner]


def _read_attributes(outline: Outline, excluded: list[range]) -> list[Pair]:
    """Labels that stand only in ``title`` attributes: ``<i title="索引号"></i><em>…</em>``."""
    pairs = []
    for i, element in enumerate(outline.nodes):
        if element.tag == "a" or not (title := element.get("title")):
            continue
        if (label := clean_label(title)) not in FIELDS or any(i in places for places in excluded):
            continue
        after = element.getnext()
        own = outline.text_of(i)
        text = own or (outline.text_of(outline.index[after]) if after in outline.index else (element.tail or ""))
        pairs.append(Pair(label, clean_value(text), i))
    return pairs


def _read_positions(outline: Outline, leaves: list[_Leaf]) -> list[Pair]:
    """Five values without labels, in the order index number, publisher, keywords, written, published."""
    rows: dict[int, list[_Leaf]] = {}
    for leaf in leaves:
        rows.setdefault(outline.parent[leaf.place], []).append(leaf)
    for row in rows.values():
        values = [leaf.text.replace("\x00", "") for leaf in row]
        if len(values) == len(_POSITIONS) and _INDEX_NUMBER.fullmatch(values[0]) and read_day(values[-1]):
            return [Pair(name, clean_value(text), row[0].place) for name, text in zip(_POSITIONS, values, strict=True)]
    return []


def _groups_of(outline: Outline, i: int) -> list[int]:
    """The elements that hold a pair together with its neighbours: the list or table, else the nearest two wrappers."""
    groups = []
    for level, up in enumerate(outline.ancestors(i)):
        tag = outline.nodes[up].tag
        if tag in _BOUNDS or outline.chars[up] > _LARGEST_GROUP or (tag in {"td", "th"} and level > 1):
            break
        if tag in _GROUPS:
            return [up]
        if level < 2:  # noqa: PLR2004 - a row and the box around it
            groups.append(up)
    return groups


def find_tables(outline: Outline) -> list[int]:
    """The places of the page's information tables, by their labels alone: what stands in them is no prose."""
    labels: dict[int, dict[str, int]] = {}
    i = 0
    while i < len(outline.nodes):
        element = outline.nodes[i]
        if outline.hidden[i] or (element.tag == "p" and outline.chars[i] > _LONGEST_VALUE):
            i = outline.end[i]
            continue
        label = _peek_label(outline, i, element)
        if label in TABLE_FIELDS:
            for group in _groups_of(outline, i):
                labels.setdefault(group, {})[label] = _row_of(outline, i)
        i += 1
    found = [group for group, rows in labels.items() if _is_table(outline, group, rows)]
    # What wraps a table may wrap the document too: only the innermost group is the table.
    return [group for group in found if not any(group < other < outline.end[group] for other in found)]


def _is_table(outline: Outline, group: int, rows: dict[str, int]) -> bool:
    if len(rows) < 2 or _SURE_LABELS.isdisjoint(rows):  # noqa: PLR2004 - one label alone stands in many a text
        return False
    return outline.chars[group] <= _LONGEST_VALUE * (len(rows) + 1) and not _is_head_row(outline, group, rows)


def _peek_label(outline: Outline, i: int, element: Element) -> str:
    title = element.get("title")
    if title and element.tag != "a" and len(title) < _LONGEST_LABEL:
        return clean_label(title)
    if 1 < outline.chars[i] < _LONGEST_LABEL and not outline.links[i] and outline.end[i] - i < _LONGEST_LABEL * 2:
        return clean_label(outline.text_of(i))
    head, mark, _ = (element.text or "")[: _LONGEST_LABEL * 3].replace("：", ":").partition(":")
    return clean_label(head) if mark else ""


def _is_head_row(outline: Outline, group: int, rows: dict[str, int]) -> bool:
    """Whether all labels stand in one row of a table with several: the head row of a table of data."""
    if outline.nodes[group].tag != "table" or len(set(rows.values())) > 1:
        return False
    return sum(1 for i in range(group, outline.end[group]) if outline.nodes[i].tag == "tr") > 2  # noqa: PLR2004 - rows
