"""Search in all versions."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from review.masking import mask_text
from review.snippets import Snippet, cut_snippets
from review.web.desk import CurrentDesk, Desk
from review.web.limits import TOO_OFTEN, find_wait
from review.web.search_form import KINDS, LONGEST_QUERY, Asked, Problem, read_asked
from review.web.search_words import WORDS
from review.words import word_field
from storage.catalogue import find_page_line
from storage.search.fields import TEXT
from storage.search.finding import find_hits
from storage.search.index import count_waiting
from storage.search.values import FIELDS, Fate, Hit
from storage.search.words import LONGEST_TERM, MOST_TERMS
from storage.sites import read_column_names, read_site_names

router = APIRouter(include_in_schema=False)
DONE, WRONG = 200, 422


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit with the places where the words stand, each with its field's name when that is not the text."""

    hit: Hit
    snippets: list[tuple[str, Snippet]]


@dataclass(frozen=True, slots=True)
class Result:
    """What is shown below the form: a line ``said``, hits, and the query of the URL of those that follow.

    ``wait`` is how long a reader has to wait who asks too often, in seconds.
    """

    said: str = ""
    hits: tuple[Shown, ...] = ()
    more: str = ""
    is_cut: bool = False
    wait: int = 0


@router.get("/search")
def show_search(desk: CurrentDesk) -> Response:
    """The versions that hold the words, the latest first, with the places where they stand."""
    asked = read_asked(desk.request.query_params, desk.configuration.zone)
    result = find_result(desk, asked)
    status = TOO_OFTEN if result.wait else WRONG if asked.problem and asked.given["q"] else DONE
    site = asked.sieve.site
    return desk.render(
        "search.html",
        status_code=status,
        headers={"Retry-After": str(result.wait)} if result.wait else None,
        asked=asked,
        result=result,
        tell=lambda name, **values: say(desk, name, **values),
        sites=read_site_names(desk.database),
        columns=read_column_names(desk.database, site) if site else {},
        named_kinds=[("", say(desk, "all")), *((one, say(desk, one)) for one in KINDS)],
        named_fates=[(one.value, say(desk, one.value or "any")) for one in Fate],
        fields={name: name_field(desk, name) for name in FIELDS},
        longest=LONGEST_QUERY,
        page_title=find_title(desk, asked),
        waiting=count_waiting(desk.database),
    )


def find_result(desk: Desk, asked: Asked) -> Result:
    """Search, unless the query is wrong or the reader asks too often."""
    if asked.problem:
        return Result(tell_problem(desk, asked.problem))
    wait = find_wait(desk.request.app.state.search_limit, desk.request)
    if wait:
        return Result(say(desk, "too_often", seconds=wait), wait=wait)
    found = find_hits(desk.database, asked.words, asked.sieve, before=asked.before, cover=mask_text)
    said = "" if found.hits or found.is_cut else say(desk, "none")
    hits = tuple(Shown(hit, find_snippets(desk, hit, asked)) for hit in found.hits)
    return Result(said, hits, asked.link(before=found.cursor) if found.cursor else "", found.is_cut)


def say(desk: Desk, name: str, **values: object) -> str:
    """Words of the search in the reader's language."""
    return WORDS[name].fill(**values).read_in(desk.language)


def tell_problem(desk: Desk, problem: Problem) -> str:
    """What is wrong with the query."""
    return say(desk, problem.value, query=LONGEST_QUERY, term=LONGEST_TERM, terms=MOST_TERMS)


def find_title(desk: Desk, asked: Asked) -> str:
    """What the page is called in whose versions is looked; empty for none, and for one that may not be shown."""
    found = find_page_line(desk.database, asked.sieve.page) if asked.sieve.page else None
    return mask_text(found.title) if found else ""


def name_field(desk: Desk, name: str) -> str:
    """A field as a reader calls it."""
    return say(desk, TEXT) if name == TEXT else desk.read(word_field(name))


def find_snippets(desk: Desk, hit: Hit, asked: Asked) -> list[tuple[str, Snippet]]:
    """Where the words stand: in the text, else in the first other field that has one of them."""
    wanted = asked.words.wanted
    names = [asked.sieve.field] if asked.sieve.field else sorted(hit.fields, key=lambda name: name != TEXT)
    found: list[tuple[str, Snippet]] = []
    for name in names:
        label = "" if name == TEXT else name_field(desk, name)
        found = [(label, snippet) for snippet in cut_snippets(hit.fields.get(name, ""), wanted)]
        if found:
            break
    return found
