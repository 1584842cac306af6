"""The net of the swift ear: tokens to vectors, vectors to 28 emotions and 26 acts.

Each text becomes the sum of the vectors of its words, neighbouring pairs, pairs with one word between, and pieces of unknown words,
divided by the root of their number. Emotions come from that vector, in a straight line and through a hidden layer; acts also see what was
heard in the messages just before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nearer.columns import Texts
from nearer.records import Codes, Ints, Scores
from nearer.sense.model._tokens import DENSE, Hashes, Tokens, crossing, pairs, pieces, tokens

SLOT_BITS = 22
"""Words and pairs are looked up by this many bits of their hash."""
PIECE_BITS = 14
"""Pieces of words share 2**14 vectors."""
WIDTH = 64
BACK = 3
"""How many messages before one are its context (constructs 5, acts marked 2)."""
FIRST = ("emotion", "act", "seen", "emotion_line", "act_line")
"""The layers that read a text alone: three hidden ones and two straight lines."""
FLAGS = 5
"""Figures of the context: see `context`."""
GAP_SCALE = 10.0
"""Natural logarithm of a gap of a day in seconds, about; gaps are given as a share of it."""
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of the vector table for each of n texts: `columns` bounded by n + 1 `bounds`."""

    columns: Codes
    bounds: Codes


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which row of the table each known word or pair has, by slot of its hash; 0 is unknown. Pieces lie behind `known` rows."""

    lookup: NDArray[np.unsignedinteger]
    known: int

    @classmethod
    def of(cls, slots: NDArray[np.uint32]) -> "Vocabulary":
        """Build from the slots, in the order of their rows (row 0 is nobody's); the smaller the numbers, the nearer they stay."""
        lookup = np.zeros(1 << SLOT_BITS, dtype=np.min_scalar_type(len(slots)))
        lookup[slots] = np.arange(1, len(slots) + 1)
        return cls(lookup, len(slots) + 1)

    @property
    def rows(self) -> int:
        """How many rows the table of vectors has."""
        return self.known + (1 << PIECE_BITS)


def slots_of(hashes: Hashes) -> Ints:
    """Return the slot of each hash: its upper bits."""
    found: Ints = (hashes >> np.uint64(64 - SLOT_BITS)).astype(np.int64)
    return found


def features(made: Tokens, vocabulary: Vocabulary) -> tuple[Features, Features]:
    """Return the rows of words, pairs and skipped pairs that are known, token by token, and those of the pieces of unknown words."""
    rows = np.zeros((len(made.hashes), 3), dtype=np.int32)
    rows[:, 0] = np.take(vocabulary.lookup, slots_of(made.hashes))
    for apart in (1, 2):
        rows[:-apart, apart] = np.take(vocabulary.lookup, slots_of(pairs(made, apart=apart)))
        rows[crossing(made.bounds, apart=apart), apart] = 0
    hashes, bounds = pieces(made, np.flatnonzero((rows[:, 0] == 0) & made.is_word))
    columns = (hashes >> np.uint64(64 - PIECE_BITS)).astype(np.int32) + np.int32(vocabulary.known)
    return _known(rows.ravel(), made.bounds * 3), Features(columns, bounds.astype(np.int32))


def _known(rows: Codes, bounds: Ints) -> Features:
    kept = np.flatnonzero(rows)
    return Features(np.take(rows, kept), np.searchsorted(kept, bounds).astype(np.int32))


class Net:
    """The weights as they run: the curves that calibrate are folded into the last layers, every bias is the row of a column of ones."""

    def __init__(self, vocabulary: Vocabulary, stored: Mapping[str, Scores]) -> None:
        weights = {key: value.astype(np.float32) for key, value in stored.items()}
        self.vocabulary, self.table = vocabulary, weights["table"]
        for name in ("emotion", "act"):
            slope, shift = weights[f"{name}.slope"], weights[f"{name}.shift"]
            for part in (f"{name}.last", f"{name}_line", f"{name}.past_line"):
                if part in weights:
                    weights[part] = weights[part] * slope
            weights[f"{name}_line.bias"] = weights[f"{name}_line.bias"] * slope + shift
        self.first = {part: np.vstack([weights[part], weights[f"{part}.bias"]]) for part in FIRST}
        self.last = {name: np.ascontiguousarray(weights[f"{name}.last"]) for name in ("emotion", "act")}
        for part in ("act", "act_line"):  # below what reads the text lies what reads the past
            self.first[part] = np.vstack([self.first[part], weights["act.past" if part == "act" else "act.past_line"]])

    def read(self, texts: Texts) -> Scores:
        """Read each text once: n x (WIDTH + DENSE + 1), the sum of its vectors over the root of their number, its plain
        figures and a one."""
        made = tokens(texts)
        known, unknown = features(made, self.vocabulary)
        vectors = pool(known, self.table)
        if len(unknown.columns):
            vectors += pool(unknown, self.table)
        count = np.maximum(np.diff(known.bounds) + np.diff(unknown.bounds), 1).astype(np.float32)
        read = np.ones((len(texts), WIDTH + DENSE + 1), dtype=np.float32)
        np.divide(vectors, np.sqrt(count)[:, None], out=read[:, :WIDTH])
        read[:, WIDTH:-1] = made.dense
        return read

    def emotions(self, read: Scores) -> Scores:
        """Return n x 28 calibrated probabilities."""
        return sigmoid(bent(read @ self.first["emotion"]) @ self.last["emotion"] + read @ self.first["emotion_line"])

    def seen(self, read: Scores) -> Scores:
        """Return what later messages see of these."""
        return bent(read @ self.first["seen"])

    def acts(self, read: Scores, before: Scores | None) -> Scores:
        """Return n x 26 calibrated probabilities; `before` is what `context` made, None where nothing came before."""
        given = read if before is None else np.concatenate([read, before], axis=1)
        hidden, line = (given @ self.first[part][: given.shape[1]] for part in ("act", "act_line"))
        return sigmoid(bent(hidden) @ self.last["act"] + line)


def pool(part: Features, table: Scores) -> Scores:
    """Sum the vectors of each text."""
    ones = np.ones(len(part.columns), dtype=np.float32)
    matrix = csr_array((ones, part.columns, part.bounds), shape=(len(part.bounds) - 1, len(table)))
    summed: Scores = matrix @ table
    return summed


def context(seen: Scores, *, conversation: Codes, person: Codes, time: Ints) -> Scores | None:
    """Return n x (2 * wide + FLAGS): what is seen of the other's last message and of the last own one (of BACK messages), and figures.

    Rows are in order of conversation and time; a negative conversation has no context. None where no message has any."""
    count, wide = seen.shape
    inside = (conversation[1:] == conversation[:-1]) & (conversation[1:] >= 0)
    if not inside.any():
        return None
    last = np.full((2, count), count)  # the row of the other's and of the own last message; `count` is nobody's
    for back in range(BACK, 0, -1):
        rows = np.flatnonzero((conversation[back:] == conversation[:-back]) & (conversation[back:] >= 0)) + back
        last[(person[rows] == person[rows - back]).astype(np.int64), rows] = rows - back
    before = np.zeros((count, 2 * wide + FLAGS), dtype=np.float32)
    for side in (0, 1):
        known = np.flatnonzero(last[side] < count)
        before[known, side * wide : (side + 1) * wide] = seen[last[side, known]]
        before[known, 2 * wide + 3 + side] = 1.0
    rows = np.flatnonzero(inside) + 1
    before[rows, 2 * wide] = person[rows] != person[rows - 1]
    before[rows, 2 * wide + 1] = np.log1p(np.maximum(time[rows] - time[rows - 1], 0) / MICROSECONDS) / GAP_SCALE
    before[rows, 2 * wide + 2] = 1.0
    return before


def bent(hidden: Scores) -> Scores:
    """Return a hidden layer with what is below 0 made 0, in place."""
    np.maximum(hidden, 0, out=hidden)
    return hidden


def sigmoid(logits: Scores) -> Scores:
    """Return 1 / (1 + exp(-x)), without overflow, in place."""
    np.clip(logits, -30, 30, out=logits)
    np.negative(logits, out=logits)
    np.exp(logits, out=logits)
    logits += 1
    np.reciprocal(logits, out=logits)
    return logits
