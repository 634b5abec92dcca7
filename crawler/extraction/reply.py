"""The anatomy of a reply to a proposal (提案) or suggestion (建议): whom it answers, what, and how."""

import re
from collections.abc import Callable
from typing import TypeVar

from crawler.extraction.dates import read_number
from crawler.extraction.numbers import find_numbers
from storage.records import Reply, Units

T = TypeVar("T")

_FILE_NAME = re.compile(r"\.[A-Za-z]{2,4}$")
_NUMERAL = r"[\d一二三四五六七八九十〇○零０-９]{1,4}"
_TERM = re.compile(rf"第?\s*({_NUMERAL})\s*届")
_SESSION = re.compile(rf"届[^次号]{{0,20}}?第?\s*({_NUMERAL})\s*次(?:会议|全会|全体)?")
_BODY = re.compile(r"政协|政治协商|委员会?提案|人大|人民代表大会|代表建议|人代会")
_PROPOSAL_BODY = re.compile(r"政协|政治协商")
_ASSEMBLY_BODY = re.compile(r"人大|人民代表大会|人代会")
_LEVEL = re.compile(
    r"(全国|自治区|自治州|自治县|自治旗|特区|省|市|州|盟|区|县|旗)\s*(?:级)?\s*[（(]?(?:委员会)?[）)]?"
    rf"(?=(?:第?{_NUMERAL}届)?(?:政协|人大|人民代表大会|政治协商|两会)|十|第?[一二三四五六七八九]+届)"
)
_LEVEL_BEHIND = re.compile(r"政协(?:第?[^，。；]{0,12}?届)?[^，。；]{0,4}?(全国|省|自治区|市|州|盟|区|县|旗)")
_KINDS = ("代表建议", "书面意见", "议案", "提案", "建议")
_ADDRESSEE = re.compile(
    r"^(?:尊敬的|敬爱的)?\s*(?P<names>[^，。；：:！？\s][^。；：:！？]{0,60}?)\s*(?P<role>政协委员|人大代表|委员|代表)(?:们|同志|先生|女士)?\s*[:：,，!！]?$"
)
_GROUP_ADDRESSEE = re.compile(
    r"^(?:尊敬的)?\s*(?P<names>[^，。；：:！？]{2,40}(?:委员会|委会|中央|区委|市委|省委|县委|州委|盟委|委|支部|总支|政协|工商联|委员组|小组|联络组|界别?|局|厅|办公室|活动组|代表团|政府))\s*[:：]$"
)
_SPLIT_NAMES = re.compile(r"[、，,\s　]+|(?<=[^等])和(?=.)")
_SPLIT_GROUPS = re.compile(r"[、，,\s　]+")
_NAMES_TAIL = re.compile(r"(?:[（(]?等\s*\d*[一二三四五六七八九十]*\s*[名位]?[）)]?|各位|二位|两位|三位|诸位)$")
_ROLE_IN_NAMES = re.compile(r"(?:政协)?委员|(?:人大)?代表")
_SUBJECT_QUOTED = re.compile(
    r"(?:提出|提交|转来|反映)的?\s*(?:书面意见|提案|建议|议案)?\s*(?:关于)?\s*"
    r"(?:《(?:关于)?(?P<book>[^》]{3,80}?)(?:的?(?:提案|建议|议案|意见))?》"
    r"|[“\"「](?:关于)?(?P<quote>[^”\"」]{3,80}?)(?:的?(?:提案|建议|议案|意见))?[”\"」])"
)
_SUBJECT_NAMED = re.compile(r"《(?:关于)?(?P<named>[^》]{3,80}?)的?(?:提案|建议|议案)》")
_SUBJECT_PLAIN = re.compile(
    r"提出的(?:第\s*\w+\s*号)?\s*关于(?P<subject>[^。；“”《》]{3,60}?)的?(?:提案|建议|议案|意见)"
)
_SUBJECT_TITLE = re.compile(
    r"关于(?:对)?[《“\"「]?(?:关于)?(?P<subject>.{3,80}?)[》”\"」]?\s*的?(?:提案|建议|议案|书面意见)[》”\"」]?的?(?:答复|复函|回复|函|办理)"
)
_RESULT = re.compile(
    r"(?:类\s*别|办理结果|办理类别|答复类别|答复类型|办复类型|结果分类|答复分类|分类)\s*[:：]?\s*[（(【]?\s*(?P<letter>[A-FＡ-Ｆ甲乙丙丁])\d?\s*类?[）)】]?"
)
_RESULT_LINE = re.compile(r"^[（(【]?\s*(?P<letter>[A-FＡ-Ｆ甲乙丙丁])\d?\s*类?\s*[）)】]?$")
_RESULT_TITLE = re.compile(r"[（(【\[]\s*(?P<letter>[A-FＡ-Ｆ甲乙丙丁])\d?\s*类?\s*[）)】\]]")
_WIDE = str.maketrans("ＡＢＣＤＥＦ", "ABCDEF")
_OPENNESS = re.compile(
    r"(?:公开方式|公开属性|公开类别|是否公开|公开选项|信息公开选项|公开形式)\s*[:：]\s*(?P<value>[^\s，。；）)]{1,12})|[（(](?P<note>此件[^（()）]{0,12}公开[^（()）]{0,8})[）)]"
)
_SIGNER = re.compile(r"(?:签\s*发\s*人?|领导签批|签批领导|领导署名)\s*[:：]\s*(?P<name>[\u4e00-\u9fff·]{2,8})")
_MAIN_UNIT = re.compile(r"(?:主办单位|承办单位|主办|牵头单位|分办单位|牵头)\s*[:：]\s*(?P<units>[^\n。；]{2,80})")
_SIDE_UNIT = re.compile(r"(?:会办单位|协办单位|会办|协办|参办单位)\s*[:：]\s*(?P<units>[^\n。；]{2,120})")
_CONSULTED = re.compile(
    r"(?:经?会同|经商|商)(?P<units>[^，。；\n]{2,80}?)(?:等部门|等单位)?\s*(?:研究|认真研究|共同研究|商议|会商)[^。]{0,12}答复"
)
_SPLIT_UNITS = re.compile(r"[、，,\s　]+|和(?=[\u4e00-\u9fff]{2,}[局委办厅部院会])")
_OPENING_LINES, _LONGEST_REFERENCE = 12, 80


def read_reply(title: str, reference: str | None, lines: list[str], openness: str | None) -> Reply:
    """What a reply's title, reference line and text say; ``openness`` is the information table's value."""
    head = lines[:_OPENING_LINES]
    opening = "\n".join(head)
    line = reference or _find_reference(title, head)
    sources = [text for text in (line, title, opening) if text]
    addressees, role, at = _read_addressees(head)
    in_title = find_numbers(" ".join(text for text in (title, reference or "") if text))
    in_body = find_numbers(opening)
    text = "\n".join(lines)
    return Reply(
        kind=_read_kind(sources),
        level=_read_first(sources, _read_level),
        body=_read_body(sources, role),
        term=_read_first(sources, lambda s: _read_match(_TERM, s)),
        session=_read_first(sources, lambda s: _read_match(_SESSION, s)),
        numbers=in_title or in_body,
        numbers_in_body=in_body if in_title and in_body and set(in_body) != set(in_title) else (),
        reference=line if line != title else None,
        addressees=addressees,
        addressee_role=role,
        subject=_read_subject(title, head[at:]),
        result_class=_read_result(title, reference, head, text),
        units=_read_units(text),
        signed_by=match["name"] if (match := _SIGNER.search(text)) else None,
        openness=openness or _read_openness(text),
    )


def _find_reference(title: str, head: list[str]) -> str | None:
    """The line that names the number: the reference line above the letter, else the title when it does."""
    for line in head[:5]:
        if (
            find_numbers(line)
            and re.match(r"^[（(【\[]?\s*(?:关于|对|答复|—)", line)
            and len(line) < _LONGEST_REFERENCE
            and "收悉" not in line
        ):
            return line
    return title if find_numbers(title) else None


def _read_first(sources: list[str], read: Callable[[str], T | None]) -> T | None:
    return next((value for source in sources if (value := read(source)) is not None), None)


def _read_match(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return read_number(match[1]) if match else None


def _read_kind(sources: list[str]) -> str | None:
    """The kind named at the number; where no number is given, the first kind that is named."""
    for source in sources:
        near = re.search(
            r"号[^。]{0,30}?(代表建议|书面意见|议案|提案|建议)|(代表建议|书面意见|议案|提案|建议)\s*[（(]?\s*(?:第|编号|〔)",
            source,
        )
        if near:
            return near[1] or near[2]
    for source in sources:
        found = [(source.find(kind), -len(kind), kind) for kind in _KINDS if kind in source]
        if found:
            return min(found)[2]
    return None


def _read_level(text: str) -> str | None:
    match = _LEVEL.search(text) or _LEVEL_BEHIND.search(text)
    return match[1] if match else None


def _read_body(sources: list[str], role: str | None) -> str | None:
    for source in sources:
        found = [
            (match.start(), name)
            for pattern, name in ((_PROPOSAL_BODY, "政协"), (_ASSEMBLY_BODY, "人大"))
            if (match := pattern.search(source))
        ]
        if found:
            return min(found)[1]
    if any("提案" in source for source in sources[:2]) and role != "代表":
        return "政协"
    return {"委员": "政协", "代表": "人大"}.get(role or "")


def _read_addressees(head: list[str]) -> tuple[tuple[str, ...], str | None, int]:
    """Names, role, and the place of the line behind the salutation."""
    for at, line in enumerate(head):
        if match := _ADDRESSEE.match(line):
            role = match["role"][-2:]
            names = _split_names(match["names"])
            if names or "位" in match["names"]:
                return names, role, at + 1
    for at, line in enumerate(head):
        if match := _GROUP_ADDRESSEE.match(line):
            return tuple(_SPLIT_GROUPS.split(match["names"].strip())), None, at + 1
    return (), None, 0


def _split_names(text: str) -> tuple[str, ...]:
    text = _ROLE_IN_NAMES.sub("、", text)
    names = []
    parts = [part for part in _SPLIT_NAMES.split(_NAMES_TAIL.sub("", text.strip())) if part]
    if len(parts) > 1 and "、" not in text and all(len(part) == 1 for part in parts):
        parts = ["".join(parts)]
    for part in parts:
        name = _NAMES_TAIL.sub("", part.strip("（()） "))
        if name and name not in {"各位", "等", "二位", "两位", "您"}:
            names.append(name)
    return tuple(dict.fromkeys(names))


def _read_subject(title: str, head: list[str]) -> str | None:
    """What the proposal is about: from the title, else from the opening; a phrase with a number is none."""
    opening = "".join(head[:3])
    texts = ((_SUBJECT_TITLE, title), (_SUBJECT_QUOTED, opening), (_SUBJECT_PLAIN, opening), (_SUBJECT_NAMED, opening))
    for pattern, text in texts:
        match = pattern.search(text)
        subject = next((group for group in match.groups() if group), "") if match else ""
        if subject and not find_numbers(subject):
            return subject.removesuffix("的").strip() or None
    return None


def _read_result(title: str, reference: str | None, head: list[str], text: str) -> str | None:
    match = _RESULT_TITLE.search(title) or _RESULT_TITLE.search(reference or "") or _RESULT.search("\n".join(head))
    match = match or next((m for line in head if (m := _RESULT_LINE.match(line))), None) or _RESULT.search(text)
    return match["letter"].translate(_WIDE) if match else None


def _read_units(text: str) -> Units:
    main = _MAIN_UNIT.search(text)
    side = _SIDE_UNIT.search(text) or _CONSULTED.search(text)
    return Units(_split_units(main), _split_units(side))


def _split_units(match: re.Match[str] | None) -> tuple[str, ...]:
    if match is None:
        return ()
    parts = (part.strip("（）() ") for part in _SPLIT_UNITS.split(re.split(r"(?:会办|协办|主办)", match["units"])[0]))
    return tuple(dict.fromkeys(part.removesuffix("等") for part in parts if len(part) > 1))


def _read_openness(text: str) -> str | None:
    match = _OPENNESS.search(text)
    return (match["value"] or match["note"]) if match else None
