"""Where personal data of clerks stand in a text: mobile numbers, and names in contact lines.

What replies print at their end (联系人及电话, 承办人, 签发人, 领导签批) names people who did their job and are
no public figures. The rules prefer to hide a word too many in such a line to showing a name; of numbers they take
only what is written as a mobile number and stands where no index number, amount or document number can stand.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

MASK = "＊"

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f"
_DIGIT = "0-9０-９"
_GAP = "[ \u3000]*"

_MOBILE = re.compile(
    rf"(?<![{_DIGIT}])(?:[+＋]?[8８][6６][ -]?)?[1１][3-9３-９][{_DIGIT}]"
    rf"([ -]?)[{_DIGIT}]{{4}}\1[{_DIGIT}]{{4}}(?![{_DIGIT}A-Za-z])"
)
_OTHER_NUMBER_BEFORE = re.compile(
    r"(?:[A-Za-z]|[./\\〔〕\[\]【】﹝﹞#＃№¥￥$€£=_第]\s?|[0-9A-Za-z][-–—]\s?"
    r"|(?:索引号?|编号|文号|字号|代码|证号|账号|帐号|案号|序号|标识码|流水号|订单号|单号|QQ|qq"
    r"|金额|总额|数额|合计|共计|总计|资金|投资|收入|支出)[\s:：为是达约]{0,3})$"
)
_TELEPHONE_BEFORE = re.compile(r"(?i:tel|phone|mobile)[.:\s]{0,3}$")
_OTHER_NUMBER_AFTER = re.compile(
    r"[/\\_–—-]\s?[0-9A-Za-z]|[.:]\s?[0-9]|[号#〔\[【人户件个亩台辆份年月日]"
    r"|[ \u3000]?(?:元|万|亿|千|百|吨|美元|欧元|港元|公里|千米|平方|立方|千瓦|%|％|‰)"
)
_SLASHED_MOBILE = re.compile(rf"[/／、][1１][3-9３-９][{_DIGIT}]{{9}}(?![{_DIGIT}A-Za-z/])")
_MOBILE_AND_SLASH = re.compile(rf"(?<![{_DIGIT}A-Za-z-])[1１][3-9３-９][{_DIGIT}]{{9}}/$")


def _spread(words: str) -> str:
    return "|".join(_GAP.join(word) for word in words.split())


_PERSONS = (
    "联系人 联系人员 联系人姓名 联络人 联络员 承办人 承办人员 经办人 经办人员 答复人 填报人 "
    "签发人 签发 签批人 领导签批 领导署名 签批领导 领导签发 签发领导 审签人 审核人 审批人 拟稿人 核稿人"
)
_CONTACTS = "联系方式 联系电话 办公电话 咨询电话 电话 手机 手机号 手机号码"
_TELEPHONES = "联系电话 联系方式 电话 方式 手机 手机号 手机号码 电话号码"
_REMARK = r"(?:[（(][^（）()\n]{0,12}[）)])?"
_LABEL = re.compile(
    rf"(?P<person>{_spread(_PERSONS)})(?:{_GAP}[及和与、/]{_GAP}(?:{_spread(_TELEPHONES)}))?{_REMARK}"
    r"(?:\s{0,4}[:：︰﹕]\s?|[ \t\u3000]+)"
    rf"|(?:{_spread(_CONTACTS)}){_REMARK}(?:[ \t\u3000]*[:：︰﹕][ \t\u3000]?|[ \t\u3000]+)"
)

_NAME = re.compile(rf"[{_HAN}](?:[ \u3000]{{1,2}}[{_HAN}](?![{_HAN}])|[{_HAN}]*(?:[·•・][{_HAN}]+)*)")
_UNIT_MARKS = "万亿千百元吨余"
_LONG_NUMBER = 7  # digits; a shorter number before a word is no telephone number
_HONORIFIC = re.compile(r"(?:同志|先生|女士|小姐|老师)$")
_UNIT = re.compile(
    rf"^(?:[{_HAN}]{{2}}[局处室办委厅院所部站]|[{_HAN}]{{3,}}[局处科室办委会院部厅站所队组团社司厂校馆署台]|[{_HAN}]*(?:中心|公司|政府))$"
)
_UNIT_THEN_NAME = re.compile(rf"^[{_HAN}]{{2,}}[局处科室办委院部厅站所队组](?P<name>[{_HAN}]{{2,3}})$")
_NAME_THEN_LABEL = re.compile(rf"^(?P<name>[{_HAN}]{{2,4}}?)(?:联系电话|办公电话|联系方式|电话|手机)$")
_NAME_BEFORE = re.compile(
    rf"(?:(?<![{_HAN}{_DIGIT}])([{_HAN}]{{2,5}})|([{_HAN}]{{2,3}}(?:同志|先生|女士)))[ \t\u3000:：，,、(（]{{0,3}}$"
)
_COLON = re.compile(rf"{_GAP}[:：︰﹕]")
_COLON_AND_TELEPHONE = re.compile(rf"{_GAP}[:：︰﹕][ \u3000]?[{_DIGIT}-]{{7}}")
_FILLER = re.compile(rf"(?:[ \t\u3000、，,;；:：/／()（）{MASK}+＋转-]|[{_DIGIT}])+")
_NO_NAME_WORDS = (
    "同意 已阅 无 暂无 没有 略 不详 保密 同上 待定 见附件 详见附件 电话 手机 联系电话 办公电话 联系方式 传真 邮箱 地址 "
    "单位 职务 姓名 同志 先生 女士 小姐 老师 日期 时间 邮编 号码 电子邮箱 通讯地址 联系地址 主办单位 承办单位 协办单位 "
    "会办单位 抄送 主任 科长 处长 局长 万元 亿元 万人 万户 千元 项目 采购 业务 代理 机构"
)
_NO_NAMES = frozenset(_NO_NAME_WORDS.split())
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚"
    "沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎雷段史龙陶黎贺毛郝顾龚邵万覃武钱戴严莫孔常汤康"
    "易乔赖樊殷施洪翟安颜倪牛温芦季俞章鲁葛伍毕聂焦向柳邢岳齐梅庄辛管祝左涂谷祁耿牟卜路詹关苗凌费纪靳盛童欧甄"
    "项曲成游阳裴席卫查屈鲍位霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅"
    "宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞"
    "卞封竺冼麦庞兰"
)
_COMPOUND_SURNAMES = frozenset(
    re.findall("..", "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐长孙宇文司徒夏侯端木百里呼延南宫司空钟离闻人澹台独孤赫连")
)


def find_personal(text: str) -> tuple[Span, ...]:
    """The spans (start, end; in code points) of mobile numbers and of names in contact lines, in order, apart."""
    mobiles = tuple(_find_mobiles(text))
    names = [span for label in _LABEL.finditer(text) for span in _read_names(text, label)]
    beside = [span for mobile in mobiles for span in _find_neighbours(text, mobile)]
    return _join_spans([*mobiles, *names, *beside])


def is_person(text: str) -> bool:
    """Whether a whole value reads like one person's name and not like a unit."""
    name = _HONORIFIC.sub("", text.strip())
    return bool(re.fullmatch(rf"[{_HAN}]{{2,4}}", name)) and _is_named(name) and not _UNIT.match(name)


def _find_mobiles(text: str) -> Iterator[Span]:
    for match in _MOBILE.finditer(text):
        before = text[max(0, match.start() - 16) : match.start()]
        is_listed = bool(_MOBILE_AND_SLASH.search(before)) or bool(_SLASHED_MOBILE.match(text, match.end()))
        is_led = _OTHER_NUMBER_BEFORE.search(before) and not _TELEPHONE_BEFORE.search(before)
        is_other = is_led or _OTHER_NUMBER_AFTER.match(text, match.end())
        if is_listed or not is_other:
            yield match.span()


def _read_names(text: str, label: re.Match[str]) -> Iterator[Span]:
    """The names that follow a label on its line (or on the next, when the label ends its line)."""
    position, is_first = label.end(), label["person"] is not None
    while True:
        if filler := _FILLER.match(text, position):
            is_first = is_first and not any(character.isdigit() or character == MASK for character in filler[0])
            position = filler.end()
        word = _NAME.match(text, position)
        if word is None or _is_about_number(text, word) or _is_label(text, word):
            return
        found = _find_name(word[0], is_trusted=is_first)
        if found is not None:
            yield position + found[0], position + found[1]
        elif not (_UNIT.match(word[0]) or word[0] in _NO_NAMES):
            return
        is_first = is_first and _UNIT.match(word[0]) is not None
        position = word.end()


def _is_about_number(text: str, word: re.Match[str]) -> bool:
    """Whether a word belongs to a number: the unit behind one (860 万元) or what one stands for (编号, 第)."""
    before = text[max(0, word.start() - _LONG_NUMBER) : word.start()]
    is_unit = word[0][0] in _UNIT_MARKS and before.rstrip(" \u3000")[-1:].isdigit()
    is_joined = before[-1:].isdigit() and not before.isdigit()
    return is_unit or is_joined or _OTHER_NUMBER_BEFORE.search(word[0]) is not None


def _is_label(text: str, word: re.Match[str]) -> bool:
    """Whether a colon makes a word the next label; 王芳：0371-67170000 is none, and 电话： leads on."""
    if word[0] in _NO_NAMES or _NAME_THEN_LABEL.match(word[0]):
        return False
    is_name = _is_named(word[0]) and _COLON_AND_TELEPHONE.match(text, word.end())
    return _COLON.match(text, word.end()) is not None and not is_name


def _find_name(word: str, *, is_trusted: bool) -> Span | None:
    """Where in a run of Han characters a name stands. A trusted run needs no known surname: it follows 联系人."""
    if word in _NO_NAMES or _UNIT.match(word):
        return None
    for pattern in (_NAME_THEN_LABEL, _UNIT_THEN_NAME):
        match = pattern.match(word)
        if match and match["name"] not in _NO_NAMES and (is_trusted or match["name"][0] in _SURNAMES):
            return match.span("name")
    name = _HONORIFIC.sub("", word)
    is_titled = len(name) < len(word)
    is_known = is_titled or _is_named(name)
    is_short = len(re.sub(r"[ \u3000]", "", name)) <= 4 or "·" in name  # noqa: PLR2004 - the longest usual name
    return (0, len(name)) if name and is_short and (is_known or (is_trusted and len(name) > 1)) else None


def _is_named(word: str) -> bool:
    """Whether a word begins with a surname and is as long as such a name is; 高度重视 is not."""
    length = len(re.sub(r"[ \u3000]", "", word))
    return (word[:1] in _SURNAMES and length in (2, 3)) or (word[:2] in _COMPOUND_SURNAMES and length in (3, 4))


def _find_neighbours(text: str, mobile: Span) -> Iterator[Span]:
    """A name right before a mobile number, or in brackets right behind it."""
    window = max(0, mobile[0] - 12)
    before = _NAME_BEFORE.search(text[window : mobile[0]])
    if before:
        word = _cut_name(before[1] or before[2])
        if found := _find_name(word, is_trusted=False):
            start = window + before.end(1 if before[1] else 2) - len(word)
            yield start + found[0], start + found[1]
    after = re.compile(rf"[ \u3000]?[(（]([{_HAN}]{{2,5}})[)）]").match(text, mobile[1])
    if after and (found := _find_name(after[1], is_trusted=False)):
        yield after.start(1) + found[0], after.start(1) + found[1]


def _cut_name(word: str) -> str:
    """A titled name without the character before it: 王五同志 of 局王五同志."""
    name = _HONORIFIC.sub("", word)
    is_led = len(name) == 3 and len(word) > len(name)  # noqa: PLR2004 - a name of two and one character more
    return word[1:] if is_led and name[0] not in _SURNAMES and name[1] in _SURNAMES else word


def _join_spans(spans: list[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)
