"""A plan in motion: what a site answers in the present round, whatever door it is reached by."""

import hashlib
import mimetypes
import threading
import time
from collections import Counter
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from tests.site import answers
from tests.site.answers import Answer, Request, Seen
from tests.site.model import Manner, Page, Plan, World, play_script
from tests.site.seeding import render_seed
from tests.site.truth import Expected, derive_truth

CONTROL = "/__control__/"
_FILES_DATE = "Sun, 01 Mar 2026 01:00:00 GMT"


class Family(Protocol):
    """A CMS family: where things stand and how they look. Pages carry the noise of the ``tick``-th request."""

    cms: str

    def place_list(self, column: str) -> str:
        """The path and query of a column's first list page."""

    def place_article(self, page: Page) -> str:
        """The path of an article."""

    def read_list(self, request: Request) -> tuple[str, int] | None:
        """The column's code and the number of the list page (from 1) that is asked for, if one is."""

    def read_article(self, request: Request) -> tuple[str, str] | None:
        """The folder and the key of the article that is asked for, if one is."""

    def read_file(self, request: Request) -> tuple[str, str] | None:
        """The article's key and the name of the attachment that is asked for, if one is."""

    def render_list(self, plan: Plan, world: World, column: str, number: int, tick: int) -> str:
        """A list page; numbers beyond the end show what the family shows then."""

    def render_article(self, plan: Plan, world: World, page: Page, tick: int) -> str:
        """An article's page."""

    def render_notice(self, plan: Plan, title: str, words: str, tick: int) -> str:
        """A page of the site's own that holds no article: front page, 页面不存在."""


class Site:
    """A plan in motion. Safe to call from several threads."""

    def __init__(self, plan: Plan, family: Family, *, slow_seconds: float = 1.0, has_validators: bool = False) -> None:
        self.plan = plan
        self.family = family
        self.base = ""  # http://127.0.0.1:PORT, once it is served
        self._slow_seconds = slow_seconds
        self._has_validators = has_validators
        self._lock = threading.Lock()
        self._tick = 0
        self._tries: Counter[tuple[int, str]] = Counter()
        self._log: list[Seen] = []
        self.play_round(0)

    def play_round(self, number: int) -> None:
        """Show the site as it is in this round."""
        world = play_script(self.plan, number)
        with self._lock:
            self.round, self.world = number, world

    def expected_events(self, rounds: tuple[int, ...]) -> tuple[Expected, ...]:
        """The changes that a report must hold after visits in these rounds, and no others (see `derive_truth`)."""
        return derive_truth(self.plan, self.family.place_article, rounds)

    @property
    def requests(self) -> tuple[Seen, ...]:
        """All requests answered so far but those to the control address."""
        with self._lock:
            return tuple(self._log)

    def forget_requests(self) -> None:
        """Count from nought again."""
        with self._lock:
            self._log.clear()

    def note_request(self, seen: Seen) -> None:
        """Enter one request into the log; what stands under the control address is no part of the site."""
        if seen.target.startswith(CONTROL):
            return
        with self._lock:
            self._log.append(seen)

    def write_seed(self, folder: Path, *, delay: float = 0.0, cms: str | None = None) -> Path:
        """Write the site's seed file into a folder, as an operator would, and give its path."""
        places = [(column, self.family.place_list(column.code)) for column in self.plan.columns]
        text = render_seed(self.plan, self.base, places, delay=delay, cms=cms or self.family.cms)
        path = folder / f"{self.plan.key}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def respond(self, request: Request) -> Answer:
        """The answer to one request, by the present round."""
        if request.path.startswith(CONTROL):
            return self._obey_control(request.path.removeprefix(CONTROL))
        with self._lock:
            self._tick += 1
            tick, world = self._tick, self.world
        answer = self._find_answer(request, world, tick)
        return answers.compress_body(request, answers.meet_condition(request, answer))

    def _find_answer(self, request: Request, world: World, tick: int) -> Answer:
        if request.path == "/robots.txt":
            return answers.answer_text(self.plan.robots)
        if found := self.family.read_list(request):
            return self._answer_list(world, *found, tick)
        if address := self.family.read_article(request):
            return self._answer_article(request, world, address, tick)
        if place := self.family.read_file(request):
            return _answer_file(world, *place)
        front = self.family.render_notice(self.plan, "首页", "欢迎访问", tick)
        return answers.answer_html(front) if request.path == "/" else answers.report_missing()

    def _answer_list(self, world: World, column: str, number: int, tick: int) -> Answer:
        if self.plan.find_column(column) is None:
            return answers.report_missing()
        return answers.answer_html(self.family.render_list(self.plan, world, column, number, tick))

    def _answer_article(self, request: Request, world: World, address: tuple[str, str], tick: int) -> Answer:
        folder, key = address
        page = world.pages.get(key)
        if page is None:
            return answers.report_missing()
        if folder in page.old_folders:
            return answers.redirect_to(self.family.place_article(page), HTTPStatus.MOVED_PERMANENTLY)
        if folder != page.folder:
            return answers.report_missing()
        return self._answer_page(request, world, page, tick)

    def _answer_page(self, request: Request, world: World, page: Page, tick: int) -> Answer:
        match self._choose_manner(request, page):
            case Manner.MISSING:
                return answers.report_missing()
            case Manner.SOFT_MISSING:
                words = "您访问的页面不存在或已被删除"
                return answers.answer_html(self.family.render_notice(self.plan, "提示信息", words, tick))
            case Manner.HOME:
                return answers.redirect_to("/")
            case Manner.BLOCK:
                return answers.block_visitor(tick)
            case Manner.FAIL:
                return answers.fail_inside()
            case manner:
                return self._serve_page(world, page, tick, self._slow_seconds if manner is Manner.SLOW else 0.0)

    def _choose_manner(self, request: Request, page: Page) -> Manner:
        """The page's manner, or an ordinary answer once its disturbance has met enough requests of the round."""
        with self._lock:
            self._tries[self.round, request.path] += 1
            is_over = 0 < page.tries < self._tries[self.round, request.path]
        return Manner.SERVE if is_over else page.manner

    def _serve_page(self, world: World, page: Page, tick: int, delay: float) -> Answer:
        answer = answers.answer_html(self.family.render_article(self.plan, world, page, tick))
        if self._has_validators:
            identity = repr((page.article, world.skin))
            modified = time.strftime("%a, %d %b %Y 01:00:00 GMT", time.strptime(page.article.published_on, "%Y-%m-%d"))
            answer = answers.add_validators(answer, identity, modified)
        return replace(answer, delay=delay)

    def _obey_control(self, command: str) -> Answer:
        """The control address, for use from another process: ``round/N`` plays a round, ``requests`` gives the log."""
        match command.split("/"):
            case ["round", number] if number.isdecimal():
                self.play_round(int(number))
                return answers.answer_json({"round": self.round})
            case ["requests"]:
                log = [{"method": seen.method, "target": seen.target, "status": seen.status} for seen in self.requests]
                return answers.answer_json(log)
            case _:
                return answers.report_missing()


def _answer_file(world: World, key: str, name: str) -> Answer:
    """An attachment, with an ETag: files are served by the web server itself, whatever the CMS does."""
    page = world.pages.get(key)
    for file in page.article.files if page else ():
        if file.name == name:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            answer = Answer(body=file.body, headers=(("Content-Type", kind), ("Accept-Ranges", "bytes")))
            return answers.add_validators(answer, hashlib.sha256(file.body).hexdigest(), _FILES_DATE)
    return answers.report_missing()
