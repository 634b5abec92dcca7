"""The rule of encodings: mark, header, meta, each checked strictly; then utf-8 and gb18030; never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.encoding import decode_body

TEXT = "关于重视并加快推进郑开同城化提案的答复"


def make_page(charset: str) -> str:
    """A page that declares a charset."""
    return f'<html><head><meta charset="{charset}"></head><body>{TEXT}</body></html>'


@pytest.mark.parametrize(
    ("declared", "real", "used", "doubts"),
    [
        ("utf-8", "utf-8", "utf-8", ()),
        ("gb2312", "gb18030", "gb18030", ()),
        ("gbk", "gb18030", "gb18030", ()),
        ("gb2312", "utf-8", "utf-8", ("encoding",)),
        ("utf-8", "gb18030", "gb18030", ("encoding",)),
        ("big5", "big5", "big5", ()),
        ("x-unknown", "utf-8", "utf-8", ("encoding",)),
    ],
)
def test_bytes_decide_against_the_declaration(declared: str, real: str, used: str, doubts: tuple[str, ...]) -> None:
    """A declaration that the bytes contradict is recorded and not followed."""
    text = make_page(declared).replace(TEXT, "關於提案的答覆") if real == "big5" else make_page(declared)
    decoded = decode_body(text.encode(real))
    assert decoded.text == text
    assert (decoded.encoding.declared, decoded.encoding.used) == (declared, used)
    assert decoded.doubts == doubts


def test_header_goes_before_meta() -> None:
    """The charset of the HTTP header counts where both stand."""
    decoded = decode_body(make_page("utf-8").encode("gb18030"), "text/html; charset=GBK")
    assert TEXT in decoded.text
    assert (decoded.encoding.declared, decoded.encoding.used) == ("gbk", "gb18030")


def test_servers_default_latin_charset_proves_nothing() -> None:
    """ISO-8859-1 decodes any bytes, so that a server's default of that name is tried last."""
    decoded = decode_body(make_page("utf-8").encode(), "text/html;charset=ISO-8859-1")
    assert TEXT in decoded.text
    assert decoded.encoding.used == "utf-8"


@pytest.mark.parametrize(
    ("mark", "codec"), [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]
)
def test_byte_order_mark_wins(mark: bytes, codec: str) -> None:
    """A byte-order mark is no character of the page, and stronger than every declaration."""
    decoded = decode_body(mark + make_page("gb2312").encode(codec), "text/html; charset=gbk")
    assert decoded.text == make_page("gb2312")
    assert decoded.encoding.used == codec


@given(st.integers(min_value=1, max_value=60), st.sampled_from(["utf-8", "gb18030"]))
def test_character_cut_off_at_the_end_is_forgiven(cut: int, charset: str) -> None:
    """A page that stops within a character is still in its encoding."""
    body = make_page("utf-8" if charset == "utf-8" else "gbk").encode(charset)[:-cut]
    assert decode_body(body).encoding.used == charset


def test_broken_bytes_are_a_doubt() -> None:
    """Bytes in no known encoding give replacement characters and a doubt, not another alphabet."""
    decoded = decode_body(make_page("utf-8").encode().replace("答复".encode(), b"\xff\xff"))
    assert decoded.doubts == ("encoding_broken",)
    assert "\ufffd" in decoded.text
    assert "关于重视" in decoded.text


@given(st.text(alphabet="关于重视并加快推进同城化提案的答复，。一二三", min_size=4))
def test_chinese_text_survives_either_encoding(text: str) -> None:
    """Whatever is declared, Chinese text comes out as it went in."""
    for charset in ("utf-8", "gb18030"):
        for declared in ("utf-8", "gb2312"):
            page = make_page(declared) + text
            assert decode_body(page.encode(charset)).text == page
