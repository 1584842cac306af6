import pytest

from conversation import every_day, only, talk
from nearer.relate import relate

DAY = "09:00 Ana: look #bid_connect\n09:05 Ben: {}"


def test_a_bid_answered_by_turning_away_is_not_met() -> None:
    text = every_day(40, DAY.format("wow")) + "\n" + every_day(10, DAY.format("so what #turn_away"), since="2026-05-01")
    found = only(relate(talk(text)), "answered_bids", "Ben")
    assert (found.n, found.out_of) == (40, 50)
    assert found.value == pytest.approx(41 / 52, abs=1e-4)
    assert "a bid we did not see met" in {evidence.why for evidence in found.against}


def test_both_directions_are_told() -> None:
    found = relate(talk(every_day(35, DAY.format("wow"))))
    assert only(found, "answered_bids", "Ben").value is not None
    assert only(found, "answered_bids", "Ana").needs == "30 bids; 0 so far"
