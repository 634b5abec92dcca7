"""From an answer, or from a file, to what it says: the judgement, and the document when there is one."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from itertools import chain, islice, repeat
from pathlib import Path

from crawler.extraction import extract_document, make_fingerprint, parse_page
from crawler.extraction.page import ParsedPage
from crawler.outcome import Expected, judge_content, judge_exchange, judge_transport
from crawler.page_signs import read_signs
from storage.records import Document, Encoding, Exchange, Finding, Outcome, Role

logger = logging.getLogger(__name__)

_CHUNK, _AHEAD = 8, 4
_UNKNOWN = Encoding()
Reader = Callable[[str], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What one answer was, and what it showed.

    ``document`` is None unless the answer is ok and an article was asked for; ``source`` is the decoded page of a good
    list, empty for anything else.
    """

    finding: Finding
    document: Document | None = None
    encoding: Encoding = _UNKNOWN
    source: str = ""


def interpret_exchange(exchange: Exchange, expected: Expected) -> Interpretation:
    """Judge one exchange and, when it is the document, extract it.

    Never raises: a page that breaks the judgement or the reading is evidence all the same, with the doubt said, for no
    page of the web may end a crawl.
    """
    page = parse_page(exchange.body, exchange.header("Content-Type")) if _is_parsed(exchange, expected) else None
    encoding, doing = page.encoding if page else _UNKNOWN, "judged"
    try:
        finding = judge_exchange(exchange, expected, page)
        if finding.outcome is not Outcome.OK or page is None:
            return Interpretation(finding, encoding=encoding)
        if expected.role is Role.LIST:
            return Interpretation(finding, encoding=encoding, source=page.source)
        doing = "read"
        return Interpretation(finding, extract_document(page, exchange.url), encoding)
    except Exception as error:
        logger.exception("%s: could not be %s", exchange.url, doing)
        return Interpretation(Finding(Outcome.ENCODING_DOUBT, f"could not be {doing}: {type(error).__name__}"))


def _is_parsed(exchange: Exchange, expected: Expected) -> bool:
    """Whether a body may be HTML and is whole; files are not parsed."""
    return bool(exchange.body) and expected.role in {Role.PAGE, Role.LIST} and judge_transport(exchange) is None


def interpret_file(body: bytes, url: str | None = None) -> Interpretation:
    """Judge a saved page by its content alone: there is no status and no header."""
    page = parse_page(body)
    finding = _judge_saved(page, Expected(url=url or ""))
    document = extract_document(page, url) if finding.outcome is Outcome.OK else None
    return Interpretation(finding, document, page.encoding)


def _judge_saved(page: ParsedPage, expected: Expected) -> Finding:
    signs = read_signs(page)
    vendor = signs.find_vendor("", has_waf_header=False)
    if vendor is not None:
        return Finding(Outcome.BLOCKED, "by its content", vendor)
    return judge_content(signs, expected) or Finding(Outcome.OK)


def document_json(interpretation: Interpretation) -> dict[str, object]:
    """The keys that ``replywatch extract`` prints, ready for JSON; unknown values are None or empty.

    ``raw_fields`` maps a label to its value, or to the list of its values in the order of the page when it has several
    different ones.
    """
    finding = interpretation.finding
    document = interpretation.document or Document(encoding=interpretation.encoding, extractor=make_fingerprint())
    values: dict[str, object] = {"outcome": str(finding.outcome), "vendor": finding.vendor, "detail": finding.detail}
    values |= asdict(document)
    values["kind"] = document.kind if interpretation.document else None
    values["keywords"] = list(document.keywords)
    values["doubts"] = list(document.doubts)
    values["attachments"] = [{"url": a.url, "name": a.name, "type": a.type} for a in document.attachments]
    values["raw_fields"] = _group_pairs(document.raw_fields)
    if document.reply is not None:
        values["reply"] = _list_tuples(asdict(document.reply))
    return values


def _group_pairs(pairs: tuple[tuple[str, str], ...]) -> dict[str, object]:
    grouped: dict[str, list[str]] = {}
    for label, value in pairs:
        if value not in grouped.setdefault(label, []):
            grouped[label].append(value)
    return {label: values[0] if len(values) == 1 else values for label, values in grouped.items()}


def _list_tuples(value: dict[str, object]) -> dict[str, object]:
    listed: dict[str, object] = {}
    for key, item in value.items():
        if isinstance(item, dict):
            listed[key] = _list_tuples(item)
        else:
            listed[key] = list(item) if isinstance(item, tuple) else item
    return listed


def interpret_line(line: str) -> dict[str, object]:
    """One line ``path<TAB>url`` (the URL may be missing) to the JSON object of that file; a fault becomes one too."""
    path, _, url = line.rstrip("\r\n").partition("\t")
    try:
        return document_json(interpret_file(Path(path).read_bytes(), url.strip() or None))
    except Exception as error:  # noqa: BLE001 - one bad page must never end a batch of thousands
        return {"outcome": "error", "error": f"{type(error).__name__}: {error}"}


def interpret_batch(lines: Iterable[str], processes: int) -> Iterator[dict[str, object]]:
    """The objects of many lines, in their order, by so many processes. Blank lines are left out.

    Lines are taken as they are needed, so that millions of them take no memory. A page that kills its process (which
    no known page does) gives an error of its own; the rest of its chunk is read again.
    """
    wanted = (line for line in lines if line.strip())
    chunks = iter(lambda: list(islice(wanted, _CHUNK)), [])
    if processes <= 1:
        yield from (interpret_line(line) for chunk in chunks for line in chunk)
        return
    first = next(chunks, [])
    if len(first) < _CHUNK:
        yield from map(interpret_line, first)
        return
    yield from spread_chunks(chain([first], chunks), processes, interpret_line)


def spread_chunks(chunks: Iterable[list[str]], processes: int, read: Reader) -> Iterator[dict[str, object]]:
    """What ``read`` makes of the lines of the chunks, in their order, by several processes, a few chunks ahead."""
    pool = ProcessPoolExecutor(processes)
    ahead: deque[tuple[list[str], Future[list[dict[str, object]]]]] = deque()
    try:
        for chunk in chain(chunks, repeat([], processes * _AHEAD)):
            if chunk:
                ahead.append((chunk, _submit_chunk(pool, chunk, read)))
            if ahead and (not chunk or len(ahead) >= processes * _AHEAD):
                taken, future = ahead.popleft()
                try:
                    yield from future.result()
                except BrokenProcessPool:
                    yield from _read_apart(taken, read)
                    pool.shutdown(wait=False)
                    pool = ProcessPoolExecutor(processes)
                    ahead = deque((waiting, _submit_chunk(pool, waiting, read)) for waiting, _ in ahead)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _submit_chunk(pool: ProcessPoolExecutor, chunk: list[str], read: Reader) -> Future[list[dict[str, object]]]:
    """The future of a chunk; where the pool is broken already, one that says so."""
    try:
        return pool.submit(_read_chunk, chunk, read)
    except BrokenProcessPool as error:
        broken: Future[list[dict[str, object]]] = Future()
        broken.set_exception(error)
        return broken


def _read_chunk(lines: list[str], read: Reader) -> list[dict[str, object]]:
    return [read(line) for line in lines]


def _read_apart(lines: list[str], read: Reader) -> Iterator[dict[str, object]]:
    """Each line in a process of its own, so that only the one that kills its process is lost."""
    for line in lines:
        with ProcessPoolExecutor(1) as pool:
            try:
                yield pool.submit(read, line).result()
            except BrokenProcessPool:
                yield {"outcome": "error", "error": "the process that read it died"}
