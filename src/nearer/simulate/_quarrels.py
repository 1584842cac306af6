"""Quarrels as they are planted: the moves of the four shapes and how each ends (episodes.md; constructs 7.2, 7.9).

protest_polka: one presses, the other withdraws or falls silent. bad_guy: both attack. freeze_flee: both withdraw. repair: a pause with a
time to come back, or a plain word of one's own part, then an apology that is taken up. No line here is a bid or a feeling told, so that a
quarrel leaves the planted shares of answers as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from nearer.simulate._clock import MINUTE
from nearer.simulate._pen import Fills, Pen
from nearer.simulate._phrases import Topic, to_mask

HEATED = (0, 3)
"""Minutes between the moves."""
COLD = (2, 25)
"""Minutes between the moves of two who freeze."""
BREAK = (15, 40)
"""Minutes of a pause that was announced with its end."""
AFTER_SILENCE = 6.2
"""Hours: a first warm word that comes sooner would still be part of the quarrel (episodes.md: six hours end it)."""
HURT = to_mask("complain", "blame", "contempt", "defend", "withdraw", "threaten_leave")

MOVES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "protest_polka": (
            "a start, b flat, a complain, b withdraw, a prod, b flat, a blame, a complain, b withdraw",
            "a complain, b withdraw, a prod, b flat, a prod, b flat, a blame, a complain, b withdraw",
            "a start, b flat, a complain, a complain, b withdraw, a prod, b flat, a blame, b withdraw",
            "a complain, b away, a prod, b flat, a blame, a complain, b withdraw",
            "a start, b flat, a complain, b withdraw, a prod, b flat, a complain, a blame, a complain",
            "a complain, a blame, a complain",
        ),
        "bad_guy": (
            "a start, b flat, a blame, b counter, a blame, b contempt, a dare, b dare, a contempt, b blame",
            "a complain, b blame, a counter, b contempt, a blame, b blame, a dare, b dare, a blame, b counter",
            "a start, b flat, a blame, b blame, a contempt, b counter, a dare, b dare, a blame, b contempt",
            "a start, b flat, a complain, b counter, a blame, b blame, a contempt, b contempt",
            "a blame, b counter, a counter, b blame, a dare, b dare, a threaten_leave, b contempt, a blame",
        ),
        "freeze_flee": (
            "a start, b cold, a complain, b cold, a cold, b withdraw, a withdraw",
            "a start, b flat, a complain, b cold, a cold, b cold, a withdraw, b withdraw",
            "a flat, b cold, a flat, b cold, a complain, b withdraw, a withdraw",
        ),
        "repair": (
            "a complain, b defend, a blame, b pause, a ease, b sorry, a forgive",
            "a complain, b defend, a blame, a own, b ease, a sorry, b forgive",
            "a blame, b defend, a complain, b own, b sorry, a forgive, b warm",
            "a complain, b counter, a blame, b hollow, a blame, b own, b sorry, a ease, a forgive",
            "a complain, b defend, a complain, b understand, a soften, b sorry, a forgive",
            "a complain, b counter, a pause, b ease, a own, b sorry, a forgive, a warm",
        ),
    },
)
"""Scripts of moves: `a` is the one who presses, `b` the other."""

POOLS: Mapping[str, str] = MappingProxyType(
    {
        "start": "quarrel_start",
        "flat": "quarrel_flat",
        "prod": "quarrel_prod",
        "dare": "quarrel_dare",
        "away": "turn_away_quarrel",
        "withdraw": "withdraw",
        "contempt": "contempt",
        "threaten_leave": "threaten_leave",
        "cold": "cold",
        "pause": "pause_with_return",
        "own": "own_reactivity",
        "ease": "ease",
        "soften": "ease",
        "understand": "validate_in_quarrel",
        "hollow": "apologise_hollow",
        "forgive": "forgive",
        "warm": "warm_after",
    },
)


@dataclass(frozen=True, slots=True)
class Fought:
    """A quarrel as it was written: the rows of its first and last message and of its last hard word, and who pressed."""

    shape: str
    presses: int
    topic: str
    first: int
    last: int
    hard: int


def quarrel(pen: Pen, shape: str, topic: Topic, *, presses: int) -> Fought:
    """Write a quarrel of a shape about a topic."""
    fills = pen.fills(it=topic.name, **topic.words)
    first = hard = len(pen.log)
    for number, move in enumerate(pen.dice.pick(MOVES[shape]).split(", ")):
        side, name = move.split()
        person = presses if side == "a" else 1 - presses
        if number:
            pen.pause(*(COLD if shape == "freeze_flee" else HEATED))
        row = _move(pen, person, name, topic, fills)
        if pen.log.acts_of(row) & HURT:
            hard = row
    return Fought(shape, presses, topic.name, first, len(pen.log) - 1, hard)


def _move(pen: Pen, person: int, name: str, topic: Topic, fills: Fills) -> int:
    if name == "pause":
        return _pause(pen, person, fills)
    if name in POOLS:
        return pen.say(person, pen.pick(POOLS[name], person), fills)
    return pen.say(person, pen.of(topic, name, person, pool=f"{name}_any"), fills)


def _pause(pen: Pen, person: int, fills: Fills) -> int:
    """Announce a pause with its end, and keep it: the next word falls when it was promised to."""
    minutes = pen.dice.pick((15, 20, 30, 40))
    back = pen.clock() + timedelta(minutes=minutes)
    fills["minutes"], fills["back"] = str(minutes), f"{back:%H:%M}"
    phrase = pen.pick("pause_with_return", person)
    row = pen.say(person, phrase, fills)
    pen.log.add_attribute(row, "own_reactivity", returns=back.isoformat())
    pen.at(pen.now + minutes * MINUTE)
    return row


def make_up(pen: Pen, person: int, topic: str) -> int:
    """Write the first warm word after a quarrel and the answer to it; return its row."""
    fills = pen.fills(it=topic)
    row = pen.say(person, pen.pick("first_warm", person), fills)
    pen.answer(1 - person)
    pen.say(1 - person, pen.pick("warm_back", 1 - person), fills)
    if pen.dice.chance(0.5):
        pen.answer(person)
        pen.say(person, pen.pick("warm_after", person), fills)
    return row
