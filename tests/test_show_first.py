"""The first screen: chosen by rule, the strongest first, both named equally often, calm where nothing can be told."""

from datetime import UTC, datetime

import pytest

from conversation import talk
from nearer.records import Episode, Finding
from nearer.show._first import Line, margin
from nearer.show._names import without_isolates
from nearer.show._report import make_report
from report_reader import a_finding, a_year, both_ways, evidence, two


def lines(*findings: Finding, episodes: tuple[Episode, ...] = (), kind: str = "partner", with_help: bool = False) -> list[Line]:
    relationship = two(kind=kind)
    return list(make_report(relationship, findings, episodes, incognito=False, about={}, with_help=with_help).first)


def said(line: Line) -> str:
    return without_isolates(line.sentence)


def test_three_lines_and_calm_ones_where_nothing_can_be_told() -> None:
    assert [said(line) for line in lines()] == [
        "There is not enough here yet to say what went well.",
        "Nothing that got lost stands out here.",
        "What would each of you like the other to know about this week?",
    ]


def test_what_holds_in_both_directions_is_said_of_both() -> None:
    well, _, ask = lines(*both_ways("accessible", value=0.9, low=0.85, high=0.95, evidence=evidence("m1")))
    assert (
        said(well)
        == "When one of the two reached out, the other answered within a day: Ana about nine of ten times, Ben about nine of ten times."
    )
    assert [quote.id for quote in well.quotes] == ["m1", "m1"]
    assert said(ask) == "What makes it easy for you to answer each other?"
    assert well.counted


def test_one_direction_alone_is_said_alone() -> None:
    well = lines(a_finding(value=0.9, low=0.85, high=0.95))[0]
    assert said(well) == "Of the times Ana reached out, Ben answered about nine of ten within a day."


@pytest.mark.parametrize(("low", "chosen"), [(0.7499, False), (0.75, True)])
def test_only_the_near_end_of_the_interval_counts(low: float, chosen: bool) -> None:  # noqa: FBT001 - a table
    well = lines(*both_ways("accessible", value=0.9, low=low, high=0.95))[0]
    assert (said(well) != "There is not enough here yet to say what went well.") is chosen


@pytest.mark.parametrize(("high", "chosen"), [(0.6, True), (0.6001, False)])
def test_what_got_lost_needs_the_far_end_below(high: float, chosen: bool) -> None:  # noqa: FBT001 - a table
    lost = lines(a_finding(value=0.5, low=0.4, high=high))[1]
    expected = "Of the times Ana reached out to Ben, about five of ten found no answer here within a day."
    assert (said(lost) == expected) is chosen


def test_clearly_goes_before_probably_and_the_further_before_the_nearer() -> None:
    sure = both_ways("promises", value=0.75, low=0.71, high=0.8)
    unsure = both_ways("accessible", value=0.99, low=0.98, high=1.0, says="probably")
    assert said(lines(*unsure, *sure)[0]).startswith("Of the promises")
    further = both_ways("accessible", value=0.99, low=0.98, high=1.0)
    assert said(lines(*sure, *further)[0]).startswith("When one of the two reached out")


def test_a_ritual_that_stopped_comes_first_and_asks_for_itself() -> None:
    stopped = a_finding("ritual_stopped", value=11.0, low=9.0, high=13.0, evidence=evidence("m1", why="good night: kept"))
    _, lost, ask = lines(a_finding(value=0.2, low=0.1, high=0.3), stopped)
    assert said(lost).startswith("The good night that Ana and Ben had")
    assert said(ask) == "Would you both like the good night back, or something new in its place?"
    assert ask.quotes == lost.quotes


def test_an_overdue_promise_is_asked_about_and_stands_behind_what_is_surer() -> None:
    overdue = a_finding("promises_overdue", value=2.0, low=2.0, high=2.0, says="probably", n=2, out_of=9)
    lost = lines(overdue)[1]
    assert said(lost).endswith("What became of it?")
    assert said(lines(overdue, a_finding(value=0.5, low=0.4, high=0.55))[1]).startswith("Of the times Ana reached out")


def test_with_a_help_page_nothing_is_proposed() -> None:
    found = both_ways("accessible", value=0.9, low=0.85, high=0.95, evidence=evidence("m1"))
    ask = lines(*found, with_help=True)[2]
    assert said(ask) == "Nothing has to be talked about tonight. The page above comes first."
    assert ask.quotes == ()


def moment(shape: str, what: str, roles: dict[str, str], *, messages: tuple[str, ...] = ("m1", "m2")) -> Episode:
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    return Episode("home", "home-e1", what, shape, 0.5, roles, messages, at, at)


def test_a_moment_stands_in_where_no_rule_holds() -> None:
    well = lines(episodes=(moment("comfort_met", "comforting", {"seeks": "Ana", "gives": "Ben"}),))[0]
    assert said(well) == "On 1 March 2026, Ana was low, and Ben was there."
    assert [quote.id for quote in well.quotes] == ["m1", "m2"]
    missed = lines(episodes=(moment("good_news_missed", "good_news", {"tells": "Ben", "answers": "Ana"}),))
    assert said(missed[1]) == "On 1 March 2026, Ben had good news, and no joy from Ana can be seen here."
    assert said(missed[2]) == "What would have felt good at that moment?"


@pytest.mark.parametrize(
    ("roles", "messages"),
    [
        ({"seeks": "Ana"}, ("m1",)),
        ({"seeks": "Ana", "gives": "Chloe"}, ("m1",)),
        ({"tells": "Ana", "answers": "Ben"}, ("m1",)),
        ({"seeks": "Ana", "gives": "Ben"}, ("gone",)),
    ],
)
def test_a_moment_without_its_two_people_or_its_messages_is_not_told(roles: dict[str, str], messages: tuple[str, ...]) -> None:
    well = lines(episodes=(moment("comfort_met", "comforting", roles, messages=messages),))[0]
    assert said(well).startswith("There is not enough here yet")


def test_both_are_named_equally_often_whatever_is_chosen() -> None:
    relationship, findings, happened = a_year()
    for some in (findings, findings[:6], findings[20:], ()):
        made = make_report(relationship, some, happened, incognito=False, about={}, with_help=False)
        text = " ".join(without_isolates(line.sentence) for line in made.first)
        assert text.count("Ana") == text.count("Ben")


def test_nobody_and_one_person_alone_have_no_first_screen() -> None:
    nobody = make_report(talk("", people=()), [], [], incognito=False, about={}, with_help=False)
    assert (nobody.first, nobody.title) == ((), "There is nobody in this export.")
    alone = make_report(talk("09:00 Ana: hi"), [], [], incognito=False, about={}, with_help=False)
    assert (alone.first, alone.title) == ((), "Only one person writes here, so there is nothing to say about the two.")


def test_a_brand_looks_at_the_next_step_instead_of_tonight() -> None:
    assert [line.heading for line in lines(kind="brand")] == ["What worked", "Where something got lost", "To look at next"]


def test_a_rate_can_be_beyond_its_figure_too() -> None:
    made = make_report(two(), both_ways("appreciation", value=2.0, low=1.5, high=2.5), [], incognito=False, about={}, with_help=False)
    rule = {"measure": "appreciation", "at_least": 0.75}
    assert margin(rule, made.told[0]) == 1.0
    assert margin({"measure": "engaged", "at_least": 1.0}, made.told[0]) == pytest.approx(1 / 3)
    assert margin({"measure": "x", "at_most": 5.0}, made.told[0]) == pytest.approx(0.5)
