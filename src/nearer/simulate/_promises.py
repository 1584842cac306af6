"""Promises as they are planted: given with a time or without, then kept, kept late, broken and named, or left open (constructs 7.15).

The word that closes a promise names the same thing, so that it can be found again. A due day lasts to its end, as people mean it; what the
one who waits acknowledges counts as kept in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from nearer.simulate._clock import DAY, HOUR
from nearer.simulate._dice import Dice
from nearer.simulate._pen import Pen
from nearer.simulate._phrases import Topic
from nearer.simulate._plan import Habits

GRACE = HOUR
"""A word up to this long after a due hour still counts as in time (the ledger's own rule)."""
DAY_END = time(23, 59)
TONIGHT_UNTIL, CLOCK_FROM, CLOCK_UNTIL = 19, 12, 16
"""Hours: `tonight` is said before seven, `by six` in the afternoon."""
WEEKDAYS_AHEAD, FARTHEST = 6, 25
"""Up to so many days ahead a weekday names the day; farther off the day of the month does."""
NAMED_AFTER = (2 * HOUR, 2 * DAY)
"""A broken promise is named so long after it was due."""
LATE_BY = (4 * HOUR, 3 * DAY)
UNDATED = (DAY, 6 * DAY)
"""A promise without a time is closed so long after it was given."""
ACKNOWLEDGED = 0.2
"""How often the one who waited says that it was done."""
HOURS = "twelve one two three four five six seven eight nine ten eleven".split()


@dataclass(slots=True)
class Pledge:
    """A promise in the story: who gave it, about what, its row, and what is planned to become of it when."""

    person: int
    topic: Topic
    row: int
    due: datetime | None
    state: str
    closes: int | None
    """UTC second of the word that closes it; None for one left open."""
    closed: int | None = None
    """Row of that word, once it is written."""


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment and the words that name it."""

    words: str
    at: datetime


def give(pen: Pen, person: int, topic: Topic, *, habits: Habits, asked: bool) -> Pledge:
    """Let somebody promise something, asked for it or not, and draw what becomes of it."""
    state = pen.dice.weighted({"kept": habits.kept, "late": habits.late, "broken": habits.broken, "open": habits.open})
    due = due_of(pen.clock(), dice=pen.dice, mean=habits.due_days) if state == "late" or pen.dice.chance(habits.dated) else None
    fills = pen.fills(due=due.words if due else "", **topic.words)
    pool = ("promise_asked" if asked else "promise") + ("" if due else "_undated")
    row = pen.say(person, pen.pick(pool, person), fills)
    pen.log.add_attribute(row, "promise", object=topic.words["do"], due=due.at.isoformat() if due else None, condition=None)
    pen.answer(1 - person)
    pen.say(1 - person, pen.pick("promise_taken", 1 - person), fills)
    return Pledge(person, topic, row, due.at if due else None, state, _closes(pen, person, state, due))


def due_of(said: datetime, *, dice: Dice, mean: float) -> Due:
    """Draw when something promised at `said` is due, about `mean` days ahead, in words that mean that moment."""
    ahead = min(int(dice.between(0.0, 2.0) * mean + 0.5), FARTHEST)
    if ahead == 0 and CLOCK_FROM <= said.hour < CLOCK_UNTIL and dice.chance(0.6):
        hour = said.hour + 2 + dice.below(4)
        return Due(f"by {HOURS[hour % 12]}", _at(said, 0, time(hour)))
    if ahead == 0 and said.hour < TONIGHT_UNTIL:
        return Due(dice.pick(("tonight", "today")), _at(said, 0, DAY_END))
    ahead = max(ahead, 1)
    if ahead == 1:
        return Due("tomorrow", _at(said, 1, DAY_END))
    day = said + timedelta(days=ahead)
    words = f"{dice.pick(('by', 'on'))} {day:%A}".lower() if ahead <= WEEKDAYS_AHEAD else f"by the {_nth(day.day)}"
    return Due(words, _at(said, ahead, DAY_END))


def _at(said: datetime, days: int, clock: time) -> datetime:
    """Return a wall clock so many days on."""
    return datetime.combine(said.date() + timedelta(days=days), clock, tzinfo=said.tzinfo)


def _nth(number: int) -> str:
    ending = "th" if number // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _closes(pen: Pen, person: int, state: str, due: Due | None) -> int | None:
    """Draw when a promise is closed, UTC second: while somebody is awake to write it."""
    given, dice = pen.now, pen.dice
    end = int(due.at.timestamp()) if due else given + int(dice.between(*UNDATED))
    if state == "open":
        return None
    if state == "broken":
        return pen.waking[1 - person].up(end + int(dice.between(*NAMED_AFTER)))
    if state == "late":
        return pen.waking[person].up(end + int(dice.between(*LATE_BY)))
    for share in (dice.between(0.25, 0.95), 0.6, 0.35, 0.85):
        second = given + int((end - given) * share)
        if pen.waking[person].is_awake(second):
            return second
    return end


def close(pen: Pen, pledge: Pledge) -> None:
    """Write the word that closes a promise, as it was planted, and note its row."""
    if pledge.state == "broken":
        _name_broken(pen, pledge)
        return
    passed = pledge.due is not None and pen.now > pledge.due.timestamp()
    seen = pledge.state == "kept" and (passed or pen.dice.chance(ACKNOWLEDGED))
    writer = 1 - pledge.person if seen else pledge.person
    fills = pen.fills(**pledge.topic.words)
    pool = "promise_seen" if seen else "promise_late" if pledge.state == "late" else "promise_kept"
    pledge.closed = pen.say(writer, pen.pick(pool, writer), fills)
    pen.answer(1 - writer)
    pen.say(1 - writer, pen.pick("modest" if seen else "promise_thanks", 1 - writer), fills)


def _name_broken(pen: Pen, pledge: Pledge) -> None:
    waits = 1 - pledge.person
    fills = pen.fills(**pledge.topic.words)
    pledge.closed = pen.say(waits, pen.pick("promise_broken", waits), fills)
    pen.answer(pledge.person)
    pen.say(pledge.person, pen.pick("promise_sorry", pledge.person), fills)
    pen.answer(waits)
    pen.say(waits, pen.pick("promise_forgiven", waits), fills)
