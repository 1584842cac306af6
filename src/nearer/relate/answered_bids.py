"""Answered bids: of the times one of you reached out, how often the other one was there and did not turn away.

A bid is met when the other one answers within 24 hours (a message or a reaction) and the answer, their next three messages in a row, holds
no turning away, blame or contempt. Silence counts as not met. Bids that are heard surely count; what answers hold is corrected by the errors
counted on held-out answers to bids (8.1), and where an ear hardly hears such words nothing is told. Beta posterior with sittings resampled. At
least 30 bids. What it cannot know: answers by voice or in person. Constructs 7.5 (bids after Gottman), 8; no norm is meant by it.
"""

from __future__ import annotations

from collections.abc import Iterator

from nearer.records import Finding
from nearer.relate._answers import level
from nearer.relate._finding import Told, by_window, mute, plain_value, with_evidence
from nearer.relate._heard import BIDS, WITHIN, Heard
from nearer.relate._turns import AGAINST, AWAY, BID_CELLS, Asked, asks, turns

NEEDS = (*BIDS, *AWAY, *AGAINST)
TELLS = ("answered_bids",)
BIDS_NEEDED = 30
"""Constructs 8."""
UNIT = "share of bids met"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, the share of the other one's bids they met."""
    asked = asks(heard)["toward"]
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        silent = mute(heard, "answered_bids", person=person, toward=other, unit=UNIT)
        yield silent or _met(heard, asked, number, person)


def _met(heard: Heard, asked: Asked, number: int, person: str) -> Finding:
    units = turns(heard, asked, number, within=WITHIN)
    told = Told("answered_bids", UNIT, "bids", BIDS_NEEDED, person, heard.relationship.other(person))
    finding = level(heard, told, units, [asked.ask], over_time=True)
    quoted = heard.shown(*BIDS)
    hits, misses = units.is_in(units.hit), units.is_in([cell for cell in BID_CELLS if cell not in units.hit])
    finding = with_evidence(
        heard, finding, hits=(hits[quoted[hits]], "a bid that was met"), misses=(misses[quoted[misses]], "a bid we did not see met")
    )
    return by_window(finding, lambda within: plain_value(turns(heard, asked, number, within=within)))
