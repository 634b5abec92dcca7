"""Captures as an archive gives them out: all of a URL in order of time, one by its record, and the bytes of each.

Captures of pages that the operator keeps out of public views are not among them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from storage.address_tables import AddressRow
from storage.addresses import Address, make_address_key, read_tail
from storage.archive.indexes import IndexedCapture, is_replayable
from storage.archive.messages import ArchivedResponse
from storage.archive.reader import Reference, read_packed, read_response
from storage.captures import read_capture
from storage.database import Database
from storage.records import Capture, Place
from storage.tables import CaptureRow, FileRow
from storage.withholding import withheld_pages

ADDRESS_BATCH = 50  # addresses whose captures are in memory at a time


@dataclass(frozen=True, slots=True)
class Holding:
    """A capture with what belongs to it: its page (None for lists) and whether its record is a revisit."""

    capture: Capture
    page_id: int | None
    is_revisit: bool

    @property
    def indexed(self) -> IndexedCapture:
        """As an index of the archive takes it."""
        return IndexedCapture(self.capture, self.is_revisit)

    @property
    def is_memento(self) -> bool:
        """Whether there is an answer to be shown."""
        return is_replayable(self.capture)


def find_mementos(database: Database, url: str) -> tuple[Holding, ...]:
    """The captures of a URL that can be shown, in order of time.

    URLs with the same key are the same: ``http`` and ``https``, with and without ``www.``, whatever the case.
    """
    key = make_address_key(url)
    with database.read() as session:
        addresses = read_addresses(session, [key], read_tail(session))
        found = [one for address in addresses.get(key, ()) for one in read_address(session, address)]
    return tuple(sorted((one for one in found if one.is_memento), key=order_by_time))


def order_by_time(holding: Holding) -> tuple[datetime, str]:
    """The order of captures of one URL."""
    return holding.capture.captured_at, holding.capture.record_id


def read_addresses(
    session: Session, keys: Sequence[str], tail: Mapping[str, Collection[Address]]
) -> dict[str, set[Address]]:
    """The addresses of some keys, by key, those of the ``tail`` among them."""
    found = {key: set(tail.get(key, ())) for key in keys}
    query = select(AddressRow.key, AddressRow.url, AddressRow.page_id).where(AddressRow.key.in_(keys))
    for key, url, page_id in session.execute(query):
        found[key].add(Address(url, page_id))
    return found


def read_address(session: Session, address: Address) -> Iterator[Holding]:
    """The captures at one address."""
    owner = CaptureRow.page_id == address.page_id if address.page_id else CaptureRow.page_id.is_(None)
    query = select_holdings().where(owner, CaptureRow.url == address.url)
    if address.page_id:
        query = query.where(CaptureRow.page_id.not_in(withheld_pages()))
    yield from map(read_holding, session.execute(query))


def select_holdings() -> Select[*tuple[Any, ...]]:
    """What `read_holding` reads."""
    return select(CaptureRow, FileRow.name).outerjoin(FileRow, FileRow.id == CaptureRow.file_id)


def read_holding(row: Row[*tuple[Any, ...]]) -> Holding:
    """A row of `select_holdings` as a value."""
    capture, file = row
    return Holding(read_capture(capture, file), capture.page_id, capture.is_revisit)


def stream_range(database: Database, first: str, before: str) -> Iterator[Holding]:
    """The captures whose keys are from ``first`` on and below ``before``, by key and time. Few are held at a time."""
    with database.read() as session:
        tail = {key: found for key, found in read_tail(session).items() if first <= key < before}
    fresh = sorted(tail)
    after = ""
    while True:
        with database.read() as session:
            keys = read_keys(session, after, first, before)
            keys = sorted({*keys, *islice((key for key in fresh if key > after), ADDRESS_BATCH)})[:ADDRESS_BATCH]
            if not keys:
                return
            by_key = {
                key: [one for address in found for one in read_address(session, address)]
                for key, found in read_addresses(session, keys, tail).items()
            }
        for key in keys:
            yield from sorted((one for one in by_key[key] if one.is_memento), key=order_by_time)
        after = keys[-1]


def read_keys(session: Session, after: str, first: str, before: str) -> Sequence[str]:
    """The next keys of a range that the table knows, in order."""
    query = select(AddressRow.key).where(AddressRow.key > after, AddressRow.key >= first, AddressRow.key < before)
    return session.scalars(query.distinct().order_by(AddressRow.key).limit(ADDRESS_BATCH)).all()


def find_holding(database: Database, record_id: str) -> Holding | None:
    """The capture whose record has this identifier."""
    with database.read() as session:
        is_shown = CaptureRow.page_id.is_(None) | CaptureRow.page_id.not_in(withheld_pages())
        row = session.execute(select_holdings().where(CaptureRow.record_id == record_id, is_shown)).first()
        return read_holding(row) if row else None


def find_places(database: Database, urls: Sequence[str]) -> frozenset[str]:
    """Those of some URLs of which there is any capture."""
    keys = {make_address_key(url): url for url in urls}
    with database.read() as session:
        known = set(session.scalars(select(AddressRow.key).where(AddressRow.key.in_(keys))))
        known.update(read_tail(session))
    return frozenset(url for url in urls if make_address_key(url) in known)


def find_original(database: Database, reference: Reference) -> Place | None:
    """Where the record lies to which a revisit refers: by its identifier, or else by URL and second."""
    if reference.record_id and (holding := find_holding(database, reference.record_id)):
        return holding.capture.place
    if not reference.url or not reference.captured_at:
        return None
    wanted = reference.captured_at.astimezone(UTC).replace(microsecond=0)
    for holding in find_mementos(database, reference.url):
        if holding.capture.captured_at.replace(microsecond=0) == wanted and not holding.is_revisit:
            return holding.capture.place
    return None


def load_response(database: Database, directory: Path, capture: Capture) -> ArchivedResponse:
    """What a visitor got then.

    Raises:
        ArchiveError: the record is missing, torn, or holds no answer.
        LookupError: the capture lies nowhere.
    """
    return read_response(directory, locate_capture(capture), lambda reference: find_original(database, reference))


def load_packed(directory: Path, capture: Capture) -> bytes:
    """The record of a capture as it lies in the archive: one gzip member, a whole ``.warc.gz``.

    Raises:
        ArchiveError: it is missing or torn.
        LookupError: the capture lies nowhere.
    """
    return read_packed(directory, locate_capture(capture))


def locate_capture(capture: Capture) -> Place:
    """Where it lies.

    Raises:
        LookupError: it lies nowhere.
    """
    if capture.place is None:
        raise LookupError(f"{capture.record_id} lies in no file of the archive")
    return capture.place
