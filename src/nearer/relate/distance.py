"""Distance: whether what one of you writes became thinner than it was, against that person's own past.

Nine things are counted week by week for each person: messages, feelings told, messages in which a feeling is heard, curious questions,
comfort and validation, conversations opened, plans together, the length of messages, and how soon they answer within a conversation. Each
is set against that person's own median and spread over the last sixty whole weeks (counts as square roots) and turned so that less is below
zero; a week's figure is their mean, in spreads. Told is the mean of the last four weeks less that of the eight before, as long as it can be
said to be about as before. A trend is named only where, from some week on (two to twenty-six weeks back), the weeks lie further below the
eight before it than in all but 2.5 % of records made of the same weeks in another order, by three tenths of a spread at least. At least ten
whole weeks and five of the nine, each heard surely and there once in two weeks. The ear's errors need no correction: they are alike before
and after. What it cannot know: calls, time together, a new job, illness, low days. Thinner is not colder, and the question is what was
going on. Constructs 7.24, 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from nearer.records import EMOTION_INDEX, WHAT_INDEX, Finding, Flags, Ints, zone
from nearer.relate._bootstrap import DRAWS, Reals, interval
from nearer.relate._correction import hears
from nearer.relate._finding import PLACES, coverage, empty, evidence, mute
from nearer.relate._heard import EPOCH_WEEKDAY, SITTING_GAP, Heard
from nearer.relate._shares import needs

SHARED = ("disclose_feeling", "bid_comfort")
COMFORT = ("comfort", "validate")
ACTS = (SHARED, ("curious_question",), COMFORT, ("plan_ritual",))
NEEDS = tuple(act for acts in ACTS for act in acts)
TELLS = ("distance", "distance_since")
WEEKS = 60
"""So many whole weeks before the end are looked at: a year and the weeks to set it against [C]."""
BASELINE = 8
"""Weeks of somebody's own past (constructs 7.24)."""
LAST = 4
"""The last 28 days (constructs 7.0)."""
LEAST, MOST = 2, 26
"""A trend is at least two weeks old (constructs 7.24), and its beginning at most half a year back [C]."""
WEEKS_NEEDED = BASELINE + LEAST
FEATURES_NEEDED = 5
"""Constructs 7.24."""
THERE = 0.5
"""A count is taken where it comes once in two weeks or more [C]."""
ENOUGH = 5
"""Messages or answers of a week before their mean counts [C]."""
SPREAD = {True: 0.5, False: 0.1}
"""The least spread of a count's square root (that of chance itself) and of a mean [C]."""
FARTHEST = 3.0
"""One thing counts in no week for more than three spreads [C]."""
RARE = 0.025
"""For each of the two, so that fewer than 5 % of pairs in which nothing changed are told of a change (constructs 9)."""
SURELY = 0.005
"""... and in fewer orders than this it is called clear [C]."""
THINNER = -0.3
"""By so many spreads at least [C]."""
WIDEST = 1.0
"""Constructs 9."""
UNIT = "spreads of one's own past"


@dataclass(frozen=True, slots=True)
class Past:
    """One person's last whole weeks: the first of them (counted from 1970), and each week's figure; `features` is what went in."""

    first: int
    figure: Reals
    features: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A change: the week it began (index), its size with the 90 % interval, and how rare it is in other orders of the weeks."""

    since: int
    value: float
    low: float
    high: float
    rarity: float


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, how the last weeks compare to the ones before, and since when less comes if that can be said."""
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        silent = mute(heard, "distance", person=person, toward=other, unit=UNIT)
        if silent is not None:
            yield silent
            continue
        blank = replace(empty(heard, "distance", person=person, toward=other, unit=UNIT), coverage=coverage(heard, person))
        past = weeks_of(heard, number)
        if len(past.figure) < WEEKS_NEEDED or past.features < FEATURES_NEEDED:
            yield replace(blank, n=len(past.figure), needs=_missing(past))
            continue
        trend = find_trend(past, random=heard.random(f"distance {number}"))
        if trend is not None:
            yield _since(heard, replace(blank, measure="distance_since"), number, past, trend)
        else:
            yield _as_before(heard, blank, number, past)


def _missing(past: Past) -> str:
    if len(past.figure) < WEEKS_NEEDED:
        return needs(WEEKS_NEEDED, "whole weeks", len(past.figure))
    return needs(FEATURES_NEEDED, "things that are heard surely and come once in two weeks", past.features)


# ------------------------------------------------------------------------------------------------------------------------- week by week


def weeks_of(heard: Heard, number: int) -> Past:
    """Return the figures of one person's last whole weeks."""
    last = int(heard.week[-1]) - 1
    first = max(int(heard.week[0]) + 1, last - WEEKS + 1)
    size = max(last - first + 1, 0)
    total, valid, features = np.zeros(size), np.zeros(size), 0
    for values, is_count in _features(heard, number, first, size):
        known = np.isfinite(values)
        if known.sum() < BASELINE or (is_count and values.mean() < THERE):
            continue
        figure = np.sqrt(values + 3 / 8) if is_count else np.where(known, values, 0.0)
        middle = np.median(figure[known])
        spread = max(1.4826 * float(np.median(np.abs(figure[known] - middle))), SPREAD[is_count])
        total += np.where(known, np.clip((figure - middle) / spread, -FARTHEST, FARTHEST), 0.0)
        valid += known
        features += 1
    return Past(first, total / np.maximum(valid, 1), features)


def _features(heard: Heard, number: int, first: int, size: int) -> Iterator[tuple[Reals, bool]]:
    """Yield what is counted in each week, and whether it is a count; a mean of too little is not a number."""
    own = heard.who == number
    week = heard.week - first

    def count(mask: Flags) -> Reals:
        some = week[mask & (week >= 0) & (week < size)]
        return np.bincount(some, minlength=size).astype(np.float64)

    yield count(own), True
    for acts in ACTS:
        if not heard.is_corrected or hears(heard, acts):
            yield count(own & heard.sure(*acts)), True
    yield count(own & _felt(heard)), True
    opens = np.zeros(len(own), dtype=np.bool_)
    opens[heard.openings()] = True
    yield count(own & opens), True
    text = own & (heard.messages.what[heard.rows] == WHAT_INDEX["text"])
    yield _mean(np.log1p(heard.messages.text.lengths()[heard.rows[text]]), week[text], size), False
    starts = heard.turn_starts[1:]
    gap = heard.time[starts] - heard.time[starts - 1]
    answers = (heard.who[starts] == number) & (gap < SITTING_GAP)
    yield -_mean(np.log1p(gap[answers] / 60_000_000), week[starts[answers]], size), False


def _felt(heard: Heard) -> Flags:
    """Mask the messages that show a feeling; none where only acts were heard (labels)."""
    senses = heard.messages.senses
    assert senses is not None  # noqa: S101 - mute() speaks where nothing was heard
    felt: Flags = np.any(senses.emotions_shown[:, : EMOTION_INDEX["neutral"]], axis=1)
    mask: Flags = np.take(felt, heard.rows) & heard.heard
    return mask


def _mean(values: Reals, week: Ints, size: int) -> Reals:
    some = (week >= 0) & (week < size)
    counts = np.bincount(week[some], minlength=size)
    sums = np.bincount(week[some], weights=values[some], minlength=size)
    return np.where(counts >= ENOUGH, sums / np.maximum(counts, 1), np.nan)


# ------------------------------------------------------------------------------------------------------------------------------ the trend


def find_trend(past: Past, *, random: np.random.Generator, baseline: int = BASELINE) -> Trend | None:
    """Return the change that stands at the end of the record, or None where the weeks in another order would show one as easily."""
    contrasts = _contrasts(len(past.figure), baseline)
    spread = float(past.figure.std())
    if not len(contrasts) or not spread:
        return None
    unit = np.sqrt((contrasts**2).sum(axis=1))
    found = contrasts @ past.figure / unit
    best = int(found.argmin())
    orders = random.permuted(np.tile(past.figure, (DRAWS, 1)), axis=1)
    rarity = float(((orders @ contrasts.T / unit).min(axis=1) <= found[best]).mean())
    since = int(np.flatnonzero(contrasts[best] > 0)[0])
    value, low, high = _difference(past.figure, since, len(past.figure), baseline=baseline, random=random)
    if rarity > RARE or value > THINNER or high >= 0:
        return None
    return Trend(since, value, low, high, rarity)


def _contrasts(weeks: int, baseline: int) -> Reals:
    """Return a row for each week a trend may have begun: the mean from there to the end less that of the weeks before it."""
    rows = []
    for since in range(max(baseline, weeks - MOST), weeks - LEAST + 1):
        row = np.zeros(weeks)
        row[since:], row[since - baseline : since] = 1 / (weeks - since), -1 / baseline
        rows.append(row)
    return np.array(rows)


def _difference(figure: Reals, since: int, until: int, *, baseline: int, random: np.random.Generator) -> tuple[float, float, float]:
    """Return the mean of some weeks less that of the ones before, with its 90 % interval (weeks reweighed)."""
    after, before = figure[since:until], figure[max(since - baseline, 0) : since]
    drawn = [
        weights @ some / weights.sum(axis=1) for some in (after, before) for weights in [random.standard_exponential((DRAWS, len(some)))]
    ]
    value = float(after.mean() - before.mean())
    low, high = interval(np.append(value, drawn[0] - drawn[1]))
    return value, min(low, value), max(high, value)


# ------------------------------------------------------------------------------------------------------------------------------ findings


def _since(heard: Heard, blank: Finding, number: int, past: Past, trend: Trend) -> Finding:
    value, low, high = (round(x, PLACES) for x in (trend.value, trend.low, trend.high))
    week = heard.week - past.first
    shared = (heard.who == number) & heard.shown(*NEEDS)
    before = np.flatnonzero(shared & (week >= trend.since - BASELINE) & (week < trend.since))
    after = np.flatnonzero(shared & (week >= trend.since))
    return replace(
        blank,
        value=value,
        low=low,
        high=high,
        n=len(past.figure) - trend.since,
        out_of=len(past.figure),
        says="clearly" if trend.rarity <= SURELY and high - low <= WIDEST else "probably",
        since=_monday(heard, past.first + trend.since),
        evidence=evidence(heard, before, why="in the eight weeks before"),
        against=evidence(heard, after, why="still there since", most=3),
        coverage=f"{blank.coverage}; {past.features} of nine things could be counted",
        sensitivity=tuple(_again(heard, number, past, weeks) for weeks in (6, 8, 12)),
    )


def _again(heard: Heard, number: int, past: Past, weeks: int) -> dict[str, object]:
    trend = find_trend(past, random=heard.random(f"distance {number} {weeks}"), baseline=weeks)
    return {"setting": f"against the {weeks} weeks before", "value": round(trend.value, PLACES) if trend else None}


def _as_before(heard: Heard, blank: Finding, number: int, past: Past) -> Finding:
    """Return that the last four weeks are about as the eight before, where the interval leaves no room for more than one spread."""
    weeks = len(past.figure)
    if weeks < BASELINE + LAST:
        return replace(blank, n=weeks, needs=needs(BASELINE + LAST, "whole weeks", weeks))
    random = heard.random(f"distance {number} now")
    value, low, high = _difference(past.figure, weeks - LAST, weeks, baseline=BASELINE, random=random)
    if low < -WIDEST / 2 or high > WIDEST / 2 or high - low > WIDEST:
        return replace(blank, n=weeks, needs=f"weeks that differ less, or a clearer change; {weeks} so far")
    value, low, high = (round(x, PLACES) for x in (value, low, high))
    recent = (heard.who == number) & heard.shown(*NEEDS) & (heard.week - past.first >= weeks - LAST)
    return replace(
        blank,
        value=value,
        low=low,
        high=high,
        n=LAST,
        out_of=weeks,
        says="clearly" if high - low <= WIDEST / 2 else "probably",
        since=_monday(heard, past.first + weeks - LAST),
        evidence=evidence(heard, np.flatnonzero(recent), why="in the last four weeks"),
    )


def _monday(heard: Heard, week: int) -> datetime:
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=week * 7 - EPOCH_WEEKDAY)
    return day.replace(tzinfo=zone(heard.messages.tz))
