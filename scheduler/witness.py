"""Ask an outside archive for a copy after a change: politely, a few a day, one after the other."""

import time
from collections.abc import Callable
from datetime import timedelta
from email.message import Message
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import quote, urljoin
from urllib.request import HTTPRedirectHandler, Request, build_opener

from storage.configuration import Configuration
from storage.database import Database
from storage.witnessing import Testimony, find_requests, keep_testimony, queue_requests

TIMEOUT = 120.0  # seconds; such an archive fetches the page before it answers
GAP = 10.0  # seconds between two requests
PLACE = "{url}"
ERROR = 400


class NoRedirects(HTTPRedirectHandler):
    """Where a redirect leads is the answer; the copy itself is not fetched."""

    def redirect_request(self, *_: object) -> None:
        """Do not follow."""


def ask_archive(template: str, url: str, user_agent: str) -> Testimony:
    """Ask for a copy of a URL; whatever goes wrong is part of the answer."""
    asked = template.replace(PLACE, quote(url, safe=":/?&=%"))
    request = Request(asked, headers={"User-Agent": user_agent})  # noqa: S310 - the operator's own address
    try:
        with build_opener(NoRedirects).open(request, timeout=TIMEOUT) as answer:
            return read_answer(asked, answer.status, answer.headers)
    except HTTPError as error:
        with error:
            return read_answer(asked, error.code, error.headers)
    except (OSError, HTTPException) as error:
        return Testimony(None, error=str(error))


def read_answer(asked: str, status: int, headers: Message) -> Testimony:
    """Where the copy is: in Location, or in Content-Location, as Save Page Now has it."""
    if status >= ERROR:
        seconds = headers.get("Retry-After", "")
        wait = timedelta(seconds=int(seconds)) if seconds.isdecimal() else None
        return Testimony(status, error=f"status {status}", retry_after=wait)
    place = headers.get("Location") or headers.get("Content-Location")
    return (
        Testimony(status, urljoin(asked, place)) if place else Testimony(status, error="no place of a copy was named")
    )


def ask_witness(
    configuration: Configuration,
    database: Database,
    template: str,
    *,
    least_score: float = 0.5,
    a_day: int = 50,
    rest: Callable[[float], None] = time.sleep,
) -> tuple[int, int]:
    """Queue what changed since, and ask for what is due; returns how many copies were made, and how many not."""
    queue_requests(database, least_score, configuration.clock.now())
    kept = failed = 0
    for number, one in enumerate(find_requests(database, a_day, configuration.clock.now())):
        if number:
            rest(GAP)
        testimony = ask_archive(template, one.url, configuration.user_agent)
        state = keep_testimony(database, one.change_id, testimony, configuration.clock.now())
        kept, failed = kept + (state == "kept"), failed + (state != "kept")
    return kept, failed
