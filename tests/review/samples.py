"""Values for the tests of reports, written by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from review.report import Report
from storage.records import (
    Attachment,
    Capture,
    Change,
    ChangeKind,
    Difference,
    Evidence,
    Hunk,
    Incident,
    Operation,
    Outcome,
    Place,
    ReportedChange,
    Role,
    Sighting,
    Summary,
)

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
NOW = datetime(2026, 4, 20, 2, 0, tzinfo=UTC)

OLD_TEXT = """尊敬的林晓岚委员：
您提出的《关于完善老旧小区电动自行车充电设施的提案》（第0217号）收悉。现答复如下：
一、基本情况
全市现有老旧小区1320个，已建成充电插座4.6万个，投入资金1.2亿元，惠及居民58万户。
二、下一步工作
（一）加快设施建设。2026年6月底前完成剩余312个小区的建设任务，确保应建尽建。
（二）规范收费标准。由市发展改革委牵头制定收费指导意见，并向社会公布。
（三）强化安全监管。对违规充电行为依法处罚，不得以整改代替处罚。
感谢您对我市工作的关心和支持。
青屏市住房和城乡建设局
2025年8月19日
（联系人：何敏，联系电话：13900001111）"""

NEW_TEXT = """尊敬的林晓岚委员：
您提出的《关于完善老旧小区电动自行车充电设施的提案》（第0217号）收悉。现答复如下：
一、基本情况
全市现有老旧小区1320个，已建成充电插座3.1万个，投入资金0.8亿元，惠及居民58万户。
二、下一步工作
（一）强化安全监管。对违规充电行为依法处罚，不得以整改代替处罚。
（二）加快设施建设。2027年底前基本完成剩余312个小区的建设任务。
感谢您对我市工作的关心和支持。
青屏市住房和城乡建设局
2025年8月19日
（联系人：何敏，联系电话：13900002222）"""


def make_hunk(old: str, new: str, *, old_text: str = OLD_TEXT, new_text: str = NEW_TEXT, is_move: bool = False) -> Hunk:
    """A hunk whose places are looked up in the texts; an insertion's or deletion's other side stands at its start."""
    operation = Operation.INSERT if not old else Operation.DELETE if not new else Operation.REPLACE
    old_start = max(0, old_text.find(old)) if old else 0
    new_start = max(0, new_text.find(new)) if new else 0
    if not old:
        old_start = min(new_start, len(old_text))
    if not new:
        new_start = min(old_start, len(new_text))
    return Hunk(
        op=Operation.MOVE if is_move else operation,
        old=old,
        new=new,
        old_line=old_text.count("\n", 0, old_start) + 1,
        new_line=new_text.count("\n", 0, new_start) + 1,
        old_start=old_start,
        new_start=new_start,
    )


HUNKS = (
    make_hunk("已建成充电插座4.6万个，", "已建成充电插座3.1万个，"),
    make_hunk("投入资金1.2亿元，", "投入资金0.8亿元，"),
    make_hunk(
        "2026年6月底前完成剩余312个小区的建设任务，确保应建尽建。", "2027年底前基本完成剩余312个小区的建设任务。"
    ),
    make_hunk("（二）规范收费标准。由市发展改革委牵头制定收费指导意见，并向社会公布。\n", ""),
    make_hunk(
        "强化安全监管。对违规充电行为依法处罚，不得以整改代替处罚。",
        "强化安全监管。对违规充电行为依法处罚，不得以整改代替处罚。",
        is_move=True,
    ),
    make_hunk("联系电话：13900001111）", "联系电话：13900002222）"),
)


def make_capture(number: int, at: datetime, *, outcome: Outcome = Outcome.OK, status: int | None = 200) -> Capture:
    """A capture whose record lies in a file of its day."""
    return Capture(
        record_id=f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        url="https://www.qingping.example/zwgk/tian/217.html",
        role=Role.PAGE,
        captured_at=at,
        outcome=outcome,
        status=status,
        payload_digest="sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ" if outcome is Outcome.OK else None,
        place=Place(f"replywatch-{at:%Y%m%d}-00001.warc.gz", 48_213 + number, 9_120),
    )


def make_timeline() -> tuple[Sighting, ...]:
    """Seven weeks of visits: three versions, two blocked days, one time-out, an outage."""
    seen: list[tuple[int, Outcome, int | None]] = [
        (0, Outcome.OK, 1),
        (1, Outcome.NOT_MODIFIED, 1),
        (3, Outcome.NOT_MODIFIED, 1),
        (7, Outcome.OK, 2),
    ]
    seen += [(9, Outcome.BLOCKED, None), (10, Outcome.BLOCKED, None), (12, Outcome.NOT_MODIFIED, 2)]
    seen += [(20, Outcome.TIMEOUT, None), (22, Outcome.NOT_MODIFIED, 2), (30, Outcome.GONE, None)]
    seen += [(31, Outcome.GONE, None), (33, Outcome.GONE_SOFT, None), (38, Outcome.OK, 2), (45, Outcome.OK, 3)]
    return tuple(Sighting(captured_at=START + timedelta(days=day), outcome=what, version=n) for day, what, n in seen)


def make_change(
    **given: Any,  # noqa: ANN401 - the fields of the value, whatever their types
) -> Change:
    """A change of the text, with all that one can have unless told otherwise."""
    base = Change(
        id="c0ffee01",
        document_key="qingping:217",
        url="https://www.qingping.example/zwgk/tian/217.html",
        site="qingping",
        column="tian",
        title="关于完善老旧小区电动自行车充电设施提案的答复",
        kind=ChangeKind.TEXT,
        detected_at=START + timedelta(days=45),
        record_id="urn:uuid:00000000-0000-4000-8000-000000000002",
        difference=Difference(
            changed=True,
            kinds=("text", "fields"),
            score=0.86,
            reasons=("money", "number", "deadline", "section_removed", "moved_text", "unheard_of"),
            fields={
                "title": ("关于完善老旧小区充电设施提案的答复", "关于完善老旧小区电动自行车充电设施提案的答复"),
                "document_number": ("青建提复字〔2025〕第29号", "青建提复字〔2025〕第31号"),
                "keywords": (("政协提案",), ("政协提案", "充电设施")),
                "validity": (None, "有效"),
            },
            hunks=HUNKS,
            summary=Summary(
                "充电插座由4.6万个改为3.1万个，资金由1.2亿元改为0.8亿元", "Charging sockets cut from 46,000 to 31,000"
            ),
        ),
        last_good_at=START + timedelta(days=38),
        from_version=2,
        to_version=3,
    )
    return replace(base, **given)


def make_reported(
    change: Change | None = None,
    **given: Any,  # noqa: ANN401 - the fields of the value, whatever their types
) -> ReportedChange:
    """A change with both texts, captures and a time line."""
    base = ReportedChange(
        change=change or make_change(),
        site_name="青屏市人民政府",
        column_name="政协提案答复",
        old=make_capture(1, START + timedelta(days=38)),
        new=make_capture(2, START + timedelta(days=45)),
        old_text=OLD_TEXT,
        new_text=NEW_TEXT,
        timeline=make_timeline(),
    )
    return replace(base, **given)


def make_plain(
    kind: ChangeKind,
    number: int,
    score: float,
    **given: Any,  # noqa: ANN401 - the fields of the value, whatever their types
) -> ReportedChange:
    """A change of any kind without a difference in the text."""
    summary = Summary(f"第{number}项：{kind.value}", f"Item {number}: {kind.value}")
    values: dict[str, Any] = {
        "id": f"id{number:04d}",
        "kind": kind,
        "title": f"关于第{number:04d}号提案的答复",
        "url": f"https://www.qingping.example/zwgk/tian/{number}.html",
        "detected_at": START + timedelta(days=40, minutes=number),
        "difference": Difference(changed=True, kinds=(kind.value,), score=score, summary=summary),
    }
    return make_reported(make_change(**{**values, **given}))


def make_every_kind() -> tuple[ReportedChange, ...]:
    """One change of each kind, two of one group, and a baseline of three."""
    gone = Evidence(
        first_ok=START,
        last_ok=START + timedelta(days=22),
        first_gone=START + timedelta(days=30),
        tries=4,
        canary="urn:uuid:00000000-0000-4000-8000-00000000c0de",
    )
    moved = Evidence(first_ok=START, last_ok=START, new_url="https://www.qingping.example/zwgk/2026/217.html")
    base = "https://www.qingping.example/f"
    old_files = (
        Attachment(f"{base}/a.pdf", "办理情况表.pdf", "pdf", "a" * 64),
        Attachment(f"{base}/b.doc", "附件2.doc", "doc", "b" * 64),
    )
    new_files = (
        Attachment(f"{base}/a.pdf", "办理情况表.pdf", "pdf", "c" * 64),
        Attachment(f"{base}/c.xlsx", "明细.xlsx", "xlsx", "d" * 64),
    )
    attached = Difference(
        changed=True,
        kinds=("attachments",),
        score=0.5,
        reasons=("attachment_removed",),
        summary=Summary("附件1被替换，附件2被移除", "One attachment replaced, one removed"),
    )
    status = Difference(
        changed=True,
        kinds=("status",),
        score=0.6,
        reasons=("validity",),
        fields={"validity": ("有效", "失效")},
        summary=Summary("有效性由“有效”改为“失效”", "Validity changed to expired"),
    )
    fields = Difference(
        changed=True,
        kinds=("fields",),
        score=0.3,
        fields={"index_number": ("QP001/2025-00012", "QP001/2025-00021")},
        summary=Summary("索引号更正", "Index number corrected"),
    )
    return (
        make_reported(),
        make_plain(ChangeKind.NEW, 1, 0.2, from_version=None, to_version=1),
        make_plain(ChangeKind.STATUS, 2, 0.6, difference=status),
        replace(
            make_plain(ChangeKind.ATTACHMENTS, 3, 0.5, difference=attached),
            old_attachments=old_files,
            new_attachments=new_files,
        ),
        make_plain(ChangeKind.FIELDS, 4, 0.3, difference=fields, group="renumbered"),
        make_plain(ChangeKind.FIELDS, 14, 0.29, difference=fields, group="renumbered"),
        make_plain(ChangeKind.MOVED, 5, 0.4, evidence=moved),
        make_plain(ChangeKind.DELISTED, 6, 0.45, evidence=Evidence(last_ok=START + timedelta(days=40), tries=1)),
        make_plain(ChangeKind.RELISTED, 7, 0.15),
        make_plain(ChangeKind.GONE, 8, 0.9, evidence=gone),
        make_plain(ChangeKind.RESTORED, 9, 0.7, evidence=gone),
        *(make_plain(ChangeKind.NEW, number, 0.0, baseline=True) for number in (20, 21, 22)),
    )


def make_incidents() -> tuple[Incident, ...]:
    """One open, one closed."""
    return (
        Incident(
            kind="list_partial",
            site="qingping",
            subject="人大建议答复",
            detail="declared 12 pages, served 9",
            opened_at=START,
            last_at=START + timedelta(days=3),
            closed_at=START + timedelta(days=4),
        ),
        Incident(
            kind="blocked",
            site="qingping",
            subject="www.qingping.example",
            detail="knownsec",
            opened_at=START + timedelta(days=9),
            last_at=START + timedelta(days=10),
        ),
    )


def make_report(
    *changes: ReportedChange,
    **given: Any,  # noqa: ANN401 - the fields of the value, whatever their types
) -> Report:
    """A report of the seven weeks."""
    base = Report(
        generated_at=NOW,
        since=START,
        changes=changes,
        incidents=make_incidents(),
        archive="../archive",
    )
    return replace(base, **given)
