"""Every word of a report in Chinese and English, in one place."""

from dataclasses import dataclass

from storage.records import ChangeKind, Outcome


@dataclass(frozen=True, slots=True)
class Phrase:
    """The same words in both languages; ``{name}`` stands for a value."""

    zh: str
    en: str

    def fill(self, **values: object) -> "Phrase":
        """The phrase with its values put in.

        Raises:
            KeyError: a value is missing.
        """
        return Phrase(self.zh.format(**values), self.en.format(**values))

    def read_in(self, language: str) -> str:
        """The words in ``zh`` or ``en``."""
        return self.en if language == "en" else self.zh


KINDS: dict[ChangeKind, Phrase] = {
    ChangeKind.NEW: Phrase("新发布", "New"),
    ChangeKind.STATUS: Phrase("状态变更", "Status"),
    ChangeKind.TEXT: Phrase("正文修改", "Text edited"),
    ChangeKind.ATTACHMENTS: Phrase("附件变更", "Attachments"),
    ChangeKind.FIELDS: Phrase("信息项修改", "Metadata"),
    ChangeKind.MOVED: Phrase("网址迁移", "Moved"),
    ChangeKind.DELISTED: Phrase("移出列表", "Delisted"),
    ChangeKind.RELISTED: Phrase("重新列出", "Relisted"),
    ChangeKind.GONE: Phrase("无法访问", "Not reachable"),
    ChangeKind.RESTORED: Phrase("恢复访问", "Reachable again"),
}

OUTCOMES: dict[Outcome, Phrase] = {
    Outcome.OK: Phrase("正常", "OK"),
    Outcome.NOT_MODIFIED: Phrase("未改动", "not modified"),
    Outcome.MOVED: Phrase("转到新网址", "redirected to a new address"),
    Outcome.REDIRECTED_HOME: Phrase("转到首页", "redirected to the front page"),
    Outcome.REDIRECTED_AWAY: Phrase("转到其他网站", "redirected to another site"),
    Outcome.GONE: Phrase("答复无此页面", "answered: no such page"),
    Outcome.GONE_SOFT: Phrase("显示“页面不存在”", "page says it does not exist"),
    Outcome.IDENTITY_MISMATCH: Phrase("不是原文件", "another document or site"),
    Outcome.BLOCKED: Phrase("被拦截", "blocked"),
    Outcome.THROTTLED: Phrase("被限速", "throttled"),
    Outcome.GEO_SUSPECT: Phrase("疑似地域限制", "perhaps limited by region"),
    Outcome.ROBOTS_DENIED: Phrase("robots.txt 不允许", "disallowed by robots.txt"),
    Outcome.TLS_ERROR: Phrase("加密连接失败", "TLS failed"),
    Outcome.DNS_ERROR: Phrase("域名解析失败", "name not resolved"),
    Outcome.CONNECT_ERROR: Phrase("无法连接", "no connection"),
    Outcome.TIMEOUT: Phrase("超时", "timed out"),
    Outcome.CLIENT_ERROR: Phrase("请求被拒", "request refused"),
    Outcome.SERVER_ERROR: Phrase("服务器出错", "server error"),
    Outcome.TRUNCATED: Phrase("内容不完整", "truncated"),
    Outcome.TOO_LARGE: Phrase("内容过大", "too large"),
    Outcome.ENCODING_DOUBT: Phrase("编码存疑", "encoding in doubt"),
    Outcome.LIST_PARTIAL: Phrase("列表不完整", "list incomplete"),
}

REASONS: dict[str, Phrase] = {
    "number": Phrase("数字", "number"),
    "money": Phrase("金额", "amount of money"),
    "percent": Phrase("百分比", "percentage"),
    "date": Phrase("日期", "date"),
    "deadline": Phrase("期限", "deadline"),
    "negation": Phrase("否定词", "negation"),
    "modality": Phrase("承诺力度", "strength of commitment"),
    "name": Phrase("人名", "name"),
    "unit": Phrase("单位", "unit"),
    "place": Phrase("地点", "place"),
    "section_removed": Phrase("删去整段", "section removed"),
    "section_added": Phrase("增加整段", "section added"),
    "attachment_removed": Phrase("移除附件", "attachment removed"),
    "attachment_added": Phrase("新增附件", "attachment added"),
    "attachment_replaced": Phrase("替换附件", "attachment replaced"),
    "punctuation": Phrase("标点", "punctuation"),
    "moved_text": Phrase("文字移位", "text moved"),
    "wording": Phrase("措辞", "wording"),
    "title": Phrase("标题", "title"),
    "contact": Phrase("联系方式", "contact details"),
    "result_class": Phrase("办理结果", "result class"),
    "validity": Phrase("效力状态", "validity"),
}

FIELDS: dict[str, Phrase] = {
    "kind": Phrase("文件类别", "Kind of document"),
    "title": Phrase("标题", "Title"),
    "publisher": Phrase("发布机构", "Publisher"),
    "source": Phrase("信息来源", "Source"),
    "index_number": Phrase("索引号", "Index number"),
    "document_number": Phrase("文号", "Document number"),
    "keywords": Phrase("关键词", "Keywords"),
    "category": Phrase("主题分类", "Category"),
    "validity": Phrase("有效性", "Validity"),
    "written_on": Phrase("成文日期", "Written on"),
    "published_at": Phrase("发布日期", "Published"),
    "effective_on": Phrase("生效日期", "Effective on"),
    "signed_on": Phrase("落款日期", "Signed on"),
    "language": Phrase("语言", "Language"),
    "site": Phrase("网站标识", "Site identity"),
    "column": Phrase("栏目", "Column"),
    "attachments": Phrase("附件", "Attachments"),
    "reply": Phrase("答复信息", "Reply"),
    "reply.kind": Phrase("答复对象", "Replies to"),
    "reply.level": Phrase("层级", "Level"),
    "reply.body": Phrase("人大或政协", "Body"),
    "reply.term": Phrase("届", "Term"),
    "reply.session": Phrase("次", "Session"),
    "reply.numbers": Phrase("编号", "Number"),
    "reply.numbers_in_body": Phrase("正文中的编号", "Number in the text"),
    "reply.reference": Phrase("答复编号行", "Reference line"),
    "reply.addressees": Phrase("收件人", "Addressees"),
    "reply.addressee_role": Phrase("收件人身份", "Role of the addressee"),
    "reply.subject": Phrase("事由", "Subject"),
    "reply.result_class": Phrase("办理结果类别", "Result class"),
    "reply.units": Phrase("承办单位", "Answering units"),
    "reply.signed_by": Phrase("落款单位", "Signed by"),
    "reply.openness": Phrase("公开方式", "Openness"),
}

INCIDENTS: dict[str, Phrase] = {
    "unlisted_host": Phrase("链接指向未登记的主机", "Links to a host that is not listed"),
    "host_off_list": Phrase("链接指向未登记的主机", "Links to a host that is not listed"),
    "stale": Phrase("长时间未能访问", "Not visited for long"),
}


def word_reason(code: str) -> Phrase:
    """The words for a reason's code; a code that is not in the table is shown as it is."""
    return REASONS.get(code) or Phrase(code, code)


def word_field(name: str) -> Phrase:
    """The words for a field, with or without ``reply.`` in front; an unknown name is shown as it is."""
    return FIELDS.get(name) or FIELDS.get(f"reply.{name}") or Phrase(name, name)


def word_outcome(outcome: str) -> Phrase:
    """The words for an outcome; a text that is none is shown as it is."""
    return OUTCOMES[Outcome(outcome)] if outcome in OUTCOMES else Phrase(outcome, outcome)


def word_incident(kind: str) -> Phrase:
    """The words for an incident's kind, which may be an outcome; an unknown kind is shown as it is."""
    return INCIDENTS.get(kind) or word_outcome(kind)
