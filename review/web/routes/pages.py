"""A page with its history, and each of its captures."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response

from review.field_values import show_value
from review.masking import mask_change, mask_document, mask_text
from review.memento import stamp_time
from review.presentation import judge_link
from review.timeline import draw_timeline
from review.times import show_second
from review.web.answers import is_known, make_tag
from review.web.archive_words import WORDS
from review.web.desk import CurrentDesk, Desk
from review.words import KINDS, word_field
from storage.archive.errors import ArchiveError
from storage.archive.indexes import is_replayable
from storage.mementos import Holding, find_holding, load_packed, load_response
from storage.page_views import PageView, read_page_view
from storage.records import Capture, Change, Document
from storage.reporting import read_page_changes

router = APIRouter(include_in_schema=False)
FIELDS = (
    "publisher",
    "source",
    "index_number",
    "document_number",
    "keywords",
    "category",
    "validity",
    "written_on",
    "published_at",
    "effective_on",
    "signed_on",
)
DIGITS = 9
LONGEST_TEXT = 200_000  # characters shown of a document; its capture has the rest
MOST_CHANGES = 20
REPLY_FIELDS = ("kind", "level", "body", "term", "session", "numbers", "reference", "addressees", "openness")


def word_in(desk: Desk, name: str, **values: object) -> str:
    """Words of these pages in the reader's language."""
    return WORDS[name].fill(**values).read_in(desk.language)


def word_reason(desk: Desk, reason: str) -> str:
    """Why a page is due, in the reader's language; an unknown reason is shown as it is."""
    name = f"reason_{reason.replace(' ', '_')}"
    return word_in(desk, name) if name in WORDS else reason


def word_run(desk: Desk, state: str) -> str:
    """How a crawl ended, in the reader's language; Scrapy's other reasons are shown as they are."""
    name = f"run_{state}"
    return word_in(desk, name) if name in WORDS else state


@router.get("/pages/{page_id}")
def show_page(desk: CurrentDesk, page_id: int) -> Response:
    """The document, its time line, versions, listings, twins, and the archived page in a frame.

    ``?version=2`` shows an older version, and the archived page as it was then.
    """
    asked = desk.request.query_params.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < DIGITS else 0
    view = read_page_view(desk.database, page_id, number) if 0 < page_id < 2**63 else None
    if view is None:
        raise HTTPException(404)
    tag = tag_page(desk, view)
    if is_known(desk, tag):
        return Response(status_code=304, headers={"ETag": tag})
    version = view.shown
    document = mask_document(cut_document(version.document)) if version else None
    length = len(version.document.text) if version else 0
    shown = find_archived(desk, view, number)
    last = view.sightings[-1].captured_at if view.sightings else desk.now
    return desk.render(
        "page.html",
        headers={"ETag": tag, "Cache-Control": "private, no-cache"},
        view=view,
        title=mask_text(view.title) or view.url,
        document=document,
        fields=list_fields(desk, document) if document else (),
        line=draw_timeline(view.sightings, last),
        link=judge_link(view.url),
        memento=name_memento(shown) if shown else None,
        memento_time=shown.captured_at if shown else None,
        shown=version,
        lines=cut_lines(document.text) if document else (),
        omitted=max(0, length - LONGEST_TEXT),
        files=list_files(document) if document else (),
        changes=list_changes(desk, page_id),
        say_kind=lambda kind: desk.read(KINDS[kind]),
        say=partial(word_in, desk),
        reason=word_reason(desk, view.due_reason),
        name_capture=name_capture,
        mask=mask_text,
    )


def find_archived(desk: Desk, view: PageView, number: int) -> Capture | None:
    """The capture to be shown in the frame: the latest good one, or the one that first showed a version."""
    if number and view.shown and (holding := find_holding(desk.database, view.shown.record_id)):
        return holding.capture
    good = (one.capture for one in view.holdings if one.is_memento and one.capture.outcome.is_good)
    return next(good, None)


def list_changes(desk: Desk, page_id: int) -> list[Change]:
    """The latest changes of a page, personal data covered."""
    return [mask_change(one, is_brief=True).change for one in read_page_changes(desk.database, page_id, MOST_CHANGES)]


def cut_document(document: Document) -> Document:
    """A document with as much of its text as is shown, and a little more, in which a label may stand."""
    return replace(document, text=document.text[: LONGEST_TEXT + 500])


def cut_lines(text: str) -> list[str]:
    """The lines of a text, of a long one those at its beginning."""
    return text[:LONGEST_TEXT].splitlines()


def list_files(document: Document) -> list[tuple[str, str | None, str]]:
    """The files of a document: name, a safe address, digest."""
    return [(one.name or one.url, judge_link(one.url), one.digest or "") for one in document.attachments]


def tag_page(desk: Desk, view: PageView) -> str:
    """What a page's answer depends on, as an ETag."""
    newest = view.holdings[0].capture.record_id if view.holdings else ""
    number = view.shown.number if view.shown else 0
    counts = (len(view.versions), number)
    parts = (desk.language, desk.theme, newest, counts, view.next_due_at, view.twins, view.spans)
    return make_tag(repr(parts).encode())


def list_fields(desk: Desk, document: Document) -> list[tuple[str, str]]:
    """The fields that are known, with their names."""
    values = [(name, getattr(document, name)) for name in FIELDS]
    if document.reply:
        values += [(f"reply.{name}", getattr(document.reply, name)) for name in REPLY_FIELDS]
        units = document.reply.units
        said = [(word_in(desk, "main_units"), units.main), (word_in(desk, "assisting_units"), units.assisting)]
        values.append(("reply.units", "；".join(f"{role}：{show_value(names)}" for role, names in said if names)))
    words = [(desk.read(word_field(name)), mask_text(show_value(value))) for name, value in values]
    return [(name, value) for name, value in words if value]


def name_memento(capture: Capture) -> str | None:
    """Where the archive shows a capture; None when there is nothing to show."""
    if not is_replayable(capture):
        return None
    return f"/web/{stamp_time(capture.captured_at)}/{quote(capture.url, safe=':/?&=%,;+@~!$()*')}"


def name_capture(record_id: str) -> str:
    """The page of a capture."""
    return f"/captures/{quote(record_id, safe=':')}"


@router.get("/captures/{record_id}")
def show_capture(desk: CurrentDesk, record_id: str) -> Response:
    """The evidence of one capture."""
    holding = take_holding(desk, record_id)

    def show_time(moment: datetime) -> str:
        return show_second(moment, desk.configuration.zone)

    return desk.render(
        "capture.html",
        holding=holding,
        capture=holding.capture,
        memento=name_memento(holding.capture),
        link=judge_link(holding.capture.url),
        address=name_capture(record_id),
        say=partial(word_in, desk),
        show_time=show_time,
    )


@router.get("/captures/{record_id}/{part}")
def download_capture(desk: CurrentDesk, record_id: str, part: str) -> Response:
    """A capture's payload, its head, or its WARC record, as a file to be kept and never shown."""
    holding = take_holding(desk, record_id)
    capture, archive = holding.capture, desk.configuration.archive_dir
    name = f"capture-{stamp_time(capture.captured_at)}-{record_id[-12:]}"
    try:
        if part == "record":
            return attach(load_packed(archive, capture), f"{name}.warc.gz")
        response = load_response(desk.database, archive, capture)
    except (ArchiveError, LookupError):
        raise HTTPException(404) from None
    if part == "payload":
        return attach(response.body, f"{name}.bin")
    if part == "headers":
        return attach(response.head, f"{name}.txt")
    raise HTTPException(404)


def take_holding(desk: Desk, record_id: str) -> Holding:
    """The capture of a record.

    Raises:
        HTTPException: 404.
    """
    holding = find_holding(desk.database, record_id)
    if holding is None:
        raise HTTPException(404)
    return holding


def attach(data: bytes, name: str) -> Response:
    """Bytes to be saved; no browser shows or runs them."""
    safe = "".join(one for one in name if one.isascii() and (one.isalnum() or one in ".-"))
    headers = {
        "Content-Disposition": f'attachment; filename="{safe}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)
