"""Openings: who of you begins the conversations.

A sitting ends when neither writes for four hours; its first message opens it. Told is the share of sittings each one opens, with its Beta
posterior; then the difference of the two, for the one who opens more: "clearly" or "probably" is the posterior probability that it is
above zero, and neither is said where the interval holds zero. At least 20 sittings.
What it cannot know: who began a call or came by. Constructs 7.0, 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.special import betaincc

from nearer.records import Finding
from nearer.relate._finding import PLACES, Told, Units, by_gap, coverage, empty, mute, plain_value, share, with_evidence
from nearer.relate._heard import SITTING_GAP, Heard
from nearer.relate._posterior import HALF, beta_interval, says_direction
from nearer.relate._shares import needs

NEEDS: tuple[str, ...] = ()
TELLS = ("openings", "openings_difference")
SITTINGS_NEEDED = 20
"""Constructs 8."""
UNIT = "share of sittings opened"
DIFFERENCE = "difference of the two shares"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, the share of sittings they opened; then who opens more, if that can be told."""
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        silent = mute(heard, "openings", person=person, toward=other, unit=UNIT, acts=False)
        yield silent or _openings(heard, number, person, other)
    yield mute(heard, "openings_difference", person=None, toward=None, unit=DIFFERENCE, acts=False) or _difference(heard)


def _openings(heard: Heard, number: int, person: str, other: str) -> Finding:
    units = _units(heard, number, gap=SITTING_GAP)
    finding = share(heard, Told("openings", UNIT, "sittings", SITTINGS_NEEDED, person, other), units)
    finding = with_evidence(heard, finding, hits=(units.is_in((1,)), f"{person} opened"), misses=(units.is_in((0,)), f"{other} opened"))
    return by_gap(finding, lambda gap: plain_value(_units(heard, number, gap=gap)))


def _difference(heard: Heard) -> Finding:
    """The difference of the two shares, told for the one who opens more."""
    openings = heard.openings()
    more = int(2 * heard.who[openings].sum() > len(openings))
    person, other = heard.pair[more], heard.pair[1 - more]
    blank = empty(heard, "openings_difference", person=None, toward=None, unit=DIFFERENCE)
    blank = replace(blank, n=len(openings), coverage=coverage(heard, None))
    if len(openings) < SITTINGS_NEEDED:
        return replace(blank, needs=needs(SITTINGS_NEEDED, "sittings", len(openings)))
    units = _units(heard, more, gap=SITTING_GAP)
    hits = len(units.is_in((1,)))
    says = says_direction(float(betaincc(hits + 1, len(openings) - hits + 1, HALF)))
    if says == "cannot_tell" or beta_interval(hits, len(openings) - hits)[1] <= HALF:
        return replace(blank, needs=f"a clearer difference, or more sittings; {len(openings)} so far")
    value, low, high = (round(2 * share - 1, PLACES) for share in beta_interval(hits, len(openings) - hits))
    told = replace(blank, person=person, toward=other, value=value, low=low, high=high, n=hits, out_of=len(openings), says=says)
    told = with_evidence(heard, told, hits=(units.is_in((1,)), f"{person} opened"), misses=(units.is_in((0,)), f"{other} opened"))
    return by_gap(told, lambda gap: _plain_difference(_units(heard, more, gap=gap)))


def _plain_difference(units: Units) -> float | None:
    value = plain_value(units)
    return None if value is None else 2 * value - 1


def _units(heard: Heard, number: int, *, gap: int) -> Units:
    openings = heard.openings(gap)
    return Units(openings, (heard.who[openings] == number).astype(np.int64), base=(0, 1), hit=(1,), errors=(None,))
