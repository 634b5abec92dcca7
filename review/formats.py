"""The formats of a report by name; what comes is to be written as UTF-8 without translating line ends."""

from collections.abc import Callable, Mapping

from review.feeds import render_feed
from review.report import Report
from review.report_csv import render_csv
from review.report_html import render_html
from review.report_json import render_json
from review.report_markdown import render_markdown

RENDERERS: Mapping[str, Callable[[Report], str]] = {
    "html": render_html,
    "md": render_markdown,
    "json": render_json,
    "csv": render_csv,
    "atom": render_feed,
}
