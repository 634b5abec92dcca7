"""Read a file in a process of its own, so that a hostile one can neither hang nor fill nor kill the crawl."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from signal import SIGABRT, SIGALRM, SIGKILL, SIGXCPU
from tempfile import TemporaryFile

from crawler.extraction.files.faults import Reason
from crawler.extraction.files.reading import MAX_BYTES, FileText

SECONDS = 30
MEMORY = 1 << 30  # bytes of address space
_WORKER = (sys.executable, "-m", "crawler.extraction.files.worker")
# A library that gets no memory aborts, a system that has none left kills; the others end a process whose time is up.
_REASONS = {
    -SIGABRT: Reason.TOO_LARGE,
    -SIGKILL: Reason.TOO_LARGE,
    -SIGALRM: Reason.TIMEOUT,
    -SIGXCPU: Reason.TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class IsolatedReader:
    """Reads files one process each; safe to use from several threads.

    Attributes:
        seconds: the processor time that one file may take; twice as many by the clock, for machines that are busy.
        memory: bytes of address space that the process may have, its code included.
        command: the program, see `crawler.extraction.files.worker.serve_file`.
    """

    seconds: int = SECONDS
    memory: int = MEMORY
    command: Sequence[str] = _WORKER

    def read(self, body: bytes, name_or_url: str = "", content_type: str | None = None) -> FileText:
        """What `read_file` says of a file, or that it took too long or too much memory. Never raises."""
        if len(body) > MAX_BYTES:
            return FileText(None, Reason.TOO_LARGE)
        head = {"name": name_or_url, "content_type": content_type, "seconds": self.seconds, "memory": self.memory}
        with TemporaryFile() as question, TemporaryFile() as answer:
            question.write(json.dumps(head).encode() + b"\n" + body)
            question.seek(0)
            with subprocess.Popen(  # noqa: S603 - our own program
                self.command,
                stdin=question,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the crawl, which waits; the file is not to be blamed for it
            ) as process:
                try:
                    code = process.wait(2 * self.seconds + 1)
                except subprocess.TimeoutExpired:
                    process.kill()
                    return FileText(None, Reason.TIMEOUT)
            answer.seek(0)
            return _read_answer(code, answer.read())


def _read_answer(code: int, answer: bytes) -> FileText:
    if code != 0:
        return FileText(None, _REASONS.get(code, Reason.UNREADABLE))
    try:
        values = json.loads(answer)
        return FileText(values["text"], values["reason"])
    except (ValueError, KeyError, TypeError):
        return FileText(None, Reason.UNREADABLE)
