import numpy as np

from conversation import every_day, only, talk
from nearer.relate import relate
from nearer.relate.hours import busiest

DAY = "21:00 Ana: hi\n22:05 Ben: hi\n23:06 Ana: bins\n12:00 Ben: lunch"


def test_the_week_as_cells_on_the_local_clock() -> None:
    found = only(relate(talk(every_day(28, DAY, since="2026-03-02"), tz="Asia/Tokyo")), "hours")
    cells = {point.label: point.n for point in found.series}
    assert len(cells) == 168
    assert (cells["Mon 21"], cells["Sun 12"], cells["Mon 03"]) == (4, 4, 0)
    assert (found.n, found.out_of) == (84, 112)
    assert found.coverage.startswith("busiest from 21:00 to 00:00; ")


def test_the_busiest_hours_may_cross_midnight() -> None:
    assert busiest(np.array([23, 0, 1, 12])) == 23


def test_a_hundred_messages_are_needed() -> None:
    assert only(relate(talk(every_day(24, DAY))), "hours").needs == "100 messages; 96 so far"
    assert only(relate(talk(every_day(25, DAY))), "hours").value is not None
