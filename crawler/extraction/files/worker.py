"""The process that reads one file: ``python -m crawler.extraction.files.worker``, a question in, an answer out."""

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict

from crawler.extraction.files.reading import FileText, read_file

_MOST_OUTPUT = 64 << 20  # bytes


def serve_file(read: Callable[[bytes, str, str | None], FileText]) -> None:
    """Answer one question on standard output, within the limits that it names.

    The question is a line of JSON (``name``, ``content_type``, ``seconds``, ``memory``), then the file's bytes. The
    answer is a `FileText` as JSON.
    """
    question = sys.stdin.buffer.readline()
    head = json.loads(question)
    limit_resources(head["seconds"], head["memory"])
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no part of the answer
    text = read(sys.stdin.buffer.read(), head["name"], head["content_type"])
    with answer:
        answer.write(json.dumps(asdict(text)).encode())


def limit_resources(seconds: int, memory: int) -> None:
    """End this process when the time is up even if nobody waits for it any more, and bound what it can take."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(2 * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # the second one kills without a name
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_OUTPUT, _MOST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    serve_file(read_file)
