"""The words of the search in both languages."""

from review.words import Phrase

WORDS: dict[str, Phrase] = {
    "words": Phrase("词语", "Words"),
    "site": Phrase("网站", "Site"),
    "column": Phrase("栏目", "Column"),
    "kind": Phrase("文件类别", "Kind of document"),
    "field": Phrase("检索范围", "Look in"),
    "fate": Phrase("出现于", "Where"),
    "all": Phrase("全部", "All"),
    "text": Phrase("正文", "Text"),
    "reply": Phrase("答复", "Reply"),
    "summary": Phrase("摘要", "Summary"),
    "proposal": Phrase("提案或建议", "Proposal"),
    "notice": Phrase("通知公告", "Notice"),
    "other": Phrase("其他", "Other"),
    "any": Phrase("任何版本", "any version"),
    "vanished": Phrase("旧版有、新版无", "older versions, not the latest"),
    "appeared": Phrase("仅新版有", "the latest version alone"),
    "has": Phrase("有这些词的版本", "In version"),
    "lacks": Phrase("没有这些词的版本", "Not in version"),
    "number": Phrase("第几版", "number"),
    "page": Phrase("只查一个页面：", "Within one page: "),
    "whole": Phrase("查全部页面", "look in all pages"),
    "compare_lacking": Phrase("与第 {number} 版比较", "compare with version {number}"),
    "help": Phrase(
        "各词须同时出现；“引号内”按原样；-词 表示不含。全角半角、大小写与汉字间的空白不加区分。已删除的文字也能查到。",
        'All words must occur; "a phrase" as it stands; -word not at all. Width, case, and blanks between Chinese '
        "characters make no difference. Deleted text is found, too.",
    ),
    "none": Phrase("没有找到", "Nothing found"),
    "cut": Phrase(
        "已查看大量版本，其中符合的很少，暂停于此。",
        "Many versions were looked at and few held the words; it stopped here.",
    ),
    "go_on": Phrase("继续查找更早的版本", "Go on with older versions"),
    "more": Phrase("更早的", "Older"),
    "version": Phrase("第 {number} 版，最新为第 {latest} 版", "version {number}, the latest is {latest}"),
    "compare": Phrase("与后一版比较", "compare with the next"),
    "compare_latest": Phrase("与最新版比较", "compare with the latest"),
    "waiting": Phrase(
        "还有 {count} 个版本尚未编入索引，暂时查不到。",
        "{count} versions are not in the index yet and cannot be found so far.",
    ),
    "empty": Phrase("请输入要查找的词语。", "Type the words to look for."),
    "only_without": Phrase("至少要有一个不带“-”的词。", "At least one word without - is needed."),
    "too_long": Phrase(
        "查询过长：总共至多 {query} 个字符，每个词至多 {term} 个。",
        "The query is too long: at most {query} characters, and {term} in one word.",
    ),
    "too_many": Phrase("词语过多：至多 {terms} 个。", "Too many words: {terms} at most."),
    "too_often": Phrase(
        "查询过于频繁，请在 {seconds} 秒后再试。", "Too many searches; try again in {seconds} seconds."
    ),
}
