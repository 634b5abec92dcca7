"""One digest for all captures up to a time, and the proof that a capture is among them. Pure.

A leaf is the UTF-8 text of these lines, each ended by a line feed; what is not known is an empty line::

    replywatch capture 1
    record id          urn:uuid:…
    time               2026-03-02T01:00:00.123456Z
    URL
    payload digest     sha1:… as in the record
    entity digest      sha256 in lower-case hexadecimal

The tree is that of RFC 6962, section 2.1, with SHA-256: a leaf's hash is over 0x00 and the leaf, a node's over 0x01 and
its two children. With n > 1 leaves the left side holds the largest power of two below n. Leaves are ordered by time,
then by record id. The root of no leaves is the hash of nothing.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

VERSION = "replywatch capture 1"


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a root says of a capture."""

    record_id: str
    captured_at: datetime
    url: str
    payload_digest: str | None
    entity_digest: str | None

    def encode(self) -> bytes:
        """The bytes that are hashed."""
        moment = f"{self.captured_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        lines = (VERSION, self.record_id, moment, self.url, self.payload_digest or "", self.entity_digest or "")
        return "".join(f"{line}\n" for line in lines).encode()


def hash_leaf(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash of a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def find_root(hashes: Iterable[bytes]) -> tuple[bytes, int]:
    """The root of leaves by their hashes, in one pass and in memory of log n; and how many there were."""
    stack: list[tuple[int, bytes]] = []
    count = 0
    for one in hashes:
        height, value = 0, one
        count += 1
        while stack and stack[-1][0] == height:
            height, value = height + 1, hash_node(stack.pop()[1], value)
        stack.append((height, value))
    if not stack:
        return hashlib.sha256().digest(), 0
    root = stack.pop()[1]
    while stack:
        root = hash_node(stack.pop()[1], root)
    return root, count


def split_size(count: int) -> int:
    """How many of so many leaves (2 or more) are on the left: the largest power of two below."""
    size: int = 1 << ((count - 1).bit_length() - 1)
    return size


def find_paths(hashes: Sequence[bytes], indices: Collection[int]) -> tuple[bytes, dict[int, list[bytes]]]:
    """The root of at least one leaf, and in one walk the audit paths of several, by their places.

    A path are the hashes with which a leaf's own leads to the root, from the bottom up.
    """
    wanted = sorted(set(indices))
    paths: dict[int, list[bytes]] = {index: [] for index in wanted}

    def climb(start: int, end: int) -> bytes:
        if end - start == 1:
            return hashes[start]
        middle = start + split_size(end - start)
        left, right = climb(start, middle), climb(middle, end)
        first, last = bisect_left(wanted, start), bisect_left(wanted, end)
        for index in wanted[first:last]:
            paths[index].append(right if index < middle else left)
        return hash_node(left, right)

    return climb(0, len(hashes)), paths


def follow_path(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a leaf's hash leads; None when the path cannot be that of such a place."""
    if not 0 <= index < count:
        return None
    if count == 1:
        return leaf if not path else None
    if not path:
        return None
    size = split_size(count)
    if index < size:
        below = follow_path(leaf, index, size, path[:-1])
        return below and hash_node(below, path[-1])
    below = follow_path(leaf, index - size, count - size, path[:-1])
    return below and hash_node(path[-1], below)
