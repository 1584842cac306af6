"""Distance: one's own weeks against one's own past; a trend only where the same weeks in another order hardly ever show one."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from conversation import an_ear, from_arrays, only, talk
from nearer.columns import Texts
from nearer.records import EMOTION_INDEX, EarErrors, Finding, Flags, Relationship
from nearer.relate._heard import Heard
from nearer.relate.distance import BASELINE, LEAST, Past, find_trend, measure, weeks_of

DAYS = 7 * 42
ACTS: Mapping[str, float] = {"disclose_feeling": 0.1, "curious_question": 0.12, "comfort": 0.1, "plan_ritual": 0.08}


def chat(
    *, days: int = DAYS, since: int | None = None, factor: float = 0.4, seed: int = 1, errors: EarErrors | None = None
) -> Relationship:
    """Ana and Ben write about fourteen messages a day in two conversations; from day `since` on Ben writes `factor` of his."""
    random = np.random.default_rng(seed)
    rows = []
    for day in range(days):
        for hour in (8, 20):
            rate = 3.5 * (factor if since is not None and day >= since else 1.0)
            lines = [0] * int(random.poisson(3.5)) + [1] * int(random.poisson(rate))
            rows += [(day * 1440 + hour * 60 + place * 3, who) for place, who in enumerate(random.permutation(lines).tolist())]
    minute, who = np.array(rows, dtype=np.int64).T
    acts: dict[str, Flags] = {act: random.random(len(who)) < share for act, share in ACTS.items()}
    return from_arrays(who, minute, acts, errors=errors)


def told(relationship: Relationship, person: str = "Ben") -> Finding:
    (found,) = [finding for finding in measure(Heard(relationship)) if finding.person == person]
    return found


def test_weeks_that_became_thinner_are_told_with_the_week_it_began() -> None:
    found = told(chat(since=7 * 36))
    assert found.measure == "distance_since"
    assert found.value is not None
    assert found.value < -0.3
    assert found.high is not None
    assert found.high < 0
    assert found.since is not None
    assert abs((found.since - chat().messages[0].time).days - 7 * 36) <= 14
    assert "things could be counted" in found.coverage
    assert found.evidence[-1].why == "in the eight weeks before"
    assert found.against[-1].why == "still there since"
    assert [row["setting"] for row in found.sensitivity] == [f"against the {weeks} weeks before" for weeks in (6, 8, 12)]
    assert told(chat(since=7 * 36), "Ana").measure == "distance"


def test_weeks_that_stay_as_they_were_are_hardly_ever_told_as_thinner() -> None:
    findings = [told(chat(seed=seed, days=7 * 26), person) for seed in range(15) for person in ("Ana", "Ben")]
    assert sum(finding.measure == "distance_since" for finding in findings) <= 2
    steady = [finding for finding in findings if finding.value is not None and finding.measure == "distance"]
    assert len(steady) >= 10
    assert all(abs(finding.value or 0.0) < 0.5 and finding.n == 4 for finding in steady)


def test_more_than_before_is_no_distance() -> None:
    assert told(chat(since=7 * 36, factor=2.0)).measure == "distance"


def test_ten_whole_weeks_are_needed() -> None:
    assert told(chat(days=7 * 11 - 4)).needs == "10 whole weeks; 9 so far"
    assert "whole weeks;" not in told(chat(days=7 * 14)).needs


def test_five_things_are_needed_that_come_once_in_two_weeks() -> None:
    relationship = chat()
    senses = relationship.messages.senses
    assert senses is not None
    assert weeks_of(Heard(relationship), 1).features == 8
    bare = replace(senses, acts_shown=np.zeros_like(senses.acts_shown))
    without = replace(relationship, messages=relationship.messages.with_senses(bare))
    assert weeks_of(Heard(without), 1).features == 4
    assert told(without).needs == "5 things that are heard surely and come once in two weeks; 4 so far"


def test_feelings_count_where_an_ear_heard_them() -> None:
    relationship = chat()
    senses = relationship.messages.senses
    assert senses is not None
    shown = senses.emotions_shown.copy()
    shown[:, EMOTION_INDEX["neutral"]] = True
    neutral = replace(relationship, messages=relationship.messages.with_senses(replace(senses, emotions_shown=shown)))
    assert weeks_of(Heard(neutral), 1).features == 8
    shown[::5, EMOTION_INDEX["joy"]] = True
    joy = replace(relationship, messages=relationship.messages.with_senses(replace(senses, emotions_shown=shown)))
    assert weeks_of(Heard(joy), 1).features == 9


def test_shorter_messages_and_later_answers_are_thinner_too() -> None:
    relationship = chat()
    last = relationship.messages.time > relationship.messages.time[-1] - 21 * 86_400_000_000
    short = Texts.of(["a" if late else "a longer line than that" for late in last.tolist()])
    changed = replace(relationship, messages=replace(relationship.messages, text=short))
    before, after = (weeks_of(Heard(some), 1).figure for some in (relationship, changed))
    assert after[-2:].mean() < before[-2:].mean()


def test_a_trend_is_at_least_two_weeks_old_and_never_found_in_steady_or_few_weeks() -> None:
    random = np.random.default_rng(1)
    steady = 0.1 * random.standard_normal(40)
    for weeks, found in ((1, False), (LEAST, True), (10, True)):
        figure = steady.copy()
        figure[-weeks:] -= 1.0
        trend = find_trend(Past(0, figure, 8), random=random)
        assert (trend is not None and trend.since == 40 - weeks) is found
    assert find_trend(Past(0, steady, 8), random=random) is None
    assert find_trend(Past(0, np.zeros(40), 8), random=random) is None
    assert find_trend(Past(0, np.array([-1.0] * BASELINE), 8), random=random) is None


@pytest.mark.parametrize(("drop", "found"), [(0.25, False), (0.45, True)])
def test_a_drop_of_less_than_three_tenths_of_a_spread_is_no_trend(drop: float, found: bool) -> None:  # noqa: FBT001 - a table
    figure = 0.02 * np.random.default_rng(2).standard_normal(40)
    figure[-6:] -= drop
    assert (find_trend(Past(0, figure, 8), random=np.random.default_rng(3)) is not None) is found


def test_a_month_of_silence_before_the_end_is_seen_in_the_weeks_it_lasted() -> None:
    past = weeks_of(Heard(chat(since=7 * 36, factor=0.0)), 1)
    assert past.figure[-4:].max() < -0.5
    assert np.isfinite(past.figure).all()


def test_an_ear_need_not_be_corrected_but_must_hear_what_it_counts() -> None:
    errors = an_ear(0.8, 0.98)
    relationship = chat(since=7 * 34, errors=errors)
    (found,) = [finding for finding in measure(Heard(relationship, errors=errors)) if finding.person == "Ben"]
    assert found.measure == "distance_since"


def test_short_and_empty_chats_break_nothing() -> None:
    for text in ("09:00 Ana: hi\n09:01 Ben: hi", "09:00 Ana: hi"):
        findings = list(measure(Heard(talk(text, people=("Ana", "Ben")))))
        assert [finding.needs for finding in findings] == ["10 whole weeks; 0 so far"] * 2
    nobody = Heard(talk("09:00 Chloe: hi", people=("Ana", "Ben")))
    assert only(measure(nobody), "distance", "Ana").value is None
