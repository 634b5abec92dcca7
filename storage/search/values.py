"""What a search is asked for and what it answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.search.fields import MARKS, TEXT

FIELDS = (TEXT, *MARKS)


class Fate(StrEnum):
    """What became of the words: no matter; the next version and the latest lack them; the latest alone has them."""

    ANY = ""
    VANISHED = "vanished"
    APPEARED = "appeared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """Which versions are asked for; what is empty does not count.

    ``column`` is a column's number, ``page`` a page's, ``kind`` a document's, ``field`` one of `FIELDS`. ``since`` and
    ``until`` (exclusive) are times of the capture that established the version. ``number`` is that of the version that
    holds the words, ``without`` that of another one of its page, which is there and lacks them.
    """

    site: str = ""
    column: int = 0
    page: int = 0
    kind: str = ""
    field: str = ""
    since: datetime | None = None
    until: datetime | None = None
    fate: Fate = Fate.ANY
    number: int = 0
    without: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A version that holds the words, as the reader may see it; ``latest`` is the number of its page's newest version.

    ``fields`` has the words of every field that is not empty (`FIELDS`).
    """

    page_id: int
    number: int
    latest: int
    url: str
    title: str
    site: str
    site_name: str
    captured_at: datetime
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, and the cursor (``before``) of those that follow, 0 at the end.

    With ``is_cut`` the search stopped after many texts without enough hits among them: there may be more, or none.
    """

    hits: tuple[Hit, ...] = ()
    cursor: int = 0
    is_cut: bool = False
