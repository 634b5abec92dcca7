"""云泽市, a city that does not exist: its replies, and a week in which some of them change.

Rounds are days. A crawler that visits on days 0, 2, 3, 4 and 7 can see every event; nothing happens on day 3.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.site import edits
from tests.site.files import make_pdf
from tests.site.model import Article, Column, Edit, Event, File, Manner, Plan, Verb

VISITS = (0, 2, 3, 4, 7)  # the days on which a crawl sees all

_REPLIES = Path(__file__).with_name("replies")
_LATER = "6100245"  # published during the week
_WITH_FILE = "6200066"


def read_article(path: Path) -> Article:
    """A reply from its file: lines ``name: value``, an empty line, then one paragraph a line; the stem is its id.

    Raises:
        TypeError: a name that an `Article` has not, or one that it misses.
    """
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    values: dict[str, Any] = dict(line.split(": ", 1) for line in head.splitlines())
    return Article(key=path.stem, paragraphs=tuple(body.strip().splitlines()), **values)


def read_articles() -> dict[str, Article]:
    """All replies of the city by id, the latest first in each column."""
    articles = {path.stem: read_article(path) for path in sorted(_REPLIES.glob("*.txt"), reverse=True)}
    articles[_WITH_FILE] = replace(articles[_WITH_FILE], files=(_make_table("2026-10-01"),))
    return articles


def _make_table(finished_on: str) -> File:
    """The table of works that one reply has for an attachment."""
    lines = ("Lanqing riverside path: works in 2026", f"1. Railway bridge, 260 m, until {finished_on}")
    return File("6200066-1.pdf", "澜清河滨水步道2026年实施项目表.pdf", make_pdf(lines))


def plan_week() -> Plan:
    """The city's site and the script of its week."""
    articles = read_articles()
    return Plan(
        key="yunze",
        name="云泽市人民政府",
        columns=(Column("D1102X", "提案", "政协提案答复"), Column("D1101X", "建议", "人大建议答复")),
        articles=tuple(article for key, article in articles.items() if key != _LATER),
        events=(*_list_edits(), *_list_disappearances(), *_list_noise(), _publish_later(articles[_LATER])),
        page_size=4,
    )


def _publish_later(article: Article) -> Event:
    return Event(round=4, verb=Verb.PUBLISH, key=article.key, article=article, note="a reply published on day 4")


def _list_edits() -> tuple[Event, ...]:
    return (
        _edit(2, "6100231", "a number: 3200 parking places become 2300", edits.swap_words("3200个", "2300个")),
        _edit(4, "6100224", "a deadline put off by half a year", edits.swap_words("2026年6月底前", "2026年12月底前")),
        _edit(
            2,
            "6100218",
            "已 becomes 未: money no longer in the budget",
            edits.swap_words("已纳入2026年", "未纳入2026年"),
        ),
        _edit(4, "6100209", "a whole section removed", _drop_section_three),
        _edit(7, "6100203", "a paragraph moved", edits.shift_paragraph("在服务方面", before="在人才方面")),
        _edit(2, "6200117", "a title corrected", edits.correct_title("关于加快东屏区农村饮水安全工程建设的建议答复")),
        _edit(4, "6200112", "a written date corrected", edits.correct_written_date("2026-02-13")),
        _edit(4, _WITH_FILE, "another PDF at the same address", edits.replace_file(_make_table("2026-12-31"))),
        _edit(
            7,
            "6200104",
            "punctuation only",
            edits.swap_words("的关心，并请继续提出意见。", "的关心。并请继续提出意见！"),
        ),
    )


def _drop_section_three(article: Article) -> Article:
    shorter = edits.drop_section("三、清理违规经营", "四、适度开放利用")(article)
    return edits.swap_words("四、适度开放利用", "三、适度开放利用")(shorter)


def _list_disappearances() -> tuple[Event, ...]:
    return (
        Event(round=2, verb=Verb.REMOVE, key="6100196", note="removed for good, 404"),
        Event(
            round=2,
            verb=Verb.REMOVE,
            key="6200098",
            manner=Manner.SOFT_MISSING,
            note="removed for good, but answers 200 and 页面不存在",
        ),
        Event(round=2, verb=Verb.REMOVE, key="6100168", note="removed"),
        Event(round=7, verb=Verb.RESTORE, key="6100168", note="back again on day 7"),
        Event(round=2, verb=Verb.MOVE, key="6100187", new_key="6100248", note="published anew under another id"),
        Event(round=4, verb=Verb.MOVE, key="6200079", folder="zxjyta", note="moved to another folder, 301"),
    )


def _list_noise() -> tuple[Event, ...]:
    """What must never be told."""
    return (
        Event(round=2, verb=Verb.DISTURB, key="6200091", manner=Manner.FAIL, tries=1, note="500 once"),
        Event(round=4, verb=Verb.DISTURB, key="6100175", manner=Manner.BLOCK, note="a firewall's script on day 4"),
        Event(round=4, verb=Verb.DISTURB, key="6200085", manner=Manner.SLOW, note="slow on day 4"),
        _edit(7, "6200085", "full-width marks and white space only", edits.narrow_punctuation()),
        Event(round=7, verb=Verb.REDESIGN, note="a redesign of the whole site"),
    )


def _edit(day: int, key: str, note: str, edit: Edit) -> Event:
    return Event(round=day, verb=Verb.EDIT, key=key, note=note, edit=edit)
