"""The reference line of a reply: 对省政协第十二届四次会议第1240413号提案的答复."""

import re

_ANSWER = "答复|复函|回复|函|答复函|复文|意见|答复意见|办理情况"
_REFERENCE = re.compile(
    rf"[（(【]?\s*(?:关于)?\s*(?:对|答复)?[^。；！？]{{0,50}}(?:第|编号|[届次])\s*[^。；！？]{{0,40}}?(?:\d|[一二三四五六七八九十百零〇])[^。；！？]{{0,40}}?号?[^。；！？]{{0,12}}"
    rf"(?:提案|建议|议案|书面意见)[^。；！？]{{0,10}}(?:{_ANSWER})?\s*[)）】]?"
)
_OPENING, _CLOSING = "（(【", "）)】"
_BORDER = re.compile(
    rf"^(?P<title>.{{6,200}}?(?:{_ANSWER}|提案|建议)(?:[（(][^()（）]{{1,8}}[)）])?)\s*[-—–]{{0,3}}\s*"
    r"(?P<reference>[（(【]?\s*(?:关于)?对[^。；！？]{2,60}(?:第|编号)[^。；！？]{1,40}号[^。；！？]{0,40})$"
)


def split_reference(text: str) -> tuple[str | None, str | None]:
    """A heading as (title, reference). Either is None when the heading holds only the other."""
    match = _BORDER.match(text)
    if match:
        return match["title"].strip(), _strip_brackets(match["reference"].strip())
    if text.lstrip("（(【 ").startswith(("对", "关于对", "答复")) and "号" in text and _REFERENCE.fullmatch(text):
        return None, text
    return text, None


def _strip_brackets(text: str) -> str:
    is_closed = text[:1] in _OPENING and text[-1:] in _CLOSING
    return text[1:-1].strip() if is_closed else text
