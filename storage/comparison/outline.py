"""The parts of a letter: which numbered part an offset lies in, and whether that part tells what will be done."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from storage.comparison.folding import squash_text
from storage.comparison.lexicon import CLOSING, OUTLOOK, TOP_HEADING
from storage.comparison.lines import is_courteous, is_unit

LONGEST_HEADING = 40
CLOSING_LINES = 15  # at the end of a text, among which its closing is sought
FIRST_CHARACTERS = frozenset("一二三四五六七八九十第下今接打工努未")  # of headings and outlooks
END = "end"


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the parts of a text begin, their numbers as written, and whether each is an outlook."""

    starts: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    outlooks: tuple[bool, ...] = ()

    @classmethod
    def of_text(cls, text: str) -> "Outline":
        """Read the headings 一、 二、 … and 第…部分, and paragraphs that begin with 下一步."""
        starts: list[int] = []
        numbers: list[str] = []
        outlooks: list[bool] = []
        offset = 0
        lines = text.split("\n")
        for number, line in enumerate(lines):
            is_late = bool(numbers) and number >= len(lines) - CLOSING_LINES
            if is_late or line.lstrip()[:1] in FIRST_CHARACTERS:
                head = squash_text(line[: LONGEST_HEADING * 2])[:LONGEST_HEADING]
                found = TOP_HEADING.match(head)
                is_outlook = bool(OUTLOOK.search(head) if found else OUTLOOK.match(head))
                is_end = is_late and is_closing(head)
                if found or is_outlook or is_end:
                    starts.append(offset)
                    numbers.append(name_part(found, numbers, is_end=is_end))
                    outlooks.append(is_outlook)
            offset += len(line) + 1
        return cls(tuple(starts), tuple(numbers), tuple(outlooks))

    def find_number(self, offset: int) -> str:
        """The number of the part in which ``offset`` lies; empty before the first and `END` after the last one."""
        place = bisect_right(self.starts, offset)
        return self.numbers[place - 1] if place else ""

    def is_outlook(self, offset: int) -> bool:
        """Whether the part in which ``offset`` lies says what will be done."""
        place = bisect_right(self.starts, offset)
        return bool(place) and self.outlooks[place - 1]


def is_closing(line: str) -> bool:
    """Whether a line belongs to the end of a letter: thanks, attachments, unit, date."""
    return bool(CLOSING.match(line)) or is_courteous(line) or is_unit(line)


def name_part(heading: re.Match[str] | None, before: list[str], *, is_end: bool) -> str:
    """The number that a part goes by."""
    if heading:
        return str(heading.group(1) or heading.group(2))
    return END if is_end else before[-1] if before else ""
