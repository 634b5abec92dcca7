"""What kind of page stands in a column of replies: reply, summary, proposal, notice or other."""

import re

_REPLY_TITLE = re.compile(
    r"(?:答复|复函|回复|答复函|复文|协办意见|答复意见|答复摘要)(?:的?函|[（(].{0,20}[）)]|摘要|意见)?$|(?:提案|建议|议案|书面意见|号).{0,12}(?:答复|复函|回复|函)|答复.{0,60}(?:提案|建议|议案)"
)
_REPLY_TEXT = re.compile(
    r"(?:收悉|已收到).{0,80}(?:答复如下|函复如下|回复如下|函告如下|汇报如下|报告如下)|(?:现|经).{0,30}(?:答复如下|函复如下|回复如下|函告如下)|您们?(?:代表|委员)?提出的"
)
_CONCERNS = re.compile(r"提案|建议|议案|书面意见|人大代表|政协委员")
_SUMMARY = re.compile(
    r"(?:办理|答复|落实)(?:工作)?(?:情况)?(?:的)?(?:总结|汇总|报告|通报|情况|一览表|统计|公示|台账)|(?:情况|进展)(?:的)?(?:总结|汇总|通报|公示|报告)"
)
_NOTICE = re.compile(
    r"(?:通知|公告|通告|办法|规定|细则|意见征集|方案|规则|条例|制度)(?:[（(].{0,12}[）)])?$|^(?:关于)?(?:做好|开展|印发|加强)"
)
_PROPOSAL = re.compile(r"(?:的)?(?:提案|建议|议案)(?:[（(].{0,20}[）)])?$")
_OPENING = 600


def classify_document(title: str, reference: str | None, text: str) -> str:
    """One of reply, summary, proposal, notice and other, by the title, the reference line and the opening."""
    opening = text[:_OPENING].replace("\n", "")
    if "会办意见" in title:
        return "other"  # one agency's opinion to another, not an answer to the author
    is_about = _CONCERNS.search(title) is not None or _CONCERNS.search(opening) is not None
    if _NOTICE.search(title) and not _REPLY_TEXT.search(opening):
        return "notice"
    is_reply = _REPLY_TEXT.search(opening) is not None or reference is not None
    if is_about and not is_reply and _SUMMARY.search(title):
        return "summary"
    if is_about and (is_reply or _REPLY_TITLE.search(title)):
        return "reply"
    return "proposal" if _PROPOSAL.search(title) else "other"
