"""Documents that say nothing themselves: whose text they take, and when that is an edit."""

from dataclasses import replace

import pytest

from storage.comparison.filling import (
    SEE_ATTACHMENT,
    TEXT_FROM_ATTACHMENT,
    TEXT_FROM_OLDER_ATTACHMENT,
    FileReading,
    fill_text,
    judge_filling,
)
from storage.records import Attachment, Cause, Document, Reply

TABLE = Attachment("http://a.example/1.xlsx", "附件1：项目表.xlsx", "xlsx", "t1")
LETTER = Attachment("http://a.example/2.docx", "关于第66号提案的答复.docx", "docx", "l1")
POINTER = Document(
    title="关于第66号提案的答复",
    text="详见附件",
    kind="reply",
    attachments=(TABLE, LETTER),
    reply=Reply(kind="提案", numbers=("66",)),
    doubts=(SEE_ATTACHMENT,),
)
READ_TABLE = FileReading(TABLE.url, Document(title="项目表", text="1\t新建"))
READ_LETTER = FileReading(
    LETTER.url,
    Document(text="委员：\n收悉。", signed_on="2026-05-31", reply=Reply(numbers=("066",), addressees=("陈明远",))),
)
UNREADABLE_LETTER = FileReading(LETTER.url, Document(doubts=("unreadable",)))


def renew_letter(document: Document, digest: str) -> Document:
    """The document with another body of the letter."""
    return replace(document, attachments=(TABLE, replace(LETTER, digest=digest)))


def test_the_file_named_like_the_title_gives_the_text() -> None:
    """Wherever it stands; what was read from the letter completes what the page says."""
    filled = fill_text(POINTER, [READ_TABLE, READ_LETTER])
    assert filled.text == "委员：\n收悉。"
    assert filled.signed_on == "2026-05-31"
    assert filled.reply == Reply(kind="提案", numbers=("66",), addressees=("陈明远",))
    assert filled.doubts == (SEE_ATTACHMENT, TEXT_FROM_ATTACHMENT)
    assert filled.title == POINTER.title


def test_names_that_say_nothing_leave_the_order_of_the_page() -> None:
    """The first file with text is taken."""
    files = (Attachment("a", "下载"), Attachment("b", "附件2"))
    readings = [FileReading("b", Document(text="乙")), FileReading("a", Document(text="甲"))]
    assert fill_text(replace(POINTER, attachments=files), readings).text == "甲"


def test_a_document_with_words_of_its_own_keeps_them() -> None:
    """Files are not asked."""
    document = replace(POINTER, text="已办结。", doubts=())
    assert fill_text(document, [READ_LETTER]) is document


@pytest.mark.parametrize("letter", [FileReading(LETTER.url, is_pending=True), FileReading(LETTER.url)])
def test_a_better_file_on_its_way_is_waited_for(letter: FileReading) -> None:
    """One that never comes is not."""
    expected = "详见附件" if letter.is_pending else "1\t新建"
    assert fill_text(POINTER, [READ_TABLE, letter]).text == expected


def test_a_scan_leaves_the_text_to_the_next_file() -> None:
    """What has text is better than nothing."""
    assert fill_text(POINTER, [READ_TABLE, UNREADABLE_LETTER]).text == "1\t新建"


def test_filling_twice_changes_nothing() -> None:
    """A filled document is filled with the same."""
    filled = fill_text(POINTER, [READ_TABLE, READ_LETTER])
    assert fill_text(filled, [READ_TABLE, READ_LETTER], filled) == filled


def test_another_letter_replaces_all_that_was_read_from_the_first() -> None:
    """Text, date and addressees are those of the new file."""
    filled = fill_text(POINTER, [READ_LETTER])
    other = FileReading(LETTER.url, Document(text="张三：", reply=Reply(addressees=("张三",))))
    again = fill_text(filled, [other], filled)
    assert again.text == "张三："
    assert again.reply is not None
    assert again.reply.addressees == ("张三",)


def test_a_letter_that_became_unreadable_keeps_its_text() -> None:
    """Another file does not take its place, now or later: that would look like an edit."""
    filled = fill_text(POINTER, [READ_TABLE, READ_LETTER])
    broken = fill_text(renew_letter(filled, "l2"), [READ_TABLE, UNREADABLE_LETTER], filled)
    later = fill_text(renew_letter(POINTER, "l2"), [READ_TABLE, UNREADABLE_LETTER], broken)
    for document in (broken, later):
        assert document.text == filled.text
        assert TEXT_FROM_OLDER_ATTACHMENT in document.doubts


def test_a_table_that_stands_in_for_a_scan_may_change() -> None:
    """The scan was one before, so the table's new text is the page's."""
    filled = fill_text(POINTER, [READ_TABLE, UNREADABLE_LETTER])
    edited = FileReading(TABLE.url, Document(text="1\t改建"))
    again = fill_text(filled, [edited, UNREADABLE_LETTER], filled)
    assert (again.text, again.doubts) == ("1\t改建", (SEE_ATTACHMENT, TEXT_FROM_ATTACHMENT))


def test_a_file_under_a_new_address_leaves_the_text_until_it_is_read() -> None:
    """The page shows the old letter's text, marked so, while the new one is on its way."""
    filled = fill_text(POINTER, [READ_LETTER])
    moved = replace(POINTER, attachments=(replace(LETTER, url="http://a.example/3.docx", digest=None),))
    waiting = fill_text(moved, [FileReading("http://a.example/3.docx", is_pending=True)], filled)
    assert (waiting.text, TEXT_FROM_OLDER_ATTACHMENT in waiting.doubts) == (filled.text, True)


@pytest.mark.parametrize(
    ("before", "after", "number", "is_same_run", "cause"),
    [
        ((), "委员：", 1, True, None),  # the first text of a page is no edit
        ((), "委员：", 1, False, None),
        ((), "委员：", 2, True, Cause.EXTRACTOR),
        ((TEXT_FROM_ATTACHMENT,), "详见附件", 3, False, None),  # nothing new
        ((TEXT_FROM_ATTACHMENT,), "委员：", 1, True, None),  # a better choice of ours
        ((TEXT_FROM_ATTACHMENT,), "委员：", 1, False, Cause.EXTRACTOR),
        ((TEXT_FROM_ATTACHMENT, TEXT_FROM_OLDER_ATTACHMENT), "委员：", 2, True, None),  # told with the new address
        ((TEXT_FROM_ATTACHMENT, TEXT_FROM_OLDER_ATTACHMENT), "委员：", 2, False, Cause.CONTENT),
    ],
)
def test_only_an_edit_is_told(
    before: tuple[str, ...],
    after: str,
    number: int,
    is_same_run: bool,  # noqa: FBT001 - a parameter of the test
    cause: Cause | None,
) -> None:
    """How a text that came without a new body of its file is recorded."""
    old = replace(POINTER, doubts=(SEE_ATTACHMENT, *before))
    assert judge_filling(old, replace(old, text=after), number, is_same_run=is_same_run) is cause
