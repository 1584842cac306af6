"""The three files a table comes in, row by row: CSV, JSON lines, Parquet. Which column means what is decided in `table`."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from nearer.errors import TooLarge, Unreadable
from nearer.read._json_stream import BOM, check_object, has_twice, parse_object
from nearer.read._settings import Settings
from nearer.records import Origin, Problem

SUFFIXES = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
SEPARATORS = ",;\t|"
PARQUET_MAGIC = b"PAR1"
PARQUET_ROWS = 10_000
"""Rows of Parquet that are held at once."""

LINES_TRIED = 100
"""JSON lines looked at to know which keys there are."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its first and last line, the values of the columns asked for, and (JSON lines) the whole object."""

    line: int
    last: int
    values: Mapping[str, Any]
    whole: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


def form_of(path: Path) -> str | None:
    """Return csv, jsonl or parquet: by the first bytes where they say it, else by the suffix; None for anything else."""
    with path.open("rb") as opened:
        line = opened.readline(1 << 16).removeprefix(BOM).strip()
    if line.startswith(PARQUET_MAGIC):
        return "parquet"
    if line.startswith(b"{") and line.endswith(b"}"):
        found = parse_object(line) if line.count(b"{") + line.count(b"[") < LINES_TRIED else None
        if found is not None and (found.get("what") == "relationship" or {"text", "time"} <= found.keys()):
            return "jsonl"
    return SUFFIXES.get(path.suffix.lower())


def columns_of(path: Path, *, settings: Settings) -> list[str]:
    """Return the names of the columns there are."""
    form = form_of(path)
    if form == "parquet":
        return [str(name) for name in _parquet(path).schema_arrow.names]
    if form == "jsonl":
        tried = (row.whole for row, _ in zip(_json_lines(path, {}, settings=settings), range(LINES_TRIED), strict=False))
        return list(dict.fromkeys(str(key) for whole in tried if whole.get("what") != "relationship" for key in whole))
    with _text_of(path) as opened:
        return _header(path, opened, settings=settings)[0]


def rows_of(path: Path, columns: Mapping[str, str], *, settings: Settings) -> Iterator[Row]:
    """Yield every row with the values of `columns` ({our name: their column})."""
    form = form_of(path)
    if form == "parquet":
        return _parquet_rows(path, columns)
    return _json_lines(path, columns, settings=settings) if form == "jsonl" else _csv_rows(path, columns, settings=settings)


# ---------------------------------------------------------------------------------------------------------------------------------- CSV


def _text_of(path: Path) -> TextIOWrapper:
    with path.open("rb") as opened:
        utf16 = opened.read(2) in _UTF16
    return path.open(encoding="utf-16" if utf16 else "utf-8-sig", errors="replace", newline="")


def _bounded(path: Path, opened: TextIOWrapper, *, settings: Settings) -> Iterator[str]:
    """Yield the lines of a text, none longer than `line_bytes`."""
    bound = settings.limits.line_bytes
    while line := opened.readline(bound + 2):
        size = len(line) if line.isascii() else len(line.encode("utf-8", "replace"))
        if size > bound:
            settings.limits.check("line_bytes", size - (len(line) - len(line.rstrip("\r\n"))), file=path.name, unit="bytes in a line")
        yield line


def _header(path: Path, opened: TextIOWrapper, *, settings: Settings) -> tuple[list[str], str]:
    """Return the names in the first record and the separator that splits it into most of them (a comma where none does)."""
    csv.field_size_limit(settings.limits.line_bytes)
    first = next(_bounded(path, opened, settings=settings), "")
    split = {sign: next(csv.reader([first], delimiter=sign), []) for sign in SEPARATORS}
    wanted = set(settings.columns.values())
    sign = max(SEPARATORS, key=lambda sign: (len(wanted & set(split[sign])), len(split[sign])))
    return split[sign], sign


def _csv_rows(path: Path, columns: Mapping[str, str], *, settings: Settings) -> Iterator[Row]:
    with _text_of(path) as opened:
        header, sign = _header(path, opened, settings=settings)
        places = {ours: header.index(theirs) for ours, theirs in columns.items()}
        need = max(places.values()) + 1
        reader = csv.reader(_bounded(path, opened, settings=settings), delimiter=sign)
        last = 1
        while True:
            line = last + 1
            try:
                cells = next(reader, None)
            except csv.Error:
                raise TooLarge(path.name, "line_bytes", settings.limits.line_bytes, "bytes in a field (is a quote left open?)") from None
            last = reader.line_num + 1
            if cells is None:
                return
            if len(cells) < need or any(cells[len(header) :]):
                if cells:
                    says = f"the row has {len(cells)} cells where the first line has {len(header)}"
                    yield Row(line, last, {}, problem=Problem("wrong_width", says, Origin(path.name, line)))
                continue
            yield Row(line, last, {ours: cells[place] for ours, place in places.items()})


# --------------------------------------------------------------------------------------------------------------------------- JSON lines


def _json_lines(path: Path, columns: Mapping[str, str], *, settings: Settings) -> Iterator[Row]:
    bound = settings.limits.line_bytes
    with path.open("rb") as opened:
        number = 0
        while line := opened.readline(bound + 2):
            number += 1
            data = (line.removeprefix(BOM) if number == 1 else line).strip()
            settings.limits.check("line_bytes", len(line.rstrip(b"\r\n")), file=path.name, unit="bytes in a line")
            if not data:
                continue
            check_object(data, limits=settings.limits, file=path.name)
            found = parse_object(data)
            if found is None or has_twice(data, found):
                says = "the line is not a JSON object" if found is None else "a key stands twice in the object"
                yield Row(number, number, {}, problem=Problem("not_json", says, Origin(path.name, number)))
                continue
            yield Row(number, number, {ours: found.get(theirs) for ours, theirs in columns.items()}, whole=found)


# ------------------------------------------------------------------------------------------------------------------------------ Parquet


def _parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError):
        raise Unreadable(path.name, "this is not a whole Parquet file") from None


def _parquet_rows(path: Path, columns: Mapping[str, str]) -> Iterator[Row]:
    opened = _parquet(path)
    _check_types(path, opened.schema_arrow, columns)
    number = 0
    try:
        for batch in opened.iter_batches(batch_size=PARQUET_ROWS, columns=list(dict.fromkeys(columns.values()))):
            values = {ours: _values(batch.column(theirs)) for ours, theirs in columns.items()}
            for row in range(batch.num_rows):
                number += 1
                yield Row(number, number, {ours: listed[row] for ours, listed in values.items()})
    except (pa.ArrowException, OSError):
        raise Unreadable(path.name, f"this Parquet file is broken after row {number:,}") from None


def _check_types(path: Path, schema: pa.Schema, columns: Mapping[str, str]) -> None:
    """Refuse a column of a type that cannot hold what it should, before any row is read."""
    for ours, theirs in columns.items():
        kind = schema.field(theirs).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        words = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        number = pa.types.is_integer(kind)
        fits = words or (ours != "text" and number) or (ours == "time" and (pa.types.is_timestamp(kind) or pa.types.is_floating(kind)))
        if not fits:
            listed = ", ".join(f"{column.name} ({column.type})" for column in schema)
            raise Unreadable(path.name, f"the column {theirs!r} is {kind}, which cannot be {ours}. Columns there are: {listed}")


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
    listed: list[Any] = column.to_pylist()
    return listed
