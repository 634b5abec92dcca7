"""The last resort: the whole page through trafilatura, when no container was found."""

from crawler.extraction.outline import squeeze_space
from crawler.extraction.page import ParsedPage

_MAX_SOURCE = 1_000_000


def extract_whole(page: ParsedPage) -> str:
    """The text that trafilatura finds on the page, one paragraph a line; empty when it finds none."""
    from trafilatura import extract  # noqa: PLC0415 - slow to import, and hardly ever needed

    if len(page.source) > _MAX_SOURCE:
        return ""
    text = extract(page.source, include_comments=False, include_tables=True, deduplicate=False) or ""
    return "\n".join(line for raw in text.split("\n") if (line := squeeze_space(raw.replace("|", " "))))
