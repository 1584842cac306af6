"""Answered bids: of the times one of you reached out, how often the other one was there and did not turn away.

A bid is met when the other one answers within 24 hours (a message or a reaction) and the answer, their next three messages in a row, holds
no turning away, blame or contempt. Silence counts as not met. Bids and hard words that are heard surely count (8.1). Beta posterior with
sittings resampled. At least 30 bids. What it cannot know: answers by voice or in person. Constructs 7.5 (bids after Gottman), 8; no norm is meant by it.
"""

from __future__ import annotations

from collections.abc import Iterator

from nearer.records import Finding
from nearer.relate._finding import Told, by_window, mute, plain_value, share, with_evidence
from nearer.relate._heard import BIDS, WITHIN, Heard
from nearer.relate._turns import AGAINST, AWAY, TURNS, turns

NEEDS = (*BIDS, *AWAY, *AGAINST)
TELLS = ("answered_bids",)
BIDS_NEEDED = 30
"""Constructs 8."""
UNIT = "share of bids met"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, the share of the other one's bids they met."""
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        silent = mute(heard, "answered_bids", person=person, toward=other, unit=UNIT)
        yield silent or _met(heard, number, person, other)


def _met(heard: Heard, number: int, person: str, other: str) -> Finding:
    units = turns(heard, number, within=WITHIN)
    finding = share(heard, Told("answered_bids", UNIT, "bids", BIDS_NEEDED, person, other), units)
    quoted = heard.shown(*BIDS)
    hits, misses = units.is_in(TURNS["toward"]), units.is_in((*TURNS["away"], *TURNS["against"]))
    finding = with_evidence(
        heard, finding, hits=(hits[quoted[hits]], "a bid that was met"), misses=(misses[quoted[misses]], "a bid we did not see met")
    )
    return by_window(finding, lambda within: plain_value(turns(heard, number, within=within)))
