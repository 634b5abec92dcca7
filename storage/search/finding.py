"""Search in all versions, deleted text included: candidates from the index, then a look at each text, until enough.

Every word has to occur, ``"a phrase"`` as it stands, ``-word`` not at all. What counts as the same word says
`storage.search.words`. The newest come first. Versions that still wait for the index (`storage.search.index`) are not
found yet.
"""

from storage.database import Database
from storage.search.candidates import Signs, find_signs, read_candidates, read_page_entries
from storage.search.fields import MARKS
from storage.search.grams import COLUMN, GAINED, KIND, LOST, SITE, name_months
from storage.search.reading import Cover, Reading, read_rows
from storage.search.values import Fate, Found, Hit, Sieve
from storage.search.words import Words

LIMIT = 50  # hits at a time
MOST_WORK = 3_000  # texts that are looked at for one answer; beyond, the reader is asked whether to go on
MOST_CANDIDATES = 20_000  # entries of the index, likewise
FIRST_CHUNK, LARGEST_CHUNK = 60, 180  # candidates read at once


def find_hits(
    database: Database,
    words: Words,
    sieve: Sieve | None = None,
    *,
    before: int = 0,
    limit: int = LIMIT,
    most_work: int = MOST_WORK,
    cover: Cover = str,
) -> Found:
    """The newest versions that hold the words.

    ``most_work`` is how many texts are looked at. ``cover`` makes of a text what the reader may see of it. Without a
    word that has to occur there is no hit.
    """
    if not words.wanted:
        return Found()
    with database.read() as session:
        return collect_hits(Reading(session, words, sieve or Sieve(), cover), before, limit, most_work)


def collect_hits(reading: Reading, before: int, limit: int, most_work: int) -> Found:
    """Go down the candidates until there are enough hits, or enough was looked at."""
    hits: list[Hit] = []
    passed, size = 0, FIRST_CHUNK
    signs = choose_signs(reading.words, reading.sieve)
    page = reading.sieve.page
    while numbers := (
        read_page_entries(reading.session, page, before, size)
        if page
        else read_candidates(reading.session, signs, before, size)
    ):
        for candidate in read_rows(reading.session, reading.sieve, numbers):
            if len(hits) == limit or reading.work >= most_work:
                return Found(tuple(hits), before, is_cut=len(hits) < limit)
            before = candidate.entry
            if hit := reading.find_hit(candidate):
                hits.append(hit)
        before, passed, size = numbers[-1], passed + len(numbers), min(size * 3, LARGEST_CHUNK)
        if passed >= MOST_CANDIDATES:
            return Found(tuple(hits), before, is_cut=True)
    return Found(tuple(hits))


def choose_signs(words: Words, sieve: Sieve) -> Signs:
    """What the index can tell of the versions that are asked for.

    The entry of a version that lost the words says nothing of the time and the kind of the one before it.
    """
    edge = {Fate.VANISHED: LOST, Fate.APPEARED: GAINED}.get(sieve.fate, "")
    values = {SITE: sieve.site, COLUMN: str(sieve.column or "")}
    months: list[str] = []
    if edge != LOST:
        values[KIND] = sieve.kind
        if sieve.since or sieve.until:
            months = name_months(sieve.since, sieve.until)
    return find_signs(words.wanted, values, months, field_mark=MARKS.get(sieve.field, ""), edge=edge)
