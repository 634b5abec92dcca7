"""Documents that say nothing themselves (详见附件) take their text from a file. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from rapidfuzz.distance import Indel

from storage.comparison.folding import squash_text
from storage.records import Cause, Document, Reply

# The doubts of such a document: that it only points to its files (the extractor says so); that its text is a file's;
# that it is the text of a file that is not there any more, or of which the present body cannot be read.
SEE_ATTACHMENT = "see_attachment"
TEXT_FROM_ATTACHMENT = "text_from_attachment"
TEXT_FROM_OLDER_ATTACHMENT = "text_from_older_attachment"
_MARKS = frozenset({TEXT_FROM_ATTACHMENT, TEXT_FROM_OLDER_ATTACHMENT})
_OF_LETTER = frozenset({"addressees", "addressee_role", "units", "signed_by", "numbers_in_body"})  # never in a title
LEAST_LIKENESS = 0.5  # of a file's name to the title; below it names say nothing and the order of the page decides


@dataclass(frozen=True, slots=True)
class FileReading:
    """What is known of a file: the document that it is, None when it has not been read.

    ``is_pending`` says that it soon will be: it is asked for, or its body waits for a reader. ``digest`` is that of its
    last good body.
    """

    url: str
    document: Document | None = None
    is_pending: bool = False
    digest: str | None = None


def fill_text(document: Document, files: Sequence[FileReading], before: Document | None = None) -> Document:
    """``document`` with the text of the best of its files when it says nothing itself.

    ``before`` is what the page showed last: while the best file is on its way, or cannot be read, that text stays.
    """
    if SEE_ATTACHMENT not in document.doubts:
        return document
    by_url = {file.url: file for file in files}
    listed = [by_url.get(url, FileReading(url)) for url in rank_files(document)]
    for file in listed:
        if file.document is not None and file.document.text:
            return adopt_text(document, file.document, (TEXT_FROM_ATTACHMENT,))
        if file.is_pending or is_lost(file.url, document, before):
            break
    if before is None or TEXT_FROM_ATTACHMENT not in before.doubts:
        return document
    is_there = any(file.document is not None and file.document.text == before.text for file in listed)
    marks = (TEXT_FROM_ATTACHMENT,) if is_there else (TEXT_FROM_ATTACHMENT, TEXT_FROM_OLDER_ATTACHMENT)
    return adopt_text(document, before, marks)


def is_lost(url: str, document: Document, before: Document | None) -> bool:
    """Whether a file without text may have been the one that the page's text came from: its body is another since then.

    Another file in its stead would look like an edit.
    """
    if before is None or TEXT_FROM_ATTACHMENT not in before.doubts:
        return False
    digests = [next((file.digest for file in one.attachments if file.url == url), None) for one in (before, document)]
    return TEXT_FROM_OLDER_ATTACHMENT in before.doubts or digests[0] != digests[1]


def rank_files(document: Document) -> Iterator[str]:
    """The addresses of a document's files, that whose name is most like the title first."""
    title = squash_text(document.title or "")

    def measure(name: str) -> float:
        likeness = Indel.normalized_similarity(squash_text(name.rpartition(".")[0] or name), title)
        return likeness if likeness >= LEAST_LIKENESS else 0.0

    return (file.url for file in sorted(document.attachments, key=lambda file: -measure(file.name)))


def adopt_text(document: Document, source: Document, marks: tuple[str, ...]) -> Document:
    """``document`` with the text of ``source`` and what was read from that text where the document does not know it."""
    doubts = tuple(doubt for doubt in document.doubts if doubt not in _MARKS)
    is_filled = len(doubts) < len(document.doubts)
    return replace(
        document,
        text=source.text,
        kind=source.kind if document.kind == "other" else document.kind,
        signed_on=source.signed_on or document.signed_on,
        reply=merge_replies(document.reply, source.reply, is_filled=is_filled),
        doubts=(*doubts, *marks),
    )


def merge_replies(page: Reply | None, file: Reply | None, *, is_filled: bool) -> Reply | None:
    """What the page says of a reply, completed by what the letter in the file says.

    ``is_filled`` says that the page's was completed before, so that what only a letter says is another letter's.
    """
    if page is None or file is None:
        return page or file
    blank = Reply()
    known = {one.name: getattr(file, one.name) for one in fields(Reply)}
    missing = {
        name for name in known if getattr(page, name) == getattr(blank, name) or (is_filled and name in _OF_LETTER)
    }
    return replace(page, **{name: value for name, value in known.items() if name in missing and value})


def judge_filling(before: Document, after: Document, number: int, *, is_same_run: bool) -> Cause | None:
    """How to record that a document's text came from a file, without the file having changed.

    None: write it into the version, which says nothing else than before, or was made in the same run. The first text of
    a page is no edit of it, neither is a better choice of ours: a version of cause ``extractor``. The text of a file
    that stands in for one that went is an edit.
    """
    if squash_text(before.text) == squash_text(after.text):
        return None
    if TEXT_FROM_OLDER_ATTACHMENT in before.doubts:
        return None if is_same_run else Cause.CONTENT
    is_first = number == 1 and (is_same_run or TEXT_FROM_ATTACHMENT not in before.doubts)
    return None if is_first else Cause.EXTRACTOR
