from conversation import every_day, only, talk
from nearer.relate import relate

DAY = "09:00 Ana: hi\n09:05 Ben: hi\n09:06 Ana: bins"


def test_messages_a_week_of_both_and_of_each() -> None:
    found = relate(talk(every_day(42, DAY, since="2026-03-02")))
    assert (only(found, "contact").value, only(found, "contact", "Ana").value, only(found, "contact", "Ben").value) == (21, 14, 7)
    assert [point.value for point in only(found, "contact").series] == [21] * 6
    assert str(only(found, "contact").series[0].since) == "2026-03-02 00:00:00+00:00"


def test_a_silent_week_is_a_zero_not_a_hole() -> None:
    text = every_day(14, DAY, since="2026-03-02") + "\n" + every_day(14, DAY, since="2026-03-23")
    assert [point.n for point in only(relate(talk(text)), "contact").series] == [21, 21, 0, 21, 21]


def test_four_whole_weeks_are_needed() -> None:
    assert only(relate(talk(every_day(35, DAY, since="2026-03-02"))), "contact").needs == "4 whole weeks; 3 so far"
