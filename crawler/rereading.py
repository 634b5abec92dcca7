"""Read documents again from the archive, in parallel: the bodies are there, whatever the extractor was."""

import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path

from crawler.extraction import extract_document, parse_page
from crawler.extraction.files import IsolatedReader, extract_file
from storage.archive.errors import ArchiveError
from storage.archive.reader import read_response
from storage.rebuilding import Body
from storage.records import Document, Role

logger = logging.getLogger(__name__)

CHUNK = 16  # bodies handed to a process at a time
AHEAD = 64  # chunks given out before the first is taken back, so that a million bodies do not wait in memory

Reading = tuple[list[Body], "Future[list[Document | str]]"]


def read_document(directory: Path, body: Body) -> Document | str:
    """What a body says, or why it cannot be read."""
    try:
        response = read_response(directory, body.place)
        if body.role is Role.ATTACHMENT:
            return extract_file(
                IsolatedReader(), response.body, url=body.url, name=body.name, content_type=body.content_type
            )
        return extract_document(parse_page(response.body, body.content_type), body.url)
    except ArchiveError as error:
        return str(error)
    except Exception as error:  # one page of the web must not end the work on all others
        logger.exception("%s: could not be read", body.url)
        return f"could not be read: {type(error).__name__}"


def read_history(directory: Path, bodies: Iterable[Body]) -> dict[int, Document]:
    """All that a page ever said, by the number of the capture that showed it; what cannot be read is left out."""
    read = {body.capture_id: read_document(directory, body) for body in bodies}
    return {capture_id: document for capture_id, document in read.items() if not isinstance(document, str)}


def read_documents(
    directory: Path, bodies: Iterable[Body], processes: int | None = None
) -> Iterator[tuple[Body, Document | str]]:
    """Each body with its document, in order, by so many processes (all cores when not given)."""
    read = partial(read_document, directory)
    bodies = iter(bodies)
    first = list(islice(bodies, CHUNK))
    if len(first) < CHUNK or processes == 1:
        yield from ((body, read(body)) for body in (*first, *bodies))
        return
    pool = ProcessPoolExecutor(processes or os.cpu_count())
    under_way: deque[Reading] = deque()
    try:
        chunk = first
        while chunk:  # chunks are given out while results are taken, so that no process ever waits for the others
            under_way.append((chunk, pool.submit(read_chunk, directory, chunk)))
            if len(under_way) >= AHEAD:
                yield from take_oldest(under_way)
            chunk = list(islice(bodies, CHUNK))
        while under_way:
            yield from take_oldest(under_way)
    finally:
        pool.shutdown(cancel_futures=True)


def read_chunk(directory: Path, bodies: list[Body]) -> list[Document | str]:
    """The documents of some bodies, in order."""
    return [read_document(directory, body) for body in bodies]


def take_oldest(under_way: deque[Reading]) -> Iterator[tuple[Body, Document | str]]:
    """What came of the chunk given out first."""
    chunk, reading = under_way.popleft()
    return zip(chunk, reading.result(), strict=True)
