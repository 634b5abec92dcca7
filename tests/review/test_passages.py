"""Hunks become passages that show old and new beside one another, in context."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from review.masking import mask_change
from review.passages import (
    CONTEXT,
    LONGEST,
    Passage,
    Piece,
    build_passages,
    cut_pieces,
    find_marks,
    trim_after,
    trim_before,
    widen_spans,
)
from storage.comparison.text_diff import diff_texts
from storage.records import Difference, Hunk, Operation, ReportedChange
from tests.review.samples import NEW_TEXT, OLD_TEXT, make_change, make_hunk, make_reported

LINES = st.lists(st.text("甲乙丙，。；1234", max_size=12), max_size=8).map("\n".join)


def make_compared(old: str, new: str) -> ReportedChange:
    """A change with the hunks that the comparison finds."""
    difference = Difference(changed=True, hunks=tuple(diff_texts(old, new)))
    return make_reported(make_change(difference=difference), old_text=old, new_text=new)


def show_passages(reported: ReportedChange) -> tuple[Passage, ...]:
    """All passages of a change, nothing covered."""
    passages, unshown = build_passages(reported, reported, 1_000)
    assert unshown == 0
    return passages


def read_pieces(pieces: tuple[Piece, ...]) -> str:
    """The words of a side."""
    return "".join(piece.text for piece in pieces)


@given(LINES, LINES)
def test_every_hunk_is_shown_once_and_whole(old: str, new: str) -> None:
    """The passages hold each hunk exactly once, its words complete on both sides."""
    reported = make_compared(old, new)
    rows = [row for passage in show_passages(reported) for row in passage.rows]
    shown = sorted((row.op, read_pieces(row.old.pieces), read_pieces(row.new.pieces)) for row in rows)
    assert shown == sorted((hunk.op, hunk.old, hunk.new) for hunk in reported.change.difference.hunks)


@given(LINES, LINES)
def test_context_is_unchanged_text(old: str, new: str) -> None:
    """What stands around a hunk is in the text right there, but for the sign that it goes on."""
    reported = make_compared(old, new)
    for passage in show_passages(reported):
        for row in passage.rows:
            words = row.old.before.removeprefix("…") + read_pieces(row.old.pieces) + row.old.after.removesuffix("…")
            assert words in old
            words = row.new.before.removeprefix("…") + read_pieces(row.new.pieces) + row.new.after.removesuffix("…")
            assert words in new


def test_neighbours_share_a_passage_and_moves_stand_alone() -> None:
    """Two edits of one sentence are read in one go; a move is a passage of its own, with both lines."""
    old = "一是甲。\n二是乙。\n" + "中间没有变化。" * 30 + "\n三是100元，四是200元。"
    new = old.replace("100元", "150元").replace("200元", "250元")
    reported = make_compared(old, new)
    assert [len(passage.rows) for passage in show_passages(reported)] == [2]
    move = Hunk(op=Operation.MOVE, old="一是甲。", new="一是甲。", old_line=1, new_line=9, old_start=0, new_start=200)
    hunks = (move, *reported.change.difference.hunks)
    moved = replace(reported, change=make_change(difference=Difference(hunks=hunks)))
    passages = show_passages(moved)
    assert sorted(len(passage.rows) for passage in passages) == [1, 2]


def test_passages_that_are_left_out_are_counted() -> None:
    """A text with very many edits shows the first of them and the number of the others."""
    old = "\n".join(f"第{number}段有{number}元。{'中间没有变化。' * 20}" for number in range(30))
    reported = make_compared(old, old.replace("元", "万元"))
    passages, unshown = build_passages(reported, reported, 10)
    assert len(passages) == 10
    assert unshown == 20


def test_text_that_is_not_known_gives_no_context() -> None:
    """Without the texts the clauses still stand, alone."""
    hunk = make_hunk("已建成充电插座4.6万个，", "已建成充电插座3.1万个，")
    reported = make_reported(make_change(difference=Difference(hunks=(hunk,))), old_text=None, new_text=None)
    ((row,),) = [passage.rows for passage in show_passages(reported)]
    assert (row.old.before, row.old.after) == ("", "")
    assert read_pieces(row.old.pieces) == hunk.old


def test_very_long_hunk_is_cut_and_says_so() -> None:
    """A text of ten million characters does not drown the page."""
    words = "长" * (LONGEST + 500)
    hunk = make_hunk("", words, old_text="", new_text=words)
    reported = make_reported(make_change(difference=Difference(hunks=(hunk,))), old_text="", new_text=words)
    (row,) = show_passages(reported)[0].rows
    assert len(read_pieces(row.new.pieces)) == LONGEST
    assert row.new.omitted == 500


def test_covered_change_is_marked_as_a_whole() -> None:
    """A mark inside a covered number covers all of it, and the row tells that something is hidden."""
    reported = make_compared(OLD_TEXT, NEW_TEXT)
    rows = [row for passage in build_passages(mask_change(reported), reported, 9)[0] for row in passage.rows]
    (masked,) = [row for row in rows if row.is_masked]
    (mark,) = [piece.text for piece in masked.new.pieces if piece.is_marked]
    assert mark.endswith("＊＊＊＊＊＊＊＊")
    assert "2222" not in read_pieces(masked.new.pieces)


@given(st.text("甲乙1＊，", max_size=20), st.text("甲乙2，", max_size=20))
def test_marks_leave_the_same_words_on_both_sides(old: str, new: str) -> None:
    """What is not marked is the same in both texts, in the same order (white space and width apart)."""
    old_spans, new_spans = find_marks(old, new)
    kept = ["", ""]
    for side, (text, spans) in enumerate(((old, old_spans), (new, new_spans))):
        kept[side] = "".join(piece.text for piece in cut_pieces(text, spans) if not piece.is_marked)
    assert kept[0].replace("＊", "*") == kept[1].replace("＊", "*")


def test_spans_are_widened_over_covered_characters() -> None:
    """A span that touches a covered run takes all of it; others stay; neighbours join."""
    assert widen_spans([(4, 5)], "手机139＊＊＊＊", "手机1391234") == ((4, 5),)
    assert widen_spans([(6, 7)], "手机139＊＊＊＊", "手机1391234") == ((5, 9),)
    assert widen_spans([(5, 6), (7, 8)], "手机139＊＊＊＊", "手机1391234") == ((5, 9),)


def test_context_is_cut_at_clauses() -> None:
    """A long line is cut where a clause begins or ends; an item's bare number brings the line before with it."""
    line = "这一句很长，" * 30
    assert trim_before(line).startswith("…这一句很长，")
    assert len(trim_before(line)) <= CONTEXT + 1
    assert trim_after(line).endswith("很长，…")
    assert trim_before("上一行。\n（一）") == "上一行。\n（一）"
    assert trim_before("更早。\n上一行。\n本行开头是") == "本行开头是"
    assert trim_after("。\n下一行") == "。\n下一行"
