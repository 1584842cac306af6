"""Reply lag: whether somebody answers faster or slower than usual when the other one reaches out.

A reply runs from the last message of the one to the first of the other, within 24 hours, in waking minutes: the quietest seven hours of the
answering person's own day, on the clock of the export, are left out. Each lag is divided by that person's own median of the same 28 days;
told is the median of the logarithm after bids (0: as always; -0.7: twice as fast). A turn is a bid when one of its last three lines is.
The interval resamples sittings and draws the ear's errors (8.1). At least 30 bids and 100 replies. "Clearly" and "probably" are the
posterior probability of faster (or slower) than usual. What it cannot know: who was at work, on the road or asleep at another hour; a fast
answer is not a warm one. Constructs 7.0, 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nearer.records import Finding, Flags, Ints, Point
from nearer.relate._bootstrap import BLOCKS, DRAWS, Reals, interval
from nearer.relate._correction import FLOOR, Errors, any_of, draw_errors
from nearer.relate._finding import PLACES, by_window, coverage, empty, mute, series, with_evidence
from nearer.relate._heard import BIDS, DAY, HOUR, MINUTE, REPLY_LINES, WITHIN, Heard, blocks_of
from nearer.relate._posterior import says_direction
from nearer.relate._shares import needs

NEEDS = BIDS
TELLS = ("reply_lag",)
BIDS_NEEDED, REPLIES_NEEDED = 30, 100
"""Constructs 8."""
WIDEST = 1.0
"""The value is hidden when its interval is wider than this (constructs 9: one SD; about that in log minutes [C])."""
NIGHT = 7
"""Hours of somebody's night: their own quietest seven (constructs 7.0)."""
OWN_MEDIAN = 28 * DAY
OWN_REPLIES = 20
"""A 28-day stretch with fewer replies uses the median of the whole record [C]."""
SHORTEST = MINUTE // 2
"""Exports know minutes: a reply in the same minute counts as half of one."""
REACH, STEP = 8.0, 0.04
"""Log ratios are counted in steps of 4 % up to a factor of about 3,000."""
UNIT = "log of the reply time after a bid over the usual one"


@dataclass(frozen=True, slots=True)
class Replies:
    """The replies of one person: position, log of the lag over their own median, and whether they answer a bid."""

    positions: Ints
    lag: Reals
    after_bid: Flags
    errors: Errors

    def at(self, keep: Flags) -> Replies:
        """Return the replies at a mask."""
        return replace(self, positions=self.positions[keep], lag=self.lag[keep], after_bid=self.after_bid[keep])


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, how their reply time after a bid compares to their usual one."""
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        silent = mute(heard, "reply_lag", person=person, toward=other, unit=UNIT)
        yield silent or _reply_lag(heard, number, person, other)


def _reply_lag(heard: Heard, number: int, person: str, other: str) -> Finding:
    found = replies(heard, number, within=WITHIN)
    bids = _true_bids(found)
    blank = replace(empty(heard, "reply_lag", person=person, toward=other, unit=UNIT), n=bids, coverage=coverage(heard, person))
    if found.errors.gain < FLOOR:
        return replace(blank, needs=f"an ear that hears bids more surely: {found.errors.gain:.2f}, {FLOOR:.2f} is the least")
    if bids < BIDS_NEEDED:
        return replace(blank, needs=needs(BIDS_NEEDED, "answered bids", bids))
    if len(found.lag) < REPLIES_NEEDED:
        return replace(blank, needs=needs(REPLIES_NEEDED, "replies", len(found.lag)))
    draws = _medians(heard, found, name=f"reply_lag {number}")
    low, high = interval(draws)
    word = says_direction(float((draws[1:] < 0).mean()))
    if high - low > WIDEST or word == "cannot_tell" or low <= 0 <= high:
        return replace(blank, needs=f"more answered bids, or a clearer difference; {bids} so far")
    told = replace(blank, value=_rounded(draws[0]), low=_rounded(low), high=_rounded(high), out_of=len(found.lag), says=word)
    told = replace(told, series=series(heard, lambda keep: _point(heard, found.at(keep), number), found.positions))
    quoted = found.after_bid & heard.shown(*BIDS)[found.positions - 1]
    faster = found.lag < 0
    same, counter = (faster, ~faster) if draws[0] < 0 else (~faster, faster)
    words = ("answered faster than usual", "answered slower than usual")
    told = with_evidence(
        heard,
        told,
        hits=(found.positions[quoted & same], words[int(draws[0] >= 0)]),
        misses=(found.positions[quoted & counter], words[int(draws[0] < 0)]),
    )
    return by_window(told, lambda within: _plain(heard, number, within=within))


def _plain(heard: Heard, number: int, *, within: int) -> float | None:
    found = replies(heard, number, within=within)
    if not found.after_bid.any():
        return None
    tables = np.stack([_histogram(found.lag[found.after_bid]), _histogram(found.lag)])[None]
    return float(_median_of(tables, found.errors.specificity[:1])[0])


def _point(heard: Heard, found: Replies, number: int) -> Point:
    bids = _true_bids(found)
    if bids < BIDS_NEEDED or len(found.lag) < REPLIES_NEEDED:
        return Point(None, n=bids)
    draws = _medians(heard, found, name=f"reply_lag {number}")
    low, high = interval(draws)
    return Point(_rounded(draws[0]), n=bids, low=_rounded(low), high=_rounded(high)) if high - low <= WIDEST else Point(None, n=bids)


def _rounded(value: float) -> float:
    return round(float(value), PLACES)


def _true_bids(found: Replies) -> int:
    """Return how many replies answered a true bid, corrected at the figures themselves."""
    flagged, whole = int(found.after_bid.sum()), len(found.lag)
    gain = found.errors.gain
    return round(min(whole, max(0.0, (flagged - (1 - found.errors.specificity[0]) * whole) / gain))) if gain > 0 else 0


# ------------------------------------------------------------------------------------------------------------------------ waking time


def night_of(heard: Heard, number: int) -> int:
    """Return the hour at which a person's night begins: the seven hours in a row in which they write least (the earliest of equals)."""
    counts = np.bincount(heard.hour[heard.who == number], minlength=24)
    return int(np.argmin([counts[(start + np.arange(NIGHT)) % 24].sum() for start in range(24)]))


def waking(moments: Ints, *, night: int) -> Ints:
    """Return the waking microseconds lived until each local moment, for a night of seven hours that begins at hour `night`."""
    shifted = moments - (night + NIGHT) * HOUR
    awake: Ints = shifted // DAY * ((24 - NIGHT) * HOUR) + np.minimum(shifted % DAY, (24 - NIGHT) * HOUR)
    return awake


def replies(heard: Heard, number: int, *, within: int) -> Replies:
    """Return all replies of one person within `within` microseconds, relative to their own median."""
    starts = heard.turn_starts[1:]
    starts = starts[heard.who[starts] == number]
    starts = starts[heard.time[starts] - heard.time[starts - 1] <= within]
    lived = waking(heard.local, night=night_of(heard, number))
    lag = np.log(np.maximum(lived[starts] - lived[starts - 1], SHORTEST) / MINUTE)
    turns = heard.turn_starts[np.searchsorted(heard.turn_starts, starts) - 1]
    lines = np.minimum(starts - turns, REPLY_LINES)
    so_far = np.concatenate([[0], np.cumsum(heard.sure(*BIDS))])
    errors = (
        any_of(heard, BIDS, random=heard.random("errors of lag"), lines=lines, sure=True)
        if heard.is_corrected
        else draw_errors(None, random=heard.random("errors of lag"))
    )
    return Replies(starts, lag - _usual(heard, starts, lag), so_far[starts] > so_far[starts - lines], errors)


def _usual(heard: Heard, positions: Ints, lag: Reals) -> Reals:
    """Return the log median of the 28 days each reply lies in."""
    usual = np.full(len(lag), np.median(lag) if len(lag) else 0.0)
    if len(lag):
        stretch = (heard.time[positions] - heard.time[0]) // OWN_MEDIAN
        for own in np.split(np.arange(len(lag)), np.flatnonzero(np.diff(stretch)) + 1):
            if len(own) >= OWN_REPLIES:
                usual[own] = np.median(lag[own])
    return usual


# ------------------------------------------------------------------------------------------------------- the median behind the errors


def _medians(heard: Heard, found: Replies, *, name: str) -> Reals:
    """Return the median log ratio after true bids, 1 + DRAWS: sittings resampled, errors drawn."""
    random = heard.random(name)
    block = blocks_of(heard.sitting[found.positions], most=BLOCKS)
    size = int(block.max()) + 1
    weights = np.vstack([np.ones(size), random.standard_exponential((DRAWS, size))])
    tables = np.stack(
        [weights @ _histogram(found.lag[some], block[some], size) for some in (found.after_bid, np.ones_like(found.after_bid))]
    )
    return _median_of(np.swapaxes(tables, 0, 1), found.errors.specificity)


def _histogram(lag: Reals, block: Ints | None = None, size: int = 1) -> Reals:
    """Count log ratios in steps, by block of sittings (blocks x steps), or in one row where no block is given."""
    steps = int(2 * REACH / STEP)
    place = np.clip(((lag + REACH) / STEP).astype(np.int64), 0, steps - 1)
    if block is None:
        return np.bincount(place, minlength=steps).astype(np.float64)
    return np.bincount(block * steps + place, minlength=size * steps).reshape(size, steps).astype(np.float64)


def _median_of(tables: Reals, specificity: Reals) -> Reals:
    """Return the median of the true bids less that of all replies, from histograms of the flagged and of all (rows x 2 x steps).

    What is flagged by mistake is taken away step by step: true(x) is proportional to flagged(x) - (1 - specificity) all(x). Both medians
    are found the same way, so that lags of equal minutes cancel."""
    return _middle(tables[:, 0] - (1 - specificity)[:, None] * tables[:, 1]) - _middle(tables[:, 1])


def _middle(histogram: Reals) -> Reals:
    """Return the median of each row, going evenly through the step it falls in; dips from the correction are levelled."""
    rising = np.maximum.accumulate(np.cumsum(histogram, axis=1), axis=1)
    half = rising[:, -1:] / 2
    step = (rising >= half).argmax(axis=1)
    rows = np.arange(len(rising))
    before = np.where(step > 0, rising[rows, step - 1], 0.0)
    height = rising[rows, step] - before
    inside = np.where(height > 0, (half[:, 0] - before) / np.where(height > 0, height, 1.0), 0.5)
    medians: Reals = (step + inside) * STEP - REACH
    return medians
