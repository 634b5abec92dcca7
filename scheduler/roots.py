"""Files of roots and proofs: small JSON that an operator publishes, has time-stamped, or hands to a doubter."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from storage.clock import format_instant, parse_instant
from storage.roots import Proof, Root

ROOT, PROOF = "replywatch root 1", "replywatch proof 1"


def write_root(root: Root) -> str:
    """A root as JSON."""
    return json.dumps({"format": ROOT} | asdict(root) | {"until": format_instant(root.until)}, indent=2) + "\n"


def write_proof(proof: Proof) -> str:
    """A proof as JSON."""
    return json.dumps({"format": PROOF} | asdict(proof), indent=2, ensure_ascii=False) + "\n"


def read_root(path: Path) -> Root:
    """A root from its file.

    Raises:
        UsageError: it is none.
    """
    try:
        given = read_form(path, ROOT)
        return Root(**given | {"until": parse_instant(given["until"])})
    except (ValueError, KeyError, TypeError):
        raise click.UsageError(f"{path}: no root; make one with replywatch root --output FILE") from None


def read_proof(path: Path) -> Proof:
    """A proof from its file.

    Raises:
        UsageError: it is none.
    """
    try:
        given = read_form(path, PROOF)
        return Proof(**given | {"path": tuple(given["path"])})
    except (ValueError, KeyError, TypeError):
        raise click.UsageError(f"{path}: no proof; make one with replywatch root --prove RECORD") from None


def read_form(path: Path, form: str) -> dict[str, Any]:
    """The values in a file of a form.

    Raises:
        ValueError: it is of another form.
    """
    given = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(given, dict) or given.pop("format", None) != form:
        raise ValueError(path)
    return given
