"""Which number is the day: voted over the whole file, and the calendars phones print, as days since 1970.

An order of day and month is refuted by dates that cannot be read in it, and by time that would run backward again and again. What is
left when one order alone runs forward all the time is that one, and when neither speaks it is asked (`--dates`), never guessed. The year says its calendar: WhatsApp began in 2009, so 2565 is Buddhist, 1401
Persian, 1443 of the Hijra (Umm al-Qura), whatever the language; an era beside it says so outright.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

import numpy as np

from nearer.errors import ChoiceNeeded
from nearer.read._settings import Dates
from nearer.read._whatsapp_heads import (
    CLOCK,
    DATED,
    ERAS,
    HYPHEN,
    SPACED,
    YEAR_FIRST,
    YEAR_LAST,
    YEAR_SHORT,
    Heads,
    layout_of,
    separator_of,
)
from nearer.records import Flags, Ints

ORDERS: tuple[Dates, ...] = get_args(Dates)
MONTHS, DAYS = 12, 31

FIRST_SHORT = 9
"""WhatsApp began in 2009: a year of two digits below this is none."""

SHORT_BUDDHIST = 52
"""A year of two digits from here on is Buddhist (2552 = 2009): no phone has seen the Gregorian year 2052."""

FAR_BACK = 7 * 31
"""Days, of 31 a month and 372 a year, by which time must run back to count as running backward: a week late is a message on its way."""

AGAIN, TIMES = 2, 3
"""Time that runs back so often in one order, and so many times as often as in another, refutes it."""

A_DAY_BACK = 4
"""A day back is no more than this, counted so: from the first of March to the last of February. Phones sort messages by when they came."""

SURELY, CLEARLY = 4, 2
"""So many different numbers in the third place, and so many times as many as in the first, show that the year comes first."""

KNOWN_VALUES = 400
"""Different numbers of one place of a date that are told apart."""

UNIX_DAY = date(1970, 1, 1).toordinal()
GREGORIAN_YEARS, BUDDHIST_YEARS = range(1970, 2200), range(1970 + 543, 2200 + 543)
PERSIAN_YEARS, HIJRI_YEARS, MINGUO_YEARS = range(1388, 1430), range(1430, 1496), range(98, 200)
_ADDED = {"gregorian": 0, "buddhist": -543, "minguo": 1911, "reiwa": 2018, "heisei": 1988, "showa": 1925}
_CENTURY = {"gregorian": 2000, "buddhist": 2500}
_BY_YEAR = (
    (GREGORIAN_YEARS, "gregorian"),
    (BUDDHIST_YEARS, "buddhist"),
    (PERSIAN_YEARS, "persian"),
    (HIJRI_YEARS, "hijri"),
    (MINGUO_YEARS, "minguo"),
)


@dataclass(slots=True)
class Ballot:
    """What the dates of one way of writing them say about their order."""

    way: int
    seen: int = 0
    valid: dict[Dates, int] = field(default_factory=lambda: dict.fromkeys(ORDERS, 0))
    only: dict[Dates, int] = field(default_factory=lambda: dict.fromkeys(ORDERS, 0))
    back: dict[Dates, int] = field(default_factory=lambda: dict.fromkeys(ORDERS, 0))
    steps: dict[Dates, int] = field(default_factory=lambda: dict.fromkeys(ORDERS, 0))
    last: dict[Dates, int] = field(default_factory=dict)
    firsts: set[int] = field(default_factory=set)
    thirds: set[int] = field(default_factory=set)
    alike: bool = True

    def add(self, a: Ints, b: Ints, c: Ints) -> None:
        """Count the dates of one block, in their order."""
        valid = {order: _valid(a, b, c, order, way=self.way) for order in self._orders()}
        some = np.logical_or.reduce(list(valid.values()))
        self.seen += int(some.sum())
        for order, mask in valid.items():
            self.valid[order] += int(mask.sum())
            rivals = [other for other in valid if other != order and (other != "ymd" or order == "ymd")]
            self.only[order] += int((mask & ~np.logical_or.reduce([valid[other] for other in rivals])).sum())
            self._run(order, a[mask], b[mask], c[mask])
        self.alike = self.alike and bool((a[some] == b[some]).all())
        for known, values in ((self.firsts, a[some]), (self.thirds, c[some])):
            if len(known) < KNOWN_VALUES:
                known.update(np.unique(values).tolist())

    def _orders(self) -> tuple[Dates, ...]:
        return ORDERS if layout_of(self.way) == YEAR_SHORT else ("dmy", "mdy")

    def _run(self, order: Dates, a: Ints, b: Ints, c: Ints) -> None:
        """Count how often time runs back, and how often far back, when dates are read in this order."""
        if not len(a):
            return
        year, month, day = ((a, b, c)[order.index(letter)] for letter in "ymd")
        days = year * 372 + month * 31 + day
        before = self.last.get(order, int(days[0]))
        moved = np.diff(days, prepend=before)
        self.steps[order] += int((moved < -A_DAY_BACK).sum())
        self.back[order] += int((moved < -FAR_BACK).sum())
        self.last[order] = int(days[-1])

    def left(self) -> list[Dates]:
        """Return the orders that nothing refutes."""
        orders = list(self._orders())
        most = max(self.valid[order] for order in orders)
        orders = [order for order in orders if self.valid[order] == most]
        if "ymd" in orders and len(orders) > 1:
            orders = self._year_first_or_last(orders)
        least = min(self.back[order] for order in orders)
        orders = [order for order in orders if self.back[order] < max(AGAIN, TIMES * least + 1)]
        return [order for order in orders if not self.steps[order]] or orders

    def _year_first_or_last(self, orders: list[Dates]) -> list[Dates]:
        """Years change least. Where first and third change alike, only ways of writing that some language has with the year first stay."""
        firsts, thirds = len(self.firsts), len(self.thirds)
        if thirds >= max(SURELY, CLEARLY * firsts):
            return ["ymd"]
        in_doubt = firsts <= thirds and separator_of(self.way) in (HYPHEN, SPACED)
        return orders if in_doubt else [order for order in orders if order != "ymd"]


class Vote:
    """The ballots of a file, one for each way dates are written in it."""

    def __init__(self) -> None:
        self._ballots: dict[int, Ballot] = {}

    def add(self, heads: Heads) -> None:
        """Count the dates of one block."""
        ways = heads.shape % DATED
        for way in np.unique(ways).tolist():
            if layout_of(way) != YEAR_FIRST:
                rows = ways == way
                self._ballots.setdefault(way, Ballot(way)).add(heads.a[rows], heads.b[rows], heads.c[rows])

    def orders(self, ways: Sequence[int], *, file: str, said: Dates | None) -> tuple[dict[int, Dates], tuple[str, ...]]:
        """Return the order of each way that is in use, and what a person should know; raises ChoiceNeeded on a tie."""
        orders: dict[int, Dates] = dict.fromkeys(ways, "ymd")
        notes: list[str] = []
        doubtful = sorted((self._ballots[way] for way in ways if way in self._ballots), key=lambda ballot: -ballot.seen)
        for ballot in doubtful:
            if said and (said != "ymd" or layout_of(ballot.way) != YEAR_LAST):
                orders[ballot.way] = said
                notes.append(f"dates read as {said}, as you said")
                continue
            left = ballot.left()
            chief = orders[doubtful[0].way]
            if len(left) > 1 and ballot is not doubtful[0] and chief in left:
                left = [chief]
            if len(left) > 1 and not (ballot.alike and "ymd" not in left):
                raise ChoiceNeeded(f"{file}: no date tells whether {_question(left)} comes first.", "--dates", left)
            orders[ballot.way] = left[0]
            notes.append(_note(ballot, left[0]))
        return orders, tuple(dict.fromkeys(notes))


def day_of(numbers: tuple[int, int, int], *, order: Dates, era: int, short: bool) -> tuple[int, str] | None:
    """Return days since 1970 and the calendar of a date as it stands, None when there is no such day in any calendar we know."""
    year, month, day = (numbers[order.index(letter)] for letter in "ymd")
    calendar = ERAS[era]
    if not calendar and short:
        calendar, year = ("gregorian", year + 2000) if year < SHORT_BUDDHIST else ("buddhist", year + 2500)
    calendar = calendar or next((name for years, name in _BY_YEAR if year in years), "")
    try:
        return (_days(calendar, year, month, day), calendar) if calendar else None
    except ValueError:
        return None


def _days(calendar: str, year: int, month: int, day: int) -> int:
    if calendar == "persian":
        return _persian(year, month, day)
    if calendar == "hijri":
        return _umm_al_qura(year, month, day)
    century = _CENTURY.get(calendar, 0) if year < 100 else 0  # noqa: PLR2004 - two digits
    gregorian = year + century + _ADDED[calendar]
    if gregorian not in GREGORIAN_YEARS:
        raise ValueError("no year a phone could print")
    return date(gregorian, month, day).toordinal() - UNIX_DAY


def _persian(year: int, month: int, day: int) -> int:
    """Count days by the 33-year cycle, which is the astronomical calendar's for all years WhatsApp can print."""
    longest = 31 if month < 7 else 30 if month < MONTHS or (25 * year + 11) % 33 < 8 else 29  # noqa: PLR2004 - the calendar itself
    if not (1 <= month <= MONTHS and 1 <= day <= longest and year in PERSIAN_YEARS):
        raise ValueError("no such day")
    before = 365 * (year - 1) + (8 * year + 21) // 33
    return before + (month - 1) * 30 + min(month - 1, 6) + day - 1 - PERSIAN_UNIX_DAY


def _umm_al_qura(year: int, month: int, day: int) -> int:
    """Count days by the published months: 29 or 30 days each."""
    if year not in HIJRI_YEARS or not 1 <= month <= MONTHS:
        raise ValueError("no such month")
    place = (year - HIJRI_YEARS.start) * MONTHS + month - 1
    if not 1 <= day <= _HIJRI_STARTS[place + 1] - _HIJRI_STARTS[place]:
        raise ValueError("no such day")
    return int(_HIJRI_STARTS[place]) + day - 1


def _valid(a: Ints, b: Ints, c: Ints, order: Dates, *, way: int) -> Flags:
    year, month, day = ((a, b, c)[order.index(letter)] for letter in "ymd")
    valid: Flags = (month >= 1) & (month <= MONTHS) & (day >= 1) & (day <= DAYS)
    return valid & (year >= FIRST_SHORT) if layout_of(way) == YEAR_SHORT else valid


def _question(left: Sequence[Dates]) -> str:
    return "day, month or year" if "ymd" in left else "day or month"


def _note(ballot: Ballot, order: Dates) -> str:
    if ballot.only[order]:
        return f"dates read as {order} ({ballot.only[order]:,} of {ballot.seen:,} dates can only be that)"
    for counts in (ballot.back, ballot.steps):
        other, times = max(((one, times) for one, times in counts.items() if one != order), key=lambda pair: pair[1])
        if times > counts[order]:
            return f"dates read as {order} (as {other}, time would run backward {'once' if times == 1 else f'{times:,} times'})"
    return f"dates read as {order}"


PERSIAN_UNIX_DAY = 365 * 1347 + (8 * 1348 + 21) // 33 + 9 * 30 + 6 + 10
"""11 Dey 1348, the first of January 1970, as days since the first of the first."""

_LONG_MONTHS = "".join(CLOCK["umm_al_qura"]["years"])
_HIJRI_STARTS = np.cumsum([CLOCK["umm_al_qura"]["begins"].toordinal() - UNIX_DAY, *(29 + int(bit) for bit in _LONG_MONTHS)])
