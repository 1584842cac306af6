import pytest

from conversation import every_day, only, talk
from nearer.relate import relate

DAY = "09:00 Ana: what was the best of it? #curious_question\n09:05 Ben: the end\n09:06 Ana: bread please\n09:07 Ben: ok"


def test_a_quarter_is_talk() -> None:
    found = only(relate(talk(every_day(60, DAY))), "talk_mix")
    assert (found.n, found.out_of) == (60, 240)
    assert found.value == pytest.approx(61 / 242, abs=1e-4)


def test_a_hundred_messages_are_needed() -> None:
    assert only(relate(talk(every_day(24, DAY))), "talk_mix").needs == "100 heard messages; 96 so far"
    assert only(relate(talk(every_day(25, DAY))), "talk_mix").value is not None


def test_what_was_not_heard_is_left_out_and_said() -> None:
    found = only(relate(talk(every_day(60, DAY), unheard=("ok",))), "talk_mix")
    assert found.out_of == 180
    assert "60 messages were not heard" in found.coverage
