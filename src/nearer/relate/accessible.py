"""Accessible: when one of you reaches out, how often the other one answers at all within a day. "Can I reach you?"

A bid is a message that invites, shares a feeling or good news, asks for comfort or for something. It is answered when the other one writes
anything, or puts a reaction on it, within 24 hours; bids of the last day of the record that had no answer yet are left out. The share is
the mean of Beta(answered + 1, not + 1), with sittings resampled. Bids that are heard surely count (8.1). At least 30 bids.
What it cannot know: answers by voice, by call or in person. Ask yourselves how much of your contact is in this chat. Constructs 7.1 (A.R.E.,
Johnson 2008), 8.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nearer.records import Finding
from nearer.relate._correction import taken_as_heard
from nearer.relate._finding import Told, Units, by_window, mute, plain_value, settled, share, with_evidence
from nearer.relate._heard import BIDS, WITHIN, Heard

NEEDS = BIDS
TELLS = ("accessible",)
BIDS_NEEDED = 30
"""Constructs 8."""
UNIT = "share of bids answered within 24 hours"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, the share of the other one's bids they answered."""
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        silent = mute(heard, "accessible", person=person, toward=other, unit=UNIT)
        yield silent or _accessible(heard, number, person, other)


def _accessible(heard: Heard, number: int, person: str, other: str) -> Finding:
    told = Told("accessible", UNIT, "bids", BIDS_NEEDED, person, other)
    units = _units(heard, number, within=WITHIN)
    finding = share(heard, told, units)
    quoted = heard.shown(*BIDS)
    hits, misses = units.is_in((3,)), units.is_in((2,))
    finding = with_evidence(
        heard,
        finding,
        hits=(hits[quoted[hits]], "a bid that was answered"),
        misses=(misses[quoted[misses]], "a bid without an answer here"),
    )
    return by_window(finding, lambda within: plain_value(_units(heard, number, within=within)))


def _units(heard: Heard, number: int, *, within: int) -> Units:
    """Return the other one's messages in cells of bid (yes, no) and answered (yes, no)."""
    positions = np.flatnonzero((heard.who != number) & heard.heard)
    answered = (heard.lag[positions] <= within) | heard.reacted[positions]
    keep = settled(heard, positions, within=within) | answered
    positions, answered = positions[keep], answered[keep]
    bid = heard.sure(*BIDS)[positions]
    errors = taken_as_heard(heard, BIDS, random=heard.random("errors of bids")) if heard.is_corrected else None
    return Units(positions, bid * 2 + answered * 1, base=(2, 3), hit=(3,), errors=(errors, None))
