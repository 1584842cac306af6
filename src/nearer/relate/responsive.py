"""Responsive: when one of you is low or has good news and gets an answer, how often the answer fits. "Will you comfort me?"

Counted are answered messages in which one shares a feeling, asks for comfort or tells good news. The answer is the other one's next three
messages in a row within 24 hours. It fits when it comforts, restates what the other feels, asks with curiosity or celebrates, and holds no
turning away, blame or contempt. In distress, comfort, validation and curious questions fit; for good news, celebration and curious
questions. What was told, and answers that turn away or are hard, count where they are heard surely; whether an answer fits is corrected for the
ear's errors (8.1). Beta posterior with sittings resampled. At least 20 answered ones.
What it cannot know: tone, and what was said by voice; warmth in a text is not the same as having felt understood. Constructs 7.1, 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nearer.records import Finding
from nearer.relate._correction import any_of, taken_as_heard
from nearer.relate._finding import Told, Units, by_window, mute, plain_value, share, with_evidence
from nearer.relate._heard import WITHIN, Heard

ANSWERED_NEEDED = 20
"""Answered messages in a context (constructs 8)."""
UNFIT = ("turn_away", "blame", "contempt")
UNIT = "share of answers that fit"


@dataclass(frozen=True, slots=True)
class Context:
    """What was told, what fits as an answer to it, and the word for its units."""

    measure: str
    told: tuple[str, ...]
    fits: tuple[str, ...]
    what: str


CONTEXTS = (
    Context(
        "responsive",
        ("bid_comfort", "disclose_feeling", "good_news"),
        ("comfort", "validate", "curious_question", "celebrate"),
        "answered feelings and good news",
    ),
    Context(
        "responsive_in_distress",
        ("bid_comfort", "disclose_feeling"),
        ("comfort", "validate", "curious_question"),
        "answered messages in distress",
    ),
    Context("responsive_to_good_news", ("good_news",), ("celebrate", "curious_question"), "answered good news"),
)
NEEDS = ("bid_comfort", "disclose_feeling", "good_news", "comfort", "validate", "curious_question", "celebrate", *UNFIT)
TELLS = tuple(context.measure for context in CONTEXTS)


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, the share of fitting answers: together, in distress, to good news."""
    for context in CONTEXTS:
        for number, person in enumerate(heard.pair):
            other = heard.relationship.other(person)
            silent = mute(heard, context.measure, person=person, toward=other, unit=UNIT)
            yield silent or _responsive(heard, context, number, person)


def _responsive(heard: Heard, context: Context, number: int, person: str) -> Finding:
    told = Told(context.measure, UNIT, context.what, ANSWERED_NEEDED, person, heard.relationship.other(person))
    units = _units(heard, context, number, within=WITHIN)
    finding = share(heard, told, units)
    quoted = heard.shown(*context.told)
    hits, misses = units.is_in((6,)), units.is_in((4, 5, 7))
    hits, misses = hits[quoted[hits]], misses[quoted[misses]]
    shown_fit, shown_unfit = heard.shown(*context.fits), heard.shown(*UNFIT)
    hits = heard.reply[hits[heard.in_reply(shown_fit)[hits]]]
    misses = heard.reply[misses[heard.in_reply(shown_unfit)[misses] | ~heard.in_reply(heard.act(*context.fits))[misses]]]
    finding = with_evidence(
        heard, finding, hits=(hits, "an answer that fits"), misses=(misses, "an answer in which we heard none that fits")
    )
    return by_window(finding, lambda within: plain_value(_units(heard, context, number, within=within)))


def _units(heard: Heard, context: Context, number: int, *, within: int) -> Units:
    """Return the other one's answered messages in cells of told, fits, turns away or attacks (4, 2, 1)."""
    positions = np.flatnonzero((heard.who != number) & heard.heard & (heard.lag <= within))
    positions = positions[heard.heard[heard.reply[positions]]]
    told = heard.sure(*context.told)[positions]
    fits = heard.in_reply(heard.act(*context.fits))[positions]
    unfit = heard.in_reply(heard.sure(*UNFIT))[positions]
    random, lines = heard.random(f"errors of {context.measure}"), heard.reply_lines[positions]
    errors = (
        (
            taken_as_heard(heard, context.told, random=random),
            any_of(heard, context.fits, random=random, lines=lines),
            taken_as_heard(heard, UNFIT, random=random, lines=lines),
        )
        if heard.is_corrected
        else (None, None, None)
    )
    return Units(positions, told * 4 + fits * 2 + unfit * 1, base=(4, 5, 6, 7), hit=(6,), errors=errors)
