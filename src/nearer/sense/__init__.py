"""Sense: messages → the same messages with 28 emotions and 26 acts, heard by an ear (contract.md, Sensed).

The model scores; cues (words that hardly ever err) add to what is shown; the language gate and the care words decide what is heard at all.
"""

from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nearer.columns import Messages, Senses, Texts
from nearer.records import WHAT_INDEX, Codes, Flags, Ints, Scores
from nearer.sense._acts import ActCard, ActExample, acts
from nearer.sense._attributes import attributes
from nearer.sense._care import care, stopped
from nearer.sense._cues import cue_flags
from nearer.sense._explain import check, explain, names
from nearer.sense._language import HEARD, languages
from nearer.sense.model import LoadedEar, card, load_ear, verify

__all__ = ["ActCard", "ActExample", "LoadedEar", "acts", "card", "check", "explain", "hear", "load_ear", "names", "sense", "verify"]

Kept = TypeVar("Kept", Scores, Flags)

CUE_SCORE = 0.9
"""A cue lifts the score of its act to at least this: cues are written to be right nine times in ten."""
CUE_ROWS = 32_768
"""Cues are looked for in so many texts at a time."""


def sense(messages: Messages, *, ear: LoadedEar | None = None, default_language: str = "en") -> Messages:
    """Hear every message: the same rows in the same order, with their senses."""
    ear = ear or load_ear()
    silent = stopped(messages, care(messages))
    speakable = messages.what == WHAT_INDEX["text"]
    speakable[list(silent)] = False
    senses = hear(
        messages.text,
        conversation=messages.conversation,
        person=messages.person,
        time=messages.time,
        speakable=speakable,
        ear=ear,
        default_language=default_language,
    )
    _add_cues(senses, messages.text)
    return messages.with_senses(replace(senses, attributes=attributes(messages, senses.acts_shown), care=silent))


def hear(
    texts: Texts,
    *,
    conversation: Codes,
    person: Codes,
    time: Ints,
    speakable: Flags,
    ear: LoadedEar,
    default_language: str = "en",
) -> Senses:
    """Score n texts by the model alone: what `sense` and the columns door share. What is not speakable, empty or in a language that is
    not heard has scores of 0.0, shows nothing, and is no context for others."""
    language, names = languages(texts, conversation=conversation, default=default_language)
    can = np.array([name in HEARD for name in names])
    heard = speakable & (texts.lengths() > 0) & can[language]
    rows = np.flatnonzero(heard)
    some = texts if len(rows) == len(texts) else texts.take(rows)
    emotions, scores = ear.hear(some, conversation=conversation[rows], person=person[rows], time=time[rows])
    return Senses(
        emotions=_spread(emotions, rows, len(texts)),
        emotions_shown=_spread(ear.emotions_shown(emotions), rows, len(texts)),
        acts=_spread(scores, rows, len(texts)),
        acts_shown=_spread(ear.acts_shown(scores), rows, len(texts)),
        heard=heard,
        language=language,
        languages=names,
        ear=ear.ear,
    )


def _add_cues(senses: Senses, texts: Texts) -> None:
    """Show the acts whose cue stands in a heard text, and lift their scores to CUE_SCORE (in place: the arrays are ours)."""
    for start in range(0, len(texts), CUE_ROWS):
        rows = slice(start, start + CUE_ROWS)
        flags = cue_flags(texts[rows]) & senses.heard[rows, None]
        senses.acts_shown[rows] |= flags
        np.maximum(senses.acts[rows], CUE_SCORE, out=senses.acts[rows], where=flags)


def _spread(found: Kept, rows: Ints | NDArray[np.intp], count: int) -> Kept:
    """Put the rows that were heard back among those that were not."""
    if len(rows) == count:
        return found
    made = np.zeros((count, found.shape[1]), dtype=found.dtype)
    made[rows] = found
    return made
