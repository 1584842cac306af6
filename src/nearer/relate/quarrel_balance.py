"""In quarrels: warm turns beside hard ones, and who found the first hard word, a step toward the other, the way out.

A turn is one person's lines in a row, in one sitting. It is hard with a complaint, blame, scorn, defence, leaving, a threat to leave or
turning away; warm with a word of comfort, validation, thanks, celebration, interest, play, forgiving, an apology or owning one's part, and
no hard one. The balance is log((warm + .5) / (hard + .5)) over the turns of all quarrels of the two together; beside it the same outside
quarrels. From 40 turns that are one or the other. No figure of it is a goal. Then, always for both: the share of quarrels whose first hard
word came from each, in which each tried to stop it (owning, an apology that is not hollow, comfort, validation or a request without a hard
word), and in which each left the talk or fell silent (no answer for three of their usual waking reply times while the other wrote twice).
Where one of the two can't be told, neither is. At least 6 quarrels. Beta posteriors with sittings resampled. Hard words, steps and leaving
count where they are heard surely, corrected for how the ear errs in quarrels (8.1); outside them the balance is told from labels only,
since a quarrel that an ear misses would count there. What it cannot know: what went before by voice, looks, who was tired, and what silence
was for. The first hard word is not the reason of a quarrel. Constructs 7.7 (Gottman), 7.9, 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from nearer.records import Finding, Flags, Ints
from nearer.relate._bootstrap import Reals, draw_cells, interval
from nearer.relate._correction import FLOOR, Errors, undo
from nearer.relate._episodes_quarrels import PRESSES, REPAIRS, WARM, is_hollow, is_silent
from nearer.relate._episodes_thread import HARD
from nearer.relate._finding import BEYOND, PLACES, Told, Units, coverage, empty, gain_of, mute, plain_value, share, with_evidence
from nearer.relate._heard import REPLY_LINES, Heard
from nearer.relate._quarrel_talk import QUARRELS_NEEDED, Lines, any_in, by_hard_words, count, errors_of, first_of, said, where
from nearer.relate._shares import needs

COLD = (*HARD, "turn_away")
NEEDS = (*COLD, *WARM, "request_need")
SIDES = ("quarrel_starts", "quarrel_steps", "quarrel_leaves")
TELLS = ("quarrel_balance", "talk_balance", *SIDES)
TURNS_NEEDED = 40
"""Turns that are warm or hard (constructs 8)."""
CLEAR, WIDEST = np.log(3.0), np.log(9.0)
"""The upper end of the balance may be nine times the lower one; up to three times it is called clear [C]."""
PRIOR = 0.5
"""Added to either count (constructs 7.7)."""
MISSED = "an ear that finds every quarrel: one it missed would count here as talk"
BALANCE = "log of warm turns over hard ones"
UNIT = "share of quarrels"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield the balance in quarrels and outside them, then for both of the two who began, stepped toward the other and left."""
    lines = said(heard)
    for name in ("quarrel_balance", "talk_balance"):
        silent = mute(heard, name, person=None, toward=None, unit=BALANCE)
        yield silent or _balance(heard, name, lines)
    for name in SIDES:
        told = [
            mute(heard, name, person=person, toward=heard.relationship.other(person), unit=UNIT) or _side(heard, name, lines, number)
            for number, person in enumerate(heard.pair)
        ]
        yield from _both_or_none(told)


def _both_or_none(told: list[Finding]) -> Iterator[Finding]:
    """Yield the two as they are where both are told, else neither."""
    missing = next((finding.needs for finding in told if finding.value is None), "")
    for finding in told:
        if finding.value is None or not missing:
            yield finding
            continue
        blank = replace(finding, value=None, low=None, high=None, says="cannot_tell", n=finding.out_of, out_of=0)
        yield replace(blank, needs=missing, evidence=(), against=(), series=(), sensitivity=())


# --------------------------------------------------------------------------------------------------------------------------- the balance


@dataclass(frozen=True, slots=True)
class Turns:
    """Turns that were heard: where each begins, whether it is warm and whether it is hard (never both), and the ear's errors of the two."""

    positions: Ints
    warm: Flags
    hard: Flags
    errors: tuple[Errors | None, Errors | None]


def _balance(heard: Heard, name: str, lines: Lines) -> Finding:
    inside = name == "quarrel_balance"
    turns = in_quarrels(heard, lines) if inside else outside(heard, lines)
    coded = int((turns.warm | turns.hard).sum())
    blank = empty(heard, name, person=None, toward=None, unit=BALANCE)
    blank = replace(blank, n=coded, coverage=coverage(heard, None))
    if not inside and _is_heard_by_an_ear(heard):
        return replace(blank, needs=MISSED)
    if gain_of(turns.errors) < FLOOR:
        return replace(blank, needs=f"an ear that hears warm and hard words more surely: it is worth {gain_of(turns.errors):.2f} here")
    if coded < TURNS_NEEDED:
        where = "in quarrels" if inside else "outside quarrels"
        return replace(blank, needs=needs(TURNS_NEEDED, f"warm or hard turns {where}", coded))
    draws, warm, hard = _log_ratio(heard, turns, name=name)
    low, high = interval(draws)
    if warm + hard <= 0:
        return replace(blank, needs=BEYOND)
    if high - low > WIDEST:
        return replace(blank, needs=f"more turns that are warm or hard: the interval is too wide; {coded} so far")
    told = replace(blank, value=_rounded(min(max(draws[0], low), high)), low=_rounded(low), high=_rounded(high))
    told = replace(told, n=warm, out_of=warm + hard, says="clearly" if high - low <= CLEAR else "probably")
    speaks = turns.warm if told.value is not None and told.value >= 0 else turns.hard
    words = ("a warm turn", "a hard turn") if speaks is turns.warm else ("a hard turn", "a warm turn")
    against = turns.hard if speaks is turns.warm else turns.warm
    told = with_evidence(heard, told, hits=(turns.positions[speaks], words[0]), misses=(turns.positions[against], words[1]))
    return replace(told, sensitivity=(_in_messages(lines),)) if inside else told


def _is_heard_by_an_ear(heard: Heard) -> bool:
    senses = heard.messages.senses
    return senses is not None and senses.ear is not None


def _in_messages(lines: Lines) -> dict[str, object]:
    """Return the balance in messages as they were heard: somebody who writes in many short lines weighs more there."""
    hard = lines.has(*COLD)
    warm = lines.may_have(*WARM) & ~hard
    return {"setting": "messages counted instead of turns", "value": _rounded(np.log((warm.sum() + PRIOR) / (hard.sum() + PRIOR)))}


def _log_ratio(heard: Heard, turns: Turns, *, name: str) -> tuple[Reals, int, int]:
    """Return the drawn log ratios (row 0: the figure itself) and the corrected warm and hard turns."""
    cell = turns.warm * 2 + turns.hard * 1
    cells = draw_cells(cell.astype(np.int64), heard.sitting[turns.positions], np.full(4, 1e-3), random=heard.random(name))
    cells = undo(cells, turns.errors) if any(turns.errors) else cells
    warm, hard = (np.maximum(cells[:, some].sum(axis=1), 0.0) for some in ([2, 3], [1, 3]))
    draws: Reals = np.log((warm + PRIOR) / (hard + PRIOR))
    return draws, round(float(warm[0])), round(float(hard[0]))


def in_quarrels(heard: Heard, lines: Lines) -> Turns:
    """Return the turns of quarrels."""
    errors = tuple(errors_of(heard, ask, per=_turn, name=name) for ask, name in ((warm_turns, "warm turns"), (hard_turns, "hard turns")))
    return Turns(lines.positions[first_of(lines.turn)], warm_turns(lines), hard_turns(lines), (errors[0], errors[1]))


def _turn(lines: Lines) -> Ints:
    return lines.turn


def hard_turns(lines: Lines) -> Flags:
    """Mask the turns with a hard word."""
    return any_in(lines.turn, lines.has(*COLD))


def warm_turns(lines: Lines) -> Flags:
    """Mask the turns with a warm word and no hard one."""
    flags: Flags = any_in(lines.turn, lines.may_have(*WARM)) & ~hard_turns(lines)
    return flags


def outside(heard: Heard, lines: Lines) -> Turns:
    """Return the turns outside quarrels, of one sitting each; their first three lines are read."""
    breaks = (np.diff(heard.who) != 0) | (np.diff(heard.sitting) != 0)
    starts = np.concatenate([[0], np.flatnonzero(breaks) + 1]).astype(np.int64)
    sizes = np.minimum(np.diff(np.append(starts, len(heard.time))), REPLY_LINES)
    fought = np.zeros(len(heard.time), dtype=np.bool_)
    fought[lines.positions] = True
    free = ~_within(fought, starts, sizes) & _within(heard.heard, starts, sizes)
    hard = _within(heard.sure(*COLD), starts, sizes)[free]
    warm = _within(heard.act(*WARM), starts, sizes)[free] & ~hard
    return Turns(starts[free], warm, hard, (None, None))


def _within(flags: Flags, starts: Ints, sizes: Ints) -> Flags:
    so_far = np.concatenate([[0], np.cumsum(flags)])
    mask: Flags = so_far[starts + sizes] > so_far[starts]
    return mask


# ----------------------------------------------------------------------------------------------------------------------------- the sides


def _side(heard: Heard, name: str, lines: Lines, number: int) -> Finding:
    person, other = heard.pair[number], heard.pair[1 - number]
    quarrels = count(lines)
    if quarrels < QUARRELS_NEEDED:
        blank = empty(heard, name, person=person, toward=other, unit=UNIT)
        return replace(blank, n=quarrels, needs=needs(QUARRELS_NEEDED, "quarrels", quarrels), coverage=coverage(heard, None))
    make, why, without = _COUNTED[name]
    units = make(heard, lines, number)
    finding = share(heard, Told(name, UNIT, "quarrels", QUARRELS_NEEDED, person, other), units)
    first = first_of(lines.quarrel)
    hits = np.isin(lines.positions[first], units.is_in(units.hit))
    at = _shown_at(heard, name, lines, number)
    finding = with_evidence(heard, finding, hits=(at[hits & (at >= 0)], why), misses=(lines.positions[first[~hits]], without))
    return by_hard_words(finding, lines, lambda some: plain_value(make(heard, some, number)))


def _shown_at(heard: Heard, name: str, lines: Lines, number: int) -> Ints:
    """Return, for each quarrel, the position of this person's message that shows it, or -1."""
    mask = {"quarrel_starts": lines.has(*HARD), "quarrel_steps": steps(heard, lines), "quarrel_leaves": lines.has("withdraw")}[name]
    rows = np.flatnonzero(mask & (lines.who == number))
    at = np.full(count(lines), -1, dtype=np.int64)
    quarrels, first = np.unique(lines.quarrel[rows], return_index=True)
    at[quarrels] = lines.positions[rows[first]]
    return at


def starts(heard: Heard, lines: Lines, number: int) -> Units:
    """Return the quarrels by whether their first hard word is this person's."""
    errors = errors_of(heard, lambda some: starter(some) == 1, per=_quarrel, name="starts")
    return _units(lines, starter(lines) == number, errors)


def starter(lines: Lines) -> Ints:
    """Return who wrote the first hard word of each quarrel, 0 or 1; who wrote first where none is heard."""
    first = first_of(lines.quarrel)
    hard = np.flatnonzero(lines.has(*HARD))
    who = lines.who[first].copy()
    quarrels, place = np.unique(lines.quarrel[hard], return_index=True)
    who[quarrels] = lines.who[hard[place]]
    return who


def stepped(heard: Heard, lines: Lines, number: int) -> Units:
    """Return the quarrels by whether this person tried to stop them."""
    errors = errors_of(heard, lambda some: any_in(some.quarrel, _tries(some) & (some.who == 1)), per=_quarrel, name="steps")
    return _units(lines, any_in(lines.quarrel, steps(heard, lines) & (lines.who == number)), errors)


def _tries(lines: Lines) -> Flags:
    mask: Flags = lines.has(*REPAIRS) & ~lines.has(*HARD)
    return mask


def steps(heard: Heard, lines: Lines) -> Flags:
    """Mask the lines that try to stop a quarrel; a hollow apology does not."""
    tries = _tries(lines)
    hollow = where(heard, is_hollow)
    if len(hollow):
        tries &= ~np.isin(lines.positions, hollow) | lines.has(*(act for act in REPAIRS if act != "apologise"))
    return tries


def left(heard: Heard, lines: Lines, number: int) -> Units:
    """Return the quarrels by whether this person left the talk (2) or fell silent (1)."""
    errors = errors_of(heard, lambda some: any_in(some.quarrel, some.has("withdraw") & (some.who == 1)), per=_quarrel, name="leaves")
    words = any_in(lines.quarrel, lines.has("withdraw") & (lines.who == number))
    pressing = lines.has(*PRESSES) & (lines.who != number)
    silence = any_in(lines.quarrel, pressing & np.isin(lines.positions, where(heard, is_silent)))
    return Units(lines.positions[first_of(lines.quarrel)], words * 2 + silence * 1, base=(0, 1, 2, 3), hit=(1, 2, 3), errors=(errors, None))


def _quarrel(lines: Lines) -> Ints:
    return lines.quarrel


def _units(lines: Lines, flags: Flags, errors: Errors | None) -> Units:
    return Units(lines.positions[first_of(lines.quarrel)], flags.astype(np.int64), base=(0, 1), hit=(1,), errors=(errors,))


def _rounded(value: float) -> float:
    return round(float(value), PLACES)


_COUNTED: dict[str, tuple[Callable[[Heard, Lines, int], Units], str, str]] = {
    "quarrel_starts": (starts, "the first hard word seen here", "a quarrel that began with the other one's word"),
    "quarrel_steps": (stepped, "a step toward the other", "a quarrel without such a step"),
    "quarrel_leaves": (left, "leaves the talk", "a quarrel in which they stayed"),
}
