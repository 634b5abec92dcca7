"""Pages with given texts, written as rows: for tests that need many of them and no crawl."""

from collections.abc import Sequence

from storage.database import Database
from storage.search.tables import await_index
from storage.tables import CaptureRow, ColumnRow, PageRow, SiteRow, VersionRow
from tests.storage.world import MONDAY


def write_history(database: Database, site: str, histories: Sequence[Sequence[str]]) -> list[int]:
    """A site whose pages had these texts, one version each; returns the pages' numbers."""
    numbers: list[int] = []
    with database.write() as session:
        session.add(SiteRow(key=site, name=site))
        session.flush()
        column = ColumnRow(site_key=site, key="c", kind="提案", name="c", url="https://a.example/")
        session.add(column)
        session.flush()
        for place, texts in enumerate(histories):
            page = PageRow(
                document_key=f"{site}/{place}",
                url=f"https://a.example/{site}/{place}",
                site_key=site,
                column_id=column.id,
                title="",
                first_seen_at=MONDAY,
                next_due_at=MONDAY,
                version_number=len(texts),
            )
            session.add(page)
            session.flush()
            numbers.append(page.id)
            capture = CaptureRow(
                record_id=f"urn:{site}/{place}",
                page_id=page.id,
                role="page",
                url=page.url,
                captured_at=MONDAY,
                outcome="ok",
                detail="",
                headers=[],
            )
            session.add(capture)
            session.flush()
            versions = [
                VersionRow(
                    page_id=page.id,
                    number=number,
                    capture_id=capture.id,
                    cause="content",
                    document_digest="",
                    text=text,
                    document={},
                )
                for number, text in enumerate(texts, start=1)
            ]
            session.add_all(versions)
            session.flush()
            for version in versions:
                await_index(session, version.id)
    return numbers
