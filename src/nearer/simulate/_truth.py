"""Truth: what was planted in a story and what came of it, as plain data that JSON can hold. Messages are named by their ids.

`planted` are the plan's figures, the rest are counts of what was written. A sitting ends at four hours without a message (constructs 7.0);
engaged counts those a person opened out of care, in the first lines in a row (7.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from nearer.records import Flags
from nearer.simulate._clock import HOUR
from nearer.simulate._log import Log
from nearer.simulate._pen import Pen
from nearer.simulate._phrases import to_mask
from nearer.simulate._plan import Plan
from nearer.simulate._promises import Pledge
from nearer.simulate._story import Kept, MadeUp, Story

SITTING_GAP = 4 * HOUR
FIRST_LINES = 3
CARE = to_mask("bid_connect", "curious_question", "plan_ritual")
WARM = to_mask(
    *("comfort", "validate", "celebrate", "appreciate", "humour", "own_reactivity", "apologise", "forgive", "bid_connect", "plan_ritual"),
)
"""A warm word (constructs 7.9)."""
WARM_WITHIN = 40
"""Messages after a quarrel's last hard word among which its own warm one lies, where it was repaired at once."""
WEEK = 7


def truth_of(story: Story, *, people: Sequence[str], ids: Sequence[str], seed: int) -> dict[str, Any]:
    """Return the truth of a story that was told; `ids` are those of its messages, row by row."""
    pen, plan = story.pen, story.plan
    return {
        "people": list(people),
        "seed": seed,
        "start": pen.calendar.start.isoformat(),
        "days": plan.days,
        "messages": len(pen.log),
        "without_act": len(pen.log) - int((pen.log.acts != 0).sum()),
        "directions": _directions(story, people),
        "quarrels": [_quarrel(pen, made_up, people, ids) for made_up in story.quarrels],
        "promises": [_promise(pen, pledge, people, ids) for pledge in story.pledges],
        "rituals": [_ritual(pen, kept, people, plan) for kept in story.rituals],
        "drift": asdict(plan.drift) if plan.drift else None,
        "calls_not_seen": [
            {
                "at": pen.calendar.local(call.second).isoformat(),
                "person": people[call.person],
                "answers": None if call.answers is None else ids[call.answers],
            }
            for call in story.calls_not_seen
        ],
    }


def _directions(story: Story, people: Sequence[str]) -> list[dict[str, Any]]:
    """Return, for each of the two, how they answered the other one and how often they opened."""
    opens, cares = openings(story.pen.log)
    who = story.pen.log.persons
    weeks = round(story.plan.days / WEEK, 2)
    rows = []
    for person, (side, habits) in enumerate(zip(story.sides, story.plan.habits, strict=True)):
        own = opens & (who == person)
        rows.append(
            {
                "person": people[person],
                "toward": people[1 - person],
                "accessible": {"planted": habits.accessible, "part": side.answered, "whole": side.bids},
                "responsive": {"planted": habits.responsive, "part": side.fitting, "whole": side.told},
                "engaged": {"planted": habits.engaged, "part": int((own & cares).sum()), "weeks": weeks},
                "opened": {"part": int(own.sum()), "whole": int(opens.sum())},
            },
        )
    return rows


def openings(log: Log) -> tuple[Flags, Flags]:
    """Return which lines open a sitting, and which of those do so out of care."""
    seconds, who, acts = log.seconds, log.persons, log.acts
    if not len(seconds):
        return np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.bool_)
    opens = np.concatenate([[True], np.diff(seconds) >= SITTING_GAP])
    cares = (acts & CARE) != 0
    same = np.concatenate([[False], (np.diff(who) == 0)])
    first = cares.copy()
    row = np.ones(len(who), dtype=np.bool_)
    for ahead in range(1, FIRST_LINES):
        row = row & np.concatenate([same[ahead:], np.zeros(min(ahead, len(same)), dtype=np.bool_)])[: len(row)]
        first |= row & np.concatenate([cares[ahead:], np.zeros(min(ahead, len(cares)), dtype=np.bool_)])[: len(row)]
    return opens, opens & first


def _quarrel(pen: Pen, made_up: MadeUp, people: Sequence[str], ids: Sequence[str]) -> dict[str, Any]:
    fought = made_up.fought
    warm = _first_warm(pen.log, fought.hard) if made_up.warm is None and fought.shape == "repair" else made_up.warm
    hard = pen.log.second_of(fought.hard)
    return {
        "shape": fought.shape,
        "presses": people[fought.presses],
        "start": _when(pen, fought.first),
        "end": _when(pen, fought.last),
        "messages": [ids[row] for row in range(fought.first, fought.last + 1)],
        "last_hard": ids[fought.hard],
        "first_warm": None if warm is None else ids[warm],
        "warm_by": None if warm is None else people[int(pen.log.persons[warm])],
        "hours": None if warm is None else round((pen.log.second_of(warm) - hard) / HOUR, 4),
    }


def _first_warm(log: Log, hard: int) -> int | None:
    return next((row for row in range(hard + 1, min(hard + WARM_WITHIN, len(log))) if log.acts_of(row) & WARM), None)


def _promise(pen: Pen, pledge: Pledge, people: Sequence[str], ids: Sequence[str]) -> dict[str, Any]:
    closed = pledge.closed
    return {
        "person": people[pledge.person],
        "object": pledge.topic.words["do"],
        "given": ids[pledge.row],
        "given_at": _when(pen, pledge.row),
        "due": None if pledge.due is None else pledge.due.isoformat(),
        "planted": pledge.state,
        "state": "open" if closed is None else pledge.state,
        "closed": None if closed is None else ids[closed],
        "closed_at": None if closed is None else _when(pen, closed),
    }


def _ritual(pen: Pen, kept: Kept, people: Sequence[str], plan: Plan) -> dict[str, Any]:
    ritual = kept.ritual
    days = [pen.calendar.local(pen.log.second_of(row)).date().isoformat() for row in kept.rows]
    stopped = ritual.stops is not None and ritual.stops < plan.days
    return {
        "what": ritual.what,
        "person": people[ritual.giver],
        "planted": ritual.kept,
        "days": days,
        "stopped": _day(pen, ritual.stops) if stopped and ritual.stops is not None else None,
        "last": days[-1] if days else None,
    }


def _day(pen: Pen, day: int) -> str:
    found: date = pen.calendar.date(day)
    return found.isoformat()


def _when(pen: Pen, row: int) -> str:
    return pen.calendar.local(pen.log.second_of(row)).isoformat()
