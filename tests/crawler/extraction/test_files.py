"""The text of files: what each format says, and why the others have none."""

import io
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.files import FileText, describe_file, make_file_fingerprint, read_file
from tests.office import make_docx, make_ofd, make_xlsx, wrap_body, write_row, zip_parts

FILES = Path(__file__).parent / "files"
LETTER = """\
关于第66号提案的答复
陈明远委员：
您提出的关于建设步道的提案收悉，现答复如下：2026年计划新建步道12.6公里，总投资3,200万元，建成后由市政部门管护；
步道2026年建成。
序号\t步道\t投资（万元）
1\t新建\t860
2\t管护\t1240.5
市政部门
2026年5月31日"""
FIRST_DAY_OF_EXCEL = date(1899, 12, 30).toordinal()


def wrap_row(*cells: str) -> str:
    """A row of a table in a docx file."""
    return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"


def wrap_line(text: str) -> str:
    """A paragraph in a docx file."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize("name", ["letter.doc", "letter.pdf"])
def test_a_letter_is_the_same_in_every_format(name: str) -> None:
    """Paragraphs that the print breaks into lines are whole, tables have tabs, page numbers are left out."""
    assert read_file((FILES / name).read_bytes(), name) == FileText(LETTER)


def test_wps_is_read_like_doc() -> None:
    """The old format of WPS is Word's; the name does not matter."""
    assert read_file((FILES / "letter.doc").read_bytes(), "答复.wps").text == LETTER


def test_a_docx_says_what_its_reader_sees() -> None:
    """Insertions are accepted, deletions and instructions of fields left out; a text box follows its paragraph."""
    body = (
        '<w:p><w:ins w:id="1"><w:r><w:t>新增</w:t></w:r></w:ins><w:del w:id="2"><w:r><w:delText>旧</w:delText>'
        "</w:r></w:del><w:r><w:instrText>PAGE</w:instrText><w:t>泊位</w:t><w:tab/><w:t>3200个</w:t><w:br/>"
        "<w:t>另起一行</w:t></w:r></w:p>"
        f"<w:p><w:r><w:t>正文</w:t><w:pict><w:txbxContent>{wrap_line('框内')}</w:txbxContent></w:pict></w:r></w:p>"
    )
    assert read_file(make_docx(["一、进展"], body)).text == "一、进展\n新增泊位 3200个\n另起一行\n正文\n框内"


def test_tables_of_docx_have_rows_and_cells() -> None:
    """A cell of several paragraphs is one cell; a table that only frames a letter is no table; rows may be wrapped."""
    framed = f"<w:tbl>{wrap_row(wrap_line('尊敬的委员：') + wrap_line('提案收悉。'))}</w:tbl>"
    first, second = (
        wrap_row(wrap_line("序号"), wrap_line("名称") + wrap_line("（全称）")),
        wrap_row(wrap_line("1"), "<w:p/>", wrap_line("完成")),
    )
    data = f"<w:tbl>{first}<w:sdt><w:sdtContent>{second}</w:sdtContent></w:sdt></w:tbl>"
    text = read_file(make_docx((), framed + data)).text
    assert text == "尊敬的委员：\n提案收悉。\n序号\t名称 （全称）\n1\t\t完成"


def test_an_xlsx_says_its_values() -> None:
    """Whole numbers without a point, days in ISO form, empty cells between others kept, hidden sheets left out."""
    day = date(2026, 10, 1).toordinal() - FIRST_DAY_OF_EXCEL
    rows = (
        write_row(1, ["2026年实施项目表"])
        + write_row(2, ["序号", "项目名称", "完成时限", "投资（万元）"])
        + write_row(4, [1, "铁路桥段步道", day, 860], dates=[2])
        + write_row(5, [2, "望江亭段步道", None, 0.1 + 0.2])
    )
    body = make_xlsx({"项目": rows, "草稿": write_row(1, ["不公开"])}, hidden=["草稿"])
    assert read_file(body, "项目表.xlsx").text == (
        "2026年实施项目表\n序号\t项目名称\t完成时限\t投资（万元）\n1\t铁路桥段步道\t2026-10-01\t860\n2\t望江亭段步道\t\t0.3"
    )


def test_an_old_sheet_is_read() -> None:
    """Xls and WPS's et are one format."""
    text = read_file((FILES / "table.xls").read_bytes(), "项目表.et").text
    assert text is not None
    assert text.split("\n")[1] == "1\t铁路桥段步道\t2026年10月1日\t860"


def test_an_ofd_is_read_from_the_top_down() -> None:
    """Pieces of one line are joined in their order, and cells have tabs."""
    pieces = [(20, 30, 40, "您的提案"), (60, 30.2, 20, "收悉。"), (20, 20, 60, "陈明远委员："), (20, 40, 10, "1")]
    assert read_file(make_ofd([*pieces, (60, 40, 20, "新建")])).text == "陈明远委员：\n您的提案收悉。\n1\t新建"


def test_a_page_saved_by_word_is_read_under_any_name() -> None:
    """HTML with the marks of an office program is a document; other HTML under a file's name is an error page."""
    head = '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>x</title><style>p{}</style></head>'
    body = f"{head}<body><p>提案收悉。</p><table><tr><td>1</td><td>新建</td></tr></table></body></html>"
    assert read_file(body.encode(), "答复.doc").text == "提案收悉。\n1\t新建"
    assert read_file(b"<html><body>404</body></html>", "\u7b54\u590d.txt") == FileText(None, "unsupported")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_plain_text_is_decoded(encoding: str) -> None:
    """By the rule for pages, whatever the encoding."""
    text = "尊敬的委员：\r\n\r\n　　您的提案收悉，现答复如下。"
    assert read_file(text.encode(encoding), "答复.txt").text == "尊敬的委员：\n您的提案收悉，现答复如下。"


def test_a_pdf_that_only_forbids_copying_is_read() -> None:
    """It opens without a password, as it does for every visitor."""
    assert read_file((FILES / "owner.pdf").read_bytes()).text == "Reply to proposal 66"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ((FILES / "scan.pdf").read_bytes(), "no_text"),
        (b"", "no_text"),
        (make_docx(["", " "]), "no_text"),
        ((FILES / "locked.pdf").read_bytes(), "unreadable"),
        (b"%PDF-1.7 and nothing else", "unreadable"),
        (make_docx(["陈明远委员："])[:-30], "unreadable"),
        (zip_parts({"word/document.xml": "<w:document"}), "unreadable"),
        ((FILES / "letter.doc").read_bytes()[:9000], "unreadable"),
        (b"\x89PNG\r\n\x1a\n", "unsupported"),
        (b"{\\rtf1 x}", "unsupported"),
        (zip_parts({"a.jpg": b"x"}), "unsupported"),
        (b"x" * 50_000_001, "too_large"),
    ],
)
def test_a_file_without_text_has_a_reason(body: bytes, reason: str) -> None:
    """A scan, a lock, damage, and formats that nobody reads are told apart."""
    assert read_file(body) == FileText(None, reason)


def test_a_locked_doc_is_unreadable() -> None:
    """Its flag says that the text is encrypted; the bytes are never taken for characters."""
    body = bytearray((FILES / "letter.doc").read_bytes())
    header = body.index(b"\xec\xa5")  # with which the main stream begins
    body[header + 0x0B] |= 0x01
    assert read_file(bytes(body)) == FileText(None, "unreadable")


def test_a_zip_bomb_is_not_unfolded() -> None:
    """A few kilobytes that say they are hundreds of megabytes are left alone."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as package, package.open("word/document.xml", "w") as part:
        for _ in range(70):
            part.write(b" " * 1_000_000)
    assert len(stream.getvalue()) < 100_000
    assert read_file(stream.getvalue()) == FileText(None, "too_large")


def test_a_bomb_of_entities_is_not_expanded() -> None:
    """Entities stay what they are."""
    entities = '<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
        f'<!ENTITY {chr(code + 1)} "{f"&{chr(code)};" * 10}">' for code in range(ord("a"), ord("j"))
    )
    body = wrap_body(wrap_line("&j;安全")).replace("<w:document", f"<!DOCTYPE x [{entities}]><w:document")
    text = read_file(zip_parts({"word/document.xml": body}))
    assert text in (FileText("安全"), FileText(None, "unreadable"))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), body=st.sampled_from([(FILES / "letter.doc").read_bytes(), make_docx(["委员："]), make_ofd([])]))
def test_damage_never_raises(data: st.DataObject, body: bytes) -> None:
    """Whatever bytes are changed or cut off, there is a text or a reason."""
    broken = bytearray(body)
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=8)):
        broken[place] = data.draw(st.integers(0, 255))
    file = read_file(bytes(broken[: data.draw(st.integers(0, len(body)))]))
    assert (file.text is None) == (file.reason is not None)


def test_a_file_is_a_document_of_its_own() -> None:
    """Its title is its name, and the letter in it is read; without text the reason is among the doubts."""
    letter = describe_file(FileText(LETTER), "关于第66号提案的答复.docx")
    assert (letter.title, letter.text, letter.kind) == ("关于第66号提案的答复.docx", LETTER, "reply")
    assert letter.signed_on == "2026-05-31"
    assert letter.reply is not None
    assert (letter.reply.numbers, letter.reply.addressees) == (("66",), ("陈明远",))
    scan = describe_file(FileText(None, "no_text"), "扫描件.pdf")
    assert (scan.text, scan.doubts, scan.extractor) == ("", ("no_text",), make_file_fingerprint())


def test_the_fingerprint_names_the_libraries() -> None:
    """A new library reads anew; the database keeps 100 characters."""
    assert "pypdfium2-" in make_file_fingerprint()
    assert len(make_file_fingerprint()) <= 100
