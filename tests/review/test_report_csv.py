"""The CSV report opens in a spreadsheet and runs nothing there."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from review.report_csv import COLUMNS, guard_cell, render_csv
from storage.records import Difference, Summary
from tests.review.samples import make_change, make_every_kind, make_report, make_reported


def read_rows(text: str) -> list[dict[str, str]]:
    """The rows as a spreadsheet reads them."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_one_line_a_change() -> None:
    """Every change is one line, though its text has many, and reads back as it was written."""
    text = render_csv(make_report(*make_every_kind()))
    rows = read_rows(text)
    assert len(rows) == len(text.removeprefix("\ufeff").splitlines()) - 1 == 14
    assert tuple(rows[0]) == COLUMNS
    edited = next(row for row in rows if row["kind"] == "text")
    assert edited["title"] == "关于完善老旧小区电动自行车充电设施提案的答复"
    assert edited["score"] == "0.86"
    assert edited["detected_at"] == "2026-04-16T01:30:00.000000Z"
    assert edited["detected_local"] == "2026-04-16 09:30"
    assert "已建成充电插座4.6万个，" in edited["removed_text"]
    assert "title: 关于完善老旧小区充电设施提案的答复 → " in edited["fields"]
    assert "13900001111" not in text


def test_formulas_of_a_page_are_only_words() -> None:
    """A title or summary that a spreadsheet would run begins with an apostrophe."""
    difference = Difference(changed=True, kinds=("text",), summary=Summary("@SUM(1)", "+1"))
    change = make_change(title='=HYPERLINK("http://x.example","点")', url="-1", difference=difference)
    (row,) = read_rows(render_csv(make_report(make_reported(change))))
    assert row["title"].startswith("'=")
    assert row["summary"] == "'@SUM(1)"
    assert row["summary_en"] == "'+1"
    assert row["url"] == "'-1"


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    """Whatever a page prints, its cell begins harmlessly and has no line break."""
    cell = guard_cell(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert len(cell.splitlines()) <= 1
