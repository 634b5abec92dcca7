"""Masking hides clerks' names and mobile numbers, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.masking import mask_change, mask_text
from review.personal import MASK, find_personal, is_person
from storage.records import Attachment
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
