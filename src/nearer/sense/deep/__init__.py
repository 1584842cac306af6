"""The deep ear: a small encoder (MiniLM, fine-tuned; Wang et al. 2020) that reads a message together with the three before it.

It hears more than the swift ear and is about a thousand times slower; it needs the extra `deep`. Card, figures and weights lie beside this
file, vocabulary and all: nothing is ever fetched. `figures.json` holds what was measured on messages that were not learnt from
(constructs 8.1; training/deep.py says by whom).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np
from safetensors.numpy import load
from scipy.special import expit

from nearer.columns import Texts
from nearer.errors import Unreadable
from nearer.records import ACTS, EMOTIONS, Codes, Flags, HeldOut, Ints, Scores
from nearer.sense.deep._pieces import Pieces
from nearer.sense.deep._session import Session
from nearer.sense.model import LoadedEar
from nearer.sense.model._net import BACK

__all__ = ["NAME", "DeepEar", "card", "to_tokens", "verify"]

NAME = "deep"
WEIGHTS, VOCABULARY, FIGURES, HELD_OUT, CARD = "weights.onnx", "vocabulary.txt", "figures.json", "held_out.safetensors", "MODEL_CARD.md"
MESSAGE_PIECES, BEFORE_PIECES = 48, 40
"""A message is cut at its end, what was said before it at its beginning, as in training/encoder.py."""
CHUNK_ROWS = 4096
"""So many messages are heard at a time; memory beyond the scores does not grow with their number."""


class DeepEar(LoadedEar):
    """The deep ear; weights and vocabulary are read when the first message is heard."""

    def __init__(self) -> None:
        super().__init__(NAME)

    @cached_property
    def figures(self) -> Mapping[str, Any]:
        """Thresholds and confusion figures, as measured."""
        made: Mapping[str, Any] = json.loads(_file(FIGURES))
        return made

    def _held_out(self) -> HeldOut:
        stored = load(_file(HELD_OUT))
        codes = {name: stored[name].astype(np.int32) for name in ("hand", "setting", "dialogue", "person")}
        return HeldOut(stored["truth"], stored["shown"], stored["counted"], **codes, settings=tuple(self.figures["settings"]))

    @cached_property
    def session(self) -> Session:
        """The weights as they run; raises MissingExtra."""
        return Session(_file(WEIGHTS))

    @cached_property
    def pieces(self) -> Pieces:
        """The vocabulary."""
        return Pieces(_file(VOCABULARY).decode("utf-8").split("\n"))

    def hear(self, texts: Texts, *, conversation: Codes, person: Codes, time: Ints, heard: Flags | None = None) -> tuple[Scores, Scores]:
        """Score n texts: n x 28 emotions and n x 26 acts, rows in the order given; raises MissingExtra.

        Context is the conversation ordered by time, then position; a negative conversation has none. What is not `heard` has scores of
        0.0 and is no context for others."""
        emotions, acts = (np.zeros((len(names), len(texts)), dtype=np.float32).T for names in (EMOTIONS, ACTS))
        rows = np.flatnonzero(np.ones(len(texts), dtype=np.bool_) if heard is None else heard)
        rows = rows[np.lexsort((time[rows], conversation[rows]))]
        for start in range(0, len(rows), CHUNK_ROWS):
            some, new = rows[max(0, start - BACK) : start + CHUNK_ROWS], min(BACK, start)
            tokens, lengths = to_tokens(self.pieces, list(texts.take(some)), before(conversation[some], person[some]))
            emotions[some[new:]], acts[some[new:]] = map(expit, self.session.hear(tokens[new:], lengths[new:]))
        return emotions, acts


def before(conversation: Codes, person: Codes) -> list[list[tuple[bool, int]]]:
    """Return, for each row, the up to BACK rows before it in its conversation, oldest first, and whether the same person wrote them."""
    where, who = conversation.tolist(), person.tolist()
    return [
        [(who[past] == who[row], past) for past in range(max(0, row - BACK), row) if where[past] == where[row]] if where[row] >= 0 else []
        for row in range(len(where))
    ]


def to_tokens(pieces: Pieces, texts: Sequence[str], past: Sequence[Sequence[tuple[bool, int]]]) -> tuple[list[list[int]], Ints]:
    """Return the pieces of each text and of the lines before it, and how many of them are the text itself."""
    cut = [pieces.of(text) for text in texts]
    wrote = {True: pieces.of("me:"), False: pieces.of("you:")}
    made = []
    lengths = np.zeros(len(texts), dtype=np.int64)
    for row, found in enumerate(cut):
        tokens = [pieces.start, *found[: MESSAGE_PIECES - 2], pieces.end]
        lengths[row] = len(tokens)
        lines = [piece for is_own, line in past[row] for piece in (*wrote[is_own], *cut[line])]
        made.append([*tokens, *lines[-BEFORE_PIECES:], pieces.end] if lines else tokens)
    return made, lengths


def card() -> str:
    """Return the model card as Markdown."""
    return _file(CARD).decode("utf-8")


def verify() -> None:
    """Check the weights against their SHA-256; raises Unreadable when they are not those that were measured."""
    if hashlib.sha256(_file(WEIGHTS)).hexdigest() != DeepEar().figures["hash"]:
        raise Unreadable(WEIGHTS, "these weights are not the ones of the model card. Install Nearer again")


def _file(name: str) -> bytes:
    return files("nearer.sense.deep").joinpath(name).read_bytes()
