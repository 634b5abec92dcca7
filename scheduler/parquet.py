"""Rows as a Parquet file, a batch a row group; needs the extra ``parquet``."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP = 1000
NUMBERS = frozenset({"version"})
LISTS = frozenset({"keywords", "doubts"})


class ParquetMissingError(Exception):
    """pyarrow is not installed; the message says how to get it."""


def write_parquet(rows: Iterable[Mapping[str, object]], columns: Iterable[str], output: Path) -> int:
    """Write rows with these columns; returns how many.

    Numbers and lists of texts keep their types, other lists and objects become JSON text.

    Raises:
        ParquetMissingError: pyarrow is not installed.
        OSError: the file cannot be written.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - it is large, and only this needs it
        from pyarrow import parquet  # noqa: PLC0415 - likewise
    except ModuleNotFoundError:
        raise ParquetMissingError("Parquet needs pyarrow: pip install 'replywatch[parquet]'") from None
    schema = pa.schema([pa.field(name, choose_type(pa, name)) for name in columns])
    count = 0
    with parquet.ParquetWriter(output, schema, compression="zstd") as writer:
        for group in group_rows(rows):
            writer.write_table(pa.Table.from_pylist([show_row(row) for row in group], schema=schema))
            count += len(group)
    return count


def choose_type(arrow: "pa", name: str) -> "pa.DataType":
    """The column's type."""
    if name in NUMBERS:
        return arrow.int32()
    return arrow.list_(arrow.string()) if name in LISTS else arrow.string()


def group_rows(rows: Iterable[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    """The rows in pieces that fit into memory."""
    iterator = iter(rows)
    while group := list(islice(iterator, ROW_GROUP)):
        yield group


def show_row(row: Mapping[str, object]) -> dict[str, object]:
    """The row with what Parquet cannot hold as JSON text."""
    return {
        name: value if value is None or isinstance(value, str) or name in NUMBERS | LISTS else show_json(value)
        for name, value in row.items()
    }


def show_json(value: object) -> str:
    """A list or an object as text."""
    return json.dumps(value, ensure_ascii=False)
