"""Phrases: what the two can write, as data (`phrases/*.toml`), with the acts each one does. The labels follow the codebook (constructs 5, 5.0).

A phrase is one line, or several parted by ` / ` (or by a sentence that begins with `*`): quick writers send them one by one, others as one
message. The acts of its pool go to the part marked `*`, else to the first; `#act` (with `[name=value;name=a,b]`) names others, `~` none. `{slot}` is filled from `words.toml`
and stays the same through one exchange. A script is an exchange: ` > ` hands the word to the other one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from nearer.records import ACT_INDEX, ACTS

TAG = re.compile(r"\s*#(\w+)(?:\[([^\]]*)\])?")
PART, HAND_OVER = re.compile(r"\s+/\s+|(?<=[.?!])\s+(?=\*)"), re.compile(r"\s+>\s+")
PHOTO = "<photo>"
TOPICS = ("distress", "news", "feeling", "reach", "ask", "quarrel", "promise")
"""The kinds of topics: what the two can come to speak about, each with its own lines."""

Attributes = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a phrase: its words, its acts (one bit each), and their attributes (contract.md)."""

    text: str
    acts: int = 0
    attributes: Attributes = field(default_factory=dict)

    @property
    def is_photo(self) -> bool:
        """Whether it is a picture, not words."""
        return self.text == PHOTO


@dataclass(frozen=True, slots=True)
class Phrase:
    """What somebody writes in one go; `voice` is "" where anyone may say it."""

    parts: tuple[Part, ...]
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something to speak about: its short name, the part of the year it belongs to, who may bring it up, and its lines by what they do.

    The year begins in March. `answers` holds what is said to some of its questions, by the question's first part."""

    name: str
    lines: Mapping[str, tuple[Phrase, ...]]
    answers: Mapping[str, Phrase] = field(default_factory=dict)
    later: tuple[tuple[Phrase, Phrase], ...] = ()
    """A question about it some days on, and the answer."""
    when: tuple[float, float] = (0.0, 1.0)
    voice: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    """Slots that the topic itself fills."""


@dataclass(frozen=True, slots=True)
class Book:
    """All phrases: pools by name, scripts by name, topics by kind, words by slot."""

    pools: Mapping[str, tuple[Phrase, ...]]
    scripts: Mapping[str, tuple[tuple[Phrase, ...], ...]]
    topics: Mapping[str, tuple[Topic, ...]]
    words: Mapping[str, tuple[str, ...]]

    def count(self) -> int:
        """Return how many phrases there are."""
        in_topics = sum(len(lines) for topics in self.topics.values() for topic in topics for lines in topic.lines.values())
        later = sum(2 * len(topic.later) + len(topic.answers) for topics in self.topics.values() for topic in topics)
        return sum(map(len, self.pools.values())) + sum(len(s) for many in self.scripts.values() for s in many) + in_topics + later


def to_mask(*acts: str) -> int:
    """Return acts as bits in the order of `records.ACTS`; raises KeyError for a word that is no act."""
    return sum(1 << ACT_INDEX[act] for act in dict.fromkeys(acts))


def to_phrase(text: str, *, acts: Sequence[str] = (), attributes: Attributes | None = None, voice: str = "") -> Phrase:
    """Read one phrase; `acts` are those of its pool, `attributes` theirs."""
    raw = PART.split(text.strip())
    own = next((number for number, part in enumerate(raw) if part.startswith("*")), 0)
    parts = (_part(part, acts if number == own else (), attributes or {}) for number, part in enumerate(raw))
    return Phrase(tuple(parts), voice)


def to_script(text: str, *, acts: Sequence[str] = (), voice: str = "") -> tuple[Phrase, ...]:
    """Read one script: phrases of the one who begins and the other in turn."""
    return tuple(to_phrase(turn, acts=acts, voice=voice) for turn in HAND_OVER.split(text.strip()))


@cache
def load_book() -> Book:
    """Return every phrase of `phrases/*.toml`."""
    folder = files("nearer.simulate").joinpath("phrases")
    tables = [tomllib.loads(e.read_text("utf-8")) for e in sorted(folder.iterdir(), key=lambda e: e.name) if e.name.endswith(".toml")]
    pools: dict[str, tuple[Phrase, ...]] = {}
    scripts: dict[str, tuple[tuple[Phrase, ...], ...]] = {}
    topics: dict[str, tuple[Topic, ...]] = {}
    words: dict[str, tuple[str, ...]] = {}
    for table in tables:
        for name, pool in table.get("pool", {}).items():
            pools[name] = pools.get(name, ()) + _pool(pool)
        for name, by_voice in table.get("script", {}).items():
            scripts[name] = scripts.get(name, ()) + _scripts(by_voice)
        for kind in TOPICS:
            topics[kind] = topics.get(kind, ()) + tuple(_topic(kind, entry) for entry in table.get(kind, ()))
        words |= {slot: tuple(given) for slot, given in table.get("words", {}).items()}
    return Book(pools, scripts, topics, words)


LINES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "distress": {
        "says": ("bid_comfort",),
        "validate": ("validate",),
        "ask": ("curious_question",),
        "advise": ("advise",),
        "away": ("turn_away",),
    },
    "news": {"says": ("good_news",), "cheer": ("celebrate",), "ask": ("curious_question",), "away": ("turn_away",)},
    "feeling": {"says": ("disclose_feeling",), "validate": ("validate",), "ask": ("curious_question",), "away": ("turn_away",)},
    "reach": {"says": ("bid_connect",), "back": (), "end": (), "away": ("turn_away",)},
    "ask": {"says": ("request_need",), "yes": (), "no": ()},
    "quarrel": {
        "complain": ("complain",),
        "defend": ("defend",),
        "blame": ("blame",),
        "counter": ("defend", "complain"),
        "sorry": ("apologise",),
    },
    "promise": {},
}
"""Which act the lines of a topic do, kind by kind."""
ANSWERS = frozenset({"validate", "ask", "advise", "away", "cheer", "back", "yes", "no"})
"""Lines of the other one, who may have another voice."""


def _topic(kind: str, entry: Mapping[str, Any]) -> Topic:
    voice = str(entry.get("voice", ""))
    given: Attributes = entry.get("attributes", {})
    lines: dict[str, tuple[Phrase, ...]] = {}
    answers: dict[str, Phrase] = {}
    for name, acts in LINES[kind].items():
        turns = [HAND_OVER.split(text) for text in entry.get(name, ())]
        whose = "" if name in ANSWERS else voice
        lines[name] = tuple(to_phrase(turn[0], acts=acts, attributes=given, voice=whose) for turn in turns)
        said = zip(lines[name], turns, strict=True)
        answers |= {line.parts[0].text: to_phrase(turn[1], voice=voice) for line, turn in said if len(turn) > 1}
    words = {name: value for name, value in entry.items() if isinstance(value, str) and name not in {"name", "voice"}}
    first, last = entry.get("when", (0.0, 1.0))
    return Topic(
        name=str(entry.get("name", "")),
        lines=lines,
        answers=answers,
        later=tuple(_later(text, voice) for text in entry.get("later", ())),
        when=(float(first), float(last)),
        voice=voice,
        words=words,
    )


def _later(text: str, voice: str) -> tuple[Phrase, Phrase]:
    question, answer = HAND_OVER.split(text)
    return to_phrase(question, acts=("curious_question",), voice=voice), to_phrase(answer, voice=voice)


def _pool(table: Mapping[str, Any]) -> tuple[Phrase, ...]:
    acts, attributes = tuple(table.get("acts", ())), table.get("attributes", {})
    return tuple(
        to_phrase(text, acts=acts, attributes=attributes, voice="" if voice == "any" else voice)
        for voice, texts in table.items()
        if voice not in {"acts", "attributes"}
        for text in texts
    )


def _scripts(table: Mapping[str, Any]) -> tuple[tuple[Phrase, ...], ...]:
    acts = tuple(table.get("acts", ()))
    return tuple(
        to_script(text, acts=acts, voice="" if voice == "any" else voice)
        for voice, texts in table.items()
        if voice != "acts"
        for text in texts
    )


def _part(raw: str, acts: Sequence[str], attributes: Attributes) -> Part:
    named = {act: _values(values) for act, values in TAG.findall(raw)}
    text = TAG.sub("", raw).lstrip("*").strip()
    if text.startswith("~"):
        text, acts = text.removeprefix("~"), ()
    found = {act: attributes.get(act, {}) for act in acts} | {act: given or attributes.get(act, {}) for act, given in named.items()}
    unknown = set(found) - set(ACTS)
    if unknown:
        raise KeyError(f"{sorted(unknown)} in {raw!r}")
    return Part(text, to_mask(*found), {act: given for act, given in found.items() if given})


def _values(text: str) -> dict[str, Any]:
    pairs = (pair.partition("=") for pair in text.split(";") if pair)
    return {
        name: value.split(",") if name in LISTS else value == "true" if value in {"true", "false"} else value for name, _, value in pairs
    }


LISTS = frozenset({"parts", "forms"})
"""Attributes that are lists even where they hold one word (contract.md)."""
