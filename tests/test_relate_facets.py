"""Ana tells a feeling; what Ben's answers show of understanding, of finding it valid and of care is known one by one."""

from dataclasses import replace

import numpy as np
import pytest

from conversation import an_ear, every_day, from_arrays, only, talk
from nearer.records import EMOTION_INDEX, EarErrors, Finding, Relationship
from nearer.relate._heard import Heard
from nearer.relate.facets import measure

LOW = "20:00 Ana: I feel left out #disclose_feeling\n20:05 Ben: {}"
TEXT = "\n".join(
    (
        every_day(15, LOW.format("so it was the silence #validate")),
        every_day(10, LOW.format("come here #comfort"), since="2026-04-01"),
        every_day(5, LOW.format("so that is it. you are so patient #validate #appreciate"), since="2026-05-01"),
        every_day(4, LOW.format("right, yes"), since="2026-06-01"),
        every_day(6, LOW.format("ring the clinic #advise"), since="2026-07-01"),
    )
)


def told(relationship: Relationship) -> list[Finding]:
    """Return what the measure tells of labelled messages."""
    return list(measure(Heard(relationship)))


def _with_approval(relationship: Relationship, words: str) -> Relationship:
    """Return the same messages, with approval shown where a text says `words`."""
    senses = relationship.messages.senses
    assert senses is not None
    shown = senses.emotions_shown.copy()
    shown[:, EMOTION_INDEX["approval"]] = [words in message.text for message in relationship.messages]
    return replace(relationship, messages=relationship.messages.with_senses(replace(senses, emotions_shown=shown)))


@pytest.mark.parametrize(("facet", "count"), [("understanding", 20), ("caring", 15)])
def test_a_facet_is_the_share_of_answers_that_show_it(facet: str, count: int) -> None:
    found = only(told(talk(TEXT)), f"facet_{facet}", "Ben")
    assert (found.n, found.out_of, found.toward) == (count, 40, "Ana")
    assert found.value == pytest.approx((count + 1) / 42, abs=1e-3)


def test_approval_is_found_valid_too() -> None:
    found = only(told(_with_approval(talk(TEXT), "right, yes")), "facet_validation", "Ben")
    assert (found.n, found.out_of) == (24, 40)


def test_where_only_acts_were_labelled_approval_is_not_known() -> None:
    found = only(told(talk(TEXT)), "facet_validation", "Ben")
    assert (found.value, found.says) == (None, "cannot_tell")
    assert "approval" in found.needs


def test_an_ear_whose_errors_about_approval_are_not_known_does_not_tell_it() -> None:
    ear = an_ear(0.85, 0.97)
    found = list(measure(Heard(_planted(1, 0.6, errors=ear), errors=ear)))
    assert "approval" in only(found, "facet_validation", "Ben").needs
    assert only(found, "facet_understanding", "Ben").value is not None


def test_twenty_are_needed() -> None:
    few, enough = (only(told(talk(every_day(days, LOW.format("come #comfort")))), "facet_caring", "Ben") for days in (19, 20))
    assert (few.value, few.needs) == (None, "20 answered tellings of a feeling; 19 so far")
    assert enough.n == 20


def test_the_answers_are_the_evidence() -> None:
    found = only(told(talk(TEXT)), "facet_caring", "Ben")
    assert [evidence.id for evidence in found.evidence] == ["m52", "m54", "m56", "m58", "m60"]
    assert [evidence.id for evidence in found.against] == ["m76", "m78", "m80"]


# --------------------------------------------------------------------------------------------------------------- with an ear that errs


def _planted(seed: int, understood: float, *, errors: EarErrors | None = None, days: int = 250) -> Relationship:
    random = np.random.default_rng([seed, 1])
    who = np.tile([0, 1], days)
    minute = np.repeat(np.arange(days) * 1440, 2) + np.tile([0, 5], days)
    acts = {"disclose_feeling": who == 0, "validate": (who == 1) & (random.random(2 * days) < understood)}
    return from_arrays(who, minute, acts, errors=errors, seed=seed)


def _holds(found: Finding, truth: float) -> bool:
    return found.low is not None and found.high is not None and found.low <= truth <= found.high


def test_labels_and_a_noisy_ear_cover_what_was_planted() -> None:
    ear = an_ear(0.8, 0.96)
    covered = [
        _holds(only(measure(Heard(_planted(seed, 0.6, errors=errors), errors=errors)), "facet_understanding", "Ben"), 0.6)
        for seed in range(10)
        for errors in (None, ear)
    ]
    assert np.mean(covered) >= 0.8
