"""Promises: what became of each, from the messages alone."""

from datetime import UTC, datetime, timedelta

import pytest

from labelled_chat import chat, message, together
from nearer.records import Finding, Relationship
from nearer.relate.promises import ledger, measure

GIVEN = "2026-03-01 09:00 Ben: I'll bring the ladder back {}\n09:01 Ana: good\n"
DUE = "#promise[object=bring the ladder back;due=2026-03-03T18:00:00+00:00]"


def states(text: str) -> list[str]:
    return [entry.state for entry in ledger(chat(text)).get("Ben", [])]


@pytest.mark.parametrize(
    ("later", "state"),
    [
        ("2026-03-03 17:00 Ben: ladder is in your shed #promise_ref[status=kept]", "kept"),
        ("2026-03-03 17:00 Ana: you brought the ladder, as you said #promise_ref[status=kept]", "kept"),
        ("2026-03-03 18:59 Ben: ladder is in your shed #promise_ref[status=kept]", "kept"),
        ("2026-03-03 19:01 Ben: ladder is in your shed #promise_ref[status=kept]", "late"),
        ("2026-03-04 08:00 Ana: no ladder here #promise_ref[status=broken]", "broken"),
        ("2026-03-04 08:00 Ben: I did not bring it, I know #promise_ref[status=broken]", "broken"),
        ("2026-03-04 08:00 Ana: the ladder is still missing #complain", "broken"),
        ("2026-03-03 08:00 Ana: the ladder is still missing #complain", "open"),
        ("2026-03-04 08:00 Ana: the soup was cold #complain", "overdue"),
        ("2026-03-02 08:00 Ana: are you bringing it? #promise_ref[status=pending]", "open"),
        ("2026-03-17 19:00 Ana: hm", "overdue"),
        ("2026-03-17 19:01 Ana: hm", "unseen"),
    ],
)
def test_what_became_of_a_promise(later: str, state: str) -> None:
    assert states(GIVEN.format(DUE) + later) == [state]


def test_a_promise_without_a_time_stays_open_however_long_nothing_is_said() -> None:
    assert states(GIVEN.format("#promise[object=the ladder]") + "2027-03-01 09:00 Ana: hm") == ["open"]


def test_a_due_day_lasts_to_its_end() -> None:
    given = GIVEN.format("#promise[object=ladder;due=2026-03-03]")
    assert states(given + "2026-03-03 23:59 Ben: ladder is there #promise_ref[status=kept]") == ["kept"]
    assert states(given + "2026-03-04 00:01 Ben: ladder is there #promise_ref[status=kept]") == ["late"]


def test_broken_first_and_made_good_later_is_late() -> None:
    broken = "2026-03-04 08:00 Ana: no ladder #promise_ref[status=broken]\n"
    assert states(GIVEN.format(DUE) + broken + "2026-03-06 09:00 Ben: ladder is there #promise_ref[status=kept]") == ["late"]


def test_a_word_on_a_promise_goes_to_the_one_it_shares_words_with() -> None:
    text = """
        2026-03-01 09:00 Ben: I'll ring the plumber #promise[object=ring the plumber]
        09:30 Ana: good
        10:00 Ben: and I'll wash the curtains #promise[object=wash the curtains]
        2026-03-02 09:00 Ben: plumber comes on Friday #promise_ref[status=kept]
    """
    assert states(text) == ["kept", "open"]


def test_without_shared_words_it_goes_to_the_nearest_of_that_person() -> None:
    text = """
        2026-03-01 09:00 Ben: I'll ring the plumber #promise[object=ring the plumber]
        09:30 Ana: and I'll do the wallpaper #promise[object=wallpaper]
        2026-03-02 09:00 Ben: done as I said #promise_ref[status=kept]
    """
    assert states(text) == ["kept"]
    assert [entry.state for entry in ledger(chat(text))["Ana"]] == ["open"]


def test_a_month_later_a_word_means_some_other_promise() -> None:
    given = GIVEN.format("#promise[object=ladder]")
    assert states(given + "2026-03-31 09:00 Ben: ladder is there #promise_ref[status=kept]") == ["kept"]
    assert states(given + "2026-03-31 09:01 Ben: ladder is there #promise_ref[status=kept]") == ["open"]


def test_the_same_promise_said_twice_is_one() -> None:
    again = "09:02 Ben: the ladder comes back, word of honour #promise[object=bring the ladder back]\n"
    assert states(GIVEN.format(DUE) + again) == ["open"]
    assert states(GIVEN.format(DUE) + "09:02 Ben: and I'll phone your aunt #promise[object=phone your aunt]") == ["open", "open"]


def many(kept: int, broken: int, late: int = 0) -> Relationship:
    """Ben makes promises a week apart, each about a thing of its own, and what became of each is said."""
    at, messages = datetime(2026, 1, 5, 9, tzinfo=UTC), []
    for number, end in enumerate(["kept"] * kept + ["broken"] * broken + ["late"] * late):
        thing, due = f"thing{'abcdefghijklmnopqrstuvwxyz'[number] * 5}", at + timedelta(days=1)
        promise = f"I'll do {thing} #promise[object={thing};due={due.isoformat()}]"
        said = at + timedelta(days=3 if end == "late" else 0, hours=5)
        status = "broken" if end == "broken" else "kept"
        messages.append(message(f"m{3 * number + 1}", "Ben", at, promise))
        messages.append(message(f"m{3 * number + 2}", "Ana", at + timedelta(minutes=1), "good"))
        messages.append(message(f"m{3 * number + 3}", "Ana" if end == "broken" else "Ben", said, f"{thing} #promise_ref[status={status}]"))
        at += timedelta(days=7)
    return together(messages)


def of(relationship: Relationship, name: str = "promises") -> Finding:
    [finding] = [finding for finding in measure(relationship) if finding.measure == name]
    return finding


def test_the_share_kept_is_the_mean_of_its_beta() -> None:
    finding = of(many(9, 1))
    assert (finding.person, finding.toward, finding.n, finding.out_of) == ("Ben", "Ana", 9, 10)
    assert finding.value == round(10 / 12, 4)
    assert finding.says == "probably"
    assert [(point.label, point.n) for point in finding.series][:3] == [("kept", 9), ("late", 0), ("broken", 1)]


def test_four_that_ended_cannot_tell_and_five_can() -> None:
    few = of(many(4, 0))
    assert (few.says, few.value, few.needs) == ("cannot_tell", None, "5 promises that came to an end; 4 so far")
    assert of(many(5, 0)).value == round(6 / 7, 4)


def test_an_interval_too_wide_hides_the_value() -> None:
    finding = of(many(3, 3))
    assert (finding.says, finding.value, finding.needs) == ("cannot_tell", None, "15 promises that came to an end; 6 so far")


def test_kept_late_counts_as_kept_and_as_not_kept_in_the_sensitivity() -> None:
    finding = of(many(8, 0, late=2))
    assert (finding.n, finding.out_of) == (10, 10)
    assert finding.sensitivity[0]["value"] == round(9 / 12, 4)
    in_time = of(many(8, 0, late=2), "promises_on_time")
    assert (in_time.n, in_time.out_of) == (8, 10)


def test_evidence_says_what_each_message_stands_for_and_the_rest_stands_against() -> None:
    finding = of(many(9, 1))
    assert [evidence.why for evidence in finding.evidence[:2]] == ["promise", "kept: before its time was up"]
    assert [evidence.why for evidence in finding.against] == ["promise", "not kept: before its time was up"]
    assert finding.against[0].id == "m28"
    late = of(many(8, 0, late=2))
    assert {evidence.why for evidence in late.evidence} >= {"kept late: 2 days after its time"}


def test_overdue_is_asked_about_and_never_counted_as_broken() -> None:
    relationship = chat(GIVEN.format(DUE) + "2026-03-05 08:00 Ana: hm")
    overdue = of(relationship, "promises_overdue")
    assert (overdue.value, overdue.n, overdue.out_of) == (1.0, 1, 1)
    assert [evidence.id for evidence in overdue.evidence] == ["m1"]
    assert of(relationship).out_of == 0


def test_nobody_who_promised_nothing_has_a_finding() -> None:
    assert {finding.person for finding in measure(chat(GIVEN.format(DUE)))} == {"Ben"}


def test_a_due_time_that_is_no_time_is_no_due_time() -> None:
    assert ledger(chat(GIVEN.format("#promise[object=ladder;due=soon]")))["Ben"][0].due is None
