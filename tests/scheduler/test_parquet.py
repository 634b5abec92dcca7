"""Parquet files hold what the rows say, typed where Parquet has the type."""

import json
from pathlib import Path

from pyarrow import parquet

from scheduler.parquet import ROW_GROUP, write_parquet

COLUMNS = ("url", "version", "keywords", "reply")


def make_row(number: int) -> dict[str, object]:
    """A row with a value of each sort."""
    return {"url": f"u{number}", "version": number, "keywords": ["甲", "乙"], "reply": {"numbers": ["028"]}}


def test_rows_survive(tmp_path: Path) -> None:
    """More rows than a group; numbers and lists keep their types, an object is JSON, and an empty value is null."""
    rows = [make_row(number) for number in range(ROW_GROUP + 1)] + [
        {"url": "x", "version": 1, "keywords": [], "reply": None}
    ]
    path = tmp_path / "replies.parquet"
    assert write_parquet(rows, COLUMNS, path) == len(rows)
    read = parquet.read_table(path).to_pylist()
    assert [row["version"] for row in read] == [row["version"] for row in rows]
    assert read[5]["keywords"] == ["甲", "乙"]
    assert json.loads(read[5]["reply"]) == {"numbers": ["028"]}
    assert read[-1]["reply"] is None


def test_no_rows_are_a_file_with_columns(tmp_path: Path) -> None:
    """A reader finds the columns though nothing is in them."""
    path = tmp_path / "replies.parquet"
    assert write_parquet([], COLUMNS, path) == 0
    assert parquet.read_table(path).column_names == list(COLUMNS)
