"""A row's title: whole where the link's text was cut, and without the date that is printed inside the link."""

import re
from dataclasses import replace

from storage.records import ListRow

SPACE = re.compile(r"\s+")
UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
CUT = re.compile(r"(?:…+|\.{2,}|。{2,}|⋯+)\s*$")
LABELLED = re.compile(r"^(?:标\s*题|信息名称|名\s*称)\s*[:：]\s*")
MARK = re.compile(r"^[\s·•●○◆◇■□▪▶►»›>\-*]+(?=\S)")


def clean_text(text: str) -> str:
    """Text on one line, each run of white space as one blank, without what UTF-8 or a database cannot hold."""
    return SPACE.sub(" ", UNKEPT.sub("", text)).strip()


def is_cut(title: str) -> bool:
    """Whether the title ends with an ellipsis."""
    return bool(CUT.search(title))


def choose_title(text: str, attribute: str) -> str:
    """The whole title from a link's text and its ``title`` attribute.

    The attribute stands in for a text that is cut, with or without an ellipsis, or empty; an attribute that says
    something else (点击查看, a new window) does not.
    """
    shown = MARK.sub("", clean_text(text))
    whole = _clean_attribute(attribute)
    if not whole or (is_cut(whole) and shown and not is_cut(shown)):
        return shown
    beginning = CUT.sub("", shown).strip()
    return whole if _squeeze(whole).startswith(_squeeze(beginning)) else shown


def merge_rows(first: ListRow, second: ListRow) -> ListRow:
    """One row of two that name the same document: the whole title over the cut one, the first date found."""
    title = second.title if is_cut(first.title) and not is_cut(second.title) else first.title or second.title
    return replace(first, title=title, listed_on=first.listed_on or second.listed_on)


def _clean_attribute(attribute: str) -> str:
    """Some sites put a small table into the attribute; its first line or the line labelled 标题 is the title."""
    lines = [clean_text(line) for line in re.split(r"[\r\n]|<br\s*/?>|&#1[03];", attribute) if line.strip()]
    labelled = [LABELLED.sub("", line) for line in lines if LABELLED.match(line)]
    if labelled:
        return labelled[0]
    dated = any(re.match(r"(?:发布|更新)?(?:时间|日期)\s*[:：]", line) for line in lines[1:])
    return lines[0] if dated else clean_text(" ".join(lines))


def _squeeze(text: str) -> str:
    return SPACE.sub("", text)
