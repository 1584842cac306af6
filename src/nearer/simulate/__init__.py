"""Simulate: a relationship of two people with planted truth, from a plan and a seed.

`simulate` returns the messages with their true acts as labels (no ear heard them) and the truth that was planted: who answers whom, quarrels,
promises, rituals and the day one of them stops. The same plan and seed make the same messages on every machine; there is no clock in it.
`write_whatsapp` and `write_telegram` write such messages as the exports of those apps. Presets lie in `plans/`, words in `phrases/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from nearer.errors import UsageError
from nearer.records import Kind, Relationship
from nearer.simulate._clock import Calendar
from nearer.simulate._dice import Dice
from nearer.simulate._exports import write_telegram, write_whatsapp
from nearer.simulate._pen import Pen
from nearer.simulate._phrases import load_book
from nearer.simulate._plan import Plan, load_plan, plan_names, plan_of
from nearer.simulate._story import Story
from nearer.simulate._truth import truth_of

__all__ = [
    "EXAMPLE_SEED",
    "Plan",
    "Simulated",
    "example",
    "example_plan",
    "load_plan",
    "plan_names",
    "plan_of",
    "simulate",
    "write_telegram",
    "write_whatsapp",
]

START = date(2025, 3, 1)
PAIR = 2
EXAMPLE = "example"
EXAMPLE_SEED = 45
"""The seed of the built-in example: with it every measure has something to tell."""
FILE = "simulated"


@dataclass(frozen=True, slots=True)
class Simulated:
    """A relationship whose acts are labels, and the truth that was planted in it (plain data, ready for JSON)."""

    relationship: Relationship
    truth: Mapping[str, Any]

    def without_labels(self) -> Relationship:
        """Return the relationship as a reader would have read it: nothing was heard yet."""
        return replace(self.relationship, messages=replace(self.relationship.messages, senses=None))


def simulate(
    plan: Plan,
    *,
    seed: int,
    people: Sequence[str] = ("Ana", "Ben"),
    start: date = START,
    tz: str = "Europe/Berlin",
    kind: Kind = "partner",
) -> Simulated:
    """Tell the story of a plan; raises UsageError unless there are two people with different names."""
    if len(people) != PAIR or len(set(people)) != PAIR or not all(people):
        raise UsageError("A simulated relationship has two people with different names.")
    dice = Dice(np.random.default_rng(abs(seed)))
    pen = Pen(plan, book=load_book(), calendar=Calendar(start, tz=tz), people=people, dice=dice)
    story = Story(plan, pen=pen, dice=dice)
    story.tell()
    messages = pen.log.to_messages(people, conversation=people[1], file=FILE, tz=tz)
    relationship = Relationship(kind=kind, people=tuple(people), messages=messages, tz=tz)
    return Simulated(relationship, truth_of(story, people=people, ids=messages.ids, seed=seed))


def example() -> Simulated:
    """Return the built-in example: the plan `example`, told with its own seed."""
    return simulate(example_plan(), seed=EXAMPLE_SEED)


def example_plan() -> Plan:
    """Return the plan of the built-in example: a year of Ana and Ben."""
    return load_plan(EXAMPLE)
