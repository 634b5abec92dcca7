"""Small office files, made when they are asked for: zipped XML as the programs write it, without what nobody reads."""

import io
from collections.abc import Mapping, Sequence
from html import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFD = "http://www.ofdspec.org/2016"


def zip_parts(parts: Mapping[str, str | bytes]) -> bytes:
    """A package of these parts; the same bytes for the same parts."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return stream.getvalue()


def make_docx(lines: Sequence[str] = (), body: str = "") -> bytes:
    """A docx file of paragraphs, then of ``body``, which is WordprocessingML with the prefix ``w``."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    return zip_parts({"word/document.xml": wrap_body(paragraphs + body)})


def wrap_body(body: str) -> str:
    """The main part of a docx file around a body."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'


def make_xlsx(sheets: Mapping[str, str], hidden: Sequence[str] = ()) -> bytes:
    """An xlsx file: the name of each sheet and its rows as SpreadsheetML; style 1 is a date."""
    states = ("visible", "hidden")
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="r{number}" state="{states[name in hidden]}"/>'
        for number, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="r{number}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="s" Type="{_LINKS}/styles" Target="styles.xml"/>'
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="w" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_LINKS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_SHEET}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
    }
    for number, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>'
        )
    return zip_parts(parts)


def write_row(number: int, cells: Sequence[str | float | None], dates: Sequence[int] = ()) -> str:
    """A row of a sheet; ``dates`` are the places of those cells that are days, counted as Excel counts them."""
    written = []
    for place, value in enumerate(cells):
        at = f'r="{chr(ord("A") + place)}{number}"'
        if isinstance(value, str):
            written.append(f'<c {at} t="inlineStr"><is><t>{escape(value)}</t></is></c>')
        elif value is not None:
            written.append(f'<c {at} s="{int(place in dates)}"><v>{value}</v></c>')
    return f'<row r="{number}">{"".join(written)}</row>'


def make_ofd(pieces: Sequence[tuple[float, float, float, str]]) -> bytes:
    """An ofd file of one page with pieces of text: left, top, width in millimetres, and what stands there."""
    placed = "".join(
        f'<o:TextObject Boundary="{left} {top} {width} 5"><o:TextCode>{escape(text)}</o:TextCode></o:TextObject>'
        for left, top, width, text in pieces
    )
    return zip_parts(
        {
            "OFD.xml": f'<o:OFD xmlns:o="{_OFD}"><o:DocBody><o:DocRoot>Doc_0/Document.xml</o:DocRoot></o:DocBody>'
            "</o:OFD>",
            "Doc_0/Document.xml": f'<o:Document xmlns:o="{_OFD}"><o:Pages><o:Page ID="1" '
            'BaseLoc="Pages/Page_0/Content.xml"/></o:Pages></o:Document>',
            "Doc_0/Pages/Page_0/Content.xml": f'<o:Page xmlns:o="{_OFD}"><o:Content><o:Layer>{placed}</o:Layer>'
            "</o:Content></o:Page>",
        }
    )
