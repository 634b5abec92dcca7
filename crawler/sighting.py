"""From a response or a failure to a sight: the exchange, the judgement on it, and the parsed page where it helps."""

import hashlib
import logging
from dataclasses import replace
from pathlib import Path

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.discovery.urls import document_key
from crawler.extraction.page import ParsedPage, parse_page
from crawler.fetching.errors import FetchRefusal, RobotsDenied
from crawler.fetching.redirection import Hop, next_hop
from crawler.items import Sight, Task
from crawler.outcome import Expected, judge_exchange
from crawler.volatile import is_volatile
from storage.archive.errors import ArchiveError
from storage.archive.reader import read_response
from storage.clock import Clock
from storage.records import Exchange, Finding, Outcome, Role

logger = logging.getLogger(__name__)

OK, NOT_MODIFIED = 200, 304


def see_response(request: Request, response: Response, archive: Path | None = None) -> Sight:
    """Judge what came. A good body that is the last one's again is not parsed: nothing can have changed.

    With ``archive``, the folder of the archive, neither is one that differs from the last one in counters and the like.
    """
    task: Task = request.meta["task"]
    exchange: Exchange = replace(request.meta["exchange"], body=response.body)
    digest = digest_body(task, exchange)
    if digest is not None and task.page is not None and digest == task.page.body_digest:
        return Sight(task=task, exchange=exchange, finding=Finding(Outcome.OK), body_digest=digest)
    if exchange.status == NOT_MODIFIED and not exchange.error:
        return Sight(task=task, exchange=exchange, finding=Finding(Outcome.NOT_MODIFIED))
    if archive is not None and is_volatile_body(task, exchange, archive):
        return Sight(task=task, exchange=exchange, finding=Finding(Outcome.OK), body_digest=digest)
    parsed = parse_body(task, exchange)
    finding = judge_safely(task, exchange, parsed)
    sight = Sight(task=task, exchange=exchange, finding=finding, parsed=parsed, body_digest=digest)
    hop = next_hop(exchange.url, exchange.header("Location"))
    if isinstance(hop, Hop):
        sight.new_url, sight.new_key = hop.url, document_key(hop.url)
    return sight


def judge_safely(task: Task, exchange: Exchange, parsed: ParsedPage | None) -> Finding:
    """The judgement; a page that breaks it is kept as evidence, with the doubt said, and the crawl goes on."""
    try:
        return judge_exchange(exchange, expect_answer(task, exchange.url), parsed)
    except Exception as error:  # no page of the web may end a crawl
        logger.exception("%s: could not be judged", exchange.url)
        return Finding(Outcome.ENCODING_DOUBT, f"could not be judged: {type(error).__name__}")


def request_of(failure: Failure) -> Request:
    """The request that failed; Scrapy puts it on the failure, which Twisted's types do not know."""
    request = vars(failure)["request"]
    assert isinstance(request, Request)
    return request


def see_failure(failure: Failure, clock: Clock) -> Sight | None:
    """Judge what did not come; None when nothing was asked and nothing is known of the page, so that it stays due."""
    request = request_of(failure)
    task: Task = request.meta["task"]
    refusal = failure.value if isinstance(failure.value, FetchRefusal) else None
    exchange: Exchange | None = request.meta.get("exchange")
    if refusal is None and exchange is not None:
        return Sight(task=task, exchange=exchange, finding=judge_safely(task, exchange, None))
    finding = judge_refusal(task, refusal)
    if finding is None:
        return None
    if exchange is None:
        error = f"{finding.outcome}: {finding.detail}"
        exchange = Exchange(url=request.url, started_at=clock.now(), request=b"", error=error)
    return Sight(task=task, exchange=exchange, finding=finding)


def judge_refusal(task: Task, refusal: FetchRefusal | None) -> Finding | None:
    """What it amounts to that we did not ask, or did not take the answer.

    A host whose robots.txt cannot be had is down or blocks us, and that says more than that we do not ask.
    """
    if refusal is None:
        return None
    if isinstance(refusal, RobotsDenied):
        if refusal.exchange is not None:
            finding = judge_safely(task, refusal.exchange, None)
            if finding.outcome is Outcome.BLOCKED:
                return replace(finding, detail=f"robots.txt: {finding.detail}")
        return Finding(refusal.cause or Outcome.ROBOTS_DENIED, refusal.detail)
    return Finding(refusal.outcome, refusal.detail) if refusal.outcome else None


def digest_body(task: Task, exchange: Exchange) -> str | None:
    """The sha256 of a page's body in hexadecimal, where it can be that of its last good capture; None elsewhere."""
    page = task.page
    if page is None or page.body_digest is None or exchange.status != OK or exchange.truncated:
        return None
    return hashlib.sha256(exchange.body).hexdigest()


def is_volatile_body(task: Task, exchange: Exchange, archive: Path) -> bool:
    """Whether a page answered 200 with a body that differs from its last good one in what says nothing.

    A page of which there is a doubt, or no version, is always read.
    """
    page = task.page
    if page is None or page.role is not Role.PAGE or page.has_doubt or page.version_number is None:
        return False
    if page.body_place is None or exchange.status != OK or exchange.error or exchange.truncated:
        return False
    try:
        last = read_response(archive, page.body_place).body
    except ArchiveError as error:
        logger.warning("%s: %s", exchange.url, error)
        return False
    return is_volatile(last, exchange.body)


def parse_body(task: Task, exchange: Exchange) -> ParsedPage | None:
    """The parsed page of a body that may be HTML; files are not parsed."""
    if not exchange.body or task.role is Role.ATTACHMENT:
        return None
    return parse_page(exchange.body, exchange.header("Content-Type"))


def expect_answer(task: Task, url: str) -> Expected:
    """What the seed and the database know of the answer."""
    return Expected(
        url=url,
        role=task.role,
        hosts=task.site.hosts,
        site_id_code=task.site.site_id_code,
        document_key=task.page.document_key if task.page else None,
        title=task.page.title if task.page else None,
    )
