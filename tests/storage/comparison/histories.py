"""Histories of pages, played day by day; written for the tests of the derivation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from storage.comparison.document_diff import documents_differ
from storage.comparison.history import (
    ListingSpan,
    Observation,
    PageHistory,
    SiteContext,
    WalkFact,
    extend_spans,
    judge_health,
)
from storage.records import Cause, Document, Outcome, Version

START = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in China
COLUMN = "replies"
BODY = "\n".join(
    f"第{number}项工作已开展，投入{number * 3}万元，我局将于{2026 + number}年底前完成{number * 7}个项目。"
    for number in range(1, 9)
)


def make_document(text: str = BODY, title: str = "关于完善公交线路的答复", **fields: object) -> Document:
    """A document with a text."""
    return Document(title=title, text=text, extractor="x1", **fields)  # type: ignore[arg-type]  # names fields of Document


@dataclass
class Page:
    """A page being watched: tell it what each visit saw."""

    key: str
    url: str = ""
    observations: list[Observation] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    spans: tuple[ListingSpan, ...] = ()
    columns: tuple[str, ...] = (COLUMN,)

    def see(self, day: int, outcome: Outcome, document: Document | None = None, **more: str) -> None:
        """One visit in the run of a day, an hour after the lists; an ok one with what it showed."""
        captured_at = START + timedelta(days=day, hours=1)
        record_id = f"urn:{self.key}:{day}:{len(self.observations)}"
        if document and (not self.versions or documents_differ(self.versions[-1].document, document)):
            self.add_version(captured_at, record_id, document)
        version = len(self.versions) if outcome.is_good else None
        self.observations.append(
            Observation(
                record_id=record_id,
                captured_at=captured_at,
                run_id=f"run{day}",
                outcome=outcome,
                version=version,
                **more,
            )
        )

    def add_version(
        self, captured_at: datetime, record_id: str, document: Document, cause: Cause = Cause.CONTENT
    ) -> None:
        """A version that differs from the one before."""
        self.versions.append(
            Version(
                number=len(self.versions) + 1,
                captured_at=captured_at,
                record_id=record_id,
                cause=cause,
                document=document,
            )
        )

    def freeze(self) -> PageHistory:
        """The page as the derivation takes it."""
        return PageHistory(
            document_key=self.key,
            site="lm",
            url=self.url or f"https://lm.example.cn/{self.key}.html",
            title=self.key,
            columns=self.columns,
            versions=tuple(self.versions),
            observations=tuple(self.observations),
            spans=self.spans,
        )


@dataclass
class Site:
    """The lists of a site, walked once a day."""

    pages: dict[str, Page] = field(default_factory=dict)
    walks: dict[str, list[WalkFact]] = field(default_factory=dict)
    canaries: dict[tuple[str, str], str] = field(default_factory=dict)

    def page(self, key: str) -> Page:
        """The page of that key."""
        return self.pages.setdefault(key, Page(key))

    def walk(
        self,
        day: int,
        rows: Sequence[str],
        *,
        column: str = COLUMN,
        is_complete: bool = True,
        is_full: bool = True,
        has_canary: bool = True,
    ) -> None:
        """One walk at the start of a day's run, and the canary that the run would find."""
        walks = self.walks.setdefault(column, [])
        whole = [walk for walk in walks if walk.is_complete and walk.is_full]
        previous = whole[-1].row_count if whole else None
        fact = WalkFact(
            run_id=f"run{day}",
            column=column,
            finished_at=START + timedelta(days=day),
            is_complete=is_complete,
            is_full=is_full,
            is_healthy=judge_health(len(rows), previous),
            record_id=f"urn:list:{column}:{day}",
            row_count=len(rows),
        )
        trusted = [walk.finished_at for walk in walks if walk.is_trusted]
        for position, key in enumerate(rows):
            page = self.page(key)
            page.spans = extend_spans(page.spans, fact, trusted, position)
        walks.append(fact)
        if has_canary:
            self.canaries[f"run{day}", column] = f"urn:canary:{day}"

    def context(self) -> SiteContext:
        """What all pages have in common."""
        return SiteContext(
            walks={column: tuple(walks) for column, walks in self.walks.items()}, canaries=dict(self.canaries)
        )

    def freeze(self) -> list[PageHistory]:
        """All pages as the derivation takes them."""
        return [page.freeze() for page in self.pages.values()]
