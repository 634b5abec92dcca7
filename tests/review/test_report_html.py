"""The HTML report is one safe file that shows everything."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from lxml import html as parser

from review.report_html import DETAILED_CHANGES, OPEN_CHANGES, render_html
from review.words import KINDS
from storage.records import Attachment, ChangeKind, Difference, Operation, Summary
from tests.review.samples import (
    HUNKS,
    make_capture,
    make_change,
    make_every_kind,
    make_hunk,
    make_plain,
    make_report,
    make_reported,
)

HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}<!--\x00\u202e]]>"


def parse_page(page: str) -> parser.HtmlElement:
    """The page as a tree, once it is known to be UTF-8."""
    return parser.document_fromstring(page.encode("utf-8"))


def test_every_kind_is_shown_in_both_languages() -> None:
    """Each kind of change stands in the page with its Chinese and its English name, each marked as such."""
    tree = parse_page(render_html(make_report(*make_every_kind())))
    chinese = {words.text for words in tree.cssselect(".badge .zh[lang='zh-Hans']")}
    english = {words.text for words in tree.cssselect(".badge .en[lang=en]")}
    assert chinese == {phrase.zh for phrase in KINDS.values()}
    assert english == {phrase.en for phrase in KINDS.values()}


def test_page_loads_nothing_from_anywhere() -> None:
    """No element, attribute or style of the page makes a browser ask for anything."""
    page = render_html(make_report(*make_every_kind()))
    tree = parse_page(page)
    assert not tree.xpath("//link|//img|//iframe|//object|//embed|//base|//form|//audio|//video|//source|//@style")
    assert not tree.xpath("//@src|//@srcset|//@action|//@data|//@background|//@poster|//*[local-name()='use']")
    assert not [name for name in tree.xpath("//@*") if name.attrname.startswith("on")]
    assert [found for found in re.findall(r"url\(([^)]*)\)", page) if not found.startswith("#hatch-")] == []
    assert "@import" not in page
    assert "fetch(" not in page


def test_policy_admits_only_the_page_itself() -> None:
    """The policy forbids everything but one style and one script, each by its digest."""
    tree = parse_page(render_html(make_report()))
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert len(tree.xpath("//style")) == len(tree.xpath("//script")) == 1


def test_hostile_words_stay_words() -> None:
    """A page's title, fields, text, addresses and file names never become markup."""
    text = f"甲。{HOSTILE}乙。"
    difference = Difference(
        changed=True,
        kinds=("text", HOSTILE),
        score=0.5,
        reasons=(HOSTILE,),
        fields={
            HOSTILE: (HOSTILE, f"{HOSTILE}!"),
        },
        hunks=(make_hunk("", HOSTILE, old_text="甲。乙。", new_text=text),),
        summary=Summary(HOSTILE, HOSTILE),
    )
    change = make_change(id=HOSTILE, title=HOSTILE, url=f"javascript:alert('{HOSTILE}')", difference=difference)
    capture = replace(make_capture(1, change.detected_at), record_id=HOSTILE, detail=HOSTILE)
    file = Attachment("javascript:alert(3)", HOSTILE, HOSTILE, HOSTILE)
    reported = make_reported(
        change,
        site_name=HOSTILE,
        column_name=HOSTILE,
        old_text="甲。乙。",
        new_text=text,
        new=capture,
        new_attachments=(file,),
    )
    tree = parse_page(render_html(make_report(reported)))
    assert len(tree.xpath("//script")) == 1
    assert not tree.xpath("//img")
    assert not tree.xpath("//a[starts-with(@href, 'javascript')]")
    assert "alert(1)" in tree.xpath("string(//h3)")
    assert "\x00" not in tree.xpath("string(//h3)")


def test_changed_characters_are_marked_inside_their_clause() -> None:
    """The old and the new clause stand whole, and only what differs is marked."""
    tree = parse_page(render_html(make_report(make_reported())))
    first = tree.cssselect(".passage .row")[0]
    assert first.cssselect("del")[0].text_content() == "已建成充电插座4.6万个，"
    assert first.cssselect("ins")[0].text_content() == "已建成充电插座3.1万个，"
    assert [mark.text for mark in first.cssselect("del b")] == ["4.6万个"]
    assert "全市现有老旧小区1320个，" in first.cssselect(".old .before")[0].text_content()


def test_moves_are_drawn_as_moves() -> None:
    """Moved words are neither struck out nor underlined as new; both their lines are named."""
    move = next(hunk for hunk in HUNKS if hunk.op is Operation.MOVE)
    change = make_change(difference=replace(make_change().difference, hunks=(move,)))
    tree = parse_page(render_html(make_report(make_reported(change))))
    (passage,) = tree.cssselect(".passage")
    assert not passage.cssselect("del, ins")
    assert [words.text_content() for words in passage.cssselect(".moved")] == [move.old, move.new]
    assert "原在第 8 行" in passage.text_content()
    assert "移至第 6 行" in passage.text_content()


def test_changed_mobile_number_is_hidden_but_its_change_is_seen() -> None:
    """The number is covered on both sides, the place is marked, and a note says why."""
    tree = parse_page(render_html(make_report(make_reported())))
    page = tree.text_content()
    assert "13900001111" not in page
    assert "何敏" not in page
    notes = [note.text_content() for note in tree.cssselect(".passage .note")]
    assert len(notes) == 1
    marks = [mark.text for mark in tree.cssselect(".passage ins b")]
    assert "139" + "＊" * 8 in marks


def test_unmasked_report_says_so() -> None:
    """An operator may switch the masking off; the page then warns its readers."""
    page = parse_page(render_html(make_report(make_reported(), is_masked=False))).text_content()
    assert "13900001111" in page
    assert "本报告未隐去个人信息" in page


def test_removal_is_worded_neutrally() -> None:
    """A page out of reach is told with its times and tries, and nobody is said to have deleted it."""
    gone = next(one for one in make_every_kind() if one.change.kind is ChangeKind.GONE)
    text = parse_page(render_html(make_report(gone))).cssselect(".evidence")[0].text_content()
    assert "Not reachable between 2026-04-01 09:30 and" in text
    assert "(4 tries)" in text
    assert "00000000c0de" in text
    assert "delet" not in text
    assert "删" not in text


def test_attachments_are_compared_file_by_file() -> None:
    """Each file stands with what happened to it."""
    changed = next(one for one in make_every_kind() if one.change.kind is ChangeKind.ATTACHMENTS)
    tree = parse_page(render_html(make_report(changed)))
    states = [row.cssselect(".state .en")[0].text for row in tree.cssselect(".files tbody tr")]
    assert sorted(map(str, states)) == ["added", "content replaced", "removed"]


def test_records_are_linked_relative_to_the_report() -> None:
    """Both captures show record, digest and place; the file is a click away when the archive's folder is known."""
    tree = parse_page(render_html(make_report(make_reported(), archive="../archive")))
    links = tree.xpath("//table[@class='captures']//a/@href")
    assert links == ["../archive/replywatch-20260409-00001.warc.gz", "../archive/replywatch-20260416-00001.warc.gz"]
    captures = tree.cssselect(".captures")[0].text_content()
    assert "offset 48215, 9120 bytes" in captures
    assert "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ" in captures
    assert not parse_page(render_html(make_report(make_reported(), archive=None))).xpath(
        "//table[@class='captures']//a"
    )


def test_empty_report_says_so_kindly() -> None:
    """No change is good news, told in a sentence and not by a blank page."""
    page = render_html(make_report(incidents=()))
    assert "这段时间没有变更" in page
    assert "Nothing changed in this period" in page


def test_first_crawl_is_told_as_a_beginning() -> None:
    """A report that holds only a baseline does not claim that nothing changed."""
    page = render_html(make_report(make_plain(ChangeKind.NEW, 1, 0.0, baseline=True)))
    assert "首次收录完成" in page
    assert "这段时间没有变更" not in page


def test_incident_names_its_site() -> None:
    """A site is called by its name where the report knows it."""
    tree = parse_page(render_html(make_report(make_reported())))
    assert "青屏市人民政府" in tree.cssselect(".incidents li")[0].text_content()


def test_long_tail_is_folded() -> None:
    """Of 500 changes all are in the file, the first dozen unfolded."""
    changes = [make_plain(ChangeKind.FIELDS, number, number / 500) for number in range(500)]
    tree = parse_page(render_html(make_report(*changes)))
    assert len(tree.cssselect("article.change")) == 500
    assert len(tree.cssselect("article.change > details[open]")) == OPEN_CHANGES


def test_very_long_report_lists_its_tail() -> None:
    """Beyond a thousand, changes are a list of titles, masked too; none is lost."""
    changes = [make_plain(ChangeKind.TEXT, number, 0.5) for number in range(DETAILED_CHANGES)]
    last = make_plain(ChangeKind.NEW, 5000, 0.1, title="联系人：王芳 <b>")
    tree = parse_page(render_html(make_report(*changes, last)))
    assert len(tree.cssselect("article.change")) == DETAILED_CHANGES
    (row,) = tree.cssselect(".listed li")
    assert "联系人：＊＊ <b>" in row.text_content()


def test_group_is_folded_under_its_lead() -> None:
    """Changes of one group stand together under the one that matters most, with their count."""
    tree = parse_page(render_html(make_report(*make_every_kind())))
    (rest,) = tree.cssselect("details.rest")
    assert "同组另有 1 项" in rest.text_content()
    assert len(rest.cssselect("article.change")) == 1


def test_baseline_is_a_count_per_column() -> None:
    """A first full walk fills one row of a table, and no change of its own."""
    tree = parse_page(render_html(make_report(*make_every_kind())))
    (row,) = tree.cssselect(".baseline tbody tr")
    assert row.cssselect("td.number")[0].text == "3"
    assert "首次收录 3 页" in tree.cssselect(".headline")[0].text_content()


@pytest.mark.parametrize(("language", "chosen"), [("zh", "language-zh"), ("en", "language-en")])
def test_language_without_script_is_the_operators(language: str, chosen: str) -> None:
    """Without a script the switch stands where the operator put it."""
    tree = parse_page(render_html(make_report(), language=language))
    assert tree.xpath("//input[@name='language'][@checked]/@id") == [chosen]


def test_page_is_well_built() -> None:
    """Ids are unique, every input has a label, every table head a scope, and the headings never skip a level."""
    tree = parse_page(render_html(make_report(*make_every_kind())))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert all(one.getparent().tag == "label" for one in tree.xpath("//input"))
    assert all(one.get("scope") for one in tree.xpath("//th"))
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1|//h2|//h3|//h4")]
    assert all(second - first <= 1 for first, second in pairwise(levels))
