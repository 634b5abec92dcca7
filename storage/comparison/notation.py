"""One way of writing for numbers, amounts, shares and dates, so that another way of writing is no other value."""

import re
from decimal import Decimal, InvalidOperation

DIGIT_VALUES = {
    digit: value
    for value, digits in enumerate(("〇零○", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for digit in digits
}
UNIT_VALUES = {"十": 10, "百": 100, "千": 1000}
LARGE_VALUES = {"万": 10**4, "亿": 10**8}
CHINESE_NUMERAL = re.compile(f"[{''.join((*DIGIT_VALUES, *UNIT_VALUES, *LARGE_VALUES))}]+")
# 十四五 is a plan and 二三十 a guess: neither is one number.
IRREGULAR = re.compile("[十百千][一二两三四五六七八九][一二两三四五六七八九]|[一二两三四五六七八九]{2,}[十百千]")
LARGE = "".join((*UNIT_VALUES, *LARGE_VALUES))
ARABIC_NUMERAL = re.compile(rf"(\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)([{LARGE}]*)")
DASHED_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
HUNDREDTH = re.compile(r"^百分之(.+)$")
OPENERS = dict.fromkeys(map(ord, "〔﹝[【("), "(")
CLOSERS = dict.fromkeys(map(ord, "〕﹞]】)"), ")")
DASHES = dict.fromkeys(map(ord, "—–−﹣~～"), "-")
SAME_MARKS = {**OPENERS, **CLOSERS, **DASHES}
LONGEST_NUMERAL = 24  # characters; longer rows of digits are no numbers that anybody counts with


def write_value(value: str) -> str:
    """A number, amount, share, date or duration in its one way of writing: ``二〇二一年五月`` is ``2021年5月``."""
    dated = DASHED_DATE.sub(r"\1年\2月\3日", value)
    share = HUNDREDTH.sub(r"\1%", dated)
    arabic = CHINESE_NUMERAL.sub(lambda found: count_chinese(found.group()), _multiply(share))
    plain = _multiply(arabic)
    return re.sub("(?<=月)(\\d+)号", r"\1日", plain).replace("人民币", "").replace("以内", "内").replace("之内", "内")


def _multiply(text: str) -> str:
    return ARABIC_NUMERAL.sub(lambda found: count_arabic(*found.groups()), text)


def count_arabic(digits: str, large: str) -> str:
    """``1,200`` and ``0.12万`` as ``1200``; leading and trailing zeros say nothing."""
    if len(digits) > LONGEST_NUMERAL:
        return digits + large
    try:
        number = Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return digits + large
    for word in large:
        number *= UNIT_VALUES.get(word) or LARGE_VALUES[word]
    return f"{number.normalize():f}"


def count_chinese(numeral: str) -> str:
    """``二〇二一`` as ``2021``, ``一千二百`` as ``1200``."""
    if IRREGULAR.search(numeral):
        return numeral
    if len(numeral) > 1 and not set(numeral) & {*UNIT_VALUES, *LARGE_VALUES}:
        return "".join(str(DIGIT_VALUES[digit]) for digit in numeral)
    total = section = digit = 0
    for word in numeral:
        if word in DIGIT_VALUES:
            digit = DIGIT_VALUES[word]
        elif word in UNIT_VALUES:
            section += (digit or 1) * UNIT_VALUES[word]
            digit = 0
        else:
            large = LARGE_VALUES[word]
            counted = section + digit
            # 一亿二千万: 万 counts what stands since 亿, 亿 all that stands before it.
            total = (total + counted or 1) * large if word == "亿" else total + (counted or 1) * large
            section = digit = 0
    return str(total + section + digit)


def unify_marks(text: str) -> str:
    """One kind of bracket and of dash; the length stays."""
    return text.translate(SAME_MARKS)
