"""Sites, one site, and the state of the whole."""

from datetime import timedelta
from functools import partial

from fastapi import APIRouter, HTTPException, Response

from review.coverage import judge_coverage
from review.heat import draw_calendar
from review.web.desk import CurrentDesk
from review.web.routes.pages import word_in, word_reason
from review.words import word_incident, word_outcome
from storage.incidents.derivation import read_open_incidents
from storage.incidents.standing import note_standing
from storage.overview import read_overview, read_site_states
from storage.page_views import count_days, read_replies

router = APIRouter(include_in_schema=False)
YEAR = timedelta(days=371)


@router.get("/sites")
def list_sites(desk: CurrentDesk) -> Response:
    """Every site with its figures."""
    sites = read_site_states(desk.database, desk.now)
    blocked = {one.site for one in read_open_incidents(desk.database)}
    return desk.render("sites.html", sites=sites, blocked=blocked, say=partial(word_in, desk))


@router.get("/sites/{key}")
def show_site(desk: CurrentDesk, key: str) -> Response:
    """One site: figures, incidents, activity, and which numbers of replies are there."""
    site = next((one for one in read_site_states(desk.database, desk.now) if one.key == key), None)
    if site is None:
        raise HTTPException(404)
    counts = count_days(desk.database, key, desk.now - YEAR)
    return desk.render(
        "site.html",
        site=site,
        incidents=[one for one in read_open_incidents(desk.database) if one.site == key],
        squares=draw_calendar(counts, desk.now.date()),
        total=sum(counts.values()),
        days=len(counts),
        coverage=judge_coverage(read_replies(desk.database, key)),
        say=partial(word_in, desk),
        word_incident=word_incident,
    )


@router.get("/status")
def show_status(desk: CurrentDesk) -> Response:
    """Counts, open incidents, hosts, the outbox, last crawls."""
    note_standing(desk.configuration, desk.database)
    overview = read_overview(desk.database, desk.now)
    return desk.render(
        "status.html",
        overview=overview,
        say_reason=partial(word_reason, desk),
        say=partial(word_in, desk),
        word_incident=word_incident,
        word_outcome=word_outcome,
    )
