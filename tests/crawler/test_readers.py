"""Pages interpreted by other processes: the same answers, in whatever order, also when a process dies."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from crawler.interpretation import Interpretation, interpret_exchange
from crawler.outcome import Expected
from crawler.readers import BATCH, DIED, Question, Reader, Readers
from storage.records import Exchange, Outcome
from tests.crawler.scene import HOST, MONDAY, render_page
from tests.limits import comes_to_an_end

DEADLY = """
import os, pickle, sys
from crawler.interpretation import interpret_exchange
while True:
    questions = pickle.load(sys.stdin.buffer)
    if any(b"deadly" in exchange.body for exchange, _ in questions):
        os.abort()
    pickle.dump([interpret_exchange(*question) for question in questions], sys.stdout.buffer)
    sys.stdout.buffer.flush()
"""


def ask(name: str, status: int = 200) -> Question:
    """A page of that name."""
    url = f"http://{HOST}/{name}.html"
    body = render_page(f"关于{name}的答复", f"{name}已经办理。").encode()
    return Exchange(url=url, started_at=MONDAY, request=b"", status=status, body=body), Expected(url=url)


def read_all(readers: Readers, questions: Sequence[Question]) -> list[Interpretation]:
    """The answers to questions that are all asked at once."""

    async def gather() -> list[Interpretation]:
        return await asyncio.gather(*(readers.read(*question) for question in questions))

    return asyncio.run(gather())


@pytest.fixture
def deadly(tmp_path: Path) -> tuple[str, ...]:
    """A program that dies of some pages."""
    program = tmp_path / "deadly.py"
    program.write_text(DEADLY)
    return sys.executable, str(program)


@pytest.fixture
def readers() -> Iterator[Readers]:
    """Two processes, from the first page on."""
    readers = Readers(alone=0, processes=2)
    yield readers
    readers.close()


def test_other_processes_say_the_same(readers: Readers) -> None:
    """Judgement and document of each page, whichever process read it, and however many wait."""
    questions = [ask(f"第{n}号", 404 if n % 7 == 0 else 200) for n in range(6 * BATCH)]
    answers = read_all(readers, questions)
    assert answers == [interpret_exchange(*question) for question in questions]
    assert {answer.finding.outcome for answer in answers} == {Outcome.OK, Outcome.GONE}
    assert not readers.is_busy


def test_a_few_pages_are_read_without_other_processes(deadly: tuple[str, ...]) -> None:
    """So a round of mostly unchanged pages starts none."""
    readers = Readers(alone=2, processes=1, command=(*deadly, "is never started"))
    answers = read_all(readers, [ask("deadly"), ask("deadly")])
    readers.close()
    assert [answer.finding.outcome for answer in answers] == [Outcome.OK, Outcome.OK]


def test_without_another_core_there_are_no_processes(deadly: tuple[str, ...]) -> None:
    """The crawl reads everything."""
    readers = Readers(alone=0, processes=0, command=deadly)
    (answer,) = read_all(readers, [ask("deadly")])
    readers.close()
    assert answer.finding.outcome is Outcome.OK


def test_a_page_that_kills_its_process_takes_no_other_with_it(
    deadly: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a doubt, the pages that were asked with it are read by another process."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    reader = Reader(deadly)
    questions = [ask("桥"), ask("deadly"), ask("路")]
    with comes_to_an_end(60):
        answers = reader.ask(questions)
        assert answers == [interpret_exchange(*questions[0]), DIED, interpret_exchange(*questions[2])]
        assert reader.ask(questions[:1]) == answers[:1]
    reader.close()


def test_a_program_that_cannot_be_started_is_done_without(caplog: pytest.LogCaptureFixture) -> None:
    """The crawl reads by itself, and says so."""
    readers = Readers(alone=0, processes=1, command=("/nowhere/python",))
    (answer,) = read_all(readers, [ask("桥")])
    readers.close()
    assert answer.finding.outcome is Outcome.OK
    assert "pages are read by the crawl itself" in caplog.text


def test_processes_end_with_the_crawl() -> None:
    """A process whose pipe ends, ends: nothing is left of a crawl that was killed."""
    reader = Reader()
    reader.ask([ask("桥")])
    process = reader._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) == 0
    reader.close()
