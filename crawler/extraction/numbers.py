"""Numbers of proposals and suggestions, as texts: 第1240413号, 第12、35号, 第101-105号, 2017546, 8E020."""

import re

_ONE = r"[A-Za-z]{0,3}\d[\dA-Za-z]{0,11}"
_LIST = rf"{_ONE}(?:\s*(?:号)?\s*(?:[、，,和及/]|-|—|–|~|至|到)\s*(?:第)?\s*{_ONE}){{0,20}}"
_NUMBERED = re.compile(
    rf"(?:第|编号(?:为)?[:：]?|字第|[Nn][Oo][.．:：]?)\s*(?P<chain>{_LIST})\s*(?:[（(][^（()）]{{1,20}}[）)])?\s*号?(?P<tail>.{{0,8}})"
    rf"|(?:提案|建议|议案|书面意见)\s*[（(]?(?:第|编号[:：]?)?\s*(?P<behind>{_LIST})\s*号"
    rf"|(?:会议|[届次])\s*[（(【〔]?\s*(?P<bare>{_LIST})\s*号"
    rf"|(?P<plain>{_ONE})\s*号\s*(?=提案|建议|议案|书面意见|代表建议|委员提案)"
    r"|第(?P<chinese>[一二三四五六七八九十百零〇]{1,7})号(?=\s*(?:提案|建议|议案|书面意见|代表建议|委员提案))"
    rf"|[（(【〔]\s*(?P<closed>\d{{3,12}})\s*号?\s*[）)】〕]\s*(?:提案|建议|议案|书面意见)"
)
_NAMES = ("chain", "behind", "bare", "plain", "chinese", "closed")
_SPLIT = re.compile(r"\s*号?\s*[、，,和及/]\s*第?\s*")
_RANGE = re.compile(r"(\d+)\s*号?\s*(?:-|—|–|~|至|到)\s*第?\s*(\d+)")
_NO_PROPOSAL = ("令", "公告", "文件", "决定", "公报", "字")
_DOCUMENT_NUMBER = re.compile(r"[〔﹝\[【（(]\s*(?:19|20)\d\d\s*[〕﹞\]】）)]\s*(?:第)?\s*\d+\s*号")
_LONGEST_RANGE = 60


def find_numbers(text: str) -> tuple[str, ...]:
    """The numbers that a text gives for proposals, in order, as printed; ranges are written out."""
    found: list[str] = []
    text = _DOCUMENT_NUMBER.sub(" ", text)
    for match in _NUMBERED.finditer(text):
        chain = next(match[name] for name in _NAMES if match[name])
        whole = match[0]
        if match["chain"] and "号" not in whole[: len(whole) - len(match["tail"] or "")]:
            continue
        before = text[: match.start()].rstrip()
        if match["chain"] and ((match["tail"] or "").startswith(_NO_PROPOSAL) or before.endswith(_NO_PROPOSAL)):
            continue
        found.extend(_split_chain(chain))
    return tuple(dict.fromkeys(found))


def _split_chain(chain: str) -> list[str]:
    numbers: list[str] = []
    for part in _SPLIT.split(chain.strip()):
        match = _RANGE.fullmatch(part.strip().removesuffix("号"))
        if match is None:
            numbers.append(part.strip().removesuffix("号"))
            continue
        first, last = match[1], match[2]
        if 0 < int(last) - int(first) <= _LONGEST_RANGE:
            numbers.extend(str(n).zfill(len(first)) for n in range(int(first), int(last) + 1))
        else:
            numbers.extend((first, last))
    return [number for number in numbers if number]
