"""From a response or a failure to a sight: the exchange, the judgement on it, and the document that was read."""

import hashlib
import logging
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.discovery.urls import document_key
from crawler.fetching.errors import FetchRefusal, RobotsDenied
from crawler.fetching.redirection import Hop, next_hop
from crawler.interpretation import Interpretation, interpret_exchange
from crawler.items import Sight, Task
from crawler.outcome import Expected
from crawler.volatile import is_volatile
from storage.archive.errors import ArchiveError
from storage.archive.reader import read_response
from storage.clock import Clock
from storage.database import Database
from storage.latest import read_text
from storage.pages import PageState
from storage.records import Exchange, Finding, Outcome, Role

logger = logging.getLogger(__name__)

OK, NOT_MODIFIED = 200, 304


def request_of(came: Response | Failure) -> Request:
    """The request that was answered, or failed; Scrapy puts it on both, which their types do not know."""
    request = came.request if isinstance(came, Response) else vars(came)["request"]
    assert isinstance(request, Request)
    return request


@dataclass(frozen=True, slots=True)
class Memory:
    """Where that is kept which was last seen of a page: its body, and the text of its document."""

    archive: Path
    database: Database

    def read_text(self, page: PageState) -> str:
        """The text of a page's document."""
        with self.database.read() as session:
            return read_text(session, page.id, page.version_number)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came for a task, not judged yet. ``body_digest`` is the body's sha256 where the last one's is known."""

    task: Task
    exchange: Exchange
    body_digest: str | None

    def ask(self) -> tuple[Exchange, Expected]:
        """What is to be interpreted, and what is known of it: all that `interpret_exchange` needs, and no more.

        It may be read by another process; the bytes of the wire would be sent there for nothing.
        """
        exchange = replace(self.exchange, request=b"", response=b"", entity=b"")
        return exchange, expect_answer(self.task, exchange.url)


def take_answer(response: Response) -> Answer:
    """A response with its task, its exchange and its decoded body."""
    request = request_of(response)
    task: Task = request.meta["task"]
    exchange: Exchange = replace(request.meta["exchange"], body=response.body)
    return Answer(task, exchange, digest_body(task, exchange))


def see_answer(answer: Answer) -> Sight:
    """Judge what came, and read it where there is something to be read, which is not so where it is as it was."""
    return recognize(answer) or compose_sight(answer, interpret_exchange(*answer.ask()))


def recognize(answer: Answer, memory: Memory | None = None) -> Sight | None:
    """The sight of a page that is as it was; None where it has to be interpreted.

    A good body that is the last one's again is not parsed: nothing can have changed. With a ``memory``, neither is one
    that differs from the last one in counters and the like.
    """
    task, exchange, digest = answer.task, answer.exchange, answer.body_digest
    if exchange.status == NOT_MODIFIED and not exchange.error:
        return Sight(task=task, exchange=exchange, finding=Finding(Outcome.NOT_MODIFIED))
    is_same = digest is not None and task.page is not None and digest == task.page.body_digest
    if is_same or (memory is not None and is_volatile_body(task, exchange, memory)):
        return Sight(task=task, exchange=exchange, finding=Finding(Outcome.OK), body_digest=digest)
    return None


def compose_sight(answer: Answer, found: Interpretation) -> Sight:
    """A sight of what was interpreted."""
    sight = Sight(
        task=answer.task,
        exchange=answer.exchange,
        finding=found.finding,
        document=found.document,
        source=found.source,
        body_digest=answer.body_digest,
    )
    hop = next_hop(answer.exchange.url, answer.exchange.header("Location"))
    if isinstance(hop, Hop):
        sight.new_url, sight.new_key = hop.url, document_key(hop.url)
    return sight


def see_failure(failure: Failure, clock: Clock) -> Sight | None:
    """Judge what did not come; None when nothing was asked and nothing is known of the page, so that it stays due."""
    request = request_of(failure)
    task: Task = request.meta["task"]
    refusal = failure.value if isinstance(failure.value, FetchRefusal) else None
    exchange: Exchange | None = request.meta.get("exchange")
    if refusal is None and exchange is not None:
        return Sight(task=task, exchange=exchange, finding=judge_answer(task, exchange))
    finding = judge_refusal(task, refusal)
    if finding is None:
        return None
    if exchange is None:
        error = f"{finding.outcome}: {finding.detail}"
        exchange = Exchange(url=request.url, started_at=clock.now(), request=b"", error=error)
    return Sight(task=task, exchange=exchange, finding=finding)


def judge_answer(task: Task, exchange: Exchange) -> Finding:
    """The judgement on an answer that is not to be read."""
    return interpret_exchange(exchange, expect_answer(task, exchange.url)).finding


def judge_refusal(task: Task, refusal: FetchRefusal | None) -> Finding | None:
    """What it amounts to that we did not ask, or did not take the answer.

    A host whose robots.txt cannot be had is down or blocks us, and that says more than that we do not ask.
    """
    if refusal is None:
        return None
    if isinstance(refusal, RobotsDenied):
        if refusal.exchange is not None:
            finding = judge_answer(task, refusal.exchange)
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


def is_volatile_body(task: Task, exchange: Exchange, memory: Memory) -> bool:
    """Whether a page answered 200 with a body that differs from its last good one in what says nothing.

    A page of which there is a doubt, or no version, is always read.
    """
    page = task.page
    if page is None or page.role is not Role.PAGE or page.has_doubt or page.version_number is None:
        return False
    if page.body_place is None or exchange.status != OK or exchange.error or exchange.truncated:
        return False
    try:
        last = read_response(memory.archive, page.body_place).body
    except ArchiveError as error:
        logger.warning("%s: %s", exchange.url, error)
        return False
    return is_volatile(last, exchange.body, partial(memory.read_text, page))


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
