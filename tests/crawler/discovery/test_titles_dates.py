"""Titles and dates of rows: whole, clean, and never guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.dates import find_dates, is_date_only, read_listed_date
from crawler.discovery.titles import choose_title, is_cut, merge_rows
from storage.records import ListRow

WHOLE = "关于加强老旧小区改造的提案的答复"


@pytest.mark.parametrize(
    ("text", "attribute", "title"),
    [
        (WHOLE, "", WHOLE),
        (WHOLE, WHOLE, WHOLE),
        ("关于加强老旧小区…", WHOLE, WHOLE),
        ("关于加强老旧小区...", WHOLE, WHOLE),
        ("关于加强老旧小区......", WHOLE, WHOLE),
        ("关于加强老旧小区", WHOLE, WHOLE),
        ("关于加强 老旧小区\n…", WHOLE, WHOLE),
        ("", WHOLE, WHOLE),
        (WHOLE, "点击查看详情", WHOLE),
        (WHOLE, "关于加强老旧小区…", WHOLE),
        ("关于加强老旧…", "", "关于加强老旧…"),
        ("关于加强老旧…", f"标题：{WHOLE}\n发布时间：2021-01-01", WHOLE),
        ("关于加强老旧…", f"{WHOLE}\r\n发布日期：2021-01-01 作者：张三", WHOLE),
        (f"· {WHOLE}", "", WHOLE),
        (f"  {WHOLE[:8]}\u3000{WHOLE[8:]} ", "", f"{WHOLE[:8]} {WHOLE[8:]}"),
    ],
)
def test_the_whole_title_is_taken(text: str, attribute: str, title: str) -> None:
    """The attribute stands in for a cut text and for nothing else."""
    assert choose_title(text, attribute) == title


@given(st.text("关于加强老旧小区改造提案答复0123（）", min_size=4, max_size=30), st.integers(2, 20))
def test_any_cut_is_mended(title: str, length: int) -> None:
    """However short the text was cut."""
    assert choose_title(f"{title[:length]}…", title) == title
    assert is_cut(f"{title[:length]}…")


def test_merging_two_rows_keeps_the_better_of_each() -> None:
    """Of a row printed twice: the whole title, the first date."""
    cut, whole = ListRow("/1", "关于加强…", "2021-01-02"), ListRow("/1", WHOLE)
    assert merge_rows(cut, whole) == merge_rows(whole, cut) == ListRow("/1", WHOLE, "2021-01-02")


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("2021-09-22", "2021-09-22"),
        ("[2021/9/2]", "2021-09-02"),
        ("2021.09.22 10:22", "2021-09-22"),
        ("2021年9月22日", "2021-09-22"),
        ("22 2021-09", "2021-09-22"),
        ("2021-09 22", "2021-09-22"),
        ("09-22 2021", "2021-09-22"),
        ("2021 09-22", "2021-09-22"),
        ("发布日期：2021-09-22 成文日期：2020-01-01", "2021-09-22"),
        ("成文日期：2020-01-01 2021-09-22", "2021-09-22"),
        ("09-22", None),
        ("2021-13-40", None),
        ("2021-02-30", None),
        ("12021-09-22", None),
        ("747445745/2021-00212", None),
        ("", None),
    ],
)
def test_listed_dates(text: str, listed: str | None) -> None:
    """Printed dates in any usual form; a date that does not exist, or without a year, is none."""
    assert read_listed_date(text) == listed


@given(
    st.dates(date(1950, 1, 1), date(2090, 12, 31)),
    st.sampled_from(["{y}-{m:02}-{d:02}", "{y}/{m}/{d}", "{y}年{m}月{d}日", "{y}.{m:02}.{d:02}"]),
)
def test_every_day_is_read_back(day: date, form: str) -> None:
    """Whatever the separators and padding."""
    text = form.format(y=day.year, m=day.month, d=day.day)
    assert find_dates(f"发布 {text} 浏览") == [day.isoformat()]
    assert is_date_only(f"[{text}]")
    assert not is_date_only(f"{text}会议纪要")
