"""Rituals: possible days, regularity, and the one that stopped, on chats whose truth is planted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from labelled_chat import message, together
from nearer.columns import Senses
from nearer.records import Finding, Message, Relationship
from nearer.relate.rituals import BEFORE, KEPT_BEFORE, MISSES, find_break, measure, regularity, regularity_interval

FIRST = datetime(2026, 1, 5, tzinfo=UTC)


def year(kept: list[bool], *, tz: str = "UTC", contact: list[bool] | None = None, clock: str = "07:30") -> Relationship:
    """Ana says good morning on the days that are kept; on days with contact both write something at noon."""
    hour, minute = (int(part) for part in clock.split(":"))
    messages: list[Message] = []
    for day, is_kept in enumerate(kept):
        at = (FIRST + timedelta(days=day)).replace(tzinfo=ZoneInfo(tz))
        if is_kept:
            messages.append(
                message(f"m{len(messages)}", "Ana", at.replace(hour=hour, minute=minute), "morning #greet_part[which=greeting]")
            )
        if contact is None or contact[day]:
            messages.append(message(f"m{len(messages)}", "Ben", at.replace(hour=12), "soup?"))
            messages.append(message(f"m{len(messages)}", "Ana", at.replace(hour=13), "yes"))
    return together(messages, tz=tz)


def only(found: list[Finding], name: str) -> Finding:
    [finding] = [finding for finding in found if finding.measure == name]
    return finding


def test_presence_counts_kept_days_of_the_last_28_possible_ones() -> None:
    finding = only(list(measure(year([True, True, False, True] * 10))), "ritual_morning")
    assert (finding.person, finding.toward) == ("Ana", "Ben")
    assert (finding.n, finding.out_of, finding.value) == (21, 28, round(22 / 30, 4))
    assert finding.low is not None
    assert finding.high is not None
    assert finding.low < 21 / 28 < finding.high


def test_days_without_any_contact_count_for_nothing_but_stand_in_the_sensitivity() -> None:
    contact = [True] * 20 + [False] * 10 + [True] * 10
    finding = only(list(measure(year(contact, contact=contact))), "ritual_morning")
    assert (finding.n, finding.out_of) == (18, 18)
    assert finding.sensitivity[0]["value"] == round(18 / 28, 4)


def test_below_fourteen_possible_days_it_cannot_tell() -> None:
    finding = only(list(measure(year([True] * 13))), "ritual_morning")
    assert (finding.says, finding.value, finding.needs) == ("cannot_tell", None, "14 possible days; 13 so far")
    assert only(list(measure(year([True] * 14))), "ritual_morning").value is not None


def test_a_ritual_that_stopped_is_told_with_its_last_day_and_its_last_three_times() -> None:
    relationship = year([True] * 30 + [False] * 12)
    finding = only(list(measure(relationship)), "ritual_stopped")
    assert (finding.person, finding.value, finding.unit, finding.n, finding.out_of) == ("Ana", 14.0, "days kept of 14 before", 14, 14)
    assert finding.since == datetime(2026, 2, 3, 7, 30, tzinfo=UTC)
    days = [relationship.messages[relationship.messages.row_of(evidence.id)].time.day for evidence in finding.evidence]
    assert days == [1, 2, 3]
    assert (finding.says, finding.against) == ("clearly", ())


def test_days_on_which_it_came_back_stand_against() -> None:
    finding = only(list(measure(year([True] * 30 + [False] * 5 + [True] + [False] * 6))), "ritual_stopped")
    assert (finding.says, len(finding.against)) == ("probably", 1)


def test_a_ritual_that_came_back_for_good_has_not_stopped() -> None:
    found = list(measure(year([True] * 30 + [False] * 5 + [True] * 12)))
    assert "ritual_stopped" not in {finding.measure for finding in found}


def test_when_all_contact_ends_no_ritual_is_said_to_have_stopped() -> None:
    contact = [True] * 30 + [False] * 20
    assert "ritual_stopped" not in {finding.measure for finding in measure(year(contact, contact=contact))}


def test_bounds_of_a_break() -> None:
    kept = [False] * (BEFORE - KEPT_BEFORE) + [True] * KEPT_BEFORE
    assert find_break(kept + [False] * (MISSES - 1)) is None
    assert find_break(kept + [False] * MISSES) is not None
    assert find_break([False, *kept[:-1]] + [True] + [False] * MISSES) is not None
    assert find_break([False] * (BEFORE - KEPT_BEFORE + 1) + [True] * (KEPT_BEFORE - 1) + [False] * MISSES) is None
    assert find_break([]) is None


@pytest.mark.parametrize("kept", [0.95, 0.9])
def test_planted_breaks_are_found_within_three_days(kept: float) -> None:
    random, found, tried = np.random.default_rng(3), 0, 100
    for _ in range(tried):
        days = np.append(random.random(60) < kept, [True])
        alert = find_break([*days.tolist(), False, False, False])
        found += alert is not None and alert.last == 60
    assert found >= 0.9 * tried


@pytest.mark.parametrize("kept", [0.95, 0.85, 0.75, 0.6])
def test_false_alarms_stay_under_one_in_sixty_days(kept: float) -> None:
    random, alarms, days = np.random.default_rng(4), 0, 0
    for _ in range(30):
        marks = (random.random(120) < kept).tolist()
        for today in range(BEFORE + MISSES, len(marks) + 1):
            alert = find_break(marks[:today])
            alarms += alert is not None and alert.alert == today - 1
            days += 1
    assert alarms / days * 60 <= 1


def test_regularity_is_one_for_the_same_minute_nought_for_any_time_and_knows_midnight() -> None:
    hour = 3_600_000_000
    assert regularity(np.full(20, 7 * hour)) == pytest.approx(1.0)
    assert regularity(np.arange(24) * hour) == pytest.approx(0.0, abs=1e-9)
    assert regularity(np.array([23 * hour + hour // 2, hour // 2])) == pytest.approx(regularity(np.array([11 * hour, 12 * hour])))


def test_regularity_has_an_interval_that_narrows_with_the_times_seen() -> None:
    random, hour = np.random.default_rng(5), 3_600_000_000
    clock = (random.normal(8, 2, 400) * hour).astype(np.int64)
    few, many = (regularity_interval(clock[:count], period=24 * hour, seed=0) for count in (20, 400))
    assert few[0] <= regularity(clock[:20]) <= few[1]
    assert many[1] - many[0] < few[1] - few[0]


def test_the_clock_is_the_exports_own_across_the_change_of_summer_time() -> None:
    finding = only(list(measure(year([True] * 120, tz="Europe/Berlin"))), "ritual_morning_time")
    assert finding.value == 1.0


def test_a_goodnight_after_midnight_belongs_to_the_evening_before() -> None:
    messages = []
    for day in range(20):
        at = FIRST + timedelta(days=day)
        messages.append(message(f"m{2 * day + 1}", "Ben", at.replace(hour=12), "soup?"))
        late = at.replace(hour=23, minute=30) if day % 2 else at + timedelta(days=1, minutes=30)
        messages.append(message(f"m{2 * day + 2}", "Ana", late, "night #greet_part[which=farewell]"))
    finding = only(list(measure(together(messages))), "ritual_night")
    assert (finding.n, finding.out_of) == (20, 20)


def test_a_weekly_plan_is_counted_by_weeks_from_monday() -> None:
    messages = []
    for week in range(16):
        monday = FIRST + timedelta(weeks=week)
        messages.append(message(f"m{2 * week + 1}", "Ben", monday.replace(hour=9), "busy week"))
        messages.append(message(f"m{2 * week + 2}", "Ana", monday + timedelta(days=6, hours=10), "pancakes as every Sunday? #plan_ritual"))
    finding = only(list(measure(together(messages))), "ritual_weekly")
    assert (finding.n, finding.out_of, finding.unit) == (16, 16, "share of possible weeks")


def test_the_series_holds_each_week() -> None:
    finding = only(list(measure(year([True] * 7 + [False] * 7 + [True] * 14))), "ritual_morning")
    assert [point.label for point in finding.series] == ["7 of 7", "0 of 7", "7 of 7", "7 of 7"]


def test_a_greeting_that_is_not_surely_heard_keeps_no_ritual() -> None:
    """A score below the precise point: were it taken, misheard greetings would keep a ritual that stopped."""
    relationship = year([True] * 28)
    assert relationship.messages.senses is not None
    faint = replace(relationship, messages=relationship.messages.with_senses(_faint(relationship.messages.senses)))
    assert only(list(measure(relationship)), "ritual_morning").n == 28
    assert list(measure(faint)) == []


def _faint(senses: Senses) -> Senses:
    return replace(senses, acts=senses.acts * 0.4, acts_shown=np.zeros_like(senses.acts_shown))


def test_the_same_chat_gives_the_same_findings() -> None:
    assert list(measure(year([True] * 30 + [False] * 12))) == list(measure(year([True] * 30 + [False] * 12)))
