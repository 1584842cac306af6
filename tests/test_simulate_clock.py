"""Days of a story on a wall clock, who is awake when, and when a sitting may begin; summer time included."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from nearer.simulate._clock import DAY, HOUR, MINUTE, Calendar, Waking, minutes
from nearer.simulate._days import APART, EDGE, next_sitting, together
from nearer.simulate._dice import Dice
from nearer.simulate._plan import Habits, Plan

BERLIN = "Europe/Berlin"
SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)
"""The nights on which the clocks change."""


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


def test_minutes_since_midnight() -> None:
    assert [minutes(clock) for clock in ("00:00", "07:30", "23:59")] == [0, 450, 1439]


def test_a_day_and_a_minute_are_a_moment_and_back() -> None:
    calendar = Calendar(date(2025, 3, 1), tz=BERLIN)
    assert calendar.at(0, 450) == utc(2025, 3, 1, 6, 30)
    assert calendar.at(0, 1440 + 60) == utc(2025, 3, 2, 0, 0)
    assert calendar.day(utc(2025, 3, 1, 22, 59)) == 0
    assert calendar.day(utc(2025, 3, 1, 23, 0)) == 1
    assert calendar.date(31) == date(2025, 4, 1)


def test_a_wall_clock_keeps_its_hour_when_the_clocks_change() -> None:
    spring, autumn = Calendar(SPRING, tz=BERLIN), Calendar(AUTUMN, tz=BERLIN)
    assert spring.local(spring.at(0, 450)).strftime("%H:%M %z") == "07:30 +0200"
    assert autumn.local(autumn.at(0, 450)).strftime("%H:%M %z") == "07:30 +0100"
    assert spring.at(1, 0) - spring.at(0, 0) == DAY - HOUR
    assert autumn.at(1, 0) - autumn.at(0, 0) == DAY + HOUR


def test_asleep_are_the_seven_hours_before_waking() -> None:
    calendar = Calendar(date(2025, 6, 1), tz="UTC")
    waking = Waking(calendar, wakes=minutes("07:00"), days=3)
    assert [waking.is_awake(utc(2025, 6, 2, hour)) for hour in (0, 6, 7, 23)] == [False, False, True, True]
    assert waking.up(utc(2025, 6, 2, 3)) == utc(2025, 6, 2, 7)
    assert waking.after(utc(2025, 6, 1, 23), 2 * HOUR) == utc(2025, 6, 2, 8)


def test_somebody_on_night_shifts_sleeps_by_day() -> None:
    waking = Waking(Calendar(date(2025, 6, 1), tz="UTC"), wakes=minutes("15:00"), days=3)
    assert [waking.is_awake(utc(2025, 6, 2, hour)) for hour in (2, 7, 8, 14, 15)] == [True, True, False, False, True]


def test_the_common_hours_of_two_days_that_overlap_twice() -> None:
    nights = Plan(habits=(Habits(wakes="06:45"), Habits(wakes="15:00")))
    assert together(nights) == ((405 + EDGE, 480 - EDGE), (900 + EDGE, 1425 - EDGE))


def test_two_who_are_never_awake_together_have_the_hours_of_the_first() -> None:
    days = together(Plan(habits=(Habits(wakes="07:00"), Habits(wakes="07:00"))))
    assert days == ((420 + EDGE, 1440 - EDGE),)


@pytest.mark.parametrize("left", [1, 2, 4])
def test_a_sitting_begins_four_hours_after_the_last_word_and_within_the_common_hours(left: int) -> None:
    calendar, dice = Calendar(date(2025, 6, 1), tz="UTC"), Dice(np.random.default_rng(1))
    now = calendar.at(0, 450)
    for _ in range(200):
        second = next_sitting(calendar, 0, spans=((450, 1400),), left=left, now=now, dice=dice)
        assert second is not None
        assert now + APART <= second < calendar.at(0, 1400)


def test_a_day_that_is_over_has_no_room_for_a_sitting() -> None:
    calendar, dice = Calendar(date(2025, 6, 1), tz="UTC"), Dice(np.random.default_rng(1))
    late = calendar.at(0, 1400) - APART
    assert next_sitting(calendar, 0, spans=((450, 1400),), left=1, now=late, dice=dice) is None
    assert next_sitting(calendar, 0, spans=((450, 1400),), left=1, now=late - MINUTE, dice=dice) is not None
