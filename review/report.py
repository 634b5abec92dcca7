"""What a report is: changes chosen, put in order and folded. Pure functions of values."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from storage.comparison.attachment_diff import AttachmentChange, diff_attachments
from storage.records import ChangeKind, Incident, ReportedChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a renderer needs.

    ``since`` is None when the report reaches back to the beginning. ``timezone`` is an IANA name: people read times in
    it, programs read UTC. ``archive`` is the path of the WARC folder as seen from the report's own place, with ``/``
    and without one at the end; None draws no links to records. ``is_masked`` hides personal data in derived text.
    ``hidden`` are the changes that the operator's rules hide: they are counted and named, not shown.
    """

    generated_at: datetime
    since: datetime | None = None
    changes: tuple[ReportedChange, ...] = ()
    hidden: tuple[ReportedChange, ...] = ()
    incidents: tuple[Incident, ...] = ()
    timezone: str = "Asia/Shanghai"
    archive: str | None = None
    is_masked: bool = True

    @property
    def zone(self) -> ZoneInfo:
        """The operator's time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that belong together, the one that matters most first."""

    key: str
    changes: tuple[ReportedChange, ...]

    @property
    def lead(self) -> ReportedChange:
        """The change under which the others are folded."""
        return self.changes[0]

    @property
    def rest(self) -> tuple[ReportedChange, ...]:
        """The folded ones."""
        return self.changes[1:]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a column's first full walk found: not news, only counted."""

    site_name: str
    column_name: str
    changes: tuple[ReportedChange, ...]


def arrange_report(report: Report) -> Report:
    """The report with only what it covers, in reading order: changes by rank, incidents open first, latest first."""
    chosen = select_changes(report.changes, since=report.since, until=report.generated_at)
    incidents = select_incidents(report.incidents, since=report.since)
    return replace(report, changes=rank_changes(chosen), incidents=incidents)


def select_changes(
    changes: Iterable[ReportedChange], *, since: datetime | None, until: datetime
) -> tuple[ReportedChange, ...]:
    """The changes detected from ``since`` on, and not after ``until``; both are aware."""
    return tuple(
        reported
        for reported in changes
        if (since is None or reported.change.detected_at >= since) and reported.change.detected_at <= until
    )


def select_incidents(incidents: Iterable[Incident], *, since: datetime | None) -> tuple[Incident, ...]:
    """The incidents that are open or were still seen after ``since``, open ones first, then the latest."""
    chosen = [one for one in incidents if one.closed_at is None or since is None or one.last_at >= since]
    return tuple(sorted(chosen, key=lambda one: (one.closed_at is not None, -one.last_at.timestamp(), one.subject)))


def rank_changes(changes: Iterable[ReportedChange]) -> tuple[ReportedChange, ...]:
    """The highest score first, then the latest; a baseline's ``new`` last. The id settles what is left."""
    return tuple(sorted(changes, key=_rank))


def _rank(reported: ReportedChange) -> tuple[bool, float, timedelta, str]:
    change = reported.change
    age = datetime.max.replace(tzinfo=change.detected_at.tzinfo) - change.detected_at
    return change.baseline, -change.difference.score, age, change.id


def group_changes(changes: Iterable[ReportedChange]) -> tuple[Group, ...]:
    """Ranked changes folded by their group key; a group stands where its first change would.

    Baseline changes are left out (`fold_baselines` counts them); a change without a key is a group of its own.
    """
    groups: dict[tuple[str, str], list[ReportedChange]] = {}
    for reported in changes:
        change = reported.change
        if not change.baseline:
            groups.setdefault((change.group, "" if change.group else change.id), []).append(reported)
    return tuple(Group(key, tuple(members)) for (key, _), members in groups.items())


STEPS = frozenset({ChangeKind.STATUS, ChangeKind.TEXT, ChangeKind.ATTACHMENTS, ChangeKind.FIELDS})


def compare_files(reported: ReportedChange) -> tuple[AttachmentChange, ...]:
    """What became of the document's files; nothing for a change that is no step between two versions."""
    if reported.change.kind not in STEPS:
        return ()
    return diff_attachments(reported.old_attachments, reported.new_attachments)


def split_groups(groups: Iterable[Group], most: int) -> tuple[tuple[Group, ...], tuple[ReportedChange, ...]]:
    """The first groups, together of about ``most`` changes, and the changes of all the others."""
    shown: list[Group] = []
    left: list[ReportedChange] = []
    count = 0
    for group in groups:
        if count < most:
            shown.append(group)
        else:
            left.extend(group.changes)
        count += len(group.changes)
    return tuple(shown), tuple(left)


def fold_baselines(changes: Iterable[ReportedChange]) -> tuple[Baseline, ...]:
    """The baseline's pages by site and column, the largest column first."""
    columns: dict[tuple[str, str], list[ReportedChange]] = {}
    for reported in changes:
        if reported.change.baseline:
            columns.setdefault((reported.site_name, reported.column_name), []).append(reported)
    folded = [Baseline(site, column, tuple(members)) for (site, column), members in columns.items()]
    return tuple(sorted(folded, key=lambda one: (-len(one.changes), one.site_name, one.column_name)))


def count_kinds(changes: Iterable[ReportedChange]) -> dict[ChangeKind, int]:
    """How many changes there are of each kind that occurs, in the order of `ChangeKind`; baselines are not counted."""
    counts = Counter(reported.change.kind for reported in changes if not reported.change.baseline)
    return {kind: counts[kind] for kind in ChangeKind if counts[kind]}
