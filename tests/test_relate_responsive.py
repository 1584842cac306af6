import pytest

from conversation import every_day, only, talk
from nearer.relate import relate

FITS = every_day(18, "20:00 Ana: I am so low today #bid_comfort\n20:05 Ben: I am with you #comfort")
ADVISES = every_day(6, "20:00 Ana: it was bad again #bid_comfort\n20:05 Ben: see a doctor #advise", since="2026-04-01")
NEWS = every_day(24, "20:00 Ana: they signed! #good_news\n20:05 Ben: tell me all #celebrate", since="2026-05-01")


def test_fitting_answers_in_distress() -> None:
    found = only(relate(talk(FITS + "\n" + ADVISES)), "responsive_in_distress", "Ben")
    assert (found.n, found.out_of, found.toward) == (18, 24, "Ana")
    assert found.value == pytest.approx(19 / 26, abs=1e-3)
    assert {evidence.id for evidence in found.against} == {"m44", "m46", "m48"}


def test_contexts_are_told_apart_and_together() -> None:
    found = relate(talk(f"{FITS}\n{ADVISES}\n{NEWS}"))
    assert only(found, "responsive", "Ben").out_of == 48
    assert only(found, "responsive_to_good_news", "Ben").n == 24
    assert only(found, "responsive", "Ana").needs == "20 answered feelings and good news; 0 so far"


def test_a_comfort_that_blames_does_not_fit() -> None:
    text = every_day(25, "20:00 Ana: I feel low #disclose_feeling\n20:05 Ben: poor you, but it is your fault #comfort #blame")
    assert only(relate(talk(text)), "responsive", "Ben").n == 0


def test_nineteen_answers_are_too_few() -> None:
    text = every_day(19, "20:00 Ana: they signed! #good_news\n20:05 Ben: yes! #celebrate")
    assert only(relate(talk(text)), "responsive_to_good_news", "Ben").needs == "20 answered good news; 19 so far"
