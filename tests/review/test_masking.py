"""Masking hides clerks' names and mobile numbers, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.masking import mask_change, mask_document, mask_text
from review.personal import MASK, is_person
from storage.records import Attachment, Difference, Document, Reply, Summary
from tests.review.samples import make_change, make_hunk, make_reported

HIDDEN = [
    ("联系人:王芳,联系电话:0371-67170000", "联系人:＊＊,联系电话:0371-67170000"),
    ("联系人及电话:赵建国 13912345678", "联系人及电话:＊＊＊ 139＊＊＊＊＊＊＊＊"),
    ("联 系 人:李 明  电话:0371-67170000", "联 系 人:＊＊＊  电话:0371-67170000"),
    ("(联系人:欧阳建国;联系电话:138-1234-5678)", "(联系人:＊＊＊＊;联系电话:138＊＊＊＊＊＊＊＊＊＊)"),
    ("承办人:市财政局预算处 王芳", "承办人:市财政局预算处 ＊＊"),
    ("经办人:办公室张三", "经办人:办公室＊＊"),
    ("签发人:阿卜杜拉·买买提", "签发人:＊＊＊＊＊＊＊＊"),
    ("领导签批:钱伟", "领导签批:＊＊"),
    ("联系人:王芳联系电话:67170000", "联系人:＊＊联系电话:67170000"),
    ("联系方式:黄先生 钟女士 0745-2210000", "联系方式:＊先生 ＊女士 0745-2210000"),
    ("联系人\t王芳\t电话\t13912345678", "联系人\t＊＊\t电话\t139＊＊＊＊＊＊＊＊"),
    ("联系人:\n王芳 0371-67170000", "联系人:\n＊＊ 0371-67170000"),
    ("请与王芳(13912345678)联系", "请与王芳(139＊＊＊＊＊＊＊＊)联系"),
    ("手机13912345678/13812345678。", "手机139＊＊＊＊＊＊＊＊/138＊＊＊＊＊＊＊＊。"),
    ("张三 13912345678", "＊＊ 139＊＊＊＊＊＊＊＊"),
    ("13912345678(张三)", "139＊＊＊＊＊＊＊＊(＊＊)"),
    ("电话:+86 13912345678", "电话:+86＊＊＊＊＊＊＊＊＊＊＊＊"),
    ("联系人:李四、王五、赵六,电话12345", "联系人:＊＊、＊＊、＊＊,电话12345"),
    ("由财政局王五同志（13812345678）答复", "由财政局＊＊同志（138＊＊＊＊＊＊＊＊）答复"),
    ("电话：王主任13812345678", "电话：＊＊＊138＊＊＊＊＊＊＊＊"),
    ("Tel 13812345678", "Tel 138＊＊＊＊＊＊＊＊"),
    ("电话13812345678、13912345678/13712345678", "电话138＊＊＊＊＊＊＊＊、139＊＊＊＊＊＊＊＊/137＊＊＊＊＊＊＊＊"),
]

SHOWN = [
    "索引号:13912345678/2021-00212",
    "索引号:747445745/2021-00212",
    "索引号 13912345678",
    "统一社会信用代码:13912345678",
    "国中医药建字〔2021〕13912345678号",
    "建提复字〔2023〕第29号",
    "对省政协第十二届四次会议第1240413号提案的答复",
    "第13912345678号提案",
    "20230158",
    "53040020261648874",
    "投资13912345678元",
    "投资 13912345678.50 元",
    "共13912345678 万元",
    "¥13912345678",
    "2021年5月31日",
    "2021-05-31 13:50",
    "联系电话:0371-67176787",
    "密切联系人民群众",
    "尊敬的霍传富委员:",
    "尊敬的王芳、李明代表:",
    "密切联系人大代表,负责人参加会议。",
    "联系人:市财政局预算处",
    "领导签批:同意",
    "联系人:市财政局,高度重视此项工作。",
    "联系人:关键词:绿化",
    "",
]


@pytest.mark.parametrize(("text", "expected"), HIDDEN)
def test_names_and_mobile_numbers_of_contact_lines_are_covered(text: str, expected: str) -> None:
    """What stands behind a contact label, and every mobile number, is covered; labels and units stay."""
    assert mask_text(text) == expected


@pytest.mark.parametrize("text", SHOWN)
def test_numbers_dates_amounts_and_public_names_stay(text: str) -> None:
    """Index, document and reply numbers, amounts, dates, land lines, deputies and plain prose are never covered."""
    assert mask_text(text) == text


DIGITS = st.text("0123456789", min_size=1, max_size=17)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
ONES = st.one_of(DIGITS, MOBILES)
PROTECTED = st.one_of(
    st.builds("{}/2021-{}".format, ONES, DIGITS),
    st.builds("索引号：{}".format, ONES),
    st.builds("GK-{}-2026".format, ONES),
    st.builds("青建提复字〔2025〕第{}号".format, ONES),
    st.builds("第{}号".format, ONES),
    st.builds("{}.5元".format, ONES),
    st.builds("{}{}".format, ONES, st.sampled_from(["元", "万元", "亿元", " 万元", "人", "户", "%", "平方米", "吨"])),
    st.builds("¥{}".format, ONES),
    st.dates().map(str),
    st.dates().map("{0.year}年{0.month}月{0.day}日".format),
    st.just("0371-67176787"),
)
SURROUNDINGS = [
    "{}",
    "对市政协{}提案的答复",
    "联系人：王芳，电话：0371-67170000，{}。",
    "（联系人及电话：王芳 13912345678；{}）",
    "承办人：李明\n{}\n签发人：赵建国",
    "{} 13912345678",
    "联系人：{}",
    "手机：13912345678，{}",
]
FRAGMENT_WORDS = (
    "联系人 ： : 、 ， 王芳 张三 李 13912345678 138-1234-5678 电话 手机 同志 市财政局 办公室 （ ） "
    "1240413 第 号 元 / - 。 ＊ A 2021年 我们 承办人 领导签批 局长"
)
FRAGMENTS = st.sampled_from([*FRAGMENT_WORDS.split(), " ", "\n", "\t"])
TEXTS = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=24).map("".join))


@given(PROTECTED, st.sampled_from(SURROUNDINGS))
def test_protected_values_stay_wherever_they_stand(value: str, surrounding: str) -> None:
    """An index number, document number, reply number, amount or date is never covered, even in a contact line."""
    text = surrounding.format(value)
    start = text.index(value)
    assert mask_text(text)[start : start + len(value)] == value


@given(TEXTS)
def test_masks_keep_every_place(text: str) -> None:
    """A masked text is as long as it was, differs only where it is covered, and has the same lines."""
    masked = mask_text(text)
    assert len(masked) == len(text)
    assert all(one in (other, MASK) for one, other in zip(masked, text, strict=True))
    assert masked.count("\n") == text.count("\n")


@given(TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    """What was masked can be masked again without harm."""
    masked = mask_text(text)
    assert mask_text(masked) == masked


@given(
    MOBILES,
    st.sampled_from(["", "。", "，", "（", "电话：", "王芳 ", "\n", "我局"]),
    st.sampled_from(["", "。", "）", "\n", "，"]),
)
def test_mobile_numbers_are_always_covered(mobile: str, before: str, after: str) -> None:
    """A mobile number that stands as one is covered but for three digits."""
    assert mask_text(f"{before}{mobile}{after}")[len(before) :].startswith(mobile[:3] + MASK * 8)


def test_hunk_is_masked_by_what_stands_before_it() -> None:
    """A hunk that holds a bare name is masked when the label stands in the clause before it."""
    old, new = "联系人：王芳，电话略", "联系人：李明，电话略"
    hunk = make_hunk("王芳，", "李明，", old_text=old, new_text=new)
    difference = Difference(changed=True, hunks=(hunk,), summary=Summary("“王芳”改为“李明”", "王芳 became 李明"))
    change = make_change(difference=difference)
    masked = mask_change(make_reported(change, old_text=old, new_text=new)).change.difference
    assert (masked.hunks[0].old, masked.hunks[0].new) == ("＊＊，", "＊＊，")
    assert masked.summary == Summary("“＊＊”改为“＊＊”", "＊＊ became ＊＊")


def test_fields_title_and_attachments_are_masked() -> None:
    """Wherever a page's words are shown, they are masked; addresses and units stay."""
    fields: dict[str, tuple[object, object]] = {
        "source": ("王芳 13912345678", ["联系人：王芳", None]),
        "reply.signed_by": ("王芳", "青屏市财政局"),
        "reply": ({"signed_by": "王芳"}, 7),
    }
    url = "https://a.example/13912345678"
    change = make_change(url=url, title="联系人：王芳", difference=Difference(fields=fields))
    shown = mask_change(make_reported(change, new_attachments=(Attachment(url, "王芳 13912345678.doc"),)))
    assert shown.change.title == "联系人：＊＊"
    assert shown.change.url == shown.new_attachments[0].url == url
    assert shown.new_attachments[0].name == "＊＊ 139＊＊＊＊＊＊＊＊.doc"
    assert shown.change.difference.fields == {
        "source": ("＊＊ 139＊＊＊＊＊＊＊＊", ("联系人：＊＊", None)),
        "reply.signed_by": ("＊＊", "青屏市财政局"),
        "reply": ({"signed_by": "＊＊"}, 7),
    }


@pytest.mark.parametrize(
    ("value", "expected"), [("王芳", True), ("欧阳建国", True), ("财政局", False), ("市政府办公室", False)]
)
def test_persons_are_told_from_units(value: str, expected: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A value is taken for a person only when it begins with a surname and is no unit."""
    assert is_person(value) is expected


# The forms in which replies name those who wrote or signed them: as a line, and as a row of the information table.
LABELS = (
    "联系人",
    "联系人及电话",
    "联系人及联系电话",
    "承办人",
    "承办人及电话",
    "签发人",
    "签发",
    "领导签批",
    "领导署名",
    "经办人",
)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("value", ["钱小伟", "市财政局 钱小伟", "钱小伟，0371-67170000", "钱小伟 13912345678"])
@pytest.mark.parametrize("mark", ["：", ":", "： ", "　"])
def test_every_form_of_contact_line_is_covered(label: str, value: str, mark: str) -> None:
    """Whatever label, mark and neighbour a name has, an export's text and pairs hold neither name nor mobile number."""
    text = f"特此答复。\n（{label}{mark}{value}）\n{label}{mark}{value}\n2021年5月31日"
    masked = mask_document(Document(text=text, raw_fields=((label, value),)))
    shown = f"{masked.text}{masked.raw_fields}"
    assert "钱小伟" not in shown
    assert "13912345678" not in shown
    assert masked.text.endswith("2021年5月31日")


@pytest.mark.parametrize(("signer", "shown"), [("钱小伟", "＊＊＊"), ("云泽市财政局", "云泽市财政局"), (None, None)])
def test_an_export_hides_a_signer_who_is_a_person(signer: str | None, shown: str | None) -> None:
    """The name that was read from 签发人 is the same name; a unit that signs is none."""
    masked = mask_document(Document(reply=Reply(signed_by=signer, addressees=("霍传富",))))
    assert masked.reply == Reply(signed_by=shown, addressees=("霍传富",))


def test_a_long_text_is_read_where_it_is_shown() -> None:
    """Briefly masked, a long text is as the whole one at its beginning and about its hunks; the rest is covered."""
    lines = [f"第{number}条。联系人：何敏，电话13900001111。{'长' * 200}\n" for number in range(2_000)]
    old = "".join(lines)
    start = old.index("第1500条")
    lines[1500] = lines[1500].replace("第1500条", "第1501条")
    new = "".join(lines)
    hunk = make_hunk(old[start : start + 30], new[start : start + 30], old_text=old, new_text=new)
    difference = Difference(changed=True, hunks=(hunk,), summary=Summary("何敏的电话", ""))
    reported = make_reported(make_change(difference=difference), old_text=old, new_text=new)
    whole, brief = mask_change(reported), mask_change(reported, is_brief=True)
    assert brief.change == whole.change
    assert brief.new_text is not None
    assert whole.new_text is not None
    assert len(brief.new_text) == len(new)
    for part in (slice(0, 100_000), slice(start - 10_000, start + 10_000)):
        assert brief.new_text[part] == whole.new_text[part]
    assert set(brief.new_text[120_000 : start - 20_000]) == {"＊"}
