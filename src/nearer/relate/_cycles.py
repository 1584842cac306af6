"""Cycles: which of the three patterns of 7.2 the turns of many quarrels follow, against chance (constructs 7.2).

Turns are runs of one person's messages in a quarrel. Three figures: find the bad guy = min over directions of P(attack answers attack) x
share of attacking turns; protest polka = max over directions of [P(other withdraws | demand) - P(other withdraws | no demand)] x
(1 - symmetry); freeze and flee = share of stretches of five turns in which both withdraw. Chance is the same figure after each person's
turns were shuffled among that person's places inside each quarrel. Everything is counted per quarrel, so a resample is a weighted sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nearer.records import Flags, Ints
from nearer.relate._episodes_quarrels import PRESSES, is_attack, is_silent
from nearer.relate._episodes_thread import Thread

CYCLES = ("bad_guy", "protest_polka", "freeze_flee")
SHUFFLES = 500
"""Permutations within quarrel, and as many resamples of quarrels (constructs 7.2)."""
STRETCH = 5
"""Both withdraw within five turns (constructs 7.2)."""
CHANCE = 0.03
"""A pattern is named only if in fewer shuffles than this any of the three stands out as far; with
it at most 5 % of couples without any cycle are given one (constructs 7.2, 9; measured in tests)."""
LOW, HIGH = 5.0, 95.0

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of many quarrels in order: which quarrel, who (0 or 1), and whether the turn attacks, demands, withdraws."""

    quarrel: Ints
    who: Ints
    moves: Flags
    """n x 3: attack, demand, withdraw."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One pattern: its figure with the 90 % interval, the figure chance gives, and whether it may be named."""

    name: str
    value: float
    low: float
    high: float
    chance: float
    excess: float
    """How many spreads of chance the figure lies above chance."""
    is_named: bool


def turns_of(quarrels: Sequence[tuple[Thread, Sequence[int]]]) -> Turns:
    """Return the turns of quarrels, given as a thread and the positions in it. Silence after a demand is a withdrawing turn."""
    which: list[int] = []
    who: list[int] = []
    moves: list[list[bool]] = []
    for number, (thread, span) in enumerate(quarrels):
        silent: int | None = None
        for position in span:
            writer = thread.writers()[position]
            own = [is_attack(thread.acts(position)), thread.has(position, *PRESSES), thread.has(position, "withdraw")]
            if which and which[-1] == number and who[-1] == writer:
                moves[-1] = [a or b for a, b in zip(moves[-1], own, strict=True)]
            else:
                own[2] = own[2] or silent == writer
                silent = None
                which.append(number)
                who.append(writer)
                moves.append(own)
            if own[1] and is_silent(thread, position):
                silent = 1 - writer
        if silent is not None:
            which.append(number)
            who.append(silent)
            moves.append([False, False, True])
    return Turns(np.array(which, dtype=np.int64), np.array(who, dtype=np.int64), np.array(moves, dtype=np.bool_).reshape(-1, 3))


def cycles(turns: Turns, *, seed: int) -> list[Cycle]:
    """Return the three patterns, each against chance; at most one is named: the one furthest above it.

    Its interval must lie above chance: quarrels are resampled together with their own shuffles, so that a quarrelsome year is no cycle."""
    random = np.random.default_rng(seed)
    table = _counts(turns, turns.moves)
    values = _figures(table.sum(axis=0)[None])[0]
    totals, mean = [], np.zeros_like(table)
    for _ in range(SHUFFLES):
        counts = _counts(turns, _shuffled(turns, random))
        totals.append(counts.sum(axis=0))
        mean += counts / SHUFFLES
    shuffled = _figures(np.stack(totals))
    picks = random.multinomial(len(table), np.full(len(table), 1 / len(table)), size=SHUFFLES)
    resampled = _figures(picks @ table)
    above = np.percentile(resampled - _figures(picks @ mean), LOW, axis=0)
    chance, spread = shuffled.mean(axis=0), shuffled.std(axis=0)
    unit = np.where(spread > 0, spread, np.inf)
    excess = (values - chance) / unit
    low, high = np.percentile(resampled, LOW, axis=0), np.percentile(resampled, HIGH, axis=0)
    best = int(np.argmax(excess))
    is_rare = (((shuffled - chance) / unit).max(axis=1) >= excess[best]).mean() < CHANCE
    return [
        Cycle(
            name=name,
            value=round(float(values[i]), 4),
            low=round(float(low[i]), 4),
            high=round(float(high[i]), 4),
            chance=round(float(chance[i]), 4),
            excess=round(float(excess[i]), 4),
            is_named=bool(i == best and is_rare and above[i] > 0),
        )
        for i, name in enumerate(CYCLES)
    ]


def presser(turns: Turns) -> int:
    """Return who presses in the protest polka: the direction in which demand is followed by withdrawal more."""
    total = _counts(turns, turns.moves).sum(axis=0)[None]
    return int(np.argmax([_polka(total, person)[0] for person in (0, 1)]))


# ------------------------------------------------------------------------------------------------------------------- counts per quarrel

ATTACK, DEMAND, WITHDRAW = 0, 1, 2


def _counts(turns: Turns, moves: Flags) -> Table:
    """Return what the figures are made of, per quarrel: turns, attacks, stretches both leave; then six figures for each person."""
    quarrels = int(turns.quarrel[-1]) + 1 if len(turns.quarrel) else 0
    followed = np.append(turns.quarrel[1:] == turns.quarrel[:-1], False)
    attack, demand, withdraw = moves[:, ATTACK], moves[:, DEMAND], moves[:, WITHDRAW]
    next_attack, next_withdraw = np.append(attack[1:], False), np.append(withdraw[1:], False)
    columns = [np.ones(len(attack), dtype=np.bool_), attack, _both_leave(turns, withdraw)]
    for person in (0, 1):
        own = (turns.who == person) & followed
        columns += [own & attack, own & attack & next_attack, own & demand, own & demand & next_withdraw]
        columns += [own & ~demand, own & ~demand & next_withdraw]
    return np.stack([np.bincount(turns.quarrel, weights=column, minlength=quarrels) for column in columns], axis=1)


def _both_leave(turns: Turns, withdraw: Flags) -> Flags:
    """Mask the turns from which on both withdraw within STRETCH turns of the same quarrel."""
    size = len(withdraw)
    ends = np.minimum(np.searchsorted(turns.quarrel, turns.quarrel, side="right"), np.arange(size) + STRETCH)
    both = np.ones(size, dtype=np.bool_)
    for person in (0, 1):
        so_far = np.concatenate([[0], np.cumsum(withdraw & (turns.who == person))])
        both &= so_far[ends] > so_far[np.arange(size)]
    return both


def _figures(totals: Table) -> Table:
    """Return the three figures for each row of totals (m x 15 to m x 3)."""
    whole = totals[:, 0]
    answered = [_share(totals[:, base + 1], totals[:, base]) for base in (3, 9)]
    bad_guy = np.minimum(*answered) * _share(totals[:, 1], whole)
    steps = [np.maximum(_polka(totals, person), 0.0) for person in (0, 1)]
    most, least = np.maximum(*steps), np.minimum(*steps)
    polka = most * (1 - _share(least, most))
    return np.stack([bad_guy, polka, _share(totals[:, 2], whole)], axis=1)


def _polka(totals: Table, person: int) -> NDArray[np.float64]:
    base = 3 + 6 * person
    return _share(totals[:, base + 3], totals[:, base + 2]) - _share(totals[:, base + 5], totals[:, base + 4])


def _share(part: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; nothing of nothing is 0."""
    shares: NDArray[np.float64] = np.divide(part, of, out=np.zeros_like(part, dtype=np.float64), where=of > 0)
    return shares


def _shuffled(turns: Turns, random: np.random.Generator) -> Flags:
    """Shuffle each person's turns among that person's places inside each quarrel."""
    group = turns.quarrel * 2 + turns.who
    places = np.argsort(group, kind="stable")
    taken = np.lexsort((random.random(len(group)), group))
    moves = np.empty_like(turns.moves)
    moves[places] = turns.moves[taken]
    return moves
