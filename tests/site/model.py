"""What a replica site is: columns, documents and a script of events that plays through rounds.

Everything here is a value. `play_script` folds the events up to a round into a `World`: what the site shows then. A
round is a number that only grows; the demo uses days.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: its name in the address, what its link says, and its bytes."""

    name: str
    title: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One reply as its publisher keeps it. ``paragraphs`` is the text proper; dates are ISO dates as printed."""

    key: str  # the CMS's document id
    column: str  # the column's code
    title: str
    reference: str = ""  # the second line of the title: 对…第…号提案的答复
    paragraphs: tuple[str, ...]
    index_number: str = ""
    publisher: str = ""
    keywords: str = ""
    written_on: str = ""
    published_on: str = ""
    files: tuple[File, ...] = ()

    @property
    def text(self) -> str:
        """The text that a reader of the page should get: one paragraph a line, the names of attachments at the end."""
        return "\n".join((*self.paragraphs, *(f"附件：{file.title}" for file in self.files)))

    @property
    def fields(self) -> tuple[str, ...]:
        """What the page says of the reply outside its text."""
        return (
            self.title,
            self.reference,
            self.index_number,
            self.publisher,
            self.keywords,
            self.written_on,
            self.published_on,
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A list of replies: its code in the address, its kind (提案, 建议) and its name."""

    code: str
    kind: str
    name: str


class Verb(StrEnum):
    """What can happen on a site."""

    PUBLISH = "publish"
    EDIT = "edit"
    REMOVE = "remove"
    RESTORE = "restore"
    MOVE = "move"
    DELIST = "delist"
    RELIST = "relist"
    DISTURB = "disturb"
    REDESIGN = "redesign"
    CUT_LIST = "cut_list"


class Manner(StrEnum):
    """How a page answers."""

    SERVE = "serve"
    MISSING = "missing"  # 404
    SOFT_MISSING = "soft_missing"  # 200 and 页面不存在
    HOME = "home"  # 302 to the front page
    BLOCK = "block"  # a firewall's script, 521
    FAIL = "fail"  # 500
    SLOW = "slow"

    @property
    def is_gone(self) -> bool:
        """The site itself says that there is no such page."""
        return self in (Manner.MISSING, Manner.SOFT_MISSING)

    @property
    def is_good(self) -> bool:
        """The page can be read, if with patience."""
        return self in (Manner.SERVE, Manner.SLOW)


Edit = Callable[[Article], Article]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of the script: what happens to which document from ``round`` on.

    Attributes:
        round: the first round that shows it.
        verb: what happens.
        key: the document, or the column's code for ``CUT_LIST``; empty for the whole site.
        note: what it is, for a person.
        edit: for ``EDIT``.
        article: for ``PUBLISH``.
        manner: for ``REMOVE`` and ``DISTURB``.
        until: for ``DISTURB`` and ``CUT_LIST``: the first round without it; the round after, when None.
        tries: for ``DISTURB``: how many requests in a round are met so; all, when 0.
        new_key: for ``MOVE``: a new document id; the old address then answers 404. Without it the page keeps its id,
            goes to ``folder``, and the old address answers 301.
        folder: for ``MOVE``.
        size: for ``CUT_LIST``: how many pages of the column's list are served.
    """

    round: int
    verb: Verb
    key: str = ""
    note: str = ""
    edit: Edit | None = None
    article: Article | None = None
    manner: Manner = Manner.MISSING
    until: int | None = None
    tries: int = 0
    new_key: str = ""
    folder: str = ""
    size: int = 0

    def is_lasting(self, now: int) -> bool:
        """A passing event is still to be felt in round ``now``."""
        return now < (self.round + 1 if self.until is None else self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article at its place in one round. ``old_folders`` still answer, with 301."""

    article: Article
    folder: str
    is_listed: bool = True
    manner: Manner = Manner.SERVE
    tries: int = 0  # the manner meets only so many requests a round; 0: all
    old_folders: tuple[str, ...] = ()
    successor: str = ""  # the key under which it was published anew


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a site shows in one round: its pages by key, newest first, its skin, and lists that are cut short."""

    pages: dict[str, Page]
    skin: int = 0
    list_sizes: dict[str, int] = field(default_factory=dict)

    def list_column(self, code: str) -> tuple[Page, ...]:
        """The pages that the column's list shows, in order."""
        return tuple(page for page in self.pages.values() if page.article.column == code and page.is_listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole replica: what there is in round 0 and what happens afterwards."""

    key: str
    name: str
    columns: tuple[Column, ...]
    articles: tuple[Article, ...]
    events: tuple[Event, ...] = ()
    page_size: int = 6
    robots: str = "User-agent: *\nDisallow: /admin/\n"

    def find_column(self, code: str) -> Column | None:
        """The column with this code, or None."""
        return next((column for column in self.columns if column.code == code), None)


def play_script(plan: Plan, now: int) -> World:
    """What the site shows in round ``now``: all events up to it, in the order of their rounds.

    Raises:
        KeyError: an event names a document that is not there.
    """
    world = World(pages={article.key: Page(article=article, folder=article.column) for article in plan.articles})
    for event in sorted(plan.events, key=lambda event: event.round):
        if event.round <= now:
            world = _apply_event(world, event, now)
    return world


def _apply_event(world: World, event: Event, now: int) -> World:
    match event.verb:
        case Verb.REDESIGN:
            return replace(world, skin=world.skin + 1)
        case Verb.CUT_LIST:
            cut = {event.key: event.size} if event.is_lasting(now) else {}
            return replace(world, list_sizes=world.list_sizes | cut)
        case Verb.PUBLISH if event.article:
            page = Page(article=event.article, folder=event.article.column)
            return replace(world, pages={event.article.key: page} | world.pages)
        case Verb.MOVE if event.new_key:
            return replace(world, pages=_republish_page(world.pages, event))
        case Verb.DISTURB if not event.is_lasting(now):
            return world
        case _:
            return replace(world, pages=world.pages | {event.key: _change_page(world.pages[event.key], event)})


def _change_page(page: Page, event: Event) -> Page:
    match event.verb:
        case Verb.EDIT if event.edit:
            return replace(page, article=event.edit(page.article))
        case Verb.REMOVE:
            return replace(page, manner=event.manner, is_listed=False)
        case Verb.RESTORE:
            return replace(page, manner=Manner.SERVE, is_listed=True)
        case Verb.MOVE:
            return replace(page, folder=event.folder, old_folders=(*page.old_folders, page.folder))
        case Verb.DELIST | Verb.RELIST:
            return replace(page, is_listed=event.verb is Verb.RELIST)
        case _:
            return replace(page, manner=event.manner, tries=event.tries)


def _republish_page(pages: dict[str, Page], event: Event) -> dict[str, Page]:
    """The same reply under a new id stands where the old one stood; the old address is a 404."""
    changed: dict[str, Page] = {}
    for key, page in pages.items():
        if key == event.key:
            article = replace(page.article, key=event.new_key)
            changed[event.new_key] = replace(page, article=article, folder=event.folder or page.folder)
            page = replace(page, manner=Manner.MISSING, is_listed=False, successor=event.new_key)  # noqa: PLW2901 - the old page follows its new self
        changed[key] = page
    return changed
