"""Four ways quarrels turn sour: shares of each one's own messages in quarrels, and nothing where the ear hears too little."""

import numpy as np
import pytest

from conversation import an_ear, every_day, only, talk
from nearer.records import ACT_INDEX, ACTS, EarErrors, HeldOut
from nearer.relate._correction import DEAF
from nearer.relate._heard import Heard
from nearer.relate._posterior import beta_interval
from nearer.relate._quarrel_talk import errors_of, held_lines, said
from nearer.relate.horsemen import TELLS, measure
from quarrel_ears import an_ear_for_quarrels, heard_by

QUARREL = """
18:00 Ana: you never help #blame
18:02 Ben: that is not what happened #defend
18:04 Ana: this is on you #blame
18:06 Ana: three evenings now #complain
18:08 Ben: so clever, as always #contempt
18:10 Ben: I was going down
18:12 Ben: do what you want #withdraw
"""
CALM = "10:00 Ana: milk\n10:01 Ben: sure, genius #contempt"


def test_each_way_is_a_share_of_ones_own_messages_in_quarrels() -> None:
    found = list(measure(Heard(talk(every_day(10, QUARREL, step=7)))))
    assert [finding.measure for finding in found[::2]] == list(TELLS)
    assert (only(found, "quarrel_blame", "Ana").n, only(found, "quarrel_blame", "Ana").out_of) == (20, 30)
    counts = {name: only(found, name, "Ben").n for name in TELLS}
    assert counts == {"quarrel_defence": 10, "quarrel_blame": 0, "quarrel_withdrawal": 10, "quarrel_contempt": 10}
    assert only(found, "quarrel_contempt", "Ben").out_of == 40
    assert only(found, "quarrel_contempt", "Ben").value == pytest.approx(beta_interval(10, 30)[0], abs=0.01)


def test_what_is_said_outside_a_quarrel_counts_nowhere() -> None:
    text = "\n".join(sorted((every_day(10, QUARREL, step=7) + "\n" + every_day(30, CALM, since="2026-06-01")).splitlines()))
    assert only(measure(Heard(talk(text))), "quarrel_contempt", "Ben").n == 10


def test_six_quarrels_and_twenty_messages_are_needed() -> None:
    five, six = (Heard(talk(every_day(days, QUARREL, step=7))) for days in (5, 6))
    assert only(measure(five), "quarrel_blame", "Ana").needs == "6 quarrels; 5 so far"
    assert only(measure(six), "quarrel_blame", "Ana").needs == "20 messages in quarrels; 18 so far"
    assert only(measure(six), "quarrel_blame", "Ben").value is not None


def test_the_messages_behind_it_show_the_act_and_those_against_are_calm() -> None:
    finding = only(measure(Heard(talk(every_day(10, QUARREL, step=7)))), "quarrel_withdrawal", "Ben")
    assert [evidence.id for evidence in finding.evidence] == [f"m{7 * day + 7}" for day in range(5, 10)]
    assert [evidence.id for evidence in finding.against] == [f"m{7 * day + 6}" for day in range(7, 10)]
    assert "heard in 10 of 10 quarrels" in finding.coverage
    assert [row["setting"] for row in finding.sensitivity] == [f"quarrels with at least {n} hard words" for n in (2, 3, 4)]


def test_without_quarrels_or_messages_it_cannot_tell() -> None:
    assert all(finding.says == "cannot_tell" for finding in measure(Heard(talk("09:00 Ana: hi\n09:01 Ben: hi"))))
    assert {finding.needs for finding in measure(Heard(talk("09:00 Ana: hi", people=("Ana", "Ben"))))} == {"6 quarrels; 0 so far"}


# ------------------------------------------------------------------------------------------------------------- an ear that errs


def test_an_ear_without_held_out_messages_cannot_say_how_it_errs_in_quarrels() -> None:
    errors = an_ear(0.8, 0.98)
    relationship = heard_by(talk(every_day(12, QUARREL, step=7)), errors)
    assert errors_of(Heard(relationship, errors=errors), lambda some: some.has("blame"), per=lambda some: some.quarrel, name="x") is DEAF
    assert "0.30 is the least" in only(measure(Heard(relationship, errors=errors)), "quarrel_blame", "Ana").needs


def test_what_the_ear_misses_in_quarrels_is_put_back() -> None:
    """The ear hears blame in 3 of 5 messages that hold it; three quarters of Ana's messages in these quarrels truly do."""
    errors = an_ear_for_quarrels(blame=0.6)
    relationship = heard_by(talk(every_day(40, QUARREL, step=7)), errors, keep={"blame": 0.6}, seed=3)
    found = only(measure(Heard(relationship, errors=errors)), "quarrel_blame", "Ana")
    assert found.value == pytest.approx(2 / 3, abs=0.12)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2 / 3 < found.high


def test_one_that_the_ear_hardly_hears_is_not_told_and_the_others_are() -> None:
    errors = an_ear_for_quarrels(contempt=0.1)
    found = list(measure(Heard(heard_by(talk(every_day(12, QUARREL, step=7)), errors), errors=errors)))
    assert "0.30 is the least" in only(found, "quarrel_contempt", "Ben").needs
    assert only(found, "quarrel_withdrawal", "Ben").value is not None


def test_errors_are_counted_only_in_dialogues_where_the_ear_hears_a_quarrel() -> None:
    errors = an_ear_for_quarrels()
    assert errors.held_out is not None
    found, true = held_lines(errors.held_out, setting="partner")
    assert len(found) == len(true) < len(errors.held_out)
    assert found.who[:4].tolist() == [0, 1, 0, 1]
    silent = HeldOut(
        **{name: getattr(errors.held_out, name) for name in HeldOut.__slots__} | {"shown": np.zeros_like(errors.held_out.shown)}
    )
    nothing = EarErrors(errors.ear, errors.counted, errors.by_setting, silent)
    heard = Heard(heard_by(talk(every_day(6, QUARREL)), nothing), errors=nothing)
    assert errors_of(heard, lambda some: some.has("blame"), per=lambda some: some.quarrel, name="x") is DEAF


def test_lines_hold_what_was_heard_and_nothing_of_a_passage_that_was_stopped() -> None:
    lines = said(Heard(talk(every_day(2, QUARREL), unheard=("this is on you",))))
    assert len(lines) == 12
    assert lines.quarrel.tolist() == [0] * 6 + [1] * 6
    assert lines.turn.tolist() == [0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 7, 7]
    assert int(lines.shown[0]) == 1 << ACT_INDEX["blame"]
    assert set(ACTS) >= {"blame", "contempt"}


def test_from_an_ear_nobody_measured_none_of_the_four_is_told() -> None:
    heard = Heard(heard_by(talk(every_day(12, QUARREL, step=7)), an_ear(0.9, 0.99)), errors=None)
    assert {finding.needs.partition(":")[0] for finding in measure(heard)} == {"an ear whose errors were measured"}
