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
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread

from crawler.interpretation import Interpretation, interpret_exchange
from crawler.outcome import Expected
from storage.records import Exchange, Finding, Outcome

logger = logging.getLogger(__name__)

Question = tuple[Exchange, Expected]
Asked = tuple[Question, "asyncio.Future[Interpretation]"]

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
    that of the crawl itself. Each has a thread that hands it the next pages as soon as it has read the last ones,
    whatever the event loop is doing meanwhile.
    """

    def __init__(self, *, alone: int = ALONE, processes: int | None = None, command: Sequence[str] = COMMAND) -> None:
        self._alone = alone
        self._most = min(MOST, count_cores() - 1) if processes is None else processes
        self._readers = [Reader(command) for _ in range(self._most)]
        self._waiting: SimpleQueue[Asked | None] = SimpleQueue()
        self._unanswered = 0
        self._threads: list[Thread] = []

    @property
    def is_busy(self) -> bool:
        """Whether anybody waits for a page."""
        return self._unanswered > 0

    async def read(self, exchange: Exchange, expected: Expected) -> Interpretation:
        """What `interpret_exchange` says."""
        if self._alone > 0 or self._waiting.qsize() >= self._most * WAITING:
            self._alone -= 1
            return interpret_exchange(exchange, expected)
        loop = asyncio.get_running_loop()
        if not self._threads:
            self._threads = [Thread(target=self._serve, args=(one, loop), daemon=True) for one in self._readers]
            for thread in self._threads:
                thread.start()
        answer: asyncio.Future[Interpretation] = loop.create_future()
        self._unanswered += 1
        self._waiting.put(((exchange, expected), answer))
        try:
            return await answer
        finally:
            self._unanswered -= 1

    def close(self) -> None:
        """End the processes; what was handed out and nobody waits for any more is not read."""
        for reader in self._readers:
            reader.interrupt()
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        for reader in self._readers:
            reader.close()

    def _serve(self, reader: Reader, loop: asyncio.AbstractEventLoop) -> None:
        """Have one process read what waits, until there is no more to come."""
        while batch := self._take_batch():
            questions = [question for question, _ in batch]
            try:
                answers = reader.ask(questions)
            except OSError as error:  # a crawl without readers is slower, and that is all
                logger.warning("pages are read by the crawl itself: %s", error)
                answers = [interpret_exchange(*question) for question in questions]
            with suppress(RuntimeError):  # the loop was closed, and nobody waits
                loop.call_soon_threadsafe(deliver, batch, answers)

    def _take_batch(self) -> list[Asked]:
        """Wait for a page, and take what waits behind it; nothing at the end."""
        batch: list[Asked] = []
        asked = self._waiting.get()
        with suppress(Empty):
            while asked is not None:
                batch.append(asked)
                if len(batch) == BATCH:
                    return batch
                asked = self._waiting.get_nowait()
            if batch:
                self._waiting.put(None)  # the end comes once more, after this batch
        return batch


def deliver(batch: Sequence[Asked], answers: Sequence[Interpretation]) -> None:
    """Give the answers to who waits for them."""
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
