"""Files of roots and proofs: small JSON that an operator publishes, has time-stamped, or hands to a doubter."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from storage.clock import format_instant, parse_instant
from storage.configuration import Configuration
from storage.database import Database
from storage.roots import Proof, Root, take_root

ROOT, PROOF = "replywatch root 1", "replywatch proof 1"
REST = timedelta(minutes=10)  # by then whatever was fetched is committed, on every node


def keep_root(configuration: Configuration, database: Database) -> Path | None:
    """Write the root of a day to ``DATA_DIR/roots``, chained to the last one there; None when there is one already.

    Raises:
        UsageError: the last one is no root, so that nothing can be chained to it.
        DatabaseError, OSError: it cannot be made, or cannot be kept.
    """
    now = configuration.clock.now()
    path = configuration.data_dir / "roots" / f"{now.astimezone(configuration.zone):%Y-%m-%d}.json"
    if path.exists():
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    earlier = sorted(path.parent.glob("*.json"))
    root = take_root(database, now - REST, read_root(earlier[-1]).root if earlier else None)
    draft = path.with_suffix(".draft")
    draft.write_text(write_root(root), encoding="utf-8")
    return draft.rename(path)


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
