"""The text of HTML that an office program saved under the name of its own format."""

from crawler.extraction.body import join_text
from crawler.extraction.page import parse_page
from crawler.extraction.text import render_lines


def read_text(body: bytes) -> str:
    """All lines of the page, table cells separated by tabs."""
    page = parse_page(body)
    hidden = set(page.root.iter("head", "script", "style", "xml"))
    return join_text([line.text for line in render_lines(page.root, hidden)])
