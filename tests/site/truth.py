"""What a report must say of a plan, worked out from the script alone: the measure for false and missed changes.

The rules are those of the project (what counts as gone, moved, delisted), written a second time and differently: here
the pages' whole histories are known, so nothing has to be concluded from answers.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.site.model import Article, Page, Plan, World, play_script

GONE_DAYS = 3  # a removal needs gone answers on so many days

Place = Callable[[Page], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One change that must be reported.

    Attributes:
        kind: as in a report: new, text, attachments, fields, moved, delisted, relisted, gone, restored.
        key: the document's id on the site.
        paths: the addresses, without the host, under which it may be reported.
        round: the round of the visit that established it.
        since: an earlier round in which it may have been told: a partial list that shows a row again is evidence, and
            which rows it shows is the site's affair.
        is_optional: it may be told and need not.
        is_baseline: seen on the first visit: not news.
        note: what it is, for a person.
    """

    kind: str
    key: str
    paths: tuple[str, ...]
    round: int
    since: int | None = None
    is_optional: bool = False
    is_baseline: bool = False
    note: str = ""


@dataclass(slots=True)
class _History:
    """What is known of one page while the rounds go by."""

    seen: Article | None = None
    paths: list[str] = field(default_factory=list)
    gone_rounds: list[int] = field(default_factory=list)
    is_reported_gone: bool = False
    is_delisted: bool = False
    back_since: int | None = None  # the round in which a list that is not whole could have shown it again


def derive_truth(
    plan: Plan, place: Place, rounds: tuple[int, ...], *, is_open_ended: bool = False
) -> tuple[Expected, ...]:
    """The changes that visits of every page in these rounds (calendar days) must yield, in order of rounds.

    Lists that are ``is_open_ended`` link to a next page behind the last one: when the last one is full, nobody can tell
    whether it was the last, and the list proves nothing.
    """
    histories: dict[str, _History] = defaultdict(_History)
    truth: list[Expected] = []
    for now in rounds:
        world = play_script(plan, now)
        for key, page in world.pages.items():
            visit = _Visit(world, page, histories[key], now, is_whole=not is_open_ended or has_end(world, plan, page))
            if visit.is_known:
                truth += visit.look_up(place(page), is_first=now == rounds[0])
    for key, page in play_script(plan, rounds[-1]).pages.items():
        truth += _Visit(world, page, histories[key], rounds[-1], is_whole=False).look_back()
    return tuple(_add_note(expected, plan) for expected in truth)


def has_end(world: World, plan: Plan, page: Page) -> bool:
    """Whether the last page of the list that a page belongs to is shorter than the others."""
    return len(world.list_column(page.article.column)) % plan.page_size > 0


def _add_note(expected: Expected, plan: Plan) -> Expected:
    """The note of the latest event that can be the cause."""
    causes = [
        event for event in plan.events if expected.key in (event.key, event.new_key) and event.round <= expected.round
    ]
    return replace(expected, note=max(causes, key=lambda event: event.round).note if causes else "")


def fold_text(text: str) -> str:
    """A text without what is never told: white space, and full-width forms of ASCII marks."""
    narrow = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    return "".join(text.split()).translate(narrow)


def _has_new_body(old: Article, new: Article) -> bool:
    """Whether a file has other bytes at its address; one that is added or taken off changes the text."""
    bodies = {file.name: file.body for file in old.files}
    return any(bodies.get(file.name, file.body) != file.body for file in new.files)


class _Visit:
    """One page in one round, and what is told of it."""

    def __init__(self, world: World, page: Page, history: _History, now: int, *, is_whole: bool) -> None:
        self.world, self.page, self.history, self.now = world, page, history, now
        self.told: list[Expected] = []
        self.has_full_list = page.article.column not in world.list_sizes  # every row of it is shown
        self.has_healthy_list = is_whole and self.has_full_list  # and everybody can tell

    @property
    def is_known(self) -> bool:
        """A visitor who walks the lists has met the page, now or before."""
        return self.history.seen is not None or (self.has_full_list and self.page.is_listed)

    def look_up(self, path: str, *, is_first: bool) -> list[Expected]:
        """What is told after this visit."""
        has_moved = bool(self.history.paths) and path not in self.history.paths
        if path not in self.history.paths:
            self.history.paths.append(path)
        if self.page.manner.is_gone:
            self._count_absence()
        elif self.page.manner.is_good:
            if has_moved:
                self._tell("moved")
            self._greet_page()
        return [replace(told, is_baseline=is_first and told.kind == "new") for told in self.told]

    def _tell(self, kind: str, since: int | None = None, *, is_optional: bool = False) -> None:
        key, paths = self.page.article.key, tuple(self.history.paths)
        expected = Expected(kind=kind, key=key, paths=paths, round=self.now, since=since, is_optional=is_optional)
        self.told.append(expected)

    def _greet_page(self) -> None:
        """The page is there: new, back again, changed, or off its list."""
        article, history = self.page.article, self.history
        if history.seen is None:
            self._tell("new")
        if history.is_reported_gone:
            self._tell("restored")
        if history.seen and fold_text(history.seen.text) != fold_text(article.text):
            self._tell("text")
        elif history.seen and history.seen.fields != article.fields:
            self._tell("fields")
        if history.seen and _has_new_body(history.seen, article):
            self._tell("attachments")  # a capture of its own, whatever the page itself says
        self._read_list()
        history.seen, history.is_reported_gone = article, False
        history.gone_rounds.clear()

    def _read_list(self) -> None:
        """Off the list, or on it again."""
        history, is_listed = self.history, self.page.is_listed
        if not self.has_healthy_list:
            if history.is_delisted and is_listed and history.back_since is None:
                history.back_since = self.now
            return
        if history.is_delisted and not is_listed and history.back_since is not None:
            self.told += self.look_back()
            self._tell("delisted", is_optional=True)
        elif history.is_delisted is is_listed:
            self._tell("relisted" if is_listed else "delisted", since=history.back_since)
            history.is_delisted = not is_listed
        history.back_since = None

    def look_back(self) -> list[Expected]:
        """What only lists that are not whole could have shown so far."""
        if self.history.back_since is None:
            return []
        key, paths = self.page.article.key, tuple(self.history.paths)
        since = self.history.back_since
        return [Expected(kind="relisted", key=key, paths=paths, round=self.now, since=since, is_optional=True)]

    def _count_absence(self) -> None:
        """A gone answer counts when another page of the column is there; three of them are a finding."""
        history, page = self.history, self.page
        if not any(other.manner.is_good for other in self._list_siblings()):
            return
        history.gone_rounds.append(self.now)
        if history.is_reported_gone or len(history.gone_rounds) < GONE_DAYS:
            return
        history.is_reported_gone = True
        self._tell("moved" if page.successor else "gone")

    def _list_siblings(self) -> list[Page]:
        column = self.page.article.column
        return [page for page in self.world.pages.values() if page.article.column == column]
