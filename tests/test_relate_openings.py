import pytest
from scipy.stats import beta

from conversation import every_day, only, talk
from nearer.relate import relate

ANA, BEN = "09:00 Ana: hi\n09:05 Ben: hi", "09:00 Ben: hi\n09:05 Ana: hi"


def test_who_opens_and_how_sure_that_is() -> None:
    found = relate(talk(every_day(30, ANA) + "\n" + every_day(10, BEN, since="2026-04-10")))
    share, difference = only(found, "openings", "Ana"), only(found, "openings_difference", "Ana")
    assert (share.n, share.out_of) == (30, 40)
    assert share.value == pytest.approx(31 / 42, abs=1e-4)
    assert difference.says == "clearly"
    assert difference.value == pytest.approx(2 * 31 / 42 - 1, abs=1e-4)
    assert difference.low == pytest.approx(2 * beta.ppf(0.05, 31, 11) - 1, abs=1e-3)


def test_half_and_half_has_no_direction() -> None:
    found = relate(talk(every_day(30, ANA) + "\n" + every_day(30, BEN, since="2026-04-10")))
    assert only(found, "openings_difference").needs == "a clearer difference, or more sittings; 60 so far"
    assert only(found, "openings", "Ana").value == pytest.approx(0.5, abs=1e-3)


def test_twenty_sittings_are_needed() -> None:
    assert only(relate(talk(every_day(19, ANA))), "openings", "Ana").needs == "20 sittings; 19 so far"
    assert only(relate(talk(every_day(20, ANA))), "openings", "Ana").value is not None
