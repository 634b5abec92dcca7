"""Whatever a server says of its type, a browser is never handed a document that nobody made ready."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.media_types import Manner, judge_type, write_disposition, write_type

DOCUMENTS = ("html", "xml", "svg", "pdf", "multipart", "message")


@pytest.mark.parametrize(
    ("header", "manner"),
    [
        ("", Manner.PAGE),
        ("text/html;charset=gbk", Manner.PAGE),
        ("Text/HTML, text/html", Manner.PAGE),
        ("image/svg+xml", Manner.DRAWING),
        ("application/rss+xml; charset=utf-8", Manner.SOURCE),
        ("text/xml", Manner.SOURCE),
        ("image/png", Manner.PASSIVE),
        ("text/css,text/html", Manner.PASSIVE),
        ("application/pdf", Manner.FILE),
        ("multipart/x-mixed-replace;boundary=x", Manner.FILE),
        ("text/x-component", Manner.FILE),
        ("nonsense", Manner.FILE),
    ],
)
def test_a_type_says_how_an_answer_is_given_out(header: str, manner: Manner) -> None:
    """Pages and drawings are made ready, other XML is shown as its source, what is not known to be passive is saved."""
    assert judge_type(header) is manner


@given(
    header=st.text(max_size=80)
    | st.builds("{}/{}{}{}".format, *[st.sampled_from(["text", "html", "css", ",", ";"])] * 4)
)
def test_what_goes_out_as_it_came_is_one_passive_type(header: str) -> None:
    """A header made anew can be read in one way alone."""
    written = write_type(header)
    assert written.isascii()
    assert "," not in written
    if judge_type(header) is Manner.PASSIVE:
        assert not any(one in written.partition(";")[0] for one in DOCUMENTS)


@given(url=st.text(max_size=60))
def test_a_file_has_a_name_that_no_folder_can_hide_in(url: str) -> None:
    """Whatever the address: one header line, one name."""
    written = write_disposition(f"https://a.example/{url}")
    assert written.startswith("attachment; filename*=UTF-8''")
    assert written.isascii()
    assert not set('/\\"\r\n') & set(written.partition("''")[2])


def test_a_file_is_called_as_its_address_ends() -> None:
    """With what it was escaped to on its way."""
    assert write_disposition("https://a.example/x/%E9%99%84.pdf?b=1").endswith("''%E9%99%84.pdf")
    assert write_disposition("https://a.example/").endswith("''archived")
