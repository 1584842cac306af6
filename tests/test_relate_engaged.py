import pytest

from conversation import every_day, only, talk
from nearer.relate import relate

OPENS = "09:00 Ana: how did it go? #curious_question\n09:05 Ben: fine\n09:06 Ana: good\n09:07 Ana: so good"


def test_openings_out_of_care_a_week() -> None:
    found = only(relate(talk(every_day(56, OPENS, since="2026-03-02"))), "engaged", "Ana")
    assert (found.n, found.toward) == (56, "Ben")
    assert found.value == pytest.approx(7)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 7 < found.high
    assert [row["value"] for row in found.sensitivity] == [pytest.approx(7)] * 3


def test_a_question_inside_a_sitting_is_no_opening() -> None:
    text = every_day(56, "08:55 Ben: bins\n" + OPENS, since="2026-03-02")
    assert only(relate(talk(text)), "engaged", "Ana").n == 0


def test_four_active_weeks_are_needed() -> None:
    text = every_day(21, OPENS, since="2026-03-02")
    assert only(relate(talk(text)), "engaged", "Ana").needs == "4 active weeks; 3 so far"
    assert only(relate(talk(every_day(28, OPENS, since="2026-03-02"))), "engaged", "Ana").value is not None
