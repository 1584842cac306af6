"""Warm and hard turns in quarrels, and who began, stepped toward the other and left: always for both, or for neither."""

from dataclasses import replace

import numpy as np
import pytest

from conversation import an_ear, every_day, only, talk
from nearer.records import Finding
from nearer.relate._heard import Heard
from nearer.relate._quarrel_talk import said
from nearer.relate.quarrel_balance import CLEAR, SIDES, WIDEST, in_quarrels, measure, outside, starter, steps
from quarrel_ears import an_ear_for_quarrels, heard_by

QUARREL = """
18:00 Ana: you never help #blame
18:01 Ana: three evenings now #complain
18:02 Ben: that is not what happened #defend
18:04 Ana: this is on you #blame
18:06 Ben: I snapped, I am sorry #apologise[quality=full]
18:08 Ana: come here #comfort
"""
COLD = """
18:00 Ben: you never help #blame
18:02 Ana: no, you #blame
18:04 Ben: do what you want #withdraw
"""
KIND = "10:00 Ana: thank you #appreciate\n10:01 Ben: you too #appreciate\n10:02 Ana: milk"


def findings(text: str) -> list[Finding]:
    return list(measure(Heard(talk(text, people=("Ana", "Ben")))))


def test_a_turn_is_counted_once_and_is_warm_only_without_a_hard_word() -> None:
    heard = Heard(talk(every_day(10, QUARREL, step=7)))
    turns = in_quarrels(heard, said(heard))
    assert (len(turns.positions), int(turns.warm.sum()), int(turns.hard.sum())) == (50, 20, 30)
    mixed = Heard(talk(every_day(1, QUARREL.replace("come here #comfort", "come here #comfort #complain"))))
    assert int(in_quarrels(mixed, said(mixed)).warm.sum()) == 1


def test_the_balance_is_the_log_of_warm_over_hard() -> None:
    found = only(findings(every_day(10, QUARREL, step=7)), "quarrel_balance")
    assert found.value == pytest.approx(np.log(20.5 / 30.5), abs=0.001)
    assert (found.n, found.out_of, found.says, found.person) == (20, 50, "clearly", None)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= np.log(20.5 / 30.5) <= found.high
    assert found.evidence[-1].why == "a hard turn"
    assert found.against[-1].why == "a warm turn"
    assert found.sensitivity == ({"setting": "messages counted instead of turns", "value": round(float(np.log(20.5 / 40.5)), 4)},)


def test_forty_turns_are_needed_in_and_outside_quarrels() -> None:
    assert only(findings(every_day(7, QUARREL, step=7)), "quarrel_balance").needs == "40 warm or hard turns in quarrels; 35 so far"
    assert only(findings(every_day(8, QUARREL, step=7)), "quarrel_balance").value is not None
    assert only(findings(every_day(19, KIND)), "talk_balance").needs == "40 warm or hard turns outside quarrels; 38 so far"
    assert only(findings(every_day(20, KIND)), "talk_balance").value == pytest.approx(np.log(40.5 / 0.5), abs=0.01)


def test_quarrels_do_not_count_outside_and_a_turn_outside_may_be_neither() -> None:
    text = "\n".join(sorted((every_day(10, QUARREL, step=7) + "\n" + every_day(60, KIND)).splitlines()))
    heard = Heard(talk(text))
    turns = outside(heard, said(heard))
    assert (len(turns.positions), int(turns.warm.sum()), int(turns.hard.sum())) == (180, 120, 0)


def test_the_width_decides_whether_and_how_surely_it_is_told() -> None:
    assert CLEAR < WIDEST
    mostly = every_day(20, COLD, step=7) + "\n" + every_day(1, QUARREL, since="2027-06-01")
    found = only(findings(mostly), "quarrel_balance")
    assert found.value is None
    assert "the interval is too wide" in found.needs


# ----------------------------------------------------------------------------------------------------------------------------- the sides


def test_who_began_who_stepped_toward_and_who_left_by_hand() -> None:
    found = findings(every_day(16, QUARREL, step=7) + "\n" + every_day(12, COLD, since="2026-07-01", step=7))
    counts = {(name, person): only(found, name, person).n for name in SIDES for person in ("Ana", "Ben")}
    assert counts == {
        ("quarrel_starts", "Ana"): 16,
        ("quarrel_starts", "Ben"): 12,
        ("quarrel_steps", "Ana"): 16,
        ("quarrel_steps", "Ben"): 16,
        ("quarrel_leaves", "Ana"): 0,
        ("quarrel_leaves", "Ben"): 12,
    }
    assert {only(found, name, "Ana").out_of for name in SIDES} == {28}
    assert only(found, "quarrel_leaves", "Ben").evidence[-1].why == "leaves the talk"
    assert only(found, "quarrel_starts", "Ana").against[-1].why == "a quarrel that began with the other one's word"


def test_silence_while_the_other_goes_on_is_leaving() -> None:
    pressing = "18:00 Ana: you were late #complain\n18:20 Ana: an hour #complain\n19:50 Ana: hello? #blame\n22:00 Ben: milk"
    quick = every_day(8, KIND, since="2026-01-01")
    found = only(findings(quick + "\n" + every_day(8, pressing, step=7)), "quarrel_leaves", "Ben")
    assert (found.n, found.out_of) == (8, 8)
    assert found.evidence == ()


def test_a_hollow_apology_is_no_step() -> None:
    hollow = Heard(talk(every_day(8, COLD + "18:06 Ben: sorry if you took it so #apologise[quality=hollow]", step=7)))
    assert int(steps(hollow, said(hollow)).sum()) == 0
    full = Heard(talk(every_day(8, COLD + "18:06 Ben: sorry #apologise[quality=full]", step=7)))
    assert int(steps(full, said(full)).sum()) == 8


def test_six_quarrels_are_needed_and_told_for_both_or_neither() -> None:
    assert only(findings(every_day(5, QUARREL, step=7)), "quarrel_starts", "Ana").needs == "6 quarrels; 5 so far"
    one_sided = findings(every_day(6, COLD, step=7) + "\n" + every_day(6, COLD.replace("#withdraw", ""), since="2026-07-01", step=7))
    sides = [only(one_sided, "quarrel_leaves", person) for person in ("Ana", "Ben")]
    assert [side.value for side in sides] == [None, None]
    assert sides[0].needs == sides[1].needs != ""
    assert (sides[0].evidence, sides[0].series) == ((), ())


def test_without_a_hard_word_heard_the_first_who_wrote_stands_for_the_start() -> None:
    heard = Heard(talk(every_day(1, QUARREL)))
    lines = said(heard)
    assert starter(lines).tolist() == [0]
    assert starter(replace(lines, shown=np.zeros_like(lines.shown), who=1 - lines.who)).tolist() == [1]


# ------------------------------------------------------------------------------------------------------------- an ear that errs


def test_an_ear_that_hears_quarrels_well_gives_back_what_is_there() -> None:
    errors = an_ear_for_quarrels(dialogues=160, blame=0.7)
    relationship = heard_by(talk(every_day(40, QUARREL, step=7)), errors, keep={"blame": 0.7, "defend": 0.9}, seed=2)
    found = list(measure(Heard(relationship, errors=errors)))
    balance = only(found, "quarrel_balance")
    assert balance.low is not None
    assert balance.high is not None
    assert balance.low <= np.log(80.5 / 120.5) <= balance.high


def test_an_ear_whose_errors_in_quarrels_are_unknown_tells_nothing() -> None:
    errors = an_ear(0.8, 0.98)
    found = list(measure(Heard(heard_by(talk(every_day(12, QUARREL, step=7)), errors), errors=errors)))
    assert "hears warm and hard words more surely" in only(found, "quarrel_balance").needs
    assert all(finding.value is None for finding in found if finding.measure in SIDES)


def test_nobody_and_nothing_break_nothing() -> None:
    assert all(finding.value is None for finding in findings("09:00 Ana: hi\n09:01 Ben: hi"))
    assert all(finding.value is None for finding in findings("09:00 Ana: hi"))


def test_outside_quarrels_no_ear_is_believed_since_what_it_missed_would_count_as_talk() -> None:
    errors = an_ear_for_quarrels()
    for given in (errors, None):
        found = only(measure(Heard(heard_by(talk(every_day(60, KIND)), errors), errors=given)), "talk_balance")
        assert found.needs == "an ear that finds every quarrel: one it missed would count here as talk"
