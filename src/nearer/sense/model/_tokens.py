"""Texts to tokens to hashes, many texts at once and without a loop over them.

A token is a run of letters, digits and apostrophes, a run of one punctuation mark, or one emoji. Every token gets a 64-bit hash out of one
running sum over the bytes (a polynomial hash, taken modulo 2**64), so a token, a pair of tokens and a piece of a word cost the same.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nearer.columns import Texts
from nearer.records import Flags, Ints, Scores

Hashes = NDArray[np.uint64]
Bytes = NDArray[np.uint8]

MAX_CHARACTERS = 1_000
"""How much of one text is heard; what stands behind it is left out."""

STEP = 0x9E3779B97F4A7C15
"""Odd, so it has an inverse modulo 2**64."""
MIX = 0xD6E8FEB86659FD93
PAIR = 0xC2B2AE3D27D4EB4F
SKIPPED = 0x165667B19E3779F9
POWERS = 64
"""Positions are hashed block by block of the buffer; this many bits hold a hash."""

SPACE, WORD, MARK, WIDE = 0, 1, 2, 3
"""Classes of bytes: between tokens, of a word, punctuation, first byte of a character of four bytes (emoji)."""
FIRST_WIDE = 0xF0
WIDE_BYTES = 4
NGRAMS = (3, 4)
"""Lengths in bytes of the pieces an unknown word is known by."""
DENSE = 8
"""Plain figures of a text that go beside its tokens; see `_figures`."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of n texts: hash, first and last byte, and n + 1 bounds into them; `dense` holds n x DENSE plain figures."""

    hashes: Hashes
    starts: Ints
    ends: Ints
    bounds: Ints
    is_word: Flags
    running: Hashes
    dense: Scores


def tokens(texts: Texts) -> Tokens:
    """Split and hash texts (n of them)."""
    plain, dense = _to_plain(texts)
    offsets = np.frombuffer(plain.buffers()[1], dtype=np.int64)[plain.offset : plain.offset + len(plain) + 1]
    data = np.frombuffer(plain.buffers()[2] or b"", dtype=np.uint8)[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    starts, ends = _bounds(data, offsets)
    running = _running(data)
    hashes = spans(running, starts, ends)
    is_word = CLASSES[data[starts]] == WORD
    return Tokens(hashes, starts, ends, np.searchsorted(starts, offsets), is_word, running, dense)


def spans(running: Hashes, starts: Ints, ends: Ints) -> Hashes:
    """Return the hash of each run of bytes [start, end): the same bytes give the same hash wherever they stand."""
    _, inverse = _powers(_size(len(running)))
    return mixed((running[ends] - running[starts]) * inverse[starts] + (ends - starts).astype(np.uint64))


def mixed(hashes: Hashes) -> Hashes:
    """Spread every bit over the upper ones, from which slots are taken."""
    hashes = (hashes ^ (hashes >> np.uint64(32))) * np.uint64(MIX)
    spread: Hashes = (hashes ^ (hashes >> np.uint64(32))) * np.uint64(MIX)
    return spread


def pairs(made: Tokens, *, apart: int) -> tuple[Hashes, Ints]:
    """Hash each token with the one `apart` places on in the same text; returns hashes and n + 1 bounds."""
    count = len(made.hashes)
    last = np.repeat(made.bounds[1:], np.diff(made.bounds))
    inside = np.arange(count) + apart < last
    first = np.flatnonzero(inside)
    factor = np.uint64(PAIR if apart == 1 else SKIPPED)
    return mixed(made.hashes[first] * factor + made.hashes[first + apart]), kept_bounds(inside, made.bounds)


def pieces(made: Tokens, chosen: Flags) -> tuple[Hashes, Ints]:
    """Hash the pieces of the chosen tokens (words nobody taught the ear); returns hashes and n + 1 bounds."""
    starts, lengths = made.starts[chosen], (made.ends - made.starts)[chosen]
    counts = sum(np.maximum(lengths - size + 1, 0) for size in NGRAMS)
    ends = np.cumsum(counts) if len(starts) else np.zeros(0, dtype=np.int64)
    begin, stop = _piece_spans(starts, lengths, counts)
    before = np.concatenate([[0], ends]).astype(np.int64)
    return spans(made.running, begin, stop), before[kept_bounds(chosen, made.bounds)]


def kept_bounds(kept: Flags, bounds: Ints) -> Ints:
    """Return the bounds that remain when only the kept ones of a bounded run stay."""
    before = np.zeros(len(kept) + 1, dtype=np.int64)
    np.cumsum(kept, out=before[1:])
    return before[bounds]


def _piece_spans(starts: Ints, lengths: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Return first and last byte of every piece, word by word, the short ones first."""
    word = np.repeat(np.arange(len(starts)), counts)
    place = np.arange(len(word)) - np.repeat(np.cumsum(counts) - counts, counts)
    small = np.maximum(lengths - NGRAMS[0] + 1, 0)[word]
    is_long = place >= small
    begin = starts[word] + np.where(is_long, place - small, place)
    return begin, begin + np.where(is_long, NGRAMS[1], NGRAMS[0])


def _to_plain(texts: Texts) -> tuple[pa.LargeStringArray, Scores]:
    """Cut, lower the case and straighten apostrophes; the figures are taken before the case is lost."""
    array = pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(np.ascontiguousarray(texts.offsets)), pa.py_buffer(texts.data))
    if len(texts) and int(texts.lengths().max()) > MAX_CHARACTERS:
        array = pc.utf8_slice_codeunits(array, 0, MAX_CHARACTERS)
    dense = _figures(array)
    lowered = pc.utf8_lower(array)
    return pc.replace_substring(lowered, "\u2019", "'"), dense


def _figures(array: pa.LargeStringArray) -> Scores:
    """Length, share of capitals, marks of question and exclamation, dots, digits, wide characters, line breaks."""
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    data = np.frombuffer(array.buffers()[2] or b"", dtype=np.uint8)[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    length = np.diff(offsets).astype(np.float32)
    made = np.zeros((len(array), DENSE), dtype=np.float32)
    made[:, 0] = np.log1p(length) / 4
    capitals = _counts((data >= ord("A")) & (data <= ord("Z")), offsets)
    made[:, 1] = capitals / np.maximum(length, 1)
    for column, mask in enumerate((data == ord("?"), data == ord("!"), data == ord("."), (data >= ord("0")) & (data <= ord("9")))):
        made[:, column + 2] = np.log1p(_counts(mask, offsets))
    made[:, 6] = np.log1p(_counts(data >= FIRST_WIDE, offsets))
    made[:, 7] = np.log1p(_counts(data == ord("\n"), offsets))
    return made


def _counts(mask: Flags, offsets: Ints) -> Ints:
    places = np.flatnonzero(mask)
    found: Ints = np.diff(np.searchsorted(places, offsets))
    return found


def _bounds(data: Bytes, offsets: Ints) -> tuple[Ints, Ints]:
    """Return the first byte of each token and the one behind its last."""
    if not len(data):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    kind = CLASSES[data]
    change = np.empty(len(data), dtype=np.bool_)
    change[0] = True
    change[1:] = (kind[1:] != kind[:-1]) | ((kind[1:] == MARK) & (data[1:] != data[:-1]))
    change[offsets[:-1][offsets[:-1] < len(data)]] = True
    wide = np.flatnonzero(kind == WIDE)
    for place in range(1, WIDE_BYTES):
        change[np.minimum(wide + place, len(data) - 1)[wide + place < len(data)]] = False
    after = wide + WIDE_BYTES
    change[after[after < len(data)]] = True
    change[wide] = True
    starts = np.flatnonzero(change)
    ends = np.append(starts[1:], len(data))
    real = kind[starts] != SPACE
    return starts[real], ends[real]


def _running(data: Bytes) -> Hashes:
    """Return the running sum of byte times STEP**position; the hash of a run is a difference of two."""
    power, _ = _powers(_size(len(data) + 1))
    running = np.zeros(len(data) + 1, dtype=np.uint64)
    np.cumsum((data.astype(np.uint64) + np.uint64(1)) * power[: len(data)], out=running[1:])
    return running


def _size(length: int) -> int:
    return 1 << max(20, (length - 1).bit_length())


@lru_cache(maxsize=2)
def _powers(size: int) -> tuple[Hashes, Hashes]:
    """Return STEP**i and its inverse for i below size, modulo 2**64."""
    inverse = pow(STEP, -1, 1 << POWERS)
    made = []
    for factor in (STEP, inverse):
        steps = np.full(size, factor, dtype=np.uint64)
        steps[0] = 1
        made.append(np.cumprod(steps, dtype=np.uint64))
    return made[0], made[1]


def _classes() -> Bytes:
    kind = np.full(256, MARK, dtype=np.uint8)
    kind[:33] = SPACE
    kind[127] = SPACE
    for letters in (b"abcdefghijklmnopqrstuvwxyz", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789", b"'"):
        kind[list(letters)] = WORD
    kind[128:FIRST_WIDE] = WORD
    kind[FIRST_WIDE:] = WIDE
    return kind


CLASSES = _classes()
