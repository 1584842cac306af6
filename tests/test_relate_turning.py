from dataclasses import replace

import numpy as np
import pytest

from conversation import an_ear, every_day, from_arrays, only, talk
from nearer.records import ACT_INDEX, EarErrors, HeldOut, Relationship
from nearer.relate import relate
from nearer.relate._heard import Heard
from nearer.relate.answered_bids import measure as answered_bids
from nearer.relate.turning import measure

DAY = "09:00 Ana: look #bid_connect\n09:05 Ben: {}"
TEXT = "\n".join(
    (
        every_day(30, DAY.format("wow")),
        every_day(12, DAY.format("so what #turn_away[forms=minimise,ignore]"), since="2026-05-01"),
        every_day(5, DAY.format("you never stop #blame"), since="2026-06-01"),
        every_day(3, DAY.format("it will fail #turn_away[forms=joy_kill,ignore]"), since="2026-07-01"),
    )
)


def test_three_shares_of_one_whole() -> None:
    found = relate(talk(TEXT))
    shares = {turn: only(found, f"turning_{turn}", "Ben") for turn in ("toward", "away", "against")}
    assert {turn: share.n for turn, share in shares.items()} == {"toward": 30, "away": 12, "against": 8}
    assert {share.out_of for share in shares.values()} == {50}
    assert sum(share.value or 0 for share in shares.values()) == pytest.approx(1, abs=0.04)


def test_no_answer_is_turning_away() -> None:
    text = every_day(40, "09:00 Ana: look #bid_connect", step=2) + "\n2026-08-01 09:00 Ben: hi"
    assert only(relate(talk(text)), "turning_away", "Ben").n == 40


def test_thirty_bids_are_needed() -> None:
    assert only(relate(talk(every_day(29, DAY.format("wow")))), "turning_toward", "Ben").needs == "30 bids; 29 so far"


def test_a_voice_message_or_a_reaction_alone_is_turned_toward_and_never_misheard() -> None:
    ear = _an_ear()
    text = every_day(40, DAY.format("voice"))
    chat = talk(text, unheard=("voice",))
    senses = chat.messages.senses
    assert senses is not None
    chat = replace(chat, messages=chat.messages.with_senses(replace(senses, ear=ear.ear)))
    found = only(measure(Heard(chat, errors=ear)), "turning_toward", "Ben")
    assert (found.n, found.out_of) == (40, 40)


# --------------------------------------------------------------------------------------------------------------- with an ear that errs

HIT, FALSE = 0.7, 0.02
"""How often the ear shows turning away in answers with it, and in those without."""
ANSWERED, TURNED = 0.8, 0.2


def _an_ear(*, answers: int = 6000, hands: int = 8) -> EarErrors:
    """Return an ear measured on so many held-out answers to a bid; it never errs about blame and contempt."""
    random = np.random.default_rng(7)
    away, kinds = random.random(answers) < 0.3, random.random(answers)
    hard = np.where(kinds < 0.05, 1 << ACT_INDEX["blame"], np.where(kinds > 0.95, 1 << ACT_INDEX["contempt"], 0))
    found = np.where(away, random.random(answers) < HIT, random.random(answers) < FALSE)
    bid = np.full(answers, 1 << ACT_INDEX["bid_connect"])
    truth, heard = (
        np.stack([bid, mask * (1 << ACT_INDEX["turn_away"]) + hard], axis=1).ravel().astype(np.uint32) for mask in (away, found)
    )
    dialogue = np.arange(2 * answers, dtype=np.int32) // 2
    person = np.arange(2 * answers, dtype=np.int32) % 2
    held = HeldOut(truth, heard, heard, dialogue % hands, np.zeros_like(dialogue), dialogue, person, ("partner",))
    return replace(an_ear(0.9, 0.99), held_out=held)


def _chat(seed: int, errors: EarErrors, *, days: int = 500) -> Relationship:
    """Ana invites every other day; Ben answers ANSWERED of it within minutes, else the day after next; TURNED of his answers turn away."""
    random = np.random.default_rng([seed, 1])
    answered = random.random(days) < ANSWERED
    turned = random.random(days) < TURNED
    heard = np.where(turned, random.random(days) < HIT, random.random(days) < FALSE)
    who = np.stack([np.zeros(days), np.ones(days)], axis=1).ravel().astype(np.int64)
    minute = np.stack([np.arange(days) * 4320, np.arange(days) * 4320 + np.where(answered, 5, 2880)], axis=1).ravel()
    acts = {"bid_connect": who == 0, "turn_away": np.stack([np.zeros(days), heard], axis=1).ravel().astype(np.bool_)}
    chat = from_arrays(who, minute, acts)
    senses = chat.messages.senses
    assert senses is not None
    return replace(chat, messages=chat.messages.with_senses(replace(senses, ear=errors.ear)))


def test_what_an_ear_misses_in_answers_to_bids_is_put_back() -> None:
    """Taken as heard, .87 of the answers would be no turning away where .80 are none."""
    ear, truth = _an_ear(), {"turning_toward": ANSWERED * (1 - TURNED), "turning_away": 1 - ANSWERED * (1 - TURNED)}
    covered = []
    for seed in range(10):
        heard = Heard(_chat(seed, ear), errors=ear, seed=seed)
        for name, share in truth.items():
            found = only(measure(heard), name, "Ben")
            assert found.value == pytest.approx(share, abs=0.1), (seed, name)
            covered.append(found.low is not None and found.high is not None and found.low <= share <= found.high)
        met = only(answered_bids(heard), "answered_bids", "Ben")
        assert met.value == pytest.approx(only(measure(heard), "turning_toward", "Ben").value, abs=0.01)
        against = only(measure(heard), "turning_against", "Ben")
        assert (against.value, against.low) == (0, 0)
    assert np.mean(covered) >= 0.8
