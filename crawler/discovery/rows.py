"""The rows of a list page: which of a page's links are the list, and what each row says.

A list is a container whose children repeat: each child (an item) holds one main link, mostly with a date beside it.
Menus, side boxes and pagers repeat as well, so containers are weighed: dates and document-like addresses speak for a
container, nearness to the pager too. Nested links inside an item (解读) are passed over.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import sqrt
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.discovery.items import Item, is_nested, read_item
from crawler.discovery.links import SECONDARY, TitleLinks, find_links, select_links
from crawler.discovery.listing import ListSource, parse_markup
from crawler.discovery.titles import clean_text, merge_rows
from crawler.discovery.urls import document_key
from storage.records import ListRow

SINGLE = frozenset({"li", "dt", "dd", "tr", "p", "a"})  # such a container is itself an item more often than a list
ITEM_TAGS = ("li", "dd", "dt")
SIDE_NAMES = re.compile(r"side|nav|menu|crumb|foot|head")
OTHER_NAMES = re.compile(r"(?:^|[\s_-])(?:hot|rank|ranking|recommend|related|aside|phb|tuijian)(?:$|[\s_-])")
OTHER_HEADINGS = re.compile(r"热点|热门|推荐|排行|相关(?:链接|阅读|新闻|文章)|友情链接|要闻|图片新闻|猜你喜欢|最近更新")
REPLY_WORDS = re.compile(r"提案|建议|议案|答复|复函|回复|代表|委员|书面意见|第\s*[\w-]+\s*号")
SHORT_TITLE = 8  # characters; undated links that are shorter are a menu
FEW = 3  # rows that show of which kind a block is
LONGEST_HEADING = 12  # characters


@dataclass(frozen=True, slots=True)
class FoundRows:
    """The rows of one page and the shape of the place in which they stood."""

    rows: tuple[ListRow, ...] = ()
    shape: str = ""


@dataclass(slots=True)
class Group:
    """Containers of one shape under one parent, with their items in the order of the page."""

    shape: str
    containers: list[HtmlElement] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    @property
    def dated(self) -> int:
        """How many items have a date beside them."""
        return sum(1 for item in self.items if item.row.listed_on)

    @property
    def is_plausible(self) -> bool:
        """At least half of the items are dated or lead to something like a document, and they are no short menu."""
        documents = [item.row for item in self.items if item.is_document]
        has_titles = sum(len(row.title) for row in documents) >= SHORT_TITLE * len(documents)
        is_spoken = any(REPLY_WORDS.search(row.title) for row in documents)
        return 2 * len(documents) >= len(self.items) > 0 and (self.dated > 0 or has_titles or is_spoken)


def find_rows(source: ListSource, selectors: Sequence[str] = (), pager: HtmlElement | None = None) -> FoundRows:
    """The rows of a page's list, without repetition.

    ``selectors`` are XPaths of containers in which a family is known to keep its list, tried first in this order;
    ``pager`` is the element with the page links, when there is one.
    """
    links = find_links(source.root, source.base)
    empty: list[Group] = []
    for selector in selectors:
        if containers := source.root.xpath(selector):
            groups = [Group(shape_of(box), [box], read_items(list(box), links)) for box in containers]
            if rows := unite_items([item for group in groups for item in group.items if item.is_document]):
                return FoundRows(rows, groups[0].shape)
            empty.extend(group for group in groups if not group.items)
    if empty:  # the list stands there and has no rows; links elsewhere on the page are no substitute
        return FoundRows((), empty[0].shape)
    groups = gather_groups(links)
    if others := {box for group in groups if group.is_plausible and is_other_box(group) for box in group.containers}:
        groups = gather_groups(links, others)
    plausible = [group for group in groups if group.is_plausible]
    candidates = [group for group in plausible if group.shape == source.shape] or plausible
    if not candidates:
        return FoundRows()
    nearness = [_nearness(group.containers[0], pager) for group in candidates]
    nearest = max(nearness)
    weights = [
        weigh_group(group, source, is_near=0 < near == nearest)
        for group, near in zip(candidates, nearness, strict=True)
    ]
    best = candidates[weights.index(max(weights))]
    parts = [group for group in groups if group is best or _is_part(group, best, source)]
    return FoundRows(unite_items([item for part in parts for item in part.items if item.is_document]), best.shape)


def read_fragment(markup: str, source: ListSource) -> Item | None:
    """The item in a piece of markup that is one row."""
    is_row = markup.lstrip()[:3].lower() == "<tr"
    root = parse_markup(f"<table>{markup}</table>" if is_row else f"<div>{markup}</div>")
    return read_item(root, (), find_links(root, source.base))


def gather_groups(links: TitleLinks, others: AbstractSet[HtmlElement] = frozenset()) -> list[Group]:
    """Every container with items, those of one shape under one parent joined; ``others`` are boxes to pass over."""
    members: dict[HtmlElement, list[HtmlElement]] = {}
    for anchor in links:
        if others and not others.isdisjoint(anchor.iterancestors()):
            continue
        child = anchor
        for parent in anchor.iterancestors():
            if parent.tag == "html":
                break
            children = members.setdefault(parent, [])
            if children and children[-1] is child:
                break
            children.append(child)
            child = parent
    groups: dict[tuple[str, HtmlElement | None], Group] = {}
    for container in members:
        shape = shape_of(container)
        place = container.getparent()
        if not _is_nested_box(container, links):
            groups.setdefault((shape, place), Group(shape)).containers.append(container)
    for group in groups.values():
        for container in group.containers:
            group.items.extend(read_items(members[container], links))
    return [group for group in groups.values() if _is_own_list(group)]


def read_items(children: Sequence[HtmlElement], links: TitleLinks) -> list[Item]:
    """The items among a container's children: those of the commonest tag that hold a title link."""
    holders = [child for child in children if select_links(child, links)]
    if not holders:
        return []
    tag = Counter(child.tag for child in holders).most_common(1)[0][0]
    holders = [child for child in holders if child.tag == tag]
    beside = set(holders)
    found = [read_item(holder, _following(holder, beside), links) for holder in holders]
    items = [item for item in found if item]
    main = [item for item in items if tag != "a" or not SECONDARY.search(item.row.title)]
    return main or items


def unite_items(items: Sequence[Item]) -> tuple[ListRow, ...]:
    """The rows in order of first appearance; what is printed twice is one row."""
    rows: dict[str, ListRow] = {}
    for item in items:
        key = document_key(item.row.url)
        rows[key] = merge_rows(rows[key], item.row) if key in rows else item.row
    return tuple(rows.values())


def weigh_group(group: Group, source: ListSource, *, is_near: bool) -> float:
    """How much speaks for a group being the page's list: what its items are first, how many they are second."""
    weight = sum(item.weight for item in group.items) / sqrt(len(group.items)) * weigh_kinship(group, source)
    if SIDE_NAMES.search(" ".join(_names_of(group.containers[0]))):
        weight *= 0.3
    if source.kind and _kind_of(group) == source.kind:
        weight *= 1.3
    if group.containers[0].tag in SINGLE:
        weight *= 0.95  # on a tie, the list around such containers
    return weight * (4 if is_near else 1)


def weigh_kinship(group: Group, source: ListSource) -> float:
    """How many of the items speak of replies, and how many lie in the column's own folder: 1 to 12."""
    folder = urljoin(source.url, ".")
    is_telling = urlsplit(folder).path != "/"
    inside = sum(1 for item in group.items if is_telling and item.row.url.startswith(folder))
    spoken = sum(1 for item in group.items if REPLY_WORDS.search(item.row.title))
    return (1 + 2 * inside / len(group.items)) * (1 + 3 * spoken / len(group.items))


def is_other_box(group: Group) -> bool:
    """Whether a group calls itself something else than the list: hot news, related links."""
    box = group.containers[0]
    if OTHER_NAMES.search(" ".join(_names_of(box))):
        return True
    headings = box.xpath("preceding-sibling::*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5][1]")
    text = clean_text(headings[0].text_content()) if headings else ""
    return len(text) <= LONGEST_HEADING and bool(OTHER_HEADINGS.search(text))


def shape_of(element: HtmlElement) -> str:
    """Tags and classes from the root down to an element."""
    path = [element, *element.iterancestors()]
    return "/".join(".".join([str(node.tag), *(node.get("class") or "").split()]) for node in reversed(path))


def _is_part(group: Group, best: Group, source: ListSource) -> bool:
    """Whether another group belongs to the list: pinned rows in a box beside it, or a block of the same shape.

    A page may have a block for each year; blocks for the other kind of reply are another column's.
    """
    if not group.is_plausible or SIDE_NAMES.search(" ".join(_names_of(group.containers[0]))):
        return False
    first, own = group.containers[0], best.containers[0]
    is_beside = first.getparent() is own.getparent() and first.tag == own.tag
    is_alike = is_beside and group.items[0].holder.tag == best.items[0].holder.tag
    is_other_kind = source.kind == _kind_of(best) != _kind_of(group) is not None and len(group.items) >= FEW
    if is_other_kind or not (is_alike or group.shape == best.shape):
        return False
    return weigh_kinship(group, source) > 0.6 * weigh_kinship(best, source)


def _kind_of(group: Group) -> str | None:
    """提案 or 建议, whichever more than half of the titles name; None for neither."""
    counts = {kind: sum(1 for item in group.items if kind in item.row.title) for kind in ("提案", "建议")}
    kind = max(counts, key=lambda name: counts[name])
    return kind if 2 * counts[kind] > len(group.items) else None


def _is_nested_box(container: HtmlElement, links: TitleLinks) -> bool:
    """Whether a container stands inside an item that has a document of its own outside it: links to 解读 and files."""
    for node in container.iterancestors(*ITEM_TAGS):
        own = [link.anchor for link in select_links(node, links) if link.likeness and not link.is_secondary]
        if own and not is_nested(own[0], node) and container not in own[0].iterancestors():
            return True
    return False


def _is_own_list(group: Group) -> bool:
    """Whether the items stand on their own; the links inside the items of a list around them do not."""
    if group.containers[0].tag not in SINGLE and (group.items and group.items[0].holder.tag != "a"):
        return bool(group.items)
    is_lone = len(group.containers) == 1
    return bool(group.items) and (is_lone or group.dated == len(group.items))


def _following(holder: HtmlElement, holders: set[HtmlElement]) -> Iterator[HtmlElement]:
    """What stands between an item and the next one and belongs to the former: a dd after its dt, a card."""
    for sibling in holder.itersiblings():
        if sibling in holders:
            return
        if isinstance(sibling.tag, str):
            yield sibling


def _names_of(element: HtmlElement) -> Iterator[str]:
    for node in [element, *element.iterancestors()][:3]:
        if node.tag in {"nav", "footer", "header", "aside"}:
            yield "nav"
        yield f"{node.get('class') or ''} {node.get('id') or ''}".lower()


def _nearness(element: HtmlElement, pager: HtmlElement | None) -> int:
    """How deep in the page lies the box that holds both an element and the pager; 0 is the body, or no pager."""
    if pager is None:
        return 0
    above = {pager, *pager.iterancestors()}
    shared = next((node for node in [element, *element.iterancestors()] if node in above), None)
    return sum(1 for node in shared.iterancestors() if node.tag != "html") if shared is not None else 0
