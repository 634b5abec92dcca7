"""A database that a reading room of some years would have: ten versions a page, a change a page, groups of a thousand.

The rows are written without a crawl, on SQLite or PostgreSQL. Nine in ten changes have a verdict. Of those without one
eight in ten belong to groups of a thousand, half of them before everything else in the inbox, their members mixed; of
those with one, half. So a first page of the inbox passes thousands of changes that are folded into its first lines.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select, text

from storage.comparison.document_diff import compare_documents
from storage.database import Database
from storage.records import Change, ChangeKind, Document
from storage.serialization import dump_change
from storage.tables import CaptureRow, ChangeRow, ColumnRow, PageRow, SiteRow, VersionRow

EACH = 10  # versions a page; a change for each page
GROUP = 1_000  # changes of a group
SITES = 20
BATCH = 20_000  # rows a transaction
START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = (ChangeKind.TEXT, ChangeKind.TEXT, ChangeKind.FIELDS, ChangeKind.GONE)


def fill_room(database: Database, versions: int) -> None:
    """Write the rows, unless they are there."""
    with database.read() as session:
        if session.scalar(select(func.max(ChangeRow.id))) is not None:
            return
    pages = versions // EACH
    with database.write() as session:
        session.add_all(
            SiteRow(key=name_site(place), name=f"{place}市", region=f"{place % 4}省") for place in range(SITES)
        )
        session.flush()
        session.add_all(
            ColumnRow(id=place + 1, site_key=name_site(place), key="c", kind="提案", name="c", url="http://a/")
            for place in range(SITES)
        )
    write_rows(database, PageRow, (build_page(page) for page in range(1, pages + 1)))
    write_rows(database, CaptureRow, (build_capture(number) for number in range(versions)))
    write_rows(database, VersionRow, (build_version(number) for number in range(versions)))
    write_rows(database, ChangeRow, (build_change(number) for number in range(pages)))
    with database.write() as session:
        session.execute(text("DELETE FROM search_waiting"))  # the search is measured elsewhere
        # A first derivation of incidents, which status would wait for, is measured elsewhere, too.
        taken_in = text("INSERT INTO incident_cursors (source, last_id) VALUES ('answers', :n), ('texts', :n)")
        session.execute(taken_in, {"n": versions})
        session.execute(text("ANALYZE"))


def write_rows(database: Database, table: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    """Some rows a transaction."""
    while some := list(islice(rows, BATCH)):
        with database.write() as session:
            session.execute(insert(table), some)


def name_site(place: int) -> str:
    """The key of a site."""
    return f"site{place:02d}"


def write_text(number: int) -> str:
    """What the version of a page says; neighbours differ in a number."""
    return f"答复如下：投入资金{number}00万元。" + "您的建议已经转交有关部门研究办理。" * 20


def digest(*parts: object) -> str:
    """What stands for a digest."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def build_page(page: int) -> dict[str, Any]:
    """A page's row; two and two say the same."""
    at = {"first_seen_at": START, "next_due_at": START, "has_doubt": False, "is_stale": False}
    place = page % SITES
    named = {"document_key": f"a/{page}", "url": f"http://a/{page}", "title": f"关于第{page}号提案的答复"}
    found = {"document_digest": digest("document", page // 2), "version_number": EACH}
    return {"id": page, "site_key": name_site(place), "column_id": place + 1} | named | found | at


def build_capture(number: int) -> dict[str, Any]:
    """The row of a version's capture; a page's are ten days apart."""
    page, version = number // EACH + 1, number % EACH + 1
    told = {"outcome": "ok", "detail": "", "headers": [["ETag", '"1"']], "is_revisit": False, "role": "page"}
    at = {"captured_at": START + timedelta(days=version * 10, seconds=page % 86_400), "version_number": version}
    named = {"record_id": f"urn:{page}-{version}", "page_id": page, "url": f"http://a/{page}"}
    return {"id": number + 1, "column_id": page % SITES + 1} | named | told | at


def build_version(number: int) -> dict[str, Any]:
    """A version's row."""
    page, version = number // EACH + 1, number % EACH + 1
    said = {"text": write_text(version), "document": {"title": f"关于第{page}号提案的答复", "kind": "reply"}}
    return (
        {"page_id": page, "number": version, "capture_id": number + 1, "cause": "content"}
        | said
        | {"document_digest": digest("document", page // 2) if version == EACH else digest(number)}
    )


DIFFERENCE = compare_documents(Document(text=write_text(EACH - 1)), Document(text=write_text(EACH)))


def build_change(number: int) -> dict[str, Any]:
    """The row of the change between the last two versions of a page."""
    page = number + 1
    is_unread = number % 10 == 0
    group, score = place_change(number // 10, 8, 4) if is_unread else place_change(number - number // 10 - 1, 5, 10)
    change = Change(
        id=name_change(number),
        document_key=f"a/{page}",
        url=f"http://a/{page}",
        site=name_site(page % SITES),
        column="c",
        title=f"关于第{page}号提案的答复",
        kind=KINDS[number // 10 % len(KINDS)],
        detected_at=START + timedelta(days=EACH * 10, seconds=page % 86_400),
        record_id=f"urn:{page}-{EACH}",
        difference=replace(DIFFERENCE, score=score),
        from_version=EACH - 1,
        to_version=EACH,
        group=digest("group", is_unread, group)[:32],
    )
    return {
        "id": change.id,
        "page_id": page,
        "site_key": change.site,
        "kind": change.kind.value,
        "detected_at": change.detected_at,
        "score": score,
        "is_baseline": False,
        "content": dump_change(change),
        "group_key": change.group,
        "verdict": "" if is_unread else "routine",
        "assignee": "王" if number % 1_000 == 1 else "",
    }


def name_change(number: int) -> str:
    """The id of a change."""
    return digest("change", number)


def place_change(number: int, grouped: int, foremost: int) -> tuple[str, float]:
    """A change's group and score: ``grouped`` in ten belong to groups of `GROUP`, ``foremost`` groups stand first."""
    spread = number * 7919 % 1_000 / 1_250
    if number % 10 >= grouped:
        return f"alone {number}", spread
    members = number // 10 * grouped + number % 10
    block, within = divmod(members, GROUP * foremost * 2)
    place = within % (foremost * 2)  # neighbours are of different groups
    return f"group {block} {place}", 0.9 if place < foremost else spread
