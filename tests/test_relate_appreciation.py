from dataclasses import replace

import numpy as np
import pytest

from conversation import an_ear, every_day, from_arrays, only, talk
from nearer.columns import Messages
from nearer.relate import relate

DAY = "09:00 Ana: thank you for the tea #appreciate\n09:05 Ben: sure\n09:06 Ana: bins\n09:07 Ana: keys"


def test_thanks_a_week() -> None:
    found = only(relate(talk(every_day(70, DAY, since="2026-03-02"))), "appreciation", "Ana")
    assert (found.n, found.out_of) == (70, 210)
    assert found.value == pytest.approx(7)
    assert found.evidence[-1].id == "m277"
    assert "based on 210 messages of Ana, text only, 10 weeks; calls not seen" in found.coverage


def test_three_weeks_are_too_few_and_four_are_enough() -> None:
    few, enough = (only(relate(talk(every_day(days, DAY, since="2026-03-02"))), "appreciation", "Ana") for days in (21, 28))
    assert (few.needs, few.value) == ("4 active weeks; 3 so far", None)
    assert enough.value == pytest.approx(7)


def test_fewer_than_the_ear_mishears_is_not_told_as_nought() -> None:
    """An ear that mishears one in ten hears nothing at all here: then its figures do not fit this chat."""
    ear = an_ear(0.8, 0.9)
    who, minute = np.tile([0, 1], 1000), np.arange(2000) * 60
    heard = from_arrays(who, minute, {}, errors=ear)
    relationship = replace(heard, messages=_silent(heard.messages))
    found = only(relate(relationship, errors=ear), "appreciation", "Ana")
    assert (found.says, found.value) == ("cannot_tell", None)
    assert "beyond what they allow" in found.needs


def _silent(messages: Messages) -> Messages:
    assert messages.senses is not None
    nothing = np.zeros_like(messages.senses.acts)
    return messages.with_senses(replace(messages.senses, acts=nothing, acts_shown=nothing > 0))
