"""Days and waking hours: wall clock times of a zone as seconds in UTC, summer time included, and how long somebody is awake.

All reckoning is in UTC seconds, so that order survives the night on which the clocks change. A person sleeps ASLEEP hours before the time
they wake, every day (constructs 7.0: the quietest seven hours).
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, timedelta

from nearer.records import zone

MINUTE, HOUR, DAY = 60, 3_600, 86_400
"""Seconds."""
DAY_MINUTES = 1_440
ASLEEP = 7
"""Hours of sleep."""
MARGIN = 60
"""Sleep is laid out this many days past the end: a late answer may come after the last day."""


def minutes(clock: str) -> int:
    """Return the minutes since midnight of a wall clock such as `07:30`; raises ValueError for anything else."""
    hour, minute = clock.split(":")
    made = int(hour) * 60 + int(minute)
    if not 0 <= made < DAY_MINUTES or not 0 <= int(minute) < 60:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(clock)
    return made


class Calendar:
    """The days of a story: `at` turns a day and its minute into UTC seconds, `local` turns them back."""

    def __init__(self, start: date, *, tz: str) -> None:
        self.start, self.zone = start, zone(tz)
        self._midnights: dict[int, tuple[int, bool]] = {}

    def at(self, day: int, minute: float) -> int:
        """Return the UTC second of a minute (0 or more, past 1440 for the next day) of a day of the story."""
        more, rest = divmod(minute, DAY_MINUTES)
        day += int(more)
        midnight, plain = self._midnight(day)
        if plain:
            return midnight + int(rest * MINUTE)
        return self._second(day, rest)

    def local(self, second: int) -> datetime:
        """Return the wall clock of a UTC second."""
        return datetime.fromtimestamp(second, tz=self.zone)

    def day(self, second: int) -> int:
        """Return the day of the story on which a UTC second lies."""
        return (self.local(second).date() - self.start).days

    def date(self, day: int) -> date:
        """Return the date of a day of the story."""
        return self.start + timedelta(days=day)

    def _midnight(self, day: int) -> tuple[int, bool]:
        """Return when a day begins, and whether it has 24 hours."""
        known = self._midnights.get(day)
        if known is None:
            begins = self._second(day, 0)
            known = self._midnights[day] = (begins, self._second(day + 1, 0) - begins == DAY)
        return known

    def _second(self, day: int, minute: float) -> int:
        wall = datetime.combine(self.date(day), datetime.min.time()) + timedelta(minutes=minute)
        return int(wall.replace(tzinfo=self.zone).timestamp())


class Waking:
    """When one person is awake: not in the ASLEEP hours before `wakes` (minutes since midnight) on the wall clock."""

    def __init__(self, calendar: Calendar, *, wakes: int, days: int) -> None:
        nights = range(-1, days + MARGIN)
        self._sleeps = [calendar.at(day, wakes - ASLEEP * 60 + DAY_MINUTES) for day in nights]
        self._wakes = [calendar.at(day + 1, wakes) for day in nights]

    def is_awake(self, second: int) -> bool:
        """Say whether the person is awake then."""
        return self.up(second) == second

    def up(self, second: int) -> int:
        """Return the first moment from `second` on at which the person is awake."""
        night = bisect_right(self._sleeps, second) - 1
        return self._wakes[night] if night >= 0 and second < self._wakes[night] else second

    def after(self, second: int, waking: float) -> int:
        """Return the moment after so many waking seconds."""
        second, left = self.up(second), int(waking)
        night = bisect_right(self._sleeps, second)
        while night < len(self._sleeps) and second + left >= self._sleeps[night]:
            left -= self._sleeps[night] - second
            second = self._wakes[night]
            night += 1
        return second + left
