"""From a task to Scrapy's request: priority, conditional headers, body limit. Pure."""

from scrapy import Request

from crawler.discovery.listing import PageRequest
from crawler.fetching.conditional import conditional_headers
from crawler.fetching.limits import ATTACHMENT_BYTES
from crawler.items import ColumnWalk, Task
from seeds.catalog import Site
from storage.pages import PageState
from storage.records import Role

LIST_PRIORITY, CANARY_PRIORITY, NEW_PRIORITY, DUE_PRIORITY = 30, 20, 10, 0
SIZE_LIMITS = {Role.ATTACHMENT: ATTACHMENT_BYTES}  # the rest have the setting DOWNLOAD_MAXSIZE


def request_list_page(walk: ColumnWalk, wanted: PageRequest, chain: tuple[str, ...] = ()) -> Request:
    """The request of one list page, which may be a form or JSON post."""
    task = Task(role=Role.LIST, site=walk.site, column_id=walk.column_id, walk=walk, list_request=wanted, chain=chain)
    return build_request(task, chain[-1] if chain else wanted.url, LIST_PRIORITY, wanted)


def request_page(
    site: Site, page: PageState, *, chain: tuple[str, ...] = (), doubted_page_id: int | None = None
) -> Request:
    """The request of a page, conditional when its last good body lies in the archive."""
    priority = CANARY_PRIORITY if doubted_page_id else DUE_PRIORITY if page.was_visited else NEW_PRIORITY
    task = Task(
        role=page.role,
        site=site,
        column_id=page.column_id,
        page=page,
        doubted_page_id=doubted_page_id,
        chain=chain,
    )
    return build_request(task, chain[-1] if chain else page.fetch_url, priority)


def build_request(task: Task, url: str, priority: int, form: PageRequest | None = None) -> Request:
    """A request whose meta tells the fetching room what it is for."""
    headers = dict(form.headers) if form else {}
    if task.page is not None and task.page.is_known:
        headers |= conditional_headers(task.page.etag, task.page.last_modified)
    meta: dict[str, object] = {"task": task, "role": task.role, "site": task.site.key}
    if task.role in SIZE_LIMITS:
        meta["download_maxsize"] = SIZE_LIMITS[task.role]
    return Request(
        url,
        method=form.method if form else "GET",
        body=form.body if form else b"",
        headers=headers,
        meta=meta,
        priority=priority,
        dont_filter=True,  # a page is visited again and again; what is asked twice in a run is known by its number
    )
