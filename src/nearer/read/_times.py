"""Times as tables write them, and the vote on the order of day and month."""

import re
from datetime import UTC, datetime
from typing import get_args

from nearer.read._rows import FIRST_TIME, LAST_TIME
from nearer.read._settings import Dates
from nearer.records import to_microseconds, zone

EPOCH_STEPS = ((10**11, 1_000_000), (10**14, 1_000), (10**17, 1))
"""(below this, microseconds in one): a bare number is seconds, milliseconds or microseconds since 1970 by its size."""

NUMBER_LENGTH = 24
"""Characters of the longest number that is taken for a time."""

TIME_LENGTH = 64
"""Characters of the longest text that is taken for a time."""

CENTURY_FROM = 70
"""Two-digit years from here on are 1900s, those below 2000s (POSIX)."""

MONTHS, DAYS, NOON = 12, 31, 12

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_WRITTEN = re.compile(
    r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})"
    r"(?:,?[ T\u00a0\u202f]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?[ \u00a0\u202f]?([AaPp])?(?:\.?[Mm]\.?)?)?",
    re.ASCII,
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Votes:
    """What the dates of a file say about the order of day and month."""

    def __init__(self) -> None:
        self.seen = 0
        self._only = dict.fromkeys(get_args(Dates), 0)

    def add(self, given: object) -> bool:
        """Count one time if it is a date whose order is not plain; says whether it is one."""
        found = _written(given)
        if found is None or len(found[1]) == 4:  # noqa: PLR2004 - a year of four digits that comes first leaves no doubt
            return False
        first, second = int(found[1]), int(found[3])
        day_first = 1 <= first <= DAYS and 1 <= second <= MONTHS
        month_first = 1 <= first <= MONTHS and 1 <= second <= DAYS
        if not (day_first or month_first):
            return False
        self.seen += 1
        if day_first != month_first:
            self._only["dmy" if day_first else "mdy"] += 1
        return True

    def certain(self, order: Dates) -> int:
        """Return how many dates can only be read in this order."""
        return self._only[order]

    def winner(self) -> Dates | None:
        """Return the order most certain dates have, None on a tie."""
        if self._only["dmy"] == self._only["mdy"]:
            return None
        return "dmy" if self._only["dmy"] > self._only["mdy"] else "mdy"


def to_time(given: object, *, tz: str, dates: Dates | None) -> int | None:
    """Return microseconds since 1970 in UTC, None for what is no time (or a date whose order nobody said)."""
    if isinstance(given, str):
        given = given.strip()
        if len(given) > TIME_LENGTH:
            return None
        if len(given) <= NUMBER_LENGTH and _NUMBER.fullmatch(given):
            return _epoch(float(given) if "." in given else int(given))
        return _from_words(given, tz=tz, dates=dates)
    if isinstance(given, datetime):
        return _to_utc(given, tz)
    if isinstance(given, int | float) and not isinstance(given, bool):
        return _epoch(given)
    return None


def _epoch(number: float) -> int | None:
    for below, step in EPOCH_STEPS:
        if abs(number) < below:
            at = int(number * step) if isinstance(number, int) else round(number * step)
            return at if FIRST_TIME <= at // 1_000_000 <= LAST_TIME else None
    return None


def _from_words(given: str, *, tz: str, dates: Dates | None) -> int | None:
    try:
        if _ISO.match(given):
            return _to_utc(datetime.fromisoformat(given.replace(" UTC", "+00:00")), tz)
        found = _written(given)
        return _to_utc(_dated(found, dates), tz) if found else None
    except ValueError:
        return None


def _dated(found: re.Match[str], dates: Dates | None) -> datetime:
    parts = (found[1], found[3], found[4])
    order = "ymd" if len(found[1]) == 4 else dates  # noqa: PLR2004 - a year of four digits
    if order is None:
        raise ValueError("day or month first")
    year, month, day = (parts[order.index(letter)] for letter in "ymd")
    hour, half = int(found[5] or 0), (found[8] or "").lower()
    if half:
        if not 1 <= hour <= NOON:
            raise ValueError("no hour of twelve")
        hour = hour % NOON + (NOON if half == "p" else 0)
    return datetime(_year(year), int(month), int(day), hour, int(found[6] or 0), int(found[7] or 0))  # noqa: DTZ001 - _to_utc knows the zone


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year >= CENTURY_FROM else 2000)  # noqa: PLR2004 - two digits


def _to_utc(time: datetime, tz: str) -> int | None:
    try:
        return to_microseconds((time if time.tzinfo else time.replace(tzinfo=zone(tz))).astimezone(UTC))
    except OverflowError:
        return None


def _written(given: object) -> re.Match[str] | None:
    return _WRITTEN.fullmatch(given.strip()) if isinstance(given, str) and len(given) <= TIME_LENGTH and not _ISO.match(given) else None
