"""Another way of writing is no other value."""

import pytest

from storage.comparison.document_diff import compare_documents
from storage.comparison.notation import write_value
from storage.records import Difference, Document


def compare(old: str, new: str) -> Difference:
    """What a reader is told of two sentences."""
    return compare_documents(
        Document(text=f"前文一段。\n{old}\n后文一段。"), Document(text=f"前文一段。\n{new}\n后文一段。")
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("二〇二一年五月三十一日", "2021年5月31日"),
        ("二○二一年五月", "二〇二一年5月"),
        ("2024-05-09", "2024年05月9日"),
        ("1.2万吨", "12,000吨"),
        ("一亿二千万元", "1.2亿元"),
        ("百分之五十", "50%"),
        ("三十个工作日以内", "30个工作日内"),
        ("第十八条", "第18条"),
        ("两个", "2个"),
    ],
)
def test_values_have_one_way_of_writing(old: str, new: str) -> None:
    """Chinese and Arabic numerals, multiples, leading zeros and separators say the same."""
    assert write_value(old) == write_value(new)


@pytest.mark.parametrize("value", ["十四五", "二三十", "99999999999999999999999999999"])
def test_what_is_no_number_stays(value: str) -> None:
    """A plan's name, a guess and a row of digits are left as they are."""
    assert write_value(value) == value


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("二〇二二年六月三十日", "2022年6月30日"),
        ("日供水能力提高到1.2万吨。", "日供水能力提高到12000吨。"),
        ("占百分之五十。", "占50%。"),
        ("建成三座公园。", "建成3座公园。"),
    ],
)
def test_another_way_of_writing_hardly_matters(old: str, new: str) -> None:
    """It is told, as what it is, and in one place."""
    told = compare(old, new)
    assert told.reasons == ("notation",)
    assert told.score < 0.1
    assert told.summary.en == "Another way of writing in one place"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("“十四五”期间完成。", "“十五五”期间完成。", "deadline"),
        ("一名干部受到处分。", "三名干部受到处分。", "number"),
        ("补助二分之一。", "补助三分之一。", "number"),
        ("第三中学列入计划。", "第四中学列入计划。", "number"),
        ("由开发商承担维修费用。", "由业主承担维修费用。", "unit"),
        ("资金由中央财政安排。", "资金由地方财政安排。", "unit"),
        ("水质达标。", "水质超标。", "negation"),
        ("在马头山镇设立服务点。", "在牛头山镇设立服务点。", "place"),
        ("解放路北段改造工程已完工。", "建设路北段改造工程已完工。", "place"),
        ("副市长李明主持会议。", "副市长王明主持会议。", "name"),
        ("建议予以采纳。", "建议留作参考。", "refusal"),
        ("户籍老人每餐补贴。", "老人每餐补贴。", "scope"),
    ],
)
def test_other_values_matter(old: str, new: str, code: str) -> None:
    """What is written nearly alike may be another plan, number, payer, place or person."""
    told = compare(old, new)
    assert code in told.reasons
    assert told.score > 0.3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("（国卫医函〔2021〕126号）已印发。", "（国卫医函[2021]126号）已印发。"),
        ("2021—2023年的计划。", "2021-2023年的计划。"),
    ],
)
def test_brackets_and_dashes_between_digits_are_punctuation(old: str, new: str) -> None:
    """They are told with the lowest score."""
    assert compare(old, new).reasons == ("punctuation",)


def test_the_line_counts_no_sentences_that_are_none() -> None:
    """Numbering that came is no added sentence; an age is no number of weeks; a part has its number in English."""
    assert compare("（一）加快建设。", "1.加快建设。").summary.zh.startswith("编号变更")
    assert compare("80周岁以上老人。", "85周岁以上老人。").summary.zh == "数字由80周岁改为85周岁"
    text = "一、甲事已经办好了。\n二、乙事将于明年办理完成。\n三、丙事办好了。"
    told = compare_documents(Document(text=text), Document(text=text.replace("二、乙事将于明年办理完成。\n", "")))
    assert "in part 2 (" in told.summary.en


def test_short_lines_that_change_places_are_moves() -> None:
    """Names of files and rows of a table are lines of their own."""
    told = compare("表一.pdf\n表二.pdf", "表二.pdf\n表一.pdf")
    assert told.reasons == ("moved_text",)
