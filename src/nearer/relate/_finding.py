"""Build a finding the same way everywhere: minimum evidence, the floor of the ear, the width rule, evidence, coverage, sensitivity, series.

A value is told only with the minimum evidence of constructs 8, from an ear above the floor of 8.1, with an interval no wider than section 9
allows; otherwise the finding says what it needs. Evidence are the latest messages that speak for the number, counter-examples the latest
against it; both are quoted at the precise point only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nearer.records import WHAT_INDEX, Evidence, Finding, Flags, Ints, Point
from nearer.relate._bootstrap import BLOCKS, POINT_BLOCKS, Reals, draw_cells, interval
from nearer.relate._correction import FLOOR, Errors, correct, undo
from nearer.relate._heard import HOUR, WEEK, WITHIN, Heard
from nearer.relate._posterior import says_level
from nearer.relate._shares import TOO_WIDE, needs

PLACES = 4
EVIDENCE, AGAINST = 5, 3
"""How many messages stand behind a finding and against it (constructs 8)."""
PERIODS = (4, 13, 26, 52)
"""Weeks one point of a series spans: four, a quarter, half a year or a year (`series`) [C]."""
MOST_POINTS = 26
WINDOWS = (6, 24, 72)
"""Hours within which a reply counts, for the sensitivity line (constructs 9)."""
GAPS = (2, 4, 8)
"""Hours of silence that end a sitting, for the sensitivity line (constructs 9)."""
WEEKS_NEEDED = 4
"""Rates are shown from four active weeks on (constructs 8)."""
ACTIVE_DAY = 3
"""A day is active from three messages on, a week from one such day on (constructs 7.0) [C]."""
NOT_HEARD = "messages that were heard (nearer sense); none so far"
BEYOND = "an ear whose errors are known for a chat like this: what was heard lies beyond what they allow"
IN_A_GROUP = "messages that say whom they are for: in this group no answer and no name leads from one of the two to the other"


@dataclass(frozen=True, slots=True)
class Units:
    """What a share is counted over: one position and one cell of a table of binary flags for each unit.

    `base` are the cells of the whole, `hit` those of the part (inside `base`); `errors` hold the ear's errors of each flag, None for one
    that is certain."""

    positions: Ints
    cell: Ints
    base: tuple[int, ...]
    hit: tuple[int, ...]
    errors: tuple[Errors | None, ...]

    def at(self, keep: Flags) -> Units:
        """Return the units at a mask."""
        return replace(self, positions=self.positions[keep], cell=self.cell[keep])

    def is_in(self, cells: Sequence[int]) -> Ints:
        """Return the positions of the units in some cells."""
        return self.positions[np.isin(self.cell, cells)]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A corrected figure: value, 90 % interval, the corrected part and whole in units, and the draws behind it."""

    value: float
    low: float
    high: float
    part: int
    whole: int
    draws: Reals


def gain_of(errors: Sequence[Errors | None]) -> float:
    """Return the smallest sensitivity + specificity - 1 of some flags; 1 where all are certain."""
    return min([error.gain for error in errors if error is not None], default=1.0)


def estimate(heard: Heard, units: Units, *, name: str, blocks: int = BLOCKS) -> Estimate:
    """Return the corrected share of `hit` in `base` (constructs 8.1): Beta posterior, sittings resampled, errors drawn."""
    certain = all(error is None for error in units.errors)
    if certain:
        units = units.at(np.isin(units.cell, units.base))
    rest = [cell for cell in units.base if cell not in units.hit]
    prior = np.full(2 ** len(units.errors), 1e-3)
    prior[list(units.hit)], prior[rest] = 1 / len(units.hit), 1 / max(len(rest), 1)
    cells = draw_cells(units.cell, heard.sitting[units.positions], prior, random=heard.random(name), blocks=blocks)
    plain = np.bincount(units.cell, minlength=len(prior)).astype(np.float64)[None]
    if not certain:
        plain = undo(plain, _themselves(units.errors))
        cells = undo(cells, units.errors)
    whole = cells[:, list(units.base)].sum(axis=1)
    draws = np.clip(np.where(whole > 0, cells[:, list(units.hit)].sum(axis=1) / np.where(whole > 0, whole, 1.0), 0.0), 0.0, 1.0)
    low, high = interval(draws)
    value = float(draws[0]) if certain else float(np.median(draws[1:]))
    part, base = (max(round(float(plain[0, list(some)].sum())), 0) for some in (units.hit, units.base))
    return Estimate(value, low, high, min(part, base), base, draws)


def _themselves(errors: Sequence[Errors | None]) -> list[Errors | None]:
    """Return the figures themselves, without the draws."""
    return [error and Errors(error.sensitivity[:1], error.specificity[:1]) for error in errors]


# --------------------------------------------------------------------------------------------------------------------------- shares


@dataclass(frozen=True, slots=True)
class Told:
    """What a share is called and needs: measure, unit, the word for its units, the minimum of them (constructs 8), and who to whom."""

    measure: str
    unit: str
    what: str
    minimum: int
    person: str | None
    toward: str | None


def share(heard: Heard, told: Told, units: Units, *, over_time: bool = True) -> Finding:
    """Return a share as a finding with coverage and, `over_time`, series; evidence and sensitivity are added by the measure."""
    key = f"{told.measure} {heard.pair.index(told.person) if told.person else 2}"
    found = estimate(heard, units, name=key)
    blank = empty(heard, told.measure, person=told.person, toward=told.toward, unit=told.unit)
    missing = _missing(told, units, found)
    counted = replace(blank, n=max(found.part, 0), out_of=found.whole, coverage=coverage(heard, told.person))
    if missing:
        return replace(counted, n=found.whole, out_of=0, needs=missing)
    return replace(
        counted,
        value=round(found.value, PLACES),
        low=round(found.low, PLACES),
        high=round(found.high, PLACES),
        says=says_level(found.low, found.high),
        series=series(heard, lambda keep: point(heard, told, units.at(keep), key=key), units.positions, each=found.whole / told.minimum)
        if over_time
        else (),
    )


def _missing(told: Told, units: Units, found: Estimate) -> str:
    gain = gain_of(units.errors)
    if gain < FLOOR:
        return f"an ear that hears this more surely: it is worth {gain:.2f} here (1 is perfect), {FLOOR:.2f} is the least"
    seen = min(found.whole, len(units.is_in(units.base)))
    if seen < told.minimum:
        return needs(told.minimum, told.what, seen)
    if found.high <= 0 or (found.low >= 1 and not all(error is None for error in units.errors)):
        return BEYOND
    if found.high - found.low > TOO_WIDE:
        return f"more {told.what}: the interval is wider than {TOO_WIDE}; {found.whole} so far"
    return ""


def point(heard: Heard, told: Told, units: Units, *, key: str) -> Point:
    """Return one point of a share's series, by the same rule as the value; without a value where it can't be told."""
    if len(units.is_in(units.base)) < told.minimum and not heard.is_corrected:
        return Point(None, n=len(units.is_in(units.base)))
    found = estimate(heard, units, name=key, blocks=POINT_BLOCKS)
    if _missing(told, units, found):
        return Point(None, n=found.whole)
    return Point(round(found.value, PLACES), n=found.whole, low=round(found.low, PLACES), high=round(found.high, PLACES))


# ---------------------------------------------------------------------------------------------------------------------------- rates


def rate(heard: Heard, told: Told, units: Units, *, weeks: int) -> Finding:
    """Return how many true units a week brings, over `weeks` active weeks; Gamma posterior, sittings resampled, errors drawn.

    The interval may be as wide as the value itself, or .4 a week where the value is less [C]."""
    key = f"{told.measure} {heard.pair.index(told.person) if told.person else 2}"
    blank = replace(
        empty(heard, told.measure, person=told.person, toward=told.toward, unit=told.unit), coverage=coverage(heard, told.person)
    )
    if weeks < told.minimum:
        return replace(blank, n=weeks, needs=needs(told.minimum, told.what, weeks))
    if gain_of(units.errors) < FLOOR:
        return replace(blank, needs=_missing(told, units, Estimate(0, 0, 0, 0, 0, np.zeros(1))))
    value, low, high = weekly(heard, units, weeks=weeks, key=key)
    if high <= 0:
        return replace(blank, n=weeks, needs=BEYOND)
    word = says_level(low, high, widest=max(value, TOO_WIDE))
    if word == "cannot_tell":
        return replace(blank, n=weeks, needs=f"more active weeks: the interval is too wide; {weeks} so far")
    return replace(
        blank,
        value=round(value, PLACES),
        low=round(low, PLACES),
        high=round(high, PLACES),
        n=round(value * weeks),
        out_of=len(units.positions),
        says=word,
        series=series(heard, lambda keep: _weekly_point(heard, units.at(keep), told, key), units.positions),
    )


def weekly(heard: Heard, units: Units, *, weeks: int, key: str, blocks: int = BLOCKS) -> tuple[float, float, float]:
    """Return true units a week with the 90 % interval."""
    prior = np.array([1e-3, 0.5])
    cells = draw_cells(units.cell, heard.sitting[units.positions], prior, random=heard.random(key), blocks=blocks)
    cells[0] -= prior
    cells = correct(cells, units.errors) if any(units.errors) else cells
    low, high = interval(cells[:, 1])
    return float(cells[0, 1]) / weeks, low / weeks, high / weeks


def _weekly_point(heard: Heard, units: Units, told: Told, key: str) -> Point:
    weeks = len(np.unique(heard.week[units.positions]))
    if weeks < told.minimum:
        return Point(None, n=weeks)
    value, low, high = weekly(heard, units, weeks=weeks, key=key, blocks=POINT_BLOCKS)
    if high <= 0 or says_level(low, high, widest=max(value, TOO_WIDE)) == "cannot_tell":
        return Point(None, n=weeks)
    return Point(round(value, PLACES), n=weeks, low=round(low, PLACES), high=round(high, PLACES))


def active_weeks(heard: Heard, person: int) -> Ints:
    """Return the local weeks in which a person had a day of at least three messages."""
    own = heard.who == person
    days, counts = np.unique(heard.week[own] * 7 + heard.weekday[own], return_counts=True)
    return np.unique(days[counts >= ACTIVE_DAY] // 7)


# --------------------------------------------------------------------------------------------------------- what every finding carries


def empty(heard: Heard, measure: str, *, person: str | None, toward: str | None, unit: str) -> Finding:
    """Return a finding that cannot tell yet, with the window of record."""
    since, until = (heard.at(int(heard.time[end])) for end in (0, -1)) if len(heard.time) else (None, None)
    return Finding(measure=measure, person=person, toward=toward, unit=unit, since=since, until=until)


def mute(heard: Heard, measure: str, *, person: str | None, toward: str | None, unit: str, acts: bool = True) -> Finding | None:
    """Return the finding that says why nothing can be told at all (a group, nothing heard), or None where something can."""
    reason = IN_A_GROUP if heard.group_only else NOT_HEARD if acts and not heard.has_senses else ""
    if not reason and len(heard.time):
        return None
    return replace(empty(heard, measure, person=person, toward=toward, unit=unit), needs=reason or "messages of both; none so far")


def coverage(heard: Heard, person: str | None) -> str:
    """Return what a finding rests on, in plain words: how many messages, of whom, how long, and what was not seen."""
    own = np.ones(len(heard.who), dtype=np.bool_) if person is None else heard.who == heard.pair.index(person)
    whose = " and ".join(heard.pair) if person is None else person
    weeks = max(1, round((int(heard.time[-1]) - int(heard.time[0])) / WEEK)) if len(heard.time) else 0
    senses = heard.messages.senses
    text = heard.messages.what[heard.rows] == WHAT_INDEX["text"]
    unheard = int((own & text & ~heard.heard).sum()) if senses is not None else 0
    stopped = int(heard.stopped[own].sum())
    parts = [f"based on {int((own & text).sum())} messages of {whose}, text only, {weeks} weeks; calls not seen"]
    parts += [f"{unheard} messages were not heard"] if unheard else []
    parts += [f"in {stopped} of them the analysis stopped for safety"] if stopped else []
    return "; ".join(parts)


def evidence(heard: Heard, positions: Ints, *, why: str, most: int = EVIDENCE) -> tuple[Evidence, ...]:
    """Return the latest of some positions as evidence, in order of time; nothing is quoted where the analysis stopped."""
    positions = positions[~heard.stopped[positions]]
    return tuple(Evidence(made, why) for made in heard.ids(positions[-most:].tolist()))


def with_evidence(heard: Heard, finding: Finding, *, hits: tuple[Ints, str], misses: tuple[Ints, str]) -> Finding:
    """Add the messages for and against, unless the finding has no value to stand behind."""
    if finding.value is None:
        return finding
    return replace(finding, evidence=evidence(heard, hits[0], why=hits[1]), against=evidence(heard, misses[0], why=misses[1], most=AGAINST))


def none_as_none(finding: Finding, hits: Ints) -> Finding:
    """Return a share of something unkind of which not one message was heard as none, not as the mean of its posterior: nobody is told
    "one of twenty" of what they never wrote."""
    return finding if finding.value is None or len(hits) else replace(finding, value=0.0, low=0.0)


def by_window(finding: Finding, value: Callable[[int], float | None]) -> Finding:
    """Add the same number with a reply within 6, 24 and 72 hours; `value` takes the window in microseconds."""
    return _sensitive(finding, "a reply within {} hours", WINDOWS, value)


def by_gap(finding: Finding, value: Callable[[int], float | None]) -> Finding:
    """Add the same number with sittings that end after 2, 4 and 8 hours; `value` takes the gap in microseconds."""
    return _sensitive(finding, "a sitting ends after {} hours", GAPS, value)


def _sensitive(finding: Finding, setting: str, choices: Sequence[int], value: Callable[[int], float | None]) -> Finding:
    if finding.value is None:
        return finding
    rows: list[Mapping[str, Any]] = []
    for hours in choices:
        found = value(hours * HOUR)
        rows.append({"setting": setting.format(hours), "value": None if found is None else round(found, PLACES)})
    return replace(finding, sensitivity=(*finding.sensitivity, *rows))


def plain_value(units: Units) -> float | None:
    """Return the corrected share without an interval (for sensitivity lines), or None of nothing."""
    cells = np.bincount(units.cell, minlength=2 ** len(units.errors)).astype(np.float64)[None]
    cells = undo(cells, _themselves(units.errors))
    whole = float(cells[0, list(units.base)].sum())
    return min(max(float(cells[0, list(units.hit)].sum()) / whole, 0.0), 1.0) if whole > 0 else None


def series(heard: Heard, tell: Callable[[Flags], Point], positions: Ints, *, each: float = MOST_POINTS) -> tuple[Point, ...]:
    """Return one point for each period of the record; `tell` gets the mask of the units in it.

    Periods are four weeks, a quarter, half a year or a year: the shortest that gives at most MOST_POINTS points, and no more of them than
    `each`, into so many parts the whole can be cut so that a part still holds the minimum of evidence."""
    if not len(heard.time):
        return ()
    first, last = int(heard.time[0]), int(heard.time[-1])
    most = min(MOST_POINTS, max(each, 1.0))
    span = next((weeks for weeks in PERIODS if (last - first) / (weeks * WEEK) <= most), PERIODS[-1]) * WEEK
    place = (heard.time[positions] - first) // span
    points = []
    for number in range((last - first) // span + 1):
        since, until = first + number * span, min(first + (number + 1) * span, last)
        points.append(replace(tell(place == number), since=heard.at(since), until=heard.at(until)))
    return tuple(points)


def settled(heard: Heard, positions: Ints, *, within: int = WITHIN) -> Flags:
    """Mask the positions whose time for a reply was over (or that had one) when the record ended."""
    mask: Flags = (heard.lag[positions] <= within) | (heard.time[-1] - heard.time[positions] > within)
    return mask
