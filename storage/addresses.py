"""Find captures by their URL: a derived table of addresses, which the reading room reads on from the captures.

A page is captured hundreds of times at the same URL, so there is a row an address and none a capture, and a crawl
writes nothing for it. Whoever looks for an address writes nothing either: captures that the table does not know yet are
looked at beside it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from storage.address_tables import KEY_LENGTH, AddressProgressRow, AddressRow
from storage.archive.fields import quote_url
from storage.archive.keys import make_key
from storage.database import Database
from storage.tables import CaptureRow

BATCH = 2_000  # captures a transaction
OVERLAP = 1_000  # captures read again: of two that are written at once, the later may be committed first


class Address(NamedTuple):
    """A URL of a page; ``page_id`` is 0 for what belongs to none, such as lists."""

    url: str
    page_id: int


def make_address_key(url: str) -> str:
    """The key of a URL as the table holds it."""
    return make_key(quote_url(url))[:KEY_LENGTH]


def digest_url(url: str) -> str:
    """What tells two URLs of a page apart; an index holds it, whatever their length."""
    return hashlib.sha1(url.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()


def refresh_addresses(database: Database) -> int:
    """Note the addresses of captures made since the last time; returns how many are new. Cheap when there are none."""
    added = 0
    with database.read() as session:
        newest = session.scalar(select(func.max(CaptureRow.id))) or 0
        position = session.scalar(select(func.max(AddressProgressRow.capture_id))) or 0
    if newest <= position:
        return 0
    start = max(0, position - OVERLAP)
    while start < newest:
        with database.write() as session:
            lock_progress(session)
            added += note_addresses(session, start, min(start + BATCH, newest))
        start += BATCH
    return added


def read_tail(session: Session) -> dict[str, set[Address]]:
    """The addresses of captures that were not taken in yet, by key."""
    position = session.scalar(select(func.max(AddressProgressRow.capture_id))) or 0
    query = select(CaptureRow.url, func.coalesce(CaptureRow.page_id, 0)).distinct()
    query = query.where(CaptureRow.id > max(0, position - OVERLAP)).execution_options(yield_per=BATCH)
    found: dict[str, set[Address]] = defaultdict(set)
    for url, page_id in session.execute(query):
        found[make_address_key(url)].add(Address(url, page_id))
    return found


def lock_progress(session: Session) -> AddressProgressRow:
    """The one row of progress, held until the end of the transaction."""
    row = session.scalar(select(AddressProgressRow).with_for_update())
    if row is None:
        row = AddressProgressRow(id=1, capture_id=0)
        session.add(row)
        session.flush()
    return row


def note_addresses(session: Session, after: int, through: int) -> int:
    """The addresses of the captures numbered ``after`` (exclusive) to ``through``."""
    query = select(CaptureRow.url, func.coalesce(CaptureRow.page_id, 0)).distinct()
    seen = session.execute(query.where(CaptureRow.id > after, CaptureRow.id <= through)).all()
    known = read_known(session, sorted({page for _, page in seen if page}), [url for url, page in seen if not page])
    fresh = [
        AddressRow(key=make_address_key(url), url=url, url_digest=digest, page_id=page)
        for url, page in seen
        if (page, digest := digest_url(url)) not in known
    ]
    session.add_all(fresh)
    progress = lock_progress(session)
    progress.capture_id = max(progress.capture_id, through)
    return len(fresh)


def read_known(session: Session, pages: Sequence[int], bare: Sequence[str]) -> set[tuple[int, str]]:
    """The addresses of some pages, and those of lists at some URLs, which are there already."""
    query = select(AddressRow.page_id, AddressRow.url_digest).where(
        or_(
            AddressRow.page_id.in_(pages),
            (AddressRow.page_id == 0) & AddressRow.url_digest.in_([digest_url(url) for url in bare]),
        )
    )
    return {(page, digest) for page, digest in session.execute(query)}
