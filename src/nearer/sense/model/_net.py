"""The net of the swift ear: tokens to vectors, vectors to 28 emotions and 26 acts.

Each text becomes the sum of the vectors of its words, neighbouring pairs, pairs with one word between, and pieces of unknown words,
divided by the root of their number. Emotions come from that vector, in a straight line and through a hidden layer; acts also see what was
heard in the messages just before. Every layer that reads the text alone is one matrix, so a text is read once.
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
    words = np.take(vocabulary.lookup, slots_of(made.hashes))
    parts = [_known(words, made.bounds)]
    for apart in (1, 2):
        rows = np.take(vocabulary.lookup, slots_of(pairs(made, apart=apart)))
        rows[crossing(made.bounds, apart=apart)] = 0
        parts.append(_known(rows, made.bounds))
    hashes, bounds = pieces(made, np.flatnonzero((words == 0) & made.is_word))
    columns = (hashes >> np.uint64(64 - PIECE_BITS)).astype(np.int32) + np.int32(vocabulary.known)
    parts.append(Features(columns, bounds.astype(np.int32)))
    return tuple(parts)


def _known(rows: Codes, bounds: Ints) -> Features:
    kept = np.flatnonzero(rows)
    return Features(np.take(rows, kept), np.searchsorted(kept, bounds).astype(np.int32))


@dataclass(frozen=True, slots=True)
class Heard:
    """What a read text gives to the heads, n rows each: hidden layers before their bend, straight lines, and what later ones see of it."""

    emotion: Scores
    act: Scores
    seen: Scores
    emotion_line: Scores
    act_line: Scores

    def rows(self, chosen: slice) -> "Heard":
        """Return some of the rows."""
        return Heard(*(getattr(self, part)[chosen] for part in PARTS))


PARTS = ("emotion", "act", "seen", "emotion_line", "act_line")
"""The columns of the first matrix, in this order."""


class Net:
    """The weights as they run: curves are folded into the last layers, and the first layers lie side by side."""

    def __init__(self, vocabulary: Vocabulary, stored: Mapping[str, Scores]) -> None:
        weights = {key: value.astype(np.float32) for key, value in stored.items()}
        self.vocabulary, self.table = vocabulary, weights["table"]
        for name in ("emotion", "act"):
            slope, shift = weights[f"{name}.slope"], weights[f"{name}.shift"]
            for part in (f"{name}.last", f"{name}_line", f"{name}.past_line"):
                if part in weights:
                    weights[part] = weights[part] * slope
            weights[f"{name}_line.bias"] = weights[f"{name}_line.bias"] * slope + shift
        self.first = np.concatenate([weights[part] for part in PARTS], axis=1)
        self.bias = np.concatenate([weights[f"{part}.bias"] for part in PARTS])
        self.cuts = np.cumsum([weights[part].shape[1] for part in PARTS])[:-1]
        self.last = {name: np.ascontiguousarray(weights[f"{name}.last"]) for name in ("emotion", "act")}
        self.past = np.ascontiguousarray(np.concatenate([weights["act.past"], weights["act.past_line"]], axis=1))

    def read(self, texts: Texts) -> Heard:
        """Read each text once."""
        made = tokens(texts)
        pooled = np.zeros((len(texts), WIDTH + DENSE), dtype=np.float32)
        count = np.zeros(len(texts), dtype=np.int32)
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for part in features(made, self.vocabulary):
            vectors += pool(part, self.table)
            count += np.diff(part.bounds)
        np.multiply(vectors, (1 / np.sqrt(np.maximum(count, 1))).astype(np.float32)[:, None], out=pooled[:, :WIDTH])
        pooled[:, WIDTH:] = made.dense
        joined = pooled @ self.first
        joined += self.bias
        parts = Heard(*np.split(joined, self.cuts, axis=1))
        np.maximum(parts.seen, 0, out=parts.seen)
        return parts

    def emotions(self, heard: Heard) -> Scores:
        """Return n x 28 calibrated probabilities."""
        return sigmoid(np.maximum(heard.emotion, 0) @ self.last["emotion"] + heard.emotion_line)

    def acts(self, heard: Heard, before: Scores | None) -> Scores:
        """Return n x 26 calibrated probabilities; `before` is what `context` made, None where nothing came before."""
        hidden, line = heard.act, heard.act_line
        if before is not None:
            past = before @ self.past
            hidden = hidden + past[:, : hidden.shape[1]]
            line = line + past[:, hidden.shape[1] :]
        return sigmoid(np.maximum(hidden, 0) @ self.last["act"] + line)


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
    before = np.zeros((count, 2 * wide + FLAGS), dtype=np.float32)
    done = np.zeros((2, count), dtype=np.bool_)
    for back in range(1, BACK + 1):
        rows = np.arange(back, count)
        rows = rows[(conversation[rows] == conversation[rows - back]) & (conversation[rows] >= 0)]
        same = person[rows] == person[rows - back]
        for side, mine in ((0, ~same), (1, same)):
            chosen = rows[mine & ~done[side, rows]]
            before[chosen, side * wide : (side + 1) * wide] = seen[chosen - back]
            done[side, chosen] = True
        if back == 1:
            before[rows, 2 * wide] = ~same
            gap = np.maximum(time[rows] - time[rows - 1], 0) / MICROSECONDS
            before[rows, 2 * wide + 1] = np.log1p(gap) / GAP_SCALE
            before[rows, 2 * wide + 2] = 1.0
    before[:, 2 * wide + 3] = done[0]
    before[:, 2 * wide + 4] = done[1]
    return before


def sigmoid(logits: Scores) -> Scores:
    """Return 1 / (1 + exp(-x)), without overflow, in place."""
    np.clip(logits, -30, 30, out=logits)
    np.negative(logits, out=logits)
    np.exp(logits, out=logits)
    logits += 1
    np.reciprocal(logits, out=logits)
    return logits
