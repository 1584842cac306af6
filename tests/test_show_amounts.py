"""Values in words: both sides of every step, and figures behind."""

import math
from datetime import UTC, datetime

import pytest

from nearer.show._amounts import (
    SCALES,
    balance,
    count_word,
    day,
    difference,
    four_weeks,
    hours,
    lag,
    messages,
    more_or_less,
    number,
    promises,
    regular,
    rest,
    share,
    spread,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "almost none"),
        (0.019, "almost none"),
        (0.02, "about one of twenty"),
        (0.074, "about one of twenty"),
        (0.076, "about one of ten"),
        (0.549, "about five of ten"),
        (0.551, "about six of ten"),
        (0.924, "about nine of ten"),
        (0.926, "about nineteen of twenty"),
        (0.98, "about nineteen of twenty"),
        (0.981, "almost all"),
        (1.0, "almost all"),
    ],
)
def test_shares_are_parts_of_ten_and_of_twenty_near_the_ends(value: float, words: str) -> None:
    assert share(value) == words
    assert rest(1 - value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.01, "almost never"),
        (0.05, "less than once in two months"),
        (0.16, "less than once a month"),
        (0.17, "about once a month"),
        (0.35, "about once in two weeks"),
        (0.74, "about once in two weeks"),
        (0.75, "about once a week"),
        (1.49, "about once a week"),
        (1.5, "about twice a week"),
        (2.5, "about three times a week"),
        (14.2, "about 14 times a week"),
    ],
)
def test_rates_are_times_a_week(value: float, words: str) -> None:
    assert SCALES["week"].words(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "about a minute"),
        (5 / 60, "about 5 minutes"),
        (0.74, "about 40 minutes"),
        (0.75, "about an hour"),
        (1.5, "about two hours"),
        (20.9, "about 21 hours"),
        (21, "about a day"),
        (36, "about two days"),
        (335, "about 14 days"),
        (336, "about two weeks"),
    ],
)
def test_waits_are_minutes_hours_days_or_weeks(value: float, words: str) -> None:
    assert hours(value) == words


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (0.5, "in about half the usual time"),
        (0.65, "in about two thirds of the usual time"),
        (0.94, "a little sooner than usual"),
        (1.0, "about as soon as usual"),
        (1.06, "a little later than usual"),
        (1.5, "in about one and a half times the usual time"),
        (2.0, "in about twice the usual time"),
        (4.0, "in about four times the usual time"),
    ],
)
def test_reply_times_stand_beside_the_usual_one(factor: float, words: str) -> None:
    assert lag(math.log(factor)) == words


def test_messages_have_two_figures() -> None:
    assert messages(0.4) == "less than one message a week"
    assert messages(1) == "about one message a week"
    assert messages(94.4) == "about 94 messages a week"
    assert messages(1234) == "about 1,200 messages a week"


def test_quarrels_promises_days_and_differences() -> None:
    assert four_weeks(0.25) == "about one quarrel in four months"
    assert four_weeks(0.0) == "about one quarrel in 23 months"
    assert four_weeks(1.2) == "about one quarrel in four weeks"
    assert four_weeks(2.6) == "about three quarrels in four weeks"
    assert promises(1) == "one promise"
    assert promises(3) == "three promises"
    assert SCALES["days"].words(11) == "eleven of fourteen days"
    assert SCALES["days"].words(14) == "all of fourteen days"
    assert difference(0.05) == "less than one of ten"
    assert difference(0.31) == "about three of ten"
    assert number(3.14159) == "about 3.1"
    assert regular(0.3) == "at changing times"
    assert regular(1.0) == "at almost the same time of day"


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1.0, "as many warm as hard"),
        (1.24, "as many warm as hard"),
        (1.26, "three warm for two hard"),
        (1.76, "two warm for one hard"),
        (1 / 1.26, "three hard for two warm"),
        (1 / 5, "five hard for one warm"),
        (37, "37 warm for one hard"),
    ],
)
def test_warm_and_hard_stand_beside_each_other(factor: float, words: str) -> None:
    assert balance(math.log(factor)) == words


def test_changes_say_their_direction_and_small_ones_are_none() -> None:
    assert more_or_less(0.2) == "more often than before, by about two of ten"
    assert more_or_less(-0.05) == "less often than before, by less than one of ten"
    assert [spread(value) for value in (-0.29, 0.29)] == ["about as in the eight weeks before"] * 2
    assert [spread(value) for value in (-0.31, 0.31)] == ["less than in the eight weeks before", "more than in the eight weeks before"]


def test_words_for_counts_end_at_thirteen() -> None:
    assert [count_word(n) for n in (0, 1, 13, 14, 1300)] == ["no", "one", "thirteen", "14", "1,300"]


def test_intervals_are_figures_with_their_unit() -> None:
    assert SCALES["share"].between(0.581, 0.66) == "between 58 and 66 of 100"
    assert SCALES["share"].between(0.581, 0.582) == "58 of 100"
    assert SCALES["hours"].between(1.04, 60) == "between 1.0 hours and 2.5 days"
    assert SCALES["week"].exact(1.44) == "1.4 a week"
    assert SCALES["messages"].exact(1234.4) == "1,234 a week"


def test_a_picture_of_shares_is_whole_and_others_reach_just_past_the_largest() -> None:
    assert SCALES["share"].domain([0.2, 0.4]) == (0.0, 1.0)
    low, high = SCALES["week"].domain([1.0, 2.0])
    assert low == 0
    assert 2.0 < high < 2.5
    low, high = SCALES["ratio"].domain([-1.0, 0.2])
    assert low == -high
    assert SCALES["week"].domain([])[1] > 0


def test_a_day_is_said_as_one_says_it() -> None:
    assert day(datetime(2026, 3, 1, tzinfo=UTC)) == "1 March 2026"
