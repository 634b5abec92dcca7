"""What surrounds a document changes with every visit and is never told."""

import pytest

from storage.comparison.document_diff import compare_documents, document_digest, documents_differ
from storage.records import Attachment, Document, Encoding, SiteIdentity
from tests.storage.comparison.letters import LETTER

NOISE = {
    "view counter": ("浏览次数：123", "浏览次数：4567次"),
    "view counter in brackets": ("【点击量： 5】", "【点击量： 6】"),
    "view counter among labels": ("信息来源：市局　阅读次数：12", "信息来源：市局　阅读次数：13"),
    "time of generation": ("页面生成时间：2024-06-01 10:00:00", "页面生成时间：2024-06-02 11:30:59"),
    "font size": ("字体：大 中 小", "【字号：大　中　小】"),
    "print and close": ("【打印】【关闭】", "打印本页 | 关闭窗口"),
    "share": ("分享到：微信 微博", "分享到：微信"),
    "QR code": ("扫一扫在手机打开当前页", ""),
    "neighbours": ("上一篇：关于甲的答复\n下一篇：关于乙的答复", "上一篇：关于丙的答复\n下一篇：没有了"),
    "exit dialog": ("您访问的链接即将离开本网站，是否继续？", "您所访问的页面将跳转到第三方网站"),
    "white space": ("正文 一段\t 二", "正文一段　二"),
    "line ends": ("甲段。\r\n乙段。", "甲段。\n\n　　乙段。"),
    "width": ("（１）投入３％，ＡＢＣ：合格！", "(1)投入3%,ABC:合格!"),
    "no-break and zero-width space": ("甲\u00a0乙", "甲\u200b乙"),
}


@pytest.mark.parametrize("name", NOISE)
def test_noise_in_the_text_is_silent(name: str) -> None:
    """Noise that changes, comes or goes in an unchanged letter is no change and alters no digest."""
    old, new = NOISE[name]
    pairs = [(f"{old}\n{LETTER}", f"{new}\n{LETTER}"), (f"{LETTER}\n{old}", f"{LETTER}\n{new}")]
    for before, after in pairs:
        documents = Document(text=before), Document(text=after)
        assert not compare_documents(*documents).changed
        assert not documents_differ(*documents)
        assert document_digest(documents[0]) == document_digest(documents[1])


def test_a_redesign_is_silent() -> None:
    """Another template: other spacing and line breaks, no info table, other encoding, column, site, files' folders."""
    old = Document(
        title="关于甲的答复",
        text=LETTER,
        publisher="甲局",
        index_number="1",
        category="建设",
        encoding=Encoding("gb2312", "gb18030"),
        column="提案",
        attachments=(Attachment("http://lm.example.cn/a/1.pdf", "表.pdf"),),
        raw_fields=(("索引号", "1"), ("浏览次数", "5")),
    )
    new = Document(
        title="关于甲的答复 ",
        text=LETTER.replace("\n", "\n\n　　").replace("，", "，\n"),
        encoding=Encoding("utf-8", "utf-8"),
        column="建议提案办理",
        site=SiteIdentity("鹿鸣市人民政府", "4100000001"),
        attachments=(Attachment("https://www.lm.example.cn/files/2024/1.pdf", "表.pdf"),),
        extractor="x2",
    )
    assert not compare_documents(old, new).changed
    assert not documents_differ(old, new)


def test_words_of_the_page_inside_a_letter_are_told() -> None:
    """The same words in a sentence are the letter's."""
    for old, new in [
        ("对逾期未整改的，依法予以关闭。", "对逾期未整改的，责令停业。"),
        ("全年网站访问量：123万次，居全省前列。", "全年网站访问量：234万次，居全省前列。"),
        ("开展“扫一扫”便民服务12项。", "开展“扫一扫”便民服务10项。"),
        ("下一条地铁线将于2025年开工。", "下一条地铁线将于2027年开工。"),
    ]:
        assert compare_documents(Document(text=f"{LETTER}\n{old}"), Document(text=f"{LETTER}\n{new}")).score > 0.3
