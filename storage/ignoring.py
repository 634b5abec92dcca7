"""The operator's ignore rules: kept, tried on what was told before, and applied to what is about to be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.comparison.rules import Backtest, IgnoreRule, count_hidden
from storage.database import Database
from storage.records import Change, ReportedChange
from storage.serialization import load_change
from storage.tables import ChangeRow, RuleRow
from storage.withholding import withheld_pages


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule with its number, the operator's note and when it was made."""

    id: int
    rule: IgnoreRule
    note: str
    made_at: datetime


def add_rule(database: Database, rule: IgnoreRule, note: str, now: datetime) -> int:
    """Keep a rule; returns its number."""
    with database.write() as session:
        row = RuleRow(pattern=rule.pattern, site_key=rule.site, field=rule.field, note=note, made_at=now)
        session.add(row)
        session.flush()
        return row.id


def remove_rule(database: Database, rule_id: int) -> bool:
    """Forget a rule; says whether there was one. What it hid is shown again."""
    with database.write() as session:
        row = session.get(RuleRow, rule_id)
        if row is not None:
            session.delete(row)
        return row is not None


def read_rules(database: Database) -> tuple[KeptRule, ...]:
    """All rules, the oldest first."""
    with database.read() as session:
        return tuple(
            KeptRule(row.id, IgnoreRule(pattern=row.pattern, site=row.site_key, field=row.field), row.note, row.made_at)
            for row in session.scalars(select(RuleRow).order_by(RuleRow.id))
        )


def try_rule(database: Database, rule: IgnoreRule) -> Backtest:
    """What a rule would have hidden of everything that was told so far."""
    with database.read() as session:
        return count_hidden(rule, stream_told(session, rule.site))


def read_titles(database: Database, ids: Sequence[str]) -> dict[str, str]:
    """The titles of some changes by id, a URL where there is none; those of withheld pages are left out."""
    query = select(ChangeRow.content).where(ChangeRow.id.in_(ids), ChangeRow.page_id.not_in(withheld_pages()))
    with database.read() as session:
        changes = [load_change(content) for content in session.scalars(query)]
    return {one.id: one.title or one.url for one in changes}


def stream_told(session: Session, site: str) -> Iterator[Change]:
    """Every change that was told of a site, or of all sites when the key is empty; a baseline tells nothing."""
    query = select(ChangeRow.content).where(ChangeRow.is_baseline.is_(False))
    if site:
        query = query.where(ChangeRow.site_key == site)
    for content in session.scalars(query.execution_options(yield_per=500)):
        yield load_change(content)


def read_change(database: Database, change_id: str) -> Change | None:
    """The change of this id, which may be shortened as long as it is one."""
    with database.read() as session:
        found = session.scalars(select(ChangeRow.content).where(ChangeRow.id.startswith(change_id)).limit(2)).all()
        return load_change(found[0]) if len(found) == 1 else None


def split_hidden(
    changes: Sequence[ReportedChange], rules: Sequence[KeptRule]
) -> tuple[tuple[ReportedChange, ...], tuple[ReportedChange, ...]]:
    """The changes that are shown, and those that a rule hides."""
    hidden = tuple(one for one in changes if any(kept.rule.is_hiding(one.change) for kept in rules))
    names = {one.change.id for one in hidden}
    return tuple(one for one in changes if one.change.id not in names), hidden
