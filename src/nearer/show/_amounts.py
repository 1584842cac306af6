"""Values in words first, figures behind: "about six of ten" (look.md, Voice). One scale for each kind of number a measure can have.

A scale turns a value into words that fit after "answered" or "were", an interval into figures, and says from where to where a picture of it
runs. Rounding in words is coarse on purpose: a word must not be surer than the interval (constructs 9).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen")
MONTHS = tuple("January February March April May June July August September October November December".split())
ALMOST, TWENTIETH = 0.02, 0.075
FEW = 10
MINUTES, HOUR, HOURS, DAY, DAYS = 0.75, 1.5, 21, 36, 14 * 24
"""Up to how many hours a wait is said in minutes, as an hour, in hours, as a day, in days; beyond, in weeks."""
ONE_A_MONTH = 0.75
FOURTEEN = 14
AS_BEFORE = 0.3
"""So many spreads of somebody's own weeks are not heard as a change."""
EVEN, HALF_AGAIN = 1.25, 1.75
"""Up to which factor two counts are about the same, and one is about one and a half of the other."""
Steps = tuple[tuple[float, str], ...]

A_WEEK: Steps = (
    (0.02, "almost never"),
    (0.115, "less than once in two months"),
    (0.17, "less than once a month"),
    (0.35, "about once a month"),
    (0.75, "about once in two weeks"),
    (1.5, "about once a week"),
    (2.5, "about twice a week"),
)
LAG: Steps = (
    (0.4, "in about a third of the usual time"),
    (0.6, "in about half the usual time"),
    (0.7, "in about two thirds of the usual time"),
    (0.8, "in about three quarters of the usual time"),
    (0.95, "a little sooner than usual"),
    (1.05, "about as soon as usual"),
    (1.25, "a little later than usual"),
    (1.75, "in about one and a half times the usual time"),
    (2.5, "in about twice the usual time"),
)
REGULAR: Steps = (
    (0.5, "at changing times"),
    (0.85, "mostly in the same part of the day"),
    (0.97, "around the same time of day"),
    (2.0, "at almost the same time of day"),
)
"""Words for a value below each figure."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How a number is said (`words`), written in figures (`figure`, with its `unit` after an interval) and drawn (`domain`)."""

    words: Callable[[float], str]
    figure: Callable[[float], str]
    unit: str
    domain: Callable[[Sequence[float]], tuple[float, float]]
    middle: float | None = None
    """Where the picture has a line that means "as usual"."""

    def between(self, low: float, high: float) -> str:
        """Return an interval in figures."""
        first, second = self.figure(low), self.figure(high)
        return f"{first} {self.unit}".strip() if first == second else f"between {first} and {second} {self.unit}".strip()

    def exact(self, value: float) -> str:
        """Return a value in figures."""
        return f"{self.figure(value)} {self.unit}".strip()


def count_word(number: int) -> str:
    """Return a whole number as a word up to thirteen, as figures beyond."""
    return SMALL[number] if 0 <= number < len(SMALL) else f"{number:,}"


def day(time: datetime) -> str:
    """Return a date as one says it: 3 March 2026."""
    return f"{time.day} {MONTHS[time.month - 1]} {time.year}"


def share(value: float) -> str:
    """Return a share 0..1 as a part of ten, or of twenty near the ends."""
    if value < ALMOST:
        return "almost none"
    if value > 1 - ALMOST:
        return "almost all"
    if value < TWENTIETH:
        return "about one of twenty"
    if value > 1 - TWENTIETH:
        return "about nineteen of twenty"
    return f"about {SMALL[round(value * 10)]} of ten"


def rest(value: float) -> str:
    """Return the other part of a share."""
    return share(1 - value)


def a_week(value: float) -> str:
    """Return a rate as times a week, or as how many weeks lie between."""
    return _step(A_WEEK, value) or f"about {count_word(math.floor(value + 0.5))} times a week"


def hours(value: float) -> str:
    """Return a wait in minutes, hours, days or weeks, whichever one would say."""
    if value < MINUTES:
        minutes = max(1, round(value * 60))
        return f"about {minutes if minutes < FEW else round(minutes, -1)} minutes" if minutes > 1 else "about a minute"
    if value < HOUR:
        return "about an hour"
    if value < HOURS:
        return f"about {count_word(round(value))} hours"
    if value < DAY:
        return "about a day"
    days = round(value / 24)
    return f"about {count_word(days)} days" if value < DAYS else f"about {count_word(round(days / 7))} weeks"


def lag(value: float) -> str:
    """Return the logarithm of a reply time over the usual one."""
    factor = math.exp(value)
    return _step(LAG, factor) or f"in about {count_word(round(factor))} times the usual time"


def messages(value: float) -> str:
    """Return messages a week, with two figures."""
    if value < 1:
        return "less than one message a week"
    digits = max(0, math.floor(math.log10(value)) - 1)
    return f"about {count_word(round(round(value, -digits)))} message{_s(value)} a week"


def four_weeks(value: float) -> str:
    """Return quarrels in four weeks."""
    if value < ONE_A_MONTH:
        months = max(2, round(1 / max(value, 0.04) / 1.09))
        return f"about one quarrel in {count_word(months)} months"
    return f"about {count_word(round(value))} quarrel{_s(value)} in four weeks"


def balance(value: float) -> str:
    """Return the logarithm of warm messages over hard ones, as so many of the one for one of the other."""
    factor = math.exp(abs(value))
    first, second = ("warm", "hard") if value > 0 else ("hard", "warm")
    if factor < EVEN:
        return "as many warm as hard"
    return f"three {first} for two {second}" if factor < HALF_AGAIN else f"{count_word(round(factor))} {first} for one {second}"


def more_or_less(value: float) -> str:
    """Return a difference of two shares with its direction."""
    return f"{'more' if value > 0 else 'less'} often than before, by {difference(abs(value))}"


def spread(value: float) -> str:
    """Return how far weeks lie from the eight before, in spreads."""
    if abs(value) < AS_BEFORE:
        return "about as in the eight weeks before"
    return f"{'more' if value > 0 else 'less'} than in the eight weeks before"


def regular(value: float) -> str:
    """Return how regular a clock time is."""
    return _step(REGULAR, value)


def promises(value: float) -> str:
    """Return a number of promises."""
    return f"{count_word(round(value))} promise{_s(value)}"


def of_fourteen(value: float) -> str:
    """Return days kept of fourteen."""
    return "all of fourteen days" if round(value) >= FOURTEEN else f"{count_word(round(value))} of fourteen days"


def number(value: float) -> str:
    """Return a number of a measure that has no words yet."""
    return f"about {value:.2g}"


def difference(value: float) -> str:
    """Return the difference of two shares."""
    return "less than one of ten" if value < TWENTIETH else share(value)


def _step(steps: Steps, value: float) -> str:
    return next((words for below, words in steps if value < below), "")


def _s(value: float) -> str:
    return "" if round(value) == 1 else "s"


def _hundred(value: float) -> str:
    return f"{value * 100:.0f}"


def _tenths(value: float) -> str:
    return f"{value:.1f}" if value < FEW else f"{value:,.0f}"


def _factor(value: float) -> str:
    return f"{math.exp(value):.2f}"


def _hours(value: float) -> str:
    return f"{value:.1f} hours" if value < 2 * 24 else f"{value / 24:.1f} days"


def _whole(_: Sequence[float]) -> tuple[float, float]:
    return 0.0, 1.0


def _from_zero(ends: Sequence[float]) -> tuple[float, float]:
    return 0.0, max([*ends, 1e-9]) * 1.08


def _around_zero(ends: Sequence[float]) -> tuple[float, float]:
    far = max([abs(end) for end in ends] + [0.5]) * 1.08
    return -far, far


SCALES = {
    "share": Scale(share, _hundred, "of 100", _whole),
    "difference": Scale(difference, _hundred, "of 100", _whole),
    "week": Scale(a_week, _tenths, "a week", _from_zero),
    "hours": Scale(hours, _hours, "", _from_zero),
    "ratio": Scale(lag, _factor, "times the usual time", _around_zero, middle=0.0),
    "balance": Scale(balance, _factor, "warm messages for each hard one", _around_zero),
    "more_or_less": Scale(more_or_less, _hundred, "of 100", _around_zero, middle=0.0),
    "spread": Scale(spread, lambda value: f"{value:.1f}", "spreads of one's own weeks", _around_zero, middle=0.0),
    "messages": Scale(messages, _tenths, "a week", _from_zero),
    "fourweeks": Scale(four_weeks, _tenths, "in four weeks", _from_zero),
    "regular": Scale(regular, lambda value: f"{value:.2f}", "from 0 (any time) to 1 (the same minute)", _whole),
    "promises": Scale(promises, lambda value: f"{value:.0f}", "", _from_zero),
    "days": Scale(of_fourteen, lambda value: f"{value:.0f}", "days", lambda _: (0.0, 14.0)),
    "name": Scale(number, lambda value: f"{value:.2f}", "", _from_zero),
    "number": Scale(number, lambda value: f"{value:.3g}", "", _from_zero),
}
