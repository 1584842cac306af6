"""Engaged: how often in a week somebody opens a conversation unasked, out of care. "Do you care about me when we are apart?"

Counted are sittings (no message of either for four hours before) that this person opens with an invitation, a curious question or a plan
for time together, in the first three messages in a row, for each week in which they were active (a day with at least three messages). Gamma
posterior, corrected for the ear's errors (8.1). At least 4 active weeks. What it cannot know: care shown by deeds, by voice or in person;
asking after something told days before is counted only where it opens a sitting. Constructs 7.1, 8.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nearer.records import Finding
from nearer.relate._correction import any_of
from nearer.relate._finding import WEEKS_NEEDED, Told, Units, active_weeks, by_gap, mute, plain_value, rate, with_evidence
from nearer.relate._heard import REPLY_LINES, SITTING_GAP, Heard

NEEDS = ("bid_connect", "curious_question", "plan_ritual")
TELLS = ("engaged",)
UNIT = "unprompted openings out of care, a week"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, unprompted care a week."""
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        silent = mute(heard, "engaged", person=person, toward=other, unit=UNIT)
        yield silent or _engaged(heard, number, person, other)


def _engaged(heard: Heard, number: int, person: str, other: str) -> Finding:
    told = Told("engaged", UNIT, "active weeks", WEEKS_NEEDED, person, other)
    weeks = len(active_weeks(heard, number))
    units = _units(heard, number, gap=SITTING_GAP)
    finding = rate(heard, told, units, weeks=weeks)
    quoted, hits, misses = heard.shown(*NEEDS), units.is_in((1,)), units.is_in((0,))
    finding = with_evidence(
        heard, finding, hits=(hits[quoted[hits]], "opened unasked, out of care"), misses=(misses, "opened with something else")
    )
    return by_gap(finding, lambda gap: _plain(_units(heard, number, gap=gap), weeks))


def _plain(units: Units, weeks: int) -> float | None:
    value = plain_value(units)
    return None if value is None else value * len(units.positions) / weeks


def _units(heard: Heard, number: int, *, gap: int) -> Units:
    """Return the openings of one person: 1 where one of the first lines in a row is unprompted care."""
    openings = heard.openings(gap)
    openings = openings[(heard.who[openings] == number) & heard.heard[openings]]
    ends = np.append(heard.turn_starts[1:], len(heard.time))[np.searchsorted(heard.turn_starts, openings, side="right") - 1]
    lines = np.minimum(ends - openings, REPLY_LINES)
    so_far = np.concatenate([[0], np.cumsum(heard.sure(*NEEDS))])
    cares = (so_far[openings + lines] > so_far[openings]).astype(np.int64)
    errors = any_of(heard, NEEDS, random=heard.random("errors of care"), lines=lines, sure=True) if heard.is_corrected else None
    return Units(openings, cares, base=(0, 1), hit=(1,), errors=(errors,))
