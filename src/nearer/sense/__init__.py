"""Sense: messages → the same messages with 28 emotions and 26 acts, heard by an ear (contract.md, Sensed).

The model scores; cues (words that hardly ever err) add to what is shown; the language gate and the care words decide what is heard at all.
"""

from dataclasses import replace
from typing import Protocol

import numpy as np

from nearer.columns import Messages, Senses, Texts
from nearer.records import WHAT_INDEX, Codes, Ear, EarErrors, Flags, Ints, Problem, Scores
from nearer.sense._acts import ActCard, ActExample, acts
from nearer.sense._attributes import attributes
from nearer.sense._care import care, stopped
from nearer.sense._cues import cue_flags
from nearer.sense._explain import check, explain, names
from nearer.sense._language import HEARD, languages
from nearer.sense.model import LoadedEar, card, load_ear, verify

__all__ = [
    "UNMEASURED",
    "ActCard",
    "ActExample",
    "AnyEar",
    "LoadedEar",
    "acts",
    "card",
    "check",
    "explain",
    "hear",
    "load_ear",
    "names",
    "sense",
    "verify",
]

CUE_SCORE = 0.9
"""A cue lifts the score of its act to at least this: cues are written to be right nine times in ten."""
UNMEASURED = frozenset(("llm",))
"""Ears of which nobody measured how often they err (decisions/0005)."""
CUE_ROWS = 32_768
"""Cues are looked for in so many texts at a time."""


class AnyEar(Protocol):
    """What hears: `LoadedEar`, or the ear of `nearer.sense.llm`."""

    @property
    def ear(self) -> Ear:
        """Name, version and hash."""

    @property
    def errors(self) -> EarErrors | None:
        """How often it errs; None where nobody measured it."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What it was asked to hear and couldn't."""

    def hear(self, texts: Texts, *, conversation: Codes, person: Codes, time: Ints, heard: Flags | None = None) -> tuple[Scores, Scores]:
        """Score n texts; a row of acts that are NaN could not be heard."""

    def emotions_shown(self, emotions: Scores) -> Flags:
        """Say which emotions are shown."""

    def acts_shown(self, acts: Scores) -> Flags:
        """Say which acts are shown."""


def sense(messages: Messages, *, ear: AnyEar | None = None, default_language: str = "en") -> Messages:
    """Hear every message: the same rows in the same order, with their senses."""
    ear = ear or load_ear()
    found = care(messages)
    speakable = messages.what == WHAT_INDEX["text"]
    speakable[list(found)] = False
    senses = hear(
        messages.text,
        conversation=messages.conversation,
        person=messages.person,
        time=messages.time,
        speakable=speakable,
        ear=ear,
        default_language=default_language,
    )
    silent = stopped(messages, found)
    _hush(senses, list(silent))
    _add_cues(senses, messages.text)
    return messages.with_senses(replace(senses, attributes=attributes(messages, senses.acts_shown), care=silent))


def hear(
    texts: Texts,
    *,
    conversation: Codes,
    person: Codes,
    time: Ints,
    speakable: Flags,
    ear: AnyEar,
    default_language: str = "en",
) -> Senses:
    """Score n texts by the model alone: what `sense` and the columns door share. What is not speakable, empty or in a language that is
    not heard has scores of 0.0, shows nothing, and is no context for others."""
    language, names = languages(texts, conversation=conversation, default=default_language)
    can = np.array([name in HEARD for name in names])
    heard = speakable & (texts.lengths() > 0) & can[language]
    emotions, acts = ear.hear(texts, conversation=conversation, person=person, time=time, heard=heard)
    missed = np.isnan(acts[:, 0])
    if missed.any():
        heard &= ~missed
        emotions[missed], acts[missed] = 0.0, 0.0
    return Senses(
        emotions=emotions,
        emotions_shown=ear.emotions_shown(emotions) & heard[:, None],
        acts=acts,
        acts_shown=ear.acts_shown(acts),
        heard=heard,
        language=language,
        languages=names,
        ear=ear.ear,
    )


def _hush(senses: Senses, rows: list[int]) -> None:
    """Stop the analysis in these rows (in place): they count as not heard and show nothing. Only the words of crisis or violence themselves
    have no scores at all; what stands around them keeps the model's, for whoever reads the scores and not what they show."""
    for shown in (senses.heard, senses.emotions_shown, senses.acts_shown):
        shown[rows] = False


def _add_cues(senses: Senses, texts: Texts) -> None:
    """Show the acts whose cue stands in a heard text, and lift their scores to CUE_SCORE (in place: the arrays are ours)."""
    for start in range(0, len(texts), CUE_ROWS):
        rows = slice(start, start + CUE_ROWS)
        flags = cue_flags(texts[rows]) & senses.heard[rows, None]
        senses.acts_shown[rows] |= flags
        np.maximum(senses.acts[rows], CUE_SCORE, out=senses.acts[rows], where=flags)
