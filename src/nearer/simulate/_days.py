"""When something can happen: the hours of a day in which the two can meet in a chat, and when on them a sitting begins.

A sitting begins four hours or more after the last message (constructs 7.0), while both are awake; where their days hardly meet, while the
one who opens it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from nearer.simulate._clock import ASLEEP, DAY_MINUTES, HOUR, MINUTE, Calendar, minutes
from nearer.simulate._dice import Dice
from nearer.simulate._plan import Plan

APART = 4 * HOUR + 5 * MINUTE
"""So long after the last message the next sitting may begin."""
SITTING_MINUTES = 300
"""Room that one sitting takes of a day, the four hours after it included."""
EDGE = 30
"""Minutes after waking and before sleeping in which no sitting begins."""
LEAST_TOGETHER = 120
"""Minutes; below it a day has no common hours."""

Span = tuple[int, int]


def together(plan: Plan) -> tuple[Span, ...]:
    """Return the minutes of a day (from midnight, past 1440 for the small hours) in which both are awake, else those of the first."""
    first, second = (_awake(minutes(habits.wakes)) for habits in plan.habits)
    both = [(max(a, c + shift), min(b, d + shift)) for a, b in [first] for c, d in [second] for shift in (-DAY_MINUTES, 0, DAY_MINUTES)]
    spans = tuple(sorted((low + EDGE, high - EDGE) for low, high in both if high - low > 2 * EDGE))
    return spans if sum(high - low for low, high in spans) >= LEAST_TOGETHER else ((first[0] + EDGE, first[1] - EDGE),)


def _awake(wakes: int) -> Span:
    return wakes, wakes + DAY_MINUTES - ASLEEP * 60


def next_sitting(calendar: Calendar, day: int, *, spans: Sequence[Span], left: int, now: int, dice: Dice) -> int | None:
    """Return when the next of `left` sittings of a day begins (UTC second), or None where the day has no room for it any more."""
    free = [(max(calendar.at(day, low), now + APART), calendar.at(day, high)) for low, high in spans]
    free = [(low, high) for low, high in free if high > low]
    room = sum(high - low for low, high in free)
    if not free:
        return None
    room = max(room - (left - 1) * SITTING_MINUTES * MINUTE, room // (2 * left))
    offset = int(min(dice.unit() for _ in range(left)) * room)
    for low, high in free:
        if offset < high - low:
            return low + offset
        offset -= high - low
    return None
