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

SPACE, WORD, WIDE = 0, 1, 2
"""Classes of bytes: between tokens, of a word, first byte of a character of four bytes (emoji). A mark is a class of its own: its byte."""
FIRST_WIDE = 0xF0
WIDE_BYTES = 4
NGRAMS = (3, 4)
"""Lengths in bytes of the pieces an unknown word is known by."""
LETTERS = np.uint8(26)
CURLY = 0xE2
"""First byte of the curly apostrophe (and of much else)."""
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
    plain, length, capitals = _to_plain(texts)
    data, offsets = _bytes(plain)
    starts, ends = _bounds(data, offsets)
    running = _running(data)
    hashes = spans(running, starts, ends)
    bounds = np.searchsorted(starts, offsets)
    lead = np.take(data, starts)
    return Tokens(hashes, starts, ends, bounds, np.take(CLASSES, lead) == WORD, running, _figures(length, capitals, lead, bounds))


def chosen(texts: Texts, rows: Ints) -> Texts:
    """Return the texts at `rows`: a view where they stand one behind the other, else a copy of their bytes."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
        return texts[int(rows[0]) : int(rows[-1]) + 1]
    data, offsets = _bytes(_to_arrow(texts).take(pa.array(rows)))
    return Texts(data.tobytes(), offsets)


def spans(running: Hashes, starts: Ints, ends: Ints) -> Hashes:
    """Return the hash of each run of bytes [start, end): the same bytes give the same hash wherever they stand."""
    _, inverse = _powers(_size(len(running)))
    sums = np.take(running, ends)
    sums -= np.take(running, starts)
    sums *= np.take(inverse, starts)
    sums += (ends - starts).view(np.uint64)
    return mixed(sums)


def mixed(hashes: Hashes) -> Hashes:
    """Spread every bit over the upper ones, from which slots are taken."""
    hashes = (hashes ^ (hashes >> np.uint64(32))) * np.uint64(MIX)
    spread: Hashes = (hashes ^ (hashes >> np.uint64(32))) * np.uint64(MIX)
    return spread


def pairs(made: Tokens, *, apart: int) -> Hashes:
    """Hash each token with the one `apart` places on; what reaches over the end of a text is for `crossing` to strike out."""
    factor = np.uint64(PAIR if apart == 1 else SKIPPED)
    sums = made.hashes[:-apart] * factor
    sums += made.hashes[apart:]
    return mixed(sums)


def crossing(bounds: Ints, *, apart: int) -> Ints:
    """Return the places of pairs whose second token belongs to another text."""
    ends = bounds[1:-1]
    places = np.concatenate([ends - back for back in range(1, apart + 1)])
    last = int(bounds[-1]) - apart
    found: Ints = places[(places >= 0) & (places < last)]
    return found


def pieces(made: Tokens, chosen: Ints) -> tuple[Hashes, Ints]:
    """Hash the pieces of the chosen tokens (words nobody taught the ear); returns hashes and n + 1 bounds."""
    starts, lengths = made.starts[chosen], (made.ends - made.starts)[chosen]
    counts = sum(np.maximum(lengths - size + 1, 0) for size in NGRAMS)
    begin, stop = _piece_spans(starts, lengths, counts)
    before = np.zeros(len(chosen) + 1, dtype=np.int64)
    np.cumsum(counts, out=before[1:])
    return spans(made.running, begin, stop), before[np.searchsorted(chosen, made.bounds)]


def _piece_spans(starts: Ints, lengths: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Return first and last byte of every piece, word by word, the short ones first."""
    word = np.repeat(np.arange(len(starts)), counts)
    place = np.arange(len(word)) - np.repeat(np.cumsum(counts) - counts, counts)
    small = np.maximum(lengths - NGRAMS[0] + 1, 0)[word]
    is_long = place >= small
    begin = starts[word] + np.where(is_long, place - small, place)
    return begin, begin + np.where(is_long, NGRAMS[1], NGRAMS[0])


def _to_plain(texts: Texts) -> tuple[pa.LargeStringArray, Scores, Ints]:
    """Cut, lower the case and straighten apostrophes; length in bytes and capitals are counted before the case is lost."""
    array = _to_arrow(texts)
    if len(texts) and int(texts.lengths().max()) > MAX_CHARACTERS:
        array = pc.utf8_slice_codeunits(array, 0, MAX_CHARACTERS)
    data, offsets = _bytes(array)
    capitals = _counts((data - np.uint8(ord("A"))) < LETTERS, offsets)
    lowered = pc.utf8_lower(array)
    if (data == CURLY).any():
        lowered = pc.replace_substring(lowered, "\u2019", "'")
    return lowered, np.diff(offsets).astype(np.float32), capitals


def _to_arrow(texts: Texts) -> pa.LargeStringArray:
    return pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(np.ascontiguousarray(texts.offsets)), pa.py_buffer(texts.data))


def _bytes(array: pa.LargeStringArray) -> tuple[Bytes, Ints]:
    """View the bytes of texts and the n + 1 offsets into them."""
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    return np.frombuffer(array.buffers()[2] or b"", dtype=np.uint8)[offsets[0] : offsets[-1]], offsets - offsets[0]


def _figures(length: Scores, capitals: Ints, lead: Bytes, bounds: Ints) -> Scores:
    """Length, share of capitals, then how many tokens are: question, exclamation, dots, numbers, emoji, anything."""
    count = len(length)
    code = np.take(SORTS, lead)
    told = np.flatnonzero(code)
    text = np.searchsorted(bounds, told, side="right") - 1
    made = np.empty((count, DENSE), dtype=np.float32)
    made[:, 1:] = np.bincount(text * (DENSE - 1) + np.take(code, told), minlength=count * (DENSE - 1)).reshape(count, DENSE - 1)
    made[:, 0], made[:, 7] = length, np.diff(bounds)
    made += 1
    np.log(made, out=made)
    made[:, 0] /= 4
    made[:, 1] = capitals / np.maximum(length, 1)
    return made


def _counts(mask: Flags, bounds: Ints) -> Ints:
    places = np.flatnonzero(mask)
    found: Ints = np.diff(np.searchsorted(places, bounds))
    return found


def _bounds(data: Bytes, offsets: Ints) -> tuple[Ints, Ints]:
    """Return the first byte of each token and the one behind its last."""
    if not len(data):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    kind = np.frombuffer(data.tobytes().translate(CLASSES.tobytes()), dtype=np.uint8)  # much faster than np.take, which wants long indices
    change = np.empty(len(data) + 1, dtype=np.bool_)
    np.not_equal(kind[1:], kind[:-1], out=change[1:-1])
    change[0] = change[-1] = True
    change[offsets] = True
    wide = np.flatnonzero(kind == WIDE)
    if len(wide):
        for place in range(1, WIDE_BYTES):
            change[np.minimum(wide + place, len(data))] = False
        change[np.minimum(wide + WIDE_BYTES, len(data))] = True
        change[wide] = True
        change[-1] = True
    full = kind != SPACE
    return np.flatnonzero(change[:-1] & full), np.flatnonzero(change[1:] & full) + 1


def _running(data: Bytes) -> Hashes:
    """Return the running sum of byte times STEP**position; the hash of a run is a difference of two."""
    power, _ = _powers(_size(len(data) + 1))
    running = np.empty(len(data) + 1, dtype=np.uint64)
    running[0] = 0
    worth = data.astype(np.uint64)
    worth += np.uint64(1)  # so that a run of zeros is not nothing
    worth *= power[: len(data)]
    np.cumsum(worth, out=running[1:])
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
    kind = np.arange(256, dtype=np.uint8)
    kind[:33] = SPACE
    kind[127] = SPACE
    for letters in (b"abcdefghijklmnopqrstuvwxyz", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789", b"'"):
        kind[list(letters)] = WORD
    kind[128:FIRST_WIDE] = WORD
    kind[FIRST_WIDE:] = WIDE
    return kind


def _sorts() -> Bytes:
    sort = np.zeros(256, dtype=np.uint8)
    for code, bytes_ in enumerate((b"?", b"!", b".", b"0123456789", bytes(range(FIRST_WIDE, 256))), start=1):
        sort[list(bytes_)] = code
    return sort


CLASSES = _classes()
SORTS = _sorts()
"""What `_figures` counts, by the first byte of a token; 0 is nothing."""
