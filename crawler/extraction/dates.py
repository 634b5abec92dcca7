"""Dates as government pages print them."""

import re
from datetime import date

_DIGITS = dict(zip("零〇○０0Oo一二三四五六七八九十", [0] * 7 + list(range(1, 11)), strict=True)) | {
    "◯": 0, "O": 0, "Ο": 0, "О": 0, "元": 1, "两": 2,
}  # fmt: skip
_ZERO = "零〇○◯０0OoΟО"
_NUMERIC = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[-./年－．／]\s*(\d{1,2})\s*[-./月－．／]\s*(\d{1,2})(?!\d)\s*日?"
    r"(?:[\sT,，日]*(\d{1,2})\s*[:：∶时]\s*(\d{1,2})(?:\s*[:：∶分]\s*(\d{1,2}))?)?"
)
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_CHINESE = re.compile(
    rf"([一二三四五六七八九{_ZERO}]{{4}})\s*年\s*([一二三四五六七八九十元]{{1,3}})\s*月\s*([一二三四五六七八九十]{{1,3}})\s*日"
)
_MAX_HOUR, _MAX_MINUTE, _TEN = 23, 59, 10
_FULL_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def read_day(text: str | None) -> str | None:
    """The first date in a text as an ISO date; None when there is none or it is no day of the calendar."""
    moment = read_moment(text)
    return moment[:10] if moment else None


def read_moment(text: str | None) -> str | None:
    """The first date in a text as ``YYYY-MM-DD``, with `` HH:MM`` when a time other than midnight follows it."""
    if not text:
        return None
    text = text.translate(_FULL_DIGITS)
    if match := _NUMERIC.search(text):
        day = _make_day(int(match[1]), int(match[2]), int(match[3]))
        return _add_time(day, match[4], match[5], match[6]) if day else None
    if match := _CHINESE.search(text):
        year = int("".join(str(_DIGITS[c]) for c in match[1]))
        return _make_day(year, _read_small(match[2]), _read_small(match[3]))
    if match := _COMPACT.search(text):
        return _make_day(int(match[1]), int(match[2]), int(match[3]))
    return None


def is_date_line(line: str) -> bool:
    """Whether a line is a date and nothing else."""
    bare = line.translate(_FULL_DIGITS).strip(" 　。()（）")
    return any(pattern.fullmatch(bare) is not None for pattern in (_NUMERIC, _CHINESE))


def read_number(text: str) -> int | None:
    """A small number in Arabic or Chinese digits (``12``, ``十二``, ``一二``, ``廿``-free); None when it is none."""
    text = text.translate(_FULL_DIGITS)
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or any(c not in _DIGITS for c in text):
        return None
    return _read_small(text) if "十" in text else int("".join(str(_DIGITS[c]) for c in text))


def _read_small(text: str) -> int:
    """Up to 99 in Chinese numerals: ``三``, ``十``, ``十二``, ``二十``, ``三十一``."""
    if "十" not in text:
        return int("".join(str(_DIGITS[c]) for c in text))
    tens, _, ones = text.partition("十")
    return (_read_small(tens) if tens else 1) * _TEN + (_read_small(ones) if ones else 0)


def _make_day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _add_time(day: str, hour: str | None, minute: str | None, second: str | None) -> str:
    if hour is None or minute is None or int(hour) > _MAX_HOUR or int(minute) > _MAX_MINUTE:
        return day
    if not (int(hour) or int(minute) or int(second or 0)):
        return day
    return f"{day} {int(hour):02d}:{int(minute):02d}"
