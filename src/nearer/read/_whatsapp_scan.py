"""Finds the beginnings of messages in a block of lines.

Each line could go through the whole grammar, and the first ones do. From each beginning that is found a template is made: its bytes, with
the digits left open. The lines that fit a template are read all at once, whatever the script of the digits and the language of the words;
what fits none goes through the grammar. So the two ways cannot differ (tests hold them side by side), only one is thirty times as fast.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nearer.read._whatsapp_heads import HEAD_CHARACTERS, HOURS, MINUTES, Head, Heads, hour_of, match_head, part_of_day
from nearer.read._whatsapp_lines import Block
from nearer.read._whatsapp_worded import worded_head_of
from nearer.records import Flags, Ints

HEAD_BYTES = HEAD_CHARACTERS * 4
"""So many bytes of a line hold the characters that are looked at."""

TEMPLATES = 96
"""More than any phone needs: day, month and hour of one digit or two, a mark or none, nine parts of the day."""

TEMPLATE_BYTES = 96
WORD = 8
FIELDS = ("a", "b", "c", "hour", "minute", "second")
_SPACES = (" ", "\u00a0", "\u202f")


class Scanner:
    """Finds beginnings and remembers their templates from block to block; without `quickly` every line goes through the grammar."""

    def __init__(self, *, quickly: bool = True) -> None:
        self.quickly = quickly
        self._templates: list[_Template] = []
        self._known: set[bytes] = set()
        self._worded: bool | None = None

    def scan(self, block: Block) -> Heads:
        """Return the beginnings of messages in a block; dates with words are looked for where the first block has none of numbers."""
        rows = np.arange(int(block.joined), len(block), dtype=np.int64)
        heads = self._of_numbers(block, rows)
        if self._worded is None and len(rows):
            self._worded = not len(heads)
        if not self._worded:
            return heads
        left = np.setdiff1d(rows, heads.row, assume_unique=True)
        return Heads.joined([heads, *(self._of_words(block, row) for row in left.tolist())])

    def _of_numbers(self, block: Block, rows: Ints) -> Heads:
        if not self.quickly:
            return Heads.joined([self._one(block, row)[0] for row in rows.tolist()])
        left = rows[_may_begin(block, rows)]
        found = []
        for template in sorted(self._templates, key=lambda template: -template.fits):
            heads, left = template.fit(block, left)
            found.append(heads)
        while len(left):
            one, learned = self._one(block, int(left[0]))
            found.append(one)
            left = left[1:]
            if learned is not None:
                heads, left = learned.fit(block, left)
                found.append(heads)
        return Heads.joined(found)

    def _one(self, block: Block, row: int) -> "tuple[Heads, _Template | None]":
        """Read one line by the whole grammar; returns a template where it is a new one."""
        line = _line(block, row)
        found = match_head(line)
        if found is None:
            return Heads.none(), None
        head, match = found
        text = line[: head.body]
        return Heads.one(row, head, body=int(block.starts[row]) + len(text.encode())), self._learn(text, head, match)

    def _of_words(self, block: Block, row: int) -> Heads:
        line = _line(block, row)
        head = worded_head_of(line)
        return Heads.none() if head is None else Heads.one(row, head, body=int(block.starts[row]) + len(line[: head.body].encode()))

    def _learn(self, text: str, head: Head, match: re.Match[str]) -> "_Template | None":
        if not self.quickly or len(self._templates) >= TEMPLATES or not text.endswith(_SPACES):
            return None
        template = _Template.of(text, head, match)
        if template is None or template.key in self._known:
            return None
        self._known.add(template.key)
        self._templates.append(template)
        return template


class _Template:
    """The bytes of a beginning with its digits left open, and what the digits mean."""

    def __init__(self, key: bytes, digits: Sequence[tuple[int, int]], head: Head, fields: Sequence[Sequence[int]], half: str) -> None:
        self.key, self.head, self.fields = key, head, fields
        self.at = np.array([place for place, _ in digits], dtype=np.int64)
        self.base = np.array([base for _, base in digits], dtype=np.uint8)
        self.hours = np.array([hour_of(hour, half) if half else hour % HOURS for hour in range(HOURS + 1)], dtype=np.int64)
        padded = -len(key) % WORD
        open_bytes = np.frombuffer(key + bytes(padded), dtype=np.uint8).copy()
        mask = np.full(len(open_bytes), 255, dtype=np.uint8)
        mask[len(key) :] = 0
        mask[self.at] = 0
        self._words, self._masks = (open_bytes & mask).view("<u8"), mask.view("<u8")
        self.fits = 0

    @classmethod
    def of(cls, text: str, head: Head, match: re.Match[str]) -> "_Template | None":
        """Make a template of a beginning, None where its digits cannot be left open."""
        places = _digit_places(text)
        key = text.encode()
        if places is None or len(key) > TEMPLATE_BYTES:
            return None
        order = {character: column for column, (character, _, _) in enumerate(places)}
        spans = [range(*match.span(name)) if match[name] else range(0) for name in FIELDS]
        if any(character not in order for span in spans for character in span):
            return None
        fields = [[order[character] for character in span] for span in spans]
        return cls(key, [(at, base) for _, at, base in places], head, fields, part_of_day(match))

    def fit(self, block: Block, rows: Ints) -> tuple[Heads, Ints]:
        """Return the beginnings of the lines that fit, and the rows that do not."""
        starts = block.starts[rows]
        window: NDArray[np.uint64] = np.ndarray((len(block.buffer) - WORD,), dtype="<u8", buffer=block.buffer.data, strides=(1,))
        fits = (window[starts] & self._masks[0]) == self._words[0]
        some = np.flatnonzero(fits)
        for place in range(1, len(self._words)):
            some = some[(window[starts[some] + WORD * place] & self._masks[place]) == self._words[place]]
        digits = block.buffer[starts[some] + self.at[:, None]] - self.base[:, None]
        some_fit = (digits < 10).all(axis=0)  # noqa: PLR2004 - below zero wraps round
        if not some_fit.all():
            some, digits = some[some_fit], digits[:, some_fit]
        self.fits = len(some)
        if not len(some):
            return Heads.none(), rows
        kept = np.ones(len(rows), dtype=np.bool_)
        kept[some] = False
        return self._heads(rows[some], starts[some], digits), rows[kept]

    def _heads(self, rows: Ints, starts: Ints, digits: NDArray[np.uint8]) -> Heads:
        a, b, c, hour, minute, second = (_number(digits[columns]) for columns in self.fields)
        valid = (hour <= HOURS) & (minute < MINUTES) & (second < MINUTES)
        of_day = self.hours[np.where(valid, hour, 0)]
        known = np.where(of_day >= 0, of_day * 3600 + minute * 60 + second, -1)
        same = [np.full(len(rows), value, dtype=np.int64) for value in (self.head.shape, self.head.era)]
        marked = np.full(len(rows), self.head.marked)
        return Heads(rows, same[0], a, b, c, same[1], known, starts + len(self.key), marked).take(valid)


def _line(block: Block, row: int) -> str:
    """Return as much of a line as a beginning can take."""
    start, end = int(block.starts[row]), int(block.ends[row])
    return block.data[start : min(end, start + HEAD_BYTES)].decode("utf-8", "ignore")


def _number(digits: NDArray[np.uint8]) -> Ints:
    """Return the numbers that digits make, the first row being the highest; 0 for no digits."""
    value = np.zeros(digits.shape[1], dtype=np.int64)
    for row in digits:
        value = value * 10 + row
    return value


def _digit_places(text: str) -> list[tuple[int, int, int]] | None:
    """Return the place of each digit among characters and among bytes (its last one), and the byte of its zero."""
    places, at = [], 0
    for character, sign in enumerate(text):
        raw = sign.encode()
        at += len(raw)
        if sign.isdecimal():
            zero = chr(ord(sign) - unicodedata.decimal(sign)).encode()
            if zero[:-1] != raw[:-1]:
                return None
            places.append((character, at - 1, zero[-1]))
    return places


def _may_begin(block: Block, rows: Ints) -> Flags:
    """Say which lines could begin a message by their first bytes: a digit, a bracket, a space, a sign that is not ASCII, a letter and a digit."""
    starts = block.starts[rows]
    one, two = block.buffer[starts], block.buffer[starts + 1]
    emoji = (one == 0xF0) & (two == 0x9F)  # noqa: PLR2004 - how all emoji of UTF-8 begin
    other = (one >= 0x80) & ~emoji  # noqa: PLR2004 - not ASCII
    letter = (one >= ord("A")) & (_is_digit(two) | (two >= 0x80))  # noqa: PLR2004 - not ASCII
    may: Flags = _is_digit(one) | (one == ord("[")) | (one <= ord(" ")) | other | letter
    return may


def _is_digit(byte: NDArray[np.uint8]) -> Flags:
    digit: Flags = (byte - np.uint8(ord("0"))) < 10  # noqa: PLR2004 - below zero wraps round
    return digit
