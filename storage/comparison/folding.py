"""What two texts are compared by: white space, full and half width, and counters of visits are never told.

`fold_text` keeps every character at its place, so that an offset in the folded text is one in the original.
"""

import re

FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
INVISIBLE = dict.fromkeys("\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad", " ")
FOLDS = FULL_WIDTH | INVISIBLE
FOLDED = re.compile(f"[{''.join(FOLDS)}]")

# A counter that stands alone (a line, a cell, or between blanks) is the page's, not the document's.
COUNTER = re.compile(
    r"(?<!\S)[\[(]?(?:(?:浏览|点击|阅读|访问)(?:次数|量|数)?|(?:页面)?生成时间)[^\S\n]*:[^\S\n]*"
    r"(?:\d{4}-\d\d?-\d\d?[^\S\n]+\d\d?:\d\d(?::\d\d)?|\d+)[^\S\n]*次?[\])]?(?!\S)"
)
COUNTER_HINT = re.compile("浏览|点击|阅读|访问|生成时间")


def fold_text(text: str) -> str:
    """``text`` with U+FF01–FF5E as ASCII and U+3000 and invisible marks as spaces; its length is unchanged.

    Lone counters of visits and times of generation become blanks. Nothing else is folded.
    """
    folded = text
    if not text.isascii():
        # A text holds few different ones of these marks, and replacing one by one is the fastest way.
        for mark in set(FOLDED.findall(text)):
            folded = folded.replace(mark, FOLDS[mark])
    if COUNTER_HINT.search(folded):
        folded = COUNTER.sub(lambda found: " " * len(found.group()), folded)
    return folded


def squash_text(text: str) -> str:
    """The folded text without any white space: two texts that squash to the same are the same to a reader."""
    return "".join(fold_text(text).split())
