"""The round of a quarrel, drawn: both have a move in it, each arrow is its writer's own, and the same stands in words."""

import re

import pytest

from nearer.records import Finding
from nearer.show import show
from nearer.show._names import without_isolates
from nearer.show._pictures import Round, round_of
from nearer.show._report import make_report
from nearer.show._words import load_words
from report_reader import Page, a_finding, cannot, two


def a_round(finding: Finding, *, people: tuple[str, ...] = ("Ana", "Ben")) -> Round | None:
    made = make_report(two(people=people), [finding], [], incognito=False, about={}, with_help=False)
    return round_of(made.cards[0], words=made.words, cast=made.cast)


@pytest.mark.parametrize(
    ("presses", "moves", "says"),
    [
        ("Ana", ("presses", "pulls back"), "One round: Ana presses, Ben pulls back, and again."),
        ("Ben", ("pulls back", "presses"), "One round: Ben presses, Ana pulls back, and again."),
    ],
)
def test_each_arrow_is_the_move_of_its_writer(presses: str, moves: tuple[str, str], says: str) -> None:
    found = a_round(a_finding("quarrel_cycle", unit="protest_polka", person=presses, toward="Ana" if presses == "Ben" else "Ben"))
    assert found is not None
    assert (found.names, found.moves) == (("Ana", "Ben"), moves)
    assert without_isolates(found.says).startswith(says)


@pytest.mark.parametrize("name", ["bad_guy", "freeze_flee"])
def test_where_both_do_the_same_both_arrows_say_so(name: str) -> None:
    found = a_round(a_finding("quarrel_cycle", unit=name, person=None, toward=None))
    assert found is not None
    assert found.moves[0] == found.moves[1]
    assert found.says.count("Ana") == found.says.count("Ben") == 1


@pytest.mark.parametrize("unit", ["odd", "says", ""])
def test_a_round_nobody_knows_is_not_drawn(unit: str) -> None:
    assert a_round(a_finding("quarrel_cycle", unit=unit, person=None, toward=None)) is None


def test_what_cannot_be_told_and_other_cards_draw_none() -> None:
    assert a_round(cannot("quarrel_cycle", unit="bad_guy", person=None, toward=None)) is None
    assert a_round(a_finding()) is None


def test_every_named_cycle_can_be_drawn() -> None:
    words = load_words("partner")
    assert set(words.of("quarrel_cycle").names) == set(words.table["round"]) - {"says"}


def test_it_stands_on_the_page_with_its_words_and_in_markdown() -> None:
    finding = a_finding("quarrel_cycle", unit="protest_polka")
    html = show(two(), [finding], [])
    assert len(re.findall(r'<svg class="round"', html)) == 1
    assert "One round: Ben presses, Ana pulls back, and again." in Page.of(html).text
    assert "One round: Ben presses, Ana pulls back, and again." in show(two(), [finding], [], form="md")
