"""Appreciation: how often in a week somebody thanks, admires or says something loving to the other one.

Counted are messages with a positive word about the other's person or deed, for each week in which this person was active (a day with at
least three messages). Gamma posterior with sittings resampled, corrected for the ear's errors (8.1). At least 4 active weeks. What it
cannot know: thanks by deeds, by voice or in person; whether it was heard as meant. Constructs 5 (act 10), 8.1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nearer.records import Finding
from nearer.relate._correction import any_of
from nearer.relate._finding import WEEKS_NEEDED, Told, Units, active_weeks, mute, rate, with_evidence
from nearer.relate._heard import Heard

NEEDS = ("appreciate",)
TELLS = ("appreciation",)
UNIT = "appreciating messages a week"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, appreciating messages a week."""
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        silent = mute(heard, "appreciation", person=person, toward=other, unit=UNIT)
        yield silent or _appreciation(heard, number, person, other)


def _appreciation(heard: Heard, number: int, person: str, other: str) -> Finding:
    positions = np.flatnonzero((heard.who == number) & heard.heard)
    errors = any_of(heard, NEEDS, random=heard.random("errors of appreciation"), sure=True) if heard.is_corrected else None
    units = Units(positions, heard.sure(*NEEDS)[positions].astype(np.int64), base=(0, 1), hit=(1,), errors=(errors,))
    told = Told("appreciation", UNIT, "active weeks", WEEKS_NEEDED, person, other)
    finding = rate(heard, told, units, weeks=len(active_weeks(heard, number)))
    hits = positions[heard.shown(*NEEDS)[positions]]
    return with_evidence(heard, finding, hits=(hits, "says something good about the other"), misses=(positions[:0], ""))
