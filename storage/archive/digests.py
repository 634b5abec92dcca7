"""Digests as archives write them, and whether a record agrees with its own."""

import base64
import binascii
import hashlib
from collections.abc import Iterator

from storage.archive.fields import ENTITY_DIGEST, parse_marks
from storage.archive.messages import split_message
from storage.archive.reader import ArchivedRecord

_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


def decode_digest(text: str) -> tuple[str, bytes] | None:
    """Algorithm and bytes of a labelled digest; values are base32 or hexadecimal. None for what we cannot check.

    A 32 character value of sha1 is base32; one of md5 is hexadecimal.
    """
    label, _, value = text.strip().partition(":")
    algorithm = label.lower().replace("-", "")
    if algorithm not in ("sha1", "sha256", "sha512", "md5"):
        return None
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    try:
        is_hexadecimal = len(value) == 2 * size and _HEXADECIMAL.issuperset(value)
        raw = (
            bytes.fromhex(value) if is_hexadecimal else base64.b32decode(value + "=" * (-len(value) % 8), casefold=True)
        )
    except (ValueError, binascii.Error):
        return None
    return (algorithm, raw) if len(raw) == size else None


def has_digest(data: bytes, digest: tuple[str, bytes]) -> bool:
    """Whether the data have this digest."""
    return hashlib.new(digest[0], data, usedforsecurity=False).digest() == digest[1]


def find_disagreements(record: ArchivedRecord) -> Iterator[tuple[str, str]]:
    """The names of digest fields with which a record disagrees, and what they say.

    Payload digests are those of the entity. Archives of others also have them over the body as it came, chunks
    included, or over the decoded body: records that do not bear our digests may agree with any of these. The block
    digest of a revisit made by wget is that of the response it left out, so it is believed of our own revisits only.
    """
    is_believed = record.type != "revisit" or parse_marks(record.fields) is not None
    block_digest = decode_digest(record.field("WARC-Block-Digest") or "")
    if block_digest and is_believed and not has_digest(record.block, block_digest):
        yield "WARC-Block-Digest", record.field("WARC-Block-Digest") or ""
    payload_digest = decode_digest(record.field("WARC-Payload-Digest") or "")
    if payload_digest and not _has_payload(record, payload_digest):
        yield "WARC-Payload-Digest", record.field("WARC-Payload-Digest") or ""
    entity_digest = record.field(ENTITY_DIGEST)
    if entity_digest and not has_digest(_find_payload(record), ("sha256", bytes.fromhex(entity_digest))):
        yield ENTITY_DIGEST, entity_digest


def _find_payload(record: ArchivedRecord) -> bytes:
    return record.response.entity if record.response else record.block


def _has_payload(record: ArchivedRecord, digest: tuple[str, bytes]) -> bool:
    if record.type not in ("response", "resource"):
        return True  # a revisit's payload lies elsewhere; a request's is of no interest
    if has_digest(_find_payload(record), digest):
        return True
    if record.field(ENTITY_DIGEST) or not record.response:
        return False
    return has_digest(split_message(record.block)[1], digest) or has_digest(record.response.body, digest)


def normalise_digest(text: str) -> str | None:
    """A digest as we write them, ``sha1:`` in base32 and others in hexadecimal, so that equal ones are equal texts."""
    digest = decode_digest(text)
    if digest is None:
        return text or None
    algorithm, raw = digest
    return f"{algorithm}:{base64.b32encode(raw).decode() if algorithm == 'sha1' else raw.hex()}"


def has_payload(record: ArchivedRecord, digest: str) -> bool:
    """Whether a record's payload has this digest, or may have it, since a revisit holds none and old records name none.

    A record of ours says so itself; one made by others may say it in another form or over other bytes.
    """
    claimed = normalise_digest(record.field("WARC-Payload-Digest") or "")
    if claimed == digest:
        return True
    decoded = decode_digest(digest)
    if decoded and record.type in ("response", "resource"):
        return has_digest(_find_payload(record), decoded)
    return claimed is None
