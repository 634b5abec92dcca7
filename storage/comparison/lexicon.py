"""The words and forms that carry the weight of a reply: numbers, dates, names, units, promises, refusals.

All patterns are for folded text without white space. They are rules of the language of such letters, not of any site;
an operator may read them as the definition of the reasons in `storage.comparison.signals`.
"""

import re

# Punctuation that carries no meaning of its own: not between digits, no sign of a quantity.
MARK = re.compile(r"(?<!\d)[^\w%‰+/<>=~^$¥€×÷±℃\-]|[^\w%‰+/<>=~^$¥€×÷±℃\-](?!\d)|-(?!\d)|_")
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
CHINESE_DIGITS = "[〇零○一二两三四五六七八九十百千万亿]"
DAY = rf"(?:\d{{1,2}}|{CHINESE_DIGITS}{{1,3}})[日号]"
MONTH = rf"(?:\d{{1,2}}|{CHINESE_DIGITS}{{1,2}})月(?:{DAY}|份|底|末|初|[上中下]旬)?"
PART_OF_YEAR = rf"(?:年?底|末|初|[上下]半年|第?[一二三四1-4]季度|{MONTH})"
DATE = (
    rf"(?:\d{{4}}|[〇零○一二三四五六七八九]{{4}})年(?:{PART_OF_YEAR})?"
    r"|(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    rf"|{MONTH}"
    rf"|(?:今|明|后|去|本|当)年{PART_OF_YEAR}?|年底|月底"
    r"|[\"“]十[一二三四五六七八][·.]?五[\"”](?:期间|时期|末)?|十[一二三四五六七八]五(?:期间|时期|末|规划)"
)
DURATION = rf"(?:{DIGITS}|{CHINESE_DIGITS}{{1,4}})(?:个工作日|个月|个小时|小时|天|周(?!岁)|日|年)(?:[以之]?内|以上)?"
PERCENTAGE = rf"(?:{DIGITS})(?:%|‰|个百分点)|百分之{CHINESE_DIGITS}+"
MONEY = rf"(?:{DIGITS}|{CHINESE_DIGITS}{{1,6}})(?:余|多)?[万亿千百]*(?:元|美元|欧元|人民币)"
DOCUMENT_NUMBER = r"[一-鿿]{0,12}[〔\[【(﹝]\d{4}[〕\]】)﹞](?:第)?\d+号?"
PHONE = r"(?<!\d)(?:0\d{2,3}-?\d{7,8}|1[3-9]\d[\d*]{8}|(?<=电话)\d{7,8}|(?<=电话:)\d{7,8})(?!\d)"
MEASURE = (
    "(?:个|项|条|名|人次|人|家|户|所|座|公里|千米|平方米|平方公里|米|万吨|吨|万亩|亩|公顷|周岁|岁|批次|处|台|套|辆|架|艘|件|起|场|期|届|块|"
    "次|倍|成|张|份|只|头|栋|间|层|号|级|类|种|部|本|篇|路|线|站|班|床|度|千瓦时|千瓦|兆瓦)"
)
FREQUENCY = "每(?:半|两|三)?(?:天|日|周|旬|月|季度|季|年)"
NUMBER = (
    rf"{FREQUENCY}|[Ⅰ-Ⅻ]|{CHINESE_DIGITS}{{1,3}}分之{CHINESE_DIGITS}{{1,3}}|一半|(?:{DIGITS})[万亿千百]*{MEASURE}?|"
    rf"(?:{CHINESE_DIGITS}{{2,8}}|[二两三四五六七八九十百千]){MEASURE}"
    rf"|第{CHINESE_DIGITS}{{1,3}}(?![方者时产位]|书记|责任){MEASURE}?"
)
# One of a kind is mostly no number (一个新的阶段); beside another number of the same kind it is.
SINGLE = re.compile(rf"一{MEASURE}")

# In this order: what an earlier form took is not looked at again.
FACTS = re.compile(
    f"(?P<document_number>{DOCUMENT_NUMBER})|(?P<percentage>{PERCENTAGE})|(?P<money>{MONEY})"
    f"|(?P<date>(?:{DATE})(?:[以之]?后(?![期续来]))?)|(?P<duration>{DURATION})|(?P<phone>{PHONE})|(?P<number>{NUMBER})"
)
DEADLINE_WORDS = re.compile(
    r"(?<=[日月年底末初旬天时周])(?:[以之]?前|[以之]?内)|期限|时限|截止|到期|限期|力争|计划|预计|预期|将|拟|完成|竣工|建成|交付|投用|启用|"
    r"实现|达到|争取|确保"
)
PAST_WORDS = re.compile(r"^(?:自|于|在|截至)|以来|召开|印发|成立|发布|通过|颁布|发生|会议|提出|收悉")
SIGNED_LINE = re.compile(rf"^(?:{DATE})$")

NOT_NEGATIVE = "(?!断|仅|但|论|来|少|过|久|懈|妨|疑|愧|遗余力|可或缺|常|物质|时|胜|已)"
NEGATION = re.compile(
    rf"尚未|未能|未予|没有|不再|不予|不得|不能|不宜|不具备|不同意|不符合|无法|暂不|暂缓|禁止|停止|取消|拒绝|撤销|终止"
    rf"|(?<!若)(?<!迟)不(?!同|平|足|良|动产|确定|锈){NOT_NEGATIVE}|未{NOT_NEGATIVE}(?!成年|来)|(?<![有])无(?!论|人|障碍|线|偿|害|缝)|非(?!常|物质|公|遗|法)"
)
REFUSAL = re.compile(
    r"不予(?:采纳|支持|受理|考虑)|不同意|不采纳|暂不|暂缓|无法|难以|不具备|不宜|不符合|不可行|未能|留作参考|供参考|尚未|取消|停止|终止"
)

# How far a matter is along or bound to be: 4 done, 3 bound to do, 2 doing, 1 meaning to, 0 perhaps.
LATIN_STAGES = (
    dict.fromkeys(("completed", "finished", "done"), 4)
    | dict.fromkeys(("must", "shall", "will"), 3)
    | dict.fromkeys(("should", "plans", "plan", "intends", "intend", "aims", "hopes"), 1)
    | dict.fromkeys(("may", "might", "could", "can", "considers", "consider"), 0)
)
LATIN_STAGE = re.compile(rf"\b(?:{'|'.join(LATIN_STAGES)})\b", re.IGNORECASE)
LATIN_NEGATION = re.compile(r"\b(?:not|no|never|cannot|neither|refuse[sd]?|reject(?:s|ed)?)\b|n['’]t\b", re.IGNORECASE)
STAGE_WORDS = {
    4: "已经 已 完成 建成 竣工 开通 印发 出台 投入使用 投用 投运 达成 落地",
    3: "必须 应当 确保 保证 务必 一律 须 应 将 严禁 实现",
    2: "基本完成 基本建成 基本实现 基本解决 正在 推进 推动 开展 实施 启动 开工 筹建 加强 落实",
    1: "拟 计划 争取 力争 逐步 适时 鼓励 引导 谋划 起草",
    0: "研究 探索 考虑 可以 可 原则上 酌情 尽量 尽可能 视情 择机 论证 配合",
}
STAGES = {word: stage for stage, words in STAGE_WORDS.items() for word in words.split()}
NOT_MODAL = {
    "应": r"(?<![供相效响适反对])应(?!急|用|届|对|变|付|邀|收|聘)",
    "可": r"(?<![许认不])可(?!能|持续|靠|行性|见|再生|视|燃|控|喜|以)",
    "将": r"将(?!军|来)",
    "保证": r"(?<!得到)(?<!有)保证(?!金|书)",
    "须": r"(?<!必)须(?!知)",
    "拟": r"(?<![模虚])拟(?!人)",
    "已": r"已(?!收悉|经)",
}
STAGE = re.compile(
    "|".join(NOT_MODAL.get(word, re.escape(word)) for word in sorted(STAGES, key=lambda word: (-len(word), word)))
)
COMMITMENT = re.compile(
    r"将|下一步|下步|确保|保证|力争|争取|计划|承诺|必须|务必|拟|年底前|月底前|之前完成|前完成|将于|加快(?:推进|建设|实施)|继续(?:推进|加强|加大|做好)|"
    r"(?:全面|大力|积极|进一步)(?:推进|推动|加强|落实|开展)|逐步(?:解决|实现|推进)|纳入.{0,12}(?:计划|规划|预算)"
)

# Words that say how much, for whom, which way: two values of one scale are not the same promise.
SCALES = {
    "scope": (
        "全额 全部 全面 全体 所有 一律 完全 普遍 全国 全省 全市 全县 全区 全州 全域 全覆盖 彻底",
        "部分 大部分 个别 少数 局部 主要 重点 基本覆盖 一定程度 初步",
    ),
    "bound": (
        "至少 不低于 不少于 不短于 以上 超过 不小于",
        "至多 最多 不超过 不高于 不多于 以下 不大于",
    ),
    "level": ("国家级 中央", "省级 自治区级", "市级", "县级 区级", "乡镇级 镇级", "村级"),
    "reversal": (
        "增加 提高 扩大 上升 增长 延长 加大 上调 放宽 上涨",
        "减少 降低 缩小 下降 缩短 削减 下调 收紧 下跌",
    ),
    "opposite": (
        "合法 合规 达标 安全 向好 平稳 属实 有责 自愿 有效",
        "违法 违规 超标 危险 严峻 紧张 不实 无责 强制 失效",
    ),
    "remedy": ("解决 消除 根治 根除", "缓解 改善 减轻 缓和"),
    "harm": ("死亡 遇难", "受伤 轻伤 重伤"),
    "answer": ("采纳 吸纳", "留作参考 供参考 作为参考"),
    "reach": ("境外 国外 国际 海外", "境内 国内 省内 市内 县内 本地"),
    "duty": ("必修 强制性", "选修 自愿性"),
    "side": ("建设单位 开发商 开发企业 施工单位 企业 用人单位", "业主 住户 居民 群众 个人 职工"),
    "condition": ("免费 无偿", "收费 有偿 缴费 自费"),
    "duration": ("永久 长期 常态化", "临时 短期 阶段性"),
    "standing": ("恢复 继续 启用", "暂停 停止 中止 取消 撤销 终止 关闭"),
    "severity": (
        "关闭 取缔 拆除 查处 处罚 罚款 问责 追责 立案 停产 停业 停工 吊销 没收 移送 严肃处理",
        "督促 整改 提醒 约谈 教育 劝导 提示 指导",
    ),
    "publicity": ("公开", "保密 内部"),
}
SCALE_WORDS = {
    word: (scale, place)
    for scale, places in SCALES.items()
    for place, words in enumerate(places)
    for word in words.split()
}
SCALE = re.compile("|".join(sorted(SCALE_WORDS, key=lambda word: (-len(word), word))))

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖"
    "邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢路岳齐"
    "梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌简费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵褚卫蒋沙鞠荣"
)
PERSON_ROLES = "委员(?!会)|代表(?!大会)|同志|先生|女士|主任|局长|市长|县长|区长|书记|厅长|处长|科长"
COMPOUND_SURNAMES = "欧阳|司马|上官|诸葛|东方|夏侯|皇甫|尉迟|公孙|令狐|慕容|司徒|南宫|西门|端木|轩辕|钟离|宇文|长孙"
PERSON = f"(?:{COMPOUND_SURNAMES}|[{SURNAMES}])(?:(?!代表|委员|同志)[一-鿿·]){{1,2}}?"
NAME = re.compile(rf"{PERSON}(?=等(?:\d+|[二三四五六七八九十]+)?位?(?:{PERSON_ROLES})|(?:{PERSON_ROLES}))")
TITLED_NAME = re.compile(
    rf"(?:市长|县长|区长|省长|局长|厅长|主任|书记|主席|部长|处长|科长|院长|校长)({PERSON})(?=[主出带赴到同、,。;]|$)"
)
LISTED_NAME = re.compile(rf"{PERSON}(?=[、,等:]|委员|代表|$)")
ADDRESS_LINE = re.compile(r"^(?:尊敬的)?[一-鿿·、,等\d位]{2,60}(?:委员|代表)(?:们)?[:,]?$")
UNIT_NAMES = (
    "委员会|办公室|人民政府|人民法院|检察院|研究院|科学院|设计院|国务院|医院|学院|大学|支队|大队|总队|集团|公司|银行|协会|"
    "中心(?!城|镇|思想|工作|环节|任务|区)|局(?!面|部|限|势)|厅|(?<=[市县省区党纪监改健康资])委(?!员|托|派|会|办)|"
    "(?<=宣传|组织|统战|财政|教育|科技|公安|民政|司法|商务|水利|交通|运输|建设|资源|环境|应急|农村|外交|国防|武装|信息)部(?!门|分|署|队)"
)
# Two characters tell one unit or place from another, and are not yet what stands before its name.
UNIT = re.compile(rf"[一-鿿]{{2}}(?<![我各本该贵两格布大全结开客餐])(?:{UNIT_NAMES})")
PLACE = re.compile(
    r"[一-鿿]{2}(?<![城都超地社园景片辖校小我全各本该股港与和及由向在对从为到于经报分省市县区两三几多])(?:省|市|区|县|州|旗|镇|乡|街道|村)(?![民场区域级委政])"
)
# Who acts or pays; what a unit calls itself is the same unit.
AGENT = re.compile(
    r"由((?:(?!由|承担|负责|牵头|配合)[一-鿿、]){2,14}?)(?:全额|部分|全部|共同|统一|具体|依法|分别|牵头|配合|自行)*"
    r"(?:承担|负责|牵头|配合|支付|出资|负担|兜底|组织实施|办理|审批|主办|承办|协助)"
)
SELF = re.compile(r"^[我本]\S{1,2}$")
PAYER = re.compile(r"(?:中央|地方|自治区|乡镇|上级|本级|[省市县区镇村](?:级)?)财政(?!局|厅|所|部(?!分|门))")
# For whom a measure is meant.
GROUP = re.compile(
    "户籍|常住|低保|特困|低收入|残疾|失能|失独|独居|孤寡|高龄|留守|脱贫|农民工|退役军人|应届|贫困|困难(?=家庭|群众|职工|学生|户|人员)"
)
CITED = re.compile(r"《[^《》]{2,80}》")
# How a proper name of a place or a body ends; what stands before it may be longer than `PLACE` and `UNIT` look.
PROPER_END = re.compile(
    r"^(?:(?![的了和是在及与等将对为向从由于建设改修造办加推提开用好大新老旧第])[一-鿿]){0,3}?"
    r"(?:省|市|县|州|旗|镇|乡|街道|村|社区|水库|水厂|电厂|大道|路(?![径线面段灯])|街|巷|桥|河|江|湖|山|小区|公园|广场|小学|中学|大学|学院|"
    r"医院|车站|机场|港|码头|园区|开发区|局(?![面部限势])|厅|委员会|公司|集团)"
)
FUNCTION_WORDS = frozenset("对在把将由从向为与和及的了是有到于给让使被各该本我每全某这那")
COPIES = re.compile(r"^(?:抄送|抄报|主送)[:]")
RESULT_CLASS = re.compile(
    r"(?:类别|类型|办理结果|办复结果|结果|意见分类)[:为]?[\"“(]?([A-F甲乙丙丁])[类级\"”)]?"
    r"|^\(?([A-F甲乙丙丁])类?\)?[.。]?$|\(([A-F])类?\)(?=的?(?:函|答复|复函)|$)"
)

HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十\d]{1,3}[章节条部分]{1,2}|\d{1,2}[、.](?!\d)).{2,60}"
)
TOP_HEADING = re.compile(r"^(?:([一二三四五六七八九十]{1,3})[、.]|第([一二三四五六七八九十\d]{1,3})部分)")
ENUMERATED = re.compile(
    r"^(?:\([一二三四五六七八九十\d]{1,3}\)|[一二三四五六七八九十]{1,3}、|\d{1,2}[.、](?!\d)|第?[一二三四五六七八九十]是|[①-⑳]).."
)
ENUMERATOR = re.compile(
    r"^(?:\([一二三四五六七八九十\d]{1,3}\)|[一二三四五六七八九十]{1,3}[、是要]|\d{1,2}[.、)](?!\d)|[①-⑳])"
)
COUNT = rf"(?:{CHINESE_DIGITS}{{1,3}}|\d{{1,2}})"
NUMBERING = re.compile(rf"^(?:\({COUNT}\)|{COUNT}[)、.]|第?{COUNT}[是要][,:]?|第{COUNT}[,、:]?|[①-⑳])$")
CONTACT_LABELS = (
    "联系人|联系电话|联系方式|联系地址|联系单位|承办人|经办人|承办单位|办公电话|电话|手机|传真|邮箱|电子邮箱|"
    "电子邮件|邮编|邮政编码|通讯地址|地址|签发人|领导签批"
)
CONTACT_START = re.compile(rf"^[(【]?(?:{CONTACT_LABELS})(?:及\w{{2,4}})?[:)】]")
CONTACT = re.compile(rf"(?:{CONTACT_LABELS}):?(?:{PHONE}|[\d*-]{{7,}})|(?:{CONTACT_LABELS}):.*(?:{CONTACT_LABELS}):")
PHONE_ONLY = re.compile(rf"^\(?(?:{PHONE}|[\d*-]{{7,}})\)?[,;。]?$")
COURTESY = re.compile(
    r"感谢|谢谢|^经(?:我[局委厅办市县区])?(?:认真)?研究[,:]?$|此复|特此(?:答复|函复|回复|函告|告知|致函)|敬请|欢迎.{0,12}(?:批评|监督|提出|意见|建议)|专此|顺致|此致|敬礼|祝(?:您|你)|一如既往|"
    r"已?收悉|不妥|现(?:就|将|对|函)?.{0,16}(?:答复|函告|回复|函复|汇报)如下|尊敬的[^一-鿿]?|您好|你好|非常(?:感谢|重视)|(?:提出|关心).{0,10}(?:宝贵|支持)"
)
FURNITURE = re.compile(
    r"版权所有|ICP备|公网安备|网站标识码|网站地图|^(?:主办|承办|运维|技术支持)(?:单位)?:|技术支持:|建议(?:您)?使用.{0,20}(?:分辨率|浏览器)|即将离开|"
    r"^上一[篇条]|下一[篇条]:|^(?:责任编辑|编辑|审核|校对|作者|来源|信息来源|发布时间|更新时间|发布日期|标签|相关链接|相关阅读|分享到?|浏览次数|访问量|"
    r"点击量|阅读次数|字体|字号)[:】]|^(?:当前位置|您(?:的|所在的|现在的)?位置)|^扫一扫|^[\[【(]?(?:字体|字号|分享到)|您访问的(?:链接|页面)|返回(?:顶部|首页|列表)"
)
FURNITURE_WORD = re.compile(
    r"打印(?:本页)?|关闭(?:窗口|本页)?|分享(?:到)?|收藏|字体|字号|微信|微博|客户端|二维码|联系我们|关于我们|隐私(?:声明|政策)?|无障碍(?:阅读|浏览)?|适老|繁体|"
    r"登录|注册|首页|网站|留言|评论|验证码|标签|浏览次数|访问量|点击量|上一页|下一页|尾页|[大中小](?=[大中小]|$)|相关(?:文章|新闻|链接)|友情链接"
)
CLOSING = re.compile(rf"^(?:附件|抄送|专此|特此|此复|\(此件|(?:{DATE})$)")
OUTLOOK = re.compile(r"下一步|下步|下一阶段|今后|接下来|打算|工作计划|工作安排|工作措施|工作举措|努力方向|未来")
