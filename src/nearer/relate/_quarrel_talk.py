"""What was said in quarrels, line by line, for the measures that count inside them, and how often the ear errs there.

Only messages that were heard are lines; a passage in which the analysis stopped has none. Hard acts count where they are *shown*; acts that
speak for a person also at the *counted* point (`open`, as episodes are read). Inside quarrels an ear errs otherwise than over a whole chat,
and a quarrel is only found where it heard hard words. So its errors are counted on the held-out dialogues in which it shows as many hard
words as make a quarrel (decision 4). Constructs 7.6, 7.7, 7.9, 8.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nearer.records import ACT_INDEX, ACTS, Codes, Finding, Flags, HeldOut, Ints
from nearer.relate._correction import DEAF, OWN_TRUE, Errors, of_units
from nearer.relate._episodes_quarrels import HARD_NEEDED
from nearer.relate._episodes_thread import HARD, KIND, Thread
from nearer.relate._finding import PLACES
from nearer.relate._heard import Heard

QUARRELS_NEEDED = 6
"""What happens in quarrels is told from six on (constructs 8)."""
LEAST_TRUE = 20
"""On fewer held-out units with (or without) what is asked for, nothing is known of the ear's errors [C]."""
AT_LEAST = (2, 3, 4)
"""Hard words a quarrel holds at least, for the sensitivity line [C]."""

Bits = NDArray[np.uint32]
Group = Callable[["Lines"], Ints]
Ask = Callable[["Lines"], Flags]


@dataclass(frozen=True, slots=True)
class Lines:
    """Messages of quarrels in order: where they stand (`Heard`), which quarrel, who (0 or 1), acts as bits at two points, whose hand."""

    positions: Ints
    quarrel: Ints
    who: Ints
    shown: Bits
    open: Bits
    hand: Codes

    def __len__(self) -> int:
        return len(self.quarrel)

    def has(self, *acts: str) -> Flags:
        """Mask the lines that show any of these acts."""
        flags: Flags = (self.shown & bits_of(*acts)) > 0
        return flags

    def may_have(self, *acts: str) -> Flags:
        """Mask the lines that hold any of these acts at the open point."""
        flags: Flags = (self.open & bits_of(*acts)) > 0
        return flags

    @property
    def turn(self) -> Ints:
        """Which run of one person's lines in a row inside one quarrel each line lies in, counted from 0."""
        breaks = (np.diff(self.quarrel) != 0) | (np.diff(self.who) != 0)
        return np.concatenate([[0], np.cumsum(breaks)]).astype(np.int64) if len(self) else self.quarrel

    def at(self, keep: Flags) -> Lines:
        """Return the lines at a mask; quarrels are numbered anew."""
        quarrel = np.unique(self.quarrel[keep], return_inverse=True)[1].astype(np.int64)
        return Lines(self.positions[keep], quarrel, self.who[keep], self.shown[keep], self.open[keep], self.hand[keep])


def bits_of(*acts: str) -> np.uint32:
    """Return acts as bits; one named twice counts once."""
    return np.uint32(sum(1 << ACT_INDEX[act] for act in set(acts)))


def any_in(group: Ints, mask: Flags) -> Flags:
    """Say for each group whether any of its lines is in the mask; groups are numbered from 0."""
    found: Flags = np.bincount(group, weights=mask, minlength=int(group.max(initial=-1)) + 1) > 0
    return found


def first_of(group: Ints) -> Ints:
    """Return the index of the first line of each group, in the order of the groups' numbers."""
    return np.unique(group, return_index=True)[1].astype(np.int64)


def said(heard: Heard) -> Lines:
    """Return the lines of all quarrels in order of time; a message in two of them belongs to the first."""
    place = _places(heard)
    weights = (1 << np.arange(len(ACTS), dtype=np.int64)).astype(np.uint32)
    quarrels = sorted(heard.quarrels, key=lambda pair: (pair[0].times()[pair[1].positions[0]], pair[0].conversation))
    parts = []
    for number, (thread, draft) in enumerate(quarrels):
        inside = np.array(draft.positions, dtype=np.int64)
        at = place[thread.rows[inside]]
        parts.append((at, np.full(len(at), number), thread.shown[inside] @ weights, thread.heard[inside] @ weights))
    if not parts:
        return _lines([], [], [], [])
    at, quarrel, shown, open_ = (np.concatenate(column) for column in zip(*parts, strict=True))
    known = at >= 0
    known[known] = heard.heard[at[known]]
    first = np.zeros(len(at), dtype=np.bool_)
    first[np.unique(at, return_index=True)[1]] = True
    keep = known & first
    lines = _lines(at[keep], np.unique(quarrel[keep], return_inverse=True)[1], shown[keep], open_[keep])
    return replace(lines, who=heard.who[lines.positions].astype(np.int64))


def _lines(at: Any, quarrel: Any, shown: Any, open_: Any) -> Lines:
    positions, number = np.asarray(at, dtype=np.int64), np.asarray(quarrel, dtype=np.int64)
    nobody, one_hand = np.zeros(len(positions), dtype=np.int64), np.zeros(len(positions), dtype=np.int32)
    return Lines(positions, number, nobody, np.asarray(shown, dtype=np.uint32), np.asarray(open_, dtype=np.uint32), one_hand)


def where(heard: Heard, holds: Callable[[Thread, int], bool]) -> Ints:
    """Return where (`Heard`) the messages in quarrels stand for which a rule of the episodes holds."""
    place = _places(heard)
    rows = [int(thread.rows[position]) for thread, draft in heard.quarrels for position in draft.positions if holds(thread, position)]
    return place[np.array(rows, dtype=np.int64)]


def _places(heard: Heard) -> Ints:
    place = np.full(len(heard.messages), -1, dtype=np.int64)
    place[heard.rows] = np.arange(len(heard.rows))
    return place


def count(lines: Lines) -> int:
    """Return how many quarrels there are."""
    return int(lines.quarrel.max(initial=-1)) + 1


# ------------------------------------------------------------------------------------------------------------------ errors of the ear


def errors_of(heard: Heard, ask: Ask, *, per: Group, name: str, among: Ask | None = None) -> Errors | None:
    """Return the errors of a flag asked of lines, turns or quarrels (`per` numbers them); None where nothing is to be corrected.

    `among` keeps the units that the measure counts, as the ear hears them."""
    if not heard.is_corrected or heard.errors is None:
        return None
    if heard.errors.held_out is None:
        return DEAF
    found, true = held_lines(heard.errors.held_out, setting=heard.relationship.kind)
    if not len(found):
        return DEAF
    units = first_of(per(found))
    keep = among(found) if among is not None else np.ones(len(units), dtype=np.bool_)
    flagged, is_so = ask(found)[keep], ask(true)[keep]
    if min(is_so.sum(), (~is_so).sum()) < LEAST_TRUE:
        return DEAF
    return of_units(found.hand[units[keep]], found=flagged, true=is_so, random=heard.random(f"errors of {name}"))


def held_lines(held: HeldOut, *, setting: str) -> tuple[Lines, Lines]:
    """Return the held-out dialogues in which the ear hears a quarrel: as it heard them, and as they are.

    Those of the setting where it has enough lines with hard words, else all. Who is called the second changes from one to the next, so that
    the ear's errors do not depend on who wrote first."""
    rows = _in_quarrels(held)
    own = rows[held.setting[rows] == (held.settings.index(setting) if setting in held.settings else -1)]
    rows = own if ((held.truth[own] & bits_of(*HARD)) > 0).sum() >= OWN_TRUE else rows
    quarrel = np.unique(held.dialogue[rows], return_inverse=True)[1].astype(np.int64)
    persons = np.unique(held.person[rows], return_inverse=True)[1]
    first = first_of(quarrel)
    who = ((persons != persons[first][quarrel]) ^ (quarrel % 2 == 1)).astype(np.int64)
    open_ = held.shown[rows] | (held.counted[rows] & bits_of(*KIND))
    found = Lines(rows, quarrel, who, held.shown[rows], open_, held.hand[rows])
    return found, Lines(rows, quarrel, who, held.truth[rows], held.truth[rows], held.hand[rows])


def _in_quarrels(held: HeldOut) -> Ints:
    hard = (held.shown & bits_of(*HARD)) > 0
    counts = np.bincount(held.dialogue, weights=hard)
    return np.flatnonzero(counts[held.dialogue] >= HARD_NEEDED).astype(np.int64)


# ---------------------------------------------------------------------------------------------------------------------- sensitivity


def by_hard_words(finding: Finding, lines: Lines, value: Callable[[Lines], float | None]) -> Finding:
    """Add the same number over quarrels with at least two, three and four hard words."""
    if finding.value is None:
        return finding
    hard = np.bincount(lines.quarrel, weights=lines.has(*HARD))
    rows: list[Mapping[str, Any]] = []
    for least in AT_LEAST:
        found = value(lines.at(hard[lines.quarrel] >= least))
        rows.append({"setting": f"quarrels with at least {least} hard words", "value": None if found is None else round(found, PLACES)})
    return replace(finding, sensitivity=(*finding.sensitivity, *rows))
