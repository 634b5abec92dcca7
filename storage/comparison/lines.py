"""What a line of a page is: the page's own furniture, a contact, courtesy, an address, or the letter itself.

All functions take lines that are folded and without white space.
"""

from storage.comparison.lexicon import (
    ADDRESS_LINE,
    COMMITMENT,
    CONTACT,
    CONTACT_START,
    COURTESY,
    FACTS,
    FURNITURE,
    FURNITURE_WORD,
    MARK,
    NAME,
    PHONE_ONLY,
    REFUSAL,
    UNIT,
)

LONGEST_PLAIN_LINE = 120  # a longer line is a paragraph of the letter, whatever words it holds
LONGEST_UNIT = 24  # characters of a line that is but a unit's name
LONGEST_ADDRESS = 40
FIRST_LINES = 4  # the letter addresses somebody within these
SHARE_OF_FURNITURE = 0.5  # of a line's characters


def is_furniture(line: str) -> bool:
    """Whether a line belongs to the page around the document: by its form, or because little else is in it."""
    if len(line) > LONGEST_PLAIN_LINE:
        return False
    if FURNITURE.search(line):
        return True
    words = MARK.sub("", line)
    taken = sum(map(len, FURNITURE_WORD.findall(words)))
    return bool(words) and taken >= len(words) * SHARE_OF_FURNITURE


def is_contact(line: str) -> bool:
    """Whether a line gives a clerk's name, number or address."""
    if len(line) > LONGEST_PLAIN_LINE:
        return False
    return bool(CONTACT_START.match(line) or CONTACT.search(line) or PHONE_ONLY.match(line))


def is_courteous(line: str) -> bool:
    """Whether a line says nothing but what courtesy asks for."""
    if len(line) > LONGEST_PLAIN_LINE or not COURTESY.search(line) or ADDRESS_LINE.match(line):
        return False
    rest = COURTESY.sub("", line)
    return not any(pattern.search(rest) for pattern in (COMMITMENT, FACTS, UNIT, NAME, REFUSAL))


def is_address(line: str, number: int) -> bool:
    """Whether line ``number`` of a letter says to whom it goes."""
    if ADDRESS_LINE.match(line):
        return True
    is_salutation = line.endswith(":") and 1 < len(line) <= LONGEST_ADDRESS and not COURTESY.search(line)
    return is_salutation and number <= FIRST_LINES


def is_unit(line: str) -> bool:
    """Whether a line is but the name of a unit, as at the end of a letter."""
    found = UNIT.findall(line)
    return bool(found) and len(line) <= LONGEST_UNIT and line.endswith(found[-1])
