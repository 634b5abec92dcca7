"""Reading in a process apart: nothing that a file does to it is felt here."""

import sys
import time

import pytest

from crawler.extraction.files import FileText, IsolatedReader
from tests.office import make_docx, make_xlsx

MEGABYTE = 1 << 20


def run_reader(body: str, seconds: int = 20, memory: int = 600 * MEGABYTE) -> IsolatedReader:
    """A reader whose process does something else with the file: ``body`` is that of a function."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    imports = "import os, signal, sys, time\nfrom crawler.extraction.files.worker import serve_file\n"
    code = f"{imports}def read(body, name, kind):\n{lines}\nserve_file(read)"
    return IsolatedReader(seconds, memory, (sys.executable, "-c", code))


def test_a_file_is_read_as_it_would_be_here() -> None:
    """The text comes back whole, whatever its characters."""
    assert (
        IsolatedReader().read(make_docx(["您的提案收悉。", "𠮷野家\u2028"]), "答复.docx").text
        == "您的提案收悉。\n𠮷野家"
    )


def test_many_at_a_time_do_not_mix() -> None:
    """One process a file."""
    reader = IsolatedReader()
    assert [reader.read(make_docx([f"第{number}号"])).text for number in range(3)] == ["第0号", "第1号", "第2号"]


@pytest.mark.parametrize("body", ["while True: pass", "time.sleep(60)", "signal.alarm(0)\ntime.sleep(60)"])
def test_an_endless_file_is_given_up(body: str) -> None:
    """Whether it burns the processor, waits, or has stopped the clock."""
    began = time.monotonic()
    assert run_reader(body, seconds=1).read(b"x") == FileText(None, "timeout")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise ValueError", "unreadable"),
        ("os.abort()", "too_large"),  # what libraries do that get no memory
        ("os.kill(os.getpid(), signal.SIGSEGV)", "unreadable"),
        ("sys.exit(0)", "unreadable"),
        ("os.write(3, b'x' * 10)\nsys.exit(0)", "unreadable"),
        ("return 'no file text'", "unreadable"),
    ],
)
def test_a_process_that_fails_is_a_reason(body: str, reason: str) -> None:
    """However it ends, the crawl goes on."""
    assert run_reader(body).read(b"x") == FileText(None, reason)


def test_a_sheet_that_takes_all_memory_is_too_large() -> None:
    """Two cells in opposite corners of a sheet are seventeen thousand million cells."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert IsolatedReader(seconds=20).read(make_xlsx({"a": rows})) == FileText(None, "too_large")


def test_without_its_library_a_format_has_no_text() -> None:
    """The extra is not installed: that is said, and is not the file's fault."""
    code = (
        "import sys\nsys.modules['pypdfium2'] = None\n"
        "from crawler.extraction.files import read_file, worker\nworker.serve_file(read_file)"
    )
    reader = IsolatedReader(command=(sys.executable, "-c", code))
    assert reader.read(b"%PDF-1.7") == FileText(None, "no_reader")
    assert reader.read(make_docx(["您的提案收悉。"])).text == "您的提案收悉。"


def test_what_is_larger_than_any_letter_is_not_handed_over() -> None:
    """No process is started for it."""
    assert IsolatedReader(command=("false",)).read(b"x" * 50_000_001) == FileText(None, "too_large")
