"""Pages interpreted by other processes while the crawl fetches: of a first crawl, most is reading.

A round of mostly unchanged pages needs none of them, so they begin when a crawl has read some pages by itself. They are
plain processes at the end of a pipe: when the crawl ends, however it ends, their pipe ends, and so do they.
"""

import asyncio
import logging
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from crawler.interpretation import Interpretation, interpret_exchange
from crawler.outcome import Expected
from storage.records import Exchange, Finding, Outcome

logger = logging.getLogger(__name__)

Question = tuple[Exchange, Expected]

ALONE = 64  # pages that a crawl reads by itself before it starts others; they take about as long as the start
BATCH = 8  # pages handed to a process at a time
WAITING = (
    16  # pages that may wait for each process; more are read here, so that none fills the memory and no core idles
)
MOST = 7  # processes; for more than these one crawl cannot fetch and record
COMMAND = (sys.executable, "-m", "crawler.readers")
DIED = Interpretation(Finding(Outcome.ENCODING_DOUBT, "could not be read: the process that read it died"))


class Reader:
    """One process, started at the first question and after every death; asked by one thread at a time."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False

    def ask(self, questions: Sequence[Question]) -> list[Interpretation]:
        """The answers in their order. A page that kills its process has a doubt for an answer; others are read again.

        Raises:
            OSError: no process can be started.
        """
        answers = self._try(questions)
        if answers is not None:
            return answers
        if len(questions) == 1 or self._is_closed:
            logger.error("%s: the process that read it died", questions[0][0].url)
            return [DIED] * len(questions)
        return [answer for question in questions for answer in self.ask([question])]

    def interrupt(self) -> None:
        """End the process, which has nothing to keep; whoever waits for it waits no more."""
        self._is_closed = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Let go of the process."""
        self._is_closed = True
        self._drop()

    def _try(self, questions: Sequence[Question]) -> list[Interpretation] | None:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for the crawl, which waits for what is being read
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump(questions, self._process.stdin)
            self._process.stdin.flush()
            answers: list[Interpretation] = pickle.load(self._process.stdout)  # noqa: S301 - from our own program
        except (OSError, EOFError, pickle.UnpicklingError):
            self._drop()
            return None
        return answers

    def _drop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(BrokenPipeError), process:  # of a question that it did not read to its end
                pass


class Readers:
    """Interprets pages, one after the other here or several at a time elsewhere. Used by one event loop.

    ``alone`` pages are read here first; ``processes`` is how many others there may be, by default one for each core but
    that of the crawl itself.
    """

    def __init__(self, *, alone: int = ALONE, processes: int | None = None, command: Sequence[str] = COMMAND) -> None:
        self._alone = alone
        self._most = min(MOST, count_cores() - 1) if processes is None else processes
        self._readers = [Reader(command) for _ in range(self._most)]
        self._idle = list(self._readers)
        self._waiting: deque[tuple[Question, asyncio.Future[Interpretation]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(max(self._most, 1))

    @property
    def is_busy(self) -> bool:
        """Whether anybody waits for a page."""
        return bool(self._tasks)

    async def read(self, exchange: Exchange, expected: Expected) -> Interpretation:
        """What `interpret_exchange` says."""
        if self._alone > 0 or len(self._waiting) >= self._most * WAITING:
            self._alone -= 1
            return interpret_exchange(exchange, expected)
        answer: asyncio.Future[Interpretation] = asyncio.get_running_loop().create_future()
        self._waiting.append(((exchange, expected), answer))
        self._hand_out()
        return await answer

    def close(self) -> None:
        """End the processes; what was handed out and nobody waits for any more is not read."""
        for reader in self._readers:
            reader.interrupt()
        self._threads.shutdown()
        for reader in self._readers:
            reader.close()

    def _hand_out(self) -> None:
        while self._idle and self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            task = asyncio.get_running_loop().create_task(self._ask(self._idle.pop(), batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, reader: Reader, batch: Sequence[tuple[Question, "asyncio.Future[Interpretation]"]]) -> None:
        questions = [question for question, _ in batch]
        try:
            answers = await asyncio.get_running_loop().run_in_executor(self._threads, reader.ask, questions)
        except OSError as error:  # a crawl without readers is slower, and that is all
            logger.warning("pages are read by the crawl itself: %s", error)
            answers = [interpret_exchange(*question) for question in questions]
        self._idle.append(reader)
        self._hand_out()
        for (_, waiting), answer in zip(batch, answers, strict=True):
            if not waiting.done():  # whoever waited may have been cancelled
                waiting.set_result(answer)


def count_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def serve() -> None:
    """Answer questions from standard input on standard output until there are no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no part of the answers
    while True:
        try:
            questions: list[Question] = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the crawl
            pickle.dump([interpret_exchange(*question) for question in questions], answers)
            answers.flush()
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):  # the crawl has ended, or was killed
            os._exit(0)


if __name__ == "__main__":
    serve()
