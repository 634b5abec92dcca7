"""What is wrong in a seed file, in one line: file, line, key, what is wrong, what is allowed."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from seeds.models import Column, Site

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]
TYPES = {"string": "a text", "float": "a number", "int": "a number", "bool": "true or false", "model": "a table"}
KIND_OF_TABLE = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?")
SYNTAX_PLACE = re.compile(r"\s*\(at line (\d+), column \d+\)$")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; ``line`` counts from 1 and is None where it cannot be known."""

    file: Path | None
    line: int | None
    key: str
    problem: str
    allowed: str = ""

    @classmethod
    def of_syntax(cls, file: Path, text: str, message: str) -> "Fault":
        """A fault of a text that is no TOML, from the parser's message; an end too early is on the last line."""
        found = SYNTAX_PLACE.search(message)
        line = int(found[1]) if found else max(1, len(text.splitlines()))
        return cls(file, line, "", f"no TOML: {SYNTAX_PLACE.sub('', message)}")

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        words = ": ".join(part for part in (place, self.key, self.problem) if part)
        return words + (f" (allowed: {self.allowed})" if self.allowed else "")


def read_faults(path: Path, text: str, error: "ValidationError") -> list[Fault]:
    """The faults that the schema found in a file's values."""
    return [_read_fault(path, text, detail) for detail in error.errors(include_url=False)]


def locate_key(text: str, location: Location) -> int | None:
    """The line of a key, or of the table it is missing from; None when neither can be found.

    ``location`` is as in the values: ``("columns", 1, "url")`` is the key ``url`` in the second ``[[columns]]``.
    """
    table = str(location[0]) if len(location) > 1 and isinstance(location[1], int) else ""
    key = str(location[2] if table and len(location) > 2 else location[0])  # noqa: PLR2004 - table, place, key
    place = int(location[1]) if table else -1
    current, count, heading = "", -1, None
    for number, line in enumerate(text.splitlines(), 1):
        if found := KIND_OF_TABLE.match(line):
            current = found[1]
            count += current == table
            if current == table and count == place:
                heading = number
        elif current == table and (not table or count == place) and _is_assignment(line, key):
            return number
    return heading if heading is not None else (locate_key(text, (table,)) if table else None)


def _is_assignment(line: str, key: str) -> bool:
    return bool(re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line))


def _read_fault(path: Path, text: str, detail: "ErrorDetails") -> Fault:
    location = detail["loc"]
    line = locate_key(text, location)
    problem, allowed = _explain(detail)
    return Fault(path, line, _spell(location), problem, allowed)


def _spell(location: Location) -> str:
    """``columns[2].url``: places count from 1, as a person does."""
    words = ""
    for part in location:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if words else str(part)
    return words


def _explain(detail: "ErrorDetails") -> tuple[str, str]:
    """What is wrong, and what is allowed."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail.get("input")
    if kind == "extra_forbidden":
        words = _explain_unknown(detail["loc"])
    elif kind == "missing":
        words = "is missing", "it is required"
    elif kind == "literal_error":
        words = f"unknown value {value!r}", str(context["expected"]).replace(" or ", ", ").replace("'", "")
    elif kind.endswith("_type"):
        words = f"{value!r} is of a wrong type", TYPES.get(kind.removesuffix("_type"), "a list")
    elif kind == "column":
        words = str(context["problem"]), str(context["allowed"])
    elif "allowed" in context:
        words = f"{value!r} is {detail['msg']}", str(context["allowed"])
    else:
        words = f"{value!r}: {detail['msg'].lower()}", ""
    return words


def _explain_unknown(location: Location) -> tuple[str, str]:
    names = list((Column if location[0] == "columns" else Site).model_fields)
    near = get_close_matches(str(location[-1]), names, n=1)
    return "unknown key" + (f", perhaps {near[0]}" if near else ""), ", ".join(names)
