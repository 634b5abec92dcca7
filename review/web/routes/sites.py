"""Sites, one site, and the state of the whole."""

from datetime import date, timedelta
from functools import partial

from fastapi import APIRouter, HTTPException, Response

from review.coverage import judge_coverage
from review.heat import draw_calendar, find_months
from review.web.desk import CurrentDesk
from review.web.routes.pages import word_in, word_reason, word_run
from review.words import Phrase, word_incident, word_outcome
from storage.incidents.standing import read_present
from storage.overview import read_overview, read_site_states
from storage.page_views import count_days, read_replies

router = APIRouter(include_in_schema=False)
YEAR = timedelta(days=371)
WEEKDAYS = {0: Phrase("一", "Mon"), 2: Phrase("三", "Wed"), 4: Phrase("五", "Fri")}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def name_month(day: date) -> Phrase:
    """A month as the calendar's edge has it, a January with its year."""
    name = Phrase(f"{day.month}月", MONTHS[day.month - 1])
    return name if day.month > 1 else Phrase(f"{day.year}年", str(day.year))


@router.get("/sites")
def list_sites(desk: CurrentDesk) -> Response:
    """Every site with its figures."""
    sites = read_site_states(desk.database, desk.now)
    blocked = {one.site for one in read_present(desk.configuration, desk.database)}
    return desk.render("sites.html", sites=sites, blocked=blocked, say=partial(word_in, desk))


@router.get("/sites/{key}")
def show_site(desk: CurrentDesk, key: str) -> Response:
    """One site: figures, incidents, activity, and which numbers of replies are there."""
    site = next(iter(read_site_states(desk.database, desk.now, key)), None)
    if site is None:
        raise HTTPException(404)
    zone = desk.configuration.zone
    counts = count_days(desk.database, key, desk.now - YEAR, zone)
    squares = draw_calendar(counts, desk.now.astimezone(zone).date())
    return desk.render(
        "site.html",
        site=site,
        incidents=[one for one in read_present(desk.configuration, desk.database) if one.site == key],
        squares=squares,
        months=[(week, desk.read(name_month(day))) for week, day in find_months(squares)],
        weekdays=[(place, desk.read(name)) for place, name in WEEKDAYS.items()],
        total=sum(counts.values()),
        days=len(counts),
        coverage=judge_coverage(read_replies(desk.database, key)),
        say=partial(word_in, desk),
        word_incident=word_incident,
    )


@router.get("/status")
def show_status(desk: CurrentDesk) -> Response:
    """Counts, open incidents, hosts, the outbox, last crawls."""
    overview = read_overview(desk.database, desk.now, read_present(desk.configuration, desk.database))
    return desk.render(
        "status.html",
        overview=overview,
        say_reason=partial(word_reason, desk),
        say_run=partial(word_run, desk),
        say=partial(word_in, desk),
        word_incident=word_incident,
        word_outcome=word_outcome,
    )
