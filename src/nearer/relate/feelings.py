"""Feelings met: whether warmth is there for heavy feelings, too, and not only for glad ones.

Counted are answered tellings by what they let one feel: sadness, fear, anger that is not about the other one (no complaint or blame in it), and
the three together; beside them joy, good news with it. The other's next three messages in a row, within 24 hours, are the answer. A heavy
feeling is met where the answer comforts, says back what was heard or asks on; a joy where it celebrates, says back or asks on. Beta posterior
with sittings resampled; what was told, and which feeling it was, are taken as heard, what answers do is corrected by the errors counted on
held-out answers (8.1). At least 20 answered tellings of a feeling. Where no emotions were heard or labelled nothing is told.
What it cannot know: comfort by voice or touch, and feelings that were not put into words. Constructs 6 (groups of emotions), 7.1, 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nearer.records import EMOTION_INDEX, Finding, Flags
from nearer.relate._answers import DISTRESS, TELLINGS_NEEDED, Ask, ask, level, shows, tellings
from nearer.relate._finding import Told, Units, by_window, coverage, empty, mute, plain_value, with_evidence
from nearer.relate._heard import WITHIN, Heard

SADNESS = ("sadness", "disappointment", "embarrassment", "grief", "remorse")
FEAR = ("fear", "nervousness")
ANGER = ("anger", "annoyance", "disapproval", "disgust")
JOY = ("joy", "amusement", "approval", "excitement", "gratitude", "love", "optimism", "relief", "pride", "admiration", "desire", "caring")
"""Groups of emotions by the authors of GoEmotions (constructs 6); disgust stands with anger."""
AT_THE_OTHER = ("complain", "blame", "contempt", "threaten_leave")
"""A feeling told with one of these is a charge: how that is answered is told elsewhere."""
HEAVY_MET = ("comfort", "validate", "curious_question")
JOY_MET = ("celebrate", "validate", "curious_question")
NO_EMOTIONS = "emotions in the messages, heard or labelled; none so far"


@dataclass(frozen=True, slots=True)
class Feeling:
    """One kind of feeling: its finding, its emotions, the acts by which it is told, those that meet it, and the word for it."""

    measure: str
    emotions: tuple[str, ...]
    word: str
    told: tuple[str, ...] = DISTRESS
    met: tuple[str, ...] = HEAVY_MET

    @property
    def unit(self) -> str:
        """What the share is a share of."""
        return f"share of answers that meet {self.word}"


FEELINGS = (
    Feeling("feelings_met", (*SADNESS, *FEAR, *ANGER), "a heavy feeling"),
    Feeling("feelings_met_sadness", SADNESS, "sadness"),
    Feeling("feelings_met_fear", FEAR, "fear"),
    Feeling("feelings_met_anger", ANGER, "anger"),
    Feeling("feelings_met_joy", JOY, "joy", told=(*DISTRESS, "good_news"), met=JOY_MET),
)
NEEDS = (*DISTRESS, "good_news", *HEAVY_MET, "celebrate", *AT_THE_OTHER)
TELLS = tuple(feeling.measure for feeling in FEELINGS)


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each of the two, how often they met the other's heavy feelings: together, one by one; then the joys."""
    told = {feeling.measure: tells(heard, feeling) for feeling in FEELINGS} if heard.has_senses else {}
    asked = {feeling.measure: ask(heard, *feeling.met, told=feeling.told) for feeling in FEELINGS}
    for number, person in enumerate(heard.pair):
        other = heard.relationship.other(person)
        for feeling in FEELINGS:
            silent = mute(heard, feeling.measure, person=person, toward=other, unit=feeling.unit)
            yield silent or _met(heard, feeling, told[feeling.measure], asked[feeling.measure], number)


def tells(heard: Heard, feeling: Feeling) -> Flags:
    """Mask the messages that tell this feeling and charge the other one with nothing."""
    senses = heard.messages.senses
    told = heard.sure(*feeling.told) & ~heard.sure(*AT_THE_OTHER)
    if senses is None:
        return told
    positions = np.flatnonzero(told)
    shown = senses.emotions_shown[heard.rows[positions]][:, [EMOTION_INDEX[name] for name in feeling.emotions]]
    told[positions] = shown.any(axis=1)
    return told


def _met(heard: Heard, feeling: Feeling, told: Flags, asked: Ask, number: int) -> Finding:
    person = heard.pair[number]
    other = heard.relationship.other(person)
    senses = heard.messages.senses
    if senses is None or not senses.emotions_shown.any():
        blank = empty(heard, feeling.measure, person=person, toward=other, unit=feeling.unit)
        return replace(blank, needs=NO_EMOTIONS, coverage=coverage(heard, person))
    units = _units(heard, told, asked, number, within=WITHIN)
    named = Told(feeling.measure, feeling.unit, f"answered tellings of {feeling.word}", TELLINGS_NEEDED, person, other)
    finding = level(heard, named, units, [asked], over_time=feeling is FEELINGS[0])
    hits, misses = units.is_in((1,)), heard.reply[units.is_in((0,))]
    hits = heard.reply[hits[shows(heard, hits, *feeling.met)]]
    finding = with_evidence(
        heard, finding, hits=(hits, f"an answer that meets {feeling.word}"), misses=(misses, "an answer in which this was not heard")
    )
    return by_window(finding, lambda within: plain_value(_units(heard, told, asked, number, within=within)))


def _units(heard: Heard, told: Flags, asked: Ask, number: int, *, within: int) -> Units:
    """Return the answered tellings of the other one: 1 where the answer meets the feeling."""
    positions = tellings(heard, number, told, within=within)
    return Units(positions, asked.of(heard, positions).astype(np.int64), base=(0, 1), hit=(1,), errors=(asked.errors,))
