"""The one entry of this room: from a parsed page to the document that it shows."""

import re

from crawler.extraction.attachments import file_type, find_attachments, resolve_url
from crawler.extraction.body import collect_lines, find_start, join_text
from crawler.extraction.classification import classify_document
from crawler.extraction.container import add_siblings
from crawler.extraction.dates import is_date_line, read_day
from crawler.extraction.embedded import Embedded, find_embedded
from crawler.extraction.fallback import extract_whole
from crawler.extraction.fields import Fields, read_fields
from crawler.extraction.fingerprint import make_fingerprint
from crawler.extraction.meta import first_meta
from crawler.extraction.outline import Outline
from crawler.extraction.page import ParsedPage, parse_markup
from crawler.extraction.pairs import Pair, collect_pairs
from crawler.extraction.pointer import is_pointer
from crawler.extraction.reply import read_reply
from crawler.extraction.title import Title, find_title
from storage.comparison.filling import SEE_ATTACHMENT
from storage.records import Attachment, Document, SiteIdentity

_TOO_SHORT = 60
_SIGNED_LINES = 15
_CJK = re.compile("[\u4e00-\u9fff]")
_LETTER = re.compile("[A-Za-z]")
_TRADITIONAL = re.compile("[為國會這個們來對時說於與關應發務實辦]")
_CHINESE_SHARE = 0.2


def extract_document(page: ParsedPage, url: str | None = None) -> Document:
    """What the page says. Never raises; what it is not sure of is named in ``doubts``.

    ``url`` resolves the addresses of attachments; without it they stay as printed.
    """
    outline = page.outline
    meta, core = page.meta, page.core
    doubts = list(page.doubts)
    title = find_title(
        outline,
        core.place,
        core.tables,
        meta.get("articletitle", []),
        [*meta.get("sitename", []), *meta.get("columnname", [])],
    )
    places = add_siblings(outline, core.place, title.place or 0)
    is_named = core.found_by == "name"
    start = find_start(outline, places, title, core)
    pairs = collect_pairs(outline, _find_excluded(outline, places, start))
    lines = [line.text for line in collect_lines(outline, places, start, is_named=is_named)]
    text = join_text(lines)
    files = find_attachments(outline, places, title.place if title.place is not None else start, url)
    # A page whose document is data may still show a box of links to others, which no container's name vouches for.
    is_bare = len(text) < _TOO_SHORT or (not is_named and outline.prose[core.place] < _TOO_SHORT)
    embedded = find_embedded(outline) if is_bare else None
    if embedded is not None and len(inner := _read_embedded(embedded)) > len(text):
        text, files = inner, _merge_files(files, embedded, url)
        pairs = [*pairs, *(Pair(label, value, 0, in_table=True) for label, value in embedded.pairs)]
        doubts.append("embedded")
    elif core.found_by == "page" and not text:
        text = extract_whole(page)
        doubts.append("whole_page")
    fields = read_fields(outline, pairs, meta, title, start)
    return _compose(page, meta, title, fields, text, files, doubts)


def _find_excluded(outline: Outline, places: tuple[int, ...], start: int) -> list[range]:
    first, *rest = places
    return [range(max(first, start), outline.end[first]), *(range(i, outline.end[i]) for i in rest)]


def _read_embedded(embedded: Embedded) -> str:
    outline = Outline(parse_markup(embedded.markup))
    body = next((i for i, e in enumerate(outline.nodes) if e.tag == "body"), 0)
    return join_text([line.text for line in collect_lines(outline, (body,), body, is_named=True)])


def _merge_files(files: tuple[Attachment, ...], embedded: Embedded, url: str | None) -> tuple[Attachment, ...]:
    more = [
        Attachment(address, name, file_type(href, name) or "")
        for href, name in embedded.files
        if href and (address := resolve_url(url, href))
    ]
    return tuple({file.url: file for file in (*files, *more)}.values())


def _compose(
    page: ParsedPage,
    meta: dict[str, list[str]],
    title: Title,
    fields: Fields,
    text: str,
    files: tuple[Attachment, ...],
    doubts: list[str],
) -> Document:
    lines = text.split("\n")
    name = title.text or fields.title
    if is_pointer(text, name, files):
        doubts.append(SEE_ATTACHMENT)
    kind = classify_document(name or "", title.reference, text)
    return Document(
        kind=kind,
        title=name,
        text=text,
        publisher=fields.publisher,
        source=fields.source,
        index_number=fields.index_number,
        document_number=fields.document_number,
        keywords=fields.keywords,
        category=fields.category,
        validity=fields.validity,
        written_on=fields.written_on,
        published_at=fields.published_at,
        effective_on=fields.effective_on,
        signed_on=read_signed(lines),
        language=_read_language(page, text),
        encoding=page.encoding,
        site=SiteIdentity(first_meta(meta, "sitename"), first_meta(meta, "siteidcode"), first_meta(meta, "sitedomain")),
        column=first_meta(meta, "columnname"),
        attachments=files,
        raw_fields=fields.raw,
        reply=read_reply(name or "", title.reference, lines, fields.openness) if kind == "reply" else None,
        doubts=tuple(dict.fromkeys(doubts)),
        extractor=make_fingerprint(),
    )


def read_signed(lines: list[str]) -> str | None:
    """The date on a line of its own at the end of a letter, or at the end of its signature."""
    tail = lines[-_SIGNED_LINES:]
    alone = next((line for line in reversed(tail) if is_date_line(line)), None)
    if alone is not None:
        return read_day(alone)
    signature = re.compile(r"(?:局|委|办|厅|府|部|院|会|处|室|中心|公司|）)\s*(\S{8,14}日)\s*$")
    found = next(
        (match for line in reversed(tail) if len(line) < _TOO_SHORT and (match := signature.search(line))), None
    )
    return read_day(found[1]) if found else None


def _read_language(page: ParsedPage, text: str) -> str | None:
    """``zh``, ``zh-Hant`` or ``en`` by the letters of the text; else what the page declares."""
    chinese, latin = len(_CJK.findall(text)), len(_LETTER.findall(text))
    if chinese > (chinese + latin) * _CHINESE_SHARE:
        is_traditional = len(_TRADITIONAL.findall(text)) * 20 > chinese
        return "zh-Hant" if is_traditional else "zh"
    declared = (page.root.get("lang") or "").split("-")[0].strip().lower()
    if declared and not (declared == "zh" and latin):
        return declared
    return "en" if latin else None
