"""Whether a page says nothing itself and only points to its files: 详见附件."""

import re
from collections.abc import Sequence

from storage.records import Attachment

_LONGEST = 60  # characters of such a text without the names of files
_EDGES = " \t（）()【】[]《》<>。．.，,；;：:！!、·—-"
# Possessive quantifiers: each character is looked at once, whatever the line.
_POINTER = re.compile(
    r"(?:关于.{1,30}?的|对.{1,30}?的|现将.{1,40}?(?:公开|公布|发布)(?:如下)?|答复|回复|复函|办理|情况|结果|内容|具体|全文|详细|"
    r"详情|原文|正文|意见|提案|建议|如下|请|均|[的，,：:\s“”《》])*+"
    r"(?:详见|见|参见|看|查看|查阅|参阅|下载|点击|阅读|打开)++(?:本页|页面|文末|文后|以下|下列|下方|下面|后附|所附|相关)*的?"
    r"(?:附件|附文|附表|附后|附档|pdf|word|文件)[\d一二三四五、]*(?:内容|下载|查看|查阅|文件|全文)?",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"(?:please |kindly )?(?:see|refer to|find) (?:the )?(?:attach(?:ed|ment|ments)|enclosed)[\w ]{0,20}", re.IGNORECASE
)
_LABEL = re.compile(
    r"^(?:(?:附件?|附件下载|相关附件|下载|attachments?)\s*[\d一二三四五六七八九十]*\s*[：:.、]?\s*)?(?:\d{1,2}\s*[.、：:]\s*)?",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\.[A-Za-z]{2,5}$")


def is_pointer(text: str, title: str | None, files: Sequence[Attachment]) -> bool:
    """A page with files whose text is at most its title, their names, and a line that says to see them."""
    if not files:
        return False
    known = {_strip_name(file.name) for file in files} | {_strip_name(title or ""), ""}
    rest = [line.strip(_EDGES) for line in re.split(r"[\n\t]", text) if _strip_name(line) not in known]
    if sum(map(len, rest)) > _LONGEST:
        return False
    return all(_POINTER.fullmatch(line) or _ENGLISH.fullmatch(line) for line in rest)


def _strip_name(text: str) -> str:
    name = _LABEL.sub("", text.strip(_EDGES))
    return _SUFFIX.sub("", name).strip(_EDGES)
