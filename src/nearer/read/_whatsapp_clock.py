"""The export's clock: days and seconds of the day, as they stand on a wall, to microseconds of UTC, many at once.

On a day whose clock never changes that is one subtraction. On the others each message is looked at: in the hour that comes twice, the
second one is meant when the first is already past, so time does not run backward within it; a time that the clock skipped is read as the
clock would have gone on.
"""

from datetime import UTC, datetime, timedelta

import numpy as np

from nearer.records import EPOCH, Ints, to_microseconds, zone

DAY = 86_400
MICROSECONDS = 1_000_000


class Clock:
    """The clock of one zone, going through one file."""

    def __init__(self, tz: str) -> None:
        self.zone = zone(tz)
        self.last = 0
        self._offsets: dict[int, int | None] = {}

    def read(self, days: Ints, seconds: Ints) -> Ints:
        """Return microseconds of UTC for days since 1970 and seconds of the day, in the order of the file."""
        if not len(days):
            return np.zeros(0, dtype=np.int64)
        runs = np.flatnonzero(np.diff(days, prepend=days[0] - 1))
        offsets = [self._offset(day) for day in days[runs].tolist()]
        lengths = np.diff(runs, append=len(days))
        plain = np.repeat(np.array([offset or 0 for offset in offsets], dtype=np.int64), lengths)
        times = (days * DAY + seconds - plain) * MICROSECONDS
        for run, offset, length in zip(runs.tolist(), offsets, lengths.tolist(), strict=True):
            if offset is None:
                self._one_by_one(times, days, seconds, rows=range(run, run + length))
        self.last = int(times[-1])
        return times

    def _offset(self, day: int) -> int | None:
        """Return the offset from UTC of a whole day in seconds, None where the clock changes on it."""
        if day not in self._offsets:
            begin, end = self._wall(day, 0).utcoffset(), self._wall(day + 1, 0).utcoffset()
            self._offsets[day] = int(begin.total_seconds()) if begin is not None and begin == end else None
        return self._offsets[day]

    def _wall(self, day: int, second: int) -> datetime:
        return (EPOCH + timedelta(days=day, seconds=second)).replace(tzinfo=self.zone)

    def _one_by_one(self, times: Ints, days: Ints, seconds: Ints, *, rows: range) -> None:
        for row in rows:
            last = int(times[row - 1]) if row else self.last
            wall = self._wall(int(days[row]), int(seconds[row]))
            first, second = (to_microseconds(wall.replace(fold=fold).astimezone(UTC)) for fold in (0, 1))
            times[row] = second if first < last <= second else first
