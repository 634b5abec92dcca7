"""What two texts are compared by: white space, full and half width, counters and the page's own lines are never told.

`fold_text` keeps every character at its place, so that an offset in the folded text is one in the original.
"""

import re

FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
INVISIBLE = dict.fromkeys("\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad", " ")
FOLDS = FULL_WIDTH | INVISIBLE
FOLDED = re.compile(f"[{''.join(FOLDS)}]")

# A counter that stands alone (a line, a cell, or between blanks) is the page's, not the document's.
COUNTER = re.compile(
    r"(?<!\S)[\[【(]?(?:(?:浏览|点击|阅读|访问)(?:次数|量|数)?|(?:页面)?生成时间)[^\S\n]*:[^\S\n]*"
    r"(?:\d{4}-\d\d?-\d\d?[^\S\n]+\d\d?:\d\d(?::\d\d)?|\d+)[^\S\n]*次?[\]】)]?(?!\S)"
)
# So is a line that is nothing but a link to a neighbour, a box for printing or sharing, or the warning on leaving.
# (Possessive quantifiers: a long run of blanks is looked at once.)
BUTTON = r"[\[【(|]?+[^\S\n]*+(?:打印|关闭|收藏|分享|返回)(?:本页|此页|窗口|顶部|首页)?+[^\S\n]*+[\]】)|]?+[^\S\n]*+"
FURNITURE = re.compile(
    r"^[^\S\n]*+(?:[上下]一[篇条][^\S\n]*:.*|[\[【(]?字[体号][^\S\n]*:.{0,40}|分享[到至]?[^\S\n]*:.{0,60}|扫一扫.{0,40}"
    rf"|(?:{BUTTON}){{1,6}}|您(?:所)?(?:访问|点击)的(?:链接|页面|网址).{{0,40}}(?:离开|跳转).*)$",
    re.MULTILINE,
)
HINT = re.compile("浏览|点击|阅读|访问|生成时间|[上下]一[篇条]|字[体号]|分享|扫一扫|打印|关闭|收藏|返回")


def fold_text(text: str) -> str:
    """``text`` with U+FF01–FF5E as ASCII and U+3000 and invisible marks as spaces; its length is unchanged.

    Lone counters, times of generation and the page's own lines become blanks. Nothing else is folded.
    """
    folded = text
    if not text.isascii():
        # A text holds few different ones of these marks, and replacing one by one is the fastest way.
        for mark in set(FOLDED.findall(text)):
            folded = folded.replace(mark, FOLDS[mark])
    if HINT.search(folded):
        for noise in (COUNTER, FURNITURE):
            folded = noise.sub(lambda found: " " * len(found.group()), folded)
    return folded


def squash_text(text: str) -> str:
    """The folded text without any white space: two texts that squash to the same are the same to a reader."""
    return "".join(fold_text(text).split())
