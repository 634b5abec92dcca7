"""One answer, one file, a batch of files: judgement and document tied together."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.extraction import make_fingerprint
from crawler.interpretation import document_json, interpret_batch, interpret_exchange, interpret_file, spread_chunks
from crawler.outcome import Expected
from storage.records import Exchange, Outcome, Role

URL = "https://www.example.gov.cn/D1102X/1.jhtml"
PAGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>关于加强养老服务提案的答复</title></head><body>'
    "<ul><li>索引号：000/2023-1</li><li>发布机构：民政局</li><li>主题分类：民政</li><li>主题分类：养老</li></ul>"
    "<h1>关于加强养老服务提案的答复</h1><div>发布时间：2023-05-06</div><div class='c'><p>张三委员：</p>"
    "<p>您提出的关于加强养老服务的提案收悉，现答复如下：</p><p>已建成服务中心12个。</p><p>2023年5月1日</p></div></body></html>"
).encode()
KEYS = {
    "outcome", "vendor", "kind", "title", "text", "publisher", "source", "index_number", "document_number", "keywords",
    "category", "validity", "written_on", "published_at", "effective_on", "signed_on", "language", "encoding", "site",
    "column", "attachments", "raw_fields", "reply", "extractor",
}  # fmt: skip
REPLY_KEYS = {
    "kind", "level", "body", "term", "session", "numbers", "reference", "addressees", "addressee_role", "subject",
    "result_class", "units", "signed_by", "openness",
}  # fmt: skip


def make_exchange(body: bytes, status: int = 200) -> Exchange:
    """An exchange with a body."""
    return Exchange(url=URL, started_at=datetime(2026, 1, 1, tzinfo=UTC), request=b"", status=status, body=body)


def test_document_comes_with_a_good_answer() -> None:
    """An ok article has its document, extracted with the answer's own address."""
    found = interpret_exchange(make_exchange(PAGE), Expected(url=URL))
    assert found.finding.outcome is Outcome.OK
    assert found.document is not None
    assert found.document.title == "关于加强养老服务提案的答复"
    assert found.document.extractor == make_fingerprint()


@pytest.mark.parametrize(
    ("status", "role"), [(404, Role.PAGE), (200, Role.LIST), (200, Role.ATTACHMENT), (200, Role.ROBOTS)]
)
def test_no_document_without_a_good_article(status: int, role: Role) -> None:
    """Nothing is extracted from a page that is gone, nor from what is no article."""
    assert interpret_exchange(make_exchange(PAGE, status), Expected(url=URL, role=role)).document is None


def test_every_key_is_there() -> None:
    """The JSON object has every key of the contract, and goes through JSON unchanged."""
    found = document_json(interpret_file(PAGE, URL))
    assert found.keys() >= KEYS
    assert isinstance(found["reply"], dict)
    assert found["reply"].keys() >= REPLY_KEYS
    assert json.loads(json.dumps(found)) == found
    assert found["encoding"] == {"declared": "utf-8", "used": "utf-8"}


def test_every_key_is_there_for_what_is_no_document() -> None:
    """A block gives the same keys, unknown ones null or empty, and names the vendor."""
    body = "<html><head><title>知道创宇云防御-浏览器安全检查</title></head><body></body></html>".encode()
    found = document_json(interpret_file(body))
    assert found.keys() >= KEYS
    assert (found["outcome"], found["vendor"], found["text"], found["reply"]) == ("blocked", "knownsec", "", None)
    assert (found["title"], found["kind"], found["attachments"]) == (None, None, [])


def test_repeated_labels_are_all_kept() -> None:
    """A label that stands twice with different values maps to the list of them."""
    found = document_json(interpret_file(PAGE, URL))
    assert isinstance(found["raw_fields"], dict)
    assert found["raw_fields"]["主题分类"] == ["民政", "养老"]
    assert found["raw_fields"]["索引号"] == "000/2023-1"


@pytest.mark.parametrize("processes", [1, 2])
def test_batch_keeps_the_order_and_survives_faults(tmp_path: Path, processes: int) -> None:
    """Every line gives one object at its place; an unreadable file gives an error and ends nothing."""
    lines = []
    for number in range(30):
        path = tmp_path / f"{number}.html"
        if number != 7:
            path.write_bytes(PAGE.replace("养老服务提案".encode(), f"养老服务第{number}号提案".encode()))
        lines.append(f"{path}\t{URL}\n")
    found = list(interpret_batch(lines, processes))
    assert [item["title"] for item in found if item["outcome"] == "ok"] == [
        f"关于加强养老服务第{number}号提案的答复" for number in range(30) if number != 7
    ]
    assert found[7]["outcome"] == "error"
    assert "FileNotFoundError" in str(found[7]["error"])


def test_batch_takes_a_path_without_url(tmp_path: Path) -> None:
    """The URL may be missing, and blank lines are no lines."""
    path = tmp_path / "page.html"
    path.write_bytes(PAGE)
    assert [item["outcome"] for item in interpret_batch([f"{path}\n", "\n"], 2)] == ["ok"]


def read_or_die(line: str) -> dict[str, object]:
    """A reader that dies of one line, as a crash in a library would make it."""
    if line == "fatal":
        os._exit(1)
    return {"line": line}


def test_page_that_kills_its_process_is_the_only_one_lost() -> None:
    """A dead process costs one line; the others are read, in their order."""
    chunks = [[f"{number}-{k}" for k in range(3)] for number in range(12)]
    chunks[5][1] = "fatal"
    found = list(spread_chunks(chunks, 2, read_or_die))
    lines = [line for chunk in chunks for line in chunk]
    assert [item.get("line", "fatal") for item in found] == lines
    assert sum(item.get("outcome") == "error" for item in found) == 1
