"""Exchanges: one of the two turns to the other, and is met, missed or left without an answer, as it was drawn beforehand.

Each exchange in which something moving was told ends with the one who told it, so that what comes next is no part of the answer. No answer here
holds a bid of its own. Acts: constructs 5; what fits as an answer: 7.1; turning toward, away, against: 7.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from nearer.simulate._pen import Fills, Pen
from nearer.simulate._phrases import Phrase, Topic

FITTING = MappingProxyType(
    {
        "distress": {"comfort": 3.0, "validate": 2.0, "validate comfort": 2.0, "comfort ask": 1.5, "ask": 1.5},
        "feeling": {"validate": 3.0, "ask": 2.0, "validate ask": 1.5, "comfort": 1.0},
        "good_feeling": {"ask": 2.0, "validate": 2.0},
        "news": {"cheer": 4.0, "cheer ask": 3.0, "ask": 1.0},
    },
)
"""How often an answer that fits is made of which lines [C]."""
UNFIT = MappingProxyType(
    {
        "distress": {"advise": 3.0, "away": 3.0, "bare": 2.0},
        "feeling": {"away": 2.0, "bare": 3.0},
        "good_feeling": {"away": 1.0, "bare": 2.0},
        "news": {"away": 2.0, "bare": 2.0},
    },
)
POOLS = MappingProxyType(
    {
        "comfort": "comfort",
        "validate": "validate",
        "ask": "ask_after",
        "cheer": "celebrate",
        "advise": "advise",
        "away": "turn_away",
        "bare": "bare",
    }
)
"""Where a line comes from when its topic has none."""
UNNAMED = "this"
"""What a feeling is called that has no name."""
THANKED = 0.45
"""How often a fitting answer is thanked for [C]."""
TURNED_AWAY = 0.25
"""Of the invitations that somebody whose answers seldom fit answers, this share times (1 - responsive) is turned away [C]."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was drawn for a bid: whether it is answered at all, and whether the answer fits."""

    comes: bool
    fits: bool


def tell(pen: Pen, person: int, topic: Topic, *, kind: str, answer: Answer) -> int:
    """Let somebody tell what hurts (`distress`), how they feel (`feeling`, `good_feeling`) or their good news; return the row of what they told."""
    fills = pen.fills(it=topic.name or UNNAMED, **topic.words)
    row = pen.say(person, pen.of(topic, "says", person), fills)
    if not answer.comes:
        return row
    names = pen.dice.weighted((FITTING if answer.fits else UNFIT)[kind]).split()
    pen.answer(1 - person)
    asked: Phrase | None = None
    for number, name in enumerate(names):
        if number:
            pen.pause(0, 2)
        said = _answer(pen, 1 - person, topic, name, fills, kind=kind)
        asked = topic.answers.get(said.parts[0].text, asked)
    pen.answer(person)
    if asked is not None:
        pen.say(person, asked, fills)
    elif answer.fits and kind == "distress" and names == ["ask"]:
        pen.say(person, pen.pick("goes_on", person), fills)
    else:
        _end(pen, person, fills, kind=kind, fits=answer.fits)
        return row
    if answer.fits and names == ["ask"] and kind == "distress":
        pen.answer(1 - person)
        _answer(pen, 1 - person, topic, pen.dice.pick(("comfort", "validate")), fills, kind=kind)
        pen.answer(person)
        _end(pen, person, fills, kind=kind, fits=True)
    return row


def _answer(pen: Pen, person: int, topic: Topic, name: str, fills: Fills, *, kind: str) -> Phrase:
    """Write one line of an answer, the topic's own or one of a pool, and return it."""
    pool = f"{POOLS[name]}_news" if kind == "news" and name in {"ask", "away"} else POOLS[name]
    pool = "" if "feeling" in kind and topic.lines.get(name) else pool
    phrase = pen.pick("bare", person) if name == "bare" else pen.of(topic, name, person, pool=pool)
    pen.say(person, phrase, fills)
    return phrase


def _end(pen: Pen, person: int, fills: Fills, *, kind: str, fits: bool) -> None:
    """Let the one who told have the last word."""
    about = kind.removeprefix("good_")
    pool = f"unmet_{about}" if not fits else f"thanks_{about}" if pen.dice.chance(THANKED) else f"met_{about}"
    pen.say(person, pen.pick(pool, person), fills)


def reach(pen: Pen, person: int, topic: Topic, *, answer: Answer, responsive: float) -> int:
    """Let somebody invite the other to look, listen or talk; return the row of the invitation."""
    fills = pen.fills(it=topic.name, **topic.words)
    row = pen.say(person, pen.of(topic, "says", person), fills)
    if answer.comes:
        pen.answer(1 - person)
        if pen.dice.chance(TURNED_AWAY * (1 - responsive)):
            pen.say(1 - person, pen.of(topic, "away", 1 - person, pool="turn_away_reach"), fills)
        else:
            pen.say(1 - person, pen.of(topic, "back", 1 - person), fills)
            _go_on_telling(pen, person, topic, fills)
    return row


def _go_on_telling(pen: Pen, person: int, topic: Topic, fills: Fills) -> None:
    """Let the one who called the other over say what there was to say; at times a word to round it off."""
    if topic.lines["end"] or pen.dice.chance(0.4):
        pen.answer(person)
        pen.say(person, pen.of(topic, "end", person) if topic.lines["end"] else pen.pick("reach_end", person), fills)


def ask(pen: Pen, person: int, topic: Topic, *, answer: Answer) -> int:
    """Let somebody ask for something small; return the row of the request."""
    fills = pen.fills(it=topic.name, **topic.words)
    row = pen.say(person, pen.of(topic, "says", person), fills)
    if answer.comes:
        pen.answer(1 - person)
        name = "yes" if pen.dice.chance(0.85) else "no"
        pen.say(1 - person, pen.of(topic, name, 1 - person, pool=f"ask_{name}"), fills)
        pen.answer(person)
        pen.say(person, pen.pick("ask_end" if name == "yes" else "ask_end_no", person), fills)
    return row


def thank(pen: Pen, person: int) -> int:
    """Let somebody say something good about the other; return its row."""
    fills = pen.fills()
    row = pen.say(person, pen.pick("appreciate", person), fills)
    pen.answer(1 - person)
    pen.say(1 - person, pen.pick("modest", 1 - person), fills)
    return row


def ask_later(pen: Pen, person: int, topic: Topic) -> int:
    """Let somebody ask how it went with what the other told some days ago; return the row of the question."""
    fills = pen.fills(it=topic.name, **topic.words)
    question, answer = pen.dice.pick(topic.later)
    row = pen.say(person, question, fills)
    pen.answer(1 - person)
    pen.say(1 - person, answer, fills)
    return row


def hold(pen: Pen, person: int, name: str) -> int:
    """Let the two hold an exchange by its script; return the row of its first line."""
    fills, first = pen.fills(), -1
    for number, phrase in enumerate(pen.script(name, person)):
        if number:
            pen.answer((person + number) % 2)
        row = pen.say((person + number) % 2, phrase, fills)
        first = row if first < 0 else first
    return first
