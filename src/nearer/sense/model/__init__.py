"""The swift ear: a small static model that runs on numpy and scipy alone. Its card, its figures and its weights lie beside this file.

`figures.json` holds what was measured on rows the model did not learn from: thresholds and confusion figures (constructs 8.1).
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np
from safetensors.numpy import load

from nearer.columns import Texts
from nearer.errors import UnknownName, Unreadable
from nearer.records import ACTS, EMOTIONS, ActErrors, Codes, Ear, EarErrors, Flags, HeldOut, Ints, Problem, Scores
from nearer.sense.model._net import BACK, Net, Vocabulary, context
from nearer.sense.model._tokens import chosen

EARS = ("swift", "deep")
WEIGHTS, FIGURES, HELD_OUT, CARD = "weights.safetensors", "figures.json", "held_out.safetensors", "MODEL_CARD.md"
CHUNK_ROWS = 4096
"""So many messages are heard at a time; memory beyond the scores does not grow with their number."""
CHUNK_BYTES = 4_000_000
"""A chunk ends earlier where its texts are longer than this together."""
CROWDED, SILENCE = 1.5, 1e-6
"""See `outstanding`; a row of zeros stays one."""


class LoadedEar:
    """An ear by name; the weights are read when the first message is heard."""

    problems: tuple[Problem, ...] = ()
    """It hears whatever it is given."""

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def figures(self) -> Mapping[str, Any]:
        """Thresholds and confusion figures, as measured."""
        made: Mapping[str, Any] = json.loads(_file(FIGURES))
        return made

    @cached_property
    def ear(self) -> Ear:
        """Name, version and hash, as every heard message carries them."""
        return Ear(self.name, self.figures["version"], self.figures["hash"])

    @cached_property
    def errors(self) -> EarErrors:
        """The counted thresholds and how often each act errs, by setting."""
        by_setting = {
            setting: {act: ActErrors(**counts) for act, counts in acts.items()} for setting, acts in self.figures["by_setting"].items()
        }
        return EarErrors(self.ear, {act: self.figures["acts"][act]["counted"] for act in ACTS}, by_setting, self._held_out())

    def _held_out(self) -> HeldOut:
        stored = load(_file(HELD_OUT))
        codes = {name: stored[name].astype(np.int32) for name in ("hand", "setting", "dialogue", "person")}
        return HeldOut(stored["truth"], stored["shown"], stored["counted"], **codes, settings=tuple(self.figures["settings"]))

    @cached_property
    def net(self) -> Net:
        """The weights as they run."""
        stored = load(_file(WEIGHTS))
        stored["table"] = stored["table"].astype(np.float32) * stored.pop("scale").astype(np.float32)
        return Net(Vocabulary.of(stored.pop("slots")), stored)

    def emotions_shown(self, emotions: Scores) -> Flags:
        """Say which of n x 28 scores stand out over the thresholds that maximise F1; `neutral` where none does."""
        shown: Flags = outstanding(emotions) >= _thresholds(self.figures["emotions"], EMOTIONS)
        shown[:, EMOTIONS.index("neutral")] |= ~shown.any(axis=1)
        return shown

    def acts_shown(self, acts: Scores) -> Flags:
        """Say which of n x 26 scores are at their precise point; an act that cannot reach it has a threshold above 1."""
        shown: Flags = acts >= _thresholds(self.figures["acts"], ACTS)
        return shown

    def hear(self, texts: Texts, *, conversation: Codes, person: Codes, time: Ints, heard: Flags | None = None) -> tuple[Scores, Scores]:
        """Score n texts: n x 28 emotions and n x 26 acts, rows in the order given, stored column by column.

        Context is the conversation ordered by time, then position; a negative conversation has none. What is not `heard` has scores of
        0.0 and is no context for others. Everything is done chunk by chunk, so that it stays near the processor."""
        emotions = np.zeros((len(EMOTIONS), len(texts)), dtype=np.float32).T
        acts = np.zeros((len(ACTS), len(texts)), dtype=np.float32).T
        order, alone = _order(conversation, time, heard), not (conversation >= 0).any()
        sizes, start = texts.lengths()[order], 0
        while start < len(order):
            stop = _stop(sizes, start)
            rows, new = order[max(0, start - BACK) : stop], slice(min(BACK, start), None)
            read = self.net.read(chosen(texts, rows))
            before = None if alone else context(self.net.seen(read), conversation=conversation[rows], person=person[rows], time=time[rows])
            emotions[rows[new]] = self.net.emotions(read[new])
            acts[rows[new]] = self.net.acts(read[new], None if before is None else before[new])
            start = stop
        return emotions, acts


def outstanding(emotions: Scores) -> Scores:
    """Return n x 28 scores as they are judged for showing: where much is heard at once, each has to be heard more clearly.

    Divided by the sum of the row to the power CROWDED; measured on GoEmotions, that shows the right ones more often than the scores alone."""
    made: Scores = emotions / np.maximum(emotions.sum(axis=1, keepdims=True), SILENCE) ** CROWDED
    return made


@cache
def load_ear(name: str = "swift") -> LoadedEar:
    """Return an ear by name; raises UnknownName. Nothing is read yet."""
    if name not in EARS:
        raise UnknownName("ear", name, EARS)
    if name == "deep":
        from nearer.sense.deep import DeepEar  # noqa: PLC0415 - it stands on this one

        return DeepEar()
    return LoadedEar(name)


def card() -> str:
    """Return the model card as Markdown."""
    return _file(CARD).decode("utf-8")


def verify() -> None:
    """Check the weights against their SHA-256; raises Unreadable when they are not those that were measured."""
    if hashlib.sha256(_file(WEIGHTS)).hexdigest() != load_ear().figures["hash"]:
        raise Unreadable(WEIGHTS, "these weights are not the ones of the model card. Install Nearer again")


def _order(conversation: Codes, time: Ints, heard: Flags | None) -> Ints:
    """Return the rows that are heard in order of conversation and time, ties in the order given."""
    rows: Ints = np.flatnonzero(np.ones(len(time), dtype=np.bool_) if heard is None else heard)
    place, moment = conversation[rows], time[rows]
    step = np.diff(place)
    is_sorted = ((step > 0) | ((step == 0) & (np.diff(moment) >= 0))).all()
    return rows if is_sorted else rows[np.lexsort((moment, place))]


def _stop(sizes: Ints, start: int) -> int:
    """Return the row behind the last one of the chunk that begins at `start`; at least one row."""
    sizes = np.cumsum(sizes[start : start + CHUNK_ROWS])
    return start + max(1, int(np.searchsorted(sizes, CHUNK_BYTES, side="right")))


def _thresholds(figures: Mapping[str, Any], names: tuple[str, ...]) -> Scores:
    return np.array([figures[name]["shown"] for name in names], dtype=np.float32)


def _file(name: str) -> bytes:
    return files("nearer.sense.model").joinpath(name).read_bytes()
