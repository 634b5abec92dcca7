"""A folded inbox shows of each group the change that comes first, whatever is asked for and however it is paged."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import insert

from storage.database import Database
from storage.group_leads import CHUNK
from storage.inbox import Selection, read_inbox
from storage.records import Change, ChangeKind, Difference
from storage.serialization import dump_change
from storage.tables import ChangeRow
from storage.verdicts import Verdict
from storage.withholding import withhold_page
from tests.storage.world import MONDAY, World

COUNT = CHUNK * 3
SELECTIONS = (
    Selection(),
    Selection(is_by_time=True),
    Selection(verdict=None),
    Selection(verdict=None, is_by_time=True),
    Selection(kind="text", min_score=0.4, verdict=None),
    Selection(since=MONDAY + timedelta(hours=2), until=MONDAY + timedelta(hours=7)),
    Selection(verdict=Verdict.NOISE, assignee="王", is_by_time=True),
    Selection(verdict=Verdict.IMPORTANT),
    Selection(site="other"),
)


@pytest.fixture
def rows(database: Database) -> list[ChangeRow]:
    """Many changes: some alone, some in small groups, most in two large ones that stand between; equal scores too."""
    world = World(database)
    world.begin()
    pages = [world.add_page(name) for name in ("a", "b")]
    dice = random.Random(5)  # noqa: S311 - not for secrets
    rows = []
    for number in range(COUNT):
        group = dice.choice(("", f"alone {number}", f"few {number % 40}", "large", "large", "larger", "larger"))
        change = Change(
            id=f"c{dice.randrange(10**9)}",
            document_key="a.example/a",
            url="https://a.example/a.html",
            site="jia",
            column="政协提案答复",
            title="答复",
            kind=dice.choice((ChangeKind.TEXT, ChangeKind.FIELDS)),
            detected_at=MONDAY + timedelta(minutes=dice.randrange(600)),
            record_id="urn:a",
            difference=Difference(score=dice.choice((0.9, 0.5, 0.5, round(dice.random(), 2)))),
            group=group,
        )
        row = {
            "id": change.id,
            "page_id": pages[0].id,
            "site_key": "jia",
            "kind": change.kind.value,
            "detected_at": change.detected_at,
            "score": change.difference.score,
            "is_baseline": number % 50 == 0,
            "content": dump_change(change),
            "group_key": group,
            "verdict": "" if number % 3 else "noise",
            "assignee": "王" if number % 2 else "",
        }
        rows.append(row)
    with database.write() as session:
        session.execute(insert(ChangeRow), rows)
        session.execute(insert(ChangeRow), [rows[1] | {"id": "withheld", "page_id": pages[1].id, "score": 1.0}])
    withhold_page(database, "a.example/b", "…", MONDAY)
    return [ChangeRow(**row) for row in rows]


def expect_lines(selection: Selection, rows: list[ChangeRow]) -> list[tuple[str, int]]:
    """What stands in the inbox: the ids of the leads, and how many changes each stands for."""
    chosen = [row for row in rows if is_chosen(selection, row)]
    chosen.sort(key=lambda row: (0 if selection.is_by_time else row.score, row.detected_at, row.id), reverse=True)
    groups: dict[str, list[ChangeRow]] = {}
    for row in chosen:
        groups.setdefault(row.group_key or row.id, []).append(row)
    return [(members[0].id, len(members)) for members in groups.values()]


def is_chosen(selection: Selection, row: ChangeRow) -> bool:
    """Whether a selection lets a row through."""
    return (
        not row.is_baseline
        and (selection.verdict is None or row.verdict == selection.verdict.value)
        and selection.site in ("", row.site_key)
        and selection.kind in ("", row.kind)
        and selection.assignee in ("", row.assignee)
        and row.score >= selection.min_score
        and (selection.since is None or row.detected_at >= selection.since)
        and (selection.until is None or row.detected_at < selection.until)
    )


def test_leads_are_the_first_of_their_groups(database: Database, rows: list[ChangeRow]) -> None:
    """On one page or on many, in every order, under every filter; what is withheld leads no group."""
    for selection in SELECTIONS:
        expected = expect_lines(selection, rows)
        whole = read_inbox(database, selection, limit=COUNT, is_folded=True)
        assert [(entry.change.id, entry.members) for entry in whole.entries] == expected
        assert not whole.next_cursor
        found, cursor = [], ""
        while True:
            page = read_inbox(database, selection, cursor, limit=29, is_folded=True)
            found += [(entry.change.id, entry.members) for entry in page.entries]
            cursor = page.next_cursor
            if not cursor:
                break
        assert found == expected
