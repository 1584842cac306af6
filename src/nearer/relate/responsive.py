"""Responsive: when one of you is low or has good news and gets an answer, how often the answer fits. "Will you comfort me?"

Counted are answered tellings in which one shares a feeling, asks for comfort or tells good news. The answer is the other one's next three
messages in a row within 24 hours. It fits when it comforts, restates what the other feels, asks with curiosity or celebrates, and holds no
turning away, blame or contempt. In distress, comfort, validation and curious questions fit; for good news, celebration and curious
questions. What was told counts where it is heard surely; how many answers fit is corrected by the errors counted on held-out answers to the
same (8.1), and where an ear errs too much in them nothing is told. Beta posterior with sittings resampled. At least 20 answered ones.
What it cannot know: tone, and what was said by voice; warmth in a text is not the same as having felt understood. Constructs 7.1, 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nearer.records import Finding, Flags
from nearer.relate._answers import DISTRESS, TELLINGS_NEEDED, Ask, ask, level, shows, tellings
from nearer.relate._finding import Told, Units, by_window, mute, plain_value, with_evidence
from nearer.relate._heard import WITHIN, Heard

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
        (*DISTRESS, "good_news"),
        ("comfort", "validate", "curious_question", "celebrate"),
        "answered feelings and good news",
    ),
    Context(
        "responsive_in_distress",
        DISTRESS,
        ("comfort", "validate", "curious_question"),
        "answered messages in distress",
    ),
    Context("responsive_to_good_news", ("good_news",), ("celebrate", "curious_question"), "answered good news"),
)
NEEDS = (*DISTRESS, "good_news", "comfort", "validate", "curious_question", "celebrate", *UNFIT)
TELLS = tuple(context.measure for context in CONTEXTS)


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, the share of fitting answers: together, in distress, to good news."""
    for context in CONTEXTS:
        told, asked = heard.sure(*context.told), ask(heard, *context.fits, told=context.told, without=UNFIT)
        for number, person in enumerate(heard.pair):
            other = heard.relationship.other(person)
            silent = mute(heard, context.measure, person=person, toward=other, unit=UNIT)
            yield silent or _responsive(heard, context, told, asked, number)


def _responsive(heard: Heard, context: Context, told: Flags, asked: Ask, number: int) -> Finding:
    person = heard.pair[number]
    units = _units(heard, told, asked, number, within=WITHIN)
    named = Told(context.measure, UNIT, context.what, TELLINGS_NEEDED, person, heard.relationship.other(person))
    finding = level(heard, named, units, [asked], over_time=True)
    hits, misses = units.is_in((1,)), units.is_in((0,))
    hits = hits[shows(heard, hits, *context.fits)]
    misses = misses[shows(heard, misses, *UNFIT) | ~replace(asked, without=(), counted=True).of(heard, misses)]
    finding = with_evidence(
        heard,
        finding,
        hits=(heard.reply[hits], "an answer that fits"),
        misses=(heard.reply[misses], "an answer in which we heard none that fits"),
    )
    return by_window(finding, lambda within: plain_value(_units(heard, told, asked, number, within=within)))


def _units(heard: Heard, told: Flags, asked: Ask, number: int, *, within: int) -> Units:
    """Return the answered tellings of the other one: 1 where the answer fits."""
    positions = tellings(heard, number, told, within=within)
    return Units(positions, asked.of(heard, positions).astype(np.int64), base=(0, 1), hit=(1,), errors=(asked.errors,))
