"""Whether quarrels grow, hard turns meet hard ones, and steps are taken up."""

from dataclasses import replace

import pytest

from conversation import an_ear, every_day, only, talk
from nearer.records import Finding
from nearer.relate._heard import Heard
from nearer.relate._quarrel_talk import bits_of, said
from nearer.relate.escalation import grew, is_answered, is_taken_up, measure, next_is_hard
from quarrel_ears import an_ear_for_quarrels, heard_by

GROWS = """
18:00 Ana: three evenings now #complain
18:02 Ben: I was busy #defend
18:04 Ana: you never care #blame
18:06 Ben: so clever #contempt
18:08 Ana: enough #withdraw
"""
STOPS = """
18:00 Ana: you never care #blame
18:02 Ben: I was busy #defend
18:04 Ben: but I see you were alone with it #validate
18:06 Ana: thank you #appreciate
18:08 Ben: I am sorry #apologise[quality=full]
18:10 Ana: it is all right #forgive[decision=accept]
"""


def findings(text: str) -> list[Finding]:
    return list(measure(Heard(talk(text, people=("Ana", "Ben")))))


def lines_of(text: str) -> Heard:
    return Heard(talk(every_day(1, text), people=("Ana", "Ben")))


def test_a_quarrel_grew_where_a_harder_word_follows_its_first_one() -> None:
    assert grew(said(lines_of(GROWS))).tolist() == [2]
    assert grew(said(lines_of(STOPS))).tolist() == [0]
    found = only(findings(every_day(12, GROWS, step=7) + "\n" + every_day(4, STOPS, since="2026-08-01", step=7)), "quarrel_grew")
    assert (found.n, found.out_of, found.person) == (12, 16, None)
    assert found.evidence[-1].id == "m58"
    assert found.against[-1].why == "a quarrel that did not grow harder"


@pytest.mark.parametrize(
    ("first", "later", "grown"),
    [
        ("complain", "blame", True),
        ("blame", "contempt", True),
        ("blame", "threaten_leave", True),
        ("complain", "withdraw", False),
        ("contempt", "blame", False),
        ("contempt", "threaten_leave", False),
    ],
)
def test_the_three_degrees(first: str, later: str, grown: bool) -> None:  # noqa: FBT001 - a table
    lines = said(lines_of(f"18:00 Ana: so #{first}\n18:02 Ben: so #{later}\n18:04 Ana: so #{first}"))
    assert bool(grew(lines)[0]) is grown


def test_a_hard_turn_counts_once_and_only_where_the_other_answered() -> None:
    lines = said(lines_of("18:00 Ana: so #blame\n18:01 Ana: and so #blame\n18:02 Ben: hm\n18:04 Ben: no #defend\n18:06 Ana: so #blame"))
    assert is_answered(lines).tolist() == [True, True, False]
    assert next_is_hard(lines).tolist() == [True, True, False]
    found = only(findings(every_day(12, GROWS, step=7)), "answered_hard", "Ben")
    assert (found.n, found.out_of, found.toward) == (24, 24, "Ana")
    assert found.evidence[-1].why == "a hard answer"


def test_twenty_answered_hard_turns_and_six_quarrels_are_needed() -> None:
    assert only(findings(every_day(9, GROWS, step=7)), "answered_hard", "Ben").needs == "20 answered hard turns; 18 so far"
    assert only(findings(every_day(10, GROWS, step=7)), "answered_hard", "Ben").value is not None
    assert only(findings(every_day(5, GROWS, step=7)), "quarrel_grew").needs == "6 quarrels; 5 so far"
    assert only(findings(every_day(6, GROWS, step=7)), "quarrel_grew").value is not None


def test_a_step_is_taken_up_where_the_answer_is_warm_and_not_hard() -> None:
    found = only(findings(every_day(8, STOPS, step=7)), "steps_taken_up", "Ana")
    assert (found.n, found.out_of, found.toward) == (16, 16, "Ben")
    spoiled = STOPS.replace("#forgive[decision=accept]", "#blame")
    found = only(findings(every_day(12, spoiled, step=7)), "steps_taken_up", "Ana")
    assert (found.n, found.out_of) == (0, 24)
    assert found.against[-1].why == "a step after which no warm answer is seen"


def test_a_step_at_the_end_without_an_answer_is_not_taken_up_and_another_quarrel_answers_nothing() -> None:
    ends = "18:00 Ana: so #blame\n18:02 Ben: no #defend\n18:04 Ana: so #blame\n18:06 Ben: sorry #apologise[quality=full]"
    lines = said(Heard(talk(every_day(2, ends, step=7))))
    assert is_taken_up(lines).tolist() == [False, False, True, False] * 2
    taken = is_taken_up(said(lines_of(STOPS)))
    assert taken.tolist() == [False, True, True, True, True, False]


def test_a_hollow_apology_is_no_step() -> None:
    hollow = STOPS.replace("quality=full", "quality=hollow").replace("#validate", "")
    assert only(findings(every_day(8, hollow, step=7)), "steps_taken_up", "Ana").needs == "6 steps toward the other; 0 so far"


def test_an_act_named_twice_is_one_bit() -> None:
    assert bits_of("blame", "blame") == bits_of("blame")


def test_what_an_ear_misses_is_put_back_and_what_it_cannot_know_is_not_told() -> None:
    errors = an_ear_for_quarrels(dialogues=160)
    heard = heard_by(talk(every_day(40, GROWS, step=7)), errors, keep={"contempt": 0.9, "blame": 0.9}, seed=5)
    found = only(measure(Heard(heard, errors=errors)), "answered_hard", "Ben")
    assert found.high is not None
    assert found.high > 0.9
    unknown = an_ear(0.8, 0.98)
    heard = heard_by(talk(every_day(12, GROWS, step=7)), unknown)
    assert all(finding.value is None for finding in measure(Heard(heard, errors=unknown)))


def test_empty_chats_break_nothing() -> None:
    assert all(finding.value is None for finding in findings("09:00 Ana: hi"))
    nothing = said(Heard(talk("09:00 Ana: hi\n09:01 Ben: hi")))
    assert (grew(nothing).tolist(), is_answered(nothing).tolist(), is_taken_up(nothing).tolist()) == ([], [], [])
    assert next_is_hard(replace(nothing)).tolist() == []
