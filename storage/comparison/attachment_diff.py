"""Which files of two documents differ: by URL, name and digest."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from storage.comparison.folding import squash_text
from storage.records import Attachment, Document

SESSION_KEYS = frozenset(
    {"jsessionid", "phpsessid", "sessionid", "session", "token", "t", "ts", "timestamp", "_", "rnd", "random", "r"}
)
SESSION_PART = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AttachmentChange:
    """What became of a file: ``code`` is attachment_removed, _added, _replaced or _renamed."""

    code: str
    old: Attachment | None
    new: Attachment | None

    @property
    def name(self) -> str:
        """A name for a reader."""
        named = self.old or self.new
        return (named.name or find_tail(named.url)) if named else ""


def diff_attachments(old: Iterable[Attachment], new: Iterable[Attachment]) -> tuple[AttachmentChange, ...]:
    """Removed, added, replaced and renamed files. The order of the lists and doubles in them mean nothing.

    A file under a new address is the same file when its bytes are, or, while their digests are not known, when the last
    part of the address is. A digest that is known on one side only is no difference.
    """
    left, right = drop_doubles(old), drop_doubles(new)
    changes: list[AttachmentChange] = []
    for key in (find_place, _digest, _tail, _name):
        for first, second in take_pairs(left, right, key):
            code = judge_pair(first, second)
            if code:
                changes.append(AttachmentChange(code, first, second))
    changes += [AttachmentChange("attachment_removed", gone, None) for gone in left]
    changes += [AttachmentChange("attachment_added", None, added) for added in right]
    return tuple(changes)


def judge_pair(old: Attachment, new: Attachment) -> str | None:
    """The code of what happened to a file, or None."""
    is_known = old.digest and new.digest
    if old.digest != new.digest if is_known else find_tail(old.url) != find_tail(new.url):
        return "attachment_replaced"
    is_renamed = bool(old.name and new.name) and squash_text(old.name) != squash_text(new.name)
    return "attachment_renamed" if is_renamed else None


def take_pairs(
    left: list[Attachment], right: list[Attachment], find_key: Callable[[Attachment], str]
) -> list[tuple[Attachment, Attachment]]:
    """Pairs with the same key that is not empty, taken out of both lists."""
    waiting = {find_key(file): file for file in reversed(right) if find_key(file)}
    pairs = []
    for file in list(left):
        partner = waiting.pop(find_key(file), None)
        if partner is not None:
            pairs.append((file, partner))
            left.remove(file)
            right.remove(partner)
    return pairs


def drop_doubles(files: Iterable[Attachment]) -> list[Attachment]:
    """Each address once; of doubles the one with a name stays."""
    kept: dict[str, Attachment] = {}
    for file in files:
        place = find_place(file)
        if place not in kept or (file.name and not kept[place].name):
            kept[place] = file
    return list(kept.values())


def find_place(file: Attachment) -> str:
    """Host, path and query, without scheme, ``www.`` and session parts."""
    parts = urlsplit(file.url)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rpartition('/')[0]}/{find_tail(file.url)}"


def find_tail(url: str) -> str:
    """The last part of the path and the query, without session parts."""
    parts = urlsplit(SESSION_PART.sub("", url))
    query = "&".join(
        f"{key}={value}"
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key.lower() not in SESSION_KEYS
    )
    tail = unquote(parts.path.rpartition("/")[2])
    return f"{tail}?{query}" if query else tail


def describe_files(files: Iterable[Attachment]) -> list[str]:
    """What files are known by, for a digest of the document: name with the bytes or the end of the address."""
    return sorted(f"{squash_text(file.name)}\t{file.digest or find_tail(file.url)}" for file in drop_doubles(files))


def carry_digests(known: Document, document: Document) -> Document:
    """``document`` with the digests of files that were fetched before and not this time.

    To be used in both directions: a file's latest good digest is part of the document, whoever fetched it.
    """
    digests = {find_place(file): file.digest for file in known.attachments if file.digest}
    files = tuple(
        file if file.digest else replace(file, digest=digests.get(find_place(file))) for file in document.attachments
    )
    return document if files == document.attachments else replace(document, attachments=files)


def _digest(file: Attachment) -> str:
    return file.digest or ""


def _tail(file: Attachment) -> str:
    return find_tail(file.url)


def _name(file: Attachment) -> str:
    return squash_text(file.name)
