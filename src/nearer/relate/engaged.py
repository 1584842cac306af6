"""Engaged: how often in a week somebody opens a conversation unasked, out of care. "Do you care about me when we are apart?"

Counted are sittings (no message of either for four hours before) that this person opens with an invitation, a curious question or a plan
for time together, in the first three messages in a row, for each week in which they were active (a day with at least three messages). Gamma
posterior, corrected by the errors counted on what opens held-out conversations (8.1). At least 4 active weeks. What it cannot know: care
shown by deeds, by voice or in person; asking after something told days before is counted only where it opens a sitting. Constructs 7.1, 8.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nearer.records import Finding, Ints
from nearer.relate._correction import DEAF, Errors, any_of, hears
from nearer.relate._finding import WEEKS_NEEDED, Told, Units, active_weeks, by_gap, mute, plain_value, rate, with_evidence
from nearer.relate._heard import REPLY_LINES, SITTING_GAP, Heard
from nearer.relate._held import errors_in, holds, openings

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
    starts = heard.openings(gap)
    starts = starts[(heard.who[starts] == number) & heard.heard[starts]]
    ends = np.append(heard.turn_starts[1:], len(heard.time))[np.searchsorted(heard.turn_starts, starts, side="right") - 1]
    lines = np.minimum(ends - starts, REPLY_LINES)
    so_far = np.concatenate([[0], np.cumsum(heard.sure(*NEEDS))])
    cares = (so_far[starts + lines] > so_far[starts]).astype(np.int64)
    return Units(starts, cares, base=(0, 1), hit=(1,), errors=(_errors(heard, lines),))


def _errors(heard: Heard, lines: Ints) -> Errors | None:
    """Return how often the ear errs about care in what opens a conversation; `lines` are those of each opening."""
    if not heard.is_corrected or heard.errors is None:
        return None
    random, held = heard.random("errors of care"), heard.errors.held_out
    if held is None:
        return any_of(heard, NEEDS, random=random, lines=lines, sure=True)
    runs = openings(held)
    true, found = (holds(masks, NEEDS, runs) for masks in (held.truth, held.shown))
    errors = errors_in(held, runs, true=true, found=found, random=random, setting=heard.relationship.kind)
    return errors if errors and hears(heard, NEEDS) else DEAF
