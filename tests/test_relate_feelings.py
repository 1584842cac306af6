"""Ana tells sadness, fear, anger and joy; which of them Ben's answers met is known."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from conversation import an_ear, every_day, from_arrays, only, talk
from nearer.records import EMOTION_INDEX, EarErrors, Finding, Relationship
from nearer.relate._heard import Heard
from nearer.relate.feelings import FEELINGS, measure, tells

SAYS = "20:00 Ana: {} #disclose_feeling\n20:05 Ben: {}"
WORDS = {"so sad": "sadness", "so scared": "fear", "so angry": "anger", "so glad": "joy", "let down": "disappointment"}


def felt(text: str, *, words: Mapping[str, str] = WORDS, **settings: object) -> Relationship:
    """Return a conversation in which a text that says one of some words shows an emotion."""
    relationship = talk(text, **settings)  # type: ignore[arg-type]
    senses = relationship.messages.senses
    assert senses is not None
    shown = senses.emotions_shown.copy()
    for row, message in enumerate(relationship.messages):
        for says, emotion in words.items():
            shown[row, EMOTION_INDEX[emotion]] |= says in message.text
    return replace(relationship, messages=relationship.messages.with_senses(replace(senses, emotions_shown=shown)))


def told(relationship: Relationship, *, errors: EarErrors | None = None) -> list[Finding]:
    """Return what the measure tells."""
    return list(measure(Heard(relationship, errors=errors)))


TEXT = "\n".join(
    (
        every_day(15, SAYS.format("I am so sad", "come here #comfort"), since="2026-01-01"),
        every_day(6, SAYS.format("I feel let down", "the bins are full"), since="2026-02-01"),
        every_day(20, SAYS.format("I am so scared", "of what most? #curious_question"), since="2026-03-01"),
        every_day(18, SAYS.format("I am so angry at my boss", "anyone would be #validate"), since="2026-04-01"),
        every_day(4, SAYS.format("I am so angry at my boss", "well"), since="2026-05-01"),
        every_day(22, "20:00 Ana: they signed, so glad #good_news\n20:05 Ben: yes! #celebrate", since="2026-06-01"),
        every_day(3, SAYS.format("I am so glad", "so"), since="2026-07-01"),
    )
)


@pytest.mark.parametrize(
    ("feeling", "met", "out_of"), [("_sadness", 15, 21), ("_fear", 20, 20), ("_anger", 18, 22), ("_joy", 22, 25), ("", 53, 63)]
)
def test_each_feeling_and_the_heavy_ones_together(feeling: str, met: int, out_of: int) -> None:
    found = only(told(felt(TEXT)), f"feelings_met{feeling}", "Ben")
    assert (found.n, found.out_of, found.toward) == (met, out_of, "Ana")
    assert found.value == pytest.approx((met + 1) / (out_of + 2), abs=1e-3)


def test_anger_at_the_other_is_told_elsewhere() -> None:
    text = "20:00 Ana: I am so angry, it is your fault #disclose_feeling #blame\n20:05 Ben: come here #comfort"
    assert only(told(felt(every_day(25, text))), "feelings_met_anger", "Ben").needs == "20 answered tellings of anger; 0 so far"


def test_a_joy_is_not_met_by_comfort_and_a_sadness_not_by_celebration() -> None:
    text = (
        every_day(20, SAYS.format("so glad", "poor you #comfort"))
        + "\n"
        + every_day(20, SAYS.format("so sad", "yes! #celebrate"), since="2026-06-01")
    )
    found = told(felt(text))
    assert [only(found, f"feelings_met_{name}", "Ben").n for name in ("joy", "sadness")] == [0, 0]


def test_a_feeling_that_nobody_tells_as_ones_own_is_none() -> None:
    text = every_day(25, "20:00 Ana: the film is so sad\n20:05 Ben: come here #comfort")
    assert only(told(felt(text)), "feelings_met_sadness", "Ben").needs == "20 answered tellings of sadness; 0 so far"


def test_without_emotions_nothing_is_told() -> None:
    found = told(talk(TEXT))
    assert {one.value for one in found} == {None}
    assert only(found, "feelings_met", "Ben").needs == "emotions in the messages, heard or labelled; none so far"


def test_nineteen_are_too_few() -> None:
    few, enough = (
        only(told(felt(every_day(days, SAYS.format("so sad", "come #comfort")))), "feelings_met_sadness", "Ben") for days in (19, 20)
    )
    assert (few.value, few.needs) == (None, "20 answered tellings of sadness; 19 so far")
    assert (enough.n, enough.out_of) == (20, 20)


def test_one_message_may_tell_two_feelings_and_is_one_heavy_one() -> None:
    heard = Heard(felt(every_day(20, SAYS.format("so sad and so scared", "come #comfort"))))
    assert [int(tells(heard, feeling).sum()) for feeling in FEELINGS] == [20, 20, 20, 0, 0]


def test_a_stopped_message_is_in_no_count() -> None:
    text = every_day(30, SAYS.format("so sad", "come #comfort"))
    found = only(told(felt(text, unheard=("so sad",))), "feelings_met_sadness", "Ben")
    assert found.needs == "20 answered tellings of sadness; 0 so far"


def test_a_noisy_ear_covers_what_was_planted() -> None:
    ear, covered, days = an_ear(0.8, 0.96), [], 200
    for seed in range(12):
        random = np.random.default_rng([seed, 1])
        who = np.tile([0, 1], days)
        acts = {"disclose_feeling": who == 0, "comfort": (who == 1) & (random.random(2 * days) < 0.6)}
        minute = np.repeat(np.arange(days) * 1440, 2) + np.tile([0, 5], days)
        relationship = from_arrays(who, minute, acts, errors=ear, seed=seed)
        senses = relationship.messages.senses
        assert senses is not None
        shown = np.zeros_like(senses.emotions_shown)
        shown[:, EMOTION_INDEX["sadness"]] = who == 0
        relationship = replace(relationship, messages=relationship.messages.with_senses(replace(senses, emotions_shown=shown)))
        found = only(told(relationship, errors=ear), "feelings_met_sadness", "Ben")
        covered.append(found.low is not None and found.high is not None and found.low <= 0.6 <= found.high)
    assert np.mean(covered) >= 0.75
