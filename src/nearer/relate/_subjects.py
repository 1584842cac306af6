"""Subjects: which of twelve a text touches, by whole words (`_subjects.toml`; constructs 7.11, breadth). English only; counted as written."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from nearer.columns import Texts
from nearer.records import Flags, Ints

KEY = 8
"""Words are looked up by their first eight bytes, all at once; only those found there are read."""
LETTERS = np.array([chr(code).isascii() and (chr(code).isalnum() or chr(code) == "_") for code in range(256)], dtype=np.bool_)
MASKS = np.array([(1 << 64) - (1 << (64 - 8 * length)) for length in range(KEY + 1)], dtype=np.uint64)
"""What keeps so many of the first bytes of a key."""


@cache
def subject_names() -> tuple[str, ...]:
    """Return the names of the subjects, in the order of the file."""
    return tuple(_words())


def subjects_in(texts: list[str]) -> Flags:
    """Return which subject each text touches, texts x subjects."""
    found = np.zeros((len(texts), len(subject_names())), dtype=np.bool_)
    pattern = _pattern()
    for row, text in enumerate(texts):
        for match in pattern.finditer(text.lower()):
            found[row, int((match.lastgroup or "s0")[1:])] = True
    return found


def subjects_at(texts: Texts, rows: Ints) -> Flags:
    """Return the same for the texts at some rows, rows x subjects; all texts are looked through where they lie, a million in a second or two.

    Letters beyond ASCII end a word."""
    place = np.full(len(texts), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    found = np.zeros((len(rows), len(subject_names())), dtype=np.bool_)
    first = int(texts.offsets[0])
    data, offsets = texts.data[first : int(texts.offsets[-1])].lower(), texts.offsets - first
    starts, keys = _words_of(data, offsets)
    starts = starts[_may_be_known(keys)]
    row = np.searchsorted(offsets, starts, side="right") - 1
    starts, row = starts[place[row] >= 0], row[place[row] >= 0]
    match = _bytes_pattern().match
    for at, start, end in zip(place[row].tolist(), starts.tolist(), offsets[row + 1].tolist(), strict=True):
        seen = match(data, start, end)
        if seen:
            found[at, int((seen.lastgroup or "s0")[1:])] = True
    return found


def _words_of(data: bytes, offsets: Ints) -> tuple[Ints, NDArray[np.uint64]]:
    """Return where words begin in texts that lie side by side, and their first eight bytes as one number (zeros behind a short one)."""
    is_letter = np.zeros(len(data) + 1, dtype=np.bool_)
    is_letter[:-1] = LETTERS[np.frombuffer(data, dtype=np.uint8)]
    begins = is_letter.copy()
    begins[1:] &= ~is_letter[:-1]
    edges = offsets[:-1][offsets[:-1] < len(data)]
    begins[edges] = is_letter[edges]
    starts = np.flatnonzero(begins)
    ends_here = ~is_letter
    ends_here[offsets] = True
    ends = np.flatnonzero(ends_here)
    length = np.minimum(ends[np.searchsorted(ends, starts, side="right")] - starts, KEY)
    view = np.ndarray(len(data) + 1, dtype=">u8", buffer=data + bytes(KEY), strides=(1,))
    return starts, view[starts].astype(np.uint64) & MASKS[length]


def _may_be_known(keys: NDArray[np.uint64]) -> Flags:
    """Mask the words whose first letters are those of a word on the list."""
    low, high = _keys()
    place = np.searchsorted(low, keys, side="right") - 1
    mask: Flags = (place >= 0) & (keys <= high[place])
    return mask


@cache
def _keys() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return, for each word of the list up to its first part, the least and the largest key it can have; one inside another is left out."""
    spans = set()
    for word in " ".join(_words().values()).split():
        part = re.split(r"[-*]", word)[0].encode()[:KEY]
        open_end = "*" in word and len(part) < KEY
        spans.add((part.ljust(KEY, b"\0"), part.ljust(KEY, b"\xff" if open_end else b"\0")))
    low, high = (np.array([int.from_bytes(span[end], "big") for span in sorted(spans)], dtype=np.uint64) for end in (0, 1))
    outside = np.append(np.True_, high[1:] > np.maximum.accumulate(high)[:-1])
    return low[outside], high[outside]


@cache
def _words() -> dict[str, str]:
    given: dict[str, str] = tomllib.loads(files("nearer.relate").joinpath("_subjects.toml").read_text("utf-8"))["subjects"]
    return given


@cache
def _bytes_pattern() -> re.Pattern[bytes]:
    """Return the same pattern for a place at which a word is known to begin."""
    return re.compile(_pattern().pattern.removeprefix(r"\b").encode(), re.ASCII)


@cache
def _pattern() -> re.Pattern[str]:
    groups = (f"(?P<s{place}>{'|'.join(map(_word, words.split()))})" for place, words in enumerate(_words().values()))
    return re.compile(rf"\b(?:{'|'.join(groups)})\b")


def _word(word: str) -> str:
    r"""Return one word as a pattern: `years-ago` may be parted by a space, `exam*` may go on."""
    return re.escape(word).replace(r"\-", "[- ]").replace(r"\*", r"\w*")
