"""Ana tells how she feels; what Ben's answers do is known line by line."""

import numpy as np
import pytest

from conversation import an_ear, every_day, from_arrays, only, talk
from nearer.records import EarErrors, Finding, Relationship
from nearer.relate._heard import Heard
from nearer.relate.listening import measure

LOW = "20:00 Ana: I feel left out #disclose_feeling\n20:05 Ben: {}"
TEXT = "\n".join(
    (
        every_day(12, LOW.format("so it was the silence that stung #validate")),
        every_day(8, LOW.format("what part is heaviest? #curious_question"), since="2026-04-01"),
        every_day(5, LOW.format("so that is it. and since when? #validate #curious_question"), since="2026-05-01"),
        every_day(6, LOW.format("come here #comfort"), since="2026-06-01"),
        every_day(4, LOW.format("ring the clinic #advise"), since="2026-07-01"),
        every_day(3, LOW.format("my boss yelled at me #turn_away[forms=self_turn]"), since="2026-08-01"),
        every_day(2, LOW.format("the bins are full"), since="2026-09-01"),
    )
)
SHARES = {"asks": 13, "comforts": 6, "advises": 4, "turns": 3, "nothing": 2}


def told(relationship: Relationship) -> list[Finding]:
    """Return what the measure tells of labelled messages."""
    return list(measure(Heard(relationship)))


def test_five_shares_of_forty_answers() -> None:
    found = told(talk(TEXT))
    for name, count in SHARES.items():
        part = only(found, f"listening_{name}", "Ben")
        assert (part.n, part.out_of, part.toward) == (count, 40, "Ana"), name
        assert part.value == pytest.approx((count + 1) / 42, abs=1e-3), name


def test_the_mix_is_understanding_against_steering() -> None:
    found = only(told(talk(TEXT)), "listening", "Ben")
    assert (found.n, found.out_of) == (17 + 13, 17 + 13 + 4 + 3)
    assert found.value == pytest.approx(31 / 39, abs=1e-3)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 31 / 39 < found.high


def test_the_answer_is_the_evidence_and_another_one_the_counter_example() -> None:
    found = only(told(talk(TEXT)), "listening_advises", "Ben")
    assert [evidence.id for evidence in found.evidence] == ["m64", "m66", "m68", "m70"]
    assert [evidence.id for evidence in found.against] == ["m76", "m78", "m80"]


def test_twenty_answers_are_needed_and_nineteen_say_how_many() -> None:
    few, enough = (only(told(talk(every_day(days, LOW.format("come here #comfort")))), "listening_comforts", "Ben") for days in (19, 20))
    assert (few.value, few.needs) == (None, "20 answered tellings of a feeling; 19 so far")
    assert (enough.n, enough.out_of) == (20, 20)
    mix = only(told(talk(every_day(19, LOW.format("since when? #curious_question")))), "listening", "Ben")
    assert mix.needs == "20 answered tellings of a feeling; 19 so far"


def test_one_telling_in_several_messages_is_one() -> None:
    script = "20:00 Ana: I feel low #disclose_feeling\n20:01 Ana: stay with me #bid_comfort\n20:05 Ben: I am here #comfort"
    assert only(told(talk(every_day(25, script))), "listening_comforts", "Ben").out_of == 25


def test_silence_and_a_voice_message_are_not_held_against_anybody() -> None:
    silent = every_day(10, "20:00 Ana: I feel low #disclose_feeling", step=3)
    unheard = every_day(10, LOW.format("voice"), since="2026-06-01")
    spoken = every_day(20, LOW.format("I am here #comfort"), since="2026-09-01")
    found = only(told(talk(f"{silent}\n{unheard}\n{spoken}", unheard=("voice",))), "listening_comforts", "Ben")
    assert (found.n, found.out_of) == (20, 20)


def test_nobody_who_told_nothing_is_listened_to() -> None:
    assert only(told(talk(TEXT)), "listening_comforts", "Ana").needs == "20 answered tellings of a feeling; 0 so far"


# --------------------------------------------------------------------------------------------------------------- with an ear that errs


def _planted(seed: int, shares: tuple[float, float, float, float], *, errors: EarErrors | None = None, days: int = 250) -> Relationship:
    """Ana tells a feeling every day; Ben's answers hold validate, curious_question, advise, turn_away with these chances."""
    random = np.random.default_rng([seed, 1])
    who = np.tile([0, 1], days)
    minute = np.repeat(np.arange(days) * 1440, 2) + np.tile([0, 5], days)
    acts = {"disclose_feeling": who == 0}
    for act, chance in zip(("validate", "curious_question", "advise", "turn_away"), shares, strict=True):
        acts[act] = (who == 1) & (random.random(2 * days) < chance)
    return from_arrays(who, minute, acts, errors=errors, seed=seed)


def test_labels_and_a_noisy_ear_both_cover_what_was_planted() -> None:
    shares, ear = (0.5, 0.3, 0.25, 0.15), an_ear(0.8, 0.95)
    truth = {"listening": 0.8 / 1.2, "listening_asks": 0.3, "listening_advises": 0.25}
    covered = []
    for seed in range(6):
        for errors in (None, ear):
            found = list(measure(Heard(_planted(seed, shares, errors=errors), errors=errors)))
            for name, value in truth.items():
                one = only(found, name, "Ben")
                covered.append(one.low is not None and one.high is not None and one.low <= value <= one.high)
    assert np.mean(covered) >= 0.8


def test_an_ear_that_hardly_hears_says_so() -> None:
    deaf = an_ear(0.5, 0.75)
    found = list(measure(Heard(_planted(1, (0.5, 0.3, 0.2, 0.1), errors=deaf), errors=deaf)))
    assert all(one.value is None for one in found)
    assert "an ear that hears" in only(found, "listening", "Ben").needs
