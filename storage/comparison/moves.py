"""Moved: a page that is gone here and a page that appeared there with the same reply are one event.

What was told before stays: an earlier ``new`` keeps its place and the later ``moved`` joins its group and stands
instead of ``gone``. When the page turns up only after ``gone`` was told, ``gone`` stays, a ``moved`` is added, and
the ``new`` joins their group.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage.comparison.derivation import (
    Weights,
    derive_page_changes,
    describe_event,
    find_first_good,
    identify_change,
    is_baseline,
)
from storage.comparison.folding import squash_text
from storage.comparison.history import PageFace, PageHistory, SiteContext
from storage.comparison.likeness import (
    COMPARED_TEXT,
    NEARLY_SAME,
    identify_reply,
    list_keys,
    measure_likeness,
    sketch_text,
)
from storage.comparison.removal import RemovalEvent, find_removal_events, is_same_place, name_place
from storage.records import Change, ChangeKind, Evidence, Version

LEAST_SHARED = 4  # hashes that two texts must share to be compared at all
OVERLAP = timedelta(days=60)  # so long may the old page stay up beside the new one
PATIENCE = timedelta(days=180)  # so long after the removal may the new page appear


@dataclass(frozen=True, slots=True)
class Absence:
    """A page that is not there any more, and by what it would be known again.

    ``ended_at`` is when it answered well again: what appears later is no place where it went.
    """

    face: PageFace
    event: RemovalEvent
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageTrace:
    """What is needed of a page to join it with others of its site."""

    document_key: str
    changes: tuple[Change, ...]
    face: PageFace | None  # as it appeared; None when it was never good
    absences: tuple[Absence, ...] = ()
    returns: tuple[PageFace, ...] = ()  # as it was when it came back, each time that was told

    @property
    def vanished_keys(self) -> frozenset[str]:
        """Under which a page that is not there any more is found by the one that it may be now."""
        places = (absence.event.evidence.new_url for absence in self.absences)
        return frozenset(
            [key for absence in self.absences for key in list_keys(absence.face)]
            + [f"at {name_place(url)}" for url in places if url]
        )

    @property
    def appeared_keys(self) -> frozenset[str]:
        """Under which a page that appeared or came back is found by one that is not there any more.

        Pages of a baseline were there before anybody watched; none of them is where another one went, unless that one
        says so itself.
        """
        faces = [face for face in (self.face, *self.returns) if face]
        return frozenset(
            [key for face in faces if not face.is_baseline for key in list_keys(face)]
            + [f"at {name_place(face.url)}" for face in faces if not face.is_baseline]
        )


def derive_site_changes(
    pages: Iterable[PageHistory], context: SiteContext, weights: Weights = None
) -> tuple[Change, ...]:
    """All changes of a site's pages, joined across pages, in order of time."""
    return join_traces((trace_page(page, context, weights) for page in pages), weights)


def trace_page(page: PageHistory, context: SiteContext, weights: Weights = None) -> PageTrace:
    """The changes of a page and how it appeared and vanished."""
    versions = {version.number: version for version in page.versions}
    events = [event for event in find_removal_events(page, context) if event.version in versions]
    absences = tuple(
        Absence(show_face(page, versions[event.version or 0], context), event, find_return(page, event))
        for event in events
        if event.kind != "restored"
    )
    returns = tuple(
        show_return(page, versions.get(event.seen.version or 0, versions[event.version or 0]), event, context)
        for event in events
        if event.kind == "restored"
    )
    first = find_first_good(page)
    version = versions.get(first.version or 0, page.versions[0]) if first and page.versions else None
    return PageTrace(
        document_key=page.document_key,
        changes=derive_page_changes(page, context, weights),
        face=show_face(page, version, context) if version else None,
        absences=absences,
        returns=returns,
    )


def find_return(page: PageHistory, event: RemovalEvent) -> datetime | None:
    """When a page answered well again after an event."""
    since = event.seen.captured_at
    return next(
        (seen.captured_at for seen in page.observations if seen.outcome.is_good and seen.captured_at > since), None
    )


def show_return(page: PageHistory, version: Version, event: RemovalEvent, context: SiteContext) -> PageFace:
    """By what a page is known that came back: it may be where another one went."""
    return replace(
        show_face(page, version, context),
        first_ok_at=event.seen.captured_at,
        first_record_id=event.seen.record_id,
        is_baseline=False,
        is_return=True,
    )


def show_face(page: PageHistory, version: Version, context: SiteContext) -> PageFace:
    """By what a page with this version is known again."""
    first = find_first_good(page)
    document = version.document
    return PageFace(
        document_key=page.document_key,
        url=page.url,
        first_ok_at=first.captured_at if first else version.captured_at,
        first_record_id=first.record_id if first else version.record_id,
        identities=identify_reply(document),
        sketch=sketch_text(document.text),
        title=document.title or page.title,
        text=squash_text(document.text)[:COMPARED_TEXT],
        is_baseline=is_baseline(page, context),
    )


def join_traces(traces: Iterable[PageTrace], weights: Weights = None) -> tuple[Change, ...]:
    """The changes of all pages with moves joined.

    The traces of all pages that share a lookup key (directly or by others) must be given together; what else is given
    does not matter.
    """
    ordered = sorted(traces, key=lambda trace: trace.document_key)
    joining = _Joining(ordered, weights)
    for trace in ordered:
        for absence in trace.absences:
            joining.join_absence(absence)
    return tuple(sorted(joining.changes.values(), key=lambda change: (change.detected_at, change.kind, change.id)))


class _Joining:
    """Changes of a site while moves are being joined."""

    def __init__(self, traces: Sequence[PageTrace], weights: Weights) -> None:
        self.weights = weights
        self.changes = {change.id: change for trace in traces for change in trace.changes}
        self.news = {
            change.document_key: change.id for change in self.changes.values() if change.kind is ChangeKind.NEW
        }
        self.faces = [face for trace in traces for face in (trace.face, *trace.returns) if face]
        self.places: dict[str, list[PageFace]] = {}
        for face in self.faces:
            for key in list_keys(face):
                self.places.setdefault(str(key), []).append(face)
        self.urls = {face.url: face for face in reversed(self.faces)}

    def join_absence(self, absence: Absence) -> None:
        """Find where the page went, and tell it."""
        event, face = absence.event, absence.face
        if event.kind == "moved":
            self.join_redirect(absence)
            return
        completed = event.seen.captured_at
        candidates = sorted(
            (other for other in self.find_candidates(face) if is_successor(face, other, event, absence.ended_at)),
            key=lambda other: (
                max(other.first_ok_at, completed),
                -measure_likeness(face, other),
                other.first_ok_at,
                other.document_key,
            ),
        )
        if candidates:
            self.tell_move(absence, candidates[0])

    def find_candidates(self, face: PageFace) -> Iterator[PageFace]:
        """Other pages that share an identity or enough of the sketch."""
        shared: dict[str, int] = {}
        known = {}
        for key in list_keys(face):
            for other in self.places.get(key, ()):
                if other.document_key != face.document_key:
                    known[other.first_record_id] = other
                    shared[other.first_record_id] = shared.get(other.first_record_id, 0) + (
                        LEAST_SHARED if key in face.identities else 1
                    )
        least = min(LEAST_SHARED, len(face.sketch))
        yield from (known[key] for key, count in shared.items() if count >= least)

    def find_appearance(self, face: PageFace) -> str | None:
        """The id of the change that told a page's appearance or return."""
        kind = ChangeKind.RESTORED if face.is_return else ChangeKind.NEW
        told = identify_change(face.document_key, kind, face.first_record_id)
        return told if told in self.changes else None

    def join_redirect(self, absence: Absence) -> None:
        """The site itself says where the page is: the later of the two changes joins the earlier one's group."""
        target = absence.event.seen.new_key or ""
        url = absence.event.evidence.new_url or ""
        new_id = self.news.get(target) or next(
            (self.news.get(face.document_key) for other, face in self.urls.items() if is_same_place(other, url)), None
        )
        moved_id = identify_change(absence.face.document_key, ChangeKind.MOVED, absence.event.seen.record_id)
        if new_id and moved_id in self.changes and self.changes[new_id].document_key != absence.face.document_key:
            self.share_group(new_id, moved_id)

    def tell_move(self, absence: Absence, successor: PageFace) -> None:
        """Tell that a document is at another address now."""
        event = absence.event
        gone_id = identify_change(absence.face.document_key, ChangeKind.GONE, event.seen.record_id)
        gone = self.changes.get(gone_id)
        new_id = self.find_appearance(successor)
        is_late = successor.first_ok_at > event.seen.captured_at
        pattern = gone or next(
            (change for change in self.changes.values() if change.document_key == absence.face.document_key), None
        )
        if pattern is None or new_id is None:
            return
        moved = describe_move(pattern, absence, successor, self.weights, is_late=is_late)
        self.changes[moved.id] = moved
        if gone and not is_late:
            del self.changes[gone_id]
        self.share_group(new_id, moved.id)
        if gone and is_late:
            self.changes[moved.id] = replace(self.changes[moved.id], group=gone.group)
            self.changes[new_id] = replace(self.changes[new_id], group=gone.group)

    def share_group(self, first_id: str, second_id: str) -> None:
        """The later one of two changes joins the group of the earlier one."""
        first, second = self.changes[first_id], self.changes[second_id]
        if first.detected_at <= second.detected_at:
            self.changes[second_id] = replace(second, group=first.group)
        else:
            self.changes[first_id] = replace(first, group=second.group)


def describe_move(pattern: Change, absence: Absence, successor: PageFace, weights: Weights, *, is_late: bool) -> Change:
    """The change ``moved`` of the page that is gone, established by what came last."""
    event, face = absence.event, absence.face
    record_id = successor.first_record_id if is_late else event.seen.record_id
    evidence: Evidence = replace(event.evidence, new_url=successor.url)
    return replace(
        pattern,
        id=identify_change(face.document_key, ChangeKind.MOVED, record_id),
        kind=ChangeKind.MOVED,
        title=face.title,
        record_id=record_id,
        detected_at=successor.first_ok_at if is_late else event.seen.captured_at,
        last_good_at=event.evidence.last_ok,
        from_version=event.version,
        to_version=None,
        baseline=False,
        evidence=evidence,
        difference=describe_event("moved", face.title, successor.url, weights),
    )


def is_successor(face: PageFace, other: PageFace, event: RemovalEvent, ended_at: datetime | None = None) -> bool:
    """Whether ``other`` appeared about when ``face`` vanished, and is the same reply or has nearly the same text."""
    last_ok = event.evidence.last_ok
    appeared = other.first_ok_at
    if other.is_baseline or last_ok is None or appeared <= face.first_ok_at:
        return False
    if ended_at is not None and appeared >= ended_at:
        return False  # the page was back by then
    if other.is_return and face.is_baseline:
        return False  # both were there all the time
    if appeared < last_ok - OVERLAP or appeared > event.seen.captured_at + PATIENCE:
        return False
    if face.identities and other.identities:
        return bool(set(face.identities) & set(other.identities))
    return measure_likeness(face, other) >= NEARLY_SAME
