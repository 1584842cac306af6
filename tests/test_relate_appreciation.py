import pytest

from conversation import every_day, only, talk
from nearer.relate import relate

DAY = "09:00 Ana: thank you for the tea #appreciate\n09:05 Ben: sure\n09:06 Ana: bins\n09:07 Ana: keys"


def test_thanks_a_week() -> None:
    found = only(relate(talk(every_day(70, DAY, since="2026-03-02"))), "appreciation", "Ana")
    assert (found.n, found.out_of) == (70, 210)
    assert found.value == pytest.approx(7)
    assert found.evidence[-1].id == "m277"
    assert "based on 210 messages of Ana, text only, 10 weeks; calls not seen" in found.coverage


def test_three_weeks_are_too_few_and_four_are_enough() -> None:
    few, enough = (only(relate(talk(every_day(days, DAY, since="2026-03-02"))), "appreciation", "Ana") for days in (21, 28))
    assert (few.needs, few.value) == ("4 active weeks; 3 so far", None)
    assert enough.value == pytest.approx(7)
