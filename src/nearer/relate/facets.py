"""Facets of a good answer: when one tells a feeling, how often the answer understands, finds it valid, and cares.

Counted are answered tellings of a feeling or of distress (good news has a card of its own); the other's next three messages in a row, within
24 hours, are the answer. It understands where it says back or makes sense of what was told (this is told here alone, not under listening); it
finds it valid where it does so or approves (the emotion approval); it cares where it comforts or says something good about the other. One
answer may do all three. Beta posterior with sittings resampled, corrected by the errors counted on held-out answers (8.1). At least 20
answered tellings.
Approval is an emotion: where only acts were labelled, or an ear heard it whose errors about emotions are not known, that facet is not told.
What it cannot know: whether somebody felt understood, which is another thing (what text shows and what is felt go together only a little);
looks, tone and touch. Constructs 7.4 (responsiveness after Reis), 7.1, 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nearer.records import EMOTION_INDEX, Finding, Flags, Ints
from nearer.relate._answers import DISTRESS, TELLINGS_NEEDED, Ask, ask, in_lines, level, shows, tellings
from nearer.relate._finding import Told, Units, by_window, coverage, empty, mute, plain_value, with_evidence
from nearer.relate._heard import WITHIN, Heard

APPROVAL_UNKNOWN = "approval heard in the messages by an ear whose errors about it are known"
WHAT = "answered tellings of a feeling"


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: its finding, the acts it is seen by, its unit, why a message stands for it, and an emotion it is seen by, too."""

    measure: str
    acts: tuple[str, ...]
    unit: str
    why: str
    emotion: str = ""


FACETS = (
    Facet("facet_understanding", ("validate",), "share of answers that show understanding", "says back what was heard"),
    Facet("facet_validation", ("validate",), "share of answers that find it valid", "finds it valid", emotion="approval"),
    Facet("facet_caring", ("comfort", "appreciate"), "share of answers that care", "comforts, or says something good"),
)
NEEDS = (*DISTRESS, "validate", "comfort", "appreciate")
TELLS = tuple(facet.measure for facet in FACETS)


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, the three facets of their answers."""
    told = heard.sure(*DISTRESS)
    asked = {facet.measure: ask(heard, *facet.acts, told=DISTRESS) for facet in FACETS}
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        for facet in FACETS:
            silent = mute(heard, facet.measure, person=person, toward=other, unit=facet.unit)
            yield silent or _facet(heard, facet, told, asked[facet.measure], number)


def _facet(heard: Heard, facet: Facet, told: Flags, asked: Ask, number: int) -> Finding:
    person = heard.pair[number]
    other = heard.relationship.other(person)
    if facet.emotion and (heard.is_corrected or not _has_emotions(heard)):
        blank = empty(heard, facet.measure, person=person, toward=other, unit=facet.unit)
        return replace(blank, needs=APPROVAL_UNKNOWN, coverage=coverage(heard, person))
    units = _units(heard, facet, told, asked, number, within=WITHIN)
    finding = level(heard, Told(facet.measure, facet.unit, WHAT, TELLINGS_NEEDED, person, other), units, [asked])
    hits, misses = units.is_in((1,)), heard.reply[units.is_in((0,))]
    hits = heard.reply[hits[shows(heard, hits, *facet.acts)]]
    finding = with_evidence(heard, finding, hits=(hits, facet.why), misses=(misses, "an answer in which this was not heard"))
    return by_window(finding, lambda within: plain_value(_units(heard, facet, told, asked, number, within=within)))


def _units(heard: Heard, facet: Facet, told: Flags, asked: Ask, number: int, *, within: int) -> Units:
    """Return the answered tellings of the other one: 1 where the answer holds the facet."""
    positions = tellings(heard, number, told, within=within)
    holds = asked.of(heard, positions)
    if facet.emotion:
        holds |= in_lines(heard, positions, lambda lines: _feels(heard, lines, facet.emotion))
    return Units(positions, holds.astype(np.int64), base=(0, 1), hit=(1,), errors=(asked.errors,))


def _feels(heard: Heard, lines: Ints, emotion: str) -> Flags:
    """Mask the lines that were heard and show an emotion."""
    senses = heard.messages.senses
    assert senses is not None  # noqa: S101 - asked only where emotions were heard
    shown: Flags = senses.emotions_shown[heard.rows[lines], EMOTION_INDEX[emotion]] & heard.heard[lines]
    return shown


def _has_emotions(heard: Heard) -> bool:
    senses = heard.messages.senses
    return senses is not None and bool(senses.emotions_shown.any())
