"""The net of the swift ear: tokens to vectors, vectors to 28 emotions and 26 acts.

Each text becomes the sum of the vectors of its words, neighbouring pairs, pairs with one word between, and pieces of unknown words,
divided by the root of their number. Emotions come from that vector; acts also see the vectors of the messages just before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nearer.columns import Texts
from nearer.records import Codes, Ints, Scores
from nearer.sense.model._tokens import Hashes, Tokens, kept_bounds, mixed, pairs, pieces, tokens

SLOT_BITS = 22
"""Words and pairs are looked up by this many bits of their hash."""
PIECE_BITS = 14
"""Pieces of words share 2**14 vectors."""
WIDTH = 64
BACK = 3
"""How many messages before one are its context (constructs 5, acts marked 2)."""
FLAGS = 5
"""Figures of the context: see `context`."""
GAP_SCALE = 10.0
"""Natural logarithm of a gap of a day in seconds, about; gaps are given as a share of it."""
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of the vector table for each of n texts: `columns` bounded by n + 1 `bounds`."""

    columns: Codes
    bounds: Ints


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which row of the table each known word or pair has, by slot of its hash; 0 is unknown. Pieces lie behind `known` rows."""

    lookup: Codes
    known: int

    @classmethod
    def of(cls, slots: NDArray[np.uint32]) -> "Vocabulary":
        """Build from the slots, in the order of their rows (row 0 is nobody's)."""
        lookup = np.zeros(1 << SLOT_BITS, dtype=np.int32)
        lookup[slots] = np.arange(1, len(slots) + 1, dtype=np.int32)
        return cls(lookup, len(slots) + 1)

    @property
    def rows(self) -> int:
        """How many rows the table of vectors has."""
        return self.known + (1 << PIECE_BITS)


def slots_of(hashes: Hashes) -> Ints:
    """Return the slot of each hash: its upper bits."""
    found: Ints = (hashes >> np.uint64(64 - SLOT_BITS)).astype(np.int64)
    return found


def features(made: Tokens, vocabulary: Vocabulary) -> tuple[Features, ...]:
    """Return the rows of words, pairs, skipped pairs and pieces of unknown words, each with its own bounds."""
    words = vocabulary.lookup[slots_of(made.hashes)]
    unknown = (words == 0) & made.is_word
    parts = [Features(words[words > 0], kept_bounds(words > 0, made.bounds))]
    for apart in (1, 2):
        hashes, bounds = pairs(made, apart=apart)
        rows = vocabulary.lookup[slots_of(hashes)]
        parts.append(Features(rows[rows > 0], kept_bounds(rows > 0, bounds)))
    hashes, bounds = pieces(made, unknown)
    columns = (mixed(hashes) >> np.uint64(64 - PIECE_BITS)).astype(np.int32) + np.int32(vocabulary.known)
    parts.append(Features(columns, bounds))
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Net:
    """Weights as they run: float32 arrays by name, and the vocabulary."""

    vocabulary: Vocabulary
    weights: Mapping[str, Scores]

    def pooled(self, texts: Texts) -> Scores:
        """Return n x (WIDTH + DENSE): the vector of each text and its plain figures."""
        made = tokens(texts)
        total = np.zeros((len(texts), WIDTH), dtype=np.float32)
        count = np.zeros(len(texts), dtype=np.float32)
        for part in features(made, self.vocabulary):
            total += pool(part, self.weights["table"])
            count += np.diff(part.bounds)
        total /= np.sqrt(np.maximum(count, 1))[:, None]
        return np.concatenate([total, made.dense], axis=1)

    def emotions(self, pooled: Scores) -> Scores:
        """Return n x 28 calibrated probabilities."""
        return self._head("emotion", pooled)

    def acts(self, pooled: Scores, before: Scores) -> Scores:
        """Return n x 26 calibrated probabilities; `before` is what `context` made."""
        return self._head("act", np.concatenate([pooled, before], axis=1))

    def _head(self, name: str, inputs: Scores) -> Scores:
        weights = self.weights
        hidden = np.maximum(inputs @ weights[f"{name}.1"] + weights[f"{name}.b1"], 0)
        logits = hidden @ weights[f"{name}.2"] + weights[f"{name}.b2"]
        return sigmoid(logits * weights[f"{name}.slope"] + weights[f"{name}.shift"])


def pool(part: Features, table: Scores) -> Scores:
    """Sum the vectors of each text."""
    ones = np.ones(len(part.columns), dtype=np.float32)
    matrix = csr_array((ones, part.columns, part.bounds.astype(np.int32)), shape=(len(part.bounds) - 1, len(table)))
    summed: Scores = matrix @ table
    return summed


def context(vectors: Scores, *, conversation: Codes, person: Codes, time: Ints) -> Scores:
    """Return n x (2 * WIDTH + FLAGS): the last vector of the other, the last own one (of BACK messages), and figures.

    Rows are in order of conversation and time; a negative conversation has no context."""
    count = len(vectors)
    before = np.zeros((count, 2 * WIDTH + FLAGS), dtype=np.float32)
    done = np.zeros((2, count), dtype=np.bool_)
    for back in range(1, BACK + 1):
        rows = np.arange(back, count)
        rows = rows[(conversation[rows] == conversation[rows - back]) & (conversation[rows] >= 0)]
        same = person[rows] == person[rows - back]
        for side, mine in ((0, ~same), (1, same)):
            chosen = rows[mine & ~done[side, rows]]
            before[chosen, side * WIDTH : (side + 1) * WIDTH] = vectors[chosen - back, :WIDTH]
            done[side, chosen] = True
        if back == 1:
            before[rows, 2 * WIDTH] = ~same
            gap = np.maximum(time[rows] - time[rows - 1], 0) / MICROSECONDS
            before[rows, 2 * WIDTH + 1] = np.log1p(gap) / GAP_SCALE
            before[rows, 2 * WIDTH + 2] = 1.0
    before[:, 2 * WIDTH + 3] = done[0]
    before[:, 2 * WIDTH + 4] = done[1]
    return before


def sigmoid(logits: Scores) -> Scores:
    """Return 1 / (1 + exp(-x)), without overflow."""
    squashed: Scores = (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
    return squashed
