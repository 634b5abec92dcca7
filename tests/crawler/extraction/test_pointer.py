"""Pages that say nothing themselves and point to their files."""

import pytest

from crawler.extraction.pointer import is_pointer
from storage.records import Attachment

TITLE = "关于第66号提案的答复"
FILES = (Attachment("http://a.example/66.docx", "关于第66号提案的答复.docx", "docx"),)


@pytest.mark.parametrize(
    "text",
    [
        "详见附件",
        "（详见附件）",
        "见附件。",
        "答复内容详见附件。",
        "具体内容请查看附件",
        "请下载附件查看",
        "答复全文请点击附件下载",
        "现将市住建局对第66号提案的答复予以公开，具体内容见附件。",
        "Please see the attached file.",
        "附件：关于第66号提案的答复.docx",
        "详见附件\n附件：1.关于第66号提案的答复.docx",
        "关于第66号提案的答复\n详见附件1",
        "",
    ],
)
def test_a_page_that_only_points_is_known(text: str) -> None:
    """However it is worded, with or without the names of title and files."""
    assert is_pointer(text, TITLE, FILES)


@pytest.mark.parametrize(
    "text",
    [
        "已办结。",
        "已办结，详见附件。",
        "您的建议很好，详见附件，我们将继续努力推进项目建设。",
        "具体项目见附件1，其余资金由市财政承担",
        "张三委员：\n详见附件",
        "今年新增泊位3200个，项目清单见附件。",
        "关于第66号提案的答复\n尊敬的陈明远委员：您的提案收悉。",
    ],
)
def test_a_page_that_says_something_is_not(text: str) -> None:
    """A clause with content is the document's text, though it also points to a file."""
    assert not is_pointer(text, TITLE, FILES)


def test_without_files_there_is_nothing_to_point_to() -> None:
    """The words stay the text when no file is linked."""
    assert not is_pointer("详见附件", TITLE, ())
