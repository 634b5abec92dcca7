"""Replies composed from word lists: each with its own number, title and text, the same for the same seed."""

import random
from datetime import date, timedelta
from itertools import islice, product

from tests.site.files import make_pdf
from tests.site.model import Article, Column, File, Plan

COLUMN = "zxta"
_NEWEST = date(2025, 12, 29)
_STEP = timedelta(days=3)
_FILE_EVERY = 25  # each file is read in a process of its own, which takes its time

_UNITS = (
    "市教育局",
    "市民政局",
    "市水利局",
    "市交通运输局",
    "市卫生健康委员会",
    "市住房和城乡建设局",
    "市文化和旅游局",
)
_MEMBERS = ("周立", "吴晓岚", "郑秋实", "王安", "冯远山", "陈可心", "褚梅", "卫东亮", "蒋一鸣")
_PLACES = ("东湖片区", "北山新城", "老城三条街", "柳河两岸", "高新园区", "南站周边", "六个山区乡镇")
_WORKS = (
    "老旧小区加装电梯",
    "中小学课后服务",
    "社区养老服务站建设",
    "农村饮水安全",
    "公共停车泊位共享",
    "夜间公交线路延长",
    "儿童友好空间改造",
    "基层医疗机构用药保障",
)
_VERBS = ("加快推进", "进一步规范", "持续完善", "统筹做好")
_OPENINGS = (
    "您提出的{subject}的提案收悉，现答复如下：",
    "您关于{subject}的提案，我们高度重视，会同有关单位认真研究，现将办理情况答复如下：",
)
_FACTS = (
    "一、基本情况。截至{year}年底，{place}共有相关设施{count}处，覆盖居民{people}万人，较上年增长{rate}%。",
    "一、现状与问题。经调查，{place}现有点位{count}个，其中{part}个建成时间较早，服务半径超过{metres}米，居民反映较为集中。",
    "一、已开展的工作。近年来我市累计投入资金{money}万元，在{place}完成改造项目{part}个，惠及群众{people}万人。",
)
_MEASURES = (
    "一是加强统筹。建立由{unit}牵头、{other}配合的联席会议制度，每季度调度一次，{year}年以来已召开会议{few}次。",
    "二是加大投入。{year}年安排专项资金{money}万元，优先支持{place}的{part}个项目，力争年内完工率达到{rate}%。",
    "三是完善标准。印发《{work}工作指引（试行）》，明确了{few}类{part}项具体要求，并向社会公开征求意见。",
    "四是强化监督。聘请{part}名社会监督员，对群众反映的{count}条意见逐一销号，办结率为{rate}%。",
    "五是做好宣传。通过政务新媒体发布相关信息{count}条，现场解答咨询{metres}人次。",
)
_PLANS = (
    "下一步，我们将把您的建议纳入{year}年重点工作，由{other}在{month}月底前拿出实施方案，{place}先行试点。",
    "下一步，我市将继续{verb}{work}，计划用{few}年时间完成剩余{count}处改造任务，请您继续关注和监督。",
)
_THANKS = "感谢您对我市{work}工作的关心和支持！"


def compose_plan(key: str, name: str, articles: tuple[Article, ...], page_size: int) -> Plan:
    """A site with one column and no events."""
    column = Column(COLUMN, "提案", "政协提案答复")
    return Plan(key=key, name=name, columns=(column,), articles=articles, page_size=page_size)


def compose_articles(count: int, *, seed: str, is_hex: bool = False) -> tuple[Article, ...]:
    """So many replies, newest first. Ids are numbers, or 32 hexadecimal digits."""
    chance = random.Random(seed)  # noqa: S311 - words, not secrets
    subjects = [f"{verb}{place}{work}" for place, verb, work in product(_PLACES, _VERBS, _WORKS)]
    chance.shuffle(subjects)
    return tuple(
        _compose_article(chance, place, subject, _make_key(chance, place, is_hex=is_hex))
        for place, subject in enumerate(islice(subjects, count))
    )


def _make_key(chance: random.Random, place: int, *, is_hex: bool) -> str:
    return f"{chance.getrandbits(100):028x}{place:04x}" if is_hex else str(4700000 + 37 * place)


def _compose_article(chance: random.Random, place: int, subject: str, key: str) -> Article:
    number = f"{10 + 7 * place:04}"
    published = _NEWEST - place * _STEP
    unit, other = chance.sample(_UNITS, 2)
    titles = (
        f"{unit}关于政协第十四届三次会议第{number}号提案的答复",
        f"关于政协云泽市第十四届委员会第三次会议第{number}号“关于{subject}的提案”的答复",
        f"对市政协十四届三次会议第{number}号提案（{subject}）的答复",
        f"云泽{unit}关于对政协第{number}号提案《关于{subject}的建议》办理情况的答复函",
    )
    written = published - timedelta(days=chance.randint(1, 9))
    return Article(
        key=key,
        column=COLUMN,
        title=titles[place % len(titles)],
        paragraphs=_compose_text(chance, subject, (unit, other), written),
        index_number=f"0058{place:05}/{published.year}-{number}",
        publisher=unit,
        keywords="提案 答复",
        written_on=written.isoformat(),
        published_on=published.isoformat(),
        files=_attach_table(key, number) if place % _FILE_EVERY == _FILE_EVERY - 1 else (),
    )


def _compose_text(chance: random.Random, subject: str, units: tuple[str, str], written: date) -> tuple[str, ...]:
    words = {
        "subject": subject,
        "unit": units[0],
        "other": units[1],
        "place": chance.choice(_PLACES),
        "work": chance.choice(_WORKS),
        "verb": chance.choice(_VERBS),
        "year": written.year,
        "count": chance.randint(40, 980),
        "part": chance.randint(5, 39),
        "few": chance.randint(2, 9),
        "month": chance.randint(1, 12),
        "metres": chance.randint(3, 30) * 100,
        "money": chance.randint(120, 9800),
        "people": chance.randint(11, 99) / 10,
        "rate": chance.randint(51, 989) / 10,
    }
    measures = sorted(chance.sample(_MEASURES, chance.randint(2, 4)), key=_MEASURES.index)
    sentences = (chance.choice(_OPENINGS), chance.choice(_FACTS), *measures, chance.choice(_PLANS), _THANKS)
    return (
        f"尊敬的{chance.choice(_MEMBERS)}委员：",
        *(sentence.format(**words) for sentence in sentences),
        f"云泽{units[0]}",
        f"{written.year}年{written.month}月{written.day}日",
        f"（联系人：{chance.choice(_MEMBERS)}，联系电话：0391-66{chance.randint(10000, 99999)}）",
    )


def _attach_table(key: str, number: str) -> tuple[File, ...]:
    return (File(f"P{key}.pdf", f"第{number}号提案任务分解表.pdf", make_pdf((f"Proposal {number}", f"Id {key}"))),)
