"""The JSON API, part two: sites, pages, their versions, and the captures that prove them. Read only."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from review.masking import mask_document, mask_text
from review.web.answers import answer_json
from review.web.api_models import CaptureFact, CaptureList, OneVersion, PageFact, PageList, SiteList, VersionList
from review.web.desk import CurrentDesk, PageId
from review.web.routes.api import NOT_FOUND, PROBLEM, After, Limit, Name
from review.web.routes.pages import name_memento
from storage.catalogue import (
    PageLine,
    find_page_line,
    find_version,
    list_captures,
    list_pages,
    list_versions,
)
from storage.mementos import Holding, find_holding
from storage.overview import read_site_states

router = APIRouter(prefix="/api/v1", tags=["replywatch"], responses=PROBLEM)
SiteKey = Annotated[str, Query(max_length=100)]
VersionNumber = Annotated[int, Path(ge=1, lt=2**31)]  # what a database takes
AfterVersion = Annotated[int, Query(ge=0, lt=2**31)]
PageNumber = Annotated[int, Query(ge=0, lt=2**63)]


@router.get("/sites", response_model=SiteList)
def show_sites(desk: CurrentDesk) -> Response:
    """All sites with their figures."""
    return answer_json(desk, {"sites": [asdict(site) for site in read_site_states(desk.database, desk.now)]})


@router.get("/pages", response_model=PageList)
def show_pages(desk: CurrentDesk, site: SiteKey = "", after: After = 0, limit: Limit = 50) -> Response:
    """Watched pages, of one site or of all, in the order in which they became known."""
    found = list_pages(desk.database, site=site, after=after, limit=limit)
    return answer_json(desk, {"pages": [present_page(one) for one in found.items], "next": found.following})


@router.get("/pages/{page_id}", response_model=PageFact)
def show_page(desk: CurrentDesk, page_id: PageId) -> Response:
    """One page."""
    found = find_page_line(desk.database, page_id)
    if found is None:
        raise HTTPException(NOT_FOUND, "no such page")
    return answer_json(desk, present_page(found))


def present_page(page: PageLine) -> dict[str, object]:
    """A page as plain values, personal data in its title covered."""
    return asdict(page) | {"title": mask_text(page.title)}


@router.get("/pages/{page_id}/versions", response_model=VersionList)
def show_versions(desk: CurrentDesk, page_id: PageId, after: AfterVersion = 0, limit: Limit = 50) -> Response:
    """The versions of a page, the first one first, without their documents."""
    found = list_versions(desk.database, page_id, after=after, limit=limit)
    return answer_json(desk, {"versions": [asdict(one) for one in found.items], "next": found.following})


@router.get("/pages/{page_id}/versions/{number}", response_model=OneVersion)
def show_version(desk: CurrentDesk, page_id: PageId, number: VersionNumber) -> Response:
    """One version with its document, as ``replywatch extract`` gives it; personal data covered."""
    found = find_version(desk.database, page_id, number)
    if found is None:
        raise HTTPException(NOT_FOUND, "no such version")
    return answer_json(desk, asdict(found) | {"document": asdict(mask_document(found.document))})


@router.get("/captures", response_model=CaptureList)
def show_captures(
    desk: CurrentDesk, page: PageNumber = 0, site: SiteKey = "", after: After = 0, limit: Limit = 50
) -> Response:
    """Fetches, of one page, one site or all, in the order in which they were recorded."""
    found = list_captures(desk.database, page_id=page, site=site, after=after, limit=limit)
    return answer_json(desk, {"captures": [present_capture(one) for _, one in found.items], "next": found.following})


@router.get("/captures/{record_id}", response_model=CaptureFact)
def show_capture(desk: CurrentDesk, record_id: Name) -> Response:
    """One fetch, by the identifier of its record."""
    found = find_holding(desk.database, record_id)
    if found is None:
        raise HTTPException(NOT_FOUND, "no such capture")
    return answer_json(desk, present_capture(found))


def present_capture(holding: Holding) -> dict[str, object]:
    """A capture as plain values."""
    added = {"page": holding.page_id, "revisit": holding.is_revisit, "memento": name_memento(holding.capture)}
    return asdict(holding.capture) | added
