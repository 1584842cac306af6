"""Ana tells good news; Ben's answers are known one by one."""

import numpy as np
import pytest

from conversation import an_ear, every_day, from_arrays, only, talk
from nearer.records import EarErrors, Finding, Relationship
from nearer.relate._heard import Heard
from nearer.relate.good_news_answers import measure

NEWS = "20:00 Ana: they signed! #good_news\n20:05 Ben: {}"
TEXT = "\n".join(
    (
        every_day(14, NEWS.format("yes!! dinner on me #celebrate")),
        every_day(6, NEWS.format("when did they say it? #curious_question"), since="2026-04-01"),
        every_day(4, NEWS.format("nice"), since="2026-05-01"),
        every_day(3, NEWS.format("did you call the bank #turn_away[forms=ignore]"), since="2026-06-01"),
        every_day(2, NEWS.format("it will eat your evenings #turn_away[forms=joy_kill]"), since="2026-07-01"),
        every_day(1, NEWS.format("great, but it will fail #celebrate #turn_away[forms=joy_kill,minimise]"), since="2026-08-01"),
    )
)


def told(relationship: Relationship) -> list[Finding]:
    """Return what the measure tells of labelled messages."""
    return list(measure(Heard(relationship)))


def test_four_shares_of_one_whole() -> None:
    found = told(talk(TEXT))
    ways = {way: only(found, f"good_news_{way}", "Ben") for way in ("shared", "quiet", "passed", "dampened")}
    assert {way: one.n for way, one in ways.items()} == {"shared": 20, "quiet": 4, "passed": 3, "dampened": 3}
    assert {one.out_of for one in ways.values()} == {30}
    for one in ways.values():
        assert one.value == pytest.approx((one.n + 1) / 32, abs=1e-3)


def test_a_joy_shared_before_another_subject_is_still_shared() -> None:
    text = every_day(12, NEWS.format("yes! and I got a raise too #celebrate #turn_away[forms=self_turn]"))
    assert only(told(talk(text)), "good_news_shared", "Ben").n == 12


def test_ten_good_news_are_needed() -> None:
    few, enough = (only(told(talk(every_day(days, NEWS.format("yes! #celebrate")))), "good_news_shared", "Ben") for days in (9, 10))
    assert (few.value, few.needs) == (None, "10 answered good news; 9 so far")
    assert (enough.n, enough.out_of) == (10, 10)


def test_ten_answers_of_both_sorts_are_too_wide_to_tell() -> None:
    text = every_day(5, NEWS.format("yes! #celebrate")) + "\n" + every_day(5, NEWS.format("ok"), since="2026-06-01")
    found = only(told(talk(text)), "good_news_shared", "Ben")
    assert found.value is None
    assert "wider than" in found.needs


def test_news_without_an_answer_here_may_have_been_answered_by_phone() -> None:
    silent = every_day(10, "20:00 Ana: they signed! #good_news", step=3, since="2025-01-01")
    found = only(told(talk(silent + "\n" + every_day(12, NEWS.format("yes! #celebrate")))), "good_news_shared", "Ben")
    assert (found.n, found.out_of) == (12, 12)


def test_evidence_are_the_answers_and_others_stand_against() -> None:
    found = only(told(talk(TEXT)), "good_news_quiet", "Ben")
    assert [evidence.id for evidence in found.evidence] == ["m42", "m44", "m46", "m48"]
    assert [evidence.id for evidence in found.against] == ["m56", "m58", "m60"]


# --------------------------------------------------------------------------------------------------------------- with an ear that errs


def _planted(seed: int, shared: float, *, errors: EarErrors | None = None, days: int = 250) -> Relationship:
    random = np.random.default_rng([seed, 1])
    who = np.tile([0, 1], days)
    minute = np.repeat(np.arange(days) * 1440, 2) + np.tile([0, 5], days)
    acts = {"good_news": who == 0, "celebrate": (who == 1) & (random.random(2 * days) < shared)}
    return from_arrays(who, minute, acts, errors=errors, seed=seed)


def test_a_noisy_ear_covers_what_was_planted() -> None:
    ear = an_ear(0.85, 0.97)
    found = [only(measure(Heard(_planted(seed, 0.6, errors=ear), errors=ear)), "good_news_shared", "Ben") for seed in range(12)]
    covered = [one.low is not None and one.high is not None and one.low <= 0.6 <= one.high for one in found]
    assert np.mean(covered) >= 0.8
