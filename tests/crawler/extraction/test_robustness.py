"""No input breaks the extractor: cut off, mutated, nested without end, random."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.interpretation import document_json, interpret_file
from tests.crawler.extraction.test_cases import FOLDERS
from tests.limits import comes_to_an_end

PAGES = [(folder / "page.html").read_bytes() for folder in FOLDERS]
FRAGMENTS = [
    b"<table><tr><td>", b"</div>", b'<div style="display:none">', b"</html>", b"<script>", b"<![CDATA[", b"<!--",
    b"{", b"}", b"\x00", b"&#x110000;", b"<svg><title>", b"<select>", b'<a href="http://[::1">x.pdf</a>',
    b'<base href="http://[">', b'<meta http-equiv=refresh content="0;url=http://[">', b"<textarea>", b"<plaintext>",
    b"<frameset>", b"@font-face {", b'window._CONFIG={DETAIL:{"content":"',
    "索引号：".encode(), "第1号、".encode(), "来源：".encode(), "上一篇：".encode(),
]  # fmt: skip
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def read_to_the_end(body: bytes) -> None:
    """Interpret a body and check that the keys are there."""
    with comes_to_an_end():
        document = document_json(interpret_file(body, "http://www.example/a/t20200101_1.html"))
    assert {"outcome", "title", "text", "attachments", "reply", "raw_fields", "extractor"} <= document.keys()


@relaxed
@given(st.sampled_from(PAGES), st.floats(min_value=0, max_value=1))
def test_page_cut_off_anywhere(page: bytes, share: float) -> None:
    """A page that stops at any byte is read."""
    read_to_the_end(page[: int(len(page) * share)])


@relaxed
@given(st.sampled_from(PAGES), st.lists(st.tuples(st.floats(0, 1), st.sampled_from(FRAGMENTS)), max_size=40))
def test_page_with_broken_markup(page: bytes, inserts: list[tuple[float, bytes]]) -> None:
    """Fragments of markup anywhere in a page break nothing."""
    for share, fragment in inserts:
        at = int(len(page) * share)
        page = page[:at] + fragment + page[at:]
    read_to_the_end(page)


@relaxed
@given(st.binary(max_size=3000))
def test_random_bytes(body: bytes) -> None:
    """Bytes that are no page are read."""
    read_to_the_end(body)


@pytest.mark.parametrize("tag", ["div", "span", "table><tr><td", "ul><li", "font", "p><b", "dl><dt", "a href=x", "o:p"])
def test_endless_nesting(tag: str) -> None:
    """Thousands of open elements neither exhaust the stack nor the time."""
    read_to_the_end(b"<html><body>" + f"<{tag}>".encode() * 5000 + "索引号：文本。".encode() * 20)


@pytest.mark.parametrize(
    "piece", ["（", "第", "第1号、", "x{", "/*", "上一篇：", "来源：", "<br>", "<td>标签", 'var a="', "a.b "]
)
def test_endless_repetition(piece: str) -> None:
    """Long repetitions do not send a pattern searching for ever."""
    read_to_the_end(f'<html><body><h1>标题标题</h1><div id="zoom"><p>{piece * 20000}</p></div>'.encode())
