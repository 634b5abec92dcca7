"""By what a document is known again at another address: its reply's identity, and a sketch of its text."""

from zlib import crc32

from rapidfuzz.distance import Indel

from storage.comparison.clauses import split_clauses
from storage.comparison.folding import squash_text
from storage.comparison.history import PageFace
from storage.records import Document, Reply

SKETCH_SIZE = 16  # hashes kept of a text; a copy with few edits shares most of them
LEAST_CLAUSE = 4  # characters; scraps are in every text
NEARLY_SAME = 0.9
LEAST_TEXT = 60  # characters; shorter texts resemble each other by chance
COMPARED_TEXT = 20_000  # characters of each text that are compared


def list_keys(face: PageFace) -> list[str]:
    """The keys of a face: its reply's identities and its text's sketch."""
    return [*face.identities, *map(str, face.sketch)]


def identify_reply(document: Document) -> tuple[str, ...]:
    """Keys of the reply that a document is, one for each number: empty when any part of the identity is unknown.

    The same number exists in both bodies, at every level and in every session, and several units answer one number, so
    body, level, term, session, number and answering unit are all parts of it.
    """
    reply = document.reply
    if reply is None or reply.term is None or reply.session is None or not reply.numbers:
        return ()
    unit = name_unit(document, reply)
    if not (unit and (reply.body or reply.kind)):
        return ()
    parts = (reply.level or "", reply.body or reply.kind or "", str(reply.term), str(reply.session))
    return tuple("|".join((*parts, number, unit)) for number in sorted(set(reply.numbers)))


def name_unit(document: Document, reply: Reply) -> str:
    """The unit that answers: the one that signed, else the main unit, else the publisher."""
    main = reply.units.main[0] if reply.units.main else ""
    return squash_text(reply.signed_by or main or document.publisher or "")


def sketch_text(text: str) -> tuple[int, ...]:
    """The smallest hashes of a text's clauses: texts that are nearly the same share most of them."""
    keys = {key for key in split_clauses(text).keys if len(key) >= LEAST_CLAUSE}
    return tuple(sorted(crc32(key.encode(errors="surrogatepass")) for key in keys)[:SKETCH_SIZE])


def measure_likeness(face: PageFace, other: PageFace) -> float:
    """How much of the two texts is the same, 0 to 1; 0 for texts too short to tell."""
    if min(len(face.text), len(other.text)) < LEAST_TEXT:
        return 0.0
    return float(Indel.normalized_similarity(face.text, other.text, score_cutoff=NEARLY_SAME / 2))
