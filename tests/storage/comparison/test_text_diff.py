"""Hunks of whole clauses that rebuild either text from the other."""

import random

from hypothesis import assume, given
from hypothesis import strategies as st

from storage.comparison.folding import fold_text, squash_text
from storage.comparison.hunks import apply_hunks, reverse_hunks
from storage.comparison.text_diff import diff_texts
from storage.records import Hunk, Operation
from tests.limits import comes_to_an_end
from tests.storage.comparison.letters import LETTER, letters, sentences, texts


def keep_rest(text: str, spans: list[tuple[int, int]]) -> str:
    """What stands outside of ``spans``; fails when two of them overlap."""
    position, kept = 0, []
    for start, end in sorted(spans):
        assert start >= position
        kept.append(text[position:start])
        position = end
    return "".join([*kept, text[position:]])


def list_spans(hunks: tuple[Hunk, ...]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The spans that the hunks take in the old and in the new text."""
    return (
        [(hunk.old_start, hunk.old_start + len(hunk.old)) for hunk in hunks],
        [(hunk.new_start, hunk.new_start + len(hunk.new)) for hunk in hunks],
    )


@given(texts, texts)
def test_pieces_stand_where_hunks_say(old: str, new: str) -> None:
    """Offsets point to the pieces, lines count from 1, and operations fit their sides."""
    for hunk in diff_texts(old, new):
        assert old[hunk.old_start : hunk.old_start + len(hunk.old)] == hunk.old
        assert new[hunk.new_start : hunk.new_start + len(hunk.new)] == hunk.new
        assert bool(hunk.old) == (hunk.op is not Operation.INSERT)
        assert bool(hunk.new) == (hunk.op is not Operation.DELETE)
        if hunk.old:
            first = hunk.old_start + len(hunk.old) - len(hunk.old.lstrip())
            assert hunk.old_line == old.count("\n", 0, first) + 1


@given(texts, texts)
def test_what_is_not_in_a_hunk_is_unchanged(old: str, new: str) -> None:
    """Outside of the hunks both texts say the same, so the hunks hold every change."""
    old_spans, new_spans = list_spans(diff_texts(old, new))
    assert squash_text(keep_rest(old, old_spans)) == squash_text(keep_rest(new, new_spans))


@given(texts, texts)
def test_hunks_rebuild_both_texts(old: str, new: str) -> None:
    """Applied to the old text the hunks give the new one, turned round the old one, but for what is never told.

    (Where a move goes can only be counted out, so with moves the unchanged parts must agree: see the next test.)
    """
    hunks = diff_texts(old, new)
    assume(all(hunk.op is not Operation.MOVE for hunk in hunks))
    assert squash_text(apply_hunks(old, hunks)) == squash_text(new)
    assert squash_text(apply_hunks(new, reverse_hunks(hunks))) == squash_text(old)


@given(st.lists(sentences.filter(lambda piece: piece.strip() and not piece.startswith("\n")), min_size=1), st.data())
def test_rebuilt_text_is_exact_when_lines_are_edited(lines: list[str], data: st.DataObject) -> None:
    """Without differences of white space in the unchanged parts the rebuilt text is the same to the character."""
    edited = data.draw(st.permutations(lines)) if data.draw(st.booleans()) else list(lines)
    del edited[data.draw(st.integers(0, len(edited))) :]
    edited.insert(data.draw(st.integers(0, len(edited))), "新增一句。")
    old, new = "\n".join(lines), "\n".join(edited)
    hunks = diff_texts(old, new)
    assert apply_hunks(old, hunks) == new
    assert apply_hunks(new, reverse_hunks(hunks)) == old


@given(texts)
def test_text_with_itself_has_no_hunks(text: str) -> None:
    """The same text, however it is spaced or in whatever width, differs in nothing."""
    widened = "".join(chr(ord(mark) + 0xFEE0) if "!" <= mark <= "~" else mark for mark in text)
    assert diff_texts(text, text) == ()
    assert diff_texts(text, widened) == ()
    assert diff_texts(text, text.replace("\n", "\n\n　　").replace("，", "， ")) == ()


@given(texts, texts)
def test_hunks_are_empty_exactly_when_the_squashed_texts_are_equal(old: str, new: str) -> None:
    """Nothing but white space and width is folded."""
    assert (diff_texts(old, new) == ()) == (squash_text(old) == squash_text(new))


@given(letters, letters)
def test_moves_keep_all_words(old: str, new: str) -> None:
    """A move has the same words on both sides, and hunks of other kinds never do."""
    for hunk in diff_texts(old, new):
        is_same = squash_text(hunk.old) == squash_text(hunk.new)
        assert is_same == (hunk.op is Operation.MOVE)


@given(texts)
def test_folding_keeps_places(text: str) -> None:
    """A folded text has the length of the original."""
    assert len(fold_text(text)) == len(text)


def test_one_changed_date_is_one_clause() -> None:
    """The hunk holds the whole clause, and nothing of its neighbours."""
    (hunk,) = diff_texts(LETTER, LETTER.replace("2024年底前", "2025年底前"))
    assert hunk.op is Operation.REPLACE
    assert hunk.old == "我局将于2024年底前完成200部电梯加装任务，"
    assert hunk.new == "我局将于2025年底前完成200部电梯加装任务，"
    assert hunk.old_line == hunk.new_line == 9


def test_numbers_and_addresses_are_not_cut() -> None:
    """A mark inside a number, a time or an address does not end a clause."""
    old = "投资1,200.50万元，见www.example.cn:8080，10:30开始。"
    (hunk,) = diff_texts(old, old.replace("1,200.50", "1,300.50"))
    assert hunk.old == "投资1,200.50万元，"


def test_moved_paragraphs_are_moves() -> None:
    """Two paragraphs that changed places: one of them moved, nothing was removed or added."""
    lines = LETTER.split("\n")
    lines[8], lines[12] = lines[12], lines[8]
    hunks = diff_texts(LETTER, "\n".join(lines))
    assert {hunk.op for hunk in hunks} == {Operation.MOVE}
    assert all(squash_text(hunk.old) == squash_text(hunk.new) for hunk in hunks)


def test_moved_and_edited_text_is_told_apart() -> None:
    """A paragraph that moved beside an edit elsewhere gives a move and a replacement."""
    lines = LETTER.split("\n")
    lines.insert(3, lines.pop(12))
    hunks = diff_texts(LETTER, "\n".join(lines).replace("5000万元", "3000万元"))
    assert sorted(hunk.op for hunk in hunks) == [Operation.MOVE, Operation.REPLACE]


def test_lines_joined_or_split_are_not_told() -> None:
    """A paragraph cut in two, even without a mark, is white space; an edit beside it is told alone."""
    joined = LETTER.replace("一、基本情况\n", "一、基本情况")
    assert diff_texts(LETTER, joined) == ()
    (hunk,) = diff_texts(LETTER, joined.replace("326部", "327部"))
    assert "327部" in hunk.new


def test_lone_counters_are_not_told() -> None:
    """A counter of visits that stands alone is the page's; in a sentence it is the letter's."""
    old, new = "浏览次数：123\n正文。", "浏览次数：124\n正文。"
    assert diff_texts(old, new) == ()
    assert diff_texts("全年点击量：123次，增长明显。", "全年点击量：124次，增长明显。") != ()


def test_nothing_else_is_folded() -> None:
    """Look-alikes beyond U+FF01–FF5E are told."""
    for old, new in [("〇", "零"), ("①", "1"), ("㎡", "m2"), ("国", "國"), ("“", '"'), ("A", "a")]:
        assert diff_texts(f"共{old}项。", f"共{new}项。") != ()


def make_text(length: int, seed: int) -> str:
    """A random text in sentences and paragraphs."""
    draw = random.Random(seed)  # noqa: S311 - test data, no secret
    alphabet = [chr(code) for code in range(0x4E00, 0x4F80)]
    pieces: list[str] = []
    while sum(map(len, pieces)) < length:
        pieces.append("".join(draw.choices(alphabet, k=draw.randint(4, 24))) + draw.choice("，，，。；、\n"))
    return "".join(pieces)[:length]


def test_no_text_is_slow() -> None:
    """Rewritten, all-equal, unpunctuated and single-line texts of 200,000 characters stay far from quadratic.

    A quadratic way takes minutes.
    """
    size = 200_000
    cases = [
        (make_text(size, 1), make_text(size, 2)),
        ("甲，" * (size // 2), "甲，" * (size // 2 - 5_000) + "乙，" * 9_000),
        ("甲" * size, "甲" * (size - 1) + "乙"),
        ("甲乙" * (size // 2), "乙甲" * (size // 2)),
        (make_text(size, 3).translate({ord(mark): "" for mark in "，。；、\n"}),) * 1
        + (make_text(size, 4).translate({ord(mark): "" for mark in "，。；、\n"}),),
        ("同上。\n" * (size // 4), "同上。\n以下。\n" * (size // 8)),
    ]
    for old, new in cases:
        with comes_to_an_end():
            hunks = diff_texts(old, new)
        assert squash_text(apply_hunks(old, hunks)) == squash_text(new)
