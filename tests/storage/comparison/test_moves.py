"""Moved: gone here and new there is one event."""

from storage.comparison.likeness import identify_reply, sketch_text
from storage.comparison.moves import derive_site_changes
from storage.records import Change, ChangeKind, Document, Outcome, Reply
from tests.storage.comparison.histories import BODY, Site, make_document

OK, GONE = Outcome.OK, Outcome.GONE


def reply_to(number: str, text: str = BODY) -> Document:
    """A reply to a proposal of that number."""
    reply = Reply(kind="提案", level="市", body="政协", term=15, session=3, numbers=(number,))
    return make_document(text, publisher="鹿鸣市交通运输局", reply=reply)


def play(
    old: Document, new: Document, *, appears: int, vanishes: int, days: int = 9, answer: Outcome = GONE
) -> list[Change]:
    """A page vanishes on a day and another one appears on a day; what is told of both, the baseline's new aside."""
    site = Site()
    for day in range(days):
        rows = [key for key, there in (("old", day < vanishes), ("new", day >= appears)) if there]
        site.walk(day, [*rows, "o1", "o2"])
        site.page("old").see(day, *((OK, old) if day < vanishes else (answer,)))
        if day >= appears:
            site.page("new").see(day, OK, new)
    return [change for change in derive_site_changes(site.freeze(), site.context()) if not change.baseline]


def test_same_identity_on_the_same_day_is_a_move() -> None:
    """``new`` comes first and stays; when the evidence is complete, ``moved`` joins its group instead of ``gone``."""
    new, moved = play(reply_to("12"), reply_to("12", "全文改写。"), appears=2, vanishes=2)
    assert (new.kind, moved.kind) == (ChangeKind.NEW, ChangeKind.MOVED)
    assert (new.document_key, moved.document_key) == ("new", "old")
    assert moved.group == new.group
    assert moved.evidence is not None
    assert moved.evidence.new_url == "https://lm.example.cn/new.html"
    assert moved.evidence.tries == 3


def test_nearly_the_same_text_is_a_move() -> None:
    """Without an identity the text decides."""
    kinds = [change.kind for change in play(make_document(), make_document(BODY + "又一句。"), appears=3, vanishes=2)]
    assert kinds == [ChangeKind.NEW, ChangeKind.MOVED]


def test_another_number_is_no_move() -> None:
    """Replies to two proposals may have the same words; they are two replies."""
    kinds = [change.kind for change in play(reply_to("12"), reply_to("13"), appears=2, vanishes=2)]
    assert kinds == [ChangeKind.NEW, ChangeKind.GONE]


def test_another_text_is_no_move() -> None:
    """A page that appears when another one vanishes has nothing to do with it by itself."""
    other = make_document("\n".join(f"关于第{number}个公园的建设，我局正在推进。" for number in range(40, 60)))
    kinds = [change.kind for change in play(make_document(), other, appears=2, vanishes=2)]
    assert kinds == [ChangeKind.NEW, ChangeKind.GONE]


def test_a_page_that_appears_after_gone_was_told() -> None:
    """What was told stays: gone, then new and moved, all in one group."""
    gone, first, second = play(reply_to("12"), reply_to("12"), appears=6, vanishes=1)
    assert gone.kind is ChangeKind.GONE
    assert {first.kind, second.kind} == {ChangeKind.NEW, ChangeKind.MOVED}
    assert gone.group == first.group == second.group


def test_redirects_to_the_front_page_are_a_move_when_the_page_turns_up() -> None:
    """By themselves they prove nothing; with the same reply elsewhere they are one event."""
    assert play(reply_to("12"), reply_to("13"), appears=2, vanishes=2, answer=Outcome.REDIRECTED_HOME)[1:] == []
    kinds = [
        change.kind
        for change in play(reply_to("12"), reply_to("12"), appears=2, vanishes=2, answer=Outcome.REDIRECTED_HOME)
    ]
    assert kinds == [ChangeKind.NEW, ChangeKind.MOVED]


def test_an_old_copy_is_no_successor() -> None:
    """A page of the baseline with the same text was there all the time: the other one is gone."""
    kinds = [change.kind for change in play(reply_to("12"), reply_to("12"), appears=0, vanishes=2)]
    assert kinds == [ChangeKind.GONE]


def test_a_redirect_tells_the_move_at_once() -> None:
    """The site says where the page is: told once; http to https is not worth a word; back at the old place is."""
    site = Site()
    site.walk(0, ["a"])
    page = site.page("a")
    old, new = "http://lm.example.cn/a.html", "https://lm.example.cn/b/a.html"
    page.see(0, OK, make_document(), url=old)
    page.see(1, Outcome.MOVED, url=old, new_url="https://www.lm.example.cn/a.html")
    page.see(2, Outcome.MOVED, url=old, new_url=new)
    page.see(2, OK, make_document(), url=new)
    page.see(3, Outcome.MOVED, url=old, new_url=new)
    page.see(4, OK, make_document(), url=old)
    first, moved, restored = derive_site_changes(site.freeze(), site.context())
    assert (first.kind, moved.kind, restored.kind) == (ChangeKind.NEW, ChangeKind.MOVED, ChangeKind.RESTORED)
    assert moved.evidence is not None
    assert moved.evidence.new_url == new


def test_identity_needs_all_of_its_parts() -> None:
    """Without session or unit a number says nothing; joint replies have one key for each number."""
    assert len(identify_reply(reply_to("12"))) == 1
    assert identify_reply(make_document()) == ()
    joint = Reply(kind="提案", body="政协", term=15, session=3, numbers=("12", "35"))
    assert len(identify_reply(make_document(publisher="甲局", reply=joint))) == 2
    assert identify_reply(make_document(reply=joint)) == ()
    assert identify_reply(make_document(publisher="甲局", reply=Reply(body="政协", term=15, numbers=("12",)))) == ()


def test_sketches_of_edited_texts_overlap() -> None:
    """A few edits leave most of the smallest hashes as they were."""
    first, second = set(sketch_text(BODY)), set(sketch_text(BODY.replace("2028", "2029")))
    assert len(first & second) >= 10


def test_moved_and_moved_back() -> None:
    """Back at its first address the page is restored, and its second address has moved there: nothing is gone."""
    site = Site()
    for day in range(12):
        key = "new" if 2 <= day < 6 else "old"
        site.walk(day, [key, "o1", "o2"])
        for other in ("old", "new")[: 1 if day < 2 else 2]:
            site.page(other).see(day, *((OK, reply_to("12")) if other == key else (GONE,)))
    told = [change for change in derive_site_changes(site.freeze(), site.context()) if not change.baseline]
    assert [change.kind for change in told] == ["new", "moved", "restored", "moved"]
    assert [told[0].group, told[2].group] == [told[1].group, told[3].group]
    assert told[3].evidence is not None
    assert told[3].evidence.new_url == site.page("old").freeze().url


def test_a_copy_that_came_back_is_no_successor() -> None:
    """Two old copies: one was away for a while, then the other one goes. It is gone."""
    site = Site()
    for day in range(12):
        site.walk(day, ["old", "copy", "o1"])
        site.page("old").see(day, *((GONE,) if 1 <= day < 5 else (OK, reply_to("12"))))
        site.page("copy").see(day, *((GONE,) if day >= 7 else (OK, reply_to("12"))))
    kinds = [change.kind for change in derive_site_changes(site.freeze(), site.context()) if not change.baseline]
    assert kinds == ["gone", "restored", "gone"]


def test_a_redirect_names_the_page_and_its_new_address() -> None:
    """A reader wants to know which page has moved, not only where to."""
    site = Site()
    for day in range(3):
        site.walk(day, ["old", "o1"])
    page = site.page("old")
    page.see(0, OK, reply_to("12"))
    page.see(1, Outcome.MOVED, new_url="https://lm.example.cn/9.html")
    (moved,) = [change for change in derive_site_changes(site.freeze(), site.context()) if change.kind == "moved"]
    assert moved.difference.summary.zh == "页面移动：关于完善公交线路的答复，现址 https://lm.example.cn/9.html"
    assert moved.difference.summary.en.endswith("now at https://lm.example.cn/9.html")


def test_a_page_that_was_back_did_not_go_where_it_went_later() -> None:
    """Gone, restored, and only then published anew: the first absence stays what it was, the second one is the move."""
    site, document = Site(), reply_to("12")
    for day in range(12):
        is_old, is_new = day < 2 or 5 <= day < 8, day >= 8
        site.walk(day, [*(["old"] if is_old else []), *(["new"] if is_new else []), "o1", "o2"])
        site.page("old").see(day, *((OK, document) if is_old else (GONE,)))
        if is_new:
            site.page("new").see(day, OK, document)
    told = [change for change in derive_site_changes(site.freeze(), site.context()) if not change.baseline]
    assert [str(change.kind) for change in told] == ["gone", "restored", "new", "moved"]
