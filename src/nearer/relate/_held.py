"""The held-out messages as a measure asks about messages: by runs, what one person wrote in a row.

How often an ear errs depends on where it listens: in an answer to a feeling it errs otherwise than in what opens a conversation. So whoever
asks "what share of the answers to X are Y" counts errors on held-out answers to X, and on nothing else (constructs 8.1; decisions/0004).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nearer.records import ACT_INDEX, Flags, HeldOut, Ints
from nearer.relate._correction import Errors, of_units
from nearer.relate._heard import REPLY_LINES

Runs = tuple[Ints, Ints]
"""First row and the row after the last one, of each run; at most the first three lines of it."""
HELD_NEEDED = 15
"""So many held-out runs with what is asked for, and so many without, must there be for the errors in them to be known [C]."""


def answers(held: HeldOut, told: Sequence[str]) -> Runs:
    """Return the runs that answer a run of the other one in which something was told, in truth or as the ear shows it."""
    start, end, opens = _runs(held)
    asked = holds(held.truth | held.shown, told, (start, end))
    return _first_lines(start, end, np.flatnonzero(asked[:-1] & ~opens[1:]) + 1)


def openings(held: HeldOut) -> Runs:
    """Return the runs that open a dialogue of two; a message that stands alone opens nothing."""
    start, end, opens = _runs(held)
    return _first_lines(start, end, np.flatnonzero(opens[:-1] & ~opens[1:]))


def holds(masks: NDArray[np.uint32], acts: Sequence[str], runs: Runs) -> Flags:
    """Say of each run whether one of its lines holds any of some acts."""
    mask = np.uint32(sum(1 << ACT_INDEX[act] for act in set(acts)))
    so_far = np.concatenate([[0], np.cumsum((masks & mask) > 0)])
    found: Flags = so_far[runs[1]] > so_far[runs[0]]
    return found


def errors_in(
    held: HeldOut, runs: Runs, *, true: Flags, found: Flags, random: np.random.Generator, setting: str | None = None
) -> Errors | None:
    """Return the errors of a flag in these runs; None where they are too few to know them.

    With a `setting`, those of its own runs where there are enough of them."""
    hand = held.hand[runs[0]]
    if setting in held.settings:
        own = held.setting[runs[0]] == held.settings.index(setting)
        if _are_enough(true[own]):
            hand, true, found = hand[own], true[own], found[own]
    return of_units(hand, found=found, true=true, random=random) if _are_enough(true) else None


def _are_enough(true: Flags) -> bool:
    return bool(min(true.sum(), (~true).sum()) >= HELD_NEEDED)


def _runs(held: HeldOut) -> tuple[Ints, Ints, Flags]:
    """Return first row, row after the last, and whether it opens its dialogue, of every run."""
    if not len(held):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    another = np.diff(held.dialogue) != 0
    start = np.concatenate([[0], np.flatnonzero(another | (np.diff(held.person) != 0)) + 1]).astype(np.int64)
    return start, np.append(start[1:], len(held)), np.append(np.True_, another)[start]


def _first_lines(start: Ints, end: Ints, chosen: Ints) -> Runs:
    return start[chosen], np.minimum(end[chosen], start[chosen] + REPLY_LINES)
