"""Talk mix: how much of what you write is talk between two people, and how much is errands.

Talk are messages with curiosity about the other, play, or a feeling of one's own; all other heard messages (who fetches what, when, where)
are logistics. Told is the share of talk of both together, Beta posterior with sittings resampled, corrected for the ear's errors (8.1).
At least 100 heard messages. There is no right mix: people who live together write errands and talk at home. Chat never stands for hours
spent together. Constructs 7.21 (Hall 2018).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nearer.records import Finding
from nearer.relate._correction import any_of
from nearer.relate._finding import Told, Units, mute, share, with_evidence
from nearer.relate._heard import Heard

NEEDS = ("curious_question", "humour", "disclose_feeling")
TELLS = ("talk_mix",)
MESSAGES_NEEDED = 100
"""Below this a mix says nothing [C]."""
UNIT = "share of messages that are talk"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield one share for the two together."""
    yield mute(heard, "talk_mix", person=None, toward=None, unit=UNIT) or _talk_mix(heard)


def _talk_mix(heard: Heard) -> Finding:
    positions = np.flatnonzero(heard.heard)
    errors = any_of(heard, NEEDS, random=heard.random("errors of talk"), sure=True) if heard.is_corrected else None
    units = Units(positions, heard.sure(*NEEDS)[positions].astype(np.int64), base=(0, 1), hit=(1,), errors=(errors,))
    finding = share(heard, Told("talk_mix", UNIT, "heard messages", MESSAGES_NEEDED, None, None), units)
    hits = positions[heard.shown(*NEEDS)[positions]]
    return with_evidence(heard, finding, hits=(hits, "talk"), misses=(units.is_in((0,)), "an errand, or nothing we count as talk"))
