"""The calendar of a year's activity: where its days stand, how dark they are, where its months begin."""

from datetime import date, timedelta

from review.heat import WEEKS, draw_calendar, find_months

TODAY = date(2026, 3, 4)  # a Wednesday


def test_a_year_of_weeks_ends_today() -> None:
    """Every week is a column from Monday on; the last one ends with today."""
    squares = draw_calendar({}, TODAY)
    assert squares[0].day.weekday() == squares[0].weekday == 0
    assert (squares[-1].day, squares[-1].week, squares[-1].weekday) == (TODAY, WEEKS - 1, 2)
    assert len(squares) == 7 * (WEEKS - 1) + 3


def test_a_busy_day_is_darker() -> None:
    """The busiest day is black, a quiet one light, a day without captures nearly white."""
    shades = [
        square.shade for square in draw_calendar({TODAY: 40, TODAY - timedelta(days=1): 3}, TODAY) if square.week == 52
    ]
    assert shades[0] < shades[1] < shades[2] == 1


def test_months_stand_where_they_begin() -> None:
    """A month is named over the week in which its first day falls."""
    months = find_months(draw_calendar({}, TODAY))
    assert months[-1] == (51, date(2026, 3, 1))  # a Sunday
    assert [day.month for _, day in months] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]
