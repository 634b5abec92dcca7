"""No code of the project is without words in either language."""

import re
from importlib.resources import files

import pytest

from review.words import (
    FIELDS,
    INCIDENTS,
    INTERFACE,
    KINDS,
    OUTCOMES,
    REASONS,
    Phrase,
    word_field,
    word_incident,
    word_outcome,
    word_reason,
)
from storage.comparison.field_diff import NAMES
from storage.comparison.signals import SIGNALS
from storage.records import ChangeKind, Outcome

CONTRACT_REASONS = (
    "number money date negation name unit deadline section_removed attachment_removed punctuation moved_text"
)


def test_every_kind_and_outcome_has_words() -> None:
    """Whatever a change or a visit is, it can be told."""
    assert set(KINDS) == set(ChangeKind)
    assert set(OUTCOMES) == set(Outcome)


def test_every_reason_has_words() -> None:
    """The codes of the contract and those of the comparison are all told in both languages."""
    assert set(REASONS) >= set(SIGNALS)
    assert set(REASONS) >= set(CONTRACT_REASONS.split())


def test_every_compared_field_has_words() -> None:
    """A field that can change has a name for a reader."""
    assert set(FIELDS) >= {*NAMES, "validity", "openness", "result_class"}


@pytest.mark.parametrize("table", [KINDS, OUTCOMES, REASONS, FIELDS, INCIDENTS, INTERFACE])
def test_both_languages_are_written(table: dict[str, Phrase]) -> None:
    """The Chinese side holds Chinese (or a name such as robots.txt), the English side none, and the same values."""
    for phrase in table.values():
        assert re.search(r"[\u4e00-\u9fff]", phrase.zh)
        assert not re.search(r"[\u4e00-\u9fff]", phrase.en)
        assert set(re.findall(r"\{(\w+)\}", phrase.zh)) == set(re.findall(r"\{(\w+)\}", phrase.en))


def test_unknown_codes_are_shown_as_they_are() -> None:
    """A newer comparison may know reasons that this table does not; they are shown, not lost."""
    assert word_reason("unheard_of") == Phrase("unheard_of", "unheard_of")
    assert word_field("x") == Phrase("x", "x")
    assert word_outcome("x") == Phrase("x", "x")
    assert word_incident("x") == Phrase("x", "x")


def test_known_codes_are_told() -> None:
    """Fields of the reply and incidents named after an outcome have their words."""
    assert word_field("reply.subject").zh == "事由"
    assert word_incident("blocked") == OUTCOMES[Outcome.BLOCKED]


def test_no_word_is_idle() -> None:
    """Every phrase of the interface is used by a template or a renderer."""
    room = files("review")
    sources = [one.read_text("utf-8") for one in room.joinpath("templates").iterdir()]
    sources += [one.read_text("utf-8") for one in room.iterdir() if one.name.endswith(".py") and one.name != "words.py"]
    text = "\n".join(sources)
    built = {name for name in INTERFACE if name.startswith(("state_", "key_", "first_", "empty_"))}
    idle = {name for name in INTERFACE if not re.search(rf"""words\.{name}\b|["']{name}["']""", text)}
    assert idle <= built
