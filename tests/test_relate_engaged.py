from dataclasses import replace

import numpy as np
import pytest

from conversation import an_ear, every_day, only, talk
from nearer.records import ACT_INDEX, EarErrors, HeldOut
from nearer.relate import relate
from nearer.relate._heard import Heard
from nearer.relate.engaged import measure
from quarrel_ears import heard_by

OPENS = "09:00 Ana: how did it go? #curious_question\n09:05 Ben: fine\n09:06 Ana: good\n09:07 Ana: so good"


def test_openings_out_of_care_a_week() -> None:
    found = only(relate(talk(every_day(56, OPENS, since="2026-03-02"))), "engaged", "Ana")
    assert (found.n, found.toward) == (56, "Ben")
    assert found.value == pytest.approx(7)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 7 < found.high
    assert [row["value"] for row in found.sensitivity] == [pytest.approx(7)] * 3


def test_a_question_inside_a_sitting_is_no_opening() -> None:
    text = every_day(56, "08:55 Ben: bins\n" + OPENS, since="2026-03-02")
    assert only(relate(talk(text)), "engaged", "Ana").n == 0


def test_four_active_weeks_are_needed() -> None:
    text = every_day(21, OPENS, since="2026-03-02")
    assert only(relate(talk(text)), "engaged", "Ana").needs == "4 active weeks; 3 so far"
    assert only(relate(talk(every_day(28, OPENS, since="2026-03-02"))), "engaged", "Ana").value is not None


# --------------------------------------------------------------------------------------------------------------- with an ear that errs


def _an_ear(*, dialogues: int = 400) -> EarErrors:
    """Return an ear that finds half of the questions that open a held-out dialogue, and all of those later on."""
    asks, every = np.uint32(1 << ACT_INDEX["curious_question"]), np.arange(dialogues)
    truth = np.zeros((dialogues, 4), dtype=np.uint32)
    truth[every % 2 == 0, 0] = asks
    truth[:, 2:] = asks | np.uint32(1 << ACT_INDEX["bid_connect"]) | np.uint32(1 << ACT_INDEX["plan_ritual"])
    shown = truth.copy()
    shown[every % 4 == 0, 0] = 0
    dialogue, person = np.repeat(every, 4).astype(np.int32), np.tile([0, 1], 2 * dialogues).astype(np.int32)
    heard = shown.ravel()
    held = HeldOut(truth.ravel(), heard, heard, dialogue % 3, np.zeros_like(dialogue), dialogue, person, settings=("partner",))
    return replace(an_ear(0.9, 0.99), held_out=held)


def test_errors_are_those_in_what_opens_a_conversation() -> None:
    """The ear finds half of the openings out of care: three and a half a week are told as seven."""
    ear = _an_ear()
    quiet = "09:00 Ana: the bins\n09:05 Ben: fine\n09:06 Ana: good\n09:07 Ana: so good"
    text = "\n".join((every_day(160, OPENS, since="2026-03-02", step=2), every_day(160, quiet, since="2026-03-03", step=2)))
    heard = Heard(heard_by(talk("\n".join(sorted(text.splitlines()))), ear), errors=ear)
    found = only(measure(heard), "engaged", "Ana")
    assert found.value == pytest.approx(7, abs=0.7)


@pytest.mark.parametrize(("dialogues", "is_told"), [(60, True), (28, False)])
def test_an_ear_that_heard_few_openings_tells_nothing(dialogues: int, *, is_told: bool) -> None:
    ear = _an_ear(dialogues=dialogues)
    heard = Heard(heard_by(talk(every_day(56, OPENS, since="2026-03-02")), ear), errors=ear)
    assert ("an ear that hears this more surely" not in only(measure(heard), "engaged", "Ana").needs) == is_told
