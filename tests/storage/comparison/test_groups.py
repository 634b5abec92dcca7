"""The same difference on many pages is one group."""

from storage.comparison.document_diff import compare_documents
from storage.comparison.groups import group_difference
from storage.records import Document


def find_group(old: str, new: str, site: str = "lm", **fields: tuple[str, str]) -> str:
    """The group of an edit."""
    before = {name: pair[0] for name, pair in fields.items()}
    after = {name: pair[1] for name, pair in fields.items()}
    difference = compare_documents(
        Document(text=old, **before),  # type: ignore[arg-type]  # names fields of Document
        Document(text=new, **after),  # type: ignore[arg-type]  # likewise
    )
    assert difference.changed
    return group_difference(site, difference)


def test_a_renamed_bureau_is_one_group() -> None:
    """The same words for the same words, in whatever sentence and however often."""
    first = find_group("由市规划局负责。", "由市自然资源局负责。")
    second = find_group("经商市规划局，同意。\n市规划局将落实。", "经商市自然资源局，同意。\n市自然资源局将落实。")
    assert first == second


def test_a_line_of_a_template_is_one_group() -> None:
    """A line that many pages lose or get."""
    assert find_group("甲文。\n本页由系统生成。", "甲文。") == find_group(
        "乙文。\n本页由系统生成。\n尾。", "乙文。\n尾。"
    )


def test_fields_group_by_their_values() -> None:
    """A renamed publisher is the same on all pages."""
    pair = ("市规划局", "市自然资源局")
    assert find_group("甲", "甲", publisher=pair) == find_group("乙", "乙", publisher=pair)


def test_other_edits_and_sites_are_other_groups() -> None:
    """Another edit, another direction, a further edit beside it, another site."""
    base = find_group("投入3万元。", "投入5万元。")
    assert base != find_group("投入3万元。", "投入6万元。")
    assert base != find_group("投入5万元。", "投入3万元。")
    assert base != find_group("投入3万元。\n甲。", "投入5万元。\n乙。")
    assert base != find_group("投入3万元。", "投入5万元。", site="qy")
