"""The date printed beside a row, as an ISO date. Nothing is guessed: a date that does not exist is none."""

import re
from datetime import date

YEAR = r"((?:19|20)\d{2})"
FULL = re.compile(
    rf"(?<!\d){YEAR}\s?(?:[-/.．–—]|年)\s?(\d{{1,2}})\s?(?:[-/.．–—]|月)\s?(\d{{1,2}})(?!\d)\s?日?",
)
YEAR_FIRST_SPLIT = re.compile(rf"^{YEAR}[-/.年](\d{{1,2}})月?\s+(\d{{1,2}})日?$")  # 2021-09 | 22
DAY_FIRST_SPLIT = re.compile(rf"^(\d{{1,2}})日?\s+{YEAR}[-/.年](\d{{1,2}})月?$")  # 22 | 2021-09
MONTH_DAY_SPLIT = re.compile(rf"^(\d{{1,2}})[-/.月](\d{{1,2}})日?\s+{YEAR}年?$")  # 09-22 | 2021
YEAR_MONTH_DAY_SPLIT = re.compile(rf"^{YEAR}年?\s+(\d{{1,2}})[-/.月](\d{{1,2}})日?$")  # 2021 | 09-22
PUBLISHED = re.compile(r"(?:发布|公开|发文|更新|上网)\s*(?:日期|时间)\s*[:：]?\s*$")
ONLY_DATE = re.compile(
    rf"^[\[\(（【〔\s]*(?:(?:发布|公开)?(?:日期|时间)\s*[:：]\s*)?{FULL.pattern}"
    r"(?:\s*T?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?[\]\)）】〕\s]*$"
)


def find_dates(text: str) -> list[str]:
    """All full dates of a text in order, ISO."""
    return [iso for found in FULL.finditer(text) if (iso := make_date(*found.groups()))]


def read_listed_date(text: str) -> str | None:
    """The listed date of the text beside a title: the one labelled as published, else the last; or a split one."""
    published = None
    for found in FULL.finditer(text):
        if iso := make_date(*found.groups()):
            if PUBLISHED.search(text[: found.start()]):
                return iso
            published = iso
    return published or _read_split(text)


def is_date_only(text: str) -> bool:
    """Whether a text is a date and nothing else, in brackets or not, with a time of day or not."""
    return bool(ONLY_DATE.match(text)) and bool(find_dates(text))


def make_date(year: str, month: str, day: str) -> str | None:
    """An ISO date, None when there is no such day."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _read_split(text: str) -> str | None:
    """A date in two pieces, as calendar leaves show it: day above year and month, or year above month and day."""
    line = " ".join(text.strip(" \t\r\n[]()（）【】").split())
    for pattern, order in (
        (YEAR_FIRST_SPLIT, (0, 1, 2)),
        (DAY_FIRST_SPLIT, (1, 2, 0)),
        (MONTH_DAY_SPLIT, (2, 0, 1)),
        (YEAR_MONTH_DAY_SPLIT, (0, 1, 2)),
    ):
        if found := pattern.match(line):
            year, month, day = (found.groups()[place] for place in order)
            return make_date(year, month, day)
    return None
