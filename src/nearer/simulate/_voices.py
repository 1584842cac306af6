"""Voices: how somebody writes (`phrases/voices.toml`): small letters or full sentences, one message or a burst, smileys or none.

A voice dresses a phrase that anyone may say; a phrase of its own is left as it was written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from nearer.errors import UnknownName
from nearer.records import ACT_INDEX
from nearer.simulate._phrases import Attributes, Part, Phrase

SENTENCE = re.compile(r"(^|[.!?…]\s+)([a-z])")
ALONE = re.compile(r"\bi\b(?=$|[\s',.!?;:])")
DAYS = re.compile(r"\b(mon|tues|wednes|thurs|fri|satur|sun)days?\b")
ENDS = ".!?…,;:)\"'"
AUXILIARY = "is|are|am|do|does|did|can|could|would|will|shall|should|have|has|was|were"
QUESTION = re.compile(
    r"(?:(?:and |so |but |ok |or |for |from |in |since )?(?:"
    r"(?:what|who|where|why|how|which|whose)\b(?! a\b| an\b| very\b| lovely\b)"
    rf"|when (?:{AUXILIARY})\b"
    rf"|(?:{AUXILIARY}) \{{"
    rf"|(?:{AUXILIARY}) (?:you|i|we|it|they|he|she|there|the|that|this|my|your)\b"
    r").*|.*(?:shall we|are you there|want it|want to hear))",
    re.IGNORECASE,
)
"""A question that lacks its mark."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One way of writing. `bursts` is the share of many-part phrases sent line by line, `emoji` that of lines with a smiley."""

    name: str
    sentences: bool = True
    """Capital letters and full stops."""
    bursts: float = 0.2
    emoji: float = 0.0
    own_only: bool = False
    """Says nothing that was not written for this voice."""
    longest: int = 0
    """Most words of a line, where lines for all are chosen; 0: any."""
    short: Mapping[str, str] = field(default_factory=dict)
    """Words it shortens."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line ready to be written: `has_slots` says that words are still to be filled in."""

    text: str
    acts: int
    attributes: Attributes
    is_photo: bool
    has_slots: bool


@cache
def load_voice(name: str) -> Voice:
    """Return a voice by name; raises UnknownName."""
    tables = _tables()["voice"]
    if name not in tables:
        raise UnknownName("voice", name, tables)
    return Voice(name, **tables[name])


@cache
def smileys_for(acts: int) -> tuple[str, ...]:
    """Return the smileys that go under a line with these acts (one bit each); none under a serious one."""
    tables = _tables()["emoji"]
    names = [act for act, bit in ACT_INDEX.items() if acts >> bit & 1] or ["none"]
    if any(name not in tables for name in names):
        return ()
    return tuple(str(smiley) for smiley in tables[names[0]])


def is_said_by(phrase: Phrase, voice: Voice) -> bool:
    """Say whether this voice may say a phrase."""
    if phrase.voice:
        return phrase.voice == voice.name
    if voice.own_only:
        return False
    return not voice.longest or sum(len(part.text.split()) for part in phrase.parts) <= voice.longest


def dressed(phrase: Phrase, voice: Voice, *, burst: bool) -> tuple[Line, ...]:
    """Return the lines of a phrase as this voice writes them, line by line (`burst`) or in one message."""
    parts = [part if phrase.voice else _worded(part, voice) for part in phrase.parts]
    return tuple(_line(part) for part in (parts if burst else _joined(parts)))


def _worded(part: Part, voice: Voice) -> Part:
    if part.is_photo:
        return part
    text = part.text
    for long, short in voice.short.items():
        text = re.sub(rf"\b{long}\b", short, text)
    if voice.sentences:
        text = polished(_ended(text))
    return Part(text, part.acts, part.attributes)


def polished(text: str) -> str:
    """Give sentences, weekdays and the word I their capital letters."""
    return DAYS.sub(lambda found: found[0].capitalize(), ALONE.sub("I", SENTENCE.sub(lambda found: found[1] + found[2].upper(), text)))


def _ended(text: str) -> str:
    """Give a line its full stop or question mark, if it has none."""
    if not text or text[-1] in ENDS or not text[-1].isascii():
        return text
    return f"{text}?" if QUESTION.fullmatch(re.split(r"[.!?]\s+", text)[-1]) else f"{text}."


def _joined(parts: list[Part]) -> list[Part]:
    """Join neighbouring words into one line; a picture stays a line of its own."""
    joined: list[Part] = parts[:1]
    for before, part in pairwise(parts):
        if part.is_photo or before.is_photo:
            joined.append(part)
            continue
        last = joined[-1]
        stop = "" if last.text[-1:] in ENDS or not last.text[-1:].isascii() else ","
        joined[-1] = Part(f"{last.text}{stop} {part.text}", last.acts | part.acts, {**last.attributes, **part.attributes})
    return joined


def _line(part: Part) -> Line:
    return Line(part.text, part.acts, part.attributes, part.is_photo, "{" in part.text)


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    made: Mapping[str, Mapping[str, Any]] = tomllib.loads(files("nearer.simulate").joinpath("phrases", "voices.toml").read_text("utf-8"))
    return made
