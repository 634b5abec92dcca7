"""Edits of two letters, graded as a journalist would: the table that the order of scores is tested with.

Every important edit must score above every unimportant one; those of ``MIDDLE`` lie anywhere above the unimportant
ones. The further letters speak of other matters in other words, to test that the rules are general.
"""

from dataclasses import dataclass, field, replace

from storage.records import Attachment, Document, Reply
from tests.storage.comparison.letters import LETTER


@dataclass(frozen=True)
class Edit:
    """An edit: words to be replaced in the letter (all must stand in it), or fields of the document."""

    name: str
    words: tuple[tuple[str, str], ...] = ()
    fields: dict[str, object] = field(default_factory=dict)


FILES = (
    Attachment("https://lm.example.cn/a/1.xlsx", "加装电梯项目清单.xlsx"),
    Attachment("https://lm.example.cn/a/2.pdf", "答复原件.pdf"),
)
FIRST = Document(
    kind="reply",
    title="关于市政协十五届三次会议第20240117号提案的答复",
    text=LETTER,
    publisher="鹿鸣市住房和城乡建设局",
    index_number="lm012/2024-00077",
    keywords=("提案", "电梯"),
    written_on="2024-06-18",
    published_at="2024-06-25",
    attachments=FILES,
    reply=Reply(
        kind="提案", body="政协", term=15, session=3, numbers=("20240117",), addressees=("柳青禾",), result_class="A"
    ),
)


def change(name: str, old: str, new: str) -> Edit:
    """One replacement."""
    return Edit(name, ((old, new),))


IMPORTANT = (
    change("deadline put off by a year", "2024年底前完成", "2025年底前完成"),
    change("deadline dropped", "于2024年底前完成", "适时完成"),
    change("number of lifts lowered", "完成200部电梯", "完成100部电梯"),
    change("figure of the year corrected", "加装电梯326部", "加装电梯226部"),
    change("investment changed", "1.63亿元", "1.36亿元"),
    change("number of people changed", "4,890户", "3,890户"),
    change("percentage changed", "72.5%", "62.5%"),
    change("share lowered", "不低于50%", "不低于30%"),
    change("subsidy changed", "补助20万元", "补助15万元"),
    change("term of payment lengthened", "30个工作日内", "60个工作日内"),
    change("must becomes may", "必须确保工程质量", "可确保工程质量"),
    change("will becomes intends to", "我局将建立加装电梯项目库", "我局拟建立加装电梯项目库"),
    change("shall becomes may", "市财政局应当在", "市财政局可在"),
    change("issued becomes being drafted", "已印发《加装", "正在起草《加装"),
    change("agreed becomes refused", "同意您提出的", "不同意您提出的"),
    change("done becomes not done", "全市已加装电梯", "全市未加装电梯"),
    change("must reduce becomes encouraged", "单位必须减免", "单位鼓励减免"),
    change("must reduce becomes need not", "单位必须减免", "单位不再减免"),
    change("fund withdrawn", "同意您提出的设立专项资金的建议，计划安排专项资金5000万元。\n", ""),
    change("promise removed", "我局将于2024年底前完成200部电梯加装任务，必须确保工程质量。\n", ""),
    change("project list promise removed", "我局将建立加装电梯项目库，实行清单化管理。", ""),
    change(
        "fourth part removed",
        "四、关于地下管线迁改\n供水、供电、燃气等专营单位必须减免迁改费用，减免比例不低于50%。\n",
        "",
    ),
    change(
        "second part removed",
        "二、存在问题\n一是部分低层住户不同意加装，协调难度较大。二是地下管线迁改费用较高，约占总投资的15%。\n",
        "",
    ),
    change("fund changed into study", "计划安排专项资金5000万元", "将研究论证专项资金事宜"),
    Edit("declared invalid", fields={"validity": "失效"}),
    Edit("declared abolished", fields={"validity": "已废止"}),
    Edit(
        "result class changed",
        (),
        {"title": "关于市政协十五届三次会议第20240117号提案的答复（B类）", "result_class": "B"},
    ),
    Edit("attachment removed", (), {"attachments": FILES[1:]}),
    Edit("both attachments removed", (), {"attachments": ()}),
    change("addressee replaced", "尊敬的柳青禾委员：", "尊敬的高若谷委员："),
    change("unit in charge replaced", "市财政局应当在", "市民政局应当在"),
    Edit("file replaced", (), {"attachments": (replace(FILES[0], url="https://lm.example.cn/a/9.xlsx"), FILES[1])}),
    change("refusal added", "实行清单化管理。", "实行清单化管理。关于财政兜底的建议，暂不具备条件，不予采纳。"),
    change("number of the proposal changed", "第20240117号）收悉", "第20240171号）收悉"),
    change("date of the count changed", "截至2023年12月底", "截至2022年12月底"),
)

MIDDLE = (
    change("signed date changed", "2024年6月18日", "2024年7月18日"),
    change("a sentence of background added", "（第20240117号）收悉", "（第20240117号）收悉，我局高度关注群众出行需求"),
    change("cited rules renamed", "《加装电梯工作导则》", "《加装电梯管理办法》"),
    Edit("date of writing changed", fields={"written_on": "2024-07-18"}),
    Edit("date of publication changed", fields={"published_at": "2024-07-25"}),
    Edit("index number changed", fields={"index_number": "lm012/2024-00079"}),
    Edit("file added", (), {"attachments": (*FILES, Attachment("https://lm.example.cn/a/3.pdf", "办理情况.pdf"))}),
    change("difficulty removed", "，协调难度较大", ""),
    Edit("publisher renamed", fields={"publisher": "鹿鸣市住房和城市更新局"}),
)

UNIMPORTANT = (
    change("comma becomes full stop", "全市已加装电梯326部，完成", "全市已加装电梯326部。完成"),
    change("colon of the greeting", "尊敬的柳青禾委员：", "尊敬的柳青禾委员，"),
    change("quotation marks", "《关于完善老旧小区加装电梯政策的提案》", "“关于完善老旧小区加装电梯政策的提案”"),
    change("exclamation mark", "关心和支持！", "关心和支持。"),
    change("thanks put anew", "感谢您对住房和城乡建设工作的关心和支持！", "衷心感谢您一直以来的关心与支持！"),
    change("thanks removed", "感谢您对住房和城乡建设工作的关心和支持！\n", ""),
    change("thanks added", "附件：加装", "再次感谢您的宝贵建议，欢迎继续监督我们的工作。\n附件：加装"),
    change("greeting", "尊敬的柳青禾委员：", "柳青禾委员："),
    change("opening put anew", "收悉，现答复如下：", "已收悉。现将办理情况答复如下："),
    change("slip of the pen", "清单化管理", "清单话管理"),
    change("character corrected", "惠及居民", "惠急居民"),
    change("synonym", "协调难度较大", "协调难度很大"),
    change("particle", "符合条件的项目", "符合条件项目"),
    change("adverb", "一是部分低层住户", "一是有部分低层住户"),
    change("contact removed", "\n联系人：卫东来，电话：0371-60001234", ""),
    change("telephone changed", "0371-60001234", "0371-60005678"),
    change("contact person changed", "联系人：卫东来", "联系人：司马南"),
    change("telephone removed", "，电话：0371-60001234", ""),
    change("layout line added", "尊敬的柳青禾委员：", "【字体：大 中 小】 打印 关闭\n尊敬的柳青禾委员："),
    change("share line added", "60001234", "60001234\n分享到：微信 微博"),
    change(
        "large footer added",
        "60001234",
        "60001234\n版权所有：鹿鸣市人民政府  主办单位：鹿鸣市人民政府办公室\n豫ICP备05001234号  "
        "网站标识码4100000001  公网安备41010002000001号\n"
        "技术支持：鹿鸣市大数据中心  建议使用1024×768分辨率浏览器\n网站地图  联系我们  关于我们  隐私声明\n"
        "您访问的链接即将离开本网站，是否继续？\n上一篇：关于停车难问题的答复  下一篇：关于学位供给的答复",
    ),
    change("neighbour's title changed", "60001234", "60001234\n上一篇：关于停车难问题的答复"),
    change("editor's line added", "60001234", "60001234\n责任编辑：小禾"),
    change(
        "paragraph moved",
        "我局将建立加装电梯项目库，实行清单化管理。对符合条件的项目，市财政局应当在30个工作日内拨付补助资金。\n"
        "同意您提出的设立专项资金的建议，计划安排专项资金5000万元。\n",
        "同意您提出的设立专项资金的建议，计划安排专项资金5000万元。\n"
        "我局将建立加装电梯项目库，实行清单化管理。对符合条件的项目，市财政局应当在30个工作日内拨付补助资金。\n",
    ),
    change("numbering of a heading", "四、关于地下管线迁改", "（四）关于地下管线迁改"),
    change("number written with a comma", "专项资金5000万元", "专项资金5,000万元"),
    Edit("keywords", fields={"keywords": ("提案", "电梯", "住房")}),
    Edit("source", fields={"source": "市住建局"}),
    Edit("file renamed", (), {"attachments": (replace(FILES[0], name="附件：加装电梯项目清单.xlsx"), FILES[1])}),
    Edit("title's brackets", fields={"title": "关于市政协十五届三次会议第20240117号提案的答复。"}),
)

SECOND_TEXT = """对市十六届人大四次会议第0093号建议的答复
丁晓帆等3位代表：
你们提出的“关于加大乡镇中心校寄宿条件改善力度”的建议收悉。经商市发展和改革委员会，现函复如下：
近年来，我市累计投入资金3.2亿元，新建寄宿制学校14所，改造宿舍5.6万平方米，寄宿生由1.1万人增加到1.9万人。
目前，尚有7所学校未安装供暖设施，市教育局已会同有关县（区）完成摸底。
（一）加快补齐短板。今年9月1日前，全面完成7所学校供暖改造，所需经费由市级财政全额承担。
（二）健全保障机制。严格落实生均公用经费标准，寄宿生每生每年增加300元，任何单位不得截留挪用。
（三）配强管理队伍。按照每50名寄宿生配备1名生活教师的要求，逐步配齐生活教师，力争三年内实现全覆盖。
关于您提出的建设校外学生公寓的建议，鉴于用地指标紧张，目前难以实施，我局将作为工作参考。
以上答复如有不妥，敬请批评指正。
青榆市教育局
二〇二三年五月九日
（承办人：邱実  联系电话：8812345）
抄送：市人大常委会代表工作委员会"""

SECOND = Document(
    kind="reply",
    title="对市十六届人大四次会议第0093号建议的答复",
    text=SECOND_TEXT,
    publisher="青榆市教育局",
    document_number="青教建字〔2023〕17号",
    published_at="2023-05-20 09:30",
    attachments=(Attachment("https://qy.example.cn/files/dorm.doc", "宿舍改造一览表.doc"),),
    reply=Reply(kind="建议", body="人大", term=16, session=4, numbers=("0093",), addressees=("丁晓帆",)),
)

SECOND_IMPORTANT = (
    change("deadline by month", "今年9月1日前", "今年12月底前"),
    change("deadline without year dropped", "今年9月1日前，全面完成", "逐步推进"),
    change("schools fewer", "寄宿制学校14所", "寄宿制学校11所"),
    change("money", "3.2亿元", "2.3亿元"),
    change("area", "5.6万平方米", "6.5万平方米"),
    change("full becomes part", "由市级财政全额承担", "由市级财政部分承担"),
    change("payer changed", "由市级财政全额承担", "由县级财政全额承担"),
    change("prohibition lifted", "任何单位不得截留挪用", "有关单位可以统筹使用"),
    change("ratio", "每50名寄宿生配备1名", "每80名寄宿生配备1名"),
    change("three years become five", "力争三年内实现全覆盖", "力争五年内实现全覆盖"),
    change("survey not done", "完成摸底", "正在摸底"),
    change("refusal softened", "目前难以实施，我局将作为工作参考", "我局将抓紧实施"),
    change("subsidy removed", "，寄宿生每生每年增加300元", ""),
    change(
        "part removed",
        "（二）健全保障机制。严格落实生均公用经费标准，寄宿生每生每年增加300元，任何单位不得截留挪用。\n",
        "",
    ),
    change("problem hidden", "目前，尚有7所学校未安装供暖设施，市教育局", "市教育局"),
    change("unit consulted changed", "经商市发展和改革委员会", "经商市财政局"),
    change("addressee", "丁晓帆等3位代表", "丁晓凡等3位代表"),
    change("signatory changed", "\n青榆市教育局\n", "\n青榆市教育体育局\n"),
    Edit("validity", fields={"validity": "此件已失效"}),
    Edit("data sheet removed", (), {"attachments": ()}),
)

SECOND_UNIMPORTANT = (
    change("closing words removed", "以上答复如有不妥，敬请批评指正。\n", ""),
    change("closing words put anew", "以上答复如有不妥，敬请批评指正。", "感谢您对教育事业的关心支持。"),
    change("synonym", "全面完成7所学校", "全部完成7所学校"),
    change("pronoun", "关于您提出的", "关于你们提出的"),
    change("contact removed", "（承办人：邱実  联系电话：8812345）\n", ""),
    change("telephone changed", "8812345", "8854321"),
    change("quotation marks", "“关于加大乡镇中心校寄宿条件改善力度”", "《关于加大乡镇中心校寄宿条件改善力度》"),
    change("slip of the pen", "截留挪用", "截流挪用"),
    change("print line", "抄送：", "打印本页 关闭窗口\n抄送："),
    change("source line", "抄送：", "信息来源：青榆市教育局 发布时间：2023-05-20 浏览次数：15\n抄送："),
    change("full stop", "完成摸底。", "完成摸底；"),
    change("greeting added", "代表：\n", "代表：\n您好！\n"),
    change("particle", "新建寄宿制学校14所", "新建了寄宿制学校14所"),
    change("conjunction", "近年来，我市", "近年来我市"),
    Edit("keywords", fields={"keywords": ("建议",)}),
    Edit("category", fields={"category": "教育"}),
)


def make_edit(document: Document, edit: Edit) -> Document:
    """The document after the edit.

    Raises:
        ValueError: words of the edit do not stand in the letter.
    """
    text = document.text
    for old, new in edit.words:
        if old not in text:
            raise ValueError(f"{edit.name}: {old} is not in the letter")
        text = text.replace(old, new)
    fields = dict(edit.fields)
    result_class = fields.pop("result_class", None)
    edited = replace(document, text=text, **fields)  # type: ignore[arg-type]  # the table names fields of Document
    if result_class and edited.reply:
        edited = replace(edited, reply=replace(edited.reply, result_class=str(result_class)))
    return edited


THIRD_TEXT = """沧浪县人民政府办公室关于县政协九届二次会议第56号提案的答复函
县工商联：
贵会提出的《关于整治沿河小化工企业的提案》收悉，经县生态环境分局、县应急管理局认真研究，答复如下。
一、已开展的工作
2022年以来，我县关停沿河化工企业23家，立案查处环境违法案件41起，罚款金额总计386.5万元；河道断面水质由Ⅳ类提升至Ⅲ类。
县财政先后拨付治理资金2.1亿元，用于清淤、截污和岸坡修复，沿河9个村饮水安全得到保障。
二、存在的困难
部分企业搬迁意愿不强，省级补助资金尚未到位，园区污水处理厂二期日处理能力仅为1.5万吨。
三、下步打算
（一）倒排工期。2023年10月底前，剩余6家企业全部退出；逾期未退出的，依法予以关闭。
（二）加密监测。每月公布一次断面水质监测结果，接受社会监督。
（三）追究责任。对监管失职的，由县纪委监委严肃问责。
关于将河段划入饮用水水源保护区的建议，我们予以采纳，已报请市政府审批。
年份\t关停企业（家）\t投入（万元）
2021\t5\t3200
2022\t18\t17800
办理结果：A
衷心感谢贵会对生态环境保护工作的关注，恳请继续给予监督指导。
沧浪县人民政府办公室
2023年4月27日
（此件公开发布）
承办单位：沧浪县生态环境分局  经办人：褚云舟  电话：13800001111"""

THIRD = Document(
    kind="reply",
    title="关于县政协九届二次会议第56号提案的答复函",
    text=THIRD_TEXT,
    publisher="沧浪县人民政府办公室",
    document_number="沧政办函〔2023〕31号",
    published_at="2023-05-04",
    validity="有效",
)

THIRD_IMPORTANT = (
    change("deadline", "2023年10月底前", "2023年12月底前"),
    change("deadline without date", "2023年10月底前，剩余6家企业全部退出", "剩余6家企业有序退出"),
    change("all becomes most", "剩余6家企业全部退出", "剩余6家企业大部分退出"),
    change("sanction softened", "依法予以关闭", "依法督促整改"),
    change("closed firms", "沿河化工企业23家", "沿河化工企业13家"),
    change("fines", "386.5万元", "286.5万元"),
    change("cases removed", "立案查处环境违法案件41起，罚款金额总计386.5万元；", ""),
    change("water class", "提升至Ⅲ类", "提升至Ⅱ类"),
    change("published no more", "（二）加密监测。每月公布一次断面水质监测结果，接受社会监督。\n", ""),
    change("monthly becomes yearly", "每月公布一次", "每年公布一次"),
    change("responsibility removed", "（三）追究责任。对监管失职的，由县纪委监委严肃问责。\n", ""),
    change("adopted becomes kept for reference", "我们予以采纳，已报请市政府审批", "我们将认真研究，作为今后工作参考"),
    change("adopted becomes not adopted", "我们予以采纳，", "我们不予采纳，"),
    change("money spent", "治理资金2.1亿元", "治理资金1.2亿元"),
    change("funds have come", "尚未到位", "已到位"),
    change("capacity", "仅为1.5万吨", "为2.5万吨"),
    change("cell of a table", "2022\t18\t17800", "2022\t18\t7800"),
    change("row of a table removed", "2021\t5\t3200\n", ""),
    change("result class", "办理结果：A", "办理结果：B"),
    change(
        "difficulties removed",
        "二、存在的困难\n部分企业搬迁意愿不强，省级补助资金尚未到位，园区污水处理厂二期日处理能力仅为1.5万吨。\n",
        "",
    ),
    change("unit consulted", "县应急管理局认真研究", "县水利局认真研究"),
    change("who asked", "县工商联：", "县科协："),
    Edit("expired", fields={"validity": "失效"}),
    change("number of the proposal in the heading", "第56号提案的答复函\n", "第65号提案的答复函\n"),
)

THIRD_UNIMPORTANT = (
    change("thanks", "衷心感谢贵会对生态环境保护工作的关注，恳请继续给予监督指导。", "感谢贵会的关心和支持！"),
    change("thanks removed", "衷心感谢贵会对生态环境保护工作的关注，恳请继续给予监督指导。\n", ""),
    change("clerk removed", "  经办人：褚云舟  电话：13800001111", ""),
    change("clerk's number masked", "13800001111", "138****1111"),
    change("last line removed", "\n承办单位：沧浪县生态环境分局  经办人：褚云舟  电话：13800001111", ""),
    change("slip of the pen", "清淤、截污", "清於、截污"),
    change("word order", "认真研究，答复如下", "认真研究，现答复如下"),
    change("mark of the opening", "答复如下。", "答复如下："),
    change("semicolon", "386.5万元；", "386.5万元，"),
    change("function word", "用于清淤", "主要用于清淤"),
    change("synonym", "接受社会监督", "接受群众监督"),
    change("comma dropped", "用于清淤、截污和岸坡修复，沿河", "用于清淤、截污和岸坡修复沿河"),
    change(
        "menu above",
        "沧浪县人民政府办公室关于县政协",
        "当前位置：首页 > 政务公开 > 提案办理\n沧浪县人民政府办公室关于县政协",
    ),
    change("share below", "（此件公开发布）", "（此件公开发布）\n扫一扫在手机打开当前页"),
    change("counter below", "（此件公开发布）", "（此件公开发布）\n访问量：1024"),
    change("headings swapped in style", "（一）倒排工期", "1．倒排工期"),
    Edit("valid as before", fields={"validity": "有效", "keywords": ("环保",)}),
    Edit(
        "three slips of the pen",
        (("清淤", "清於"), ("得到保障", "得到保证"), ("搬迁意愿", "搬迁意原"), ("严肃问责", "严素问责")),
    ),
)


FOURTH_TEXT = """对十三届全国人大五次会议第7318号建议的答复
海医保建复〔2022〕214号
欧阳雪、简宁代表：
您们提出的关于提高罕见病用药保障水平的建议收悉，现答复如下：
罕见病患者的用药需求一直受到党和政府的重视。2021年，国家医保药品目录新纳入罕见病用药7种，平均降价65.3%。
一是建立多层次保障。基本医保、大病保险、医疗救助三重制度支付后，患者个人负担比例降至28%左右。
二是规范用药管理。对纳入目录的药品，要求定点医疗机构不得以费用总控等理由影响患者用药。
关于设立罕见病用药专项基金，目前条件尚不成熟，我们将会同有关部门继续研究论证。
关于将门诊用药纳入“双通道”管理，我局已于2022年3月启动试点，首批覆盖31家医院，2023年起在全省推开。
关于提高救助限额，经与省财政厅协商，自2023年1月1日起，年度救助限额由5万元提高至8万元。
下一步，我局将把谈判药品落地情况列入年度考核，每半年通报一次，并于2023年6月底前出台罕见病用药保障实施细则。
感谢您们对医疗保障工作的理解和支持。
海棠省医疗保障局
2022年8月11日
联系单位及电话：待遇保障处，0898-66668888
附件：1.罕见病用药目录
2.试点医院名单"""

FOURTH = Document(
    kind="reply",
    title="对十三届全国人大五次会议第7318号建议的答复",
    text=FOURTH_TEXT,
    publisher="海棠省医疗保障局",
    document_number="海医保建复〔2022〕214号",
    written_on="2022-08-11",
    attachments=(
        Attachment("https://yb.example.cn/P020220811.pdf", "罕见病用药目录.pdf"),
        Attachment("https://yb.example.cn/P020220812.pdf", "试点医院名单.pdf"),
    ),
)

FOURTH_IMPORTANT = (
    change("month dropped", "并于2023年6月底前出台", "并适时出台"),
    change("month put off", "2023年6月底前", "2023年12月底前"),
    change("in force later", "自2023年1月1日起", "自2024年1月1日起"),
    change("limit lowered", "提高至8万元", "提高至6万元"),
    change("limit raised becomes kept", "年度救助限额由5万元提高至8万元", "年度救助限额维持5万元不变"),
    change("hospitals", "首批覆盖31家医院", "首批覆盖13家医院"),
    change("pilot started becomes planned", "我局已于2022年3月启动试点", "我局拟于2022年10月启动试点"),
    change("province becomes some cities", "在全省推开", "在部分市县推开"),
    change("share", "降至28%左右", "降至38%左右"),
    change("price cut", "平均降价65.3%", "平均降价56.3%"),
    change("kinds of drugs", "罕见病用药7种", "罕见病用药4种"),
    change("must not becomes should avoid", "不得以费用总控等理由", "尽量避免以费用总控等理由"),
    change("not ripe becomes ripe", "条件尚不成熟", "条件已经成熟"),
    change("study becomes no study", "我们将会同有关部门继续研究论证", "暂不考虑设立"),
    change("assessment removed", "我局将把谈判药品落地情况列入年度考核，每半年通报一次，并于", "我局将于"),
    change("reporting less often", "每半年通报一次", "每年通报一次"),
    change(
        "pilot removed",
        "关于将门诊用药纳入“双通道”管理，我局已于2022年3月启动试点，首批覆盖31家医院，2023年起在全省推开。\n",
        "",
    ),
    change(
        "limit removed",
        "关于提高救助限额，经与省财政厅协商，自2023年1月1日起，年度救助限额由5万元提高至8万元。\n",
        "",
    ),
    change(
        "second measure removed",
        "二是规范用药管理。对纳入目录的药品，要求定点医疗机构不得以费用总控等理由影响患者用药。\n",
        "",
    ),
    change("partner", "经与省财政厅协商", "经与省民政厅协商"),
    change("one deputy removed", "欧阳雪、简宁代表：", "欧阳雪代表："),
    change("number of the suggestion", "第7318号建议", "第7381号建议"),
    Edit("list of hospitals removed", (), {"attachments": FOURTH.attachments[:1]}),
    Edit(
        "list replaced",
        (),
        {
            "attachments": (
                FOURTH.attachments[0],
                Attachment("https://yb.example.cn/P020230101.pdf", "试点医院名单.pdf"),
            )
        },
    ),
    Edit("no longer valid", fields={"validity": "废止"}),
    Edit("document number", fields={"document_number": "海医保建复〔2022〕241号"}),
    change("document number in the text", "〔2022〕214号", "〔2022〕241号"),
)

FOURTH_UNIMPORTANT = (
    change("you", "您们提出的", "你们提出的"),
    change("thanks", "感谢您们对医疗保障工作的理解和支持。", "感谢对我们工作的理解与支持！"),
    change("thanks removed", "感谢您们对医疗保障工作的理解和支持。\n", ""),
    change("opening", "收悉，现答复如下：", "收悉。经研究，现答复如下："),
    change("telephone", "0898-66668888", "0898-66669999"),
    change("contact removed", "联系单位及电话：待遇保障处，0898-66668888\n", ""),
    change("slip of the pen", "影响患者用药", "影晌患者用药"),
    change("slip of the pen with a sound", "推开。", "推开。。"),
    change("synonym", "一直受到党和政府的重视", "一直受到党和政府的高度重视"),
    change("order of two words", "理解和支持", "支持和理解"),
    change("quotation marks", "“双通道”管理", "「双通道」管理"),
    change("brackets of the number", "〔2022〕214号", "[2022]214号"),
    change("attachment's label", "附件：1.罕见病用药目录", "附件1：罕见病用药目录"),
    change("particle", "规范用药管理", "规范了用药管理"),
    change("numbering", "一是建立", "（一）建立"),
    change("footer", "2.试点医院名单", "2.试点医院名单\n主办：海棠省医疗保障局  备案号：琼ICP备20000001号-1"),
    change("reader's box", "2.试点医院名单", "2.试点医院名单\n扫一扫在手机打开当前页\n【打印】【关闭】"),
    change("next page", "2.试点医院名单", "2.试点医院名单\n下一篇：对第7319号建议的答复"),
    change(
        "paragraphs changed places",
        "一是建立多层次保障。基本医保、大病保险、医疗救助三重制度支付后，患者个人负担比例降至28%左右。\n"
        "二是规范用药管理。对纳入目录的药品，要求定点医疗机构不得以费用总控等理由影响患者用药。\n",
        "二是规范用药管理。对纳入目录的药品，要求定点医疗机构不得以费用总控等理由影响患者用药。\n"
        "一是建立多层次保障。基本医保、大病保险、医疗救助三重制度支付后，患者个人负担比例降至28%左右。\n",
    ),
    Edit("keywords", fields={"keywords": ("医保", "建议")}),
    Edit("source", fields={"source": "省医保局"}),
)
