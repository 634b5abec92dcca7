"""The changes of a page: a pure function of its captures, its versions and its column's lists.

A page at a time, so that only pages with new observations need to be derived again. Deriving from all that is known
gives what deriving visit by visit gave, in the same words.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from storage.comparison.document_diff import compare_documents
from storage.comparison.groups import digest_parts, group_difference, group_page
from storage.comparison.history import Observation, PageHistory, SiteContext, WalkFact
from storage.comparison.listing import ListEvent, find_list_events
from storage.comparison.removal import RemovalEvent, find_removal_events
from storage.comparison.signals import SIGNALS
from storage.records import Cause, Change, ChangeKind, Difference, Evidence, Summary, Version

Weights = Mapping[str, float] | None
PARTIAL_WALKS = 3  # full walks of a list that is never complete, after which it is known all the same


def derive_page_changes(page: PageHistory, context: SiteContext, weights: Weights = None) -> tuple[Change, ...]:
    """All changes of a page in order of time.

    What concerns two pages (one document that is gone here and appeared there) is joined afterwards by
    `storage.comparison.moves`. ``weights`` overrides the table of signals.
    """
    telling = Telling(page, context, weights)
    changes = [
        *telling.tell_appearance(),
        *telling.tell_versions(),
        *(telling.tell_removal(event) for event in find_removal_events(page, context) if event.kind != "missing"),
        *(telling.tell_listing(event) for event in find_list_events(page, context)),
    ]
    return tuple(sorted(changes, key=lambda change: (change.detected_at, change.kind, change.id)))


def identify_change(document_key: str, kind: ChangeKind, record_id: str) -> str:
    """The id that verdicts and links hang on: a digest of document key, kind and establishing capture."""
    return digest_parts(document_key, kind.value, record_id)


def find_first_good(page: PageHistory) -> Observation | None:
    """The capture with which the page became known."""
    return next((seen for seen in page.observations if seen.outcome.is_good), None)


def is_baseline(page: PageHistory, context: SiteContext) -> bool:
    """Whether the page was there before anybody watched, that is before the baseline of all its columns was taken."""
    first = find_first_good(page)
    seen_at = [span.first_seen_at for span in page.spans] + ([first.captured_at] if first else [])
    if not seen_at:
        return True
    appeared = min(seen_at)
    return not any(has_baseline(context.walks.get(column, ()), appeared) for column in page.columns)


def has_baseline(walks: Sequence[WalkFact], instant: datetime) -> bool:
    """Whether a column had been walked in full before ``instant``.

    One complete full walk is a baseline. A list that never serves all that it declares has one after some full walks.
    """
    full = 0
    for walk in walks:
        if walk.finished_at >= instant:
            return False
        if walk.is_full and walk.row_count != 0:
            full += 1
            if walk.is_complete or full >= PARTIAL_WALKS:
                return True
    return False


def describe_event(code: str, subject: str, new_url: str | None, weights: Weights) -> Difference:
    """What became of a page (``subject`` is its title, ``new_url`` where it is now) as a difference without hunks."""
    signal = SIGNALS[code]
    score = min(1.0, (weights or {}).get(code, signal.weight))
    zh, en = f"{signal.zh}：{subject}", f"{signal.en[:1].upper()}{signal.en[1:]}: {subject}"
    summary = Summary(f"{zh}，现址 {new_url}", f"{en}, now at {new_url}") if new_url else Summary(zh, en)
    return Difference(changed=True, kinds=(code.partition("_")[0],), score=score, reasons=(code,), summary=summary)


class Telling:
    """One page's history put into words."""

    def __init__(self, page: PageHistory, context: SiteContext, weights: Weights) -> None:
        self.page = page
        self.context = context
        self.weights = weights
        self.versions = {version.number: version for version in page.versions}

    def tell_appearance(self) -> list[Change]:
        """The page became known."""
        first = find_first_good(self.page)
        if first is None or not self.page.versions:
            return []
        version = self.versions.get(first.version or 0, self.page.versions[0])
        known_before = is_baseline(self.page, self.context)
        difference = self.describe_event("new", self.find_title(version.number))
        return [
            self.make_change(
                ChangeKind.NEW,
                first.record_id,
                first.captured_at,
                Difference(kinds=("new",), reasons=("new",), summary=difference.summary)
                if known_before
                else difference,
                to_version=version.number,
                is_baseline=known_before,
            )
        ]

    def tell_versions(self) -> list[Change]:
        """One change for each step between versions that a reader would see; steps of the extractor are not told."""
        changes = []
        for before, after in pairwise(sorted(self.page.versions, key=lambda version: version.number)):
            if after.cause is Cause.EXTRACTOR:
                continue
            difference = compare_documents(before.document, after.document, self.weights)
            if difference.changed:
                changes.append(self.tell_step(before, after, difference))
        return changes

    def tell_step(self, before: Version, after: Version, difference: Difference) -> Change:
        """A step between two versions."""
        return self.make_change(
            ChangeKind(difference.kinds[0]),
            after.record_id,
            after.captured_at,
            difference,
            from_version=before.number,
            to_version=after.number,
            group=group_difference(self.page.site, difference),
        )

    def tell_removal(self, event: RemovalEvent) -> Change:
        """The page is gone, has moved or is back."""
        is_back = event.kind == "restored"
        return self.make_change(
            ChangeKind(event.kind),
            event.seen.record_id,
            event.seen.captured_at,
            self.describe_event(event.kind, self.find_title(event.version), event.evidence.new_url),
            from_version=event.version,
            to_version=event.seen.version if is_back else None,
            evidence=event.evidence,
        )

    def tell_listing(self, event: ListEvent) -> Change:
        """A column does not list the page any more, or lists it again."""
        kind = ChangeKind.RELISTED if event.is_back else ChangeKind.DELISTED
        code = "delisted_in_part" if event.is_listed_elsewhere else kind.value
        good = [
            seen for seen in self.page.observations if seen.outcome.is_good and seen.captured_at <= event.detected_at
        ]
        evidence = Evidence(first_ok=good[0].captured_at, last_ok=good[-1].captured_at) if good else None
        version = next((seen.version for seen in reversed(good) if seen.version is not None), None)
        return self.make_change(
            kind,
            event.record_id,
            event.detected_at,
            self.describe_event(code, self.find_title(version)),
            from_version=version,
            to_version=version,
            column=event.column,
            evidence=None if event.is_back else evidence,
        )

    def describe_event(self, code: str, subject: str, new_url: str | None = None) -> Difference:
        """An event as a difference without hunks: its score, its reason, its line."""
        return describe_event(code, subject, new_url, self.weights)

    def find_title(self, number: int | None) -> str:
        """The title of a version, else of the page."""
        version = self.versions.get(number or 0)
        return (version.document.title if version else None) or self.page.title

    def find_last_good(self, instant: datetime) -> datetime | None:
        """The time of the last good capture before ``instant``."""
        times = [seen.captured_at for seen in self.page.observations if seen.outcome.is_good]
        return max((time for time in times if time < instant), default=None)

    def make_change(  # noqa: PLR0913 - a change has that many sides
        self,
        kind: ChangeKind,
        record_id: str,
        detected_at: datetime,
        difference: Difference,
        *,
        from_version: int | None = None,
        to_version: int | None = None,
        group: str = "",
        column: str = "",
        evidence: Evidence | None = None,
        is_baseline: bool = False,
    ) -> Change:
        """A change with all that the page itself says of it."""
        page = self.page
        return Change(
            id=identify_change(page.document_key, kind, record_id),
            document_key=page.document_key,
            url=page.url,
            site=page.site,
            column=column or page.column,
            title=self.find_title(to_version or from_version),
            kind=kind,
            detected_at=detected_at,
            record_id=record_id,
            difference=difference,
            last_good_at=self.find_last_good(detected_at),
            from_version=from_version,
            to_version=to_version,
            group=group or group_page(page.document_key),
            evidence=evidence,
            baseline=is_baseline,
        )
