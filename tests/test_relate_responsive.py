from dataclasses import replace

import numpy as np
import pytest

from conversation import an_ear, every_day, from_arrays, only, talk
from nearer.records import ACT_INDEX, EarErrors, HeldOut, Relationship
from nearer.relate import relate
from nearer.relate._answers import TOO_FEW
from nearer.relate._heard import Heard
from nearer.relate.responsive import measure

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


def test_a_feeling_told_in_several_messages_is_one_telling() -> None:
    text = every_day(20, "20:00 Ana: I feel low #disclose_feeling\n20:01 Ana: so low #bid_comfort\n20:05 Ben: I am with you #comfort")
    assert only(relate(talk(text)), "responsive_in_distress", "Ben").out_of == 20


# --------------------------------------------------------------------------------------------------------------- with an ear that errs

HIT, FALSE = 0.95, 0.12
"""After a feeling the ear hears comfort in so many of the answers with it and of those without; elsewhere it never errs."""


def an_ear_that_errs_in_answers(*, answers: int = 4000, hands: int = 8) -> EarErrors:
    """Return an ear measured on as many held-out answers to a feeling, and on ten times as many other messages without a fault."""
    random = np.random.default_rng(7)
    comfort, feeling = np.uint32(1 << ACT_INDEX["comfort"]), np.uint32(1 << ACT_INDEX["disclose_feeling"])
    true = random.random(answers) < 0.5
    found = np.where(true, random.random(answers) < HIT, random.random(answers) < FALSE)
    rest = 10 * answers
    truth = np.concatenate([np.stack([np.full(answers, feeling), true * comfort], axis=1).ravel(), np.zeros(rest, dtype=np.uint32)])
    heard = np.concatenate([np.stack([np.full(answers, feeling), found * comfort], axis=1).ravel(), np.zeros(rest, dtype=np.uint32)])
    dialogue = np.arange(len(truth), dtype=np.int32) // 2
    true_acts, heard_acts = truth.astype(np.uint32), heard.astype(np.uint32)
    person = np.arange(len(truth), dtype=np.int32) % 2
    held = HeldOut(true_acts, heard_acts, heard_acts, dialogue % hands, np.zeros_like(dialogue), dialogue, person, ("partner",))
    return replace(an_ear(0.9, 0.99), held_out=held)


def answered(seed: int, share: float, errors: EarErrors) -> Relationship:
    """Ana tells a feeling every day; Ben comforts in `share` of the answers, and the ear mishears them as it does held-out ones."""
    random, days = np.random.default_rng([seed, 1]), 400
    who = np.tile([0, 1], days)
    fits = random.random(2 * days) < share
    found = (who == 1) & np.where(fits, random.random(2 * days) < HIT, random.random(2 * days) < FALSE)
    chat = from_arrays(who, np.repeat(np.arange(days) * 1440, 2) + np.tile([0, 5], days), {"disclose_feeling": who == 0, "comfort": found})
    senses = chat.messages.senses
    assert senses is not None
    return replace(chat, messages=chat.messages.with_senses(replace(senses, ear=errors.ear)))


@pytest.mark.parametrize("share", [0.2, 0.4, 0.8])
def test_what_an_ear_mishears_in_answers_is_taken_out(share: float) -> None:
    """Errors counted over all messages would take the eighth that is misheard for true: .29 told where .20 is true."""
    ear, covered = an_ear_that_errs_in_answers(), 0
    for seed in range(10):
        found = only(measure(Heard(answered(seed, share, ear), errors=ear, seed=seed)), "responsive_in_distress", "Ben")
        assert found.value == pytest.approx(share, abs=0.08), (seed, found)
        covered += found.low is not None and found.high is not None and found.low <= share <= found.high
    assert covered >= 8


def test_an_ear_that_never_heard_such_answers_tells_nothing() -> None:
    ear = an_ear_that_errs_in_answers()
    found = only(measure(Heard(answered(1, 0.5, ear), errors=ear)), "responsive_to_good_news", "Ben")
    assert (found.value, found.needs) == (None, TOO_FEW)
