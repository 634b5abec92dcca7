"""Which old clause became which new one: clauses that resemble each other, in order."""

from collections.abc import Sequence

from rapidfuzz.distance import Indel

Pair = tuple[int, int]
LEAST_LIKENESS = 0.4  # below it two clauses are strangers: one was removed, the other added
MOST_PAIRS = 2_500  # more comparisons than that are not worth a reader's wait
MOST_CELLS = 40_000_000  # characters old times new; an exact comparison costs one step for 64 of them


def pair_pieces(old: Sequence[str], new: Sequence[str]) -> list[Pair] | None:
    """Pairs of places, ascending on both sides, of the pieces that resemble each other most.

    None when that would cost too much; pieces without a partner are in no pair.
    """
    if len(old) * len(new) > MOST_PAIRS or sum(map(len, old)) * sum(map(len, new)) > MOST_CELLS:
        return None
    if not old or not new:
        return []
    gains = [[weigh_pair(left, right) for right in new] for left in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        row, below, gain = best[i], best[i + 1], gains[i]
        for j in range(len(new) - 1, -1, -1):
            row[j] = max(below[j], row[j + 1], gain[j] + below[j + 1] if gain[j] else 0.0)
    return trace_pairs(gains, best)


def weigh_pair(old: str, new: str) -> float:
    """What it is worth to show ``old`` beside ``new``: their likeness times their common length, or nothing."""
    likeness = Indel.normalized_similarity(old, new, score_cutoff=LEAST_LIKENESS)
    return float(likeness) * min(len(old), len(new))


def trace_pairs(gains: list[list[float]], best: list[list[float]]) -> list[Pair]:
    """Walk the table from its corner and note where a pair was taken."""
    pairs: list[Pair] = []
    i = j = 0
    while i < len(gains) and j < len(gains[0]):
        if gains[i][j] and best[i][j] == gains[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
