"""How long the comparison takes, from 1,000 to 200,000 characters, beside difflib where that ends in time.

Run as ``python tests/benchmarks/bench_comparison.py``; it prints a table of milliseconds, the best of some runs.
"""

import random
import sys
import time
from collections.abc import Callable
from difflib import SequenceMatcher

from storage.comparison.document_diff import compare_documents, document_digest, documents_differ
from storage.comparison.text_diff import diff_texts
from storage.records import Document

SIZES = (1_000, 5_000, 20_000, 100_000, 200_000)
LARGEST_FOR_DIFFLIB = 5_000
ALPHABET = [chr(code) for code in range(0x4E00, 0x4F80)]


def make_text(size: int, seed: int) -> str:
    """A random text of sentences and paragraphs."""
    draw = random.Random(seed)  # noqa: S311 - test data, no secret
    pieces: list[str] = []
    length = 0
    while length < size:
        piece = "".join(draw.choices(ALPHABET, k=draw.randint(4, 24))) + draw.choice("，，，。；、\n")
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces)[:size]


def measure_best(action: Callable[[], object], seconds: float = 0.5) -> float:
    """The least time of an action in milliseconds, tried for about so many seconds."""
    best, end = float("inf"), time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
        if time.perf_counter() >= end:
            return best * 1000


def list_cases(size: int) -> dict[str, tuple[str, str]]:
    """Pairs of texts of a size: what usually happens, and what could hurt."""
    text, other = make_text(size, 1), make_text(size, 2)
    lines = text.split("\n")
    shuffled = list(lines)
    random.Random(3).shuffle(shuffled)  # noqa: S311 - test data, no secret
    bare = {ord(mark): None for mark in "，。；、\n"}
    return {
        "one edit": (text, text[: size // 2] + "改" + text[size // 2 :]),
        "every clause": (text, "，".join(part[:-1] + "改" for part in text.split("，"))),
        "rewritten": (text, other),
        "paragraphs shuffled": (text, "\n".join(shuffled)),
        "all clauses equal": ("同上，" * (size // 3), "同上，" * (size // 3 - 40) + "另行，" * 80),
        "one line, no marks": (text.translate(bare), other.translate(bare)),
        "one character": ("甲" * size, "甲" * (size - 1) + "乙"),
    }


def measure_pair(old: str, new: str) -> list[float | None]:
    """The milliseconds of each column for two texts; None where difflib would take too long."""
    before, after = Document(text=old), Document(text=new)
    is_short = len(old) <= LARGEST_FOR_DIFFLIB
    return [
        measure_best(lambda: diff_texts(old, new)),
        measure_best(lambda: SequenceMatcher(None, old, new, autojunk=False).get_opcodes(), 0) if is_short else None,
        measure_best(lambda: compare_documents(before, after)),
        measure_best(lambda: documents_differ(before, after)),
        measure_best(lambda: document_digest(before)),
    ]


def print_table() -> None:
    """Print the milliseconds of every case and size."""
    titles = ("characters", "diff_texts", "difflib", "compare", "differ", "digest")
    sys.stdout.write("".join(f"{title:>12}" for title in titles) + "\n")
    for size in SIZES:
        for name, pair in list_cases(size).items():
            cells = ["-" if time_taken is None else f"{time_taken:.2f}" for time_taken in measure_pair(*pair)]
            sys.stdout.write(f"{size:>12,}" + "".join(f"{cell:>12}" for cell in cells) + f"  {name}\n")


if __name__ == "__main__":
    print_table()
