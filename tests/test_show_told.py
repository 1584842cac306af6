"""A finding, said: words first, out of how many, what it needs, and how it changes when counted another way."""

from dataclasses import replace

import pytest

from nearer.records import Finding, Relationship
from nearer.show._names import Cast, without_isolates
from nearer.show._quotes import Quotes, pick
from nearer.show._report import make_report
from nearer.show._told import Told, flips, tell, tell_both
from nearer.show._words import load_words
from report_reader import a_finding, a_year, both_ways, cannot, evidence, two


def told(finding: Finding, relationship: Relationship | None = None, *, me: str | None = None) -> Told:
    """Say one finding of Ana and Ben."""
    made = make_report(relationship or two(me=me), [finding], [], incognito=False, about={}, with_help=False)
    assert len(made.told) == 1
    return made.told[0]


def test_a_share_is_said_in_words_with_figures_behind() -> None:
    found = told(a_finding())
    assert without_isolates(found.sentence) == "Of the times Ana reached out, Ben answered about eight of ten within a day."
    assert without_isolates(found.counted) == "80 of 100 times Ana reached out"
    assert found.between == "between 75 and 85 of 100"
    assert found.span == "5 January 2026 to 5 June 2026"


def test_probably_is_said_only_where_we_are_not_sure() -> None:
    assert "probably" in told(a_finding(says="probably")).sentence
    assert "probably" not in told(a_finding()).sentence


def test_what_cannot_be_told_says_what_it_needs_in_plain_words_and_no_number() -> None:
    found = told(cannot())
    assert found.sentence == "This can be told from 30 times of reaching out on; 12 so far."
    assert (found.counted, found.between, found.amount, found.tells) == ("", "", "", False)
    assert told(cannot(needs="")).sentence == "This needs more messages."


def test_a_pair_and_a_person_are_said_differently() -> None:
    pair = told(a_finding("contact", person=None, toward=None, value=58.8, low=50, high=60))
    assert without_isolates(pair.sentence) == "Between Ana and Ben there were about 59 messages a week."
    assert pair.place is None
    assert without_isolates(told(a_finding("contact", value=31.0)).sentence) == "Ben wrote about 31 messages a week to Ana."


def test_the_ritual_that_stopped_is_named_and_only_its_giver_hears_it_as_the_giver() -> None:
    stopped = a_finding("ritual_stopped", value=11.0, low=9, high=13, evidence=evidence("m1", why="good night: kept"))
    for me, words in ((None, "that Ana and Ben had"), ("Ana", "that Ana and Ben had"), ("Ben", "A good night from Ben to Ana")):
        sentence = without_isolates(told(stopped, me=me).sentence)
        assert words in sentence
        assert "Since 5 January 2026 it has been missing." in sentence
    assert "ritual" in told(replace(stopped, evidence=evidence("m1", why="<b>: x"))).sentence


def test_a_cycle_is_said_by_its_name_and_both_have_a_part_in_it() -> None:
    polka = told(a_finding("quarrel_cycle", unit="protest_polka", sensitivity=({"setting": "bad_guy: by chance 0.1", "value": 0.2},)))
    assert without_isolates(polka.sentence).startswith("In many quarrels Ben pressed and Ana pulled back.")
    assert polka.sensitivity == "Against chance: both looked for whose fault it was: 0.2, by chance 0.1."
    assert "went the same way" in told(a_finding("quarrel_cycle", unit="odd", person=None, toward=None)).sentence


def test_the_busiest_hours_are_named() -> None:
    coverage = "busiest from 19:00 to 22:00; based on 980 messages of Ana and Ben, text only, 21 weeks"
    found = told(a_finding("hours", person=None, toward=None, coverage=coverage))
    assert "were written from 19:00 to 22:00." in found.sentence
    assert "busiest" not in found.coverage
    assert "in the three busiest hours" in told(a_finding("hours", person=None, toward=None)).sentence


def test_coverage_never_counts_what_was_stopped_for_safety() -> None:
    coverage = "based on 5 messages of Ben, text only, 2 weeks; calls not seen; in 3 of them the analysis stopped for safety; not corrected"
    assert without_isolates(told(a_finding(coverage=coverage)).coverage) == (
        "based on 5 messages of Ben, text only, 2 weeks; calls not seen; not corrected"
    )


@pytest.mark.parametrize(
    ("value", "is_flip"),
    [(0.8, False), (0.75, False), (0.85, False), (0.89, False), (0.71, False), (0.91, True), (0.69, True), (None, True)],
)
def test_a_share_flips_outside_its_interval_by_more_than_one_of_ten(value: float | None, is_flip: bool) -> None:  # noqa: FBT001 - a table
    finding = a_finding(sensitivity=({"setting": "a reply within 6 hours", "value": value},))
    found = told(finding)
    assert flips(finding, found.scale, value) is is_flip
    assert found.depends is is_flip
    assert found.sensitivity.startswith("This depends on how it is counted" if is_flip else "Counted another way it stays much the same")


def test_a_difference_flips_when_it_changes_its_side() -> None:
    finding = a_finding("openings_difference", value=0.05, low=0.01, high=0.09)
    assert flips(finding, told(finding).scale, -0.01)
    assert not flips(finding, told(finding).scale, 0.1)


def test_a_wait_flips_beyond_a_quarter_of_its_value() -> None:
    finding = a_finding("reconnection", value=8.0, low=7.9, high=8.1)
    assert not flips(finding, told(finding).scale, 9.9)
    assert flips(finding, told(finding).scale, 10.1)


def test_a_setting_that_cannot_be_told_is_said_so() -> None:
    found = told(a_finding(sensitivity=({"setting": "a sitting ends after 2 hours", "value": None},)))
    assert "a conversation ends after 2 hours: can't be told" in found.sensitivity
    assert told(a_finding(sensitivity=({"odd": 1},))).sensitivity == ""


def test_three_messages_stand_behind_and_two_against() -> None:
    relationship, findings, _ = a_year()
    made = make_report(relationship, findings, [], incognito=False, about={}, with_help=False)
    for one in made.told:
        assert len(one.evidence) <= 3
        assert len(one.against) <= 2
        for quote in (*one.evidence, *one.against):
            assert quote.line > 0
            assert quote.file == "chat.txt"
    assert max(len(one.evidence) for one in made.told) == 3


def test_evidence_that_is_not_at_hand_is_left_out() -> None:
    found = told(a_finding(evidence=evidence("gone", "m1")))
    assert [quote.id for quote in found.evidence] == ["m1"]


def test_the_jargon_of_a_reason_is_said_plainly() -> None:
    assert told(a_finding(evidence=evidence("m1"))).evidence[0].why == "reaching out that was answered"


def test_both_directions_are_told_at_once_with_their_own_certainty() -> None:
    relationship = two()
    first, second = both_ways("accessible")
    made = make_report(relationship, [first, replace(second, says="probably")], [], incognito=False, about={}, with_help=False)
    one, other = made.told
    sentence = tell_both("{one} {amount_one}, {two} {amount_two}", one, other, cast=made.cast)
    assert without_isolates(sentence) == "Ana probably about eight of ten, Ben about eight of ten"


def test_an_unknown_measure_is_said_honestly_and_only_to_its_person() -> None:
    odd = a_finding("odd_thing", value=3.5, low=3.0, high=4.0)
    sentence = without_isolates(told(odd, me="Ben").sentence)
    assert sentence == "Odd thing, counted for Ben and Ana: about 3.5."


def test_a_media_message_is_quoted_as_what_it_is() -> None:
    relationship = two(text="")
    quotes = Quotes.of(pick(relationship.messages, {"m1"}), Cast.of(relationship.people, (), me=None), load_words("partner"), hidden=False)
    found = tell(a_finding(evidence=evidence("m1")), words=load_words("partner"), cast=quotes.cast, quotes=quotes).evidence[0]
    assert (found.text, found.is_text) == ("a picture, a voice message or a file", False)
