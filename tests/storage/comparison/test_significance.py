"""The order of scores is that of a reader: the table of graded edits."""

from itertools import product

import pytest

from storage.comparison.document_diff import compare_documents
from storage.comparison.signals import SIGNALS, weigh_reasons
from storage.records import Difference, Document
from tests.storage.comparison.graded_edits import (
    FIRST,
    FOURTH,
    FOURTH_IMPORTANT,
    FOURTH_UNIMPORTANT,
    IMPORTANT,
    MIDDLE,
    SECOND,
    SECOND_IMPORTANT,
    SECOND_UNIMPORTANT,
    THIRD,
    THIRD_IMPORTANT,
    THIRD_UNIMPORTANT,
    UNIMPORTANT,
    Edit,
    make_edit,
)
from tests.storage.comparison.more_graded_edits import (
    FIFTH,
    FIFTH_IMPORTANT,
    FIFTH_UNIMPORTANT,
    SEVENTH,
    SEVENTH_IMPORTANT,
    SEVENTH_UNIMPORTANT,
    SIXTH,
    SIXTH_IMPORTANT,
    SIXTH_UNIMPORTANT,
)

LETTERS = {
    "tourism": (SEVENTH, SEVENTH_IMPORTANT, SEVENTH_UNIMPORTANT),
    "waters": (FIFTH, FIFTH_IMPORTANT, FIFTH_UNIMPORTANT),
    "canteens": (SIXTH, SIXTH_IMPORTANT, SIXTH_UNIMPORTANT),
    "lifts": (FIRST, IMPORTANT, UNIMPORTANT),
    "schools": (SECOND, SECOND_IMPORTANT, SECOND_UNIMPORTANT),
    "river": (THIRD, THIRD_IMPORTANT, THIRD_UNIMPORTANT),
    "drugs": (FOURTH, FOURTH_IMPORTANT, FOURTH_UNIMPORTANT),
}


def compare_edit(document: Document, edit: Edit) -> Difference:
    """The difference that an edit makes."""
    return compare_documents(document, make_edit(document, edit))


def test_the_table_is_large_enough() -> None:
    """At least sixty graded edits of one letter's kind, in four letters."""
    assert sum(len(important) + len(unimportant) for _, important, unimportant in LETTERS.values()) + len(MIDDLE) >= 60


@pytest.mark.parametrize("name", LETTERS)
def test_every_important_edit_scores_above_every_unimportant_one(name: str) -> None:
    """All pairs of a letter are in the order that a reader would give them."""
    document, important, unimportant = LETTERS[name]
    scores = {edit.name: compare_edit(document, edit).score for edit in (*important, *unimportant)}
    pairs = product([edit.name for edit in important], [edit.name for edit in unimportant])
    assert [(more, less) for more, less in pairs if scores[more] <= scores[less]] == []


def test_important_edits_of_one_letter_score_above_unimportant_ones_of_another() -> None:
    """Scores can be compared across pages: a report ranks the changes of all of them."""
    highs = [compare_edit(document, edit).score for document, important, _ in LETTERS.values() for edit in important]
    lows = [compare_edit(document, edit).score for document, _, unimportant in LETTERS.values() for edit in unimportant]
    assert min(highs) > max(lows)


def test_middling_edits_score_above_unimportant_ones() -> None:
    """What is worth a glance does not drown in commas."""
    lows = [compare_edit(FIRST, edit).score for edit in UNIMPORTANT]
    assert min(compare_edit(FIRST, edit).score for edit in MIDDLE) > max(lows)


def test_size_does_not_outrank_meaning() -> None:
    """A large new footer ranks below one changed digit; many slips of the pen do so, too."""
    footer = next(edit for edit in UNIMPORTANT if edit.name == "large footer added")
    digit = next(edit for edit in IMPORTANT if edit.name == "figure of the year corrected")
    assert compare_edit(FIRST, footer).score < compare_edit(FIRST, digit).score / 5


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("deadline put off by a year", "deadline"),
        ("investment changed", "money"),
        ("percentage changed", "percentage"),
        ("number of lifts lowered", "number"),
        ("agreed becomes refused", "negation"),
        ("must becomes may", "modality"),
        ("fourth part removed", "section_removed"),
        ("promise removed", "commitment_removed"),
        ("addressee replaced", "name"),
        ("unit in charge replaced", "unit"),
        ("declared invalid", "validity"),
        ("result class changed", "result_class"),
        ("attachment removed", "attachment_removed"),
        ("file replaced", "attachment_replaced"),
        ("refusal added", "refusal"),
    ],
)
def test_the_heaviest_reason_is_the_right_one(name: str, code: str) -> None:
    """The codes say why; what matters is among the first two."""
    edit = next(edit for edit in IMPORTANT if edit.name == name)
    assert code in compare_edit(FIRST, edit).reasons[:2]


def test_unimportant_edits_say_what_they_are() -> None:
    """Punctuation, moves, contacts, courtesy and layout have their codes."""
    codes = {edit.name: compare_edit(FIRST, edit).reasons for edit in UNIMPORTANT}
    assert codes["comma becomes full stop"] == ("punctuation",)
    assert codes["paragraph moved"] == ("moved_text",)
    assert codes["contact removed"] == ("contact",)
    assert codes["thanks put anew"] == ("courtesy",)
    assert codes["large footer added"] == ("layout",)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("The bureau must finish the works.", "The bureau may finish the works.", "commitment_weakened"),
        ("The proposal was adopted.", "The proposal was not adopted.", "negation"),
        ("We will build 12 schools.", "We will build 9 schools.", "number"),
    ],
)
def test_letters_in_latin_script_are_read(old: str, new: str, code: str) -> None:
    """Promises, negations and numbers weigh in any script."""
    assert compare_documents(Document(text=old), Document(text=new)).reasons[0] == code


def test_synonymous_negations_are_wording() -> None:
    """One negation for another changes nothing; one that goes does."""
    assert compare_documents(Document(text="经费尚未到位。"), Document(text="经费没有到位。")).reasons == ("wording",)
    assert compare_documents(Document(text="经费尚未到位。"), Document(text="经费到位。")).reasons[0] == "negation"


def test_an_operator_can_override_weights() -> None:
    """A mapping of codes to weights stands above the table."""
    edit = next(edit for edit in IMPORTANT if edit.name == "investment changed")
    changed = make_edit(FIRST, edit)
    assert compare_documents(FIRST, changed, {"money": 0.1}).score == 0.1
    assert compare_documents(FIRST, changed).score == SIGNALS["money"].weight


def test_further_reasons_add_but_never_overtake() -> None:
    """Many small reasons stay below one that is heavier by much; a score never leaves 0 to 1."""
    small = [(code, 1.0) for code in ("wording", "contact", "courtesy", "layout", "moved_text", "punctuation")]
    assert weigh_reasons(small) < SIGNALS["date"].weight
    assert weigh_reasons([]) == 0.0
    assert weigh_reasons([(code, 2.0) for code in SIGNALS]) <= 1.0


def test_the_summary_says_what_happened() -> None:
    """Values are named from old to new; removed parts by their number, in both languages."""
    document = make_edit(FIRST, Edit("both", (("实行清单化管理。", ""), ("2024年底前", "2025年底前"))))
    summary = compare_documents(FIRST, document).summary
    assert "完成时限由2024年底改为2025年底" in summary.zh
    assert "第三部分删去1句" in summary.zh
    assert "deadline changed from 2024年底 to 2025年底" in summary.en.lower()
    assert "\n" not in summary.zh + summary.en


def test_the_summary_does_not_quote_clerks() -> None:
    """A contact line that came or went is named, not quoted."""
    edit = next(edit for edit in UNIMPORTANT if edit.name == "contact removed")
    assert "0371" not in compare_edit(FIRST, edit).summary.zh
