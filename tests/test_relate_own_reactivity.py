"""Naming one's own part in a quarrel, and pauses that end when they were to end."""

import pytest

from conversation import an_ear, every_day, only, talk
from nearer.records import Finding
from nearer.relate._heard import Heard
from nearer.relate.own_reactivity import measure, pauses
from quarrel_ears import an_ear_for_quarrels, heard_by

QUARREL = """
18:00 Ana: you never help #blame
18:02 Ben: that is not what happened #defend
18:04 Ana: this is on you #blame
18:06 Ben: I'm getting defensive, give me a moment #own_reactivity
"""
WITHOUT = QUARREL.replace("#own_reactivity", "#defend")


def findings(text: str) -> list[Finding]:
    return list(measure(Heard(talk(text, people=("Ana", "Ben")))))


def a_pause(day: int, back: str) -> str:
    named = f"2026-03-{day:02}T19:00:00+00:00"
    return f"2026-03-{day:02} 18:40 Ben: back at seven #own_reactivity[returns={named}]\n{back}\n2026-03-{day:02} 21:00 Ana: hm"


def test_the_share_of_quarrels_in_which_somebody_named_their_own_part() -> None:
    found = findings(every_day(10, QUARREL, step=7) + "\n" + every_day(10, WITHOUT, since="2026-08-01", step=7))
    ben = only(found, "own_part", "Ben")
    assert (ben.n, ben.out_of, ben.toward) == (10, 20, "Ana")
    assert ben.evidence[-1].why == "names their own part, or takes a pause"
    assert ben.against[-1].why == "a quarrel in which this is not heard"
    assert len(ben.sensitivity) == 3
    assert only(found, "own_part", "Ana").n == 0


def test_six_quarrels_are_needed() -> None:
    assert only(findings(every_day(5, QUARREL, step=7)), "own_part", "Ben").needs == "6 quarrels; 5 so far"
    assert only(findings(every_day(6, QUARREL, step=7)), "own_part", "Ben").value is not None


@pytest.mark.parametrize(
    ("back", "minutes"),
    [
        ("18:55 Ben: here", -5),
        ("19:30 Ben: here", 30),
        ("18:41 Ben: I mean it\n19:10 Ben: here", 10),
        ("18:43 Ben: wait\n19:10 Ben: here", -17),
        ("20:30 Ben: here", 90),
    ],
)
def test_when_somebody_came_back_after_the_lines_of_the_pause(back: str, minutes: int) -> None:
    (pause,) = pauses(Heard(talk(a_pause(1, "\n".join(f"2026-03-01 {line}" for line in back.splitlines())), people=("Ana", "Ben"))), 1)
    assert (pause.back_at - pause.until) / 60_000_000 == minutes


def test_half_an_hour_of_grace_and_not_a_minute_more() -> None:
    text = "\n".join(a_pause(day, f"2026-03-{day:02} {'19:30' if day < 13 else '19:31'} Ben: here") for day in range(1, 17))
    found = only(findings(text), "pauses_kept", "Ben")
    assert (found.n, found.out_of) == (12, 16)
    assert [row["value"] for row in found.sensitivity] == [0.0, 0.75, 1.0]
    assert found.against[-1].why == "back later"


def test_five_pauses_are_needed_and_a_pause_without_a_time_is_none() -> None:
    four = "\n".join(a_pause(day, f"2026-03-{day:02} 19:05 Ben: here") for day in range(1, 5))
    assert only(findings(four), "pauses_kept", "Ben").needs == "5 pauses with a time to come back; 4 so far"
    six = "\n".join(a_pause(day, f"2026-03-{day:02} 19:05 Ben: here") for day in range(1, 8))
    assert only(findings(six), "pauses_kept", "Ben").n == 7
    for odd in ("soon", "18:30", "2026-03-01T18:00:00+00:00"):
        assert pauses(Heard(talk(f"2026-03-01 18:40 Ben: so #own_reactivity[returns={odd}]\n19:00 Ana: hm\n19:05 Ben: here")), 0) == []


def test_never_back_counts_only_when_a_day_of_the_record_has_passed() -> None:
    open_ = "2026-03-01 18:40 Ben: back at seven #own_reactivity[returns=2026-03-01T19:00:00+00:00]\n2026-03-02 19:00 Ana: hm"
    assert pauses(Heard(talk(open_, people=("Ana", "Ben"))), 1) == []
    (pause,) = pauses(Heard(talk(open_.replace("2026-03-02 19:00", "2026-03-02 19:01"), people=("Ana", "Ben"))), 1)
    assert pause.back == -1


def test_a_time_without_a_zone_is_on_the_clock_of_the_export() -> None:
    text = "2026-03-01 18:40 Ben: back at seven #own_reactivity[returns=2026-03-01T19:00:00]\n19:10 Ben: here\n19:11 Ana: hm"
    (pause,) = pauses(Heard(talk(text, tz="Europe/Berlin", people=("Ana", "Ben"))), 1)
    assert pause.back_at - pause.until == 10 * 60_000_000


def test_an_ear_is_believed_about_pauses_only_where_most_are_likely_true_and_never_clearly() -> None:
    text = "\n".join(a_pause(day, f"2026-03-{day:02} 19:05 Ben: here") for day in range(1, 29))
    good = an_ear_for_quarrels()
    found = only(measure(Heard(heard_by(talk(text, people=("Ana", "Ben")), good), errors=good)), "pauses_kept", "Ben")
    assert found.says == "probably"
    poor = an_ear(0.9, 0.6)
    blank = only(measure(Heard(heard_by(talk(text, people=("Ana", "Ben")), poor), errors=poor)), "pauses_kept", "Ben")
    assert blank.value is None
    assert "likely to be one" in blank.needs


def test_nothing_breaks_without_quarrels_or_words() -> None:
    assert all(finding.value is None for finding in findings("09:00 Ana: hi\n09:01 Ben: hi"))
    assert all(finding.value is None for finding in findings("09:00 Ana: hi"))
