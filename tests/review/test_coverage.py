"""Which numbers of replies are missing is told where that is known, and nowhere else."""

from hypothesis import given
from hypothesis import strategies as st

from review.coverage import Coverage, judge_coverage
from storage.page_views import ReplyIdentity


def judge(*numbers: int) -> Coverage:
    """The coverage of one session's replies with these numbers."""
    replies = [ReplyIdentity(one, "提案", "提案", "政协", 14, 3, (f"{one:03}",)) for one in numbers]
    (found,) = judge_coverage(replies)
    return found


def test_missing_numbers_are_told_where_numbers_are_dense() -> None:
    """Gaps and repetitions of a dense series; of a sparse one only its range."""
    dense = judge(*range(1, 10), 12, 12, *range(13, 21))
    assert (dense.first, dense.last, dense.present, dense.gaps, dense.duplicates) == (1, 20, 18, ((10, 11),), (12,))
    assert (dense.dense, dense.apart) == (((1, 20),), ())
    sparse = judge(3, 200, 517)
    assert not sparse.is_dense
    assert (sparse.gaps, sparse.apart) == ((), ())


def test_a_number_far_off_makes_nothing_missing() -> None:
    """It is set apart and told so, at either end; nor does it hide what is missing among the others."""
    numbers = [one for one in range(100, 900) if one not in (250, 251)]
    found = judge(1, *numbers, 9999)
    assert (found.first, found.last) == (1, 9999)
    assert found.dense == ((100, 899),)
    assert found.apart == ((1, 1), (9999, 9999))
    assert (found.gaps, found.missing) == (((250, 251),), 2)
    many = judge(*range(1, 9001), 11_000)
    assert (many.missing, many.apart) == (0, ((11_000, 11_000),))


def test_two_numberings_are_judged_each_for_itself() -> None:
    """Proposals from 1 on, and others from 9001 on: what lies between was never a number."""
    found = judge(*range(1, 601), *range(9001, 9400), 9401)
    assert found.dense == ((1, 600), (9001, 9401))
    assert found.gaps == ((9400, 9400),)


def test_a_hole_with_enough_on_both_sides_is_a_finding() -> None:
    """Thirty numbers in a row that are not there, among some hundreds that are."""
    assert judge(*range(1, 201), *range(231, 431)).gaps == ((201, 230),)


@given(numbers=st.lists(st.integers(0, 2000), min_size=1, max_size=300, unique=True))
def test_what_is_missing_is_never_there(numbers: list[int]) -> None:
    """Each number is in one range, dense or apart; a missing one is none of them, and lies within a dense range."""
    found = judge(*numbers)
    ranges = [*found.dense, *found.apart]
    assert not ranges or all(sum(low <= one <= high for low, high in ranges) == 1 for one in numbers)
    for low, high in found.gaps:
        assert not any(low <= one <= high for one in numbers)
        assert any(first < low and high < last for first, last in found.dense)


def test_what_is_no_number_is_not_counted() -> None:
    """Words, and serials of any length."""
    odd = ReplyIdentity(1, "提案", "提案", "政协", 14, 3, ("甲12", "9" * 5000, "１２", "7"))
    (found,) = judge_coverage([odd])
    assert (found.first, found.last, found.present) == (7, 7, 1)
