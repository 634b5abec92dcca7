"""The anatomy of replies: the forms listed for each field."""

import pytest

from crawler.extraction.classification import classify_document
from crawler.extraction.numbers import find_numbers
from crawler.extraction.reference import split_reference
from crawler.extraction.reply import read_reply
from storage.records import Units


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("对省政协第十二届四次会议 第1240413号提案的答复", ("1240413",)),
        ("第028号建议", ("028",)),
        ("第0038号代表建议", ("0038",)),
        ("第8E020号提案", ("8E020",)),
        ("关于第12、35号提案的答复", ("12", "35")),
        ("第12号、第35号提案", ("12", "35")),
        ("第101-103号提案", ("101", "102", "103")),
        ("第02403（医疗卫生类173号）提案", ("02403",)),
        ("《关于发展低空经济的提案》（第20230158号）", ("20230158",)),
        ("国中医药建字〔2021〕79号", ()),
        ("建提复字〔2023〕第29号", ()),
        ("第十二届四次会议", ()),
        ("对1240413号提案的答复", ("1240413",)),
        ("第三十五号提案", ("三十五",)),
        ("国务院令第714号公布的条例", ()),
        ("市政府第66号令", ()),
        ("没有编号的建议", ()),
    ],
)
def test_numbers_are_texts(text: str, numbers: tuple[str, ...]) -> None:
    """Leading zeros and letters stay, joint replies give all their numbers, document numbers are none."""
    assert find_numbers(text) == numbers


@pytest.mark.parametrize(
    ("line", "names", "role"),
    [
        ("尊敬的霍传富委员:", ("霍传富",), "委员"),
        ("李明、王秀兰代表：", ("李明", "王秀兰"), "代表"),
        ("陈晓东、刘芳等委员：", ("陈晓东", "刘芳"), "委员"),
        ("吴建平(等4位)代表：", ("吴建平",), "代表"),
        ("王 芳 代表：", ("王芳",), "代表"),
        ("钱进委员、孙丽委员：", ("钱进", "孙丽"), "委员"),
        ("九三学社南湾市委：", ("九三学社南湾市委",), None),
        ("民盟江南省委员会：", ("民盟江南省委员会",), None),
        ("市发展和改革委员会：", ("市发展和改革委员会",), None),
        ("民进中央：", ("民进中央",), None),
        ("尊敬的民革某市委会：", ("民革某市委会",), None),
        ("县政协委员组：", ("县政协委员组",), None),
        ("钱、孙代表：", ("钱", "孙"), "代表"),
        ("二位委员：", (), "委员"),
    ],
)
def test_addressees_are_read(line: str, names: tuple[str, ...], role: str | None) -> None:
    """One to eight names, committees and bureaus, with the role apart from the kind."""
    reply = read_reply("关于第1号提案的答复", None, [line, "您提出的提案收悉，现答复如下："], None)
    assert (reply.addressees, reply.addressee_role) == (names, role)


@pytest.mark.parametrize(
    ("title", "level", "body", "term", "session"),
    [
        ("对省政协第十二届四次会议第1240413号提案的答复", "省", "政协", 12, 4),
        ("对市十五届人大三次会议第028号建议的答复", "市", "人大", 15, 3),
        ("对十四届全国人大二次会议第4720号建议的答复", "全国", "人大", 14, 2),
        ("关于政协第十三届全国委员会第四次会议第0173号提案答复的函", "全国", "政协", 13, 4),
        ("关于政协临江区十届二次会议第12号提案的答复", "区", "政协", 10, 2),
        ("关于自治区政协12届3次会议第26号提案的答复", "自治区", "政协", 12, 3),
        ("关于县第十八届人大二次会议第4号建议的答复", "县", "人大", 18, 2),
        ("关于政协某某市第九届委员会第28号提案的答复", "市", "政协", 9, None),
    ],
)
def test_meeting_is_read(title: str, level: str, body: str, term: int, session: int | None) -> None:
    """Level, body, term and session, in either order and either numerals."""
    reply = read_reply(title, None, ["张三委员：", "现答复如下："], None)
    assert (reply.level, reply.body, reply.term, reply.session) == (level, body, term, session)


@pytest.mark.parametrize(
    ("title", "lines", "letter"),
    [
        ("关于第5号提案办理情况(A)的函", ["张三委员："], "A"),
        ("关于第5号提案的答复", ["类别:B", "张三委员："], "B"),
        ("关于第5号提案的答复", ["C", "张三委员："], "C"),
        ("关于第5号提案的答复", ["A类", "张三委员："], "A"),
        ("关于第5号提案的答复", ["张三委员：", "办理结果：Ｂ"], "B"),
        ("关于第5号提案的答复", ["（甲）", "张三委员："], "甲"),
        ("关于第5号提案的答复", ["张三委员：", "A市经济发展良好。"], None),
    ],
)
def test_result_class_is_the_letter(title: str, lines: list[str], letter: str | None) -> None:
    """The letter stands in the title, above the addressee or at the end; it is never translated."""
    assert read_reply(title, None, lines, None).result_class == letter


def test_kind_is_told_from_the_role() -> None:
    """A proposal addressed to a deputy stays a proposal."""
    reply = read_reply("关于第5号提案的答复", None, ["张三代表：", "您提出的提案收悉。"], None)
    assert (reply.kind, reply.addressee_role) == ("提案", "代表")


@pytest.mark.parametrize(
    ("title", "line", "subject"),
    [
        ("关于重视并加快推进郑开同城化提案的答复", "", "重视并加快推进郑开同城化"),
        ("关于第5号提案的答复", "您提出的《关于加强古树保护的提案》收悉。", "加强古树保护"),
        ("关于第5号提案的答复", "您提出的关于“保护彝族文化”的提案收悉。", "保护彝族文化"),
        ("关于第5号提案的答复", "您提出的《关于“双减”政策落实的建议》收悉。", "“双减”政策落实"),
        ("关于第5号提案的答复", "《关于加快堤岸加固的建议》（第5号）由我局办理。", "加快堤岸加固"),
        ("关于第5号提案的答复", "您提出的提案收悉。", None),
    ],
)
def test_subject_is_read(title: str, line: str, subject: str | None) -> None:
    """What the proposal is about stands in the title or in the opening, in any marks; it is never made up."""
    assert read_reply(title, None, ["张三委员：", line], None).subject == subject


def test_units_and_contact_lines_are_read() -> None:
    """Main and assisting units, signer and openness come from lines of their own."""
    lines = [
        "张三委员：",
        "现答复如下：",
        "主办单位：市教育局",
        "会办单位：市财政局、市人社局",
        "签发人：李四",
        "（此件公开发布）",
    ]
    reply = read_reply("关于第5号提案的答复", None, lines, None)
    assert reply.units == Units(("市教育局",), ("市财政局", "市人社局"))
    assert (reply.signed_by, reply.openness) == ("李四", "此件公开发布")


def test_numbers_of_title_and_body_are_kept_apart() -> None:
    """When they disagree both are kept."""
    reply = read_reply(
        "关于第110号提案的答复", None, ["张三委员：", "您提出的《关于加装电梯的提案》（第111号）收悉。"], None
    )
    assert (reply.numbers, reply.numbers_in_body) == (("110",), ("111",))


@pytest.mark.parametrize(
    ("heading", "title", "reference"),
    [
        (
            "关于重视并加快推进郑开同城化提案的答复 对省政协第十二届四次会议 第1240413号提案的答复",
            "关于重视并加快推进郑开同城化提案的答复",
            "对省政协第十二届四次会议 第1240413号提案的答复",
        ),
        ("对市十五届人大三次会议第028号建议的答复", None, "对市十五届人大三次会议第028号建议的答复"),
        ("关于加强养老服务的提案的答复", "关于加强养老服务的提案的答复", None),
    ],
)
def test_reference_line_is_split_off(heading: str, title: str | None, reference: str | None) -> None:
    """A heading of two lines gives title and reference line."""
    assert split_reference(heading) == (title, reference)


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("关于推进同城化提案的答复", "张三委员：\n您提出的提案收悉，现答复如下：", "reply"),
        ("某市财政局关于第12号提案办理情况(A)的函", "张三委员：\n现函告如下：", "reply"),
        ("市教育局2023年建议提案办理工作情况总结", "2023年，我局共承办建议提案32件。", "summary"),
        ("2023年政协提案办理情况一览表", "序号\t编号\t题目", "summary"),
        ("市卫生健康委关于第0452号提案的会办意见", "市教育局：\n现将会办意见函告如下：", "other"),
        ("关于加快地铁建设的提案", "案由：关于加快地铁建设。", "proposal"),
        ("关于做好2023年人大代表建议办理工作的通知", "各单位：\n现将有关事项通知如下。", "notice"),
        ("政协提案办理工作规定", "第一条", "notice"),
        ("2025年国民经济和社会发展统计公报", "2025年是十四五收官之年。", "other"),
    ],
)
def test_pages_of_a_column_are_told_apart(title: str, text: str, kind: str) -> None:
    """Not every page in a column of replies is a reply."""
    assert classify_document(title, None, text) == kind
