from dataclasses import replace

import pytest

from conversation import every_day, only, talk
from nearer.relate import relate
from nearer.relate._heard import Heard
from nearer.relate.reconnection import measure, share_right
from quarrel_ears import an_ear_for_quarrels, heard_by

QUARREL = """
18:00 Ana: you never help #blame
18:05 Ben: you are no better #blame #defend
18:10 Ana: this is on you #blame
18:15 Ben: no, on you #blame
20:15 Ben: I shouted, I am sorry #apologise[quality=full]
21:15 Ana: come here #comfort
"""


def test_hours_from_the_last_hard_word_to_the_first_warm_one() -> None:
    found = relate(talk(every_day(8, QUARREL, step=7)))
    ben, ana = only(found, "reconnection", "Ben"), only(found, "reconnection", "Ana")
    assert (ben.value, ben.n, ben.out_of, ben.says) == (2.0, 8, 8, "clearly")
    assert ana.value == 3.0
    assert len(ben.evidence) == 5


def test_a_quarrel_without_a_warm_word_is_not_yet() -> None:
    cold = "\n".join(QUARREL.strip().splitlines()[:4])
    text = every_day(7, QUARREL, step=7) + "\n" + every_day(2, cold, since="2026-06-01", step=3)
    found = only(relate(talk(text)), "reconnection", "Ben")
    assert (found.n, found.out_of, found.value) == (7, 9, 2.0)
    assert len(found.against) == 2


def test_six_quarrels_are_needed() -> None:
    assert only(relate(talk(every_day(5, QUARREL, step=7))), "reconnection", "Ben").needs == "6 quarrels; 5 so far"
    assert only(relate(talk(every_day(6, QUARREL, step=7))), "reconnection", "Ben").value == 2.0


# --------------------------------------------------------------------------------------------------------------- with an ear that errs


@pytest.mark.parametrize(("finds", "is_told"), [(1.0, True), (0.5, False)])
def test_the_wait_is_told_only_by_an_ear_that_names_the_right_first_warm_word(finds: float, *, is_told: bool) -> None:
    ear = an_ear_for_quarrels(own_reactivity=finds, apologise=finds, comfort=finds, validate=finds, withdraw=1.0)
    relationship = heard_by(talk(every_day(8, QUARREL, step=7)), ear)
    heard = Heard(relationship, errors=ear)
    assert (share_right(heard) >= 0.8) == is_told
    found = only(measure(heard), "reconnection", "Ben")
    assert (found.value, "of ten held-out ones it names" in found.needs) == (2.0 if is_told else None, not is_told)


def test_labels_are_right_and_an_ear_that_nobody_asked_may_be_wrong() -> None:
    ear, few = an_ear_for_quarrels(), an_ear_for_quarrels(dialogues=8, own_reactivity=1.0, apologise=1.0, comfort=1.0, validate=1.0)
    chat = talk(every_day(8, QUARREL, step=7))
    assert share_right(Heard(chat)) == 1
    assert share_right(Heard(heard_by(chat, few), errors=few)) == 0
    unknown = replace(ear, held_out=None)
    assert share_right(Heard(heard_by(chat, unknown), errors=unknown)) == 0
