"""Captures made by others become captures of ours: judged, copied into our archive, compared like what we saw.

A page's history can so begin before we did. What was captured on one day from one file counts as one run: within it,
another page's good answer is the canary of one that is gone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.discovery.urls import document_key, host_of, is_listed
from crawler.outcome import Expected, judge_exchange
from crawler.rereading import read_history
from crawler.session import KEPT_HEADERS
from crawler.walking import describe_site
from seeds.catalog import Site
from storage.archive.importing import ImportedCapture, read_captures
from storage.archive.writer import ArchiveWriter
from storage.configuration import Configuration
from storage.database import Database
from storage.pages import NewPage, PageState, ensure_pages, find_pages
from storage.rebuilding import find_bodies, has_capture, known_captures, link_capture, rebuild_page
from storage.records import Capture, Exchange, Finding, Outcome, Role
from storage.runs import ensure_run
from storage.sites import WatchedColumn, WatchedSite, register_site
from storage.visits import Visit, insert_captures

OK, NOT_MODIFIED = 200, 304
COLUMN = WatchedColumn(key="import", kind="", name="import", url="")  # of pages that no seed's list has shown
FRONT_PAGE = re.compile(r"/?(?:index|default|home)?(?:\.[a-z]+)?")
ASSET = re.compile(
    r"\.(?:css|js|json|png|jpe?g|gif|svg|ico|webp|woff2?|ttf|eot|mp[34]|txt|xml|pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar)$"
)


@dataclass(slots=True)
class Importer:
    """Takes in the captures of one file after another; `finish` derives the versions of the pages they touched."""

    configuration: Configuration
    sites: Sequence[Site]
    database: Database
    writer: ArchiveWriter
    touched: set[int] = field(default_factory=set)
    taken: int = 0
    known: int = 0
    passed: int = 0
    _runs: dict[str, int] = field(default_factory=dict)

    def take_file(self, path: Path) -> Iterator[ImportedCapture]:
        """Take in the captures of a WARC or WACZ file; yields each when it is recorded.

        Raises:
            ArchiveError: the file is none, or broken; what came before the fault has been taken in.
        """
        for capture in read_captures(path):
            self.take_capture(capture, path)
            yield capture

    def take_capture(self, capture: ImportedCapture, path: Path) -> None:
        """Judge, copy and record one capture, unless it is here already or is no page of a document."""
        if not is_page(capture):
            self.passed += 1
            return
        page = self.find_page(capture)
        with self.database.read() as session:
            is_known = known_captures(session, [capture.record_id]) or has_capture(
                session, page.id, capture.captured_at, capture.payload_digest
            )
        if not is_known:
            self.record(capture, page, path)
        elif not self.link(capture, page):
            self.known += 1
            return
        self.touched.add(page.id)
        self.taken += 1

    def link(self, capture: ImportedCapture, page: PageState) -> bool:
        """Whether a capture that is here already had no page yet; it has one now."""
        with self.database.write() as session:
            return link_capture(session, capture.record_id, page.id, page.column_id)

    def record(self, capture: ImportedCapture, page: PageState, path: Path) -> None:
        """Copy the records first, then commit the row."""
        finding = judge_imported(capture, page, self.find_site(capture.url))
        place = self.writer.copy_capture(capture)
        self.writer.sync()
        day = f"{capture.captured_at.astimezone(self.configuration.zone):%Y%m%d}"
        recorded = Capture(
            record_id=capture.record_id,
            url=capture.url,
            role=Role.PAGE,
            captured_at=capture.captured_at,
            outcome=finding.outcome,
            detail=finding.detail,
            vendor=finding.vendor,
            status=capture.status,
            headers=tuple((name, value) for name, value in capture.headers if name.lower() in KEPT_HEADERS),
            payload_digest=capture.payload_digest,
            entity_digest=capture.entity_digest,
            body_digest=capture.body_digest,
            place=place,
        )
        visit = Visit(
            capture=recorded,
            run_id=self.find_run(f"import-{path.name}-{day}", capture.captured_at),
            page_id=page.id,
            column_id=page.column_id,
            is_revisit=capture.is_revisit,
        )
        with self.database.write() as session:
            insert_captures(session, [visit])

    def find_page(self, capture: ImportedCapture) -> PageState:
        """The page of a capture; a new one goes to the watched site of its host, or to a site of its own."""
        site = self.find_site(capture.url)
        key, url = document_key(capture.url), capture.url
        with self.database.write() as session:
            if known := find_pages(session, [key]).get(key):
                return known
            described = describe_site(site) if site else describe_host(host_of(url))
            column_id = register_site(session, described)[described.columns[0].key]
            return ensure_pages(session, described.key, column_id, [NewPage(key, url, "")], capture.captured_at)[0]

    def find_site(self, url: str) -> Site | None:
        """The watched site that a URL belongs to."""
        return next((site for site in self.sites if is_listed(url, site.hosts)), None)

    def find_run(self, token: str, captured_at: datetime) -> int:
        """The run that stands for what one file holds of one day."""
        if token not in self._runs:
            self._runs[token] = ensure_run(self.database, token, captured_at)
        return self._runs[token]

    def finish(self) -> Iterator[int]:
        """Derive the versions of all touched pages from the archive; yields each page's number when it is done."""
        directory = self.configuration.archive_dir
        for page_id in sorted(self.touched):
            with self.database.read() as session:
                bodies = find_bodies(session, page_id)
            documents = read_history(directory, bodies)
            with self.database.write() as session:
                rebuild_page(session, page_id, documents)
            yield page_id


def describe_host(host: str) -> WatchedSite:
    """A site for pages whose host no seed names."""
    return WatchedSite(key=host, name=host, columns=(COLUMN,))


def is_page(capture: ImportedCapture) -> bool:
    """Whether a capture may be of a document: HTML, or an answer that says what became of one."""
    try:
        document_key(capture.url)
    except ValueError:  # no address that anybody could visit
        return False
    path = urlsplit(capture.url).path.lower()
    if FRONT_PAGE.fullmatch(path) or ASSET.search(path):
        return False
    content_type = next((value for name, value in capture.headers if name.lower() == "content-type"), "")
    return capture.status != OK or "html" in content_type.lower() or (not content_type and capture.is_revisit)


def judge_imported(capture: ImportedCapture, page: PageState, site: Site | None) -> Finding:
    """What somebody else's fetch really saw; a revisit saw what it refers to."""
    if capture.is_revisit and capture.status in (OK, NOT_MODIFIED, None):
        return Finding(Outcome.NOT_MODIFIED, "revisit")
    exchange = Exchange(
        url=capture.url,
        started_at=capture.captured_at,
        request=b"",
        response=b"HTTP/",
        status=capture.status,
        headers=capture.headers,
        entity=capture.entity,
        body=capture.body,
        ip_address=capture.ip_address,
        truncated=capture.truncated,
    )
    expected = Expected(
        url=capture.url,
        hosts=site.hosts if site else (),
        site_id_code=site.site_id_code if site else None,
        document_key=page.document_key,
    )
    return judge_exchange(exchange, expected)
