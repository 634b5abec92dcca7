"""Search in all versions."""

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from review.masking import mask_text
from review.snippets import cut_snippets
from review.web.desk import CurrentDesk
from storage.searching import Fate, find_hits, read_words
from storage.sites import read_site_names

router = APIRouter(include_in_schema=False)
LONGEST_QUERY = 500
DIGITS = 19  # of a number that any database takes


@router.get("/search")
def show_search(desk: CurrentDesk) -> Response:
    """The versions that hold the words, the latest first, with the places where they stand."""
    given = desk.request.query_params
    text, site = given.get("q", "")[:LONGEST_QUERY], given.get("site", "")
    fate = Fate(given["fate"]) if given.get("fate") in list(Fate) else Fate.ANY
    words = read_words(text)
    cursor = given.get("before", "")
    before = int(cursor) if cursor.isdecimal() and len(cursor) < DIGITS else 0
    hits, following = find_hits(desk.database, words, site=site, fate=fate, before=before)
    more = urlencode({"q": text, "site": site, "fate": fate.value, "before": following}) if following else ""
    return desk.render(
        "search.html",
        text=text,
        site=site,
        fate=fate,
        fates=list(Fate),
        sites=read_site_names(desk.database),
        is_asked=bool(words.wanted),
        hits=[(hit, mask_text(hit.title), cut_snippets(mask_text(hit.text), words.wanted)) for hit in hits],
        more=more,
    )
