"""Contact: how many messages a week you write each other.

All messages but system lines count, media and calls too, week by week from Monday on the clock of the export. Told is the mean of the whole
weeks of the record, for the two together and for each; the interval reweighs weeks. At least 4 whole weeks. It may be as wide as half the
value. What it cannot know: calls that left no line, other apps, time together; more is not better. Constructs 7.0, 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from nearer.records import Finding, Ints, Point, zone
from nearer.relate._bootstrap import DRAWS, interval
from nearer.relate._finding import PLACES, WEEKS_NEEDED, coverage, empty, mute, with_evidence
from nearer.relate._heard import EPOCH_WEEKDAY, Heard
from nearer.relate._posterior import says_level
from nearer.relate._shares import needs

NEEDS: tuple[str, ...] = ()
TELLS = ("contact",)
WIDEST = 0.5
"""The interval may be half as wide as the value [C]."""
UNIT = "messages a week"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield the messages a week of the two together, then of each."""
    for number, person in ((None, None), *enumerate(heard.pair)):
        toward = heard.relationship.other(person) if person else None
        silent = mute(heard, "contact", person=person, toward=toward, unit=UNIT, acts=False)
        yield silent or _contact(heard, number, person, toward)


def _contact(heard: Heard, number: int | None, person: str | None, toward: str | None) -> Finding:
    own = heard.week if number is None else heard.week[heard.who == number]
    first, last = int(heard.week.min()), int(heard.week.max())
    counts = np.bincount(own - first, minlength=last - first + 1)
    whole = counts[1:-1]
    told = replace(
        empty(heard, "contact", person=person, toward=toward, unit=UNIT),
        n=len(whole),
        coverage=coverage(heard, person),
        series=_points(heard, counts, first),
    )
    if len(whole) < WEEKS_NEEDED:
        return replace(told, needs=needs(WEEKS_NEEDED, "whole weeks", len(whole)))
    weights = heard.random(f"contact {person}").standard_exponential((DRAWS, len(whole)))
    means = np.append(whole.mean(), weights @ whole / weights.sum(axis=1))
    low, high = interval(means)
    word = says_level(low, high, widest=WIDEST * float(means[0]))
    if word == "cannot_tell":
        return replace(told, needs=f"more whole weeks: they differ too much; {len(whole)} so far")
    value, low, high = (round(float(x), PLACES) for x in (means[0], low, high))
    told = replace(told, value=value, low=low, high=high, n=int(whole.sum()), out_of=len(whole), says=word)
    positions = np.arange(len(heard.who)) if number is None else np.flatnonzero(heard.who == number)
    fullest, emptiest = (positions[heard.week[positions] == first + 1 + week] for week in (int(whole.argmax()), int(whole.argmin())))
    return with_evidence(heard, told, hits=(fullest, "in the week with most messages"), misses=(emptiest, "in the week with fewest"))


def _points(heard: Heard, counts: Ints, first: int) -> tuple[Point, ...]:
    """Return each week's count: it is what was written, so it has no interval."""
    return tuple(
        Point(float(count), n=int(count), since=_monday(heard, first + week), until=_monday(heard, first + week + 1))
        for week, count in enumerate(counts.tolist())
    )


def _monday(heard: Heard, week: int) -> datetime:
    """Return the midnight at which a week begins on the clock of the export."""
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=week * 7 - EPOCH_WEEKDAY)
    return day.replace(tzinfo=zone(heard.messages.tz))
