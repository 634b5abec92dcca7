"""Values of fields as words that a person reads, and the attachments among them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass

from storage.records import Attachment


def show_value(value: object) -> str:
    """A field's value on one line; lists are joined with ``、``, and what is unknown is empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return show_value(asdict(value))
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{words}" for key, one in value.items() if (words := show_value(one)))
    if isinstance(value, Iterable):
        return "、".join(show_value(one) for one in value)
    return json.dumps(value) if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class AttachmentChange:
    """One file before and after; ``state`` is added, removed, replaced, renamed or kept."""

    state: str
    old: Attachment | None
    new: Attachment | None

    @property
    def file(self) -> Attachment:
        """The file as it is now, or as it was last."""
        return self.new or self.old or Attachment("")


def read_attachments(value: object) -> tuple[Attachment, ...]:
    """The attachments in a field's value: records, mappings with ``url``, or bare addresses."""
    if not isinstance(value, Iterable) or isinstance(value, str | Mapping):
        return ()
    return tuple(_read_attachment(one) for one in value)


def _read_attachment(value: object) -> Attachment:
    if isinstance(value, Attachment):
        return value
    if isinstance(value, Mapping):
        digest = value.get("digest")
        return Attachment(
            str(value.get("url") or ""),
            str(value.get("name") or ""),
            str(value.get("type") or ""),
            None if digest is None else str(digest),
        )
    return Attachment(str(value))


def compare_attachments(old: Iterable[Attachment], new: Iterable[Attachment]) -> tuple[AttachmentChange, ...]:
    """The files of both sides matched by address: removed ones first, then the new side in its order."""
    before = {one.url: one for one in old}
    after = {one.url: one for one in new}
    removed = [AttachmentChange("removed", one, None) for url, one in before.items() if url not in after]
    rest = [AttachmentChange(_judge_file(before.get(url), one), before.get(url), one) for url, one in after.items()]
    return (*removed, *rest)


def _judge_file(old: Attachment | None, new: Attachment) -> str:
    if old is None:
        return "added"
    if old.digest != new.digest:
        return "replaced"
    return "kept" if old.name == new.name else "renamed"
