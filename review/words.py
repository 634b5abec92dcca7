"""Every word of a report in Chinese and English, in one place."""

from dataclasses import dataclass

from storage.comparison.signals import SIGNALS
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

REASONS: dict[str, Phrase] = {code: Phrase(signal.zh, signal.en) for code, signal in SIGNALS.items()}

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
    "openness": Phrase("公开方式", "Openness"),
    "result_class": Phrase("办理结果类别", "Result class"),
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
    "reply.units": Phrase("承办单位", "Answering units"),
    "reply.signed_by": Phrase("落款单位", "Signed by"),
}

INCIDENTS: dict[str, Phrase] = {
    "unlisted_host": Phrase("链接指向未登记的主机", "Links to a host that is not listed"),
    "stale": Phrase("长时间未能访问", "Not visited for long"),
    "crawl_overdue": Phrase("长时间没有成功的采集", "No crawl has ended well for long"),
    "disk_low": Phrase("磁盘空间不足", "The disk is nearly full"),
    "list_empty": Phrase("列表为空", "The list is empty"),
    "extraction_doubt": Phrase("难以提取正文的页面增多", "More pages than before are read in doubt"),
    "text_shorter": Phrase("正文长度骤减", "Texts fall far short of those before"),
    "certificate_expiring": Phrase("证书即将到期", "The certificate is about to expire"),
    "certificate_bad": Phrase("证书无效", "The certificate is not accepted"),
}

INTERFACE: dict[str, Phrase] = {
    "product": Phrase("复文观察", "Replywatch"),
    "report_title": Phrase("变更报告", "Change report"),
    "standfirst": Phrase(
        "政府对提案、建议的公开答复中，有哪些被修改、移动或不再可见。",
        "What was edited, moved or is no longer to be seen among published government replies.",
    ),
    "skip": Phrase("跳到变更列表", "Skip to the changes"),
    "language": Phrase("语言", "Language"),
    "period": Phrase("{since} 至 {until}", "{since} to {until}"),
    "period_all": Phrase("截至 {until} 的全部记录", "Everything up to {until}"),
    "zone": Phrase("时间均为 {zone}", "All times are {zone}"),
    "hidden": Phrase(
        "规则隐去 {count} 项变更，见 replywatch ignore list。",
        "{count} changes are hidden by rules: see replywatch ignore list.",
    ),
    "masked": Phrase(
        "经办人员的姓名和手机号码已隐去（＊），存档仍为原文。",
        "Clerks’ names and mobile numbers are covered (＊); the archive keeps what was published.",
    ),
    "unmasked": Phrase("本报告未隐去个人信息，请谨慎传阅。", "Personal data are not covered in this report."),
    "figures": Phrase("概览", "At a glance"),
    "filter": Phrase("按类型筛选", "Filter by kind"),
    "changes": Phrase("变更", "Changes"),
    "change_count": Phrase("{count} 项变更", "{count} changes"),
    "one_change": Phrase("1 项变更", "1 change"),
    "site_count": Phrase("涉及网站 {count} 个", "on {count} sites"),
    "one_site": Phrase("涉及网站 1 个", "on 1 site"),
    "baseline_count": Phrase("首次收录 {count} 页", "First recorded: {count}"),
    "incident_count": Phrase("未结异常 {count} 起", "Open incidents: {count}"),
    "empty_title": Phrase("这段时间没有变更", "Nothing changed in this period"),
    "empty_text": Phrase(
        "已访问的页面与上次所见一致。如果这出乎意料，请看有无采集异常，或扩大报告的时间范围。",
        "The pages visited are as they were. If that surprises you, look for incidents or choose a longer period.",
    ),
    "first_title": Phrase("首次收录完成，尚无可比较的内容", "First record made, nothing to compare yet"),
    "first_text": Phrase(
        "本期收录的页面是今后比较的起点；再次访问后若有变更，将列在这里。",
        "The pages recorded now are where comparison starts; what changes from here on will be listed here.",
    ),
    "incidents": Phrase("采集异常", "Incidents"),
    "incidents_note": Phrase(
        "以下情况妨碍了观察。它们不是页面的变更，也不表示文件已被移除。",
        "These kept us from seeing. They are no changes of a page, nor do they mean that anything was removed.",
    ),
    "open": Phrase("未结", "open"),
    "closed": Phrase("已结", "closed"),
    "since_time": Phrase("自 {start}，最近 {last}", "since {start}, last {last}"),
    "until_time": Phrase("{start} 至 {end}", "{start} to {end}"),
    "baseline": Phrase("首次收录", "First recorded"),
    "baseline_note": Phrase(
        "栏目第一次完整采集所得，作为比较的起点，不算新发布。",
        "Found by the first full walk of a column: where comparison starts, not news.",
    ),
    "site": Phrase("网站", "Site"),
    "column": Phrase("栏目", "Column"),
    "pages": Phrase("页数", "Pages"),
    "show_pages": Phrase("查看标题", "Show titles"),
    "more_pages": Phrase("另有 {count} 页", "and {count} more"),
    "group_rest": Phrase("同组另有 {count} 项", "{count} more of this group"),
    "listed": Phrase("其余 {count} 项（仅列标题）", "The other {count}, titles only"),
    "unlisted": Phrase("另有 {count} 项未列出，见 JSON 或 CSV 报告。", "{count} more are in the JSON and CSV reports."),
    "score": Phrase("重要性 {score}", "Score {score}"),
    "reasons": Phrase("依据", "Because of"),
    "also": Phrase("同时涉及", "Also"),
    "versions": Phrase("第 {old} 版 → 第 {new} 版", "version {old} → {new}"),
    "first_version": Phrase("第 {new} 版", "version {new}"),
    "permalink": Phrase("本条链接", "Link to this entry"),
    "new_address": Phrase("新网址", "New address"),
    "text_changes": Phrase("正文修改", "Changes in the text"),
    "old": Phrase("旧", "Old"),
    "new": Phrase("新", "New"),
    "line": Phrase("第 {line} 行", "line {line}"),
    "inserted_here": Phrase("（此处原无文字）", "(nothing stood here)"),
    "deleted_here": Phrase("（此处文字已删去）", "(words removed here)"),
    "moved_from": Phrase("原在第 {line} 行", "was in line {line}"),
    "moved_to": Phrase("移至第 {line} 行", "now in line {line}"),
    "moved_text": Phrase("文字移位", "Text moved"),
    "personal_changed": Phrase(
        "此处含已隐去的个人信息，其改动只作标记。", "Personal data are covered here; their change is only marked."
    ),
    "cut_text": Phrase("（以下 {count} 字略，见存档）", "({count} more characters, see the archive)"),
    "more_passages": Phrase("另有 {count} 处修改", "{count} more passages"),
    "unshown_passages": Phrase(
        "还有 {count} 处未列出，见 JSON 报告。", "{count} more are left out here, see the JSON report."
    ),
    "field_changes": Phrase("信息项", "Metadata"),
    "field": Phrase("信息项", "Field"),
    "nothing": Phrase("无", "none"),
    "attachments": Phrase("附件", "Attachments"),
    "file": Phrase("文件", "File"),
    "state": Phrase("状态", "State"),
    "fingerprint": Phrase("内容指纹（SHA-256）", "Digest (SHA-256)"),
    "state_added": Phrase("新增", "added"),
    "state_removed": Phrase("移除", "removed"),
    "state_replaced": Phrase("内容替换", "content replaced"),
    "state_renamed": Phrase("改名", "renamed"),
    "excerpt_new": Phrase("正文开头", "How it begins"),
    "excerpt_old": Phrase("最近所见正文的开头", "How the text last seen began"),
    "evidence": Phrase("所见情况", "What was seen"),
    "timeline": Phrase("访问与版本", "Visits and versions"),
    "timeline_text": Phrase(
        "{start} 至 {end}：访问 {visits} 次，共 {versions} 个版本。",
        "{start} to {end}. Visits: {visits}. Versions: {versions}.",
    ),
    "visits": Phrase("次数", "Visits"),
    "from": Phrase("自", "From"),
    "to": Phrase("至", "To"),
    "result": Phrase("结果", "Result"),
    "version": Phrase("版本", "Version"),
    "visit_table": Phrase("逐次访问", "Visit by visit"),
    "unshown_runs": Phrase("更早的 {count} 段略", "{count} earlier stretches left out"),
    "key_seen": Phrase("正常访问", "seen"),
    "key_blocked": Phrase("被拦截", "blocked"),
    "key_gone": Phrase("无此页面", "no such page"),
    "key_fault": Phrase("故障或存疑", "fault or doubt"),
    "key_marker": Phrase("本次变更", "this change"),
    "captures": Phrase("存档记录", "Archived records"),
    "before": Phrase("变更前", "Before"),
    "after": Phrase("变更后", "After"),
    "captured_at": Phrase("采集时间", "Captured"),
    "outcome": Phrase("结果", "Outcome"),
    "status": Phrase("HTTP 状态", "HTTP status"),
    "record_id": Phrase("记录号", "Record id"),
    "payload_digest": Phrase("内容摘要", "Payload digest"),
    "place": Phrase("WARC 文件", "WARC file"),
    "offset": Phrase("偏移 {offset}，长 {length} 字节", "offset {offset}, {length} bytes"),
    "no_capture": Phrase("无记录", "not on record"),
    "how_to_read": Phrase(
        "存档为标准 WARC 文件。用 warcio 取出一条记录：warcio extract 文件 偏移",
        "The archive is made of standard WARC files. To take out one record: warcio extract FILE OFFSET",
    ),
    "caution": Phrase(
        "本报告只陈述所见。不可访问或移出列表可能出于网站清理、迁移等原因，不能据此推断意图。",
        "This report says what was seen. Sites are cleaned up and moved: a page out of reach is no proof of intent.",
    ),
}


def word_reason(code: str) -> Phrase:
    """The words for a reason's code; a code that is not in the table is shown as it is."""
    return REASONS.get(code) or Phrase(code, code)


def word_field(name: str) -> Phrase:
    """The words for a field; an unknown name is shown as it is."""
    return FIELDS.get(name) or FIELDS.get(name.removeprefix("reply.")) or Phrase(name, name)


def word_outcome(outcome: str) -> Phrase:
    """The words for an outcome; a text that is none is shown as it is."""
    return OUTCOMES[Outcome(outcome)] if outcome in OUTCOMES else Phrase(outcome, outcome)


def word_incident(kind: str) -> Phrase:
    """The words for an incident's kind, which may be an outcome; an unknown kind is shown as it is."""
    return INCIDENTS.get(kind) or word_outcome(kind)
