"""Ears for tests of measures that count inside quarrels: held-out dialogues in which each act is heard as often as one says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from conversation import an_ear
from nearer.records import ACT_INDEX, ACTS, EarErrors, HeldOut, Relationship

MOVES = ("blame", "defend", "complain", "contempt", "blame", "withdraw", "own_reactivity", "apologise", "comfort", "validate")
CALM = ("", "", "", "", "", "", "", "", "", "")


def an_ear_for_quarrels(*, dialogues: int = 120, hands: int = 3, seed: int = 1, moves: Sequence[str] = MOVES, **heard: float) -> EarErrors:
    """Return an ear measured on dialogues of ten lines by two persons in turn, every other one a quarrel (half of these with `moves`).

    `heard` says how often an act is shown where it is true (else nine of ten); it never hears what is not there."""
    random = np.random.default_rng(seed)
    lines = [move for number in range(dialogues) for move in (moves if number % 4 == 0 else MOVES if number % 2 == 0 else CALM)]
    truth = np.array([1 << ACT_INDEX[move] if move else 0 for move in lines], dtype=np.uint32)
    kept = random.random(len(lines)) < np.array([heard.get(move, 0.9) for move in lines])
    shown = np.where(kept, truth, 0).astype(np.uint32)
    dialogue = np.repeat(np.arange(dialogues), len(CALM)).astype(np.int32)
    held = HeldOut(
        truth=truth,
        shown=shown,
        counted=shown,
        hand=(dialogue // 2 % hands).astype(np.int32),
        setting=np.zeros(len(lines), dtype=np.int32),
        dialogue=dialogue,
        person=(np.arange(len(lines)) % 2).astype(np.int32),
        settings=("partner",),
    )
    return replace(an_ear(0.9, 0.99), held_out=held)


def heard_by(relationship: Relationship, errors: EarErrors, *, keep: Mapping[str, float] | None = None, seed: int = 0) -> Relationship:
    """Return the relationship as an ear heard it: every act in `keep` only that often, the others as labelled."""
    messages = relationship.messages
    senses = messages.senses
    assert senses is not None
    shown, random = senses.acts_shown.copy(), np.random.default_rng(seed)
    for act, share in (keep or {}).items():
        shown[:, ACT_INDEX[act]] &= random.random(len(shown)) < share
    assert shown.shape[1] == len(ACTS)
    heard = replace(senses, acts_shown=shown, acts=shown.astype(np.float32), ear=errors.ear)
    return replace(relationship, messages=messages.with_senses(heard))
