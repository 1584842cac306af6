"""Growing and stopping: whether quarrels grow harder, how often a hard turn is answered with a hard one, and whether a step is taken up.

A quarrel grew when after its first hard word a harder one came: a complaint, a defence or leaving is the first degree, blame the second,
scorn or a threat to leave the third. A hard turn (one person's lines in a row) is answered hard when the other's next turn in the quarrel
holds a hard word, too. A step is an attempt to stop: owning one's part, an apology that is not hollow, comfort, validation or a request,
without a hard word; it is taken up when the other's next three messages in the quarrel hold no hard word and no turning away, and one of
them is warm or steps in turn. Beta posteriors with sittings resampled. At least 6 quarrels, 20 answered hard turns for the second. Hard
words and steps count where they are heard surely, corrected for how the ear errs in quarrels (8.1). How long the way back takes is told by
"reconnection". What it cannot know: tone, making up by voice, and whether a hard answer was the only one left. Constructs 7.9, K3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from nearer.records import Finding, Flags, Ints
from nearer.relate._episodes_quarrels import ANSWERS, REPAIRS, WARM, is_hollow
from nearer.relate._episodes_thread import HARD, NEXT
from nearer.relate._finding import Told, Units, coverage, empty, mute, plain_value, share, with_evidence
from nearer.relate._heard import Heard
from nearer.relate._quarrel_talk import QUARRELS_NEEDED, Lines, any_in, by_hard_words, count, errors_of, first_of, said, where
from nearer.relate._shares import needs

DEGREES = (("complain", "defend", "withdraw"), ("blame",), ("contempt", "threaten_leave"))
NEEDS = tuple(dict.fromkeys((*ANSWERS, *REPAIRS, *WARM)))
TELLS = ("quarrel_grew", "answered_hard", "steps_taken_up")
ANSWERS_NEEDED = 20
"""Hard turns that were answered [C]."""


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield how often quarrels grew harder, then for each of the two how often they answered hard and took a step up."""
    lines = said(heard)
    yield mute(heard, "quarrel_grew", person=None, toward=None, unit=UNITS["quarrel_grew"]) or _grew(heard, lines)
    for name, tell in (("answered_hard", _answered), ("steps_taken_up", _taken_up)):
        for number, person in enumerate(heard.pair):
            silent = mute(heard, name, person=person, toward=heard.relationship.other(person), unit=UNITS[name])
            yield silent or tell(heard, lines, number)


UNITS = {"quarrel_grew": "share of quarrels", "answered_hard": "share of hard turns answered", "steps_taken_up": "share of steps"}


def _grew(heard: Heard, lines: Lines) -> Finding:
    told = Told("quarrel_grew", UNITS["quarrel_grew"], "quarrels", QUARRELS_NEEDED, None, None)

    def units(some: Lines) -> Units:
        errors = errors_of(heard, lambda any_: grew(any_) > 0, per=lambda any_: any_.quarrel, name="grew")
        return Units(some.positions[first_of(some.quarrel)], (grew(some) > 0).astype(np.int64), base=(0, 1), hit=(1,), errors=(errors,))

    at = grew(lines)
    hits = lines.positions[at[at > 0]]
    calm = lines.positions[first_of(lines.quarrel)[at == 0]]
    return _told(heard, lines, told, units, hits=(hits, "here it grew harder"), misses=(calm, "a quarrel that did not grow harder"))


def grew(lines: Lines) -> Ints:
    """Return for each quarrel the line at which it first grew harder than its first hard word, or 0 (the first line never is one)."""
    degree = np.zeros(len(lines), dtype=np.int64)
    for number, acts in enumerate(DEGREES, start=1):
        degree[lines.has(*acts)] = number
    hard = np.flatnonzero(degree)
    quarrels, place = np.unique(lines.quarrel[hard], return_index=True)
    first = np.zeros(count(lines), dtype=np.int64)
    first[quarrels] = degree[hard[place]]
    harder = np.flatnonzero((degree > first[lines.quarrel]) & (first[lines.quarrel] > 0))
    at = np.zeros(count(lines), dtype=np.int64)
    found, place = np.unique(lines.quarrel[harder], return_index=True)
    at[found] = harder[place]
    return at


def _answered(heard: Heard, lines: Lines, number: int) -> Finding:
    told = _about(heard, "answered_hard", "answered hard turns", ANSWERS_NEEDED, number)

    def units(some: Lines) -> Units:
        errors = errors_of(heard, next_is_hard, per=lambda any_: any_.turn, among=is_answered, name="answered hard")
        first = first_of(some.turn)
        keep = is_answered(some) & (some.who[first] != number)
        return Units(some.positions[first[keep]], next_is_hard(some)[keep].astype(np.int64), base=(0, 1), hit=(1,), errors=(errors,))

    first = first_of(lines.turn)
    keep = is_answered(lines) & (lines.who[first] != number)
    answer = np.append(first[1:], 0)
    hard, calm = (lines.positions[answer[keep & flags]] for flags in (next_is_hard(lines), ~next_is_hard(lines)))
    return _told(heard, lines, told, units, hits=(hard, "a hard answer"), misses=(calm, "an answer without a hard word"))


def is_answered(lines: Lines) -> Flags:
    """Mask the hard turns after which the other has a turn in the same quarrel."""
    first = first_of(lines.turn)
    followed = np.append(lines.quarrel[first[1:]] == lines.quarrel[first[:-1]], np.zeros(min(len(first), 1), dtype=np.bool_))
    flags: Flags = any_in(lines.turn, lines.has(*HARD)) & followed
    return flags


def next_is_hard(lines: Lines) -> Flags:
    """Mask the turns whose next one holds a hard word."""
    hard = any_in(lines.turn, lines.has(*HARD))
    return np.append(hard[1:], np.zeros(min(len(hard), 1), dtype=np.bool_))


def _taken_up(heard: Heard, lines: Lines, number: int) -> Finding:
    told = _about(heard, "steps_taken_up", "steps toward the other", QUARRELS_NEEDED, number)
    hollow = where(heard, is_hollow)

    def units(some: Lines) -> Units:
        errors = errors_of(heard, is_taken_up, per=lambda any_: np.arange(len(any_)), among=is_step, name="taken up")
        keep = is_step(some) & (some.who != number) & ~np.isin(some.positions, hollow)
        return Units(some.positions[keep], is_taken_up(some)[keep].astype(np.int64), base=(0, 1), hit=(1,), errors=(errors,))

    counted = units(lines)
    hits, misses = counted.is_in((1,)), counted.is_in((0,))
    return _told(
        heard, lines, told, units, hits=(hits, "a step that was taken up"), misses=(misses, "a step after which no warm answer is seen")
    )


def is_step(lines: Lines) -> Flags:
    """Mask the lines that try to stop a quarrel."""
    flags: Flags = lines.has(*REPAIRS) & ~lines.has(*HARD)
    return flags


def is_taken_up(lines: Lines) -> Flags:
    """Mask the lines whose next three by the other in the same quarrel hold no hard word, no turning away, and a warm word or a step."""
    unkind, warm = lines.has(*ANSWERS), lines.may_have(*WARM, *REPAIRS)
    taken = np.zeros(len(lines), dtype=np.bool_)
    for person in (0, 1):
        own = np.flatnonzero(lines.who == person)
        asked = np.flatnonzero(lines.who != person)
        start = np.searchsorted(own, asked)
        end = np.minimum(start + NEXT, np.searchsorted(lines.quarrel[own], lines.quarrel[asked], side="right"))
        so_far = [np.concatenate([[0], np.cumsum(flags[own])]) for flags in (unkind, warm)]
        some = end > start
        end = np.maximum(start, end)
        taken[asked] = some & (so_far[0][end] == so_far[0][start]) & (so_far[1][end] > so_far[1][start])
    return taken


def _about(heard: Heard, name: str, what: str, minimum: int, number: int) -> Told:
    return Told(name, UNITS[name], what, minimum, heard.pair[number], heard.pair[1 - number])


def _told(
    heard: Heard, lines: Lines, told: Told, units: Callable[[Lines], Units], *, hits: tuple[Ints, str], misses: tuple[Ints, str]
) -> Finding:
    quarrels = count(lines)
    if quarrels < QUARRELS_NEEDED:
        blank = empty(heard, told.measure, person=told.person, toward=told.toward, unit=told.unit)
        return replace(blank, n=quarrels, needs=needs(QUARRELS_NEEDED, "quarrels", quarrels), coverage=coverage(heard, told.person))
    finding = with_evidence(heard, share(heard, told, units(lines)), hits=hits, misses=misses)
    return by_hard_words(finding, lines, lambda some: plain_value(units(some)))
