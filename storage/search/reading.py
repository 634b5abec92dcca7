"""Look at the texts of candidates: does a version hold the words, for this reader, and do others of its page?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased, load_only

from storage.search.fields import DEFAULT_KIND, read_fields
from storage.search.tables import EntryRow
from storage.search.values import Fate, Hit, Sieve
from storage.search.words import Words, fold_words
from storage.tables import CaptureRow, PageRow, SiteRow, VersionRow
from storage.withholding import WithheldRow

OLDEST = 1
AT_ONCE = 20  # versions of a page that are in memory while it is looked whether one holds the words
COVERING = 5  # how much longer it takes to cover a text than to look at it
PAGE = (PageRow.url, PageRow.title, PageRow.site_key, PageRow.version_number)

Cover = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A version that may be a hit, with the number of the index's entry that led to it."""

    entry: int
    page_id: int
    number: int
    latest: int
    text: str
    document: Mapping[str, Any]
    url: str
    title: str
    site: str
    site_name: str
    captured_at: datetime


@dataclass(slots=True)
class Reading:
    """One search on its way: what texts are held against, and the ``work`` that was done for it, in texts looked at."""

    session: Session
    words: Words
    sieve: Sieve
    cover: Cover
    work: int = 0
    wanted: tuple[str, ...] = field(init=False)
    unwanted: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Fold the terms once."""
        self.wanted = tuple(map(fold_words, self.words.wanted))
        self.unwanted = tuple(map(fold_words, self.words.unwanted))

    def find_hit(self, candidate: Candidate) -> Hit | None:
        """The candidate as a hit; None when it is none.

        The words have to stand in what the reader may see, and unwanted ones be absent from it: a search must not tell
        what is covered. As covering takes longer than looking, texts without the words are not covered.
        """
        fields = read_fields(candidate.document, candidate.text)
        if not self.holds(fields) or self.keeps_unwanted(fields):
            return None
        shown = self.cover_fields(fields)
        if not self.holds(shown) or self.has_unwanted(shown) or not self.has_fate(candidate):
            return None
        return Hit(
            page_id=candidate.page_id,
            number=candidate.number,
            latest=candidate.latest,
            url=candidate.url,
            title=shown.get("title") or self.cover(candidate.title),
            site=candidate.site,
            site_name=candidate.site_name,
            captured_at=candidate.captured_at,
            fields=shown,
        )

    def holds(self, fields: Mapping[str, str]) -> bool:
        """Whether every wanted word stands in one of the fields (in the one that was asked for)."""
        self.work += 1
        left = set(self.wanted)
        for value in self.choose(fields):
            folded = fold_words(value)
            left = {word for word in left if word not in folded}
            if not left:
                return True
        return False

    def has_unwanted(self, fields: Mapping[str, str]) -> bool:
        """Whether an unwanted word stands in one of the fields."""
        texts = [fold_words(value) for value in self.choose(fields)] if self.unwanted else []
        return any(word in text for text in texts for word in self.unwanted)

    def keeps_unwanted(self, fields: Mapping[str, str]) -> bool:
        """Whether an unwanted word is to be seen in one of the fields: of those that hold one, not all are covered."""
        for value in self.choose(fields) if self.unwanted else ():
            folded = fold_words(value)
            if any(word in folded for word in self.unwanted):
                self.work += COVERING
                shown = fold_words(self.cover(value))
                if any(word in shown for word in self.unwanted):
                    return True
        return False

    def choose(self, fields: Mapping[str, str]) -> list[str]:
        """The values that are searched, the text first: what is sought is mostly there."""
        if self.sieve.field:
            return [fields[self.sieve.field]] if self.sieve.field in fields else []
        return sorted(fields.values(), key=len, reverse=True)

    def has_fate(self, candidate: Candidate) -> bool:
        """Whether the page's other versions lack the words as was asked."""
        if self.sieve.without and self.is_held(candidate, VersionRow.number == self.sieve.without):
            return False
        if self.sieve.fate is Fate.VANISHED:
            return not self.is_held(candidate, VersionRow.number.in_((candidate.number + 1, candidate.latest)))
        if self.sieve.fate is Fate.APPEARED:
            return not self.is_held(candidate, VersionRow.number < candidate.number)
        return True

    def is_held(self, candidate: Candidate, condition: ColumnElement[bool]) -> bool:
        """Whether one of some versions of the candidate's page holds the words, for this reader; the newest first."""
        query = select(VersionRow.document, VersionRow.text).where(VersionRow.page_id == candidate.page_id, condition)
        query = query.order_by(VersionRow.number.desc()).execution_options(yield_per=AT_ONCE)
        with self.session.execute(query) as rows:
            for document, text in rows:
                fields = read_fields(document, text)
                if self.holds(fields) and self.holds(self.cover_fields(fields)):
                    return True
        return False

    def cover_fields(self, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields that are not empty, as the reader may see them."""
        self.work += COVERING
        return {name: self.cover(value) for name, value in fields.items() if value}


def list_conditions(sieve: Sieve, shown: type[VersionRow]) -> list[ColumnElement[bool]]:
    """What the sieve asks of a version's row and of those beside it, but for the words."""
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (sieve.site, func.coalesce(PageRow.site_key, "") == sieve.site),
        (sieve.column, PageRow.column_id == sieve.column),
        (sieve.page, PageRow.id == sieve.page),
        (sieve.number, shown.number == sieve.number),
        (sieve.without, and_(PageRow.version_number >= sieve.without, shown.number != sieve.without)),
        (sieve.kind, func.coalesce(shown.document["kind"].as_string(), DEFAULT_KIND) == sieve.kind),
        (sieve.fate is Fate.APPEARED, and_(shown.number == PageRow.version_number, shown.number > OLDEST)),
    ]
    found = [condition for value, condition in asked if value]
    found += [CaptureRow.captured_at >= sieve.since] if sieve.since else []
    found += [CaptureRow.captured_at < sieve.until] if sieve.until else []
    return found


def read_rows(session: Session, sieve: Sieve, entries: list[int]) -> Iterator[Candidate]:
    """What is to be looked at of some entries, in their order; without those that the sieve lets fall."""
    shown = aliased(VersionRow)  # what is coalesced below is so for SQLite to begin with the entries, however many
    step = 1 if sieve.fate is Fate.VANISHED else 0  # the entry is that of the version that lost the words
    query = (
        select(EntryRow.id, shown, PageRow, SiteRow.name, CaptureRow.captured_at)
        .options(load_only(*PAGE), load_only(shown.number, shown.text, shown.document))
        .join(VersionRow, VersionRow.id == EntryRow.version_id)
        .join(shown, and_(shown.page_id == VersionRow.page_id, shown.number == VersionRow.number - step))
        .join(PageRow, PageRow.id == shown.page_id)
        .join(SiteRow, SiteRow.key == PageRow.site_key)
        .join(CaptureRow, CaptureRow.id == shown.capture_id)
        .where(EntryRow.id.in_(entries), func.coalesce(PageRow.parent_id, 0) == 0)
        .where(PageRow.document_key.not_in(select(WithheldRow.document_key)))
        .order_by(EntryRow.id.desc())
    )
    query = query.where(*list_conditions(sieve, shown))
    for entry, version, page, site_name, captured_at in session.execute(query):
        yield Candidate(
            entry=entry,
            page_id=page.id,
            number=version.number,
            latest=page.version_number or version.number,
            text=version.text,
            document=version.document,
            url=page.url,
            title=page.title,
            site=page.site_key,
            site_name=site_name,
            captured_at=captured_at,
        )
