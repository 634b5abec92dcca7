"""Which of a page's pairs, meta tags and lines to trust for each field of a document."""

import re
from dataclasses import dataclass

from crawler.extraction.dates import read_day, read_moment
from crawler.extraction.labels import FIELDS
from crawler.extraction.meta import first_meta, meta_moments, official_pairs, split_keywords
from crawler.extraction.outline import Outline
from crawler.extraction.pairs import Pair
from crawler.extraction.title import Title

# What a line prints behind the source without a label of its own.
_SOURCE_TAIL = re.compile(
    r"\s*(?:(?:19|20)\d\d\s*[-./年].*"
    r"|[\[【（(|]?\s*(?:选择)?(?:阅读)?(?:字[号体]|浏览|点击|打印|分享|收藏|大 中 小|\[\s*大).*)$"
)
_SITE_WORD = re.compile(r"政府网(?:站)?$|门户网站?$|信息网$")
_DAY = len("2021-09-22")
_OTHER_DATES = frozenset({"written_on", "issued_on", "effective_on", "expires_on"})
_LONGEST_INFO = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of one document; dates in ISO form. ``raw`` keeps every pair as printed."""

    title: str | None = None
    publisher: str | None = None
    source: str | None = None
    index_number: str | None = None
    document_number: str | None = None
    keywords: tuple[str, ...] = ()
    category: str | None = None
    validity: str | None = None
    openness: str | None = None
    written_on: str | None = None
    effective_on: str | None = None
    published_at: str | None = None
    raw: tuple[tuple[str, str], ...] = ()


def read_fields(outline: Outline, pairs: list[Pair], meta: dict[str, list[str]], title: Title, start: int) -> Fields:
    """Choose for each field: the table, then the visible line, then the official meta tags.

    A visible date wins over PubDate, which on some systems is the time the page was generated; the meta tag only adds
    the time of day to a visible date of the same day.
    """
    values: dict[str, list[str]] = {}
    for pair in pairs:
        if pair.value and (field := _name_field(pair)):
            values.setdefault(field, []).append(pair.value)

    def first(field: str) -> str | None:
        return next(iter(values.get(field, ())), None)

    raw = dict.fromkeys((p.label, p.value) for p in pairs if p.value and FIELDS.get(p.label) != "noise")
    return Fields(
        title=first("title"),
        publisher=first("publisher"),
        source=_choose_source(pairs, title, start) or first_meta(meta, "contentsource"),
        index_number=first("index_number"),
        document_number=first("document_number"),
        keywords=_choose_keywords(first("keywords"), meta, title),
        category=first("category"),
        validity=first("validity"),
        openness=first("openness"),
        written_on=read_day(first("written_on")),
        effective_on=read_day(first("effective_on")),
        published_at=_choose_moment(outline, pairs, meta, title, start),
        raw=(*raw, *official_pairs(meta)),
    )


def _choose_keywords(printed: str | None, meta: dict[str, list[str]], title: Title) -> tuple[str, ...]:
    """The table's keywords, else the official tag's unless that only repeats the title or the column."""
    if printed:
        return split_keywords(printed)
    repeated = {title.text, *meta.get("articletitle", ()), *meta.get("columnname", ())}
    official = (split_keywords(value) for value in meta.get("Keywords", ()) if value not in repeated)
    # Keywords that name the site are the whole site's.
    return next((words for words in official if not any(_SITE_WORD.search(word) for word in words)), ())


def _name_field(pair: Pair) -> str | None:
    if pair.in_table and pair.label == "信息来源":
        return "publisher"
    if pair.in_table and pair.label == "状态":
        return "validity"
    return FIELDS.get(pair.label)


def _nearest(pairs: list[Pair], title: Title, start: int) -> list[Pair]:
    """Pairs by their nearness to the heading: between heading and text, then above, then below."""
    top = title.place if title.place is not None else 0
    return sorted(
        pairs,
        key=lambda p: (0, 0) if top <= p.place <= start else (1, top - p.place) if p.place < top else (2, p.place),
    )


def _choose_source(pairs: list[Pair], title: Title, start: int) -> str | None:
    named = [p for p in pairs if p.value and _name_field(p) == "source"]
    values = (_SOURCE_TAIL.sub("", p.value or "").strip() for p in _nearest(named, title, start))
    return next((value for value in values if value), None)


def _choose_moment(
    outline: Outline, pairs: list[Pair], meta: dict[str, list[str]], title: Title, start: int
) -> str | None:
    near = _nearest([p for p in pairs if p.value], title, start)
    printed = [(p, m) for p in near if FIELDS.get(p.label) == "published_on" and (m := read_moment(p.value))]
    in_line = [m for p, m in printed if not p.in_table]
    in_table = [m for p, m in printed if p.in_table]
    updated = [m for p in near if FIELDS.get(p.label) == "updated_on" and (m := read_moment(p.value))]
    others = {read_day(p.value) for p in near if _name_field(p) in _OTHER_DATES}
    bare = [] if in_line or in_table else _find_bare_dates(outline, title, start, others)
    visible = [*in_line, *in_table, *bare, *updated]
    official = meta_moments(meta)
    if not visible:
        return official[0] if official else None
    day = visible[0][:_DAY]
    return next((m for m in [*visible, *official] if m.startswith(day) and len(m) > _DAY), day)


def _find_bare_dates(outline: Outline, title: Title, start: int, others: set[str | None]) -> list[str]:
    """Dates without a label between the heading and the text, the days of ``others`` left out."""
    if title.place is None:
        return []
    found = []
    for i in range(title.place + 1, min(start + 1, len(outline.nodes))):
        if not outline.hidden[i] and 0 < outline.chars[i] <= _LONGEST_INFO:
            moment = read_moment(outline.text_of(i))
            if moment and moment[:_DAY] not in others:
                found.append(moment)
    return found
