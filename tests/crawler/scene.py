"""A crawl without a network: one site, answers written by hand, and all that a crawl does with them afterwards."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scrapy.http import HtmlResponse, Response

from crawler.discovery.urls import document_key
from crawler.extraction.files import IsolatedReader, extract_file
from crawler.items import Sight
from crawler.pipelines import is_new_file
from crawler.requests import request_page
from crawler.session import CrawlSession, open_session
from crawler.sighting import see_answer, take_answer
from crawler.walking import describe_site
from seeds.catalog import Column, Site
from storage.archive.messages import parse_response
from storage.configuration import Configuration, load_configuration
from storage.database import Database, open_database
from storage.pages import NewPage, PageState, ensure_pages, find_pages
from storage.records import Exchange, Outcome, Role
from storage.sites import register_site

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOST = "www.city.example"
SITE = Site(
    key="city",
    name="市人民政府",
    hosts=(HOST,),
    columns=(Column(kind="提案", url=f"http://{HOST}/list.html"),),
)
HEAD = "HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\n{headers}\r\n"


def render_page(title: str, sentence: str, links: str = "", views: int = 0) -> str:
    """A reply as a plain site shows it, with a view counter."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>'
        f'<p class="tools">发布时间：2026-03-01 浏览：{views}次</p><div class="content"><p>张三委员：</p>'
        f"<p>您提出的关于{title}的提案收悉，现答复如下：</p><p>{sentence}</p>"
        f"<p>感谢您对我们工作的关心和支持，欢迎继续提出宝贵意见。</p><p>市住建局</p><p>2026年3月1日</p>{links}</div></body></html>"
    )


def compose_response(body: str | bytes = "", status: int = 200, headers: str = "") -> bytes:
    """An answer as it comes over the wire."""
    return HEAD.format(status=status, headers=headers).encode() + (body.encode() if isinstance(body, str) else body)


@dataclass(slots=True)
class Scene:
    """One operator's folder; `open` begins a crawl there, `visit` is one fetch of it, a minute after the last."""

    folder: Path
    database_url: str = ""
    now: datetime = MONDAY
    session: CrawlSession = field(init=False)

    @property
    def configuration(self) -> Configuration:
        """The operator's settings, at the scene's time."""
        environment = {
            "REPLYWATCH_DATA_DIR": str(self.folder / "data"),
            "REPLYWATCH_DATABASE_URL": self.database_url,
            "REPLYWATCH_CONTACT": "operator@example.org",
            "REPLYWATCH_SEEDS_DIR": str(self.folder / "seeds"),
            "REPLYWATCH_NOW": self.now.isoformat(),
        }
        return load_configuration({name: value for name, value in environment.items() if value}, self.folder)

    @property
    def archive(self) -> Path:
        """Where the WARC files lie."""
        return self.folder / "data" / "archive"

    def open(self) -> CrawlSession:
        """Begin a crawl; whatever an earlier one left behind is taken in first."""
        self.session = open_session(self.configuration, {})
        return self.session

    def close(self) -> None:
        """End the crawl well."""
        self.session.close("finished", {})

    def crash(self) -> None:
        """Die: what was written stays in a file without its final name, what was not committed is not."""
        segment = self.session.writer._segment
        assert segment is not None
        segment.is_usable = False  # so that closing lets go of the file and does nothing else
        self.session.writer.close()
        self.session.database.close()
        self.session.locks.release()

    def open_database(self) -> Database:
        """The operator's database, for looking into it."""
        return open_database(self.configuration.database_url)

    def watch(self, name: str, parent: PageState | None = None) -> PageState:
        """The page of a name as it is now; made when it is new."""
        url = f"http://{HOST}/{name}"
        with self.session.database.write() as transaction:
            column_id = next(iter(register_site(transaction, describe_site(SITE)).values()))
            page = NewPage(document_key(url), url, name, parent_id=parent.id if parent else None)
            ensure_pages(transaction, SITE.key, column_id, [page], self.now)
            return find_pages(transaction, [document_key(url)])[document_key(url)]

    def see(self, page: PageState, response: bytes) -> Sight:
        """One fetch of a page, judged and archived, its document read."""
        self.now += timedelta(minutes=1)
        request = request_page(SITE, page)
        parsed = parse_response(response)
        request.meta["exchange"] = Exchange(
            url=request.url,
            started_at=self.now,
            request=f"GET {request.url} HTTP/1.1\r\n\r\n".encode(),
            response=response,
            status=parsed.status,
            headers=parsed.headers,
            entity=parsed.entity,
        )
        made = HtmlResponse if b"<html" in parsed.body else Response
        answer = made(request.url, status=parsed.status or 0, body=parsed.body, request=request)
        sight = see_answer(take_answer(answer))
        self.session.archive(sight)
        if page.role is Role.ATTACHMENT and sight.finding.outcome is Outcome.OK and is_new_file(sight):
            exchange = sight.exchange
            kind = exchange.header("Content-Type")
            sight.document = extract_file(
                IsolatedReader(), exchange.body, url=exchange.url, name=page.title, content_type=kind
            )
        return sight

    def visit(self, page: PageState, response: bytes, *, is_recorded: bool = True) -> Sight:
        """One fetch, on disk and (unless the crawl dies first) committed."""
        sight = self.see(page, response)
        if is_recorded:
            self.session.record(sight)
            self.session.flush()
        else:
            self.session.writer.sync()
            self.session._order.remove(sight)
        return sight
