"""Documents as a whole: consistency of compare, differ and digest; fields, files and the printed object."""

import json
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.comparison.attachment_diff import carry_digests, diff_attachments
from storage.comparison.document_diff import compare_documents, difference_json, document_digest, documents_differ
from storage.comparison.field_diff import diff_fields
from storage.records import Attachment, Difference, Document, Encoding, Outcome, Reply
from tests.limits import comes_to_an_end
from tests.storage.comparison.graded_edits import FIRST, IMPORTANT, UNIMPORTANT, make_edit
from tests.storage.comparison.letters import LETTER

NEVER_TOLD = ("layout line added", "share line added", "neighbour's title changed")
FILE = Attachment("https://lm.example.cn/files/1.pdf", "清单.pdf", "pdf", "d1")

documents = st.builds(
    Document,
    title=st.sampled_from(["关于甲的答复", "关于乙的答复"]),
    text=st.sampled_from(["一段。\n二段。", "一段。 二段。", "一段。\n二段，", "１２，", "12,", ""]),
    publisher=st.sampled_from(["甲局", "甲 局", "乙局"]),
    keywords=st.sampled_from([("甲", "乙"), ("乙", "甲"), ("甲",)]),
    validity=st.sampled_from([None, "有效", "失效"]),
    published_at=st.sampled_from(["2024-01-02", "2024-01-03"]),
    attachments=st.lists(
        st.sampled_from(
            [
                FILE,
                replace(FILE, digest="d2"),
                replace(FILE, name="表.pdf"),
                replace(FILE, url="https://lm.example.cn/2.pdf"),
            ]
        ),
        max_size=2,
    ).map(tuple),
    encoding=st.sampled_from([Encoding(), Encoding("gb2312", "gb18030")]),
    column=st.sampled_from([None, "提案答复"]),
    extractor=st.sampled_from(["x1", "x2"]),
)


@given(documents, documents)
def test_differ_compare_and_digest_agree(old: Document, new: Document) -> None:
    """A document differs exactly when a reader would be told, and exactly when the digests do."""
    difference = compare_documents(old, new)
    assert documents_differ(old, new) == difference.changed
    assert (document_digest(old) != document_digest(new)) == difference.changed
    assert difference.changed == bool(difference.kinds) == bool(difference.score > 0) == bool(difference.reasons)
    assert documents_differ(new, old) == difference.changed


def test_what_is_no_part_of_a_document() -> None:
    """Encoding, column, language, doubts, extractor, raw fields and readings of the text do not make it differ."""
    other = replace(
        FIRST,
        encoding=Encoding("gbk", "gb18030"),
        column="答复公开",
        language="zh",
        doubts=("title",),
        extractor="x9",
        raw_fields=(("浏览次数", "12"),),
        signed_on="2024-06-18",
        kind="other",
        reply=Reply(numbers=("1",)),
    )
    assert compare_documents(FIRST, other) == Difference()
    assert document_digest(FIRST) == document_digest(other)


def test_an_edited_date_in_the_text_adds_no_fields() -> None:
    """What is read from the text is the text's."""
    old = replace(FIRST, signed_on="2024-06-18", raw_fields=(("类别", "A"),), text="类别：A\n" + FIRST.text)
    new = replace(old, signed_on="2024-07-18", raw_fields=(("类别", "B"),), text=old.text.replace("A", "B"))
    assert compare_documents(old, new).kinds == ("text",)


def test_table_values_of_the_reply_are_fields() -> None:
    """Openness and result class in the info table, and not in the text, are compared."""
    old = replace(FIRST, raw_fields=(("公开方式", "主动公开"), ("办理结果", "A")))
    new = replace(FIRST, raw_fields=(("公开方式", "依申请公开"), ("办理结果", "C")))
    difference = compare_documents(old, new)
    assert difference.fields == {"openness": ("主动公开", "依申请公开"), "result_class": ("A", "C")}
    assert difference.kinds == ("fields",)


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("有效", None, False),
        (None, "有效", False),
        (None, "失效", True),
        ("有效", "失效", True),
        ("失效", None, True),
        ("已废止", "失效", True),
    ],
)
def test_validity_is_a_status(old: str | None, new: str | None, *, differs: bool) -> None:
    """In force is what a page without a banner is; everything else is told as status."""
    difference = compare_documents(replace(FIRST, validity=old), replace(FIRST, validity=new))
    assert difference.kinds == (("status",) if differs else ())


def test_fields_are_compared_as_what_they_are() -> None:
    """Lists without order, a day equals a time on it, midnight is no time, and a new template is no edit."""
    base = Document(
        title="甲", keywords=("提案", "电梯"), published_at="2024-06-25", publisher="甲局", index_number="1"
    )
    assert diff_fields(base, replace(base, keywords=("电梯", "提案"))) == {}
    assert diff_fields(base, replace(base, published_at="2024-06-25 10:30")) == {}
    assert diff_fields(base, replace(base, published_at="2024-06-25 00:00")) == {}
    assert diff_fields(base, replace(base, published_at="2024-06-26")) == {"published_at": ("2024-06-25", "2024-06-26")}
    assert diff_fields(base, replace(base, publisher="甲　局")) == {}
    assert diff_fields(base, replace(base, publisher=None, index_number=None)) == {}
    assert diff_fields(base, replace(base, publisher=None)) == {"publisher": ("甲局", None)}


def list_codes(old: tuple[Attachment, ...], new: tuple[Attachment, ...]) -> list[str]:
    """The codes of what happened to files."""
    return sorted(change.code for change in diff_attachments(old, new))


def test_files_by_address_name_and_digest() -> None:
    """Removed, added, replaced under the same address or name, renamed; order and doubles mean nothing."""
    other = Attachment("https://lm.example.cn/files/2.xlsx", "数据.xlsx", "xlsx", "d9")
    assert list_codes((FILE, other), (other, FILE, FILE)) == []
    assert list_codes((FILE, other), (other,)) == ["attachment_removed"]
    assert list_codes((FILE,), (FILE, other)) == ["attachment_added"]
    assert list_codes((FILE,), (replace(FILE, digest="d2"),)) == ["attachment_replaced"]
    assert list_codes((FILE,), (replace(FILE, url="https://lm.example.cn/files/7.pdf", digest="d2"),)) == [
        "attachment_replaced"
    ]
    assert list_codes((FILE,), (replace(FILE, name="新清单.pdf"),)) == ["attachment_renamed"]
    assert list_codes((FILE,), (other,)) == ["attachment_added", "attachment_removed"]


def test_what_is_not_known_of_a_file_is_no_difference() -> None:
    """A first fetch of a file is no edit of it; nor are session parts, a scheme, or the same bytes elsewhere."""
    unknown = replace(FILE, digest=None)
    assert list_codes((unknown,), (FILE,)) == list_codes((FILE,), (unknown,)) == []
    assert list_codes((unknown,), (replace(unknown, url="http://www.lm.example.cn/files/1.pdf?t=123"),)) == []
    assert list_codes((unknown,), (replace(unknown, url="https://lm.example.cn/b/1.pdf"),)) == []
    assert list_codes((unknown,), (replace(unknown, url="https://lm.example.cn/files/2.pdf"),)) == [
        "attachment_replaced"
    ]
    assert list_codes((FILE,), (replace(FILE, url="https://lm.example.cn/x/9.pdf"),)) == []
    assert list_codes((replace(FILE, name=""),), (FILE,)) == []


def test_digests_are_carried() -> None:
    """A file that was not fetched this time keeps the digest that is known of it."""
    known = Document(attachments=(FILE,))
    assert carry_digests(known, Document(attachments=(replace(FILE, digest=None),))).attachments == (FILE,)
    assert carry_digests(known, Document(attachments=(replace(FILE, digest="d2"),))).attachments[0].digest == "d2"
    assert carry_digests(Document(), known) is known


def test_the_printed_object_has_the_agreed_keys() -> None:
    """Exactly the keys of ``diff``, and values that JSON can hold."""
    new = replace(make_edit(FIRST, IMPORTANT[0]), keywords=("提案",))
    printed = difference_json(Outcome.OK, Outcome.OK, compare_documents(FIRST, new))
    assert set(printed) == {
        "changed", "kinds", "score", "reasons", "old_outcome", "new_outcome", "fields", "hunks", "summary", "summary_en"
    }  # fmt: skip
    assert json.loads(json.dumps(printed)) == printed
    assert printed["fields"] == {"keywords": [["提案", "电梯"], ["提案"]]}
    (hunk,) = json.loads(json.dumps(printed))["hunks"]
    assert set(hunk) == {"op", "old", "new", "old_line", "new_line", "old_start", "new_start"}
    assert hunk["op"] == "replace"


@pytest.mark.parametrize(
    ("old", "new"), [("blocked", "ok"), ("ok", "gone"), ("encoding_doubt", "ok"), ("error", "error")]
)
def test_only_good_documents_are_compared(old: str, new: str) -> None:
    """When either side is not ok, nothing changed, whatever the bytes said."""
    printed = difference_json(old, new, compare_documents(FIRST, make_edit(FIRST, IMPORTANT[0])))
    assert printed["changed"] is False
    assert printed["hunks"] == printed["kinds"] == []
    assert (printed["old_outcome"], printed["new_outcome"]) == (old, new)


def test_every_graded_edit_is_told_both_ways() -> None:
    """Each edit of the table differs, forth and back, with a line to say so."""
    for edit, is_back in product((*IMPORTANT, *UNIMPORTANT), (False, True)):
        pair = (FIRST, make_edit(FIRST, edit))
        difference = compare_documents(*(pair[::-1] if is_back else pair))
        if edit.name in NEVER_TOLD:
            assert not difference.changed, edit.name
            continue
        assert difference.changed, edit.name
        assert difference.summary.zh, edit.name
        assert difference.summary.en, edit.name
        assert 0 < difference.score <= 1, edit.name


def test_an_edit_in_a_moved_paragraph_is_an_edit() -> None:
    """What changed in a paragraph that stands elsewhere now is judged and told as if it stood where it was."""
    lines = LETTER.split("\n")
    moved = [*lines[:3], *lines[4:9], lines[3].replace("投资1.63亿元", "投资1.36亿元"), *lines[9:]]
    told = compare_documents(Document(text=LETTER), Document(text="\n".join(moved)))
    assert told.reasons == ("money", "moved_text")
    assert told.summary.zh.startswith("金额由1.63亿元改为1.36亿元")


def test_another_bracket_in_a_field_is_punctuation() -> None:
    """It is told, with the lowest score."""
    old, new = (Document(document_number=number) for number in ("建复〔2024〕8号", "建复[2024]8号"))
    told = compare_documents(old, new)
    assert (told.kinds, told.reasons) == (("fields",), ("punctuation",))


def test_a_page_without_breaks_is_compared_in_time() -> None:
    """One line of a million characters with an edit in every eightieth; to look through it for each takes hours."""
    clauses = [f"第{n}段道路已经完成修缮并且通车，长度为{n}米，" for n in range(40_000)]
    edited = [clause.replace("完成修缮", "完成改造") if n % 4 == 0 else clause for n, clause in enumerate(clauses)]
    old, new = (Document(title="关于道路的答复", text="".join(each)) for each in (clauses, edited))
    with comes_to_an_end():
        difference = compare_documents(old, new)
    assert len(difference.hunks) == len(clauses) // 4
    assert difference.kinds == ("text",)
