"""Index lines are those that cdxj-indexer writes, and any number of them can be sorted."""

import io
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.archive import indexes
from storage.archive.indexes import IndexedCapture, format_line, is_replayable, sort_lines, write_blocks, write_cdxj
from storage.archive.keys import make_key
from storage.records import Capture, Outcome, Place, Role

CAPTURE = Capture(
    record_id="urn:uuid:1",
    url="https://www.city.example/A/?b=2&a=1",
    role=Role.PAGE,
    captured_at=datetime(2026, 3, 1, 8, 1, 2, 999999, tzinfo=UTC),
    outcome=Outcome.OK,
    status=200,
    headers=(("content-TYPE", "Text/HTML; charset=utf-8"),),
    payload_digest="sha1:YRM6OBECWKOOA4WPXWMYFWZ32NFBDWAP",
    place=Place("a.warc.gz", 123, 456),
)


def make_capture(**changes: object) -> Capture:
    """The example with changes."""
    values = {name: getattr(CAPTURE, name) for name in Capture.__dataclass_fields__}
    return Capture(**{**values, **changes})


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.city.example:80/A/B.html?b=2&a=1#x", "example,city)/a/b.html?a=1&b=2"),
        ("https://www2.city.example", "example,city)/"),
        ("https://city.example:443/a/", "example,city)/a"),
        ("http://city.example:443/a", "example,city:443)/a"),
        ("http://city.example:8080/a//b/../c/./", "example,city:8080)/a/c"),
        ("http://192.0.2.7/x", "7,2,0,192)/x"),
        ("http://[2001:DB8::1]:81/a", "2001:db8::1:81)/a"),
        ("http://user:word@City.Example./a", "example,city)/a"),
        ("http://city.example/%E7%AD%94复?q=%e5%8c%97", "example,city)/%e7%ad%94%e5%a4%8d?q=%e5%8c%97"),
        ("http://city.example/a?b&a&c=&a=2", "example,city)/a?a&a=2&b&c="),
        ("http://city.example/a?", "example,city)/a"),
        ("http://city.example/a?x=1&PHPSESSID=0123456789abcdef0123456789ABCDEF&y=2", "example,city)/a?x=1&y=2"),
        ("http://city.example/(S(abcdefghijklmnopqrstuvwx))/B.aspx", "example,city)/b.aspx"),
        ("http://city.example/100%25%20a b", "example,city)/100%25%20a%20b"),
        ("https://中国.cn/", "cn,xn--fiqs8s)/"),
        ("urn:pageinfo:x", "urn:pageinfo:x"),
    ],
)
def test_keys_are_those_of_the_wayback_machine(url: str, key: str) -> None:
    """Scheme, www, case, session and order of arguments do not matter; anything else does."""
    assert make_key(url) == key


@given(st.text(max_size=60))
def test_keys_are_one_word(text: str) -> None:
    """Whatever a URL holds, its key is printable ASCII without spaces, as sorting and searching need."""
    key = make_key(f"http://city.example/{text}")
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key


def test_line_has_the_usual_fields() -> None:
    """All values are text, the digest bears its name, parameters of the content type are left out."""
    key, moment, fields = format_line(IndexedCapture(CAPTURE)).rstrip("\n").split(" ", 2)
    assert (key, moment) == ("example,city)/a?a=1&b=2", "20260301080102")
    assert json.loads(fields) == {
        "url": CAPTURE.url,
        "mime": "text/html",
        "status": "200",
        "digest": CAPTURE.payload_digest,
        "length": "456",
        "offset": "123",
        "filename": "a.warc.gz",
    }


def test_capture_without_place_has_no_line() -> None:
    """It cannot be replayed, so to index it is a mistake."""
    with pytest.raises(ValueError, match="lies nowhere"):
        format_line(IndexedCapture(make_capture(place=None)))


def test_revisits_say_so() -> None:
    """A revisit has its own type; that of a 304 has no status, since the original is shown."""
    equal = json.loads(format_line(IndexedCapture(CAPTURE, is_revisit=True)).split(" ", 2)[2])
    assert (equal["mime"], equal["status"]) == ("warc/revisit", "200")
    spared = make_capture(outcome=Outcome.NOT_MODIFIED, status=304, headers=())
    fields = json.loads(format_line(IndexedCapture(spared, is_revisit=True)).split(" ", 2)[2])
    assert fields["mime"] == "warc/revisit"
    assert "status" not in fields


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"outcome": Outcome.BLOCKED, "status": 403}, True),
        ({"outcome": Outcome.TRUNCATED}, False),
        ({"outcome": Outcome.TOO_LARGE}, False),
        ({"outcome": Outcome.TIMEOUT, "status": None}, False),
        ({"place": None}, False),
    ],
)
def test_only_whole_answers_are_replayed(changes: dict[str, object], expected: bool) -> None:  # noqa: FBT001  a value
    """Truncated transfers and fetches without an answer stay out of the index."""
    assert is_replayable(make_capture(**changes)) is expected


def test_index_is_sorted_and_leaves_out_what_cannot_be_replayed(tmp_path: Path) -> None:
    """One line a capture, in the order of keys and times."""
    captures = [
        make_capture(url=f"http://city.example/{name}", outcome=outcome)
        for name, outcome in (("b", Outcome.OK), ("c", Outcome.TRUNCATED), ("a", Outcome.OK))
    ]
    assert write_cdxj(map(IndexedCapture, captures), tmp_path / "index.cdxj") == 2
    lines = (tmp_path / "index.cdxj").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["example,city)/a", "example,city)/b"]


@pytest.mark.parametrize("count", [0, 1, indexes.RUN_LINES, 2 * indexes.RUN_LINES + 1])
def test_sorting_goes_by_way_of_the_disk(tmp_path: Path, count: int) -> None:
    """More lines than are held in memory are sorted all the same; equal ones become one."""
    lines = [f"{number * 7919 % 1_000_003:07d}\n" for number in range(count)]
    assert list(sort_lines(iter([*lines, *lines[:10]]), tmp_path)) == sorted(lines)
    assert list(tmp_path.iterdir()) == []


def test_blocks_are_found_by_their_first_lines() -> None:
    """Each line of the block index names a gzip block and the key and time with which it begins."""
    lines = [f"example,city)/{number:05d} 20260301080102 {{}}\n" for number in range(1000)]
    data, index = io.BytesIO(), io.StringIO()
    write_blocks(lines, data, index, "index.cdx.gz")
    meta, *blocks = index.getvalue().splitlines()
    assert json.loads(meta.removeprefix("!meta 0 ")) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    found = []
    for block in blocks:
        where = json.loads(block.split(" ", 2)[2])
        text = zlib.decompress(data.getvalue()[where["offset"] :][: where["length"]], 31).decode()
        assert text.startswith(" ".join(block.split(" ", 2)[:2]))
        found.extend(text.splitlines(keepends=True))
    assert found == lines
