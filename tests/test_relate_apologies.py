"""Apologies: how often, what they hold, how they were met; and nothing about them from an ear that hears too many that are none."""

from dataclasses import replace

import numpy as np
import pytest

from conversation import every_day, only, talk
from nearer.records import Finding
from nearer.relate._heard import WITHIN, Heard
from nearer.relate._posterior import beta_interval
from nearer.relate.apologies import TELLS, apologies, measure, replies_of
from quarrel_ears import an_ear_for_quarrels, heard_by

OWNED = "Ben: I was wrong, I'm sorry #apologise[parts=regret,responsibility;quality=full]"
BARE = "Ben: sorry #apologise[parts=regret;quality=partial]"
HOLLOW = "Ben: sorry if you took it badly #apologise[parts=regret;quality=hollow]"
ACCEPT = "Ana: I believe you #forgive[decision=accept]"


def found(text: str, name: str, person: str = "Ben") -> Finding:
    return only(measure(Heard(talk(text, people=("Ana", "Ben")))), name, person)


def met(text: str) -> list[str]:
    heard = Heard(talk(text, people=("Ana", "Ben")))
    return [apology.met for apology in apologies(heard, 1, replies_of(heard), within=WITHIN)]


def test_each_part_is_a_share_of_a_persons_apologies() -> None:
    text = every_day(12, f"09:00 {OWNED}\n09:10 {ACCEPT}") + "\n" + every_day(4, f"09:00 {BARE}\n09:10 {ACCEPT}", since="2026-05-01")
    owning = found(text, "apology_responsibility")
    assert (owning.n, owning.out_of, owning.person, owning.toward) == (12, 16, "Ben", "Ana")
    assert owning.value == pytest.approx(beta_interval(12, 4)[0], abs=0.01)
    assert owning.evidence[-1].why == "owns it"
    assert [evidence.id for evidence in owning.against] == ["m27", "m29", "m31"]
    assert found(text, "apology_regret").n == 16
    assert found(text, "apology_ask_forgiveness").n == 0


def test_lines_six_hours_and_twelve_messages_apart_are_one_apology() -> None:
    assert len(met(f"2026-03-01 09:00 {BARE}\n2026-03-01 15:00 {OWNED}")) == 1
    assert len(met(f"2026-03-01 09:00 {BARE}\n2026-03-01 15:01 {OWNED}")) == 2
    between = "\n".join(f"09:{minute:02} Ana: hm" for minute in range(1, 13))
    assert len(met(f"09:00 {BARE}\n{between}\n09:30 {OWNED}")) == 2
    assert len(met("09:00 {}\n{}\n09:30 {}".format(BARE, "\n".join(between.splitlines()[:11]), OWNED))) == 1


def test_an_apology_is_hollow_only_where_every_line_of_it_is() -> None:
    text = every_day(12, f"09:00 {HOLLOW}") + "\n" + every_day(6, f"09:00 {HOLLOW}\n09:05 {OWNED}", since="2026-05-01")
    assert (found(text, "apology_hollow").n, found(text, "apology_hollow").out_of) == (12, 18)


def test_nobody_is_told_of_hollow_apologies_they_never_made() -> None:
    finding = found(every_day(12, f"09:00 {OWNED}"), "apology_hollow")
    assert (finding.value, finding.low, finding.n) == (0.0, 0.0, 0)
    assert finding.high is not None
    assert finding.high > 0.1


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (f"2026-03-01 09:10 {ACCEPT}", "accepted"),
        (f"2026-03-15 09:00 {ACCEPT}", "accepted"),
        (f"2026-03-15 09:01 {ACCEPT}", "other"),
        ("09:10 Ana: I'm not there yet #forgive[decision=defer]", "deferred"),
        ("09:10 Ana: no, not this time #forgive[decision=refuse]", "refused"),
        (f"09:10 Ana: not yet #forgive[decision=defer]\n2026-03-04 10:00 {ACCEPT}", "accepted"),
        ("09:10 Ana: come here #comfort", "warm"),
        ("09:10 Ana: come here #comfort\n09:11 Ana: you never learn #blame", "hard"),
        ("09:10 Ana: milk?", "other"),
        ("2026-03-02 09:00 Ana: thank you #appreciate", "warm"),
        ("2026-03-02 09:01 Ana: thank you #appreciate", "other"),
        ("", "other"),
    ],
)
def test_how_an_apology_was_met(answer: str, how: str) -> None:
    assert met(f"2026-03-01 09:00 {OWNED}\n{answer}".strip()) == [how]


def test_a_word_on_the_next_apology_is_not_a_word_on_this_one() -> None:
    assert met(f"2026-03-01 09:00 {OWNED}\n2026-03-05 09:00 {OWNED}\n09:10 {ACCEPT}") == ["other", "accepted"]


def test_meeting_is_told_of_the_one_who_met_and_holds_every_way() -> None:
    text = every_day(14, f"09:00 {OWNED}\n09:10 {ACCEPT}") + "\n" + every_day(3, f"09:00 {OWNED}", since="2026-05-01", step=3)
    finding = found(text, "apologies_met", "Ana")
    assert (finding.n, finding.out_of, finding.toward) == (14, 17, "Ben")
    assert {point.label: point.n for point in finding.series} == {
        "accepted": 14,
        "warm": 0,
        "deferred": 0,
        "refused": 0,
        "hard": 0,
        "other": 3,
    }
    assert "accepted: 14; no word on it seen here: 3" in finding.coverage
    assert finding.evidence[-1].id == "m28"
    assert len(finding.sensitivity) == 3


def test_not_yet_counts_neither_for_nor_against() -> None:
    deferred = f"09:00 {OWNED}\n09:10 Ana: I need time #forgive[decision=defer]"
    text = every_day(12, f"09:00 {OWNED}\n09:10 {ACCEPT}") + "\n" + every_day(5, deferred, since="2026-05-01", step=3)
    finding = found(text, "apologies_met", "Ana")
    assert (finding.n, finding.out_of) == (12, 12)
    assert "answered with: not yet: 5" in finding.coverage


def test_three_apologies_are_needed_and_the_width_asks_for_more() -> None:
    assert found(every_day(2, f"09:00 {OWNED}", step=3), "apology_regret").needs == "3 apologies; 2 so far"
    assert "wider than 0.4" in found(every_day(3, f"09:00 {OWNED}", step=3), "apology_regret").needs
    assert found(every_day(8, f"09:00 {OWNED}", step=3), "apology_regret").value is not None


def test_how_often_is_a_rate_of_active_weeks() -> None:
    day = f"09:00 {OWNED}\n09:05 Ben: yes\n09:06 Ben: so\n09:07 Ana: ok"
    finding = found(every_day(24, day, since="2026-03-02", step=7), "apologies")
    assert (finding.n, finding.unit) == (24, "apologies a week")
    assert finding.value == pytest.approx(1.0)
    assert found(every_day(3, day, since="2026-03-02", step=7), "apologies").needs == "4 active weeks; 3 so far"


def test_an_ear_that_hears_many_that_are_none_tells_nothing_about_them() -> None:
    text = every_day(20, f"09:00 {OWNED}\n09:10 {ACCEPT}\n09:20 Ben: milk\n09:21 Ben: bread")
    sure, errors = talk(text, people=("Ana", "Ben")), an_ear_for_quarrels()
    told = only(measure(Heard(heard_by(sure, errors), errors=errors)), "apology_regret", "Ben")
    assert (told.says, told.value is None) == ("probably", False)
    assert errors.held_out is not None
    flagged = errors.held_out.shown.copy()
    flagged[1::4] |= np.uint32(1 << 20)
    careless = replace(errors, held_out=replace(errors.held_out, shown=flagged))
    blank = only(measure(Heard(heard_by(sure, careless), errors=careless)), "apology_regret", "Ben")
    assert blank.value is None
    assert "likely to be one" in blank.needs


def test_hollow_is_never_told_from_an_ear() -> None:
    errors = an_ear_for_quarrels()
    heard = Heard(heard_by(talk(every_day(20, f"09:00 {HOLLOW}"), people=("Ana", "Ben")), errors), errors=errors)
    assert only(measure(heard), "apology_hollow", "Ben").needs == "an ear whose errors about hollow apologies were measured"


def test_where_nobody_says_sorry_nothing_is_told_and_nothing_breaks() -> None:
    findings = list(measure(Heard(talk("09:00 Ana: hi\n09:01 Ben: hi"))))
    assert [finding.measure for finding in findings[::2]] == list(TELLS)
    assert all(finding.says == "cannot_tell" for finding in findings)
    assert met("09:00 Ana: hi") == []


def test_bare_labels_without_parts_count_as_apologies_that_hold_none() -> None:
    assert met("09:00 Ben: sorry #apologise\n09:01 Ana: ok #forgive") == ["warm"]


def test_an_ear_nobody_measured_tells_parts_as_probable_and_hollow_not_at_all() -> None:
    relationship = heard_by(talk(every_day(20, f"09:00 {OWNED}"), people=("Ana", "Ben")), an_ear_for_quarrels())
    findings = list(measure(Heard(relationship, errors=None)))
    assert only(findings, "apology_regret", "Ben").says == "probably"
    assert only(findings, "apology_hollow", "Ben").value is None
