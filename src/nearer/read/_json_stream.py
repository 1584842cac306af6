"""Large JSON read piece by piece: a few lists are handed on object by object, everything around them value by value.

The file is never held whole. A block of bytes is looked at once with numpy: where strings begin and end, how deep each bracket lies
and on which line. Depth and digits are counted here, before any parser sees a byte; then whole objects go to `orjson`. An object it
refuses gets a second, lenient try (lone surrogates, raw control characters, bad UTF-8), with NaN refused; what still fails is None with
its line. Of a key that stands twice in one object nobody can say which value is meant: such an object is not used either.
"""

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
import orjson
from numpy.typing import NDArray

from nearer.errors import TooLarge, Unreadable
from nearer.read._settings import Limits
from nearer.records import Ints

BLOCK_BYTES = 1 << 20
"""How much of the file is looked at in one piece: large enough for numpy, small enough for memory."""

BOM = b"\xef\xbb\xbf"
ITEM = "[]"
"""What stands in a path for any element of a list."""

_BETWEEN = b" \t\r\n,"
Trail = tuple[str, ...]

_QUOTE, _BACKSLASH, _NEWLINE, _COLON = 0x22, 0x5C, 0x0A, 0x3A
_OPEN, _CLOSE, _CASE = 0x7B, 0x7D, 0x20
_DIGITS = bytes(ord("0") if chr(code) in "0123456789" else ord(" ") for code in range(256))
"""Turns every digit into 0 and all else into a space, so that a long number is one plain search."""
_TOKEN = re.compile(rb'[\s,:]*+(?:("[^"\\]*+(?:\\.[^"\\]*+)*+")|([{}\[\]])|([^\s,:{}\[\]"]++))', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Value:
    """A value outside the wanted lists, with its path; for an object that begins, `value` is an empty dict."""

    path: Trail
    value: Any


@dataclass(frozen=True, slots=True)
class Objects:
    """Some elements of a wanted list, in order; none at all where the list opens. A row is None where the element cannot be used; `why` then says so by row."""

    path: Trail
    rows: list[dict[str, Any] | None]
    lines: Ints
    why: dict[int, str]


@dataclass(frozen=True, slots=True)
class End:
    """The last thing of every file: how many lines it has and whether it stopped in the middle."""

    lines: int
    cut_off: bool


def stream_json(path: Path, *, lists: frozenset[Trail], around: frozenset[Trail], limits: Limits) -> Iterator[Value | Objects | End]:
    """Yield the objects of `lists` and the values directly inside `around`, in file order; last of all an End.

    Raises Unreadable for what is no JSON object at all, TooLarge past `json_depth`, `integer_digits`, `file_bytes`, or when one object is
    longer than `line_bytes`."""
    limits.check("file_bytes", path.stat().st_size, file=path.name, unit="bytes")
    with path.open("rb") as opened:
        yield from _Walk(opened, path.name, limits=limits, lists=lists, around=around).run()


class _Walk:
    """One walk through one file. `buffer` always begins outside any string; `stack` holds the open brackets, `keys` their names."""

    def __init__(self, opened: BinaryIO, file: str, *, limits: Limits, lists: frozenset[Trail], around: frozenset[Trail]) -> None:
        self.opened, self.file, self.limits = opened, file, limits
        self.lists, self.around = lists, around
        self.buffer, self.at, self.line, self.ended, self.last = b"", 0, 1, False, b""
        self.path: list[str] = []
        self.stack: list[int] = []
        self.key: str | None = None

    def run(self) -> Iterator[Value | Objects | End]:
        self._fill()
        if self.buffer.startswith(BOM):
            self.at = len(BOM)
        if not self.buffer[self.at :].lstrip().startswith(b"{"):
            raise Unreadable(self.file, "this is not a JSON object" if self.buffer.strip() else "the file is empty")
        while True:
            if self._is_list():
                done = yield from self._objects()
            else:
                done = yield from self._values()
            if done or not (self.stack or self.buffer):
                break
        cut_off = bool(self.stack)
        self._pass(len(self.buffer))
        while self._fill():
            self._pass(len(self.buffer))
        yield End(self.line - (self.last == b"\n"), cut_off)

    def _is_list(self) -> bool:
        return tuple(self.path) in self.lists and self.stack[-1:] == [ord("[")]

    def _fill(self) -> bool:
        """Read one more block behind what is left; False at the end of the file."""
        left = self.buffer[self.at :].lstrip(_BETWEEN) if self._is_list() else self.buffer[self.at :]
        self.line += self.buffer.count(b"\n", self.at, len(self.buffer) - len(left))
        self.limits.check("line_bytes", len(left), file=self.file, unit="bytes in one object")
        more = self.opened.read(BLOCK_BYTES)
        self.ended, self.at, self.last = not more, 0, more[-1:] or self.last
        self.buffer = left + more
        return bool(more)

    def _pass(self, end: int) -> None:
        self.line += self.buffer.count(b"\n", self.at, end)
        self.at = end

    # ------------------------------------------------------------------------------------------------------ around the wanted lists

    def _values(self) -> Generator[Value | Objects, None, bool]:
        """Walk token by token until a wanted list opens (False) or the file ends (True)."""
        while True:
            found = _TOKEN.match(self.buffer, self.at)
            if found is None or (found.end() == len(self.buffer) and not self.ended and not found[2]):
                if self._fill() or found is not None:
                    continue
                return True
            self._pass(found.end())
            if found[2]:
                yield from self._bracket(found[2][0])
                if not self.stack or tuple(self.path) in self.lists:
                    return not self.stack
            elif found[1] and self.stack[-1] == ord("{") and self.key is None:
                self.key = str(_scalar(found[1]))
            else:
                yield from self._value(found[1] or found[3])

    def _bracket(self, bracket: int) -> Iterator[Value]:
        if bracket | _CASE == _OPEN:
            if self.stack:
                self.path.append(self._name())
            self.stack.append(bracket)
            self.limits.check("json_depth", len(self.stack), file=self.file, unit="levels of brackets")
            if bracket == ord("{") and tuple(self.path) in self.around:
                yield Value(tuple(self.path), {})
        elif not self.stack or self.stack.pop() != bracket - 2:
            self._broken()
        elif self.path:
            self.path.pop()
        self.key = None

    def _name(self) -> str:
        return ITEM if self.stack[-1] == ord("[") else self.key or ""

    def _value(self, token: bytes) -> Iterator[Value]:
        _check_digits(token, limits=self.limits, file=self.file)
        if tuple(self.path) in self.around:
            yield Value((*self.path, self._name()), _scalar(token))
        self.key = None

    def _broken(self) -> NoReturn:
        raise Unreadable(self.file, f"brackets do not fit together at line {self.line:,}, so this is not JSON")

    # ------------------------------------------------------------------------------------------------------------ in a wanted list

    def _objects(self) -> Generator[Value | Objects, None, bool]:
        """Hand on the objects of the list that is open, block by block; False when it closes, True at the end of the file."""
        yield Objects(tuple(self.path), [], np.zeros(0, dtype=np.int64), {})
        while True:
            shape = _shape(self.buffer[self.at :] if self.at else self.buffer)
            depth = len(self.stack) + shape.depth
            if len(depth):
                self.limits.check("json_depth", int(depth.max()), file=self.file, unit="levels of brackets")
            closed = np.flatnonzero(shape.depth < 0)
            if len(closed):
                end = self.at + int(shape.brackets[closed[0]])
                yield from self._run_of(shape.until(int(closed[0])))
                self._pass(end)
                yield from self._bracket(self.buffer[end])
                self._pass(end + 1)
                return False
            yield from self._run_of(shape)
            if not self._fill():
                self._pass(len(self.buffer))
                return True

    def _run_of(self, shape: "_Shape") -> Iterator[Objects]:
        """Parse the whole objects of a shape and move past them."""
        starts, ends = shape.objects()
        if not len(ends):
            return
        starts = starts[: len(ends)]
        base = self.at
        lines = self.line + np.searchsorted(shape.newlines, starts).astype(np.int64)
        run = self.buffer[base + int(starts[0]) : base + int(ends[-1]) + 1]
        _check_digits(run, limits=self.limits, file=self.file)
        rows, why = _parsed(run, starts - starts[0], ends - starts[0] + 1)
        for row in np.flatnonzero(shape.keys(starts, ends) != [len(found or ()) for found in rows]).tolist():
            if rows[row] is not None:
                rows[row], why[row] = None, "a key stands twice in it"
        longest = int((ends - starts).max()) + 1
        self.limits.check("line_bytes", longest, file=self.file, unit="bytes in one object")
        self._pass(base + int(ends[-1]) + 1)
        yield Objects(tuple(self.path), rows, lines, why)


# ----------------------------------------------------------------------------------------------------------- the shape of some bytes


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where the brackets outside strings are, how deep it is after each (0: as at the first byte), and where lines end."""

    brackets: NDArray[np.intp]
    opens: NDArray[np.bool_]
    depth: NDArray[np.int64]
    colons: NDArray[np.intp]
    newlines: NDArray[np.intp]

    def until(self, bracket: int) -> "_Shape":
        return _Shape(self.brackets[:bracket], self.opens[:bracket], self.depth[:bracket], self.colons, self.newlines)

    def objects(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return where the outermost brackets open and close."""
        return self.brackets[self.opens & (self.depth == 1)], self.brackets[~self.opens & (self.depth == 0)]

    def keys(self, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[np.intp]:
        """Count the keys directly in each outermost object: the colons at depth 1."""
        if not len(self.brackets):
            return np.zeros(len(starts), dtype=np.intp)
        last = np.maximum(np.searchsorted(self.brackets, self.colons) - 1, 0)
        own = self.colons[self.depth[last] == 1]
        return np.searchsorted(own, ends) - np.searchsorted(own, starts)


def _shape(data: bytes) -> _Shape:
    """Find the brackets and colons of bytes that begin outside any string."""
    codes = np.frombuffer(data, dtype=np.uint8)
    quotes = _quotes(codes)
    folded = codes | _CASE
    brackets = _outside(np.flatnonzero((folded == _OPEN) | (folded == _CLOSE)), quotes)
    opens = folded[brackets] == _OPEN
    depth = np.cumsum(np.where(opens, 1, -1))
    return _Shape(brackets, opens, depth, _outside(np.flatnonzero(codes == _COLON), quotes), np.flatnonzero(codes == _NEWLINE))


def _quotes(codes: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return the quotes that begin or end a string: those behind an even number of backslashes."""
    quotes = np.flatnonzero(codes == _QUOTE)
    slashes = np.flatnonzero(codes == _BACKSLASH)
    if not len(slashes) or not len(quotes):
        return quotes
    firsts = np.concatenate([[0], np.flatnonzero(np.diff(slashes) != 1) + 1])
    before = np.searchsorted(slashes, quotes) - 1
    touches = (before >= 0) & (slashes[np.maximum(before, 0)] == quotes - 1)
    length = before - firsts[np.maximum(np.searchsorted(firsts, before, "right") - 1, 0)] + 1
    real: NDArray[np.intp] = quotes[~(touches & (length % 2 == 1))]
    return real


def _outside(found: NDArray[np.intp], quotes: NDArray[np.intp]) -> NDArray[np.intp]:
    outside: NDArray[np.intp] = found[np.searchsorted(quotes, found) % 2 == 0]
    return outside


def _check_digits(data: bytes, *, limits: Limits, file: str) -> None:
    """Raise TooLarge when a number (digits outside strings) has more than `integer_digits` digits."""
    marked, many = data.translate(_DIGITS), b"0" * (limits.integer_digits + 1)
    if many not in marked:
        return
    hits = [found.start() for found in re.finditer(many, marked)]
    if len(_outside(np.array(hits), _quotes(np.frombuffer(data, dtype=np.uint8)))):
        raise TooLarge(file, "integer_digits", limits.integer_digits, "digits in a number")


# ----------------------------------------------------------------------------------------------------------------- bytes to objects


def _parsed(run: bytes, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> tuple[list[dict[str, Any] | None], dict[int, str]]:
    """Parse a run of objects at once; one by one where that fails."""
    try:
        rows = orjson.loads(b"[" + run + b"]")
    except orjson.JSONDecodeError:
        rows = []
    if len(rows) == len(starts) and all(type(row) is dict for row in rows):
        return rows, {}
    one_by_one = [parse_object(run[start:end]) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return one_by_one, {row: "it is not a JSON object" for row, found in enumerate(one_by_one) if found is None}


def parse_object(data: bytes) -> dict[str, Any] | None:
    """Parse one object whose depth and digits were checked; None when it is none."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        try:
            found = json.loads(data.decode("utf-8", "replace"), strict=False, parse_constant=_refuse)
        except ValueError:
            return None
    return found if isinstance(found, dict) else None


def check_object(data: bytes, *, limits: Limits, file: str) -> None:
    """Raise TooLarge when one line of JSON lines is nested deeper or holds longer numbers than the bounds allow."""
    if data.count(b"{") + data.count(b"[") > limits.json_depth:
        depth = _shape(data).depth
        limits.check("json_depth", int(depth.max()) if len(depth) else 0, file=file, unit="levels of brackets")
    _check_digits(data, limits=limits, file=file)


def has_twice(data: bytes, found: dict[str, Any]) -> bool:
    """Say whether a key stands twice directly in this object."""
    shape = _shape(data)
    starts, ends = shape.objects()
    return len(ends) != 1 or int(shape.keys(starts, ends)[0]) != len(found)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _scalar(token: bytes) -> Any:
    try:
        return orjson.loads(token)
    except orjson.JSONDecodeError:
        return token.strip(b'"').decode("utf-8", "replace")
