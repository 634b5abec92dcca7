"""The table of what makes a change matter: one line a reason, to be read and tuned by an operator.

A weight is the score that a change gets when this is all that happened; further reasons add a little. Handing a mapping
of codes to weights to `weigh_reasons` (or to ``compare_documents``) overrides the table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FURTHER_SHARE = 0.2  # how much of the room above the heaviest reason all further reasons together may take


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason, what it weighs, and its name in both languages."""

    weight: float
    zh: str
    en: str


SIGNALS: dict[str, Signal] = {
    # What the letter decides
    "validity": Signal(0.95, "效力状态变更", "validity changed"),
    "result_class": Signal(0.88, "办理结果类别变更", "result class changed"),
    "negation": Signal(0.82, "肯定与否定互换", "a statement turned into its opposite"),
    "section_removed": Signal(0.82, "删去一部分", "a section was removed"),
    "commitment_removed": Signal(0.78, "删去承诺", "a commitment was removed"),
    "commitment_weakened": Signal(0.76, "承诺弱化", "a commitment was weakened"),
    "deadline": Signal(0.76, "期限变更", "a deadline changed"),
    "refusal": Signal(0.70, "不予采纳的表述增删", "a refusal was added or removed"),
    "reversal": Signal(0.72, "增减方向变更", "the direction changed"),
    "scope": Signal(0.60, "范围或程度变更", "the extent changed"),
    "level": Signal(0.56, "层级变更", "the level of government changed"),
    # Facts
    "money": Signal(0.74, "金额变更", "an amount of money changed"),
    "percentage": Signal(0.68, "比例变更", "a percentage changed"),
    "number": Signal(0.64, "数字变更", "a number changed"),
    "date": Signal(0.55, "日期变更", "a date changed"),
    "name": Signal(0.56, "姓名变更", "a person's name changed"),
    "unit": Signal(0.55, "单位变更", "a unit changed"),
    "place": Signal(0.48, "地名变更", "a place changed"),
    "reference": Signal(0.46, "引用文件变更", "a cited document changed"),
    "document_number": Signal(0.52, "文号变更", "the document number changed"),
    "openness": Signal(0.50, "公开属性变更", "the openness changed"),
    "modality": Signal(0.50, "措辞力度变更", "the force of a statement changed"),
    # Files
    "attachment_removed": Signal(0.75, "删去附件", "an attachment was removed"),
    "attachment_replaced": Signal(0.62, "附件被替换", "an attachment was replaced"),
    "attachment_added": Signal(0.45, "新增附件", "an attachment was added"),
    "attachment_renamed": Signal(0.18, "附件改名", "an attachment was renamed"),
    # Text that came or went
    "text_removed": Signal(0.46, "删去内容", "text was removed"),
    "section_added": Signal(0.48, "新增一部分", "a section was added"),
    "commitment_added": Signal(0.46, "新增承诺", "a commitment was added"),
    "text_added": Signal(0.36, "新增内容", "text was added"),
    "rewritten": Signal(0.36, "改写", "text was rewritten"),
    # Fields
    "title": Signal(0.34, "标题变更", "the title changed"),
    "publisher": Signal(0.36, "发布机构变更", "the publisher changed"),
    "index_number": Signal(0.28, "索引号变更", "the index number changed"),
    "written_on": Signal(0.40, "成文日期变更", "the date of writing changed"),
    "published_at": Signal(0.30, "发布日期变更", "the date of publication changed"),
    "effective_on": Signal(0.45, "生效日期变更", "the date of effect changed"),
    "source": Signal(0.14, "来源变更", "the source changed"),
    "keywords": Signal(0.12, "关键词变更", "the keywords changed"),
    "category": Signal(0.12, "分类变更", "the category changed"),
    # What became of the page
    "gone": Signal(0.90, "页面无法访问", "the page is not reachable any more"),
    "restored": Signal(0.55, "页面恢复", "the page is reachable again"),
    "delisted": Signal(0.60, "不再列出", "the page is not listed any more"),
    "delisted_in_part": Signal(0.30, "一个栏目不再列出", "one column does not list the page any more"),
    "relisted": Signal(0.30, "重新列出", "the page is listed again"),
    "moved": Signal(0.40, "页面移动", "the page has moved"),
    "new": Signal(0.30, "新发布", "a new page"),
    # What hardly ever matters
    "wording": Signal(0.16, "措辞修改", "wording"),
    "contact": Signal(0.12, "联系方式变更", "contact details"),
    "moved_text": Signal(0.10, "段落移动", "text was moved"),
    "courtesy": Signal(0.07, "礼貌用语变更", "courtesy"),
    "layout": Signal(0.05, "版式文字变更", "words of the layout"),
    "copies": Signal(0.10, "抄送变更", "who gets a copy"),
    "notation": Signal(0.05, "数字写法变更", "another way of writing"),
    "numbering": Signal(0.04, "编号变更", "numbering"),
    "punctuation": Signal(0.02, "标点变更", "punctuation"),
}


def weigh_reasons(found: Iterable[tuple[str, float]], weights: Mapping[str, float] | None = None) -> float:
    """The score, 0 to 1, of reasons with their strengths (1 is as the table says), rounded to three digits.

    The heaviest counts in full; the others fill a part of what is missing to 1, so that many small things never
    outrank one that matters by much.
    """
    table = {code: signal.weight for code, signal in SIGNALS.items()} | dict(weights or {})
    best: dict[str, float] = {}
    for code, strength in found:
        best[code] = max(best.get(code, 0.0), min(1.0, table.get(code, 0.0) * strength))
    ranked = sorted(best.values(), reverse=True)
    if not ranked:
        return 0.0
    top, rest = ranked[0], sum(ranked[1:])
    return round(top + (1 - top) * top * FURTHER_SHARE * min(1.0, rest), 3)
