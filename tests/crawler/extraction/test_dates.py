"""Dates and numerals in every spelling that pages use."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.dates import is_date_line, read_day, read_moment, read_number

TENS = ("", "十", "二十", "三十")
ONES = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-09-22", "2021-09-22"),
        ("2021年5月31日", "2021-05-31"),
        ("2021/9/2 8:05", "2021-09-02 08:05"),
        ("2021.09.22 17:05:33", "2021-09-22 17:05"),
        ("2022-09-01 00:00:00.0", "2022-09-01"),
        ("2020-05-26,15:44", "2020-05-26 15:44"),
        ("2026年05月26日 09：34", "2026-05-26 09:34"),
        ("2024-06-30 15∶07", "2024-06-30 15:07"),
        ("发布时间：２０２１年９月２２日", "2021-09-22"),
        ("二〇二一年五月三十一日", "2021-05-31"),
        ("二○二一年十二月十日", "2021-12-10"),
        ("二0一七年一月二日", "2017-01-02"),
        ("二零二三年十月二十日", "2023-10-20"),
        ("20260728", "2026-07-28"),
        ("2021-13-41", None),
        ("2021年2月30日", None),
        ("电话 0371-67180000", None),
        ("", None),
        (None, None),
    ],
)
def test_moment_is_read(text: str | None, moment: str | None) -> None:
    """A date in any form gives an ISO date, with a time other than midnight; what is no day gives nothing."""
    assert read_moment(text) == moment


@given(st.dates(min_value=date(1980, 1, 1), max_value=date(2099, 12, 31)), st.sampled_from("零〇○０0"))
def test_chinese_numerals_are_read(day: date, zero: str) -> None:
    """Every day written out in Chinese numerals, with each spelling of zero, is read back."""
    digits = zero + "一二三四五六七八九"
    year = "".join(digits[int(digit)] for digit in str(day.year))
    month = TENS[day.month // 10] + ONES[day.month % 10]
    text = f"{year}年{month}月{TENS[day.day // 10] + ONES[day.day % 10]}日"
    assert read_day(text) == day.isoformat()
    assert is_date_line(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("十二", 12), ("二十", 20), ("十", 10), ("一四", 14), ("三十一", 31), ("甲", None), ("", None)],
)
def test_small_numbers_are_read(text: str, number: int | None) -> None:
    """Terms and sessions in Arabic or Chinese digits."""
    assert read_number(text) == number


def test_line_with_more_than_a_date_is_no_date_line() -> None:
    """A date inside a sentence signs nothing."""
    assert not is_date_line("截至2021年5月31日已完成")
    assert is_date_line("（2021年5月31日）")
