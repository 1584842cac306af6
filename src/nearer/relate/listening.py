"""Listening: when one tells the other how they feel, what the answer does. It says back what was heard, asks, comforts, gives advice, turns away
or to a story of one's own, or does none of these.

Counted are answered tellings: one shares a feeling or asks for comfort, and the other's next three messages in a row, within 24 hours, are the
answer. Five shares of these answers, each with its own Beta posterior; an answer may do several things, so they may be more than one together.
How many say back what was heard is told once, as "understanding" (`facets`). Then the mix: of everything answers did to understand (said back,
asked) or to steer (advised, turned away), the part that was understanding, (validate + ask) / (validate + ask + advise + turn away). Sittings
resampled; corrected by the errors counted on held-out answers (8.1). At least 20 answered tellings. Where an ear hears an act too seldom or too
wrongly in answers, its share is not told, nor is the mix.
What it cannot know: listening by voice, a nod, and whether advice was asked for. Advice is not a fault. Constructs 8 (listening mix), 7.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nearer.records import Finding, Flags, Ints
from nearer.relate._answers import DISTRESS, TELLINGS_NEEDED, Ask, ask, level, shows, tellings
from nearer.relate._bootstrap import DRAWS, Reals, draw_cells, interval
from nearer.relate._correction import FLOOR, Errors
from nearer.relate._finding import (
    PLACES,
    Told,
    Units,
    by_window,
    coverage,
    empty,
    gain_of,
    mute,
    none_as_none,
    plain_value,
    with_evidence,
)
from nearer.relate._heard import WITHIN, Heard
from nearer.relate._posterior import says_level
from nearer.relate._shares import TOO_WIDE, needs

PIECES = ("validate", "curious_question", "advise", "turn_away")
"""What the mix is made of; the first two understand."""
UNDERSTAND = 2
ALL = ("validate", "curious_question", "comfort", "advise", "turn_away")
WHAT = "answered tellings of a feeling"
UNIT = "share of what answers do that is understanding"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing an answer can do: its finding, its acts, its unit, and why a message stands for it. `none`: that no act was heard;
    `unkind`: a part of which none is told as none."""

    measure: str
    acts: tuple[str, ...]
    unit: str
    why: str
    none: bool = False
    unkind: bool = False


PARTS = (
    Part("listening_asks", ("curious_question",), "share of answers that ask", "asks"),
    Part("listening_comforts", ("comfort",), "share of answers that comfort", "comforts"),
    Part("listening_advises", ("advise",), "share of answers that advise", "advises"),
    Part("listening_turns", ("turn_away",), "share of answers that turn away or to oneself", "turns to something else", unkind=True),
    Part("listening_nothing", ALL, "share of answers in which none of these was heard", "none of these was heard in it", none=True),
)
NEEDS = (*DISTRESS, *ALL)
TELLS = ("listening", *(part.measure for part in PARTS))


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, the mix, then the five shares of their answers."""
    told = heard.sure(*DISTRESS)
    pieces = [ask(heard, act, told=DISTRESS) for act in PIECES]
    asked = {part.measure: ask(heard, *part.acts, told=DISTRESS) for part in PARTS}
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        yield mute(heard, "listening", person=person, toward=other, unit=UNIT) or _mix(heard, told, pieces, number)
        for part in PARTS:
            silent = mute(heard, part.measure, person=person, toward=other, unit=part.unit)
            yield silent or _part(heard, part, told, asked[part.measure], number)


# ---------------------------------------------------------------------------------------------------------------------- five shares


def _part(heard: Heard, part: Part, told: Flags, asked: Ask, number: int) -> Finding:
    person = heard.pair[number]
    units = _units(heard, part, told, asked, number, within=WITHIN)
    named = Told(part.measure, part.unit, WHAT, TELLINGS_NEEDED, person, heard.relationship.other(person))
    finding = level(heard, named, units, [asked])
    holds, lacks = (units.is_in((cell,)) for cell in (1, 0))
    shown = heard.reply[holds[shows(heard, holds, *part.acts)]]
    hits, misses = (heard.reply[lacks], shown) if part.none else (shown, heard.reply[lacks])
    why = "an answer in which one of these was heard" if part.none else "an answer in which this was not heard"
    finding = with_evidence(heard, finding, hits=(hits, part.why), misses=(misses, why))
    finding = none_as_none(finding, holds) if part.unkind else finding
    return by_window(finding, lambda within: plain_value(_units(heard, part, told, asked, number, within=within)))


def _units(heard: Heard, part: Part, told: Flags, asked: Ask, number: int, *, within: int) -> Units:
    """Return the answered tellings of the other one: 1 where the answer holds one of the acts."""
    positions = tellings(heard, number, told, within=within)
    holds = asked.of(heard, positions).astype(np.int64)
    return Units(positions, holds, base=(0, 1), hit=(0,) if part.none else (1,), errors=(asked.errors,))


# -------------------------------------------------------------------------------------------------------------------------- the mix


def _mix(heard: Heard, told: Flags, pieces: Sequence[Ask], number: int) -> Finding:
    """(V + C) / (V + C + A + T) of constructs 8, each count corrected by itself."""
    person = heard.pair[number]
    positions = tellings(heard, number, told, within=WITHIN)
    blank = empty(heard, "listening", person=person, toward=heard.relationship.other(person), unit=UNIT)
    blank = replace(blank, n=len(positions), coverage=coverage(heard, person))
    if any(piece.needs for piece in pieces) or gain_of([piece.errors for piece in pieces]) < FLOOR:
        return replace(blank, needs="an ear that hears advice and turning away more surely than this one does")
    if len(positions) < TELLINGS_NEEDED:
        return replace(blank, needs=needs(TELLINGS_NEEDED, WHAT, len(positions)))
    understood, steered = _drawn(heard, positions, pieces, name=f"listening {number}")
    draws = understood / (understood + steered)
    low, high = interval(draws)
    if high - low > TOO_WIDE:
        return replace(blank, needs=f"more {WHAT}: the interval is wider than {TOO_WIDE}; {len(positions)} so far")
    found = replace(blank, value=round(float(draws[0]), PLACES), low=round(low, PLACES), high=round(high, PLACES))
    found = replace(found, says=says_level(low, high), n=round(understood[0] - 1), out_of=round(understood[0] + steered[0] - 2))
    hits, misses = (heard.reply[positions[shows(heard, positions, *some)]] for some in (PIECES[:UNDERSTAND], PIECES[UNDERSTAND:]))
    found = with_evidence(heard, found, hits=(hits, "says back or asks"), misses=(misses, "advises or turns to something else"))
    return by_window(found, lambda within: _plain(heard, tellings(heard, number, told, within=within), pieces))


def _plain(heard: Heard, positions: Ints, pieces: Sequence[Ask]) -> float | None:
    """Return the mix without an interval; None of nothing."""
    cells = np.bincount(_cells(heard, positions, pieces), minlength=2 ** len(PIECES)).astype(np.float64)[None]
    errors = [piece.errors for piece in pieces]
    understood, steered = _counts(cells, [error and Errors(error.sensitivity[:1], error.specificity[:1]) for error in errors])
    whole = float(understood[0] + steered[0])
    return float(understood[0]) / whole if whole > 0 else None


def _drawn(heard: Heard, positions: Ints, pieces: Sequence[Ask], *, name: str) -> tuple[Reals, Reals]:
    """Return 1 + DRAWS counts of understanding and of steering in the answers, a prior of one each: sittings resampled, errors drawn."""
    random = heard.random(name)
    cell = _cells(heard, positions, pieces)
    cells = draw_cells(cell, heard.sitting[positions], np.full(2 ** len(PIECES), 1e-6), random=random)
    prior = np.vstack([np.ones(2), random.standard_exponential((DRAWS, 2))])
    understood, steered = _counts(cells, [piece.errors for piece in pieces])
    return understood + prior[:, 0], steered + prior[:, 1]


def _cells(heard: Heard, positions: Ints, pieces: Sequence[Ask]) -> Ints:
    """Return, for each telling, a bit for each piece that its answer holds."""
    cell = np.zeros(len(positions), dtype=np.int64)
    for place, piece in enumerate(pieces):
        cell |= piece.of(heard, positions).astype(np.int64) << place
    return cell


def _counts(cells: Reals, errors: Sequence[Errors | None]) -> tuple[Reals, Reals]:
    """Return how many answers understand and how many steer, row by row, each act corrected by itself (Rogan and Gladen)."""
    whole, counts = cells.sum(axis=1), []
    for place, error in enumerate(errors):
        count = cells[:, [cell for cell in range(cells.shape[1]) if cell >> place & 1]].sum(axis=1)
        if error is not None:
            gain = np.maximum(error.sensitivity + error.specificity - 1, FLOOR / 3)
            count = np.clip((count - (1 - error.specificity) * whole) / gain, 0, whole)
        counts.append(count)
    understood, steered = (np.sum(some, axis=0) for some in (counts[:UNDERSTAND], counts[UNDERSTAND:]))
    return understood, steered
