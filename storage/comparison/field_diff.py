"""Which fields of two documents differ: title, info table and official meta, and nothing that is read from the text."""

import re

from storage.comparison.folding import squash_text
from storage.records import Document

NAMES = (
    "title",
    "publisher",
    "source",
    "index_number",
    "document_number",
    "keywords",
    "category",
    "written_on",
    "published_at",
    "effective_on",
)
OPENNESS_LABELS = ("公开方式", "公开属性", "公开类别", "公开范围", "公开时限", "是否公开")
RESULT_LABELS = ("办理结果", "办复类别", "答复类别", "结果分类", "办理类别", "类别")
IN_FORCE = frozenset({"", "有效", "现行有效", "继续有效", "有效文件", "现行", "生效", "是", "null"})
MIDNIGHT = re.compile(r"[ T]00:00(?::00)?$")

Fields = dict[str, tuple[object, object]]
LENGTH_OF_DAY = 10  # YYYY-MM-DD


def diff_fields(old: Document, new: Document) -> Fields:
    """Fields that differ, name to (old, new) as printed; ``validity`` is among them.

    White space, width and the order of a list are never told. Two or more values that appear or vanish in one step are
    a page's new template rather than an edit, so they are left out; what both sides state is always compared.
    """
    before, after = list_fields(old), list_fields(new)
    changed: Fields = {
        name: (before[name], after[name]) for name in before if not is_same(name, before[name], after[name])
    }
    one_sided = [name for name, (first, second) in changed.items() if not (first and second) and name != "validity"]
    if len(one_sided) > 1:
        changed = {name: pair for name, pair in changed.items() if name not in one_sided}
    return changed


def list_fields(document: Document) -> dict[str, str | list[str] | None]:
    """The values that are compared, as printed."""
    values: dict[str, str | list[str] | None] = {name: getattr(document, name) for name in NAMES}
    values["keywords"] = list(document.keywords)
    values["validity"] = document.validity
    values["openness"] = find_table_value(document, OPENNESS_LABELS)
    values["result_class"] = find_table_value(document, RESULT_LABELS)
    return values


def find_table_value(document: Document, labels: tuple[str, ...]) -> str | None:
    """The value of the first of ``labels`` in the info table; a pair that stands in the text is the text's."""
    pairs = {squash_text(label): value for label, value in document.raw_fields if value}
    found = next(((label, pairs[label]) for label in labels if label in pairs), None)
    if found is None:
        return None
    label, value = found
    is_in_text = label in document.text and f"{label}:{squash_text(value)}" in squash_text(document.text)
    return None if is_in_text else value


def is_same(name: str, old: object, new: object) -> bool:
    """Whether two values of a field say the same; a day says the same as a time on that day."""
    first, second = fold_field(name, old), fold_field(name, new)
    if name == "published_at" and first and second and LENGTH_OF_DAY in (len(first), len(second)):
        return first[:LENGTH_OF_DAY] == second[:LENGTH_OF_DAY]
    return first == second


def fold_field(name: str, value: object) -> str:
    """What a field is compared by."""
    if isinstance(value, list):
        return "\n".join(sorted({squash_text(str(member)) for member in value}))
    text = str(value or "").strip()
    if name == "published_at":
        return MIDNIGHT.sub("", text)
    folded = squash_text(text)
    if name == "validity" and folded in IN_FORCE:
        return ""
    return folded
