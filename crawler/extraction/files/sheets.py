"""The text of spreadsheets: xlsx, xls, et, xlsb, ods. A row a line; hidden sheets and empty rows are left out."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

Value = int | float | str | bool | time | date | datetime | timedelta


def read_text(body: bytes) -> str:
    """The cells of all sheets that a reader sees, as values: without formulas, dates in ISO form.

    Raises:
        python_calamine.CalamineError: it is broken or locked.
    """
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
    return "\n".join(line for name in _list_sheets(workbook) for line in _read_rows(workbook, name))


def _list_sheets(workbook: CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible
    ]


def _read_rows(workbook: CalamineWorkbook, name: str) -> Iterator[str]:
    for row in workbook.get_sheet_by_name(name).iter_rows():
        cells = [_write_value(value) for value in row]
        if any(cells):
            yield "\t".join(cells)


def _write_value(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format(value, ".15g")  # what a sheet keeps; more digits are the machine's
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return " ".join(str(value).split())
