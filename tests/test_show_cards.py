"""Cards: what belongs to one alone stays theirs, own side first, both directions on one scale, and nothing is put in an order of people."""

import pytest

from nearer.records import Finding
from nearer.show._cards import may_be_shown
from nearer.show._names import without_isolates
from nearer.show._pictures import bands_of
from nearer.show._report import Report, make_report
from nearer.show._words import load_words
from report_reader import a_finding, a_year, both_ways, cannot, points, two

ALONE = "ritual_night_time"


def report(*findings: Finding, me: str | None = None, both: bool = False, about: dict[str, str] | None = None) -> Report:
    return make_report(two(me=me, both=both), findings, [], incognito=False, about=about or {}, with_help=False)


@pytest.mark.parametrize(
    ("me", "both", "person", "shown"),
    [
        (None, False, "Ben", False),
        (None, True, "Ben", True),
        ("Ana", False, "Ben", False),
        ("Ana", False, "Ana", True),
        ("Ana", True, "Ben", True),
        ("Ana", False, None, True),
    ],
)
def test_decision_a(me: str | None, both: bool, person: str | None, shown: bool) -> None:  # noqa: FBT001 - a table
    words = load_words("partner")
    assert may_be_shown(a_finding(ALONE, person=person), two(me=me, both=both), words) is shown
    assert may_be_shown(a_finding("accessible", person=person), two(me=me, both=both), words)
    assert may_be_shown(a_finding("a_new_measure", person=person), two(me=me, both=both), words) is shown


def test_what_is_left_out_is_nowhere_and_the_report_says_once_how_both_can_agree() -> None:
    made = report(a_finding(ALONE), me="Ana")
    assert made.cards == ()
    assert made.findings == ()
    assert made.left_out == 1
    assert [without_isolates(sentence) for sentence in made.notice] == [
        "What belongs to Ben alone is left out here. If you both agree to see it, make the report again with --both."
    ]


def test_with_both_everything_is_there_and_the_report_says_that_both_agreed() -> None:
    made = report(a_finding(ALONE), both=True)
    assert len(made.cards) == 1
    assert made.notice == ("You both agreed to see everything here, also what belongs to one of you alone.",)


@pytest.mark.parametrize(("me", "order"), [(None, ["Ana", "Ben"]), ("Ana", ["Ana", "Ben"]), ("Ben", ["Ben", "Ana"])])
def test_own_side_comes_first(me: str | None, order: list[str]) -> None:
    made = report(*both_ways("accessible"), me=me)
    assert [told.finding.person for told in made.cards[0].told] == order


def test_both_directions_make_one_sentence_and_one_direction_its_own() -> None:
    both = report(*both_ways("accessible"))
    assert len(both.cards[0].sentences(both.cast)) == 1
    one = report(a_finding(), cannot(person="Ana", toward="Ben"))
    assert len(one.cards[0].sentences(one.cast)) == 1
    assert len(one.cards[0].untold) == 1


def test_measures_of_one_card_share_its_scale() -> None:
    made = report(*both_ways("engaged", value=2.0, low=1.5, high=2.5))
    [group] = bands_of(made.cards[0])
    assert [band.width for band in group.bands] == [group.bands[0].width] * 2
    assert float(group.bands[0].start) + float(group.bands[0].width) < 100


def test_a_band_that_cannot_be_told_is_empty_and_one_that_leaves_the_scale_is_held() -> None:
    made = report(a_finding(value=0.99, low=0.97, high=1.2), cannot(person="Ana", toward="Ben"))
    first, second = sorted(bands_of(made.cards[0])[0].bands, key=lambda band: not band.width)
    assert float(first.start) + float(first.width) <= 100
    assert second.width == ""


def test_cards_stand_in_the_order_of_the_words_and_unknown_ones_last() -> None:
    made = report(a_finding("a_new_measure"), *both_ways("promises"), *both_ways("accessible"), me="Ben")
    assert [card.key for card in made.cards] == ["reached", "promises", "a_new_measure"]
    assert made.cards[-1].section == "other"


def test_a_card_explains_itself_once_with_the_text_of_its_measures() -> None:
    made = report(*both_ways("accessible"), about={"accessible": "First line\ngoes on.\n\nSecond."})
    assert made.cards[0].about == ("First line goes on.", "Second.")


def test_a_card_with_nothing_to_tell_goes_to_the_list_of_what_cannot_be_told() -> None:
    made = report(cannot(), cannot(person="Ana", toward="Ben"), series_of_none())
    [group] = made.untold
    assert [one.title for one in group.subjects] == ["When one of you reaches out", "How much you write"]
    assert not any(card.tells for card in made.cards)


def series_of_none() -> Finding:
    return cannot("contact", series=points(1.0, 2.0))


def test_every_finding_of_a_year_is_somewhere() -> None:
    relationship, findings, _ = a_year()
    for me, both in ((None, False), ("Ana", False), (None, True)):
        changed = make_report(
            type(relationship)(
                kind=relationship.kind, people=relationship.people, messages=relationship.messages, me=me, both=both, tz=relationship.tz
            ),
            findings,
            [],
            incognito=False,
            about={},
            with_help=False,
        )
        assert len(changed.told) + changed.left_out == len(findings)
        assert (changed.left_out == 0) is both
