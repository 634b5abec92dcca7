"""What the labels of 信息公开 tables and of source and date lines mean, and which values mean nothing."""

import re

from crawler.extraction.outline import squeeze_space

# Labels that only an information table has. Where one stands, its whole group is a table.
TABLE_FIELDS: dict[str, str] = {
    label: field
    for field, labels in {
        "index_number": "索引号 信息索引 信息索引号 索取号",
        "document_number": "文号 发文字号 文件编号 发文文号 文件字号 公文文号 文件文号 发文号 文件号",
        "title": "标题 名称 信息名称 公文名称 文件名称 信息标题 文件标题",
        "publisher": (
            "发布机构 发文机关 发文机构 发文单位 发布单位 公开主体 机构名称 制发机关 发布机关 "
            "公开机构 信息公开主体 制定机关 发文部门 发布部门"
        ),
        "responsible_unit": "责任部门 办文单位 责任单位",
        "category": (
            "主题分类 信息分类 内容分类 所属分类 所属类目 所属主题 分类 主题名称 公开目录 信息类别 公文种类 所属目录"
        ),
        "genre": "体裁 体裁分类 服务对象 公文体裁 组配分类 服务对象分类 文件类型 公文类型",
        "keywords": "关键词 关键字 主题词",
        "written_on": "成文日期 生成日期 编制日期 成文时间 生成时间",
        "issued_on": "发文日期 发文时间 印发日期",
        "effective_on": "生效日期 实施日期 生效时间 施行日期 实施时间",
        "expires_on": "废止日期 失效日期 终止日期 失效时间 废止时间",
        "validity": "有效性 效力状态 时效性 时效 文件状态 有效状态",
        "openness": ("公开方式 公开属性 公开类别 公开范围 公开时限 公开类型 公开形式 公开程序 信息格式 语种 载体类型"),
        "summary": "内容概述 内容概要 信息概述 内容摘要 摘要",
    }.items()
    for label in labels.split()
}
# Labels that stand in a line of source and date as well.
LINE_FIELDS: dict[str, str] = {
    label: field
    for field, labels in {
        "published_on": (
            "发布日期 公开日期 发布时间 公开时间 日期 时间 发表时间 发表日期 发稿时间 "
            "信息时间 发布于 上传时间 添加时间 录入时间 刊发时间 信息日期"
        ),
        "updated_on": "更新时间 更新日期 最后更新 修改时间",
        "source": ("来源 信息来源 文章来源 稿件来源 稿源 内容来源 发布来源 来源单位 供稿单位 资料来源 来自 出处"),
        "author": "作者 编辑 责任编辑 责编 审核 审核人 撰稿 供稿 录入 记者 编审 签发",
        "status": "状态",
        "noise": (
            "浏览次数 浏览 浏览量 点击 点击量 点击数 点击次数 访问量 访问次数 阅读次数 阅读 "
            "阅读量 字号 字体 字体大小 字号大小 字体显示 文字大小 大小 打印 分享 分享到 "
            "分享至 保护视力色 视力保护色 收藏 扫一扫 手机查看"
        ),
    }.items()
    for label in labels.split()
}
# What the info table of one group may still be called; 信息来源 is a publisher there.
FIELDS = TABLE_FIELDS | LINE_FIELDS
MAX_LABEL = 12
# How a line of source and date begins.
INFO_LABEL = re.compile(
    r"\s*(?:作者|发布时间|发布日期|发表时间|公开日期|更新时间|日期|时间|来源|信息来源|文章来源|浏览次数|点击|阅读)\s*[:：]"
)
_SPACES = re.compile(r"[\s\x00\u2000-\u200f\u3000\xa0]+")
_EMPTY_VALUE = re.compile(
    r"[\s\-—–_/\\.。·:：;；|〔〕﹝﹞\[\]【】()（）「」《》<>&]*"
    r"|(?:null|none|undefined|nan|无|暂无|空|没有|无文号|--)"
    r"|[^\W\d_]{0,12}[〔﹝\[【（(]\s*(?:\d{4}|X{2,4})?\s*[〕﹞\]】）)]\s*(?:第)?\s*号?",
    re.IGNORECASE,
)
# A label and its mark anywhere in a line, so that a line of several pairs can be cut at each label.
# ``\x00`` stands for the border of an inline element.
_GAP = r"[\s\x00]*"
_ALL = "|".join(_GAP.join(label) for label in sorted(FIELDS, key=len, reverse=True))
_IN_LINE = re.compile(
    rf"(?:^|(?<=[\s\x00|丨｜/,，;；。【\[（(\]】）)\d]))[【\[（(]?{_GAP}({_ALL}){_GAP}[】\]）)]?{_GAP}[:：]{_GAP}"
)
_PAIR = re.compile(r"^\s*[【\[]?([^:：\n]{1,20}?)[】\]]?\s*[:：]\s*(.*)$", re.DOTALL)


def clean_label(text: str) -> str:
    """A label without inner spaces, brackets and its colon."""
    return _SPACES.sub("", text).strip("【】[]()（）:：*●·•|")


def clean_value(text: str) -> str | None:
    """A value with single spaces; None for placeholders such as 〔〕号, ``null`` and bare punctuation."""
    value = squeeze_space(text.replace("\x00", "")).strip("|丨｜ ")
    return None if _EMPTY_VALUE.fullmatch(value) else value


def split_pairs(text: str) -> list[tuple[str, str]]:
    """Every ``label：value`` of a line whose labels are known: 来源：甲局 时间：2021-09-22 gives two."""
    found = list(_IN_LINE.finditer(text))
    if not found:
        return []
    ends = [match.start() for match in found[1:]] + [len(text)]
    pairs = []
    for match, end in zip(found, ends, strict=True):
        pairs.append((clean_label(match[1]), text[match.end() : end].strip(" |丨｜　\t\n\x00")))
    return pairs


def split_pair(text: str) -> tuple[str, str] | None:
    """One ``label：value`` whatever the label, when the label is short enough to be one."""
    match = _PAIR.match(text.replace("\x00", ""))
    if match is None or len(label := clean_label(match[1])) > MAX_LABEL or not label:
        return None
    return label, match[2].strip()
